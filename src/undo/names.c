/* SPDX-License-Identifier: ISC */
/*
 * names: changes that give names another value: objects, pairs, roles, a device's poller, what a certificate is used for.
 *
 * All of them are entries with one value each; this file finds them in the request and the reply.
 */
#include "undo/undo_parts.h"

/* --- objects --- */

static void put_old(struct diff *diff, const cJSON *name, const cJSON *v)
{
	diff_key(diff, name);
	diff_put(diff, DIFF_OLD, NULL, name, v);
}

/* Settings within one cell: an object, or pairs. */
static void read_container(struct undo_work *w, struct diff *diff, const cJSON *v)
{
	const cJSON *inner, *cells[2];

	cJSON_ArrayForEach (inner, v) {
		if (cJSON_IsObject(v))
			put_old(diff, undo_name_of(w, inner), inner);
		else if (undo_cells(inner, cells, 2) == 2 && tree_is_string(cells[0]))
			put_old(diff, cells[0], cells[1]);
	}
}

/* Returns the argument of the reader that chooses columns. */
static const struct arg *columns_of(const struct request *reader)
{
	for (const struct arg *arg = reader->args; arg->name != NULL; arg++)
		if (arg->flags & ARG_HEADINGS)
			return arg;
	return NULL;
}

/* Gets the requested cells, from the first on, however the reply wraps them.  0: no such row; -1: another kind of reply. */
static int find_row(struct undo_work *w, const cJSON **cells)
{
	const cJSON *list, *row;

	if (w->reader->shape == REPLY_VALUES) {
		list = undo_values(w);
		/* The only value is a list: it has the cells that should be side by side. */
		while (list != NULL && cJSON_IsArray(list->child) && list->child->next == NULL)
			list = list->child;
		*cells = list != NULL ? list->child : NULL;
		return 1;
	}
	list = undo_rows(w);
	cJSON_ArrayForEach (row, list) {
		if (w->gid_arg == NULL || (cJSON_IsArray(row) && row->child != NULL && undo_same(w, row->child, w->gid))) {
			*cells = row->child;
			return 1;
		}
	}
	return list == NULL ? -1 : 0;
}

static int read_columns(struct undo_work *w, const struct arg *list, size_t i, const cJSON *asked, struct diff *diff)
{
	const struct arg *arg = &w->type->args[i];
	const struct field *f;
	const cJSON *name = asked != NULL ? asked->child : NULL, *cell = NULL;
	bool own = false;
	int found = find_row(w, &cell);

	for (; found > 0 && name != NULL && cell != NULL; name = name->next, cell = cell->next) {
		f = undo_field(w, list->fields, name);
		if (!own && w->gid_arg != NULL && f != NULL && f->unit == UNIT_GID && f->gid == w->gid_arg->gid)
			own = true;
		else if (f != NULL && tree_is(name, arg->name))
			read_container(w, diff, cell);
		else
			put_old(diff, name, cell);
	}
	return found < 0 ? -1 : 0;
}

int undo_object(struct undo_work *w, size_t i)
{
	const struct arg *list = columns_of(w->reader);
	struct diff diff = {0};
	const cJSON *v, *name;
	cJSON *asked;
	int result = 0;

	if (!cJSON_IsObject(w->args[i]))
		return -1;
	cJSON_ArrayForEach (v, w->args[i]) {
		name = undo_name_of(w, v);
		diff_key(&diff, name);
		diff_put(&diff, DIFF_ADD, NULL, name, v);
	}
	asked = list != NULL ? undo_asked(w, list) : NULL;
	if (asked != NULL)
		result = read_columns(w, list, i, undo_keep(w, asked), &diff);
	if (result == 0)
		result = undo_compare(w, i, FORM_OBJECT, &diff);
	diff_clear(&diff);
	return result;
}

/* --- roles --- */

static void put_role(struct diff *diff, enum diff_kind kind, const cJSON *scope, const cJSON *role, const cJSON *v)
{
	diff_key(diff, scope);
	diff_key(diff, role);
	diff_put(diff, kind, scope, role, v);
}

/* What a group may do, as one value or as two: [role,permission] of the system, [realm,[[role,permission]...]], or a list of such. */
static void read_roles(struct diff *diff, const cJSON *v, unsigned depth)
{
	enum { DEPTH = 4 };
	const cJSON *inner, *cells[2], *role[2];
	size_t n = undo_cells(v, cells, 2);

	if (n >= 2 && tree_is_scalar(cells[0]) && cJSON_IsArray(cells[1])) {
		cJSON_ArrayForEach (inner, cells[1])
			if (undo_cells(inner, role, 2) >= 2 && tree_is_scalar(role[0]))
				put_role(diff, DIFF_OLD, cells[0], role[0], role[1]);
	} else if (n >= 2 && tree_is_scalar(cells[0])) {
		put_role(diff, DIFF_OLD, NULL, cells[0], cells[1]);
	} else if (cJSON_IsArray(v) && depth < DEPTH) {
		cJSON_ArrayForEach (inner, v)
			read_roles(diff, inner, depth + 1);
	}
}

