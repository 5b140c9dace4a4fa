/* SPDX-License-Identifier: ISC */
/*
 * json: reads JSON (RFC 8259, strictly) in received text, without building a tree.
 *
 * A value is a slice of the text it is in: numbers keep every digit, strings every byte, members
 * their order.  One resumable scanner validates; everything else here works on what it has accepted and
 * need not check again.
 */
#ifndef PTSH_PROTO_JSON_H
#define PTSH_PROTO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { JSON_DEPTH = 512 };	/* nesting that is accepted; one more is refused */

enum json_kind {
	JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT
};

/* One validated value, without white space around it; borrowed from the text it is in. */
struct json {
	const char *text;
	size_t len;
};

/* White space, by RFC 8259. */
static inline bool json_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* --- the scanner: one value, fed in any split of bytes --- */

enum json_scan_result {
	JSON_SCAN_MORE,		/* all input used, the value continues */
	JSON_SCAN_ITEM,		/* an item ends at the place reached (only with `report` > 0) */
	JSON_SCAN_DONE,		/* the value is complete; what follows it was not read */
	JSON_SCAN_BAD,		/* not JSON: `error` says what, `offset` where; stays so */
};

/* Zeroed by json_scan_init().  The scan of a top-level number needs json_scan_end() to learn that no
 * digit follows. */
struct json_scan {
	uint64_t offset;	/* bytes of the value used so far; where it went wrong */
	unsigned depth;		/* containers open at the place reached */
	unsigned report;	/* report the end of each element of an array that has this depth or less: 0 none,
				 * 1 the top-level array's elements, 2 theirs as well (no deeper; members of
				 * objects are never reported); may be changed between calls */
	unsigned item_depth;	/* of the item just reported: depth of its container */
	uint64_t item_start;	/* offset of its first byte (the end is `offset`) */
	char item_first;	/* that byte: what kind of value it is */
	uint64_t bad_utf8;	/* byte sequences in strings that are not UTF-8 (as many as a reader that follows
				 * Unicode's advice shows U+FFFD for): counted, not refused */
	uint64_t bad_escapes;	/* \ud800-\udfff without their other half: counted, not refused */
	uint64_t bad_at;	/* offset at which the first of those two was noticed */
	uint64_t ended[3];	/* arrays and objects that have ended with 0 .. 2 others around them */
	const char *error;	/* static text, set with JSON_SCAN_BAD */
	/* below: the scanner's own */
	unsigned max_depth;
	unsigned char state, hex_left, utf8_left, utf8_low, utf8_high;
	bool key;
	unsigned short hex, high;
	const char *literal;
	uint64_t container[(JSON_DEPTH + 64) / 64];	/* a bit per level: 1 object */
	uint64_t starts[3];	/* of the open items at depth 0 .. 2, for reports */
	char firsts[3];
};

void json_scan_init(struct json_scan *s, unsigned max_depth);

/* Uses bytes[0..len) up to the next thing to report and sets *used to how many.  A number's end is only noticed at
 * the byte after it, which is not used then: an ITEM may come with *used 0. */
enum json_scan_result json_scan_feed(struct json_scan *s, const char *bytes, size_t len, size_t *used);

/* If the place reached is inside an item that will be reported: the depth of its container, and its first byte's offset
 * in *start: the caller must keep the bytes from there.  An array whose own elements are reported does not count.  Else 0. */
unsigned json_scan_inside(const struct json_scan *s, uint64_t *start);

/* No more bytes come: DONE if the value is complete (a top-level number may be), else BAD. */
enum json_scan_result json_scan_end(struct json_scan *s);

/* --- whole texts --- */

/* Validates exactly one value with white space around it and sets *v to it.  Returns NULL, or a static
 * text saying what is wrong, with its place in *at.  Invalid UTF-8 in strings and lone surrogates count as
 * wrong here: this is for text of users and files. */
const char *json_read(const char *text, size_t len, struct json *v, size_t *at);

/* The same of what a box has sent, where those two are accepted. */
const char *json_read_received(const char *text, size_t len, struct json *v, size_t *at);

enum json_kind json_kind(struct json v);	/* of an empty slice: JSON_NULL */

/* Walks over an array's elements or an object's members; anything else has none. */
struct json_iter { const char *next, *end; bool object; };
struct json_iter json_iterate(struct json container);
/* Sets *key (objects; may be NULL) and *v, or returns false at the end, also where no value begins: at the closing bracket of an array
 * whose end was not known. */
bool json_next(struct json_iter *it, struct json *key, struct json *v);
size_t json_count(struct json container);

/* Appends a string's bytes: escapes resolved (NUL included, lone surrogates become U+FFFD), raw bytes as
 * they are, so invalid UTF-8 stays invalid.  Of a value that is no string: its text. */
void json_decode(struct json string, struct buf *out);

/* The same where no NUL may be: it becomes \x00. */
void json_decode_text(struct json v, struct buf *text);

/* The same for the text between a string's quotes, or for a part of it that cuts no escape. */
void json_decode_inside(const char *text, size_t len, struct buf *out);

/* Returns how much of the beginning of such a text can be decoded alone: it ends with no part of an escape, of a pair of them or
 * of a character that may continue after it. */
size_t json_decode_whole(const char *text, size_t len);

/* True if v is a string and its decoded bytes are `text`. */
bool json_is(struct json v, const char *text);

/* Gets the value of a whole number from 0 to 2^53 in any spelling (1, 1.0, 1e0; none with a minus), or
 * of a string of such digits only with `soft`.  False: not such a number. */
bool json_whole(struct json v, bool soft, uint64_t *number);

/* --- writing --- */

/* Appends text as a JSON string: quotes, backslash and controls escaped, everything else as it is. */
void json_put_string(struct buf *out, const char *text, size_t len);

/* Appends an array of values. */
void json_put_array(struct buf *out, const struct json *values, size_t count);

#endif
