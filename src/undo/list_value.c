/* SPDX-License-Identifier: ISC */
/*
 * list_value: a value that is a list, of which a change deletes some elements and adds others.
 *
 * Owns the shapes such a list may have in a reply.  Knows neither what the value belongs to nor how that is written.
 */
#include "undo/undo_parts.h"

#include <stdlib.h>
#include <string.h>

/* A list in a text, its elements separated by blanks or commas. */
static const cJSON *split(struct undo_work *w, const cJSON *text)
{
	cJSON *list = cJSON_CreateArray();
	char *copy = strdup(undo_text(w, text)), *rest = copy;
	const char *part;

	while (rest != NULL && (part = strsep(&rest, " ,\n\t")) != NULL)
		if (*part != '\0')
			undo_add(w, list, cJSON_CreateString(part));
	w->failed = w->failed || copy == NULL;
	free(copy);
	return undo_keep(w, list);
}

/* Adds the elements of a list as events.  False: they are no texts. */
static bool put_members(struct places *places, enum place_event kind, const cJSON *list)
{
	const cJSON *v;

	cJSON_ArrayForEach (v, list) {
		if (!tree_is_scalar(v))
			return false;
		places_key_address(places, v);
		places_put(places, kind, NULL, v, v);
	}
	return true;
}

/* Deletes all elements that may be there by now. */
static void delete_all(struct places *places, const cJSON *const *lists, size_t count, const cJSON *before)
{
	put_members(places, PLACE_DELETE, before);
	for (size_t i = 0; i < count; i++)
		put_members(places, PLACE_DELETE, lists[2 * i + 1]);
}

static bool put_changes(struct places *places, const cJSON *const *lists, size_t count, const cJSON *before)
{
	for (size_t i = 0; i < count; i++) {
		if (lists[2 * i] == NULL)
			delete_all(places, lists, i, before);
		else if (!put_members(places, PLACE_DELETE, lists[2 * i]) || !put_members(places, PLACE_ADD, lists[2 * i + 1]))
			return false;
	}
	return true;
}

/* The list as it will be: old elements in their order, then the new ones. */
static void show_after(struct undo_work *w, const struct places *places)
{
	struct buf *out = &w->u->changes;
	bool first = true;

	buf_putc(out, '[');
	for (size_t i = 0; i < places->list_count; i++) {
		const struct place *p = &places->list[i];

		if (p->fate == PLACE_GONE)
			continue;
		if (!first)
			buf_putc(out, ',');
		undo_show(w, NULL, p->befores > 0 ? p->before : p->after, false);
		first = false;
	}
	buf_putc(out, ']');
}

/* Without the old state only the request's effect can be shown. */
static void show_unread(struct undo_work *w, const cJSON *name, const cJSON *const *lists, size_t count)
{
	undo_show_name(w, name);
	buf_puts(&w->u->changes, ": " UNDO_UNREAD " ->");
	for (size_t i = 0; i < count; i++) {
		if (lists[2 * i] == NULL) {
			buf_puts(&w->u->changes, " []");
			continue;
		}
		buf_puts(&w->u->changes, " without ");
		undo_show(w, NULL, lists[2 * i], false);
		buf_puts(&w->u->changes, ", with ");
		undo_show(w, NULL, lists[2 * i + 1], false);
	}
	buf_putc(&w->u->changes, '\n');
	w->u->partial = true;
}

/* What was there before and has that fate; or, of what is put, what was not. */
static cJSON *copy_with(struct undo_work *w, const struct places *places, enum place_fate fate)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < places->list_count; i++) {
		const struct place *p = &places->list[i];

		if (p->fate == fate && (p->befores > 0) != (fate == PLACE_PUT))
			undo_add(w, list, tree_copy(fate == PLACE_PUT ? p->after : p->before));
	}
	w->failed = w->failed || list == NULL;
	return list;
}

static bool is_changed(const struct places *places)
{
	for (size_t i = 0; i < places->list_count; i++) {
		const struct place *p = &places->list[i];

		if ((p->fate == PLACE_GONE && p->befores > 0) || (p->fate == PLACE_PUT && p->befores == 0))
			return true;
	}
	return false;
}

void undo_member_list(struct undo_work *w, const cJSON *name, const cJSON *before, bool readable,
    const cJSON *const *lists, size_t count, cJSON *back[2])
{
	struct places places = {0};

	if (readable && tree_is_string(before))
		before = split(w, before);
	readable = readable && (cJSON_IsNull(before) || cJSON_IsArray(before)) &&
	    put_members(&places, PLACE_BEFORE, before) && put_changes(&places, lists, count, before);
	if (!readable) {
		show_unread(w, name, lists, count);
	} else if (places_sort(&places, true) < 0) {
		w->failed = true;
	} else if (is_changed(&places)) {
		undo_show_name(w, name);
		buf_puts(&w->u->changes, ": ");
		if (cJSON_IsNull(before))
			buf_puts(&w->u->changes, "[]");
		else
			undo_show(w, NULL, before, false);
		buf_puts(&w->u->changes, " -> ");
		show_after(w, &places);
		buf_putc(&w->u->changes, '\n');
		back[0] = copy_with(w, &places, PLACE_PUT);
		back[1] = copy_with(w, &places, PLACE_GONE);
	}
	places_clear(&places);
}
