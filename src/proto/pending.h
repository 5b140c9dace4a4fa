/* SPDX-License-Identifier: ISC */
/*
 * pending: requests without an answer yet, by id.
 *
 * A hash table: each is found at once, whatever the order of replies, and a few that stay open for long (polls) do
 * not make it grow with all ids that were given out since.
 */
#ifndef PTSH_PROTO_PENDING_H
#define PTSH_PROTO_PENDING_H

#include <stddef.h>
#include <stdint.h>

enum pending_kind {
	PENDING_REQUEST,
	PENDING_FORGOTTEN,	/* given up by its owner: the answer will be late */
	PENDING_REFUSED,	/* was sent with a login that was refused: the answer is dropped */
	PENDING_LOGIN,
	PENDING_TLS,
};

struct pending {
	uint64_t id;		/* 0: a free place */
	uint64_t start;		/* offset of its first byte in all that was ever queued */
	void *tag;
	enum pending_kind kind;
};

/* Zeroed: empty and ready. */
struct pending_table {
	struct pending *places;	/* owned; size is 0 or a power of two, at most half of them are used */
	size_t size, count;
};

/* 0, or -1 without memory.  id must not be in the table. */
int pending_add(struct pending_table *t, const struct pending *p);

/* Returns the entry, valid until the next add or remove; or NULL. */
struct pending *pending_find(const struct pending_table *t, uint64_t id);
void pending_remove(struct pending_table *t, struct pending *p);

/* Sorts the entries by id into places[0 .. count): nothing can be found, added or removed afterwards. */
void pending_finish(struct pending_table *t);
void pending_clear(struct pending_table *t);

#endif
