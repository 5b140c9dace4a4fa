/* SPDX-License-Identifier: ISC */
/*
 * assigned: what an assignment of everything at once has changed, and the requests that take it back, one for each.
 *
 * Pure, as undo/undo is.  Such a request leaves out its pair; which pairs it has set is found by the list before and after.  In memory
 * the requests are one, with a list of pairs where it takes one: struct undo has `each`.
 */
#ifndef PTSH_UNDO_ASSIGNED_H
#define PTSH_UNDO_ASSIGNED_H

#include "undo/undo.h"

/* True if json, a request of that type, assigns everything at once. */
bool assigned_all(const struct request *type, const char *json, size_t len);

/* before, after: the values of the reader's replies.  Sets *u, and appends to done the same with the pairs as they are afterwards.
 * 0; or -1: cannot be read, or no memory (*u is empty then). */
int assigned_find(struct undo *u, struct buf *done, const struct request *type, const char *json, size_t len,
    struct json_iter before, struct json_iter after);

/* done, back: as assigned_find() made them; now: the values of the reader's reply.  Sets *u to what taking it back changes now, and what
 * undoes that; appends to sent what is to be sent for it.  *foreign: a pair is now neither what it was before nor afterwards.
 * 0, or -1. */
int assigned_now(struct undo *u, struct buf *sent, const struct request *type, const struct buf *done, const struct buf *back,
    struct json_iter now, bool *foreign);

/* Appends the requests that `sent` stands for, each with a LF.  How many; 0 without memory. */
size_t assigned_requests(struct buf *out, const struct request *type, const struct buf *sent);

#endif
