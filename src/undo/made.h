/* SPDX-License-Identifier: ISC */
/*
 * made: what a request has made, found by its list before and after, and the request that deletes it again.
 *
 * Pure, as undo/undo is.  An object made has a gid that the reply does not report, or, like certificates, a name that identifies it.
 */
#ifndef PTSH_UNDO_MADE_H
#define PTSH_UNDO_MADE_H

#include "undo/undo.h"

/* True if json, a request of that type, adds objects that it could delete again.  *only: and deletes nothing. */
bool made_adds(const struct request *type, const char *json, size_t len, bool *only);

/* Appends the request that lists such objects.  0, or -1. */
int made_lister(struct buf *out, const struct request *type);

/* before, after: the values of its replies.  Sets *u: `changes` has the new objects and their gids; json deletes them, if all that were
 * asked for are found, and nothing else of these names is new.  0; or -1: cannot be read, or no memory (*u is empty then). */
int made_find(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter before,
    struct json_iter after);

/* Writes what the request `back`, from such a json, would delete now.  *renamed: it has a name that was not asked for in json. */
int made_still(struct undo *u, const struct request *type, const char *json, size_t len, const struct buf *back,
    struct json_iter now, bool *renamed);

#endif
