/* SPDX-License-Identifier: ISC */
/*
 * json_scan_parts: what the files of the scanner share among themselves; no other file includes this.
 */
#ifndef PTSH_PROTO_JSON_SCAN_PARTS_H
#define PTSH_PROTO_JSON_SCAN_PARTS_H

#include "proto/json.h"

enum state {
	/* the first two come before a value, also in an array */
	ST_VALUE, ST_VALUE_OR_CLOSE, ST_KEY, ST_KEY_OR_CLOSE, ST_COLON, ST_AFTER,
	ST_STRING, ST_ESCAPE, ST_HEX, ST_UTF8, ST_LITERAL,
	/* numbers, from here to ST_EXPONENT: what has been seen last */
	ST_MINUS, ST_ZERO, ST_INTEGER, ST_POINT, ST_FRACTION, ST_E, ST_E_SIGN, ST_EXPONENT,
	ST_DONE, ST_BAD
};

/* The place reached in the bytes of one call. */
struct place {
	const unsigned char *p, *end, *begin;
};

static inline void scan_bad(struct json_scan *s, const char *error)
{
	s->state = ST_BAD;
	s->error = error;
}

/* --- json_scalar.c: each continues from the state, at->p < at->end --- */

/* Reads from inside a string to after its closing quote, or to a byte that needs a state of its own. */
void scan_string(struct json_scan *s, struct place *at);
/* Counts a high half that was not followed by \u. */
void scan_lone_high(struct json_scan *s, const struct place *at);
void scan_escape(struct json_scan *s, struct place *at);
void scan_hex(struct json_scan *s, struct place *at);
/* Continues in a character of several bytes.  A byte that does not continue it ends it as a bad one, and is read again. */
void scan_utf8_rest(struct json_scan *s, struct place *at);
/* Continues in a number.  True if it ends at at->p (which is not part of it). */
bool scan_number(struct json_scan *s, struct place *at);
/* s->literal is what is still to come.  True if it is complete. */
bool scan_literal(struct json_scan *s, struct place *at);

#endif
