/* SPDX-License-Identifier: ISC */
/*
 * json_scan: the resumable validating scanner of json.h (RFC 8259, strictly).
 *
 * Owns the grammar and the limit on nesting; does not know what a value means.  Every byte of a large reply passes
 * here once, so the insides of strings are read eight bytes at a time and everything else by a switch on the state.
 */
#include <stddef.h>
#include <string.h>

#include "proto/json_plain.h"
#include "proto/json_scan_parts.h"

/* Reports are of items in containers of a lower depth. */
enum { REPORTED = sizeof ((struct json_scan *)NULL)->starts / sizeof ((struct json_scan *)NULL)->starts[0] };

void json_scan_init(struct json_scan *s, unsigned max_depth)
{
	memset(s, 0, offsetof(struct json_scan, container));
	s->max_depth = max_depth > JSON_DEPTH ? JSON_DEPTH : max_depth;
	s->state = ST_VALUE;
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

/* --- structure --- */

static inline void skip_space(struct place *at)
{
	while (at->p < at->end && json_is_space((char)*at->p))
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
	const char *fault;

	switch (s->state) {
	case ST_AFTER:
		if (c == ',') {
			s->state = object ? ST_KEY : ST_VALUE;
			at->p++;
			return false;
		}
		fault = object ? "',' or '}' is missing" : "',' or ']' is missing";
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
		fault = "the name of a member is missing";
		break;
	default:	/* ST_VALUE_OR_CLOSE */
		if (c != ']') {
			scan_value(s, at);
			return false;
		}
		fault = NULL;
	}
	if (s->state == ST_KEY || c != (object ? '}' : ']')) {
		scan_bad(s, c ? fault : "NUL byte");
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
	bool reported = s->depth <= s->report && s->depth < REPORTED, after_value = s->state == ST_AFTER, ended = false;

	while (end - p >= 2) {
		const unsigned char *q = p + after_value, *next;

		if (after_value && *p != ',')
			break;
		next = *q == '"' ? plain_string(q + 1, end) : *q <= '9' ? plain_number(q, end) : NULL;
		if (next == NULL)
			break;
		p = next;
		after_value = true;
		if (reported) {
			s->starts[s->depth] = s->offset + (uint64_t)(q - at->begin);
			s->firsts[s->depth] = (char)*q;
			ended = true;
			break;
		}
	}
	at->p = p;
	if (after_value)
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
	scan_bad(s, s->offset ? "it ends too early" : "it is empty");
	return JSON_SCAN_BAD;
}
