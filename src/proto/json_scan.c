/* SPDX-License-Identifier: ISC */
/*
 * json_scan: the resumable validating scanner of json.h (RFC 8259, strictly).
 *
 * Owns the grammar, the limit on nesting and the counts of invalid text; does not know what a
 * value means.  Every byte of a large reply passes here once, so the insides of strings are read eight
 * bytes at a time and everything else by a switch on the state.
 */
#include <stddef.h>
#include <string.h>

#include "proto/json.h"
#include "proto/json_plain.h"

enum state {
	/* the first two come before a value, also in an array */
	ST_VALUE, ST_VALUE_OR_CLOSE, ST_KEY, ST_KEY_OR_CLOSE, ST_COLON, ST_AFTER,
	ST_STRING, ST_ESCAPE, ST_HEX, ST_UTF8, ST_LITERAL,
	/* numbers, from here to ST_EXPONENT: what has been seen last */
	ST_MINUS, ST_ZERO, ST_INTEGER, ST_POINT, ST_FRACTION, ST_E, ST_E_SIGN, ST_EXPONENT,
	ST_DONE, ST_BAD
};

/* Items are reported of containers of a lower depth. */
enum { REPORTED = sizeof ((struct json_scan *)NULL)->starts / sizeof ((struct json_scan *)NULL)->starts[0] };

/* The place reached in the bytes of one call. */
struct place {
	const unsigned char *p, *end, *begin;
};

void json_scan_init(struct json_scan *s, unsigned max_depth)
{
	memset(s, 0, offsetof(struct json_scan, container));
	s->max_depth = max_depth > JSON_DEPTH ? JSON_DEPTH : max_depth;
	s->state = ST_VALUE;
}

static void scan_bad(struct json_scan *s, const char *error)
{
	s->state = ST_BAD;
	s->error = error;
}

/* Counts invalid text; keeps the first place. */
static void scan_flaw(struct json_scan *s, uint64_t *counter, const struct place *at)
{
	if (s->bad_utf8 + s->bad_escapes == 0)
		s->bad_at = s->offset + (uint64_t)(at->p - at->begin);
	++*counter;
}

/* True if the container at this depth is an object. */
static bool scan_is_object(const struct json_scan *s, unsigned depth)
{
	return s->container[(depth - 1) / 64] >> ((depth - 1) % 64) & 1;
}

static bool scan_in_object(const struct json_scan *s)
{
	return scan_is_object(s, s->depth);
}

