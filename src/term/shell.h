/* SPDX-License-Identifier: ISC */
/*
 * shell: the state of a running ptsh, and how it prints.
 *
 * One struct, passed first; each part of it belongs to the file that is named.
 */
#ifndef PTSH_TERM_SHELL_H
#define PTSH_TERM_SHELL_H

#include <stdbool.h>
#include <stdint.h>

#include "format/output.h"
#include "net/loop.h"
#include "options/options.h"
#include "proto/session.h"
#include "term/password.h"
#include "term/prompt.h"
#include "term/screen.h"

/* Where a line came from, for messages; name NULL: the prompt or -c, nothing to name. */
struct place {
	const char *name;		/* run/feed owns it: lives as long as the shell */
	unsigned long line;
};

struct command;
struct change_ops;

struct shell {
	struct options *options;
	const struct command *const *commands;	/* run/command: the table; ends with NULL */
	const struct change_ops *change;	/* undo/change; NULL: what a line changes is not shown */
	struct loop *loop;
	struct password *password;
	struct sink out;		/* standard output */
	struct sink err;		/* standard error */
	struct output *output;
	bool interactive;		/* there is a prompt */
	bool entered;			/* and the first connection has been made: from now on lost ones are tried again */
	bool colour_messages;		/* on standard error, without a prompt */
	bool may_ask;			/* a person can be asked: a terminal, and no --no-prompt */

	/* terminal (shell/interactive); NULL in a script */
	struct screen *screen;
	struct prompt *prompt;
	struct history *history;

	struct link *link;		/* link/link */
	struct engine *engine;		/* run/engine */
	const struct format *format;	/* run/show: the session's, while a line is shown in its own; else NULL */
	unsigned format_depth;
	struct events *events;		/* run/events */
	struct names *names;		/* run/names */
	struct trace *trace;		/* link/trace; NULL: off */
	struct feed *feed;		/* run/feed */
	struct identity *identity;	/* link/identity; NULL: nothing asked for, or not yet */
	struct find_learned *find;	/* commands/find; NULL before the first .find */
	struct aliases *aliases;	/* run/aliases; NULL: none */
	struct on *on;			/* commands/on; NULL before the first .on */
	struct kept *kept;		/* undo/kept; NULL before the first change */

	/* settings that .set and the other commands change */
	unsigned char set_origins[16];	/* commands/set: enum origin of each that was set; 0: not since the start */
	bool timing;
	bool marks;			/* for terminals that know them: term/marks */
	bool undo;			/* show before -> after */
	double timeout;			/* s, 0 none */

	bool redirected;		/* out is redirected by a line (run/redirect) */
	char *edit;			/* what .edit wants to be edited, once the line is over; NULL: nothing */
	bool progress;			/* a line of shell_progress_draw() is on the terminal */
	int64_t waiting_since;		/* loop_now(): progress counts from here; 0 not yet */
	int64_t blocked_since;		/* loop_now(): standard output is being written to from then on */

	enum status status;		/* of the first failure */
	int signal;			/* the one that ends the shell, or 0 */
	bool quit;
};

/* Everything shown is bracketed, so that the line being edited is out of the way and nothing lingers in a buffer
 * when a person or an event's reader waits for it.  Nests. */
void shell_show_begin(struct shell *sh);
void shell_show_end(struct shell *sh);

/* Writes the buffered standard output: above the line being edited, if there is one. */
void shell_flush(struct shell *sh);

/* To standard error, one line, made harmless: `ptsh: [FILE:LINE: ][REQUEST: ]text`.  request may be NULL. */
void shell_complain(struct shell *sh, struct place at, const char *request, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for a message that is no failure. */
void shell_report(struct shell *sh, struct place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same without a place; nothing with --quiet. */
void shell_notice(struct shell *sh, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, only with --verbose. */
void shell_step(struct shell *sh, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One row at the bottom of a terminal that can move its cursor, gone before anything else is shown. */
void shell_progress_draw(struct shell *sh, const char *text);
void shell_progress_clear(struct shell *sh);

/* Remembers the first failure's status. */
void shell_failed(struct shell *sh, enum status status);

/* "1.2s", "1m32s". */
void shell_duration(char text[static 24], int64_t ms);

#endif
