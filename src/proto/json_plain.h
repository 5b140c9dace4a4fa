/* SPDX-License-Identifier: ISC */
/*
 * json_plain: the parts of JSON that are all there and need no state: runs of plain text, digits, and whole values of
 * them, eight bytes at a time.
 */
#ifndef PTSH_PROTO_JSON_PLAIN_H
#define PTSH_PROTO_JSON_PLAIN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define PLAIN_EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* The lowest byte that is flagged is the first that is a quote, a backslash, a control or not ASCII; flags
 * above it may be wrong (the subtractions borrow). */
static inline uint64_t plain_stops(const unsigned char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	w = le64toh(w);
	return (w | (w - PLAIN_EACH(0x20)) | ((w ^ PLAIN_EACH('"')) - PLAIN_EACH(1)) |
	    ((w ^ PLAIN_EACH('\\')) - PLAIN_EACH(1))) & PLAIN_EACH(0x80);
}

static inline const unsigned char *plain_digits(const unsigned char *p, const unsigned char *end)
{
	while (end - p >= 8) {
		uint64_t w, others;

		memcpy(&w, p, sizeof w);
		w = le64toh(w) ^ PLAIN_EACH('0');	/* of a digit: 0 to 9 */
		others = ((w + PLAIN_EACH(0x80 - 10)) | w) & PLAIN_EACH(0x80);
		if (others)
			return p + __builtin_ctzll(others) / 8;
		p += 8;
	}
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Returns the place after the closing quote of a string that begins at p, or NULL if it is not all plain, or not all there. */
static inline const unsigned char *plain_string(const unsigned char *p, const unsigned char *end)
{
	while (end - p >= 8) {
		uint64_t stops = plain_stops(p);

		if (stops) {
			p += __builtin_ctzll(stops) / 8;
			return *p == '"' ? p + 1 : NULL;
		}
		p += 8;
	}
	return NULL;
}

/* Returns the place after a number without exponent that begins at p, or NULL if it is not one, or its end is not there. */
static inline const unsigned char *plain_number(const unsigned char *p, const unsigned char *end)
{
	const unsigned char *first = p += *p == '-', *point;

	p = p < end && *p == '0' ? p + 1 : plain_digits(p, end);
	if (p == first || p == end)
		return NULL;
	if (*p == '.') {
		point = p;
		p = plain_digits(p + 1, end);
		if (p == point + 1 || p == end)
			return NULL;
	}
	return *p == ',' || *p == ']' ? p : NULL;
}

#endif
