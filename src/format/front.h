/* SPDX-License-Identifier: ISC */
/*
 * front: the part of an output that the formats see: the reply in progress, its headings, and their own state.
 */
#ifndef PTSH_FORMAT_FRONT_H
#define PTSH_FORMAT_FRONT_H

#include "format/output.h"
#include "proto/rows.h"

struct output {
	struct sink *sink;
	const struct format *format;
	struct output_settings settings;

	/* The result in progress. */
	const struct request *type;	/* NULL: unknown, or ptsh's own */
	struct heading *headings;	/* names: the reply's caller's, or copies */
	bool headings_copied;
	size_t heading_count, heading_room;
	const struct request *documented;	/* the headings are the catalogue's of this request... */
	size_t documented_count;		/* ...which are so many, whatever a reply had */
	size_t columns;			/* headings, or the cells of the longest row if that is known to be more */
	bool header;			/* headings are to be shown */
	struct rows_hint hint;
	enum rows_mode mode;
	struct rows rows;
	struct rows_ops ops;
	uint64_t row_count;
	struct buf kept;		/* rows of output_strings(), for a format that is shown them twice */
	size_t head;			/* bytes of a large line that are not values: its `[id,1,` */

	struct buf scratch, text;	/* for a cell; reset before use */

	/* An item of a large reply that comes in parts (parts.c). */
	struct {
		bool active;
		bool surplus;		/* it is passed over */
		bool row;		/* its elements are cells */
		bool string;		/* the beginning of a cell has been shown */
		size_t index;		/* of the cell */
		struct buf text;	/* text not shown yet... */
		uint64_t gone;		/* ...and how much was */
		struct json_scan scan;	/* of a row */
	} part;

	/* The format's own. */
	struct { struct buf keys; size_t *ends; size_t count, room; } records;
	struct { char part[4]; size_t part_len; bool begun; } json;
	struct { bool wrote; } csv;
	struct {
		uint32_t *columns;	/* width, and what its cells are */
		size_t count, room;
		size_t at;		/* cells printed of this row */
		size_t blanks;		/* owed before the next text */
		uint64_t row;		/* being printed */
		bool starred;		/* the cell before has a mark in the gap after it */
		bool printing, in_rows;	/* the second time; after the headings */
		size_t names;		/* width of the names before the cells, a line each; 0: a line is a row */
		enum unit unit;		/* of the value that belongs to the name in the first cell */
		const struct value_name *values;
		bool secret;
	} table;
};

/* The name over column i (0 the first): the heading, or the column's number. */
void front_heading(const struct output *o, size_t i, struct buf *out);

/* --- the headings of the reply in progress (headings.c) --- */

/* Takes the headings of a reply, as far as they are known without its rows.  Those of the catalogue are kept from one reply to the
 * next.  False: no memory. */
bool headings_begin(struct output *o, const struct reply_about *about);
/* The first decides for all: copy the names, or borrow them until the reply ends.  False: no memory. */
bool headings_add(struct output *o, struct heading h, bool copy);
void headings_clear(struct output *o);
/* Headings that were not asked for are what the catalogue expects; here the rows say what a box really sends. */
void headings_match(struct output *o, struct json_iter values, bool cut);

/* {"time":...,"event":name,"args":[...]}: json's and records' way. */
void json_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
    const char *line, size_t len);

/* --- an item that comes in parts (parts.c) --- */

enum { CELL_LONG = 256 * 1024 };	/* bytes of a string that is shown while it arrives */
/* Ends what was begun of a reply that broke off. */
void parts_break(struct output *o);

/* Notes that memory ran out: the output is incomplete. */
void front_failed(struct output *o);

#endif
