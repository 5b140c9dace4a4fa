/* SPDX-License-Identifier: ISC */
/*
 * undo: takes a change apart, makes the request that reads what it changes, and puts together the one that takes it back.
 *
 * What an argument's kind means for both is in undo_values.c and undo_lists.c.  Sends and prints nothing.
 */
#include "undo/undo_parts.h"

#include <string.h>

#include "lang/line.h"
#include "lang/parse.h"

/* --- what can be taken back --- */

/* Rows that say what is used for what: one column has few values, and each of them is a place. */
static bool is_assignment(const struct arg *arg)
{
	for (const struct field *f = arg->fields; f != NULL && f->name != NULL; f++)
		if (f->values != NULL)
			return arg->type == ARG_ROWS;
	return false;
}

bool undo_possible(const struct request *type)
{
	bool deletes = false;

	if (type == NULL || type->kind != REQUEST_MODIFY || type->reader == NULL ||
	    catalog_find(type->reader, strlen(type->reader)) == NULL)
		return false;
	for (const struct arg *arg = type->args; arg->name != NULL; arg++) {
		switch (arg->type) {
		case ARG_GID:
			if (arg != type->args)
				return false;
			break;
		case ARG_OBJECT:
		case ARG_PAIRS:
		case ARG_ROLES:
		case ARG_PAIR:
			break;
		case ARG_LIST:
		case ARG_ROWS:
			if (arg->flags & ARG_DELETES) {
				/* Other lists hold gids and names of things that cannot be made again as they were. */
				if (arg->type == ARG_LIST && arg->element != ARG_ADDRESS)
					return false;
				deletes = true;
			} else if (!deletes && !is_assignment(arg)) {
				return false;
			}
			break;
		default:
			return false;
		}
	}
	return type->args[0].name != NULL;
}

/* --- the work --- */

static void work_clear(struct undo_work *w)
{
	for (size_t i = 0; i < REQUEST_ARGS; i++)
		buf_clear(&w->parts[i]);
	buf_clear(&w->left);
	buf_clear(&w->right);
}

