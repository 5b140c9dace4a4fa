/* SPDX-License-Identifier: ISC */
/*
 * rows: what the rows of a reply are.
 *
 * Boxes write rows in two shapes, `[id,1,row,row...]` and `[id,1,[row,row...]]`, and other things than rows (ptsh-protocol(7)).
 * rows_decide() decides from the beginning of a reply which it is; struct rows then turns its values, or the
 * pieces of a reply that is still arriving, into cells and ends of rows.  Keeps no text and allocates nothing.
 */
#ifndef PTSH_PROTO_ROWS_H
#define PTSH_PROTO_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/catalog.h"
#include "proto/json.h"

enum rows_mode {
	ROWS_NONE,	/* no values */
	ROWS_VALUES,	/* each value is a row */
	ROWS_ELEMENTS,	/* each value is a list of rows */
	ROWS_BARE,	/* each value is a cell of the one row */
	ROWS_MEMBERS,	/* each value is an object: a row of name and value for each member */
	ROWS_ROLES,	/* group_settings: rows of realm (null: the system), role, permission */
	ROWS_CELLS,	/* as ROWS_VALUES, but values come element by element: for one that is very long */
};

/* What is known before the values are read. */
struct rows_hint {
	enum reply_shape shape;
	size_t columns;		/* headings known; 0: none */
	bool asked;		/* they were asked for, so each row has that many cells */
	bool list_column;	/* the one column asked for has lists (realm_info's pollers) */
};

struct rows_hint rows_hint(const struct request *type, char *const *headings, size_t heading_count, size_t known);

/* Returns the bytes before the values of a reply's line, which may be cut; 0: no values. */
size_t rows_head(const char *line, size_t len);

/* values: after the status.  cut: the text ends before the reply does. */
bool rows_any(struct json_iter values);		/* false: no values at all */
enum rows_mode rows_decide(const struct rows_hint *hint, struct json_iter values, bool cut);

struct rows_ops {
	void (*cell)(void *ctx, size_t index, struct json cell);
	void (*end)(void *ctx, size_t count);	/* of a row of so many cells */
};

struct rows {
	enum rows_mode mode;
	struct rows_hint hint;
	const struct rows_ops *ops;
	void *ctx;
	size_t cells;	/* of the row that is open */
	bool open;
	size_t values;	/* that have begun */
	bool lists;	/* the first of them is a list */
	bool surplus;	/* the value that is open is */
};

void rows_init(struct rows *r, const struct rows_hint *hint, enum rows_mode mode, const struct rows_ops *ops, void *ctx);
void rows_value(struct rows *r, struct json value);			/* a whole value */
/* Takes a value, an element of one that is an array, or where such a value begins or ends, as session_ops' reply_item() gets it. */
void rows_item(struct rows *r, struct json item, unsigned depth, bool first);
void rows_finish(struct rows *r);					/* no more values */

/* Counts a value that is passed on in parts, not by the functions above.  True: it is surplus, more than the request's
 * reply is documented to have. */
bool rows_pass_over(struct rows *r, bool list);

/* Turns all values into cells and ends of rows. */
void rows_all(struct rows *r, struct json_iter values);

/* The rows of a whole reply, one by one, as they are in it: for callers that need more than one cell. */
struct rows_walk {
	enum rows_mode mode;
	struct json_iter values, inner;
	bool inside;
	bool bad;	/* something was no row: the walk has ended */
};
struct rows_walk rows_begin(const struct rows_hint *hint, struct json_iter values);
/* Gets the next row, an array whose first cell is no array.  False: no more, or *bad. */
bool rows_next(struct rows_walk *w, struct json *row);

/* Counts the cells of the first row; 0: unknown. */
size_t rows_first(enum rows_mode mode, struct json_iter values, bool cut);

/* Counts the cells of the longest row in a text that may be cut. */
size_t rows_longest(const struct rows_hint *hint, enum rows_mode mode, struct json_iter values);

#endif
