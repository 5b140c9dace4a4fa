/* SPDX-License-Identifier: ISC */
/*
 * engine_parts: what the files of the engine share: its lists, and the steps of a task's life.
 */
#ifndef PTSH_RUN_ENGINE_PARTS_H
#define PTSH_RUN_ENGINE_PARTS_H

#include "run/engine.h"

struct list { struct task *head, *tail; };

/* Two lists: the queue holds the lines in their order until their result has been shown; `side` has what runs
 * beside it, jobs and children.  In both, tasks before `unsent` / `side_unsent` have been begun, those from there on
 * have not. */
struct engine {
	const struct engine_ops *ops;
	struct list queue, side;
	struct task *unsent, *side_unsent;
	size_t queued;			/* in the queue */
	size_t bytes;			/* of those lines */
	size_t running;			/* of the queue, sent and not answered */
	size_t barriers;		/* of those, barriers */
	size_t jobs;
	size_t held;			/* engine_hold() */
	size_t kept;			/* bytes of replies that wait for their turn */
	unsigned next_job;
	bool stopped, pumping, again;
	unsigned long begun, ended;	/* lines */
	unsigned long dropped;		/* lines not begun when it stopped */
	struct task *pool;		/* for reuse */
	size_t pooled;
	struct task *last;		/* for .last */
	struct task *before;		/* of the last line that repeats: the next one is often the same.  NULL: it is gone */
	struct buf notes;		/* notes: each is printed once; ended by NUL bytes */
};

/* queue.c: memory and lists */
struct task *engine_task_new(struct shell *sh);		/* NULL without memory */
void engine_task_free(struct shell *sh, struct task *t);
void engine_tasks_clear(struct shell *sh);		/* all there are */
void engine_queue_append(struct engine *e, struct task *t);
void engine_queue_remove(struct engine *e, struct task *t);
/* front: before everything that has not begun. */
void engine_side_append(struct engine *e, struct task *t, bool begun, bool front);
void engine_side_remove(struct engine *e, struct task *t);

/* Drops what a stop leaves unbegun. */
void engine_drop_waiting(struct shell *sh);
/* A failure that is not permitted stops a script as soon as it is known; lines in flight are waited for. */
void engine_stop_for(struct shell *sh, const struct task *t);
/* Its status counts when its turn comes: the first failing line decides. */
void engine_count_failure(struct shell *sh, const struct task *t, enum status status);

/* A command that waits for jobs looks again. */
void engine_job_ended(struct shell *sh);

/* answers.c: the end of a task */
/* t->outcome is set; reply NULL: none has come.  t is gone, or kept for its turn. */
void engine_finish(struct shell *sh, struct task *t, const struct reply *reply);
bool engine_show_ready(struct shell *sh);		/* shows the results whose turn has come; true: there were some */
/* What ptsh thinks of a line that is sent anyway. */
void engine_print_notes(struct shell *sh, struct task *t);

#endif
