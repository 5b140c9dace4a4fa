/* SPDX-License-Identifier: ISC */
/*
 * pending: open addressing; a removed entry's followers move up, so no marks are left.  Ids are scattered
 * (Fibonacci hashing spreads those that follow each other evenly): adjacent ids would be one long run that
 * every removal had to walk.
 */
#include "proto/pending.h"

#include <stdlib.h>

enum { PENDING_FIRST = 64 };

static size_t pending_home(const struct pending_table *t, uint64_t id)
{
	return (size_t)(id * 0x9e3779b97f4a7c15 >> 32) & (t->size - 1);
}

static void pending_place(struct pending_table *t, const struct pending *p)
{
	size_t i = pending_home(t, p->id);

	while (t->places[i].id)
		i = (i + 1) & (t->size - 1);
	t->places[i] = *p;
}

static int pending_grow(struct pending_table *t)
{
	struct pending_table bigger = {.size = t->size ? 2 * t->size : PENDING_FIRST, .count = t->count};

	bigger.places = calloc(bigger.size, sizeof *bigger.places);
	if (!bigger.places)
		return -1;
	for (size_t i = 0; i < t->size; i++)
		if (t->places[i].id)
			pending_place(&bigger, &t->places[i]);
	free(t->places);
	*t = bigger;
	return 0;
}

int pending_add(struct pending_table *t, const struct pending *p)
{
	if (4 * (t->count + 1) > 3 * t->size && pending_grow(t) == -1)
		return -1;
	pending_place(t, p);
	t->count++;
	return 0;
}

struct pending *pending_find(const struct pending_table *t, uint64_t id)
{
	size_t i;

	if (t->size == 0 || id == 0)
		return NULL;
	for (i = pending_home(t, id); t->places[i].id; i = (i + 1) & (t->size - 1))
		if (t->places[i].id == id)
			return &t->places[i];
	return NULL;
}

void pending_remove(struct pending_table *t, struct pending *p)
{
	size_t mask = t->size - 1, hole = (size_t)(p - t->places);

	for (size_t i = (hole + 1) & mask; t->places[i].id; i = (i + 1) & mask) {
		size_t home = pending_home(t, t->places[i].id);

		/* It may move into the hole unless its own slot is after the hole. */
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			t->places[hole] = t->places[i];
			hole = i;
		}
	}
	t->places[hole].id = 0;
	t->count--;
}

static int pending_compare(const void *a, const void *b)
{
	const struct pending *p = a, *q = b;

	return p->id < q->id ? -1 : p->id > q->id;
}

void pending_finish(struct pending_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->size; i++)
		if (t->places[i].id)
			t->places[n++] = t->places[i];
	if (n)
		qsort(t->places, n, sizeof *t->places, pending_compare);
}

void pending_clear(struct pending_table *t)
{
	free(t->places);
	*t = (struct pending_table){0};
}
