/* SPDX-License-Identifier: ISC */
/*
 * scan: eight bytes at a time, for code that looks at every byte of a large reply.
 *
 * Each test sets the top bit of the bytes it is true for; a bit above the lowest one set may be wrong (a borrow or
 * carry came from below), so only "none" and the lowest count.
 */
#ifndef PTSH_BASE_SCAN_H
#define PTSH_BASE_SCAN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SCAN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t scan_load(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return le64toh(w);	/* the first byte lowest */
}

static inline uint64_t scan_equals(uint64_t w, unsigned char byte)
{
	uint64_t x = w ^ SCAN_EACH(byte);

	return (x - SCAN_EACH(0x01)) & ~x & SCAN_EACH(0x80);
}

static inline uint64_t scan_below(uint64_t w, unsigned char byte)
{
	return (w - SCAN_EACH(byte)) & ~w & SCAN_EACH(0x80);
}

/* DEL and everything that is not ASCII. */
static inline uint64_t scan_above_ascii(uint64_t w)
{
	return (w | (w + SCAN_EACH(0x01))) & SCAN_EACH(0x80);
}

/* Which byte the lowest bit set belongs to. */
static inline size_t scan_first(uint64_t bits)
{
	return (size_t)__builtin_ctzll(bits) / 8;
}

/* Finds bytes that are controls or not ASCII, and so may need an escape. */
static inline bool scan_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Returns how many bytes at the front are plain; stops at `stop` too (one that is itself not plain: none). */
static inline size_t scan_plain_run(const char *text, size_t len, unsigned char stop)
{
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t w = scan_load(text + i);
		uint64_t found = scan_below(w, 0x20) | scan_above_ascii(w) | scan_equals(w, stop);

		if (found != 0)
			return i + scan_first(found);
	}
	while (i < len && scan_plain((unsigned char)text[i]) && (unsigned char)text[i] != stop)
		i++;
	return i;
}

/* Copies text to a place with room for SCAN_SLACK bytes more, and returns whether it was all plain and held neither of
 * two characters; if not, what was copied is of no use. */
enum { SCAN_SLACK = 8 };

static inline bool scan_copy_plain(char *to, const char *text, size_t len, unsigned char stop, unsigned char other)
{
	uint64_t w, bad = 0;
	size_t i;

	if (len < 8) {
		for (i = 0; i < len; i++) {
			unsigned char c = (unsigned char)text[i];

			if (!scan_plain(c) || c == stop || c == other)
				return false;
			to[i] = text[i];
		}
		return true;
	}
	/* The last eight bytes overlap those before: no byte after the text is read. */
	for (i = 0; ; i = i + 16 <= len ? i + 8 : len - 8) {
		w = scan_load(text + i);
		bad = scan_below(w, 0x20) | scan_above_ascii(w) | scan_equals(w, stop) | scan_equals(w, other);
		if (bad != 0)
			return false;
		memcpy(to + i, text + i, sizeof w);
		if (i + 8 == len)
			return true;
	}
}

#endif
