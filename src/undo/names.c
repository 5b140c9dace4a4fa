/* SPDX-License-Identifier: ISC */
/*
 * names: changes that give names another value: objects, pairs, roles, a device's poller, what a certificate is used for.
 *
 * All of them are places with one value each; here is where the request and the reply have it.
 */
#include "undo/undo_parts.h"

static const struct json nothing = {"null", 4};

/* --- objects --- */

static void put_before(struct places *places, struct json name, struct json v)
{
	places_key(places, name);
	places_put(places, PLACE_BEFORE, nothing, name, v);
}

/* Settings within one cell: an object, or pairs. */
static void read_container(struct places *places, struct json v)
{
	struct json_iter it = json_iterate(v);
	struct json key, inner, cells[2];

	while (json_next(&it, &key, &inner)) {
		if (json_kind(v) == JSON_OBJECT)
			put_before(places, key, inner);
		else if (undo_cells(inner, cells, 2) == 2 && json_kind(cells[0]) == JSON_STRING)
			put_before(places, cells[0], cells[1]);
	}
}

/* The argument of the reader that chooses columns. */
static const struct arg *columns_of(const struct request *reader)
{
	for (const struct arg *arg = reader->args; arg->name != NULL; arg++)
		if (arg->flags & ARG_HEADINGS)
			return arg;
	return NULL;
}

/* The cells that were asked for, however the reply wraps them.  0: no such row; -1: the reply is something else. */
static int find_row(struct undo_work *w, struct json_iter *cells)
{
	struct rows_walk rows = undo_rows(w);
	struct json_iter it = w->reply;
	struct json row, more, first[1];

	if (w->reader->shape == REPLY_VALUES) {
		*cells = w->reply;
		/* The only value is a list: it holds what should stand side by side. */
		while (json_next(&it, NULL, &row) && json_kind(row) == JSON_ARRAY && !json_next(&it, NULL, &more))
			*cells = it = json_iterate(row);
		return 1;
	}
	while (rows_next(&rows, &row)) {
		if (w->gid_arg == NULL || (undo_cells(row, first, 1) > 0 && undo_same(w, first[0], w->gid))) {
			*cells = json_iterate(row);
			return 1;
		}
	}
	return rows.bad ? -1 : 0;
}

static int read_columns(struct undo_work *w, const struct arg *list, size_t i, struct json asked, struct places *places)
{
	const struct arg *arg = &w->type->args[i];
	const struct field *f;
	struct json_iter names = json_iterate(asked), cells = {0};
	struct json name, cell;
	bool own = false;
	int found = find_row(w, &cells);

	for (; found > 0 && json_next(&names, NULL, &name) && json_next(&cells, NULL, &cell); ) {
		f = undo_field(w, list->fields, name);
		if (!own && w->gid_arg != NULL && f != NULL && f->unit == UNIT_GID && f->gid == w->gid_arg->gid)
			own = true;
		else if (f != NULL && json_is(name, arg->name))
			read_container(places, cell);
		else
			put_before(places, name, cell);
	}
	return found < 0 ? -1 : 0;
}

int undo_object(struct undo_work *w, size_t i)
{
	const struct arg *list = columns_of(w->reader);
	struct json_iter it = json_iterate(w->args[i]);
	struct places places = {0};
	struct buf asked = {0};
	struct json key, v;
	int result = 0;

	if (json_kind(w->args[i]) != JSON_OBJECT)
		return -1;
	while (json_next(&it, &key, &v)) {
		places_key(&places, key);
		places_put(&places, PLACE_ADD, nothing, key, v);
	}
	if (list != NULL)
		undo_put_asked(w, list, &asked);
	if (asked.len > 0)
		result = read_columns(w, list, i, (struct json){buf_head(&asked), asked.len}, &places);
	w->failed = w->failed || asked.failed;
	if (result == 0)
		result = undo_compare(w, i, FORM_OBJECT, &places);
	places_clear(&places);
	buf_clear(&asked);
	return result;
}

/* --- roles --- */

static void put_role(struct places *places, enum place_event kind, struct json scope, struct json role, struct json v)
{
	places_key(places, scope);
	places_key(places, role);
	places_put(places, kind, scope, role, v);
}

/* What a group may do, as one value or as two: [role,permission] of the system, [realm,[[role,permission]...]], or a list of such. */
static void read_roles(struct places *places, struct json v, unsigned depth)
{
	enum { DEPTH = 4 };
	struct json_iter it = json_iterate(v);
	struct json inner, cells[2], role[2];
	size_t n = undo_cells(v, cells, 2);

	if (n >= 2 && undo_is_scalar(cells[0]) && json_kind(cells[1]) == JSON_ARRAY) {
		for (it = json_iterate(cells[1]); json_next(&it, NULL, &inner); )
			if (undo_cells(inner, role, 2) >= 2 && undo_is_scalar(role[0]))
				put_role(places, PLACE_BEFORE, cells[0], role[0], role[1]);
	} else if (n >= 2 && undo_is_scalar(cells[0])) {
		put_role(places, PLACE_BEFORE, nothing, cells[0], cells[1]);
	} else if (json_kind(v) == JSON_ARRAY && depth < DEPTH) {
		while (json_next(&it, NULL, &inner))
			read_roles(places, inner, depth + 1);
	}
}

