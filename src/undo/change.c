/* SPDX-License-Identifier: ISC */
/*
 * change: asks the catalogue's reader of a modifier before it is sent; nothing is undone by itself.
 */
#include "undo/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "run/engine.h"
#include "run/show.h"
#include "term/history.h"
#include "undo/undo.h"

struct change {
	struct undo undo;
	bool known;		/* the state was read */
};

static void have_state(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct task *t = child->ctx;
	struct change *c = t->change;

	t->state = TASK_WAITING;
	if (engine_drop_abandoned(sh, t))
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
	    t->line.type->kind != REQUEST_MODIFY || !undo_possible(t->line.type))
		return false;
	if ((t->change = calloc(1, sizeof *t->change)) == NULL)
		return false;
	if (undo_reader(&request, t->line.type, buf_head(&t->line.json), t->line.json.len) == 0 && !request.failed)
		child = engine_child(sh, buf_head(&request), request.len, t->at, true, have_state, t, &e);
	buf_clear(&request);
	if (child != NULL)
		t->state = TASK_RESOLVING;
	return child != NULL;
}

/* The line with its secrets, for the one who may recall it; as JSON, for nothing in it may be asked again. */
static void remember(struct shell *sh, struct undo *u)
{
	const char *masked = buf_string(&u->line);
	bool secret = masked != NULL && strchr(masked, '?') != NULL;

	if (sh->history != NULL && masked != NULL && buf_string(&u->json) != NULL)
		history_add(sh->history, secret ? buf_string(&u->json) : masked, masked);
}

static void put_lines(struct buf *out, const char *text, size_t len)
{
	const char *end;

	for (; len > 0; len -= (size_t)(end - text) + 1, text = end + 1) {
		if ((end = memchr(text, '\n', len)) == NULL)
			return;
		buf_puts(out, "  ");
		safe_put(out, text, (size_t)(end - text));
		buf_putc(out, '\n');
	}
}

static void change_show(struct shell *sh, struct task *t)
{
	struct change *c = t->change;
	struct buf text = {0};

	if (!c->known) {
		shell_notice(sh, "what it changed is not known: the state before could not be read");
		return;
	}
	if (c->undo.changes.len == 0)
		buf_puts(&text, "  nothing has changed by it\n");
	put_lines(&text, buf_head(&c->undo.changes), c->undo.changes.len);
	if (c->undo.partial && c->undo.line.len > 0)
		buf_puts(&text, "  not all of it can be taken back:\n");
	else if (c->undo.partial)
		buf_puts(&text, "  it cannot be taken back\n");
	if (c->undo.line.len > 0) {
		buf_puts(&text, "undo: ");
		safe_put(&text, buf_head(&c->undo.line), c->undo.line.len);
		buf_putc(&text, '\n');
		remember(sh, &c->undo);
	}
	sink_put(&sh->out, buf_head(&text), text.len);
	buf_clear(&text);
}

static void change_free(struct task *t)
{
	undo_clear(&t->change->undo);
	free(t->change);
	t->change = NULL;
}

const struct change_ops change_ops = {.ask = change_ask, .show = change_show, .free = change_free};
