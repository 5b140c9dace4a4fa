/* SPDX-License-Identifier: ISC */
/*
 * wait: commands that end when something else has happened.
 */
#include "commands/wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "commands/on.h"
#include "commands/table.h"
#include "link/link.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/show.h"

struct waiting {
	struct shell *sh;
	struct task *task;
	struct listener listener;
	bool event, heard;	/* waits for one; it has come */
	enum status refused;	/* it never will, and why; STATUS_OK: it may */
	bool running;		/* the command has its turn */
	unsigned long job;	/* 0: all */
};

static bool is_number(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

static void free_waiting(struct shell *sh, struct waiting *w)
{
	if (w->event)
		events_ignore(sh, &w->listener);
	free(w);
}

static void end(struct waiting *w, enum status status)
{
	struct shell *sh = w->sh;
	struct task *t = w->task;

	t->waiting = NULL;
	t->drop = NULL;
	free_waiting(sh, w);
	engine_command_done(sh, t, status);
	engine_pump(sh);
}

static void go_on(void *ctx)
{
	struct waiting *w = ctx;

	end(w, w->refused);
}

static void refused(struct shell *sh, struct listener *l, enum status status)
{
	struct waiting *w = l->ctx;

	w->refused = status;
	if (w->running)
		loop_timer_start(sh->loop, &w->task->timer, 0, go_on, w);
}

static void heard(struct shell *sh, struct listener *l, struct json name, struct json_iter args)
{
	struct waiting *w = l->ctx;

	(void)sh, (void)name, (void)args;
	w->heard = true;
	if (w->running)		/* but first all others hear it: .on off may be what comes next */
		loop_timer_start(w->sh->loop, &w->task->timer, 0, go_on, w);
}

/* Frees what a .wait that was never run holds. */
static void wait_drop(struct shell *sh, struct task *t)
{
	if (t->waiting != NULL)
		free_waiting(sh, t->waiting);
	t->waiting = NULL;
}

/* An event is waited for from the moment the line is known: nothing that an earlier line causes is missed. */
static void wait_queued(struct shell *sh, struct task *t)
{
	struct waiting *w = calloc(1, sizeof *w);

	if (w == NULL)
		return;
	w->sh = sh;
	w->task = t;
	t->waiting = w;
	t->drop = wait_drop;
	if (t->line.word_count < 2)
		return;
	if (is_number(t->line.words[1])) {
		w->job = strtoul(t->line.words[1], NULL, 10);
		return;
	}
	w->event = true;
	w->listener = (struct listener){
		.name = t->line.words[1], .args = t->line.words + 2, .arg_count = t->line.word_count - 2,
		.tell = sh->interactive, .heard = heard, .refused = refused, .ctx = w,
	};
	events_listen(sh, &w->listener);
	events_subscribe(sh, t->line.words[1], false);
}

static bool jobs_ended(struct shell *sh, unsigned long job)
{
	if (job == 0)
		return engine_job_count(sh) == 0 && !on_busy(sh);
	for (struct task *t = engine_jobs(sh); t != NULL; t = t->next)
		if (t->role == TASK_JOB && t->job == job)
			return false;
	return true;
}

static void timed_out(void *ctx)
{
	struct waiting *w = ctx;

	shell_complain(w->sh, w->task->at, ".wait", w->event ? "no %s in time" : "time is up: jobs still run",
	    w->listener.name);
	end(w, STATUS_TIMEOUT);
}

static void cancel(struct shell *sh, struct task *t)
{
	(void)sh;
	end(t->waiting, STATUS_OK);
}

static enum command_result wait_run(struct shell *sh, struct task *t, enum status *status)
{
	struct waiting *w = t->waiting;
	struct error e;

	if (w == NULL) {
		error_memory(&e);
		return command_fail(sh, t, status, &e);
	}
	if (sh->options->dry_run) {	/* nothing runs, and nothing will happen */
		wait_drop(sh, t);
		return COMMAND_DONE;
	}
	if (w->job > engine_last_job(sh)) {
		error_set(&e, STATUS_USAGE, "there is no job %lu; .jobs lists them", w->job);
		wait_drop(sh, t);
		return command_fail(sh, t, status, &e);
	}
	if (w->refused != STATUS_OK) {
		*status = w->refused;
		wait_drop(sh, t);
		return COMMAND_FAILED;
	}
	if (w->event ? w->heard : jobs_ended(sh, w->job)) {
		wait_drop(sh, t);
		return COMMAND_DONE;
	}
	w->running = true;
	t->cancel = cancel;
	if (w->event)
		link_want(sh);	/* nothing else may need the box */
	if (sh->timeout > 0)
		loop_timer_start(sh->loop, &t->timer, (int64_t)(sh->timeout * 1000), timed_out, w);
	return COMMAND_WAITS;
}

void wait_job_ended(struct shell *sh)
{
	struct task *t = engine_foreground(sh);

	if (t != NULL && t->line.kind == LINE_COMMAND && t->drop == wait_drop && t->waiting != NULL) {
		struct waiting *w = t->waiting;
		if (!w->event && w->running && jobs_ended(sh, w->job))
			end(w, STATUS_OK);
	}
}

void wait_link_lost(struct shell *sh)
{
	struct task *t = engine_foreground(sh);
	struct waiting *w;

	if (t == NULL || t->line.kind != LINE_COMMAND || t->drop != wait_drop || (w = t->waiting) == NULL || !w->event ||
	    !w->running)
		return;
	shell_complain(sh, t->at, ".wait", "no %s: the connection has ended", w->listener.name);
	end(w, STATUS_LOST);
}

static void found_jobs(const struct command_finding *f)
{
	for (struct task *t = f->sh != NULL ? engine_jobs(f->sh) : NULL; t != NULL; t = t->next) {
		char number[16], name[256];
		if (t->role != TASK_JOB)
			continue;
		snprintf(number, sizeof number, "%u", t->job);
		show_task_name(t, name, sizeof name);
		command_found(f, number, name);
	}
}

static enum command_place wait_complete(const struct command_finding *f)
{
	if (f->index == 1) {
		command_found_events(f);
		found_jobs(f);
	} else if (f->index == 2) {
		command_found_event_args(f);
	}
	return PLACE_WORD;
}

const struct command command_wait = {
	.word.name = "wait", .usage = "[N | EVENT [ARG...]]", .help = "for all jobs, for job N, or for the next such event",
	.max = SIZE_MAX, .run = wait_run, .queued = wait_queued, .complete = wait_complete,
};

/* --- .sleep --- */

static void awake(void *ctx)
{
	struct task *t = ctx;
	struct shell *sh = t->waiting;

	t->waiting = NULL;
	engine_command_done(sh, t, STATUS_OK);
	engine_pump(sh);
}

static void wake(struct shell *sh, struct task *t)
{
	(void)sh;
	awake(t);
}

static enum command_result sleep_run(struct shell *sh, struct task *t, enum status *status)
{
	char *end;
	double s = strtod(t->line.words[1], &end);
	struct error e;

	if (*end != '\0' || !(s >= 0 && s <= 1e9)) {
		error_set(&e, STATUS_USAGE, "%s: not a number of seconds", t->line.words[1]);
		return command_fail(sh, t, status, &e);
	}
	t->waiting = sh;
	t->cancel = wake;
	loop_timer_start(sh->loop, &t->timer, (int64_t)(s * 1000), awake, t);
	return COMMAND_WAITS;
}

const struct command command_sleep = {
	.word.name = "sleep", .usage = "SECONDS", .help = "wait for so long", .min = 1, .max = 1, .run = sleep_run,
};
