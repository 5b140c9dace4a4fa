/* SPDX-License-Identifier: ISC */
/*
 * queue: the allocation of tasks, the two lists they are in, and what a stop removes from them.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/catalog.h"
#include "run/engine_parts.h"
#include "run/redirect.h"

enum { POOL = 4096 };	/* tasks kept for reuse: as many as engine.c reads ahead */

struct task *engine_task_new(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t = e->pool;

	if (t == NULL) {
		if ((t = calloc(1, sizeof *t)) == NULL)
			return NULL;
	} else {
		e->pool = t->next;
		e->pooled--;
		t->next = NULL;
	}
	t->sh = sh;
	return t;
}

void engine_task_free(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	loop_timer_stop(sh->loop, &t->timer);
	if (e->before == t)
		e->before = NULL;
	if (t->command != NULL) {
		if (t->command->ops->clear != NULL)
			t->command->ops->clear(t->command);
		free(t->command);
	}
	if (t->change != NULL)
		sh->change->free(t);
	if (t->role != TASK_CHILD)
		redirect_free(sh, t->redirect);
	line_clear(&t->line);
	if (t->kept != NULL)
		e->kept -= t->kept_len;
	free(t->kept);
	free(t->why);
	if (e->pooled < POOL) {
		memset(t, 0, sizeof *t);	/* now that it is at hand */
		t->next = e->pool;
		e->pool = t;
		e->pooled++;
	} else {
		free(t);
	}
}

static void list_insert(struct list *l, struct task *t, struct task *before)
{
	t->next = before;
	t->prev = before != NULL ? before->prev : l->tail;
	*(t->prev != NULL ? &t->prev->next : &l->head) = t;
	*(before != NULL ? &before->prev : &l->tail) = t;
}

static void list_remove(struct list *l, struct task *t)
{
	*(t->prev != NULL ? &t->prev->next : &l->head) = t->next;
	*(t->next != NULL ? &t->next->prev : &l->tail) = t->prev;
	t->next = t->prev = NULL;
}

void engine_queue_remove(struct engine *e, struct task *t)
{
	e->ended++;
	if (e->unsent == t)
		e->unsent = t->next;
	list_remove(&e->queue, t);
	e->queued--;
	e->bytes -= t->size;
}

void engine_side_remove(struct engine *e, struct task *t)
{
	if (e->side_unsent == t)
		e->side_unsent = t->next;
	list_remove(&e->side, t);
	if (t->role == TASK_JOB)
		e->jobs--;
}

void engine_side_append(struct engine *e, struct task *t, bool begun, bool front)
{
	list_insert(&e->side, t, begun || front ? e->side_unsent : NULL);
	if (!begun && (front || e->side_unsent == NULL))
		e->side_unsent = t;
	if (t->role == TASK_JOB)
		e->jobs++;
}

void engine_queue_append(struct engine *e, struct task *t)
{
	list_insert(&e->queue, t, NULL);
	e->queued++;
	e->bytes += t->size;
	if (e->unsent == NULL)
		e->unsent = t;
}

void engine_tasks_clear(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;

	while ((t = e->queue.head) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the head is another one each time: list_remove() */
		engine_queue_remove(e, t);
		engine_task_free(sh, t);
	}
	while ((t = e->side.head) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): likewise */
		engine_side_remove(e, t);
		engine_task_free(sh, t);
	}
	if (e->last != NULL)
		engine_task_free(sh, e->last);
	while ((t = e->pool) != NULL) {
		e->pool = t->next;
		free(t);
	}
}

void engine_stop(struct shell *sh)
{
	struct engine *e = sh->engine;

	e->stopped = true;
	engine_drop_waiting(sh);
	e->dropped += e->ops->drop(sh);
	/* A script's waiting does not matter any more; the requests it has sent do. */
	struct task *t = sh->interactive ? NULL : engine_foreground(sh);
	if (t != NULL && t->command != NULL && t->command->ops->cancel != NULL)
		t->command->ops->cancel(t->command);
}

/* What a stop leaves unbegun.  A line that is wrong is reported only when it is its turn; one that waits for a name is
 * dropped when that has come. */
void engine_drop_waiting(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t, *next;

	for (t = e->unsent; t != NULL; t = next) {
		next = t->next;
		if (t->state != TASK_WAITING && (!t->bad_line || t == e->queue.head))
			continue;
		e->dropped++;
		engine_queue_remove(e, t);
		engine_task_free(sh, t);
	}
}

