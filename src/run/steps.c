/* SPDX-License-Identifier: ISC */
/*
 * steps: callbacks of the engine: before a line is sent, after it has ended, and where lines come from.
 */
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

#include "proto/catalog.h"
#include "run/command.h"
#include "run/engine_parts.h"
#include "run/events.h"
#include "run/feed.h"
#include "run/names.h"
#include "run/redirect.h"
#include "run/show.h"

/* Refuses t: it is not sent, and why is reported in its turn. */
static void steps_refuse(struct shell *sh, struct task *t, const char *why, enum status status)
{
	t->outcome = OUTCOME_REFUSED;
	t->why = strdup(why);
	t->why_status = status;
	if (t->role != TASK_LINE) {
		engine_finish(sh, t, NULL);
		return;
	}
	if (sh->engine->unsent == t)
		sh->engine->unsent = t->next;
	t->state = TASK_ANSWERED;
}

static void steps_resolved(struct shell *sh, void *ctx, const char *gid, const struct error *err)
{
	struct task *t = ctx;

	t->state = TASK_WAITING;
	if (engine_drop_if_cancelled(sh, t))
		return;
	if (gid == NULL)
		steps_refuse(sh, t, err->text, err->status);
	else if (line_resolve(&t->line, t->resolved, gid) == -1)
		steps_refuse(sh, t, "out of memory", STATUS_PROTOCOL);
	else
		t->resolved++;
	engine_pump(sh);
}

/* Looks up the first name that is not a gid yet.  True: it is under way, or failed. */
static bool steps_resolve_names(struct shell *sh, struct task *t)
{
	if (t->resolved >= t->line.lookup_count || sh->options->dry_run)
		return false;
	t->state = TASK_RESOLVING;
	const struct lookup *l = &t->line.lookups[t->resolved];
	names_look_up(sh, l->kind, l->name, steps_resolved, t);
	return true;
}

/* A line that deletes is asked about; then all that may have changed meanwhile is checked again. */
static enum engine_turn steps_agree(struct shell *sh, struct task *t)
{
	if (!sh->interactive || !t->line.deletes || sh->options->yes || t->agreed)
		return TURN_SEND;
	t->agreed = show_confirm_delete(sh, t);
	return t->agreed ? TURN_LATER : TURN_NEVER;
}

/* Opens what the line's result is for: without it nothing is sent.  True: it cannot be opened. */
static bool steps_cannot_write(struct shell *sh, struct task *t)
{
	struct error e;

	if (redirect_open(sh, t, &e) == 0)
		return false;
	steps_refuse(sh, t, e.text, e.status);
	return true;
}

static enum engine_turn steps_prepare(struct shell *sh, struct task *t)
{
	enum engine_turn turn = t->role == TASK_LINE ? steps_agree(sh, t) : TURN_SEND;

	if (turn != TURN_SEND)
		return turn;
	if (steps_resolve_names(sh, t))
		return TURN_LATER;
	if ((t->role == TASK_LINE || t->by != NULL) && sh->change != NULL && sh->change->ask(sh, t))
		return TURN_LATER;
	if (t->role != TASK_LINE)
		return TURN_SEND;
	if (steps_cannot_write(sh, t))
		return TURN_LATER;
	if (t->line.type != NULL && t->line.type->kind == REQUEST_SESSION)
		events_note(sh, &t->line);
	return TURN_SEND;
}

static void steps_ended(struct shell *sh, struct task *t)
{
	if (t->change != NULL)
		sh->change->ended(sh, t);
	if (t->outcome == OUTCOME_OK && t->line.type != NULL && t->line.type->kind == REQUEST_MODIFY)
		names_stale(sh);
}

const struct engine_ops steps_ops = {.prepare = steps_prepare, .command = commands_run, .ended = steps_ended, .more = feed_pump, .drop = feed_drop};
