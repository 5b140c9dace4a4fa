/* SPDX-License-Identifier: ISC */
/*
 * engine: the order in which lines are begun, and when they are not.  What a line is, submit.c knows; how it ends,
 * answers.c; what a result looks like, show.c; what a command does, commands/.
 */
#include <stdlib.h>
#include <string.h>

#include "link/link.h"
#include "proto/catalog.h"
#include "run/engine_parts.h"
#include "run/redirect.h"
#include "run/show.h"

enum {
	WINDOW = 4096,			/* lines read ahead of those shown... */
	AHEAD_MOST = 4 * 1024 * 1024,	/* ...and bytes of them */
	UNSENT_MOST = 1024 * 1024,	/* bytes waiting for the network */
	KEPT_MOST = 16 * 1024 * 1024,	/* bytes of replies waiting for their turn, before no more are asked for */
};

static void time_out(void *ctx)
{
	struct task *t = ctx;
	struct shell *sh = t->sh;

	if (t->id != 0)
		link_forget(sh, t->id);
	t->timed_out = true;
	t->outcome = OUTCOME_UNKNOWN;
	if (t->streaming)
		show_large_end(sh, t, false);
	engine_finish(sh, t, NULL);
	engine_pump(sh);
}

static bool send_task(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	if (t->role != TASK_LINE || t == e->queue.head)	/* else with the result: in order */
		engine_print_notes(sh, t);
	t->id = link_request(sh, buf_head(&t->line.json), t->line.json.len, t);
	if (t->id == 0) {
		t->outcome = OUTCOME_REFUSED;
		t->why = strdup("out of memory");
		t->why_status = STATUS_PROTOCOL;
		engine_finish(sh, t, NULL);
		return false;
	}
	e->begun++;
	t->state = TASK_RUNNING;
	if (sh->timing || sh->interactive || t->role != TASK_LINE)	/* else it is not shown: the clock is not read for each line of a script */
		t->started = loop_now();
	if (sh->timeout > 0)
		loop_timer_start(sh->loop, &t->timer, (int64_t)(sh->timeout * 1000), time_out, t);
	if (t->line.secret)
		buf_clear(&t->line.json);
	return true;
}

bool engine_drop_if_cancelled(struct shell *sh, struct task *t)
{
	if (!t->cancelled)
		return false;
	t->outcome = OUTCOME_UNSENT;
	engine_finish(sh, t, NULL);
	engine_pump(sh);
	return true;
}

static bool has_room(const struct shell *sh)
{
	return link_unsent(sh) < UNSENT_MOST;
}

/* A command that .each, .on or .watch runs: one that is over at once, or one that has a result. */
static void run_side(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;
	enum status status = STATUS_OK;
	enum command_result result;

	e->side_unsent = t->next;
	t->state = TASK_RUNNING;
	t->started = loop_now();
	if ((result = e->ops->command(sh, t, &status)) == COMMAND_WAITS)
		return;
	t->outcome = result == COMMAND_DONE ? OUTCOME_OK : OUTCOME_REFUSED;
	t->why_status = status;
	engine_finish(sh, t, NULL);
}

/* True if it does no harm to send t along with the login, which may be refused. */
static bool may_go_early(const struct task *t)
{
	return t->line.type != NULL && t->line.type->kind == REQUEST_READ && !t->line.secret;
}

static bool begin_side(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;
	bool any = false;

	while ((t = e->side_unsent) != NULL && has_room(sh)) {
		bool early = may_go_early(t);
		if (t->state == TASK_RESOLVING)
			break;
		if (t->line.kind == LINE_COMMAND) {
			run_side(sh, t);
			any = true;
			continue;
		}
		if (!link_takes(sh, early)) {
			if (link_state(sh) == LINK_FAILED) {	/* there will be no other */
				t->outcome = OUTCOME_UNSENT;
				engine_finish(sh, t, NULL);
				any = true;
				continue;
			}
			link_want(sh);		/* if it fails at once, the task is gone */
			if (!link_takes(sh, early))
				break;
		}
		if (e->ops->prepare(sh, t) != TURN_SEND)
			return true;
		e->side_unsent = t->next;
		send_task(sh, t);
		any = true;
	}
	return any;
}

