/* SPDX-License-Identifier: ISC */
/*
 * change: sends the reading request of a modifier before it; nothing is undone by itself.
 */
#include "undo/change.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/colour.h"
#include "base/safe.h"
#include "run/engine.h"
#include "undo/assigned.h"
#include "undo/kept.h"
#include "undo/made.h"
#include "undo/undo.h"

struct change {
	struct undo undo;
	struct buf json;	/* the request: the task's is wiped when it has been sent */
	bool known;		/* the state was read */
	bool adds, only;	/* something with a gid; and deletes nothing */
	bool all;		/* everything is assigned at once */
	struct buf before;	/* the values of its list */
	const char *why;	/* it cannot be taken back, whatever the state was */
	char by[32];		/* such a reason */
	bool silent;		/* shown by .undo list only */
};

enum { LINES_SHOWN = 100 };	/* of what a change has changed */

static const char started[] = "what was started cannot be taken back", as_job[] = "it ran as a job";
static const char gone[] = "what is deleted is gone, and made again it has another gid";

/* Requests that make, delete or start things cannot be undone: made anew, they are others. */
static const char *change_why_not(const struct request *type)
{
	bool makes = false;

	if (type == NULL || type->kind != REQUEST_MODIFY || undo_possible(type))
		return NULL;
	for (const struct arg *arg = type->args; arg->name != NULL; arg++)
		makes = makes || (arg->flags & ARG_DELETES);
	return makes ? gone : "the state before cannot be read";
}

static void have_state(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct task *t = child->ctx;
	struct change *c = t->change;
	bool ok = child->outcome == OUTCOME_OK && reply != NULL;

	t->state = TASK_WAITING;
	if (engine_drop_if_cancelled(sh, t))
		return;
	if (ok && (c->adds || c->all)) {
		buf_put(&c->before, reply->values.next, (size_t)(reply->values.end - reply->values.next));
		c->known = !c->before.failed;
	} else if (ok) {
		c->known = undo_make(&c->undo, t->line.type, buf_head(&c->json), c->json.len, reply->values) == 0;
	}
	engine_pump(sh);
}

/* Returns the request to send before t.  -1: none. */
static int change_question(struct buf *request, struct task *t)
{
	struct change *c = t->change;

	c->adds = made_adds(t->line.type, buf_head(&c->json), c->json.len, &c->only);
	if (c->adds)
		return made_lister(request, t->line.type);
	c->all = assigned_all(t->line.type, buf_head(&c->json), c->json.len);
	c->why = change_why_not(t->line.type);
	return c->why != NULL ? -1 : undo_reader(request, t->line.type, buf_head(&c->json), c->json.len);
}

static bool change_ask(struct shell *sh, struct task *t)
{
	struct buf request = {0};
	struct error e;
	struct task *child = NULL;

	if (!sh->interactive || !sh->undo || t->change != NULL || t->line.type == NULL ||
	    (t->line.type->kind != REQUEST_MODIFY && t->line.type->kind != REQUEST_ACTION))
		return false;
	if ((t->change = calloc(1, sizeof *t->change)) == NULL)
		return false;
	if (t->by != NULL)
		snprintf(t->change->by, sizeof t->change->by, "it ran in .%s", t->by->name);
	t->change->why = t->line.type->kind == REQUEST_ACTION ? started : t->by != NULL ? t->change->by : t->line.job ? as_job : NULL;
	t->change->silent = t->change->why != NULL;
	if (t->change->silent)
		return false;
	t->change->json.secret = true;
	buf_put(&t->change->json, buf_head(&t->line.json), t->line.json.len);
	if (change_question(&request, t) == 0 && !request.failed)
		child = engine_child(sh, buf_head(&request), request.len, t->at, true, have_state, t, &e);
	buf_clear(&request);
	if (child != NULL)
		t->state = TASK_RESOLVING;
	return child != NULL;
}

/* --- what only the list before and after shows --- */

static int compare_lists(struct change *c, const struct request *type, struct json_iter after)
{
	struct json_iter before = {buf_head(&c->before), buf_head(&c->before) + c->before.len, false};
	struct buf done = {.secret = true};
	int result;

	if (c->adds)
		return made_find(&c->undo, type, buf_head(&c->json), c->json.len, before, after);
	result = assigned_find(&c->undo, &done, type, buf_head(&c->json), c->json.len, before, after);
	if (result == 0 && !done.failed) {
		buf_clear(&c->json);
		c->json = done;
		return 0;
	}
	buf_clear(&done);
	return -1;
}

static void have_lists(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct task *t = child->ctx;
	struct change *c = t->change;

	c->known = child->outcome == OUTCOME_OK && reply != NULL && compare_lists(c, t->line.type, reply->values) == 0;
	t->state = TASK_ANSWERED;
	engine_pump(sh);
}

