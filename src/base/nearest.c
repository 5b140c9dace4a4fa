/* SPDX-License-Identifier: ISC */
/*
 * nearest: the name that a mistyped one was meant to be.  See nearest.h.
 */
#include "base/nearest.h"

#include <string.h>

#include "base/fold.h"

enum { NEAREST_LEN = 64 };	/* a longer word is not compared */

char nearest_letter(char c)
{
	return c == '-' ? '_' : fold_ascii(c);
}

bool nearest_same(const char *known, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (known[i] == '\0' || nearest_letter(known[i]) != nearest_letter(name[i]))
			return false;
	return known[len] == '\0';
}

/* Returns how many letters must be inserted, deleted, changed or swapped with their neighbour to make a from b; or `enough`, if
 * more are needed. */
static unsigned distance(const char *a, size_t alen, const char *b, size_t blen, unsigned enough)
{
	unsigned rows[3][NEAREST_LEN + 1], *before = rows[0], *above = rows[1], *row = rows[2];

	if ((alen < blen ? blen - alen : alen - blen) >= enough)
		return enough;
	for (size_t j = 0; j <= blen; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= alen; i++) {
		unsigned *swap, least = (unsigned)i;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= blen; j++) {
			char x = nearest_letter(a[i - 1]), y = nearest_letter(b[j - 1]);
			unsigned best = above[j - 1] + (x != y);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && x == nearest_letter(b[j - 2]) && y == nearest_letter(a[i - 2]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
			least = best < least ? best : least;
		}
		/* A swap looks two rows back, but then costs one more. */
		if (least > enough)
			return enough;
		swap = before;
		before = above;
		above = row;
		row = swap;
	}
	return above[blen];
}

const char *nearest_name(const char *name, size_t len, const char *(*next)(const void *from, size_t i), const void *from)
{
	const char *found = NULL, *begins = NULL, *known;
	unsigned best = len < 3 ? 1 : len < 5 ? 2 : len < 9 ? 3 : 4;	/* one more than is tolerated */
	size_t beginnings = 0;

	if (len < 2 || len > NEAREST_LEN)
		return NULL;
	for (size_t i = 0; (known = next(from, i)) != NULL; i++) {
		size_t known_len = strlen(known);
		unsigned far;

		if (known_len > NEAREST_LEN)
			continue;
		if (len >= 4 && known_len > len && memcmp(name, known, len) == 0) {
			beginnings++;
			begins = known;
		}
		far = distance(name, len, known, known_len, best);
		if (far < best) {
			best = far;
			found = known;
		}
	}
	/* One slip is more likely than a word that was not finished, several are less. */
	if (beginnings == 1 && (found == NULL || best > 1))
		return begins;
	return found;
}
