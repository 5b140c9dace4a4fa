/* SPDX-License-Identifier: ISC */
/*
 * reader: the request that reads the state which a change will change.
 *
 * It asks for no more than that.  This file knows what an argument's kind means for reading; undo/names and undo/lists know what it
 * means for undoing.
 */
#include "undo/undo_parts.h"

#include "lang/parse.h"

/* Returns the field with those of an object's members that have no field of their own in the reader's rows, or NULL. */
static const struct field *container_of(const struct arg *list, const struct arg *object)
{
	return catalog_field(list->fields, object->name, strlen(object->name));
}

static void ask(struct diff *names, const cJSON *name)
{
	diff_key(names, name);
	diff_put(names, DIFF_ADD, name, name, name);
}

/* Names of members that a reader shows in its columns: not those known to be none of its columns. */
static bool ask_members(struct undo_work *w, const struct arg *list, size_t i, struct diff *names)
{
	const struct arg *object = &w->type->args[i];
	const struct field *container = container_of(list, object);
	const cJSON *v, *name;
	bool within = false;

	if (!cJSON_IsObject(w->args[i]))
		return false;
	cJSON_ArrayForEach (v, w->args[i]) {
		bool column;

		name = undo_name_of(w, v);
		column = undo_field(w, list->fields, name) != NULL && !(container != NULL && tree_is(name, container->name));
		if (column || (container == NULL && undo_field(w, object->fields, name) == NULL))
			ask(names, name);
		else
			within = within || container != NULL;
	}
	return within;
}

static void ask_pairs(const cJSON *pairs, struct diff *names)
{
	const cJSON *pair;

	cJSON_ArrayForEach (pair, pairs)
		if (cJSON_IsArray(pair) && tree_is_scalar(pair->child))
			ask(names, pair->child);
}

static void ask_roles(const cJSON *realms, struct diff *names)
{
	const cJSON *entry, *cells[2];

	cJSON_ArrayForEach (entry, realms)
		if (undo_cells(entry, cells, 2) >= 2)
			ask_pairs(cells[1], names);
}

/* An array of them, between two of the catalogue's; NULL: there are none. */
static cJSON *list_of(struct undo_work *w, struct diff *names, const char *first, const char *last)
{
	cJSON *list = NULL;

	if (diff_sort(names, false) < 0)
		w->failed = true;
	if (names->list_count > 0 || last != NULL) {
		if (first != NULL)
			undo_add_first(w, &list, cJSON_CreateString(first));
		for (size_t i = 0; i < names->list_count; i++)
			undo_add_first(w, &list, tree_copy(names->list[i].name));
		if (last != NULL)
			undo_add_first(w, &list, cJSON_CreateString(last));
	}
	diff_clear(names);
	return list;
}

/* Returns the column with the owner of a row. */
static const char *gid_column(const struct undo_work *w, const struct arg *list)
{
	for (const struct field *f = list->fields; w->gid_arg != NULL && f != NULL && f->name != NULL; f++)
		if (f->unit == UNIT_GID && f->gid == w->gid_arg->gid)
			return f->name;
	return NULL;
}

cJSON *undo_asked(struct undo_work *w, const struct arg *list)
{
	struct diff names = {0};
	const char *container = NULL;
	bool columns = (list->flags & ARG_HEADINGS) != 0;

	for (size_t i = 0; i < REQUEST_ARGS && w->type->args[i].name != NULL; i++) {
		const struct arg *arg = &w->type->args[i];

		if (w->args[i] == NULL)
			continue;
		if (arg->type == ARG_OBJECT && columns && ask_members(w, list, i, &names))
			container = container_of(list, arg)->name;
		else if (arg->type == ARG_PAIRS)
			ask_pairs(w->args[i], &names);
		else if (arg->type == ARG_ROLES)
			ask_roles(w->args[i], &names);
	}
	return list_of(w, &names, columns ? gid_column(w, list) : NULL, container);
}

/* Gids of another kind than what the change is about: realms in which a group has roles. */
static cJSON *scopes(struct undo_work *w, const struct arg *list)
{
	struct diff found = {0};
	const cJSON *entry, *cells[2];

	for (size_t i = 0; i < REQUEST_ARGS && w->type->args[i].name != NULL; i++) {
		if (w->type->args[i].type != ARG_ROLES || w->type->args[i].gid != list->gid)
			continue;
		cJSON_ArrayForEach (entry, w->args[i])
			if (undo_cells(entry, cells, 2) >= 2 && tree_is_scalar(cells[0]))
				ask(&found, cells[0]);
	}
	return list_of(w, &found, NULL, NULL);
}

/* Sets *v to an argument of the reader; NULL if it needs none.  -1: nothing to read. */
static int argument(struct undo_work *w, const struct arg *arg, cJSON **v)
{
	bool same_kind = w->gid_arg != NULL && arg->gid == w->gid_arg->gid;

	*v = NULL;
	if (arg->type == ARG_GID) {
		*v = same_kind ? tree_copy(w->gid) : NULL;
		return same_kind ? 0 : -1;
	}
	if (arg->type == ARG_LIST && arg->element == ARG_GID && same_kind) {
		undo_add_first(w, v, tree_copy(w->gid));
	} else if (arg->type == ARG_LIST && arg->element == ARG_GID) {
		*v = scopes(w, arg);
	} else if (arg->type == ARG_LIST && arg->element == ARG_TEXT) {
		*v = undo_asked(w, arg);
		return *v != NULL ? 0 : -1;
	}
	return 0;
}

int undo_reader(struct buf *out, const struct request *type, const char *json, size_t len)
{
	struct undo_work w;
	struct buf text = {0};
	cJSON *request = NULL, *v;
	int result = undo_work_begin(&w, type, json, len);

	if (result == 0 && (!undo_possible(type) || !(undo_is_change(&w) || undo_is_for_all(&w))))
		result = -1;
	if (result == 0)
		undo_add_first(&w, &request, cJSON_CreateString(w.reader->name));
	for (size_t i = 0, put = 0; result == 0 && i < REQUEST_ARGS && w.reader->args[i].name != NULL; i++) {
		result = argument(&w, &w.reader->args[i], &v);
		/* What is left out between two is filled. */
		for (; v != NULL && put < i; put++) {
			const struct arg *arg = &w.reader->args[put];

			undo_add(&w, request, cJSON_CreateRaw(arg->flags & ARG_NULLABLE ? "null" : arguments_filler(arg)));
		}
		if (v != NULL) {
			undo_add(&w, request, v);
			put++;
		}
	}
	if (result == 0)
		tree_print(request, &text);
	if (w.failed || text.failed)
		result = -1;
	/* Nothing is appended unless there is room for all. */
	if (result == 0 && buf_reserve(out, text.len) != NULL)
		buf_put(out, buf_head(&text), text.len);
	else
		result = -1;
	cJSON_Delete(request);
	buf_clear(&text);
	undo_work_clear(&w);
	return result;
}
