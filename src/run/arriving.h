/* SPDX-License-Identifier: ISC */
/*
 * arriving: the rows of a child's reply, taken as they come: of a large reply nothing is held but the row that is incomplete.
 */
#ifndef PTSH_RUN_ARRIVING_H
#define PTSH_RUN_ARRIVING_H

#include "base/buf.h"
#include "proto/rows.h"
#include "proto/session.h"

/* Belongs to the child's owner, in whose task it is (struct task's `arriving`). */
struct arriving {
	struct rows_hint hint;
	const struct rows_ops *ops;
	void *ctx;
	struct rows rows;
	struct buf part;		/* of a row that comes in pieces */
	bool begun;			/* rows are taken */
};

/* ops are borrowed. */
void arriving_init(struct arriving *a, const struct rows_hint *hint, const struct rows_ops *ops, void *ctx);
void arriving_clear(struct arriving *a);

/* The request has succeeded: takes the rows of its reply; NULL: they have come already, this was the last.  0, or -1: there was no
 * memory for one of them. */
int arriving_end(struct arriving *a, const struct reply *reply);

/* For the engine: what session_ops passes on of a large reply. */
enum large_mode arriving_begin(struct arriving *a, const char *text, size_t len);
void arriving_item(struct arriving *a, struct json item, unsigned depth, bool first);
void arriving_part(struct arriving *a, const char *text, size_t len, unsigned depth, bool last);

#endif
