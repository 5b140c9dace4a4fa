/*
 * cells: the columns of a query: which there are, and what stands in them.
 */
#ifndef BOX_CELLS_H
#define BOX_CELLS_H

#include <stdbool.h>

#include "devices.h"
#include "proto/buf.h"

enum query_type { QUERY_DEVICE, QUERY_SWITCH, QUERY_DETAIL, QUERY_TYPES };

extern const char *const query_names[QUERY_TYPES + 1];

/* The columns of a type, in the order of the protocol document; ends with NULL. */
const char *const *query_columns(enum query_type type);

enum cell_kind { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_OCTETS };

struct cell {
	enum cell_kind kind;
	const char *text;		/* in room, or constant */
	size_t len;
	char room[256];
};

/* What stands in a type's column (its index in query_columns()) at a place; raw: as the database has it. */
void cell_make(struct cell *cell, const struct place *p, enum query_type type, unsigned column, bool raw);

/* As JSON. */
void cell_put(struct buf *out, const struct cell *cell);

#endif
