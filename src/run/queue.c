/* SPDX-License-Identifier: ISC */
/*
 * queue: the memory of tasks, and the two lists they stand in.
 */
#include <stdlib.h>
#include <string.h>

#include "run/engine_parts.h"
#include "undo/change.h"

enum { POOL = 4096 };	/* tasks kept for reuse: as many as engine.c reads ahead */

struct task *engine_task_new(struct engine *e)
{
	struct task *t = e->pool;

	if (t == NULL)
		return calloc(1, sizeof *t);
	e->pool = t->next;
	e->pooled--;
	memset(t, 0, sizeof *t);
	return t;
}

void engine_task_free(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	loop_timer_stop(sh->loop, &t->timer);
	if (t->drop != NULL)
		t->drop(sh, t);
	change_free(t);
	line_clear(&t->line);
	if (t->kept != NULL)
		e->kept -= t->kept_len;
	free(t->kept);
	free(t->why);
	t->kept = t->why = NULL;
	if (e->pooled < POOL) {
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
		line_clear(&t->line);
		free(t);
	}
}
