/* SPDX-License-Identifier: ISC */
/*
 * steps: what comes before a line is sent: its names are looked up.
 */
#include <stdlib.h>
#include <string.h>

#include "run/engine_parts.h"
#include "run/names.h"

static void resolved(struct shell *sh, void *ctx, const char *gid, const struct error *err)
{
	struct task *t = ctx;

	t->state = TASK_WAITING;
	if (engine_drop_abandoned(sh, t))
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
bool steps_resolve_names(struct shell *sh, struct task *t)
{
	if (t->resolved >= t->line.lookup_count || sh->options->dry_run)
		return false;
	t->state = TASK_RESOLVING;
	const struct lookup *l = &t->line.lookups[t->resolved];
	names_look_up(sh, l->kind, l->name, resolved, t);
	return true;
}
