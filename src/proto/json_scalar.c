/* SPDX-License-Identifier: ISC */
/*
 * json_scalar: strings, numbers and literals, as the scanner reads them: resumed at any byte.
 *
 * Owns what is valid text, and counts what is not.
 */
#include <string.h>

#include "proto/json_plain.h"
#include "proto/json_scan_parts.h"

/* Counts invalid text; keeps the first place. */
static void scan_flaw(struct json_scan *s, uint64_t *counter, const struct place *at)
{
	if (s->bad_utf8 + s->bad_escapes == 0)
		s->bad_at = s->offset + (uint64_t)(at->p - at->begin);
	++*counter;
}

/* --- strings --- */

/* Begins a character of several bytes; the bounds of its second byte are RFC 3629's. */
static void scan_utf8_lead(struct json_scan *s, struct place *at)
{
	unsigned char c = *at->p;

	s->utf8_low = 0x80;
	s->utf8_high = 0xbf;
	if (c >= 0xc2 && c <= 0xdf) {
		s->utf8_left = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		s->utf8_left = 2;
		if (c == 0xe0)
			s->utf8_low = 0xa0;
		else if (c == 0xed)
			s->utf8_high = 0x9f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		s->utf8_left = 3;
		if (c == 0xf0)
			s->utf8_low = 0x90;
		else if (c == 0xf4)
			s->utf8_high = 0x8f;
	} else {
		scan_flaw(s, &s->bad_utf8, at);
		at->p++;
		return;
	}
	s->state = ST_UTF8;
	at->p++;
}

void scan_utf8_rest(struct json_scan *s, struct place *at)
{
	while (at->p < at->end) {
		if (*at->p < s->utf8_low || *at->p > s->utf8_high) {
			scan_flaw(s, &s->bad_utf8, at);
			s->state = ST_STRING;
			return;
		}
		at->p++;
		s->utf8_low = 0x80;
		s->utf8_high = 0xbf;
		if (--s->utf8_left == 0) {
			s->state = ST_STRING;
			return;
		}
	}
}

/* Two bytes of RFC 3629's second row, or three of the plain part of the third, are most of what is not ASCII. */
static inline unsigned utf8_common(const unsigned char *p, const unsigned char *end)
{
	if (end - p < 3 || (p[1] & 0xc0) != 0x80)
		return 0;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return 2;
	if (p[0] >= 0xe1 && p[0] <= 0xef && p[0] != 0xed && (p[2] & 0xc0) == 0x80)
		return 3;
	return 0;
}

static inline bool escape_simple(unsigned char c)
{
	switch (c) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
		return true;
	}
	return false;
}

void scan_string(struct json_scan *s, struct place *at)
{
	const unsigned char *p = at->p, *end = at->end;

	for (;;) {
		unsigned n;

		while (end - p >= 8) {
			uint64_t stops = plain_stops(p);

			if (stops) {
				p += __builtin_ctzll(stops) / 8;
				break;
			}
			p += 8;
		}
		while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
			p++;
		at->p = p;
		if (p == end)
			return;
		if (*p == '"') {
			at->p++;
			s->state = s->key ? ST_COLON : ST_AFTER;
			return;
		}
		if (*p == '\\') {
			if (end - p >= 2 && escape_simple(p[1])) {
				p += 2;
				continue;
			}
			at->p++;
			s->state = ST_ESCAPE;
			return;
		}
		if (*p < 0x20) {
			scan_bad(s, *p ? "control character in a string" : "NUL byte");
			return;
		}
		n = utf8_common(p, end);
		if (n == 0) {
			scan_utf8_lead(s, at);
			if (s->state != ST_STRING)
				return;
			p = at->p;
			continue;
		}
		p += n;
	}
}

void scan_lone_high(struct json_scan *s, const struct place *at)
{
	if (s->high) {
		scan_flaw(s, &s->bad_escapes, at);
		s->high = 0;
	}
}

void scan_escape(struct json_scan *s, struct place *at)
{
	if (*at->p == 'u') {
		s->state = ST_HEX;
		s->hex = 0;
		s->hex_left = 4;
		at->p++;
		return;
	}
	scan_lone_high(s, at);
	if (!escape_simple(*at->p)) {
		scan_bad(s, "unknown escape in a string");
		return;
	}
	s->state = ST_STRING;
	at->p++;
}

static void scan_hex_done(struct json_scan *s, const struct place *at)
{
	bool low = s->hex >= 0xdc00 && s->hex <= 0xdfff;

	s->state = ST_STRING;
	if (s->high && low) {
		s->high = 0;
		return;
	}
	scan_lone_high(s, at);
	if (low)
		scan_flaw(s, &s->bad_escapes, at);
	else if (s->hex >= 0xd800 && s->hex <= 0xdbff)
		s->high = s->hex;
}

void scan_hex(struct json_scan *s, struct place *at)
{
	while (at->p < at->end) {
		unsigned char c = *at->p;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (c | 0x20) - 'a' + 10u;
		else {
			scan_bad(s, "\\u without four hexadecimal digits");
			return;
		}
		s->hex = (unsigned short)(s->hex << 4 | digit);
		at->p++;
		if (--s->hex_left == 0) {
			scan_hex_done(s, at);
			return;
		}
	}
}

/* --- numbers and literals --- */

bool scan_number(struct json_scan *s, struct place *at)
{
	while (at->p < at->end) {
		unsigned char c = *at->p;
		bool digit = c >= '0' && c <= '9';

		switch (s->state) {
		case ST_MINUS:
			if (!digit) {
				scan_bad(s, "a digit is missing");
				return false;
			}
			s->state = c == '0' ? ST_ZERO : ST_INTEGER;
			at->p++;
			break;
		case ST_INTEGER:
			at->p = plain_digits(at->p, at->end);
			if (at->p == at->end)
				return false;
			c = *at->p;
			/* fall through */
		case ST_ZERO:
			if (s->state == ST_ZERO && digit) {
				scan_bad(s, "number with a leading zero");
				return false;
			}
			if (c == '.')
				s->state = ST_POINT;
			else if (c == 'e' || c == 'E')
				s->state = ST_E;
			else
				return true;
			at->p++;
			break;
		case ST_POINT:
			if (!digit) {
				scan_bad(s, "a digit is missing");
				return false;
			}
			s->state = ST_FRACTION;
			/* fall through */
		case ST_FRACTION:
			at->p = plain_digits(at->p, at->end);
			if (at->p == at->end)
				return false;
			if (*at->p != 'e' && *at->p != 'E')
				return true;
			s->state = ST_E;
			at->p++;
			break;
		case ST_E:
			s->state = ST_E_SIGN;
			if (c == '+' || c == '-') {
				at->p++;
				break;
			}
			/* fall through */
		case ST_E_SIGN:
			if (!digit) {
				scan_bad(s, "a digit is missing");
				return false;
			}
			s->state = ST_EXPONENT;
			/* fall through */
		default:
			at->p = plain_digits(at->p, at->end);
			return at->p < at->end;
		}
	}
	return false;
}

bool scan_literal(struct json_scan *s, struct place *at)
{
	while (at->p < at->end) {
		if (*at->p != (unsigned char)*s->literal) {
			scan_bad(s, "a value is missing");
			return false;
		}
		at->p++;
		if (*++s->literal == '\0')
			return true;
	}
	return false;
}
