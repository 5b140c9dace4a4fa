/* SPDX-License-Identifier: ISC */
/*
 * find_parts: what the files of .find share: a search on its way.
 */
#ifndef PTSH_COMMANDS_FIND_PARTS_H
#define PTSH_COMMANDS_FIND_PARTS_H

#include "commands/find_rows.h"
#include "commands/find_view.h"
#include "commands/find_word.h"
#include "run/arriving.h"
#include "run/command.h"

enum { FIND_QUERIES = 16, FIND_WORDS = 64, FIND_CELLS_READ = FIND_COLUMNS + FIND_NAMED };

enum find_history { HISTORY_IF_NEEDED = -1, HISTORY_CURRENT, HISTORY_ALL, HISTORY_CHANGES };

struct find_realm {
	char *gid, *name;	/* owned */
	unsigned failed;	/* views that the box does not show, a bit each */
	unsigned whole;		/* views that were asked for without filter, a bit each and another for the past */
	size_t answered;
	bool wanted;		/* --realms */
};

/* One request on its way. */
struct find_ask {
	struct find *find;
	size_t realm;
	bool counts;			/* devices on a port */
	bool done;
	struct find_query query;
	char *switch_uid, *ifname;	/* counts: JSON; owned */
	struct arriving arriving;
	struct json cells[FIND_CELLS_READ];
	size_t cell_count;
};

struct find_failure { size_t realm; enum status status; char *text; };

enum find_stage {
	STAGE_ASKING,		/* in every form at once */
	STAGE_PAST,		/* the same with history */
	STAGE_ALL,		/* all devices, to be checked here */
	STAGE_ALL_PAST,
	STAGE_COUNTING,		/* devices on the ports of those found twice */
	STAGE_DONE,
};

struct find {
	struct command_state command;	/* first */
	/* the word searched for */
	char *text;			/* as typed */
	struct find_word word;
	struct find_filter filters[FIND_NAMED];	/* COLUMN=PATTERN; patterns owned */
	size_t filter_count;
	enum find_view view;		/* of the filters */
	size_t mac_filter;		/* the one whose pattern is a MAC, which every form replaces; filter_count: none is */
	char forms[FIND_FORMS][FIND_FORM_SIZE];	/* what a box is asked with */
	size_t form_count;
	char *realms_wanted[FIND_WORDS];
	size_t wanted_count;
	enum find_history history;
	/* on the way */
	struct find_realm *realms;
	size_t realm_count;
	enum find_stage stage;
	struct find_ask **asks;
	size_t ask_count, ask_room, next, running;
	uint64_t received;		/* bytes, before it began */
	struct buf scratch[2];
	/* the result */
	struct find_rows rows;
	struct find_failure *failures;
	size_t failure_count, failure_room;
	struct error error;		/* text empty: none; else nothing could be asked */
	bool streamed;			/* rows are printed as they come */
	bool any_streamed;		/* one was: json */
};

/* find_ask.c */
/* The requests of the first stage; returns how many. */
size_t find_queries(const struct find *f, struct find_query queries[static FIND_QUERIES]);
/* Asks all realms; command_result() is called in the end.  A timer's function: ctx is a struct find. */
void find_begin(void *ctx);

/* find_show.c */
void find_show(struct command_state *s, struct output *o);
void find_report(struct command_state *s, const struct task *t, bool before);
void find_progress(const struct command_state *s, char *text, size_t size);
/* A row that was found: kept, or printed when too many are. */
void find_take(struct find *f, const struct find_row *row);
/* Nothing more comes. */
void find_stream_end(struct find *f);
/* Found nothing, now or ever. */
bool find_empty(const struct find *f);

#endif
