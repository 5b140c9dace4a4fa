/* SPDX-License-Identifier: ISC */
/*
 * kept: the changes of this session, each with the request that undoes it.
 *
 * In memory only; secrets are wiped when a change is dropped: with the oldest of too many, with another box, at the end.
 */
#ifndef PTSH_UNDO_KEPT_H
#define PTSH_UNDO_KEPT_H

#include <time.h>

#include "base/buf.h"
#include "proto/catalog.h"

enum { KEPT_MOST = 50 };

struct kept_change {
	unsigned number;	/* counts up from 1, never used again in a session */
	time_t when;
	char *line;		/* as typed, masked */
	const struct request *type;
	struct buf json, back;	/* the request sent, and the one that undoes it (empty: none); secret */
	bool each;		/* they are as struct undo's with `each` */
	bool partial;		/* back does not restore all of it */
	char *why;		/* why it cannot be undone; NULL: it can */
	bool taken_back;
};

struct kept;

/* Adds a copy of c, whose number and time are set here.  *kept NULL: makes it.  The number, or 0 without memory.  Of too many the
 * oldest one that cannot be undone, or was, is dropped; if there is none, the oldest. */
unsigned kept_add(struct kept **kept, const struct kept_change *c);

/* Returns number n; with 0 the last that was not undone and can be.  NULL: none. */
struct kept_change *kept_find(struct kept *kept, unsigned n);

/* Returns the i-th, 0 the oldest; NULL after the newest. */
const struct kept_change *kept_at(const struct kept *kept, size_t i);

/* Drops all; the numbers continue. */
void kept_drop(struct kept *kept);
void kept_free(struct kept *kept);

#endif