/* True if the order of the lines permits to begin t, the first not begun. */
static bool has_turn(const struct shell *sh, const struct task *t)
{
	const struct engine *e = sh->engine;
	const struct options *o = sh->options;

	if (t->line.kind == LINE_COMMAND && t->barrier)
		return t == e->queue.head;
	if (e->queue.head->line.kind == LINE_COMMAND && e->queue.head->barrier && e->queue.head->state == TASK_RUNNING)
		return false;	/* .sleep, .wait, .each: everything waits for a command */
	if (e->kept >= KEPT_MOST && t != e->queue.head)
		return false;	/* the answer to the head makes room */
	if (o->jobs_set)
		return o->jobs == 0 || e->running < o->jobs;
	return t->barrier ? t == e->queue.head : e->barriers == 0;
}

static void make_job(struct shell *sh, struct task *t, const char *how)
{
	struct engine *e = sh->engine;

	engine_queue_remove(e, t);
	if (t->line.kind == LINE_COMMAND && !t->barrier)
		e->running--;
	redirect_leave(sh, t->redirect);
	t->role = TASK_JOB;
	t->asked = loop_now();
	t->job = ++e->next_job;
	engine_side_append(e, t, true, false);
	if (sh->interactive)
		show_job_started(sh, t, how);
}

static void begin_command(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;
	enum status status = STATUS_OK;

	e->unsent = t->next;
	e->begun++;
	if (!t->barrier)
		e->running++;
	t->state = TASK_RUNNING;
	t->started = loop_now();
	switch (e->ops->command(sh, t, &status)) {
	case COMMAND_WAITS:
		if (t->line.job)
			make_job(sh, t, "");
		break;
	case COMMAND_DONE:
		status = STATUS_OK;
		/* fallthrough */
	case COMMAND_FAILED:
		engine_command_done(sh, t, status);
	}
}

/* Begins the first line not begun, if it may.  True: it was, or it has ended. */
static bool begin_line(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t = e->unsent;

	if (t->state == TASK_ANSWERED) {	/* refused: what follows a wrong line never begins */
		if (t->bad_line && !t->line.may_fail && !sh->options->keep_going)
			return false;
		e->unsent = t->next;
		return true;
	}
	if (t->state != TASK_WAITING || !has_turn(sh, t))
		return false;
	if (t->line.kind == LINE_COMMAND) {
		begin_command(sh, t);
		return true;
	}
	if (sh->options->dry_run) {
		e->unsent = t->next;
		t->state = TASK_ANSWERED;
		return true;
	}
	bool early = may_go_early(t);
	if (!link_takes(sh, early)) {
		link_want(sh);
		if (!link_takes(sh, early))
			return false;
	}
	if (!has_room(sh))
		return false;
	/* A line that may change something does not start while the results before it cannot be shown. */
	if (t->barrier && !sh->interactive && sink_flush(&sh->out) == -1)
		return false;
	switch (e->ops->prepare(sh, t)) {
	case TURN_LATER:
		return true;
	case TURN_NEVER:
		engine_queue_remove(e, t);
		engine_task_free(sh, t);
		return true;
	case TURN_SEND:
		break;
	}
	if (t->line.job) {
		make_job(sh, t, "");
		send_task(sh, t);
		return true;
	}
	e->unsent = t->next;
	e->running++;
	e->barriers += t->barrier;
	send_task(sh, t);
	return true;
}

bool engine_wants_lines(const struct shell *sh)
{
	const struct engine *e = sh->engine;

	return !e->stopped && e->queued < WINDOW && e->bytes < AHEAD_MOST && e->kept < KEPT_MOST && has_room(sh);
}

