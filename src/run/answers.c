/* SPDX-License-Identifier: ISC */
/*
 * answers: replies, or their absence: the outcome of a task, kept until its turn, then shown.
 */
#include <stdlib.h>
#include <string.h>

#include "link/link.h"
#include "run/arriving.h"
#include "run/engine_parts.h"
#include "run/show.h"

enum {
	LAST_MOST = 1024 * 1024,	/* bytes of a reply that a script keeps for .last */
	NOTES_MOST = 64 * 1024,		/* bytes of notes that are remembered */
};

/* former: a task that no longer needs what it kept, whose memory fits where replies are alike; or NULL. */
static bool answers_keep(struct engine *e, struct task *t, const struct reply *reply, struct task *former)
{
	if (former != NULL && former->kept != NULL && former->kept_len >= reply->len && former->kept_len / 2 <= reply->len) {
		t->kept = former->kept;
		former->kept = NULL;
		e->kept -= former->kept_len;
	} else if ((t->kept = malloc(reply->len + 1)) == NULL) {
		return false;
	}
	memcpy(t->kept, reply->line, reply->len);
	t->kept[reply->len] = '\0';
	t->kept_len = reply->len;
	t->bad_utf8 = reply->bad_utf8;
	e->kept += reply->len;
	return true;
}

/* reply: the reply, if it was shown at once; NULL: none, or kept already. */
static void retire(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct engine *e = sh->engine;
	struct task *former = e->last;
	size_t len = reply != NULL ? reply->len : t->kept_len;

	engine_count_failure(sh, t, engine_outcome_status(t));
	engine_queue_remove(e, t);
	if (t->outcome != OUTCOME_OK || (t->line.kind != LINE_REQUEST && !task_has_result(t))) {
		engine_task_free(sh, t);
		return;
	}
	e->last = t;
	if (!task_has_result(t) &&
	    ((len > LAST_MOST && !sh->interactive) || (t->kept == NULL && (reply == NULL || !answers_keep(e, t, reply, former))))) {
		e->last = NULL;
		engine_task_free(sh, t);
	}
	if (former != NULL)
		engine_task_free(sh, former);
}

void engine_finish(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct engine *e = sh->engine;

	loop_timer_stop(sh->loop, &t->timer);
	t->state = TASK_ANSWERED;
	e->ops->ended(sh, t);
	if (t->role == TASK_CHILD) {
		engine_side_remove(e, t);
		if (t->done != NULL)
			t->done(sh, t, reply);
		engine_task_free(sh, t);
		return;
	}
	if (t->role == TASK_JOB) {
		engine_side_remove(e, t);
		show_job(sh, t, reply);
		engine_count_failure(sh, t, engine_outcome_status(t));
		if (t->outcome != OUTCOME_OK)
			engine_stop_for(sh, t);
		engine_task_free(sh, t);
		engine_job_ended(sh);
		return;
	}
	if (t->id != 0) {
		e->running--;
		e->barriers -= t->barrier;
		t->id = 0;
	}
	if (t->outcome != OUTCOME_OK)
		engine_stop_for(sh, t);
	if (t == e->queue.head && !sh->interactive) {
		engine_print_notes(sh, t);
		show_result(sh, t, reply);
		retire(sh, t, reply);
		return;
	}
	if (reply != NULL && !answers_keep(e, t, reply, NULL)) {
		t->outcome = OUTCOME_BAD;
		t->why = strdup("out of memory for the reply");
	}
}

bool engine_show_ready(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;
	bool any = false;

	while ((t = e->queue.head) != NULL && t->state == TASK_ANSWERED) {
		struct reply reply;
		if (t->outcome == OUTCOME_REFUSED)
			engine_stop_for(sh, t);
		engine_print_notes(sh, t);
		if (t->kept != NULL) {
			show_kept(t, &reply);
			show_result(sh, t, &reply);
		} else {
			show_result(sh, t, NULL);
		}
		retire(sh, t, NULL);
		any = true;
	}
	return any;
}

/* --- the session's operations --- */

void engine_on_reply(void *ctx, void *tag, const struct reply *reply)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	t->outcome = reply->bad_escapes > 0 ? OUTCOME_BAD : reply->ok ? OUTCOME_OK : OUTCOME_FAILED;
	engine_finish(sh, t, reply);
}

