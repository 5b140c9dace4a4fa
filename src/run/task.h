/* SPDX-License-Identifier: ISC */
/*
 * task: one line on its way: read, sent, answered, shown.
 */
#ifndef PTSH_RUN_TASK_H
#define PTSH_RUN_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "lang/line.h"
#include "net/loop.h"
#include "proto/session.h"
#include "term/shell.h"

/* What became of a request: exactly one of these (ptsh(1), ORDER AND JOBS). */
enum outcome {
	OUTCOME_OK,
	OUTCOME_FAILED,		/* refused by the box */
	OUTCOME_BAD,		/* the reply could not be understood */
	OUTCOME_UNKNOWN,	/* no answer: the box may have done it */
	OUTCOME_UNSENT,		/* no byte of it left */
	OUTCOME_REFUSED,	/* refused here, before sending */
};

enum task_state {
	TASK_WAITING,		/* in a queue, not begun */
	TASK_RESOLVING,		/* a name is being looked up */
	TASK_RUNNING,		/* sent, or a command that waits */
	TASK_ANSWERED,		/* its reply is kept until its turn comes */
};

/* What started a task and waits for its end. */
enum task_role {
	TASK_LINE,		/* a line in the queue: shown in order */
	TASK_JOB,		/* `LINE &`, or one left by ^C: shown when it comes */
	TASK_CHILD,		/* of .each, .on, .watch, a look-up: `done` shows it */
};

/* What became of a command at once. */
enum command_result {
	COMMAND_DONE,
	COMMAND_FAILED,		/* reported already; error status in *status */
	COMMAND_WAITS,		/* command_end() or engine_command_done() comes later */
};

struct redirection;

/* The state of a command that waits begins with this: command_begin() makes it, its task owns it. */
struct command_state {
	const struct command_ops *ops;
	struct shell *sh;
	struct task *task;		/* NULL: left by ^C, but its children still run */
	enum status status;		/* of a result */
	struct redirection *redirect;	/* of a task that was left; owned */
	const struct format *format;	/* the same; NULL: the session's */
};

struct command_ops {
	size_t size;			/* of the state */
	/* Frees what the state owns, but not the state.  NULL: nothing. */
	void (*clear)(struct command_state *s);
	/* ^C, or a script that stops.  NULL: it continues. */
	void (*cancel)(struct command_state *s);
	/* While it has its turn: a job has ended; the connection is gone for good.  NULL: it does not mind. */
	void (*job_ended)(struct command_state *s);
	void (*lost)(struct command_state *s);
	/* Its result, shown in its turn like a reply: redirected, through the pager, as a job's
	 * result, by .last.  NULL: it shows things itself. */
	void (*show)(struct command_state *s, struct output *o);
	/* Around that, on standard error: notes before it, and failures.  NULL: nothing. */
	void (*report)(struct command_state *s, const struct task *t, bool before);
	/* What it is doing, for the row of progress; NULL: the line says it. */
	void (*progress)(const struct command_state *s, char *text, size_t size);
};

struct arriving;

/* undo/change: what a line changes. */
struct change_ops {
	/* Before t is sent: asks the box for the state it will change.  True: the question is under way, and t waits (TASK_RESOLVING);
	 * it is begun again when it has its answer or cannot have one. */
	bool (*ask)(struct shell *sh, struct task *t);
	/* Called when t, whose change is not NULL, has its outcome.  It may wait (TASK_RESOLVING) until what it has made is found. */
	void (*ended)(struct shell *sh, struct task *t);
	/* Called when t, whose change is not NULL, has succeeded: shows what it changed. */
	void (*show)(struct shell *sh, struct task *t);
	/* Returns why a request cannot be undone, whatever the state before; NULL: it can, or perhaps. */
	const char *(*why_not)(const struct request *type);
	/* Called for another box: drops the changes made before. */
	void (*forget)(struct shell *sh);
	void (*free)(struct task *t);
};

struct task {
	struct task *next, *prev;
	struct shell *sh;
	enum task_role role;
	enum task_state state;
	struct line line;
	size_t size;			/* bytes of the line, as it was read */
	struct place at;
	bool agreed;			/* to what it deletes: asked once */
	bool barrier;			/* waits for all before it, all after it wait for it */
	bool bad_line;			/* refused by ptsh: nothing after it is begun, unless it may fail or --keep-going */
	bool streaming;			/* a large reply is being shown */
	bool timed_out;			/* the reply, if it comes, is late */
	bool cancelled;			/* while it waited for an answer of the user or for a name */
	unsigned job;			/* number, of TASK_JOB */
	uint64_t id;			/* of the session's request; 0 not sent */
	int64_t started, asked;		/* loop_now(): sent; became a job or a child */
	struct loop_timer timer;	/* --timeout, .sleep */
	size_t resolved;		/* lookups done */
	struct change *change;		/* undo/change: what it will change; owned */

	/* the answer, while it waits for its turn */
	enum outcome outcome;
	char *kept;			/* the reply's line */
	size_t kept_len;
	uint64_t bad_utf8;
	char *why;			/* the message, for an outcome that is not OK and has no reply */
	enum status why_status;

	/* TASK_CHILD: called once with the reply (OK, FAILED) or NULL; takes nothing. */
	void (*done)(struct shell *sh, struct task *t, const struct reply *reply);
	void *ctx;
	const struct command_word *by;	/* the command whose line it is, of .each and .on; NULL: it is ptsh's own */
	struct arriving *arriving;	/* NULL: replies come whole.  Else done() gets NULL and OUTCOME_OK after a large one */

	const struct format *format;	/* `.format F LINE`; NULL: the session's.  A child's is its owner's */
	struct command_state *command;	/* of a command that waits, or has a result; owned */
	struct redirection *redirect;	/* run/redirect: where its output goes, once that is open; owned, a child's is its owner's */
};

/* True if it is a command with a result, now or later. */
static inline bool task_has_result(const struct task *t)
{
	return t->command != NULL && t->command->ops->show != NULL;
}

#endif
