/* SPDX-License-Identifier: ISC */
/*
 * words: where the words of a line begin and end, and what their quotes mean.
 *
 * Words are places in the text; nothing is copied until a value is needed.  Knows quotes, brackets and blanks,
 * not what a word means.
 */
#ifndef PTSH_LANG_WORDS_H
#define PTSH_LANG_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"

/* text[start .. end) */
struct word {
	size_t start, end;
	bool json;	/* begins with a bracket or brace and runs to the one that closes it */
	bool plain;	/* has no quote and no backslash: it means its own text */
};

enum word_found { WORD_END, WORD_FOUND, WORD_BAD };

/* Finds the next word from *pos on; sets *pos after it.  WORD_END: *pos is the end of the text, or the # that begins a comment: it
 * begins one where a word could begin, and runs to the end of the line.  WORD_BAD: *why says what is wrong at *pos. */
enum word_found word_next(const char *text, size_t len, size_t *pos, struct word *w, const char **why);

/* The same, where brackets mean nothing: [2001:db8::1]:55 is a word. */
enum word_found word_next_plain(const char *text, size_t len, size_t *pos, struct word *w, const char **why);

/* True if a word is exactly this, unquoted. */
static inline bool word_is(const char *text, const struct word *w, const char *what)
{
	return w->end - w->start == strlen(what) && memcmp(text + w->start, what, strlen(what)) == 0;
}

/* Steps over blanks (and a backslash before the end of a line). */
size_t word_skip_blanks(const char *text, size_t len, size_t pos);

/* Finds the next part of text[*pos .. end) up to a separator that is not quoted (and not within brackets, if the part begins with one);
 * *pos is set after the separator.  False: there was none (after the last part *pos is end + 1). */
bool word_part(const char *text, size_t *pos, size_t end, char separator, struct word *part);

/* The place of the first separator that is not quoted, or end. */
size_t word_find(const char *text, size_t start, size_t end, char separator);

/* Appends the meaning of text[start .. end): quotes removed, escapes resolved.  NULL, or what is wrong at *at. */
const char *word_decode(const char *text, size_t start, size_t end, struct buf *out, size_t *at);

/* True if text[start .. end), a part of a word, is as a whole what brackets or braces enclose. */
bool word_json_whole(const char *text, size_t start, size_t end);

/* Where text stops being UTF-8 without NUL, or len if it never does. */
size_t word_valid(const char *text, size_t len);

/* True if nothing is left open at a line's end. */
bool word_whole(const char *text, size_t len);

/* How much of text a request's name can be: letters, digits, `_`, `.` and `-`. */
size_t word_name_length(const char *text, size_t len);

#endif
