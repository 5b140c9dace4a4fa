/* SPDX-License-Identifier: ISC */
/*
 * each_parts: what the files of .each share: a command on its way, and its rows.
 */
#ifndef PTSH_COMMANDS_EACH_PARTS_H
#define PTSH_COMMANDS_EACH_PARTS_H

#include "base/buf.h"
#include "net/spool.h"
#include "run/arriving.h"
#include "run/task.h"

enum { EACH_COLUMNS = 256 /* of LINE's rows, and of LINE2's, that are shown */ };

/* One whose LINE2 runs. */
struct each_row {
	struct each *each;
	struct each_row *next, **at;	/* the others; what points to this one */
	size_t len;
	char text[];			/* its cells as a JSON array */
};

struct each {
	struct command_state command;
	const char *second;		/* into the task's line */
	const char *names[EACH_COLUMNS];
	size_t name_count;
	char **name_text;		/* owned copies that names point to */
	struct arriving arriving;
	struct buf cells;		/* of the row that arrives, as a JSON array */
	struct spool waiting;		/* such arrays */
	struct each_row *rows;
	size_t count, next, running;	/* rows that have come; that were begun; whose LINE2 runs (or LINE) */
	bool may_fail;			/* LINE2 is `- LINE` */
	bool stopped, out_of_memory;
	size_t unsent;			/* rows that were dropped after the one that was reported */
	enum status status;
	bool begun;			/* headings have been shown */
};

/* each_show.c */

/* Gets the cells of a row, at most `most`; returns how many. */
size_t each_cells(const struct each_row *r, struct json *cells, size_t most);
/* Appends "5000015442 Head Office": a row in words, for messages. */
void each_put_label(struct buf *out, const struct each_row *r);
/* Shows what LINE2 has brought for a row, in the format.  Where there is no memory for it, it stops the command. */
void each_show(struct each *a, struct task *t, const struct reply *reply, const struct each_row *label);

#endif
