/* SPDX-License-Identifier: ISC */
/*
 * filters: whether a cell passes a filter, in each of the ways that boxes may have.
 *
 * The protocol document shows one filter, switch03%, and defines none.
 */
#include "filters.h"

#include <string.h>

static char folded(enum filter_style style, char c)
{
	return style == FILTER_ILIKE && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Returns the bytes of the character at text: _ stands for a whole one. */
static size_t character(const char *text, size_t len)
{
	size_t n = 1;

	while (n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Matches like SQL's LIKE: % stands for any text, _ for one character. */
static bool like(enum filter_style style, const char *text, size_t len, const char *pattern)
{
	const char *star = NULL;
	size_t i = 0, back = 0;

	while (i < len) {
		if (*pattern == '%') {
			star = ++pattern;
			back = i;
		} else if (*pattern == '_') {
			pattern++;
			i += character(text + i, len - i);
		} else if (*pattern && folded(style, *pattern) == folded(style, text[i])) {
			pattern++;
			i++;
		} else if (star) {
			pattern = star;
			i = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '%')
		pattern++;
	return !*pattern;
}

/* Only a % at the end means anything. */
static bool suffix(const char *text, size_t len, const char *pattern)
{
	size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '%')
		return len >= n - 1 && memcmp(text, pattern, n - 1) == 0;
	return len == n && memcmp(text, pattern, n) == 0;
}

bool filter_matches(enum filter_style style, const char *text, size_t len, const char *pattern)
{
	switch (style) {
	case FILTER_LIKE: case FILTER_ILIKE:
		return like(style, text, len, pattern);
	case FILTER_SUFFIX:
		return suffix(text, len, pattern);
	case FILTER_REFUSED: case FILTER_IGNORED:
		break;
	}
	return true;
}
