/* SPDX-License-Identifier: ISC */
/*
 * array: memory of arrays that grow: doubled, and never more bytes than there can be.
 *
 * Knows nothing of the items; never clears or wipes what it moves.
 */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { ARRAY_FIRST = 16 };	/* items in an array that begins */

void *array_room(void *items, size_t need, size_t *room, size_t size)
{
	size_t more = *room > SIZE_MAX / 2 ? SIZE_MAX : *room * 2;
	void *moved;

	if (need <= *room)
		return items;
	if (more < ARRAY_FIRST)
		more = ARRAY_FIRST;
	if (more < need)
		more = need;
	moved = reallocarray(items, more, size);
	if (moved != NULL)
		*room = more;
	return moved;
}

void *array_more(void *items, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return items;
	return count > SIZE_MAX / 2 ? NULL : reallocarray(items, count == 0 ? 1 : count * 2, size);
}
