/* SPDX-License-Identifier: ISC */
/*
 * array: memory of arrays that grow.
 */
#ifndef PTSH_BASE_ARRAY_H
#define PTSH_BASE_ARRAY_H

#include <stddef.h>

/* Makes room for `need` items of size bytes each.  items (heap, NULL if *room is 0) has room for *room of them, and gets at least twice
 * as much when it is not enough.  Returns the array, which may have moved; NULL without memory: the array and *room are as
 * they were. */
void *array_room(void *items, size_t need, size_t *room, size_t size);

/* The same for one item more in an array whose room is not kept: it is always the power of two that holds `count` items, so it
 * must only ever grow by this function. */
void *array_more(void *items, size_t count, size_t size);

#endif