enum large_mode engine_on_large(void *ctx, void *tag, const char *text, size_t len)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return LARGE_SKIP;
	if (t->role == TASK_CHILD && t->arriving != NULL)
		return arriving_begin(t->arriving, text, len);
	if (t->redirect != NULL)
		return LARGE_KEEP;
	if (t->role == TASK_CHILD || (t->role == TASK_LINE && (t != sh->engine->queue.head || sh->interactive)))
		return LARGE_KEEP;
	t->streaming = true;
	return show_large(sh, t, text, len);
}

void engine_on_item(void *ctx, void *tag, struct json item, unsigned depth, bool first)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t != NULL && t->arriving != NULL)
		arriving_item(t->arriving, item, depth, first);
	else
		output_item(sh->output, item, depth, first);
}

void engine_on_part(void *ctx, void *tag, const char *text, size_t len, unsigned depth, bool last)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t != NULL && t->arriving != NULL)
		arriving_part(t->arriving, text, len, depth, last);
	else
		output_part(sh->output, text, len, depth, last);
}

void engine_on_text(void *ctx, void *tag, const char *text, size_t len, const uint64_t ended[static 3])
{
	struct shell *sh = ctx;

	(void)tag;
	output_text(sh->output, text, len, ended);
}

void engine_on_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	t->bad_utf8 = bad_utf8;
	t->outcome = bad_escapes > 0 ? OUTCOME_BAD : OUTCOME_OK;
	if (t->streaming)
		show_large_end(sh, t, true);
	engine_finish(sh, t, NULL);
}

/* A request that the box has refused to look at, because there was no login: it has not been begun. */
static void put_back(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;
	struct task *first = t->role == TASK_LINE ? e->queue.head : e->side.head;

	loop_timer_stop(sh->loop, &t->timer);
	t->id = 0;
	t->state = TASK_WAITING;
	e->begun--;
	while (first->state != TASK_WAITING)
		first = first->next;
	if (t->role == TASK_LINE) {
		e->running--;
		e->barriers -= t->barrier;
		e->unsent = first;
	} else {
		e->side_unsent = first;
	}
}

void engine_on_reply_lost(void *ctx, void *tag, const struct error *e)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	t->outcome = OUTCOME_BAD;
	t->why = strdup(e->text);
	if (t->streaming)
		show_large_end(sh, t, false);
	engine_finish(sh, t, NULL);
}

void engine_on_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	if (link_state(sh) == LINK_CONNECTING) {	/* it went along with a login that came to nothing */
		put_back(sh, t);
		return;
	}
	t->outcome = sent ? OUTCOME_UNKNOWN : OUTCOME_UNSENT;
	if (partial && t->streaming)
		show_large_end(sh, t, false);
	engine_finish(sh, t, NULL);
}

void engine_command_done(struct shell *sh, struct task *t, enum status status)
{
	bool job = t->role == TASK_JOB;

	loop_timer_stop(sh->loop, &t->timer);
	if (t->role == TASK_CHILD) {
		if (task_has_result(t))
			t->command->status = status;
		t->outcome = OUTCOME_OK;
		engine_finish(sh, t, NULL);
		return;
	}
	if (!job && !t->barrier)
		sh->engine->running--;
	if (status != STATUS_OK)
		engine_stop_for(sh, t);
	if (task_has_result(t) && !job) {	/* its turn comes */
		t->command->status = status;
		t->outcome = OUTCOME_OK;
		t->state = TASK_ANSWERED;
		return;
	}
	engine_count_failure(sh, t, status);
	if (t->redirect != NULL && !job) {	/* closing it may run a command: not in the middle of the input */
		t->outcome = OUTCOME_OK;
		t->why_status = status;
		t->state = TASK_ANSWERED;
		return;
	}
	if (job) {
		t->outcome = status == STATUS_OK || task_has_result(t) ? OUTCOME_OK : OUTCOME_REFUSED;
		if (status != STATUS_OK && t->why == NULL)
			t->why = strdup("as reported above");
		engine_side_remove(sh->engine, t);
		show_job(sh, t, NULL);
	} else {
		engine_queue_remove(sh->engine, t);
	}
	engine_task_free(sh, t);
	if (job)
		engine_job_ended(sh);
}

void engine_print_notes(struct shell *sh, struct task *t)
{
	struct buf *notes = &sh->engine->notes;

	for (size_t i = 0; i < t->line.note_count && !sh->options->quiet; i++) {
		const char *note = t->line.notes[i];
		size_t len = strlen(note) + 1;
		if (memmem(buf_head(notes), notes->len, note, len) != NULL)
			continue;
		if (notes->len + len < NOTES_MOST)
			buf_put(notes, note, len);
		shell_complain(sh, t->at, NULL, "%s", note);
	}
}
