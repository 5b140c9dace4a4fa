/* SPDX-License-Identifier: ISC */
/*
 * mac: the spellings of a MAC address, read and written.  Knows whole addresses only, no parts and no patterns.
 */
#include "base/mac.h"

#include <stdio.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t count_digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && hex_digit(text[n]) >= 0)
		n++;
	return n;
}

/* Digits that stand between two separators: 0 where spellings with that separator have no groups. */
static size_t group_digits(char separator, size_t first)
{
	switch (separator) {
	case ':':
	case '-':
		return first <= 2 ? 2 : first == 4 || first == 6 ? first : 0;
	case '.':
		return first == 4 ? 4 : 0;
	default:
		return 0;
	}
}

bool mac_parse(const char *text, size_t len, unsigned char octets[static MAC_OCTETS])
{
	size_t first = count_digits(text, len), group, at = 0, nibble = 0;
	char separator;

	if (len > MAC_TEXT - 1 || first == 0)
		return false;
	separator = first < len ? text[first] : '\0';
	group = first == len ? 2 * MAC_OCTETS : group_digits(separator, first);
	while (group > 0 && nibble < 2 * MAC_OCTETS) {
		size_t digits = count_digits(text + at, len - at);

		if (digits == 1 && group == 2)	/* 0:1d:... */
			octets[nibble / 2] = 0;
		else if (digits != group)
			return false;
		nibble += group - digits;
		for (; digits > 0; digits--, nibble++, at++) {
			unsigned value = (unsigned)hex_digit(text[at]);

			octets[nibble / 2] = (unsigned char)(nibble % 2 == 0 ? value << 4 : octets[nibble / 2] | value);
		}
		if (nibble < 2 * MAC_OCTETS && (at == len || text[at++] != separator))
			return false;
	}
	return group > 0 && at == len;
}

void mac_format(const unsigned char octets[static MAC_OCTETS], bool upper, char text[static MAC_TEXT])
{
	for (size_t i = 0; i < MAC_OCTETS; i++)
		snprintf(text + 3 * i, 4, i + 1 < MAC_OCTETS ? upper ? "%02X:" : "%02x:" : upper ? "%02X" : "%02x", octets[i]);
}
