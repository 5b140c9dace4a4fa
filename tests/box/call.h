/* SPDX-License-Identifier: ISC */
/*
 * call: one request being answered: its arguments as the model wants them, and the reply as it is written.
 *
 * A request is a function that appends the values of its reply to c->out, each with a comma before it, and
 * returns CALL_OK; or calls call_fail() with the reason, before it has changed anything (what it has written is
 * dropped then); or leaves the reply to a job by call_later().  Text from this file is valid until it returns.
 */
#ifndef BOX_CALL_H
#define BOX_CALL_H

#include <stdbool.h>

#include "box.h"

enum call_result { CALL_OK, CALL_FAILED, CALL_LATER };

enum { CALL_ARGS = 64, CALL_COLUMNS = 64 };

struct call {
	struct box *box;
	struct client *client;
	const struct array *request;
	const char *type;
	const cJSON *args[CALL_ARGS];	/* further ones are ignored, as surplus members are */
	size_t n;
	struct buf *out;
	size_t mark;			/* where this request's reply begins in out */
	char error[400];
};

enum call_result call_fail(struct call *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Leaves the reply to a job, after the time of --delay: drops what of it was written, so that
 * events may be sent now.  Copies gid and detail (or NULL). */
enum call_result call_later(struct call *c, void (*done)(struct box *, struct job *), const char *gid,
    const char *detail);

/* --- arguments, counted from 0; -1: call_fail() was called --- */

/* True if the argument is absent or null. */
bool call_absent(const struct call *c, size_t i);

/* Gets a string, or a number as it was written (types are soft). */
int call_text(struct call *c, size_t i, const char *name, const char **text);

/* A list; absent or null: an empty one, unless it is required. */
int call_list(struct call *c, size_t i, const char *name, bool required, const cJSON **list);

int call_object(struct call *c, size_t i, const char *name, const cJSON **object);

/* Get what the argument names, which must exist. */
int call_realm(struct call *c, size_t i, struct realm **realm);
int call_poller(struct call *c, size_t i, struct poller **poller);
int call_group(struct call *c, size_t i, struct group **group);

/* Gets a list of names out of `known` (ends with NULL): their indexes.  Nothing, or an empty list: the first `all`
 * of them. */
int call_choose(struct call *c, size_t i, const char *what, const char *const known[], size_t all,
    unsigned char chosen[static CALL_COLUMNS], size_t *n);

/* --- values in arguments --- */

/* Returns the text of a string, number or flag; NULL for null, a list or an object. */
const char *call_value(const cJSON *v);

/* A row [value...]: up to max of its members; returns how many, 0 if it is no list. */
size_t call_row(const cJSON *row, const cJSON **members, size_t max);

/* Returns the next member of a list or an object; after NULL, the first. */
bool call_next(const cJSON *list, const cJSON **v);
bool call_member(const cJSON *object, const cJSON **v, const char **name);

/* True if it is that string. */
bool call_is(const cJSON *v, const char *text);

/* True if it is a whole number within the bounds. */
bool call_number(const cJSON *v, uint64_t min, uint64_t max, uint64_t *number);

bool call_is_address(const char *text);
bool call_is_subnet(const char *address, uint64_t bits);

/* --- the reply --- */

struct rows {
	struct buf *out;
	bool nested, any;
};

/* Begin and end rows, in the shape of --rows; `nested` is how the protocol document shows this request's. */
struct rows rows_begin(struct call *c, bool nested);
void rows_next(struct rows *r);
void rows_end(struct rows *r);

void put_text(struct buf *out, const char *text);	/* NULL: null */
void put_gid(struct call *c, const char *gid);		/* NULL: null */

#endif
