/* SPDX-License-Identifier: ISC */
/*
 * output: replies and events, shown in a format.
 *
 * The shell has a `struct output`; `struct format` is the vtable of one format, one file each.  The front
 * (output.c) finds out what a reply's rows are (proto/rows), in either of the shapes boxes use, and feeds a format cell
 * by cell; nothing holds rows: a format that must measure first (table) is shown the same reply twice.
 *
 * Nothing here fails at the call: a failed write is sink->error, a failed allocation ENOMEM there (out of
 * memory is no fault of the descriptor: the caller may set it back to 0 after reporting it).
 */
#ifndef PTSH_FORMAT_OUTPUT_H
#define PTSH_FORMAT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "format/sink.h"
#include "proto/catalog.h"
#include "proto/json.h"
#include "proto/session.h"

enum header { HEADER_DEFAULT, HEADER_ON, HEADER_OFF };
enum expanded { EXPANDED_AUTO, EXPANDED_ON, EXPANDED_OFF };

struct output_settings {
	enum header header;
	bool reveal;		/* show secrets in table */
	bool color;
	bool utc;		/* times are in UTC */
	bool terminal;		/* results go to a terminal: `ok`, pretty */
	enum expanded expanded;	/* table: a line a cell; auto: if a row does not fit into a line of the terminal */
	unsigned columns;	/* of the terminal; 0 unknown, or none */
	/* table: true if the cell in that row and column (0 the first) is highlighted; NULL: none is. */
	bool (*stands_out)(void *ctx, uint64_t row, size_t column);
	void *stands_out_ctx;
};

/* What a reply answers: from the line (lang/line). */
struct reply_about {
	const struct request *type;	/* NULL: unknown to the catalogue */
	const char *type_name;
	char *const *headings;		/* fields asked for, or NULL */
	size_t heading_count;
};

struct heading { const char *name; enum unit unit; const struct value_name *values; };

struct output;
struct rows_hint;

enum { FORMAT_ENDINGS = 2 };

/* One format.  Everything writes to the output's sink. */
struct format {
	const char *name, *help;
	const char *endings[FORMAT_ENDINGS];	/* of files in that format, without the dot */
	bool header_default;
	bool for_people;		/* values in words: not for a file or a pipe by default */
	bool bare;			/* the box's bytes as they are: never on a terminal */
	bool untouched;			/* shows every line, also one without values */
	bool keyed;			/* shows the heading of a cell beside it */
	bool twice;			/* gets all cells twice, again() in between: to measure, then to print */
	const struct separated *separated;	/* csv, tsv: what differs between them; else NULL */
	void (*begin)(struct output *o);	/* headings and columns are known */
	void (*cell)(void *output, size_t index, struct json cell);
	/* The same of a string that is longer than CELL_LONG: the text between its quotes, in parts that can be decoded
	 * one by one. */
	void (*piece)(struct output *o, size_t index, const char *text, size_t len, bool first, bool last);
	void (*row_end)(struct output *o, size_t count);
	void (*again)(struct output *o);
	void (*end)(struct output *o);
	/* For formats that show the reply's own text (json, raw): then there is no cell(). */
	void (*reply)(struct output *o, const struct reply *reply);
	void (*text)(struct output *o, const char *text, size_t len);	/* of a large one, from its beginning */
	void (*event)(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
	    const char *line, size_t len);
	void (*clear)(struct output *o);	/* frees what the format keeps in the output; or NULL */
	enum large_mode large;		/* how a large reply is taken; LARGE_VALUES: by values or by elements */
};

/* NULL without memory.  The sink stays the caller's. */
struct output *output_create(struct sink *sink, const struct format *f, const struct output_settings *s);
void output_free(struct output *o);
void output_set_format(struct output *o, const struct format *f);
void output_set_sink(struct output *o, struct sink *sink);
const struct format *output_format(const struct output *o);
struct output_settings *output_settings(struct output *o);

/* A whole successful reply.  A reply without values prints `ok` on a terminal and nothing elsewhere (raw: its line; a
 * request for rows: no rows). */
void output_reply(struct output *o, const struct reply_about *about, const struct reply *reply);

/* A large reply, part by part, as session_ops passes it on.  output_large() sees the beginning of the line and chooses;
 * with LARGE_KEEP nothing more is called but output_reply().  about is not needed after it. */
enum large_mode output_large(struct output *o, const struct reply_about *about, const char *text, size_t len);
void output_item(struct output *o, struct json item, unsigned depth, bool first);
void output_part(struct output *o, const char *text, size_t len, unsigned depth, bool last);
void output_text(struct output *o, const char *text, size_t len, const uint64_t ended[static 3]);
/* complete false: it broke off; the output ends with a complete line. */
void output_large_end(struct output *o, bool complete);
uint64_t output_rows(const struct output *o);	/* shown of the reply in progress, or of the last one; json and raw: if it is large */

/* annotation: what is known about an argument ("Head Office"), or NULL.  Flushed. */
void output_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
    const char *line, size_t len);

/* A small table of ptsh's own (.jobs, .status): the same formats, rows of plain strings; NULL is null.  json and raw
 * print an array a row. */
void output_begin(struct output *o, const char *const *headings, size_t count);
void output_strings(struct output *o, const char *const *cells, size_t count);
void output_cells(struct output *o, const struct json *cells, size_t count);	/* the same of JSON values */
void output_end(struct output *o);
/* Text that json and raw show as a line of its own. */
void output_array(struct output *o, struct json array);

/* The rows of a reply, in either shape, for callers that need them as data (names, .each): calls row() for each with
 * its cells.  0, or -1 without memory. */
int output_rows_of(const struct reply_about *about, struct json_iter values,
    void (*row)(void *ctx, const struct json *cells, size_t count), void *ctx);

/* What is known about its rows before they come. */
struct rows_hint output_hint(const struct reply_about *about);

/* The headings of a reply; returns the count, 0 if unknown.  At most max are written; names are borrowed from about
 * and the catalogue. */
size_t output_headings(const struct reply_about *about, struct heading *headings, size_t max);

#endif
