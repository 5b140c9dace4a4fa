/* SPDX-License-Identifier: ISC */
/*
 * foreign: syntax of other shells, typed by habit, and blanks that separate nothing.
 *
 * Read as text it would become a realm's name or a password.  Quoted, and inside JSON, it is text.
 */
#include "lang/foreign.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/utf8.h"

/* True if text[start .. end) has an unquoted character there. */
static bool unquoted_at(const char *text, size_t start, size_t end, size_t at)
{
	size_t found = start;

	while ((found = word_find(text, found, end, text[at])) < at)
		found++;
	return found == at;
}

/* 2>file, >&2, &>file, <file: redirections of shells. */
static bool redirects(const char *word, size_t len)
{
	size_t i = 0;

	if (word[0] == '&')
		i = 1;
	while (i < len && word[0] != '&' && word[i] >= '0' && word[i] <= '9')
		i++;
	return i < len && (word[i] == '>' || word[i] == '<');
}

/* True if the word is a redirection alone: at most a digit, <, > or >>, and &1 or &-. */
static bool redirects_alone(const char *word, size_t len)
{
	size_t i = word[0] == '&' || (word[0] >= '0' && word[0] <= '9');

	while (i < len && (word[i] == '>' || word[i] == '<'))
		i++;
	if (i + 2 == len && word[i] == '&' && (word[i + 1] == '-' || (word[i + 1] >= '0' && word[i + 1] <= '9')))
		i = len;
	return i == len;
}

static const char *shell_syntax(const char *text, const struct word *w)
{
	const char *word = text + w->start;
	size_t len = w->end - w->start, last = w->end - 1;

	if (redirects(word, len))
		return "write a redirection as > FILE, >> FILE or | COMMAND, after a blank, at the prompt only";
	switch (word[0]) {
	case ';':
		return "one request a line";
	case '&':
		return len > 1 && word[1] == '&' ? "one request a line" : "the & that makes a job is a word of its own, at the end";
	case '|':
		return len > 1 && word[1] == '|' ? "one request a line" : "the | of a redirection is a word of its own";
	default:
		break;
	}
	if (strchr(";&|", text[last]) == NULL || !unquoted_at(text, w->start, w->end, last))
		return NULL;
	return text[last] == ';' ? "one request a line" : text[last] == '&' ?
	    "the & that makes a job is a word of its own, at the end" : "the | of a redirection is a word of its own";
}

/* Returns the place after the quotes that begin at pos, or pos itself if none do. */
static size_t after_quotes(const char *text, size_t pos, size_t end)
{
	if (text[pos] == '\\')
		return pos + 2 < end ? pos + 2 : end;
	if (text[pos] != '\'' && text[pos] != '"')
		return pos;
	for (size_t i = pos + 1; i < end; i++) {
		if (text[i] == text[pos])
			return i + 1;
		i += text[i] == '\\' && text[pos] == '"';
	}
	return end;
}

/* Finds the first unquoted character for which is() is true. */
static bool find_unquoted(const char *text, size_t start, size_t end, bool (*is)(uint32_t point), size_t *at, uint32_t *point)
{
	while (start < end) {
		size_t after = after_quotes(text, start, end);
		int n;

		if (after > start) {
			start = after;
			continue;
		}
		n = utf8_decode(text + start, end - start, point);
		if (n > 0 && is(*point)) {
			*at = start;
			return true;
		}
		start += n > 0 ? (size_t)n : 1;
	}
	return false;
}

static bool is_hidden(uint32_t point)
{
	return point > 0x7f && (!safe_point(point) || safe_blank(point) || point == 0xfe0e || point == 0xfe0f);
}

bool foreign_hidden(const char *text, const struct word *w, char why[static FOREIGN_TEXT], size_t *at)
{
	uint32_t point;

	if (w->json || !find_unquoted(text, w->start, w->end, is_hidden, at, &point))
		return false;
	snprintf(why, FOREIGN_TEXT, "U+%04X cannot be seen: take it out; quote it if it belongs there", (unsigned)point);
	return true;
}

const char *foreign_command(const char *word, size_t len)
{
	static const char *const known[][2] = {
		{"\\q", ".quit (or ^D)"}, {"\\?", ".help"}, {"\\h", ".help"}, {"\\c", ".connect BOX"}, {"\\connect", ".connect BOX"},
		{"\\conninfo", ".status"}, {"\\i", ".source FILE"}, {"\\e", ".edit"}, {"\\s", ".history"}, {"\\g", ".last"},
		{"\\gx", ".last records"}, {"\\o", "LINE > FILE"}, {"\\x", ".set expanded on"}, {"\\timing", ".timing"},
		{"\\watch", ".watch SECONDS LINE"}, {"\\echo", ".echo TEXT"}, {"\\set", ".set NAME VALUE"}, {"?", ".help"},
		{":q", ".quit (or ^D)"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i][0]) == len && memcmp(known[i][0], word, len) == 0)
			return known[i][1];
	return len >= 2 && word[0] == '\\' && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!?", word[1]) != NULL ?
	    "a command with its dot (.help lists them)" : NULL;
}

bool foreign_word(const char *text, const struct word *w, char why[static FOREIGN_TEXT], size_t *at)
{
	const char *what = w->json || w->start == w->end ? NULL : shell_syntax(text, w);
	uint32_t point;

	if (what != NULL) {
		size_t len = w->end - w->start;
		const char *word = text + w->start;

		*at = w->start;
		/* Other text in it may be a secret, or fill a place of .each or .on, where a mistake is the same whatever fills it. */
		if ((len <= 2 && strchr("<>;&|", word[0]) != NULL) || (redirects(word, len) && redirects_alone(word, len)))
			snprintf(why, FOREIGN_TEXT, "%.*s: %s; quote it if it is text", (int)len, word, what);
		else
			snprintf(why, FOREIGN_TEXT, "%c: %s; quote it if it is text", strchr(";&|", word[len - 1]) != NULL ?
			    word[len - 1] : word[strcspn(word, "<>;&|")], what);
		return true;
	}
	/* Blanks, and what cannot be seen: most probably pasted in with a word. */
	if (w->json || !find_unquoted(text, w->start, w->end, safe_blank, at, &point))
		return false;
	snprintf(why, FOREIGN_TEXT, safe_point(point) ?
	    "U+%04X is no blank that separates words: write an ordinary one; quote it if it is text" :
	    "U+%04X cannot be seen: take it out; quote it if it is text", (unsigned)point);
	return true;
}
