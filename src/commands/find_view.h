/* SPDX-License-Identifier: ISC */
/*
 * find_view: the columns and filters of .find for each type of query, and the meaning of a row's cells.
 */
#ifndef PTSH_COMMANDS_FIND_VIEW_H
#define PTSH_COMMANDS_FIND_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "commands/find_word.h"
#include "proto/json.h"

/* In the order in which a column's view is searched. */
enum find_view { FIND_DEVICES, FIND_PORTS, FIND_SWITCHES, FIND_VIEWS };

/* The cells of a row that a result shows. */
enum find_cell { CELL_SWITCH, CELL_IFNAME, CELL_VLAN, CELL_MAC, CELL_IP, CELL_DNSNAME, CELL_LOG_END, CELL_IFALIAS, FIND_CELLS };

enum { FIND_COLUMNS = 10, FIND_NAMED = 8 /* COLUMN=PATTERN at most */ };

struct find_filter { const char *column; const char *pattern; };	/* both borrowed */

/* One request: its columns and filters, and those left out because the box has refused them. */
struct find_query {
	enum find_view view;
	unsigned history;		/* 0: absent */
	struct find_filter filters[FIND_NAMED];
	size_t filter_count;
	bool checked;			/* rows are compared here, so that the filter may be left out */
	/* done without: */
	unsigned missing;		/* columns, a bit each */
	bool unfiltered;
	bool few;			/* all columns but the first six */
};

/* What a box was found to lack, for the requests to come. */
struct find_learned {
	char *box;			/* owned */
	unsigned missing[FIND_VIEWS], unfiltered[FIND_VIEWS] /* columns */;
	bool few[FIND_VIEWS];
};

/* Finds the view that has all the columns of the filters; false: none. */
bool find_view_of(const struct find_filter *filters, size_t count, enum find_view *view);

/* True if a column has MACs. */
bool find_column_of_macs(const char *column);

/* Appends the request for a realm; gid NULL: `{gid}` stands for it. */
void find_query_put(struct buf *out, const struct find_query *q, const char *gid);

/* Appends the request for the box's own count of devices on a port: rows of switch, port, count. */
void find_count_put(struct buf *out, const char *gid, struct json switch_uid, struct json ifname);

/* The name of the request, for messages. */
const char *find_request(void);

/* Does without something more, now that the box has refused q with that message.  False: there is nothing left. */
bool find_query_retry(struct find_query *q, const char *message);

/* The first leaves out what is known to be refused; the second remembers what q had to leave out, now that it was answered. */
void find_learned_use(const struct find_learned *l, struct find_query *q);
void find_learned_add(struct find_learned *l, const struct find_query *q);

/* The column of a row of q that holds the word, or NULL.  scratch is for reuse. */
const char *find_query_match(const struct find_query *q, const struct find_word *w, const struct json *cells, size_t count,
    struct buf scratch[static 2]);

/* Sorts a row of q into the cells of a result; text NULL: it has none. */
void find_query_cells(const struct find_query *q, const struct json *row, size_t count, struct json cells[static FIND_CELLS]);

#endif
