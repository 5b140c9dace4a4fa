/* SPDX-License-Identifier: ISC */
/*
 * undo: compares a change with the state read before it, and puts together the request that takes it back.
 *
 * What an argument's kind means for that is in undo/names and undo/lists.  Sends and prints nothing.
 */
#include "undo/undo_parts.h"

#include "lang/line.h"
#include "lang/parse.h"

static int compare(struct undo_work *w)
{
	for (size_t i = 0; i < REQUEST_ARGS && w->type->args[i].name != NULL; i++) {
		const struct arg *arg = &w->type->args[i];
		int result = 0;

		if (arg->flags & ARG_DELETES) {
			result = undo_lists(w, i, i + 1);
			i++;
		} else if (w->args[i].text == NULL) {
			continue;
		} else if (arg->type == ARG_OBJECT) {
			result = undo_object(w, i);
		} else if (arg->type == ARG_PAIRS) {
			result = undo_pairs(w, i);
		} else if (arg->type == ARG_ROLES) {
			result = undo_roles(w, i);
		} else if (arg->type == ARG_PAIR) {
			result = undo_pair(w, i);
		} else if (arg->type == ARG_ROWS) {
			result = undo_assignments(w, i);
		}
		if (result < 0)
			return -1;
	}
	return 0;
}

static void compose(struct undo_work *w)
{
	struct undo *u = w->u;
	size_t count = 0;

	for (size_t i = 0; i < REQUEST_ARGS; i++) {
		w->failed = w->failed || w->parts[i].failed;
		if (w->parts[i].len > 0)
			count = i + 1;
	}
	if (count == 0 || w->failed)
		return;
	buf_printf(&u->json, "[\"%s\"", w->type->name);
	for (size_t i = 0; i < count; i++) {
		const struct arg *arg = &w->type->args[i];

		buf_putc(&u->json, ',');
		if (arg == w->gid_arg)
			buf_put(&u->json, w->gid.text, w->gid.len);
		else if (w->parts[i].len > 0)
			buf_put(&u->json, buf_head(&w->parts[i]), w->parts[i].len);
		else
			buf_puts(&u->json, arguments_filler(arg));
	}
	buf_putc(&u->json, ']');
	/* What the box sent may be no text that can be typed. */
	if (!u->json.failed && line_print(&u->line, buf_head(&u->json), u->json.len, true) < 0) {
		buf_clear(&u->json);
		buf_clear(&u->line);
		u->partial = true;
	}
}

int undo_make(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter rows)
{
	struct undo_work w;
	int result;

	*u = (struct undo){.json = {.secret = true}};
	result = undo_work_begin(&w, type, json, len);
	w.u = u;
	w.reply = rows;
	if (result == 0 && !undo_is_change(&w))
		result = -1;
	if (result == 0)
		result = compare(&w);
	if (result == 0)
		compose(&w);
	if (w.failed || w.left.failed || w.right.failed || u->changes.failed || u->json.failed || u->line.failed)
		result = -1;
	if (result < 0)
		undo_clear(u);
	undo_work_clear(&w);
	return result;
}

void undo_clear(struct undo *u)
{
	buf_clear(&u->changes);
	buf_clear(&u->line);
	buf_clear(&u->json);
	u->partial = false;
}