static void scan_open(struct json_scan *s, bool object)
{
	uint64_t bit = (uint64_t)1 << (s->depth % 64);

	if (s->depth == s->max_depth) {
		scan_bad(s, "nested too deeply");
		return;
	}
	if (object)
		s->container[s->depth / 64] |= bit;
	else
		s->container[s->depth / 64] &= ~bit;
	s->depth++;
	s->state = object ? ST_KEY_OR_CLOSE : ST_VALUE_OR_CLOSE;
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

/* A byte that does not continue the sequence ends it as a bad one and is read again. */
static void scan_utf8_rest(struct json_scan *s, struct place *at)
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

/* Reads from inside a string to after its closing quote, or to a byte that needs a state of its own. */
static void scan_string(struct json_scan *s, struct place *at)
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

/* A high half that was not followed by \u. */
static void scan_lone_high(struct json_scan *s, const struct place *at)
{
	if (s->high) {
		scan_flaw(s, &s->bad_escapes, at);
		s->high = 0;
	}
}

static void scan_escape(struct json_scan *s, struct place *at)
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

static void scan_hex(struct json_scan *s, struct place *at)
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

/* Continues in a number.  True if it ends at at->p (which is not part of it). */
static bool scan_number(struct json_scan *s, struct place *at)
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

/* s->literal is what is still to come.  True if it is complete. */
static bool scan_literal(struct json_scan *s, struct place *at)
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

/* --- structure --- */

static inline void skip_space(struct place *at)
{
	while (at->p < at->end && (*at->p == ' ' || *at->p == '\t' || *at->p == '\n' || *at->p == '\r'))
		at->p++;
}

static void scan_value(struct json_scan *s, struct place *at)
{
	unsigned char c = *at->p;

	if (s->depth < REPORTED) {
		s->starts[s->depth] = s->offset + (uint64_t)(at->p - at->begin);
		s->firsts[s->depth] = (char)c;
	}
	switch (c) {
	case '"':
		s->key = false;
		s->state = ST_STRING;
		break;
	case '[': case '{':
		scan_open(s, c == '{');
		if (s->state == ST_BAD)
			return;
		break;
	case '-':
		s->state = ST_MINUS;
		break;
	case '0':
		s->state = ST_ZERO;
		break;
	case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		s->state = ST_INTEGER;
		break;
	case 't': case 'f': case 'n':
		s->state = ST_LITERAL;
		s->literal = c == 't' ? "rue" : c == 'f' ? "alse" : "ull";
		break;
	default:
		scan_bad(s, c ? "a value is missing" : "NUL byte");
		return;
	}
	at->p++;
}

/* A value has ended at the place reached.  MORE: go on. */
static inline enum json_scan_result scan_ended(struct json_scan *s)
{
	if (s->depth == 0) {
		s->state = ST_DONE;
		return JSON_SCAN_DONE;
	}
	s->state = ST_AFTER;
	if (s->depth <= s->report && s->depth < REPORTED && !scan_in_object(s)) {
		s->item_depth = s->depth;
		s->item_start = s->starts[s->depth];
		s->item_first = s->firsts[s->depth];
		return JSON_SCAN_ITEM;
	}
	return JSON_SCAN_MORE;
}

/* Between values: commas, colons, keys, closing brackets.  True if a container has ended. */
static bool scan_between(struct json_scan *s, struct place *at)
{
	unsigned char c = *at->p;
	bool object = s->depth && scan_in_object(s);
	const char *expected;

	switch (s->state) {
	case ST_AFTER:
		if (c == ',') {
			s->state = object ? ST_KEY : ST_VALUE;
			at->p++;
			return false;
		}
		expected = object ? "',' or '}' is missing" : "',' or ']' is missing";
		break;
	case ST_COLON:
		if (c == ':') {
			s->state = ST_VALUE;
			at->p++;
			return false;
		}
		scan_bad(s, "':' is missing");
		return false;
	case ST_KEY: case ST_KEY_OR_CLOSE:
		if (c == '"') {
			s->key = true;
			s->state = ST_STRING;
			at->p++;
			return false;
		}
		expected = "the name of a member is missing";
		break;
	default:	/* ST_VALUE_OR_CLOSE */
		if (c != ']') {
			scan_value(s, at);
			return false;
		}
		expected = NULL;
	}
	if (s->state == ST_KEY || c != (object ? '}' : ']')) {
		scan_bad(s, c ? expected : "NUL byte");
		return false;
	}
	at->p++;
	if (--s->depth < sizeof s->ended / sizeof s->ended[0])
		s->ended[s->depth]++;
	return true;
}

/* Most of what a box sends is plain strings and numbers in arrays, and complete: these need no states.  Continues in an
 * array, from before or after a value, and leaves the rest to the steps.  True if a value has ended that may
 * have to be reported. */
static bool scan_quick(struct json_scan *s, struct place *at)
{
	const unsigned char *p = at->p, *end = at->end;
	bool reported = s->depth <= s->report && s->depth < REPORTED, behind = s->state == ST_AFTER, ended = false;

	while (end - p >= 2) {
		const unsigned char *q = p + behind, *next;

		if (behind && *p != ',')
			break;
		next = *q == '"' ? plain_string(q + 1, end) : *q <= '9' ? plain_number(q, end) : NULL;
		if (next == NULL)
			break;
		p = next;
		behind = true;
		if (reported) {
			s->starts[s->depth] = s->offset + (uint64_t)(q - at->begin);
			s->firsts[s->depth] = (char)*q;
			ended = true;
			break;
		}
	}
	at->p = p;
	if (behind)
		s->state = ST_AFTER;
	return ended;
}

static inline bool scan_may_be_quick(const struct json_scan *s)
{
	return s->depth > 0 && (s->state == ST_AFTER || s->state <= ST_VALUE_OR_CLOSE) && !scan_in_object(s);
}

/* One step of the scan; at->p < at->end.  True if a value has ended. */
static bool scan_step(struct json_scan *s, struct place *at)
{
	switch (s->state) {
	case ST_STRING:
		if (s->high && *at->p == '\\') {
			s->state = ST_ESCAPE;
			at->p++;
			return false;
		}
		scan_lone_high(s, at);
		scan_string(s, at);
		return s->state == ST_AFTER;
	case ST_ESCAPE:
		scan_escape(s, at);
		return false;
	case ST_HEX:
		scan_hex(s, at);
		return false;
	case ST_UTF8:
		scan_utf8_rest(s, at);
		return false;
	case ST_LITERAL:
		return scan_literal(s, at);
	case ST_VALUE:
		skip_space(at);
		if (at->p < at->end)
			scan_value(s, at);
		return false;
	case ST_VALUE_OR_CLOSE: case ST_KEY: case ST_KEY_OR_CLOSE: case ST_COLON: case ST_AFTER:
		skip_space(at);
		return at->p < at->end && scan_between(s, at);
	default:
		return scan_number(s, at);
	}
}

enum json_scan_result json_scan_feed(struct json_scan *s, const char *bytes, size_t len, size_t *used)
{
	const unsigned char *begin = (const unsigned char *)bytes;
	struct place at = {begin, begin + len, begin};
	enum json_scan_result result = JSON_SCAN_MORE;

	if (s->state == ST_DONE)
		result = JSON_SCAN_DONE;
	while (result == JSON_SCAN_MORE && at.p < at.end) {
		if (s->state == ST_BAD)
			break;
		if (scan_may_be_quick(s)) {
			if (scan_quick(s, &at)) {
				result = scan_ended(s);
				continue;
			}
			if (at.p == at.end)
				break;
		}
		if (scan_step(s, &at))
			result = scan_ended(s);
	}
	if (s->state == ST_BAD)
		result = JSON_SCAN_BAD;
	*used = (size_t)(at.p - begin);
	s->offset += *used;
	return result;
}

unsigned json_scan_inside(const struct json_scan *s, uint64_t *start)
{
	unsigned report = s->report < REPORTED ? s->report : REPORTED - 1, depth = 0;
	bool scalar = s->state >= ST_STRING && s->state <= ST_EXPONENT;

	/* The innermost array whose elements are reported. */
	while (depth < report && depth < s->depth && !scan_is_object(s, depth + 1))
		depth++;
	if (depth == 0 || (s->depth == depth && !scalar))
		return 0;
	*start = s->starts[depth];
	return depth;
}

enum json_scan_result json_scan_end(struct json_scan *s)
{
	switch (s->state) {
	case ST_DONE:
		return JSON_SCAN_DONE;
	case ST_BAD:
		return JSON_SCAN_BAD;
	case ST_ZERO: case ST_INTEGER: case ST_FRACTION: case ST_EXPONENT:
		if (s->depth == 0) {
			s->state = ST_DONE;
			return JSON_SCAN_DONE;
		}
	}
	scan_bad(s, s->offset ? "it ends too early" : "nothing there");
	return JSON_SCAN_BAD;
}
