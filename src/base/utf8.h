/* SPDX-License-Identifier: ISC */
/*
 * utf8: characters from bytes and back (RFC 3629).  No tables of what a character means: base/width and
 * base/safe know that.
 */
#ifndef PTSH_BASE_UTF8_H
#define PTSH_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_INVALID = -1, UTF8_CUT = -2, UTF8_MAX = 4 };

/* Decodes the character at text[0..len), len > 0.  Returns its length (1 to 4) and sets *point; or
 * UTF8_INVALID (overlong forms, surrogates, > U+10FFFF, stray bytes: skip one byte), or UTF8_CUT (a valid
 * beginning, but the text ends). */
int utf8_decode(const char *text, size_t len, uint32_t *point);

/* Returns the length of the longest beginning of text[0..len) that is valid: len if all of it is. */
size_t utf8_valid(const char *text, size_t len);

/* Returns the length without the character at the end, if the end cuts one. */
size_t utf8_whole(const char *text, size_t len);

/* Returns how much of text[0..len) fits into `most` bytes: all of it, or its beginning without a character that is cut.  Bytes that
 * are not UTF-8 count one by one. */
size_t utf8_fits(const char *text, size_t len, size_t most);

/* Encodes point (a scalar value; others become U+FFFD) and returns the length. */
size_t utf8_encode(uint32_t point, char out[static UTF8_MAX]);

/* Returns how many bytes a byte order mark has at the start of text: 3, or 0 where there is none. */
size_t utf8_mark(const char *text, size_t len);

#endif