static void read_reply_roles(struct undo_work *w, struct diff *diff)
{
	const cJSON *values = undo_values(w), *v;

	cJSON_ArrayForEach (v, values)
		read_roles(diff, v, 0);
}

/* Adds what the request sets for one realm. */
static int add_roles(struct diff *diff, const cJSON *entry)
{
	const cJSON *cells[2], *role[2], *v;

	if (undo_cells(entry, cells, 2) != 2 || !tree_is_scalar(cells[0]) || !cJSON_IsArray(cells[1]))
		return -1;
	cJSON_ArrayForEach (v, cells[1]) {
		if (undo_cells(v, role, 2) != 2 || !tree_is_scalar(role[0]))
			return -1;
		put_role(diff, DIFF_ADD, cells[0], role[0], role[1]);
	}
	return 0;
}

int undo_roles(struct undo_work *w, size_t i)
{
	struct diff diff = {0};
	const cJSON *entry;
	int result = cJSON_IsArray(w->args[i]) ? 0 : -1;

	cJSON_ArrayForEach (entry, w->args[i])
		if (result == 0)
			result = add_roles(&diff, entry);
	read_reply_roles(w, &diff);
	if (result == 0)
		result = undo_compare(w, i, FORM_ROLES, &diff);
	diff_clear(&diff);
	return result;
}

/* --- pairs --- */

/* Rows of property and value.  -1: another kind of reply. */
static int read_pairs(struct undo_work *w, const struct arg *arg, struct diff *diff)
{
	const cJSON *rows = undo_rows(w), *row, *cells[2];

	cJSON_ArrayForEach (row, rows) {
		size_t n = undo_cells(row, cells, 2);

		if (n > 2 && undo_is_list(undo_field(w, arg->fields, cells[0])))
			n = 0;	/* a list in a shape that is not known */
		if (n >= 2)
			put_role(diff, DIFF_OLD, NULL, cells[0], cells[1]);
	}
	return rows == NULL ? -1 : 0;
}

int undo_pairs(struct undo_work *w, size_t i)
{
	const struct arg *arg = &w->type->args[i];
	struct diff diff = {0};
	const cJSON *pair, *cells[1];
	int result = cJSON_IsArray(w->args[i]) ? 0 : -1;

	cJSON_ArrayForEach (pair, w->args[i]) {
		if (undo_cells(pair, cells, 1) > 0 && tree_is_scalar(cells[0]))
			put_role(&diff, DIFF_ADD, NULL, cells[0], pair);
		else
			result = -1;
	}
	/* Roles in the system are pairs, but their reader also shows those in realms. */
	if (w->reader->shape == REPLY_ROLES)
		read_reply_roles(w, &diff);
	else if (result == 0)
		result = read_pairs(w, arg, &diff);
	if (result == 0)
		result = undo_compare(w, i, FORM_PAIRS, &diff);
	diff_clear(&diff);
	return result;
}

/* --- one thing that belongs to another --- */

/* Rows of two cells, of which one is the key and the other its value.  -1: another kind of reply. */
static int read_rows(struct undo_work *w, size_t key, bool address, struct diff *diff)
{
	const cJSON *rows = undo_rows(w), *row, *cells[2];

	cJSON_ArrayForEach (row, rows) {
		if (undo_cells(row, cells, 2) < 2)
			return -1;
		if (!tree_is_scalar(cells[key]))
			continue;
		if (address)
			diff_key_address(diff, cells[key]);
		else
			diff_key(diff, cells[key]);
		diff_put(diff, DIFF_OLD, NULL, cells[key], cells[1 - key]);
	}
	return rows == NULL ? -1 : 0;
}

int undo_pair(struct undo_work *w, size_t i)
{
	struct diff diff = {0};
	const cJSON *cells[2];
	int result;

	if (undo_cells(w->args[i], cells, 2) != 2 || !tree_is_scalar(cells[0]))
		return -1;
	diff_key_address(&diff, cells[0]);
	diff_put(&diff, DIFF_ADD, NULL, cells[0], cells[1]);
	result = read_rows(w, 0, true, &diff);
	if (result == 0)
		result = undo_compare(w, i, FORM_PAIR, &diff);
	diff_clear(&diff);
	return result;
}

int undo_assignments(struct undo_work *w, size_t i)
{
	struct diff diff = {0};
	const cJSON *row, *cells[2];
	int result = cJSON_IsArray(w->args[i]) ? 0 : -1;

	cJSON_ArrayForEach (row, w->args[i]) {
		if (undo_cells(row, cells, 2) == 2 && tree_is_scalar(cells[0]) && tree_is_scalar(cells[1])) {
			diff_key(&diff, cells[1]);
			diff_put(&diff, DIFF_ADD, NULL, cells[1], cells[0]);
		} else {
			result = -1;
		}
	}
	if (result == 0)
		result = read_rows(w, 1, false, &diff);
	if (result == 0)
		result = undo_compare(w, i, FORM_ASSIGNMENTS, &diff);
	diff_clear(&diff);
	return result;
}
