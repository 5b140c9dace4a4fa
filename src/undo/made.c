/* SPDX-License-Identifier: ISC */
/*
 * made: what a request has made, found by its list before and after, and the request that deletes it again.
 *
 * Others may make things at the same time: new is what was not in the list before, ours is one that has a requested name, once.
 */
#include "undo/made.h"

#include <string.h>

#include "lang/line.h"
#include "undo/undo_parts.h"

/* Returns the argument that deletes by gid, or by a name; the one after it adds.  NULL: none. */
static const struct arg *deleting(const struct request *type)
{
	const struct arg *arg = type != NULL && type->kind == REQUEST_MODIFY && type->reader != NULL ? type->args : NULL;

	while (arg != NULL && arg->name != NULL && !(arg->flags & ARG_DELETES))
		arg++;
	return arg != NULL && arg->name != NULL && arg->type == ARG_LIST && arg->element != ARG_ADDRESS && arg[1].type == ARG_ROWS ? arg : NULL;
}

static bool has_members(const cJSON *v)
{
	return cJSON_IsArray(v) && v->child != NULL;
}

bool made_adds(const struct request *type, const char *json, size_t len, bool *only)
{
	const struct arg *arg = deleting(type);
	struct undo_work w;
	bool adds = false;

	*only = false;
	if (arg == NULL)
		return false;
	if (undo_work_begin(&w, type, json, len) == 0) {
		adds = has_members(w.args[arg - type->args + 1]);
		*only = !has_members(w.args[arg - type->args]);
	}
	undo_work_clear(&w);
	return adds;
}

int made_lister(struct buf *out, const struct request *type)
{
	const struct arg *arg = deleting(type);
	const char *json = arg != NULL ? catalog_lister(arg->gid) : NULL;

	if (arg == NULL)
		return -1;
	if (json != NULL)
		buf_puts(out, json);
	else
		buf_printf(out, "[\"%s\"]", type->reader);
	return out->failed ? -1 : 0;
}

/* Gets a row's gid and name, or its name for both. */
static bool read_row(const struct arg *arg, const cJSON *row, const cJSON **gid, const cJSON **name)
{
	const cJSON *cells[2];
	size_t n = undo_cells(row, cells, 2), wanted = arg->gid == GID_NONE ? 1 : 2;

	if (n < wanted || !tree_is_scalar(cells[0]))
		return false;
	*gid = cells[0];
	*name = cells[wanted - 1];
	return true;
}

static int put_rows(struct undo_work *w, const struct arg *arg, struct json_iter reply, enum diff_kind kind, struct diff *diff)
{
	const cJSON *rows, *row, *gid, *name;

	w->reply = reply;
	w->rows = NULL;
	rows = undo_rows(w);
	cJSON_ArrayForEach (row, rows) {
		if (!read_row(arg, row, &gid, &name))
			return -1;
		diff_key(diff, gid);
		diff_put(diff, kind, NULL, name, gid);
	}
	return rows == NULL ? -1 : 0;
}

/* Counts the new ones of that name; gets the last. */
static size_t find_new(struct undo_work *w, const struct diff *diff, const cJSON *name, const struct diff_entry **found)
{
	size_t n = 0;

	for (size_t i = 0; i < diff->list_count; i++) {
		const struct diff_entry *p = &diff->list[i];

		if (p->old_count > 0 || !undo_same(w, p->name, name))
			continue;
		*found = p;
		n++;
		undo_show_name(w, name);
		buf_puts(&w->u->changes, ": " UNDO_ABSENT " -> ");
		undo_show_made(w, p->new_value, p->name);
		buf_putc(&w->u->changes, '\n');
	}
	return n;
}

static void find_all(struct undo_work *w, const struct arg *arg, const struct diff *diff)
{
	size_t at = (size_t)(arg - w->type->args);
	static const struct field gid = {.type = ARG_GID};
	const struct diff_entry *found = NULL;
	const cJSON *row;
	bool all = true;

	cJSON_ArrayForEach (row, w->args[at + 1]) {
		const cJSON *name = cJSON_IsArray(row) ? row->child : NULL;

		if (name == NULL || find_new(w, diff, name, &found) != 1)
			all = false;
		else
			undo_add_first(w, &w->parts[at], undo_copy(arg->gid != GID_NONE ? &gid : NULL, found->new_value));
	}
	if (!all) {
		cJSON_Delete(w->parts[at]);
		w->parts[at] = NULL;
	}
}

int made_find(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter before,
    struct json_iter after)
{
	const struct arg *arg = deleting(type);
	struct diff diff = {0};
	struct undo_work w;
	int result;

	*u = (struct undo){.json = {.secret = true}};
	result = undo_work_begin(&w, type, json, len);
	w.u = u;
	if (arg == NULL)
		result = -1;
	if (result == 0)
		result = put_rows(&w, arg, before, DIFF_OLD, &diff);
	if (result == 0)
		result = put_rows(&w, arg, after, DIFF_ADD, &diff);
	if (result == 0)
		result = diff_sort(&diff, false);
	if (result == 0) {
		find_all(&w, arg, &diff);
		undo_compose(&w);
	}
	diff_clear(&diff);
	return undo_work_end(&w, result);
}

/* True if json adds an object of that name. */
static bool is_asked_for(struct undo_work *w, const cJSON *rows, const cJSON *name)
{
	const cJSON *row;

	cJSON_ArrayForEach (row, rows)
		if (cJSON_IsArray(row) && row->child != NULL && undo_same(w, row->child, name))
			return true;
	return false;
}

int made_still(struct undo *u, const struct request *type, const char *json, size_t len, const struct buf *back,
    struct json_iter now, bool *renamed)
{
	const struct arg *arg = deleting(type);
	struct undo_work w, gone;
	const cJSON *rows, *row, *id, *gid, *name;
	int result;

	*renamed = false;
	*u = (struct undo){.json = {.secret = true}};
	result = undo_work_begin(&w, type, json, len);
	w.u = u;
	w.reply = now;
	if (undo_work_begin(&gone, type, buf_head(back), back->len) < 0 || arg == NULL)
		result = -1;
	rows = result == 0 ? undo_rows(&w) : NULL;
	cJSON_ArrayForEach (row, rows) {
		if (!read_row(arg, row, &gid, &name))
			continue;
		cJSON_ArrayForEach (id, gone.args[arg - type->args]) {
			if (!undo_same(&w, id, gid))
				continue;
			*renamed = *renamed || !is_asked_for(&w, w.args[arg - type->args + 1], name);
			undo_show_name(&w, name);
			buf_puts(&u->changes, ": ");
			undo_show_made(&w, gid, name);
			buf_puts(&u->changes, " -> " UNDO_ABSENT "\n");
		}
	}
	undo_work_clear(&gone);
	return undo_work_end(&w, rows == NULL ? -1 : result);
}
