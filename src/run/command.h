/* SPDX-License-Identifier: ISC */
/*
 * command: the table of ptsh's own commands, `.name`.
 */
#ifndef PTSH_RUN_COMMAND_H
#define PTSH_RUN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/complete.h"
#include "lang/line.h"
#include "run/task.h"
#include "term/shell.h"

enum command_result {
	COMMAND_DONE,
	COMMAND_FAILED,		/* told already; error status in *status */
	COMMAND_WAITS,		/* engine_command_done() comes later */
};

/* How a command's words are completed. */
enum command_hint { HINT_NONE, HINT_FILE, HINT_FORMAT, HINT_EVENT, HINT_REQUEST, HINT_ON_OFF, HINT_SETTING, HINT_BOX,
	HINT_EVENTS, HINT_TRUST, HINT_JOB, HINT_TRACE, HINT_WATCH,
	HINT_SNMP };

struct command {
	struct command_word word;
	const char *usage;		/* behind the name */
	const char *help;		/* one line */
	const char *more;		/* some more for `.help .name`, or NULL */
	size_t min, max;		/* words behind the name */
	enum command_hint hint;		/* of the first word */
	bool needs_box;
	enum command_result (*run)(struct shell *sh, struct task *t, enum status *status);
};

extern const struct command commands[];		/* sorted by name; ends with word.name NULL */

/* For struct line_context. */
const struct command_word *commands_find(void *ctx, const char *name, size_t len, struct error *e);

/* Whether the words of a command's line can be right, before anything runs.  0, or -1 with *e. */
int commands_check(struct shell *sh, const struct line *line, struct error *e);

/* Whether a command is over as soon as it is run, so that .each and .on may run it, too. */
bool commands_at_once(const struct line *line);

/* A command's line has entered the queue: what must happen before its turn (.wait subscribes, .source stops
 * the reading ahead). */
void commands_queued(struct shell *sh, struct task *t);

enum command_result commands_run(struct shell *sh, struct task *t, enum status *status);

/* For struct complete_context. */
void commands_each(void *ctx, void (*found)(void *, const char *name, const char *help), void *arg);
enum command_place commands_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *text, const char *help), void *arg);
void commands_usage(void *ctx, const char *command, struct buf *usage);

#endif
