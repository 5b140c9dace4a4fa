/* SPDX-License-Identifier: ISC */
/*
 * cells: the columns of a query: which there are, and what stands in them.
 */
#ifndef BOX_CELLS_H
#define BOX_CELLS_H

#include <stdbool.h>

#include "devices.h"

enum query_type { QUERY_DEVICE, QUERY_SWITCH, QUERY_DETAIL, QUERY_TYPES };

extern const char *const query_names[QUERY_TYPES + 1];

/* The columns of a type, in the order of the protocol document; ends with NULL. */
const char *const *query_columns(enum query_type type);

enum cell_kind { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_OCTETS };

enum { CELL_TEXT_MAX = 256, CELL_JSON = 6 * CELL_TEXT_MAX + 2 };

struct cell {
	enum cell_kind kind;
	const char *text;		/* in room, or constant; at most CELL_TEXT_MAX bytes */
	size_t len;
	char room[CELL_TEXT_MAX];
};

/* What stands in a type's column (its index in query_columns()) at a place; raw: as the database has it. */
void cell_make(struct cell *cell, const struct place *p, enum query_type type, unsigned column, bool raw);

/* Writes the cell as JSON, at most CELL_JSON bytes, and returns the place behind it. */
char *cell_write(char *at, const struct cell *cell);

#endif