static void read_reply_roles(struct undo_work *w, struct places *places)
{
	struct json_iter it = w->reply;
	struct json v;

	while (json_next(&it, NULL, &v))
		read_roles(places, v, 0);
}

int undo_roles(struct undo_work *w, size_t i)
{
	struct json_iter realms = json_iterate(w->args[i]), it;
	struct places places = {0};
	struct json entry, cells[2], role[2];
	int result = json_kind(w->args[i]) == JSON_ARRAY ? 0 : -1;

	while (result == 0 && json_next(&realms, NULL, &entry)) {
		if (undo_cells(entry, cells, 2) != 2 || !undo_is_scalar(cells[0]) || json_kind(cells[1]) != JSON_ARRAY) {
			result = -1;
			break;
		}
		for (it = json_iterate(cells[1]); result == 0 && json_next(&it, NULL, &entry); ) {
			if (undo_cells(entry, role, 2) == 2 && undo_is_scalar(role[0]))
				put_role(&places, PLACE_ADD, cells[0], role[0], role[1]);
			else
				result = -1;
		}
	}
	read_reply_roles(w, &places);
	if (result == 0)
		result = undo_compare(w, i, FORM_ROLES, &places);
	places_clear(&places);
	return result;
}

/* --- pairs --- */

/* Rows of property and value.  -1: the reply is something else. */
static int read_pairs(struct undo_work *w, const struct arg *arg, struct places *places)
{
	struct rows_walk rows = undo_rows(w);
	struct json row, cells[2];

	while (rows_next(&rows, &row)) {
		size_t n = undo_cells(row, cells, 2);

		if (n > 2 && undo_is_list(undo_field(w, arg->fields, cells[0])))
			n = 0;	/* a list in a shape that is not known */
		if (n < 2)
			continue;
		places_key(places, nothing);
		places_key(places, cells[0]);
		places_put(places, PLACE_BEFORE, nothing, cells[0], cells[1]);
	}
	return rows.bad ? -1 : 0;
}

int undo_pairs(struct undo_work *w, size_t i)
{
	const struct arg *arg = &w->type->args[i];
	struct json_iter it = json_iterate(w->args[i]);
	struct places places = {0};
	struct json pair, cells[1];
	int result = json_kind(w->args[i]) == JSON_ARRAY ? 0 : -1;

	while (result == 0 && json_next(&it, NULL, &pair)) {
		if (undo_cells(pair, cells, 1) > 0 && undo_is_scalar(cells[0]))
			put_role(&places, PLACE_ADD, nothing, cells[0], pair);
		else
			result = -1;
	}
	/* Roles in the system are pairs, but what shows them also shows those in realms. */
	if (w->reader->shape == REPLY_ROLES)
		read_reply_roles(w, &places);
	else if (result == 0)
		result = read_pairs(w, arg, &places);
	if (result == 0)
		result = undo_compare(w, i, FORM_PAIRS, &places);
	places_clear(&places);
	return result;
}

/* --- one thing that belongs to another --- */

/* Rows of two cells, of which one is the place and the other its value.  -1: the reply is something else. */
static int read_rows(struct undo_work *w, size_t place, bool address, struct places *places)
{
	struct rows_walk rows = undo_rows(w);
	struct json row, cells[2];

	while (rows_next(&rows, &row)) {
		if (undo_cells(row, cells, 2) < 2)
			return -1;
		if (!undo_is_scalar(cells[place]))
			continue;
		if (address)
			places_key_address(places, cells[place]);
		else
			places_key(places, cells[place]);
		places_put(places, PLACE_BEFORE, nothing, cells[place], cells[1 - place]);
	}
	return rows.bad ? -1 : 0;
}

int undo_pair(struct undo_work *w, size_t i)
{
	struct places places = {0};
	struct json cells[2];
	int result;

	if (undo_cells(w->args[i], cells, 2) != 2 || !undo_is_scalar(cells[0]))
		return -1;
	places_key_address(&places, cells[0]);
	places_put(&places, PLACE_ADD, nothing, cells[0], cells[1]);
	result = read_rows(w, 0, true, &places);
	if (result == 0)
		result = undo_compare(w, i, FORM_PAIR, &places);
	places_clear(&places);
	return result;
}

int undo_assignments(struct undo_work *w, size_t i)
{
	struct json_iter it = json_iterate(w->args[i]);
	struct places places = {0};
	struct json row, cells[2];
	int result = json_kind(w->args[i]) == JSON_ARRAY ? 0 : -1;

	while (result == 0 && json_next(&it, NULL, &row)) {
		if (undo_cells(row, cells, 2) == 2 && undo_is_scalar(cells[0]) && undo_is_scalar(cells[1])) {
			places_key(&places, cells[1]);
			places_put(&places, PLACE_ADD, nothing, cells[1], cells[0]);
		} else {
			result = -1;
		}
	}
	if (result == 0)
		result = read_rows(w, 1, false, &places);
	if (result == 0)
		result = undo_compare(w, i, FORM_ASSIGNMENTS, &places);
	places_clear(&places);
	return result;
}