/* Keeps it for .undo.  Returns its number; 0 without memory. */
static unsigned change_keep(struct shell *sh, const struct task *t, const char *why)
{
	const struct change *c = t->change;
	const struct kept_change kept = {.line = t->line.masked != NULL ? t->line.masked : (char *)(uintptr_t)"", .type = t->line.type,
	    .json = c->json, .back = c->undo.json, .each = c->undo.each, .partial = c->undo.partial, .why = (char *)(uintptr_t)why};

	return kept_add(&sh->kept, &kept);
}

static void change_ended(struct shell *sh, struct task *t)
{
	struct change *c = t->change;
	struct buf request = {0};
	struct error e;

	if (t->outcome == OUTCOME_UNKNOWN)
		change_keep(sh, t, "no answer: unknown whether it was done");
	else if (t->outcome == OUTCOME_OK && t->role != TASK_LINE)	/* that is all: the effect of these is not shown */
		change_keep(sh, t, c->why != NULL ? c->why : as_job);
	if (t->role != TASK_LINE || t->outcome != OUTCOME_OK || !(c->adds || c->all) || !c->known)
		return;
	c->known = false;
	if ((c->adds ? made_lister(&request, t->line.type) : undo_reader(&request, t->line.type, buf_head(&c->json), c->json.len)) == 0 &&
	    engine_child(sh, buf_head(&request), request.len, t->at, true, have_lists, t, &e) != NULL)
		t->state = TASK_RESOLVING;
	buf_clear(&request);
}

/* --- showing --- */

static void put_lines(struct buf *out, const char *text, size_t len, bool coloured)
{
	const char *end, *new;
	size_t n = 0;

	for (; len > 0; len -= (size_t)(end - text) + 1, text = end + 1) {
		if ((end = memchr(text, '\n', len)) == NULL)
			break;
		if (n++ >= LINES_SHOWN)
			continue;
		buf_puts(out, "  ");
		new = memmem(text, (size_t)(end - text), " -> ", 4);
		new = new != NULL ? new + 4 : end;
		safe_put(out, text, (size_t)(new - text));
		buf_puts(out, colour_begin(COLOUR_NEW, coloured && new < end));
		safe_put(out, new, (size_t)(end - new));
		buf_puts(out, colour_end(coloured && new < end));
		buf_putc(out, '\n');
	}
	if (n > LINES_SHOWN)
		buf_printf(out, "  and %zu more\n", n - LINES_SHOWN);
}

void change_put(struct buf *out, const struct undo *u, bool coloured)
{
	put_lines(out, buf_head(&u->changes), u->changes.len, coloured);
	if (u->partial && u->line.len > 0)
		buf_puts(out, "  not all of it can be taken back\n");
	else if (u->partial)
		buf_puts(out, "  it cannot be taken back\n");
}

/* Returns why it cannot be undone; NULL: it can. */
static const char *why_not(const struct change *c)
{
	if (c->why != NULL)
		return c->why;
	if (!c->known)
		return c->adds ? "what was added could not be read" : "the state before could not be read";
	if (c->adds && !c->only)
		return gone;
	if (c->undo.line.len > 0)
		return NULL;
	return c->adds ? "what was added cannot be distinguished from what others have added" : "the box does not give back what was there before";
}

static void change_show(struct shell *sh, struct task *t)
{
	struct change *c = t->change;
	struct buf text = {0};
	const char *why = why_not(c);
	bool changes = c->undo.changes.len > 0;
	unsigned number;

	if (c->silent) {
		change_keep(sh, t, why);
		return;
	}
	if (c->known && !changes && !c->adds)
		buf_puts(&text, "  nothing has changed by it\n");
	change_put(&text, &c->undo, output_settings(sh->output)->color);
	number = changes || why == c->why || !c->known || c->adds ? change_keep(sh, t, why) : 0;
	if (why == NULL && number > 0)
		buf_printf(&text, "undo: .undo %u\n", number);
	sink_put(&sh->out, buf_head(&text), text.len);
	buf_clear(&text);
	/* The question has said so, if there was one. */
	if (why != NULL && number > 0 && !t->agreed && !c->undo.partial)
		shell_notice(sh, "cannot be undone: %s", why);
}

static void change_forget(struct shell *sh)
{
	kept_drop(sh->kept);
}

static void change_free(struct task *t)
{
	undo_clear(&t->change->undo);
	buf_clear(&t->change->before);
	buf_clear(&t->change->json);
	free(t->change);
	t->change = NULL;
}

const struct change_ops change_ops = {.ask = change_ask, .ended = change_ended, .show = change_show, .free = change_free,
    .why_not = change_why_not, .forget = change_forget};
