/* SPDX-License-Identifier: ISC */
/*
 * width: columns that text takes on a terminal.
 *
 * Owns the lookup in the generated table.  Counts character by character, as terminals (and tmux) do: a sequence
 * joined by U+200D is the sum of its parts, a variation selector adds nothing, a flag is two letters of one column
 * each, and what is of ambiguous width takes one.
 */
#include "base/width.h"

#include "base/utf8.h"

struct range { uint32_t first, last; };

#include "base/width_table.h"

static int in_table(const struct range *table, size_t count, uint32_t point)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (point > table[mid].last)
			low = mid + 1;
		else if (point < table[mid].first)
			high = mid;
		else
			return 1;
	}
	return 0;
}

int width_point(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return 0;
	if (point < zero[0].first)
		return 1;
	if (in_table(zero, sizeof zero / sizeof zero[0], point))
		return 0;
	if (point >= wide[0].first && in_table(wide, sizeof wide / sizeof wide[0], point))
		return 2;
	return 1;
}

size_t width_text(const char *text, size_t len)
{
	size_t i = 0, width = 0;

	while (i < len) {
		uint32_t point;
		int n;

		if ((unsigned char)text[i] < 0x7f) {
			width += (unsigned char)text[i] >= 0x20;
			i++;
			continue;
		}
		n = utf8_decode(text + i, len - i, &point);
		if (n <= 0) {	/* not harmless text after all: a terminal shows some one-column sign */
			width++;
			i++;
			continue;
		}
		width += (size_t)width_point(point);
		i += (size_t)n;
	}
	return width;
}
