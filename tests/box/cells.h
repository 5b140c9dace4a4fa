/* SPDX-License-Identifier: ISC */
/*
 * cells: the values in the columns of a query.
 */
#ifndef BOX_CELLS_H
#define BOX_CELLS_H

#include <stdbool.h>

#include "columns.h"
#include "devices.h"

enum cell_kind { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_OCTETS };

enum { CELL_TEXT_MAX = 256, CELL_JSON = 6 * CELL_TEXT_MAX + 2 };

struct cell {
	enum cell_kind kind;
	const char *text;		/* in room, or constant; at most CELL_TEXT_MAX bytes */
	size_t len;
	char room[CELL_TEXT_MAX];
};

/* Gets the value of a type's column (its index in query_columns()) at a place; raw: as stored in the database. */
void cell_make(struct cell *cell, const struct place *p, enum query_type type, unsigned column, bool raw);

/* Writes the cell as JSON, at most CELL_JSON bytes, and returns its end. */
char *cell_write(char *at, const struct cell *cell);

#endif
