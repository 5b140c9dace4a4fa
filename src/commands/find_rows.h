/* SPDX-License-Identifier: ISC */
/*
 * find_rows: the rows found by .find: each place once, the most likely first.
 *
 * Knows no box and no request; realms are numbers here, in the order in which the box lists them.
 */
#ifndef PTSH_COMMANDS_FIND_ROWS_H
#define PTSH_COMMANDS_FIND_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commands/find_view.h"
#include "proto/json.h"

enum { FIND_RESULT = 11 };		/* columns of the result */

struct find_row {
	size_t realm;
	enum find_view view;
	bool past;
	const char *match;		/* the column; static */
	struct json cells[FIND_CELLS];	/* into text; text NULL: null */
	struct json count;		/* devices on the port, as the box wrote it; into count_text */
	uint64_t devices;		/* the same; 0: not known */
	bool uplink;			/* the device is on a port with fewer, too */
	char *text, *count_text;	/* owned */
};

struct find_rows { struct find_row *v; size_t count, room, bytes; bool failed /* no memory */; };

/* The names of the result's columns. */
extern const char *const find_result[FIND_RESULT];

/* Adds a copy. */
void find_rows_add(struct find_rows *rows, const struct find_row *row);
void find_rows_clear(struct find_rows *rows);

/* Drops duplicates: equal rows, ports that a device is on, past places that are current. */
void find_rows_settle(struct find_rows *rows);

/* Current rows of a device that has several in one realm: calls port() for each, at most `most` a device. */
void find_rows_doubtful(const struct find_rows *rows, size_t most, void (*port)(void *ctx, const struct find_row *row), void *ctx);

/* The box counts so many devices on the port of a switch; all three as JSON values. */
void find_rows_count(struct find_rows *rows, size_t realm, struct json switch_uid, struct json ifname, struct json count);

/* Marks uplinks by these counts, and orders: current rows first, then those with the fewest devices beside them. */
void find_rows_rank(struct find_rows *rows);

/* True if two values are the same text, however they are written. */
bool find_same(struct json a, struct json b);

/* The cells of the result's row, in scratch; realm is its name.  marked: an uplink is marked (table). */
void find_row_cells(const struct find_row *row, const char *realm, bool marked, struct buf *scratch,
    struct json cells[static FIND_RESULT]);

#endif
