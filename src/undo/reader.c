/* SPDX-License-Identifier: ISC */
/*
 * reader: the request that reads the state which a change will change.
 *
 * It asks for no more than that.  What an argument's kind means for it is here; what it means for taking back is in undo/names and
 * undo/lists.
 */
#include "undo/undo_parts.h"

#include "lang/parse.h"

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

int undo_reader(struct buf *out, const struct request *type, const char *json, size_t len)
{
	struct undo_work w;
	struct buf text = {0}, value = {0}, fillers = {0};
	int result = undo_work_begin(&w, type, json, len);

	if (result == 0 && !undo_is_change(&w))
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
	undo_work_clear(&w);
	return result;
}