/* Sends what waits.  True if there is room for more only now: what the system takes at once is not reported later. */
static bool flush_makes_room(struct shell *sh)
{
	bool full = !has_room(sh);

	link_flush(sh);
	return full && has_room(sh);
}

void engine_pump(struct shell *sh)
{
	struct engine *e = sh->engine;
	bool moved;

	if (e->pumping) {
		e->again = true;
		return;
	}
	if (link_feeds(sh))	/* a pager runs the loop, which would read into what is being read */
		return;
	e->pumping = true;
	do {
		e->again = false;
		if (e->stopped)
			engine_drop_waiting(sh);
		moved = engine_show_ready(sh);
		moved |= begin_side(sh);
		while (e->unsent != NULL && !e->stopped && begin_line(sh))
			moved = true;
		if (engine_wants_lines(sh))
			moved |= e->ops->more(sh);
	} while (moved || e->again || flush_makes_room(sh));
	e->pumping = false;
}

/* --- stopping --- */

/* At a prompt the reason is printed, too. */
static void set_unsent(struct shell *sh, struct task *t)
{
	struct buf why = {0};

	t->outcome = OUTCOME_UNSENT;
	if (!sh->interactive || link_trouble(sh) == NULL)
		return;
	buf_printf(&why, "not sent: %s", link_trouble(sh));
	free(t->why);
	t->why = buf_steal(&why);
}

void engine_fail_unsent(struct shell *sh)
{
	struct task *t;

	while ((t = sh->engine->side_unsent) != NULL) {	/* the end of one may be the end of another */
		set_unsent(sh, t);
		engine_finish(sh, t, NULL);
	}
}

void engine_link_lost(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;

	engine_fail_unsent(sh);
	if (sh->interactive && (t = e->unsent) != NULL && t->state == TASK_WAITING) {	/* the others are counted */
		e->unsent = t->next;
		set_unsent(sh, t);
		t->state = TASK_ANSWERED;
	}
	if ((link_state(sh) == LINK_FAILED || link_state(sh) == LINK_IDLE) && (t = engine_foreground(sh)) != NULL &&
	    t->command != NULL && t->command->ops->lost != NULL)
		t->command->ops->lost(t->command);
	if (sh->interactive ? e->queue.head != NULL : link_state(sh) == LINK_FAILED)
		engine_stop(sh);
	engine_pump(sh);
}

/* --- ^C --- */

/* The line that waits for its turn is not sent any more. */
static bool give_up(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t = e->queue.head;

	if (t != NULL && t->state == TASK_WAITING) {
		e->unsent = t->next;
		set_unsent(sh, t);
		t->state = TASK_ANSWERED;
		engine_pump(sh);
	} else if (t != NULL && t->state == TASK_RESOLVING && t->kept == NULL) {	/* the answer to the question will find it */
		t->cancelled = true;
		make_job(sh, t, ": interrupted, not sent");
	}
	return t != NULL;
}

bool engine_background(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t = engine_foreground(sh);

	if (t == NULL)
		return give_up(sh);
	if (t->line.kind == LINE_COMMAND) {
		if (t->command != NULL && t->command->ops->cancel != NULL)
			t->command->ops->cancel(t->command);
		else if (!t->barrier)
			make_job(sh, t, ": continues as a job");
		return true;
	}
	if (t->id != 0) {
		e->running--;
		e->barriers -= t->barrier;
	}
	make_job(sh, t, ": continues as a job");
	return true;
}

struct engine *engine_create(const struct engine_ops *ops)
{
	struct engine *e = calloc(1, sizeof *e);

	if (e != NULL)
		e->ops = ops;
	return e;
}

void engine_free(struct shell *sh)
{
	struct engine *e = sh->engine;

	if (e == NULL)
		return;
	engine_tasks_clear(sh);
	buf_clear(&e->notes);
	free(e);
	sh->engine = NULL;
}
