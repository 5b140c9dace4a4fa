/* SPDX-License-Identifier: ISC */
/*
 * undo: compares a change with the state read before it, and builds the request that undoes it.
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
		} else if (w->args[i] == NULL) {
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

void undo_print(struct undo_work *w, const cJSON *const parts[static REQUEST_ARGS], struct buf *out)
{
	cJSON *request = NULL;
	size_t count = REQUEST_ARGS;

	while (count > 0 && parts[count - 1] == NULL)
		count--;
	if (count == 0 || w->failed)
		return;
	undo_add_first(w, &request, cJSON_CreateString(w->type->name));
	for (size_t i = 0; i < count; i++) {
		const struct arg *arg = &w->type->args[i];

		if (arg == w->gid_arg)
			undo_add(w, request, tree_copy(w->gid));
		else if (parts[i] != NULL)
			undo_add(w, request, tree_copy(parts[i]));
		else
			undo_add(w, request, cJSON_CreateRaw(arguments_filler(arg)));
	}
	tree_print(request, out);
	cJSON_Delete(request);
}

void undo_compose(struct undo_work *w)
{
	const cJSON *parts[REQUEST_ARGS];
	struct undo *u = w->u;

	for (size_t i = 0; i < REQUEST_ARGS; i++)
		parts[i] = w->parts[i];
	undo_print(w, parts, &u->json);
	/* The box's text may be one that cannot be typed. */
	if (u->json.len > 0 && !u->json.failed && line_print(&u->line, buf_head(&u->json), u->json.len, true) < 0) {
		buf_clear(&u->json);
		buf_clear(&u->line);
		u->partial = true;
	}
}

int undo_work_end(struct undo_work *w, int result)
{
	struct undo *u = w->u;

	if (w->failed || w->left.failed || u->changes.failed || u->json.failed || u->line.failed)
		result = -1;
	if (result < 0)
		undo_clear(u);
	undo_work_clear(w);
	return result;
}

int undo_make(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter rows)
{
	struct undo_work w;
	int result;

	*u = (struct undo){.json = {.secret = true}};
	result = undo_work_begin(&w, type, json, len);
	w.u = u;
	w.reply = rows;
	if (result == 0 && (!undo_possible(type) || !undo_is_change(&w)))
		result = -1;
	if (result == 0)
		result = compare(&w);
	if (result == 0)
		undo_compose(&w);
	return undo_work_end(&w, result);
}

void undo_clear(struct undo *u)
{
	buf_clear(&u->changes);
	buf_clear(&u->line);
	buf_clear(&u->json);
	u->each = u->partial = false;
}
