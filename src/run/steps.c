/* SPDX-License-Identifier: ISC */
/*
 * steps: what the engine asks: what comes before a line is sent and after it has ended, where lines come from.
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
#include "run/show.h"

static void steps_resolved(struct shell *sh, void *ctx, const char *gid, const struct error *err)
{
	struct task *t = ctx;

	t->state = TASK_WAITING;
	if (engine_drop_if_cancelled(sh, t))
		return;
	if (gid == NULL || line_resolve(&t->line, t->resolved, gid) == -1) {
		t->outcome = OUTCOME_REFUSED;
		t->why = strdup(gid == NULL ? err->text : "out of memory");
		t->why_status = gid == NULL ? err->status : STATUS_PROTOCOL;
		if (t->role == TASK_LINE) {
			if (sh->engine->unsent == t)
				sh->engine->unsent = t->next;
			t->state = TASK_ANSWERED;
		} else {
			engine_finish(sh, t, NULL);
		}
	} else {
		t->resolved++;
	}
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

/* A line that deletes is asked about; then all that may have changed meanwhile is looked at again. */
static enum engine_turn steps_agree(struct shell *sh, struct task *t)
{
	if (!sh->interactive || !t->line.deletes || sh->options->yes || t->agreed)
		return TURN_SEND;
	t->agreed = show_confirm_delete(sh, t);
	return t->agreed ? TURN_LATER : TURN_NEVER;
}

static enum engine_turn steps_prepare(struct shell *sh, struct task *t)
{
	enum engine_turn turn = t->role == TASK_LINE ? steps_agree(sh, t) : TURN_SEND;

	if (turn != TURN_SEND)
		return turn;
	if (steps_resolve_names(sh, t))
		return TURN_LATER;
	if (t->role != TASK_LINE)
		return TURN_SEND;
	if (sh->change != NULL && sh->change->ask(sh, t))
		return TURN_LATER;
	if (t->line.type != NULL && t->line.type->kind == REQUEST_SESSION)
		events_note(sh, &t->line);
	return TURN_SEND;
}

static void steps_ended(struct shell *sh, const struct task *t)
{
	if (t->outcome == OUTCOME_OK && t->line.type != NULL && t->line.type->kind == REQUEST_MODIFY)
		names_stale(sh);
}

const struct engine_ops steps_ops = {.prepare = steps_prepare, .command = commands_run, .ended = steps_ended, .more = input_pump, .drop = input_drop};
