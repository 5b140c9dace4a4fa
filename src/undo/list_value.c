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
static const cJSON *split_text(struct undo_work *w, const cJSON *text)
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

/* Adds the elements of a list as steps.  False: they are no texts. */
static bool put_members(struct diff *diff, enum diff_kind kind, const cJSON *list)
{
	const cJSON *v;

	cJSON_ArrayForEach (v, list) {
		if (!tree_is_scalar(v))
			return false;
		diff_key_address(diff, v);
		diff_put(diff, kind, NULL, v, v);
	}
	return true;
}

/* Deletes all elements that may be there by now. */
static void delete_all(struct diff *diff, const cJSON *const *lists, size_t count, const cJSON *before)
{
	put_members(diff, DIFF_DELETE, before);
	for (size_t i = 0; i < count; i++)
		put_members(diff, DIFF_DELETE, lists[2 * i + 1]);
}

static bool put_changes(struct diff *diff, const cJSON *const *lists, size_t count, const cJSON *before)
{
	for (size_t i = 0; i < count; i++) {
		if (lists[2 * i] == NULL)
			delete_all(diff, lists, i, before);
		else if (!put_members(diff, DIFF_DELETE, lists[2 * i]) || !put_members(diff, DIFF_ADD, lists[2 * i + 1]))
			return false;
	}
	return true;
}

/* The list as it will be: old elements in their order, then the new ones. */
static void show_after(struct undo_work *w, const struct diff *diff)
{
	struct buf *out = &w->u->changes;
	bool first = true;

	buf_putc(out, '[');
	for (size_t i = 0; i < diff->list_count; i++) {
		const struct diff_entry *p = &diff->list[i];

		if (p->result == DIFF_DELETED)
			continue;
		if (!first)
			buf_putc(out, ',');
		undo_show(w, NULL, p->old_count > 0 ? p->old_value : p->new_value, false);
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

/* Copies the old entries with that result; for DIFF_SET, the new ones. */
static cJSON *copy_with(struct undo_work *w, const struct diff *diff, enum diff_result result)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < diff->list_count; i++) {
		const struct diff_entry *p = &diff->list[i];

		if (p->result == result && (p->old_count > 0) != (result == DIFF_SET))
			undo_add(w, list, tree_copy(result == DIFF_SET ? p->new_value : p->old_value));
	}
	w->failed = w->failed || list == NULL;
	return list;
}

static bool is_changed(const struct diff *diff)
{
	for (size_t i = 0; i < diff->list_count; i++) {
		const struct diff_entry *p = &diff->list[i];

		if ((p->result == DIFF_DELETED && p->old_count > 0) || (p->result == DIFF_SET && p->old_count == 0))
			return true;
	}
	return false;
}

void undo_member_list(struct undo_work *w, const cJSON *name, const cJSON *before, bool readable,
    const cJSON *const *lists, size_t count, cJSON *back[2])
{
	struct diff diff = {0};

	if (readable && tree_is_string(before))
		before = split_text(w, before);
	readable = readable && (cJSON_IsNull(before) || cJSON_IsArray(before)) &&
	    put_members(&diff, DIFF_OLD, before) && put_changes(&diff, lists, count, before);
	if (!readable) {
		show_unread(w, name, lists, count);
	} else if (diff_sort(&diff, true) < 0) {
		w->failed = true;
	} else if (is_changed(&diff)) {
		undo_show_name(w, name);
		buf_puts(&w->u->changes, ": ");
		if (cJSON_IsNull(before))
			buf_puts(&w->u->changes, "[]");
		else
			undo_show(w, NULL, before, false);
		buf_puts(&w->u->changes, " -> ");
		show_after(w, &diff);
		buf_putc(&w->u->changes, '\n');
		back[0] = copy_with(w, &diff, DIFF_SET);
		back[1] = copy_with(w, &diff, DIFF_DELETED);
	}
	diff_clear(&diff);
}
