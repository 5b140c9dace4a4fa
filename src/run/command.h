/* SPDX-License-Identifier: ISC */
/*
 * command: one of ptsh's own commands, `.name`: one entry that describes all of it.
 */
#ifndef PTSH_RUN_COMMAND_H
#define PTSH_RUN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/complete.h"
#include "lang/line.h"
#include "run/task.h"
#include "term/shell.h"

/* The word after a command that is being completed. */
struct command_finding {
	struct shell *sh;		/* NULL: nothing runs, only the tables exist (.places gets it nevertheless) */
	const struct command *const *commands;
	char *const *words;		/* those before the cursor, words[0] the command with its dot */
	size_t count, index;		/* how many; which one is asked for, 1 the first after the command: index <= count */
	void (*found)(void *arg, const char *text, const char *help);
	void *arg;
};

/* A command is one such entry, in a file of its own, and a row of commands/table.h. */
struct command {
	struct command_word word;	/* its name, and what the line language needs to know */
	const char *usage;		/* after the name */
	const char *help;		/* one line */
	const char *more;		/* some more for `.help .name`, or NULL */
	void (*describe)(struct buf *text);	/* appends text from a table of the command's own after it; or NULL */
	size_t min, max;		/* words after the name; where the rest is a line, .check counts */
	bool needs_box;			/* does nothing with --dry-run */
	bool reads;			/* changes nothing and has a result: is begun without waiting, as requests that read are */
	bool outside_alias;		/* decides which lines come next, or gives names: it cannot stand in an alias */
	bool at_once;			/* is over as soon as it is run: .each and .on may run it, too */

	/* t->line holds the words.  A failure is reported: command_fail() does. */
	enum command_result (*run)(struct shell *sh, struct task *t, enum status *status);
	/* True if this line of it shows something: then it can be redirected.  NULL: none does. */
	bool (*shows)(const struct line *line);
	/* Checks the words after the name, before anything of a script runs.  0, or -1 with *e.  NULL: any words. */
	int (*check)(struct shell *sh, const char *rest, struct error *e);
	/* Called when the line has entered the queue: does what must happen before its turn.  NULL: nothing. */
	void (*queued)(struct shell *sh, struct task *t);
	/* Calls f->found() for what may be at a place.  NULL: any word may. */
	enum command_place (*complete)(const struct command_finding *f);
	/* Calls f->found() for the {places} that a line may have which it runs later; rest: the text typed after the name.  NULL: none. */
	void (*places)(const struct command_finding *f, const char *rest);
};

/* For those of which every line shows something. */
bool command_shows(const struct line *line);

/* Reports why a command failed: the result of .run. */
enum command_result command_fail(struct shell *sh, const struct task *t, enum status *status, const struct error *e);

/* The state of t, a command that waits: ops->size zeroed bytes, which begin with struct command_state.  NULL without memory. */
void *command_begin(struct shell *sh, struct task *t, const struct command_ops *ops);
/* Frees the state; its task, if it has not been left, ends with it. */
void command_end(void *state, enum status status);
/* Ends the task of a command that has a result: the state stays, to be shown. */
void command_result(void *state, enum status status);
/* Frees the state of a task that does not wait after all. */
void command_drop(struct task *t);
/* Ends the task alone: the state stays until command_end(). */
void command_leave(void *state);

/* True if the line was typed at the prompt, false: it is from a file or a script. */
bool command_is_typed(const struct shell *sh, const struct task *t);

/* "on" or "off".  0, or -1 with *e. */
int command_switch(const char *word, bool *on, struct error *e);

/* The command whose whole name is name[0..len), or NULL. */
const struct command *commands_named(const struct shell *sh, const char *name, size_t len);

/* The name of the command closest to a mistyped one, or NULL if none is close enough. */
const char *commands_nearest(const struct shell *sh, const char *name, size_t len);

/* For struct line_context, of which ctx is the shell: a whole name, or the only one that begins so. */
const struct command_word *commands_find(void *ctx, const char *name, size_t len, struct error *e);

/* Checks the words of a command's line, before anything runs.  0, or -1 with *e. */
int commands_check(struct shell *sh, const struct line *line, struct error *e);
/* True if the line shows something. */
bool commands_show(const struct shell *sh, const struct line *line);
/* Checks that its output can go where the line says.  0, or -1 with *e. */
int commands_redirects(const struct shell *sh, const struct line *line, struct error *e);
bool commands_reads(const struct shell *sh, const struct line *line);
/* Checks that it may stand in an alias.  0, or -1 with *e. */
int commands_check_alias(const struct shell *sh, const struct line *line, struct error *e);

/* The lines that a command may run: requests, and which commands beside them. */
enum inner { INNER_REQUEST, INNER_AT_ONCE, INNER_RESULT };
/* Checks that a line is one of these.  0, or -1 with *e. */
int commands_check_inner(const struct shell *sh, const struct line *line, enum inner allowed, struct error *e);

void commands_queued(struct shell *sh, struct task *t);
enum command_result commands_run(struct shell *sh, struct task *t, enum status *status);

/* complete.c: for struct complete_context, of which ctx is a shell; one without an engine has nothing but the tables. */
void commands_each(void *ctx, void (*found)(void *, const char *name, const char *help), void *arg);
enum command_place commands_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *text, const char *help), void *arg);
void commands_places(void *ctx, char *const *words, size_t count, const char *rest,
    void (*found)(void *, const char *place, const char *help), void *arg);
void commands_aliases(void *ctx, void (*found)(void *, const char *name, const char *line), void *arg);
void commands_usage(void *ctx, const char *command, struct buf *usage);

/* What several commands are completed with. */
void command_found(const struct command_finding *f, const char *text, const char *help);
void command_found_words(const struct command_finding *f, const char *const *words);	/* ends with NULL */
void command_found_requests(const struct command_finding *f);				/* and commands */
void command_found_events(const struct command_finding *f);
void command_found_realms(const struct command_finding *f);
/* After an event: the realm it is about. */
void command_found_event_args(const struct command_finding *f);

#endif