struct task *engine_foreground(struct shell *sh)
{
	struct task *t = sh->engine->queue.head;

	return t != NULL && t->state == TASK_RUNNING ? t : NULL;
}

bool engine_queue_empty(const struct shell *sh)
{
	return sh->engine->queue.head == NULL;
}

bool engine_idle(const struct shell *sh)
{
	return sh->engine->queue.head == NULL && sh->engine->side.head == NULL;
}

bool engine_stopped(const struct shell *sh)
{
	return sh->engine->stopped;
}

void engine_job_ended(struct shell *sh)
{
	struct task *t = engine_foreground(sh);

	if (t != NULL && t->command != NULL && t->command->ops->job_ended != NULL)
		t->command->ops->job_ended(t->command);
}

void engine_hold(struct shell *sh)
{
	sh->engine->held++;
}

void engine_release(struct shell *sh)
{
	sh->engine->held--;
	engine_job_ended(sh);
}

bool engine_jobs_run(const struct shell *sh)
{
	return sh->engine->jobs > 0 || sh->engine->held > 0;
}

struct task *engine_jobs(struct shell *sh)
{
	return sh->engine->side.head;
}

size_t engine_job_count(const struct shell *sh)
{
	return sh->engine->jobs;
}

unsigned engine_last_job(const struct shell *sh)
{
	return sh->engine->next_job;
}

const struct task *engine_last(const struct shell *sh)
{
	return sh->engine->last;
}

unsigned long engine_dropped(const struct shell *sh)
{
	return sh->engine->begun > 0 ? sh->engine->dropped : 0;
}

unsigned long engine_done(const struct shell *sh)
{
	return sh->engine->ended;
}

void engine_resume(struct shell *sh)
{
	sh->engine->stopped = false;
	sh->engine->dropped = 0;
}

/* realm_poll_start of a realm belongs to a realm_poll of that realm. */
static bool belongs(const struct task *t, struct json event, struct json gid)
{
	struct json request = {buf_head(&t->line.json), t->line.json.len}, v;
	struct json_iter it = json_iterate(request);
	const char *name = t->line.type != NULL && t->line.type->kind == REQUEST_ACTION ? t->line.type->name : NULL;
	size_t len = name != NULL ? strlen(name) : 0;

	return t->state == TASK_RUNNING && name != NULL && event.len > len + 2 && event.text[len + 1] == '_' &&
	    memcmp(event.text + 1, name, len) == 0 && json_next(&it, NULL, &v) && json_next(&it, NULL, &v) &&
	    v.len == gid.len && memcmp(v.text, gid.text, gid.len) == 0;
}

bool engine_runs(struct shell *sh, struct json event, struct json_iter args)
{
	struct json gid;

	if (json_kind(event) != JSON_STRING || !json_next(&args, NULL, &gid))
		return false;
	for (struct task *t = sh->engine->queue.head; t != NULL && t != sh->engine->unsent; t = t->next)
		if (belongs(t, event, gid))
			return true;
	for (struct task *t = sh->engine->side.head; t != NULL && t != sh->engine->side_unsent; t = t->next)
		if (t->role == TASK_JOB && belongs(t, event, gid))
			return true;
	return false;
}

void engine_stop_for(struct shell *sh, const struct task *t)
{
	if (!t->line.may_fail && !sh->options->keep_going)
		engine_stop(sh);
}

void engine_count_failure(struct shell *sh, const struct task *t, enum status status)
{
	if (status != STATUS_OK && !t->line.may_fail)
		shell_failed(sh, status);
}

enum status engine_outcome_status(const struct task *t)
{
	switch (t->outcome) {
	case OUTCOME_OK:
		return task_has_result(t) ? t->command->status : STATUS_OK;
	case OUTCOME_FAILED:
		return STATUS_FAILED;
	case OUTCOME_BAD:
		return STATUS_PROTOCOL;
	case OUTCOME_UNKNOWN:
		return t->timed_out ? STATUS_TIMEOUT : STATUS_LOST;
	case OUTCOME_UNSENT:
		return STATUS_LOST;
	case OUTCOME_REFUSED:
		return t->why_status;
	}
	return STATUS_PROTOCOL;
}
