/* SPDX-License-Identifier: ISC */
/*
 * wait: commands that end when something else has happened.
 */
#include "commands/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "link/link.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/show.h"

struct waiting {
	struct command_state command;
	struct listener listener;
	bool event, heard;	/* waits for one; it has come */
	time_t when;		/* the event, to be shown; its line empty if that has been done */
	struct buf line;
	enum status refused;	/* it never will, and why; STATUS_OK: it may */
	bool running;		/* the command has its turn */
	unsigned long job;	/* 0: all */
};

static bool is_number(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

static void wait_clear(struct command_state *s)
{
	struct waiting *w = (struct waiting *)s;

	if (w->event)
		events_ignore(s->sh, &w->listener);
	buf_clear(&w->line);
}

static void wait_continue(void *ctx)
{
	struct waiting *w = ctx;

	if (w->heard)
		command_result(w, STATUS_OK);
	else
		command_end(w, w->refused);
}

/* The caller may still use the command: it ends a moment later. */
static void wait_over(struct waiting *w, enum status status)
{
	w->refused = status;
	if (w->running)
		loop_timer_start(w->command.sh->loop, &w->command.task->timer, 0, wait_continue, w);
}

static void wait_refused(struct shell *sh, struct listener *l, enum status status)
{
	(void)sh;
	wait_over(l->ctx, status);
}

static void wait_heard(struct shell *sh, struct listener *l, const struct event *event)
{
	struct waiting *w = l->ctx;
	const struct task *t = w->command.task;

	events_ignore(sh, l);	/* .last keeps this, also for another box, which may refuse the event or not know its realm */
	w->heard = true;
	w->when = event->when;
	/* Shown once: a subscription has shown it, but not where the line wants it. */
	if (!event->shown || t->line.redirect != REDIRECT_NONE || t->format != NULL)
		buf_put(&w->line, event->line, event->len);
	wait_over(w, STATUS_OK);	/* all other listeners get it first: .on off may come next */
}

static bool jobs_ended(struct shell *sh, unsigned long job)
{
	if (job == 0)
		return !engine_jobs_run(sh);
	for (struct task *t = engine_jobs(sh); t != NULL; t = t->next)
		if (t->role == TASK_JOB && t->job == job)
			return false;
	return true;
}

static void wait_timed_out(void *ctx)
{
	struct waiting *w = ctx;
	struct error e;
	enum status status;

	if (w->event)
		error_set(&e, STATUS_TIMEOUT, "no %s in time", w->listener.name);
	else
		error_set(&e, STATUS_TIMEOUT, "timeout: jobs are still running");
	command_fail(w->command.sh, w->command.task, &status, &e);
	command_end(w, status);
}

static void wait_cancel(struct command_state *s)
{
	command_end(s, STATUS_OK);
}

static void wait_job_ended(struct command_state *s)
{
	struct waiting *w = (struct waiting *)s;

	if (!w->event && w->running && jobs_ended(s->sh, w->job))
		command_end(w, STATUS_OK);
}

/* The event cannot come. */
static void wait_lost(struct command_state *s)
{
	struct waiting *w = (struct waiting *)s;
	struct error e;
	enum status status;

	if (!w->event || !w->running || w->refused != STATUS_OK)
		return;
	error_set(&e, STATUS_LOST, "no %s: the connection has ended", w->listener.name);
	command_fail(s->sh, s->task, &status, &e);
	wait_over(w, status);
}

static const struct command_ops wait_ops = {
	.size = sizeof(struct waiting), .clear = wait_clear, .cancel = wait_cancel, .job_ended = wait_job_ended, .lost = wait_lost,
};

static void wait_show(struct command_state *s, struct output *o)
{
	struct waiting *w = (struct waiting *)s;

	(void)o;
	if (w->line.len > 0)
		events_print(s->sh, w->when, buf_head(&w->line), w->line.len);
}

static const struct command_ops wait_event_ops = {
	.size = sizeof(struct waiting), .clear = wait_clear, .cancel = wait_cancel, .lost = wait_lost, .show = wait_show,
};

static bool wait_shows(const struct line *line)
{
	return line->word_count > 1 && !is_number(line->words[1]);
}

/* An event is waited for from the moment the line is known: nothing that an earlier line causes is missed. */
static void wait_queued(struct shell *sh, struct task *t)
{
	struct waiting *w = command_begin(sh, t, wait_shows(&t->line) ? &wait_event_ops : &wait_ops);

	if (w == NULL || t->line.word_count < 2)
		return;
	if (is_number(t->line.words[1])) {
		w->job = strtoul(t->line.words[1], NULL, 10);
		return;
	}
	w->event = true;
	w->listener = (struct listener){
		.name = t->line.words[1], .args = t->line.words + 2, .arg_count = t->line.word_count - 2,
		.heard = wait_heard, .refused = wait_refused, .ctx = w,
	};
	events_listen(sh, &w->listener);
	events_subscribe(sh, t->line.words[1], false);
}

static enum command_result wait_run(struct shell *sh, struct task *t, enum status *status)
{
	struct waiting *w = (struct waiting *)t->command;
	struct error e;

	if (w == NULL) {
		error_memory(&e);
		return command_fail(sh, t, status, &e);
	}
	if (sh->options->dry_run) {	/* nothing runs, and nothing will happen */
		command_drop(t);
		return COMMAND_DONE;
	}
	if (w->job > engine_last_job(sh)) {
		error_set(&e, STATUS_USAGE, "%lu: no such job; .jobs lists them", w->job);
		command_drop(t);
		return command_fail(sh, t, status, &e);
	}
	if (w->refused != STATUS_OK) {
		*status = w->refused;
		command_drop(t);
		return COMMAND_FAILED;
	}
	if (!w->event && jobs_ended(sh, w->job)) {
		command_drop(t);
		return COMMAND_DONE;
	}
	w->running = true;
	if (w->heard) {
		wait_over(w, STATUS_OK);
		return COMMAND_WAITS;
	}
	if (sh->timeout > 0)
		loop_timer_start(sh->loop, &t->timer, (int64_t)(sh->timeout * 1000), wait_timed_out, w);
	if (w->event)
		link_want(sh);	/* nothing else may need the box */
	return COMMAND_WAITS;
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
	.word = {.name = "wait", .names = true}, .usage = "[N | EVENT [ARG...]]", .help = "wait for all jobs, for job N, or for the next such event, and print that",
	.more = "  N is a job's number, from .jobs.  EVENT is a name such as realm_poll_stop, or * for any; ARG... are the first\n"
		"  of its arguments: a realm by its gid or name.  The event is subscribed to before anything that is still unsent.\n"
		"  -t and .set timeout bound it (exit status 6); ^C ends it.\n"
		"Example\n  .wait realm_poll_stop 'Head Office'",
	.max = SIZE_MAX, .shows = wait_shows, .run = wait_run, .queued = wait_queued, .complete = wait_complete,
};

/* --- .sleep --- */

static void awake(void *ctx)
{
	command_end(ctx, STATUS_OK);
}

static void sleep_cancel(struct command_state *s)
{
	command_end(s, STATUS_OK);
}

static const struct command_ops sleep_ops = {.size = sizeof(struct command_state), .cancel = sleep_cancel};

static enum command_result sleep_run(struct shell *sh, struct task *t, enum status *status)
{
	double s;
	struct error e;

	if (!decimal_read(t->line.words[1], strlen(t->line.words[1]), &s) || s > 1e9) {
		error_set(&e, STATUS_USAGE, "%s: not a number of seconds", t->line.words[1]);
		return command_fail(sh, t, status, &e);
	}
	struct command_state *state = command_begin(sh, t, &sleep_ops);
	if (state == NULL) {
		error_memory(&e);
		return command_fail(sh, t, status, &e);
	}
	loop_timer_start(sh->loop, &t->timer, (int64_t)(s * 1000), awake, state);
	return COMMAND_WAITS;
}

const struct command command_sleep = {
	.word.name = "sleep", .usage = "SECONDS", .help = "wait for SECONDS, such as 0.5", .min = 1, .max = 1, .run = sleep_run,
};
