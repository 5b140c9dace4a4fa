/* SPDX-License-Identifier: ISC */
/*
 * change: asks the catalogue's reader of a modifier before it is sent; nothing is undone by itself.
 */
#include "undo/change.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/colour.h"
#include "base/safe.h"
#include "run/engine.h"
#include "run/show.h"
#include "undo/kept.h"
#include "undo/undo.h"

struct change {
	struct undo undo;
	struct buf json;	/* the request: the task's is wiped when it has been sent */
	bool known;		/* the state was read */
	const char *why;	/* it cannot be taken back, whatever the state was */
};

/* What makes, deletes or starts things cannot be taken back: made anew, they are others. */
static const char *change_why_not(const struct request *type)
{
	bool makes = false;

	if (type == NULL || type->kind != REQUEST_MODIFY || undo_possible(type))
		return NULL;
	for (const struct arg *arg = type->args; arg->name != NULL; arg++)
		makes = makes || (arg->flags & ARG_DELETES);
	return makes ? "what is deleted is gone, and made again it has another gid" : "the state before cannot be read";
}

static void have_state(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct task *t = child->ctx;
	struct change *c = t->change;

	t->state = TASK_WAITING;
	if (engine_drop_if_cancelled(sh, t))
		return;
	if (child->outcome == OUTCOME_OK && reply != NULL)
		c->known = undo_make(&c->undo, t->line.type, buf_head(&t->line.json), t->line.json.len, reply->values) == 0;
	engine_pump(sh);
}

static bool change_ask(struct shell *sh, struct task *t)
{
	struct buf request = {0};
	struct error e;
	struct task *child = NULL;

	if (!sh->interactive || !sh->undo || t->change != NULL || t->line.type == NULL || t->line.job ||
	    t->line.type->kind != REQUEST_MODIFY)
		return false;
	if ((t->change = calloc(1, sizeof *t->change)) == NULL)
		return false;
	if ((t->change->why = change_why_not(t->line.type)) != NULL)
		return false;
	t->change->json.secret = true;
	buf_put(&t->change->json, buf_head(&t->line.json), t->line.json.len);
	if (undo_reader(&request, t->line.type, buf_head(&t->line.json), t->line.json.len) == 0 && !request.failed)
		child = engine_child(sh, buf_head(&request), request.len, t->at, true, have_state, t, &e);
	buf_clear(&request);
	if (child != NULL)
		t->state = TASK_RESOLVING;
	return child != NULL;
}

static void put_lines(struct buf *out, const char *text, size_t len, bool coloured)
{
	const char *end, *new;

	for (; len > 0; len -= (size_t)(end - text) + 1, text = end + 1) {
		if ((end = memchr(text, '\n', len)) == NULL)
			return;
		buf_puts(out, "  ");
		new = memmem(text, (size_t)(end - text), " -> ", 4);
		new = new != NULL ? new + 4 : end;
		safe_put(out, text, (size_t)(new - text));
		buf_puts(out, colour_begin(COLOUR_NEW, coloured && new < end));
		safe_put(out, new, (size_t)(end - new));
		buf_puts(out, colour_end(coloured && new < end));
		buf_putc(out, '\n');
	}
}

/* Keeps it for .undo.  Its number; 0 without memory. */
static unsigned keep(struct shell *sh, const struct task *t, const char *why)
{
	const struct change *c = t->change;
	const struct kept_change kept = {.line = t->line.masked != NULL ? t->line.masked : (char *)(uintptr_t)"", .type = t->line.type,
	    .json = c->json, .back = c->undo.json, .partial = c->undo.partial, .why = (char *)(uintptr_t)why};

	return kept_add(&sh->kept, &kept);
}

void change_put(struct buf *out, const struct undo *u, bool coloured)
{
	put_lines(out, buf_head(&u->changes), u->changes.len, coloured);
	if (u->partial && u->line.len > 0)
		buf_puts(out, "  not all of it can be taken back\n");
	else if (u->partial)
		buf_puts(out, "  it cannot be taken back\n");
}

static void change_show(struct shell *sh, struct task *t)
{
	struct change *c = t->change;
	struct buf text = {0};
	unsigned number;

	if (c->why != NULL) {
		keep(sh, t, c->why);
		/* The question before has said so; what makes things asks none. */
		for (const struct arg *arg = t->line.type->args; arg->name != NULL; arg++)
			if ((arg->flags & ARG_DELETES) && !t->line.deletes) {
				shell_notice(sh, "not for .undo: what was added is deleted by its gid");
				break;
			}
		return;
	}
	if (!c->known) {
		keep(sh, t, "the state before could not be read");
		shell_notice(sh, "cannot be undone: the state before could not be read");
		return;
	}
	if (c->undo.changes.len == 0)
		buf_puts(&text, "  nothing has changed by it\n");
	change_put(&text, &c->undo, output_settings(sh->output)->color);
	if (c->undo.line.len > 0 && (number = keep(sh, t, NULL)) > 0)
		buf_printf(&text, "undo: .undo %u\n", number);
	else if (c->undo.changes.len > 0 && c->undo.line.len == 0)
		keep(sh, t, "the box does not give back what was there before");
	sink_put(&sh->out, buf_head(&text), text.len);
	buf_clear(&text);
}

static void change_forget(struct shell *sh)
{
	kept_drop(sh->kept);
}

static void change_free(struct task *t)
{
	undo_clear(&t->change->undo);
	buf_clear(&t->change->json);
	free(t->change);
	t->change = NULL;
}

const struct change_ops change_ops = {.ask = change_ask, .show = change_show, .free = change_free,
    .why_not = change_why_not, .forget = change_forget};
