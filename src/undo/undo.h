/* SPDX-License-Identifier: ISC */
/*
 * undo: the effects of a change, and the request that undoes it, from the state read before it.
 *
 * Pure: texts in, texts out.  Which request reads what a modifier changes is the catalogue's (`reader`); what its arguments are
 * decides how the two are compared, no request is known here by its name.
 */
#ifndef PTSH_UNDO_UNDO_H
#define PTSH_UNDO_UNDO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "proto/catalog.h"
#include "proto/json.h"

/* True if changes by this request can be shown and undone at all.  Those that make or delete things with a gid or a
 * key cannot: made anew, they are others. */
bool undo_possible(const struct request *type);

/* Appends the request (["type",args...]) that reads the state that `json`, a request of that type with its names looked up, will
 * change.  It asks for no more than that, and for nothing that the catalogue knows to be unreadable; where rows have a gid, the
 * gid comes first.  0; or -1: this one cannot be shown, or no memory (nothing is appended). */
int undo_reader(struct buf *out, const struct request *type, const char *json, size_t len);

/* The texts have the box's bytes: make them visible before a terminal sees them. */
struct undo {
	struct buf changes;	/* lines "NAME: BEFORE -> AFTER", each with its LF; secrets as ***; empty: nothing changes.  What was
				 * not there or will not be is `absent`, what the reader did not report `(cannot be read)` */
	struct buf line;	/* the line that undoes it, as a user would type it, secrets shown as ?; empty: none */
	struct buf json;	/* the same as a request, complete; secret; empty if line is */
	bool each;		/* json has a list of pairs where the request takes one: a request for each (undo/assigned); line is the first */
	bool partial;		/* something in `changes` is not undone, or not exactly */
};

/* rows: the values of the reader's reply (after the status).  0; or -1: cannot be shown, or no memory (*u is empty then).
 * What was in *u before is lost, not freed. */
int undo_make(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter rows);
void undo_clear(struct undo *u);

#endif
