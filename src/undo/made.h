/* SPDX-License-Identifier: ISC */
/*
 * made: what a request has made, found by its list before and after, and the request that deletes it again.
 *
 * Pure, as undo/undo is.  What is made has a gid that the reply does not say, or, as certificates, a name that identifies it.
 */
#ifndef PTSH_UNDO_MADE_H
#define PTSH_UNDO_MADE_H

#include "undo/undo.h"

/* Whether json, a request of that type, adds what it could delete again.  *only: and deletes nothing. */
bool made_adds(const struct request *type, const char *json, size_t len, bool *only);

/* Appends the request that lists what such a request adds.  0, or -1. */
int made_lister(struct buf *out, const struct request *type);

/* before, after: the values of its replies.  Sets *u: changes says what is new and has which gid; json deletes it, if all that was
 * asked for is found, and nothing else of that name is new.  0; or -1: cannot be read, or no memory (*u is empty then). */
int made_find(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter before,
    struct json_iter after);

/* What the request `back`, which such a json holds, would delete now.  *renamed: it has a name that was not asked for in json. */
int made_still(struct undo *u, const struct request *type, const char *json, size_t len, const struct buf *back,
    struct json_iter now, bool *renamed);

#endif
