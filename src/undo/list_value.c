/* SPDX-License-Identifier: ISC */
/*
 * list_value: a value that is a list, of which a change deletes some elements and adds others.
 *
 * Owns what such a list may look like when it is read.  Knows neither what the value belongs to nor how that is written.
 */
#include "undo/undo_parts.h"

static const struct json nothing = {"null", 4};

/* A list in a text, its elements separated by blanks or commas, as JSON. */
static void put_text_list(struct undo_work *w, struct json text, struct buf *out)
{
	const char *s;
	size_t len;

	buf_reset(&w->left);
	json_decode(text, &w->left);
	s = buf_head(&w->left);
	len = w->left.len;
	buf_putc(out, '[');
	for (size_t i = 0; i < len; ) {
		size_t start;

		while (i < len && (s[i] == ' ' || s[i] == ',' || s[i] == '\n' || s[i] == '\t'))
			i++;
		for (start = i; i < len && s[i] != ' ' && s[i] != ',' && s[i] != '\n' && s[i] != '\t'; )
			i++;
		if (i == start)
			continue;
		if (out->len > 1)
			buf_putc(out, ',');
		json_put_string(out, s + start, i - start);
	}
	buf_putc(out, ']');
	w->failed = w->failed || w->left.failed || out->failed;
}

/* The elements of a list become events.  False: they are no texts. */
static bool put_members(struct places *places, enum place_event kind, struct json list)
{
	struct json_iter it = json_iterate(list);
	struct json v;

	while (json_next(&it, NULL, &v)) {
		if (!undo_is_scalar(v))
			return false;
		places_key_address(places, v);
		places_put(places, kind, nothing, v, v);
	}
	return true;
}

/* All that may be there by now is deleted. */
static void delete_all(struct places *places, const struct json *lists, size_t count, struct json before)
{
	put_members(places, PLACE_DELETE, before);
	for (size_t i = 0; i < count; i++)
		if (lists[2 * i].text != NULL)
			put_members(places, PLACE_DELETE, lists[2 * i + 1]);
}

static bool put_changes(struct places *places, const struct json *lists, size_t count, struct json before)
{
	for (size_t i = 0; i < count; i++) {
		if (lists[2 * i].text == NULL)
			delete_all(places, lists, i, before);
		else if (!put_members(places, PLACE_DELETE, lists[2 * i]) || !put_members(places, PLACE_ADD, lists[2 * i + 1]))
			return false;
	}
	return true;
}

/* The list as it will be: what stays in its order, then what is new. */
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

/* Without the old state only what is done can be shown. */
static void show_unread(struct undo_work *w, struct json name, const struct json *lists, size_t count)
{
	undo_show_name(w, name);
	buf_puts(&w->u->changes, ": " UNDO_UNREAD " ->");
	for (size_t i = 0; i < count; i++) {
		if (lists[2 * i].text == NULL) {
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

static void put_back(const struct places *places, enum place_fate fate, struct buf *out)
{
	bool first = true;

	buf_putc(out, '[');
	for (size_t i = 0; i < places->list_count; i++) {
		const struct place *p = &places->list[i];

		if (p->fate != fate || (p->befores > 0) == (fate == PLACE_PUT))
			continue;
		if (!first)
			buf_putc(out, ',');
		undo_put(out, NULL, fate == PLACE_PUT ? p->after : p->before);
		first = false;
	}
	buf_putc(out, ']');
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

void undo_member_list(struct undo_work *w, struct json name, struct json before, bool readable,
    const struct json *lists, size_t count, struct buf *back)
{
	struct places places = {0};
	struct buf text = {0};

	if (readable && json_kind(before) == JSON_STRING) {
		put_text_list(w, before, &text);
		before = (struct json){buf_head(&text), text.len};
	}
	readable = readable && (json_kind(before) == JSON_NULL || json_kind(before) == JSON_ARRAY) &&
	    put_members(&places, PLACE_BEFORE, before) && put_changes(&places, lists, count, before);
	if (!readable) {
		show_unread(w, name, lists, count);
	} else if (places_sort(&places, true) < 0) {
		w->failed = true;
	} else if (is_changed(&places)) {
		undo_show_name(w, name);
		buf_puts(&w->u->changes, ": ");
		if (json_kind(before) == JSON_NULL)
			buf_puts(&w->u->changes, "[]");
		else
			undo_show(w, NULL, before, false);
		buf_puts(&w->u->changes, " -> ");
		show_after(w, &places);
		buf_putc(&w->u->changes, '\n');
		put_back(&places, PLACE_PUT, back);
		buf_putc(back, ',');
		put_back(&places, PLACE_GONE, back);
	}
	places_clear(&places);
	buf_clear(&text);
}
