/* SPDX-License-Identifier: ISC */
/*
 * fold: text compared without regard to upper and lower case, in any script and whatever the locale is.
 */
#ifndef PTSH_BASE_FOLD_H
#define PTSH_BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A letter of ASCII in lower case; any other byte as it is. */
static inline char fold_ascii(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Appends text with every character in lower case, as far as one character becomes one (Unicode's simple mappings).  Bytes
 * that are not UTF-8 stay. */
void fold_put(struct buf *out, const char *text, size_t len);

/* True if the pattern, in which * and % stand for any text, is the whole text.  Both are compared byte by byte. */
bool fold_matches(const char *text, size_t len, const char *pattern, size_t pattern_len);

#endif