static int work_begin(struct undo_work *w, const struct request *type, const char *json, size_t len)
{
	struct json_iter it;
	struct json v;
	size_t at;

	*w = (struct undo_work){.type = type};
	if (!undo_possible(type) || json_read(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY)
		return -1;
	w->reader = catalog_find(type->reader, strlen(type->reader));
	w->left.secret = w->right.secret = true;
	for (size_t i = 0; i < REQUEST_ARGS; i++)
		w->parts[i].secret = true;
	it = json_iterate(v);
	if (!json_next(&it, NULL, &v))
		return -1;
	for (size_t i = 0; json_next(&it, NULL, &v); i++) {
		if (i == REQUEST_ARGS || type->args[i].name == NULL)
			return -1;
		if (json_kind(v) != JSON_NULL)
			w->args[i] = v;
	}
	if (type->args[0].type == ARG_GID) {
		w->gid_arg = type->args;
		w->gid = w->args[0];
		if (w->gid.text == NULL || !undo_is_scalar(w->gid))
			return -1;
	}
	return 0;
}

/* --- the request that reads --- */

/* What holds those of an object's members that have no field of their own in the reader's rows, or NULL. */
static const struct field *container_of(const struct arg *list, const struct arg *object)
{
	return catalog_field(list->fields, object->name, strlen(object->name));
}

/* Names of members that a reader shows in its columns: not those that are known to be no column of it. */
static bool ask_members(struct undo_work *w, const struct arg *list, size_t i, struct places *names)
{
	const struct arg *object = &w->type->args[i];
	const struct field *container = container_of(list, object);
	struct json_iter it = json_iterate(w->args[i]);
	struct json key, v;
	bool within = false;

	while (json_next(&it, &key, &v)) {
		bool column = undo_field(w, list->fields, key) != NULL && !(container != NULL && json_is(key, container->name));

		if (column || (container == NULL && undo_field(w, object->fields, key) == NULL)) {
			places_key(names, key);
			places_put(names, PLACE_ADD, key, key, v);
		} else {
			within = within || container != NULL;
		}
	}
	return within;
}

static void ask_pairs(struct json pairs, struct places *names)
{
	struct json_iter it = json_iterate(pairs);
	struct json pair, cells[1];

	while (json_next(&it, NULL, &pair)) {
		if (undo_cells(pair, cells, 1) < 1 || !undo_is_scalar(cells[0]))
			continue;
		places_key(names, cells[0]);
		places_put(names, PLACE_ADD, cells[0], cells[0], cells[0]);
	}
}

static void ask_roles(struct json realms, struct places *names)
{
	struct json_iter it = json_iterate(realms);
	struct json entry, cells[2];

	while (json_next(&it, NULL, &entry))
		if (undo_cells(entry, cells, 2) >= 2)
			ask_pairs(cells[1], names);
}

static void put_list(struct undo_work *w, struct places *names, struct buf *out, const char *first, const char *last)
{
	char open = '[';

	if (places_sort(names, false) < 0)
		w->failed = true;
	if (names->list_count > 0 || last != NULL) {
		if (first != NULL) {
			buf_printf(out, "[\"%s\"", first);
			open = ',';
		}
		for (size_t i = 0; i < names->list_count; i++) {
			buf_putc(out, open);
			undo_put(out, NULL, names->list[i].name);
			open = ',';
		}
		if (last != NULL)
			buf_printf(out, "%c\"%s\"", open, last);
		buf_putc(out, ']');
	}
	places_clear(names);
}

/* The column that says whose row it is. */
static const char *gid_column(const struct undo_work *w, const struct arg *list)
{
	for (const struct field *f = list->fields; w->gid_arg != NULL && f != NULL && f->name != NULL; f++)
		if (f->unit == UNIT_GID && f->gid == w->gid_arg->gid)
			return f->name;
	return NULL;
}

void undo_put_asked(struct undo_work *w, const struct arg *list, struct buf *out)
{
	struct places names = {0};
	const char *container = NULL;
	bool columns = (list->flags & ARG_HEADINGS) != 0;

	for (size_t i = 0; i < REQUEST_ARGS && w->type->args[i].name != NULL; i++) {
		const struct arg *arg = &w->type->args[i];

		if (w->args[i].text == NULL)
			continue;
		if (arg->type == ARG_OBJECT && columns && ask_members(w, list, i, &names))
			container = container_of(list, arg)->name;
		else if (arg->type == ARG_PAIRS)
			ask_pairs(w->args[i], &names);
		else if (arg->type == ARG_ROLES)
			ask_roles(w->args[i], &names);
	}
	put_list(w, &names, out, columns ? gid_column(w, list) : NULL, container);
	w->failed = w->failed || out->failed;
}

/* Gids of another kind than what the change is about: realms in which a group has roles. */
static void put_scopes(struct undo_work *w, const struct arg *list, struct buf *out)
{
	struct places scopes = {0};

	for (size_t i = 0; i < REQUEST_ARGS && w->type->args[i].name != NULL; i++) {
		struct json_iter it = json_iterate(w->args[i]);
		struct json entry, cells[2];

		if (w->type->args[i].type != ARG_ROLES || w->type->args[i].gid != list->gid || w->args[i].text == NULL)
			continue;
		while (json_next(&it, NULL, &entry)) {
			if (undo_cells(entry, cells, 2) < 2 || !undo_is_scalar(cells[0]))
				continue;
			places_key(&scopes, cells[0]);
			places_put(&scopes, PLACE_ADD, cells[0], cells[0], cells[0]);
		}
	}
	put_list(w, &scopes, out, NULL, NULL);
}

/* An argument of the reader; nothing if it needs none.  -1: there is nothing to ask for. */
static int put_reader_argument(struct undo_work *w, const struct arg *arg, struct buf *out)
{
	bool same_kind = w->gid_arg != NULL && arg->gid == w->gid_arg->gid;

	if (arg->type == ARG_GID) {
		if (!same_kind)
			return -1;
		buf_put(out, w->gid.text, w->gid.len);
	} else if (arg->type == ARG_LIST && arg->element == ARG_GID) {
		if (same_kind) {
			buf_putc(out, '[');
			buf_put(out, w->gid.text, w->gid.len);
			buf_putc(out, ']');
		} else {
			put_scopes(w, arg, out);
		}
	} else if (arg->type == ARG_LIST && arg->element == ARG_TEXT) {
		undo_put_asked(w, arg, out);
		return out->len > 0 ? 0 : -1;
	}
	return 0;
}

/* Whether the change is about anything. */
static bool is_change(const struct undo_work *w)
{
	for (size_t i = w->gid_arg != NULL; i < REQUEST_ARGS; i++)
		if (w->args[i].text != NULL && json_count(w->args[i]) > 0)
			return true;
	return false;
}

int undo_reader(struct buf *out, const struct request *type, const char *json, size_t len)
{
	struct undo_work w;
	struct buf text = {0}, value = {0}, fillers = {0};
	int result = work_begin(&w, type, json, len);

	if (result == 0 && !is_change(&w))
		result = -1;
	if (result == 0)
		buf_printf(&text, "[\"%s\"", w.reader->name);
	for (const struct arg *arg = result == 0 ? w.reader->args : NULL; arg != NULL && arg->name != NULL; arg++) {
		buf_reset(&value);
		if (put_reader_argument(&w, arg, &value) < 0) {
			result = -1;
			break;
		}
		if (value.len == 0) {
			buf_printf(&fillers, ",%s", arg->flags & ARG_NULLABLE ? "null" : arguments_filler(arg));
			continue;
		}
		buf_put(&text, buf_head(&fillers), fillers.len);
		buf_truncate(&fillers, 0);
		buf_putc(&text, ',');
		buf_put(&text, buf_head(&value), value.len);
		w.failed = w.failed || value.failed || fillers.failed;
	}
	buf_putc(&text, ']');
	if (w.failed || text.failed)
		result = -1;
	/* Nothing is appended unless there is room for all. */
	if (result == 0 && buf_reserve(out, text.len) != NULL)
		buf_put(out, buf_head(&text), text.len);
	else
		result = -1;
	buf_clear(&text);
	buf_clear(&value);
	buf_clear(&fillers);
	work_clear(&w);
	return result;
}

/* --- the request that takes back --- */

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
	result = work_begin(&w, type, json, len);
	w.u = u;
	w.reply = rows;
	if (result == 0 && !is_change(&w))
		result = -1;
	if (result == 0)
		result = compare(&w);
	if (result == 0)
		compose(&w);
	if (w.failed || w.left.failed || w.right.failed || u->changes.failed || u->json.failed || u->line.failed)
		result = -1;
	if (result < 0)
		undo_clear(u);
	work_clear(&w);
	return result;
}

void undo_clear(struct undo *u)
{
	buf_clear(&u->changes);
	buf_clear(&u->line);
	buf_clear(&u->json);
	u->partial = false;
}
