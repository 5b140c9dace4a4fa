/* SPDX-License-Identifier: ISC */
/*
 * compare: names that get another value: what is shown of it, and how the values before are written as an argument.
 *
 * Does not know where the values before come from.
 */
#include "undo/undo_parts.h"

/* --- writing what takes back --- */

struct back {
	struct undo_work *w;
	const struct arg *arg;
	enum undo_form form;
	struct buf *out;
	struct json scope;	/* FORM_ROLES: whose roles are being written */
};

static void back_begin(struct back *b, const struct place *p)
{
	struct buf *out = b->out;
	bool first = out->len == 0;

	switch (b->form) {
	case FORM_OBJECT:
		buf_putc(out, first ? '{' : ',');
		undo_put(out, NULL, p->name);
		buf_putc(out, ':');
		return;
	case FORM_ROLES:
		if (first || !undo_same(b->w, b->scope, p->scope)) {
			buf_puts(out, first ? "[[" : "]],[");
			undo_put(out, NULL, p->scope);
			buf_puts(out, ",[[");
			b->scope = p->scope;
		} else {
			buf_puts(out, ",[");
		}
		break;
	case FORM_PAIRS:
		buf_puts(out, first ? "[[" : ",[");
		break;
	case FORM_PAIR:
		buf_putc(out, '[');
		break;
	case FORM_ASSIGNMENTS:
		buf_puts(out, first ? "[[" : ",[");
		return;
	}
	undo_put(out, NULL, p->name);
	buf_putc(out, ',');
}

static void back_value(struct back *b, const struct place *p, const struct field *f)
{
	back_begin(b, p);
	undo_put(b->out, f, p->before);
	if (b->form == FORM_ASSIGNMENTS) {
		buf_putc(b->out, ',');
		undo_put(b->out, NULL, p->name);
	}
	if (b->form != FORM_OBJECT)
		buf_putc(b->out, ']');
}

static void back_lists(struct back *b, const struct place *p, const struct buf *lists)
{
	back_begin(b, p);
	if (b->form == FORM_OBJECT)
		buf_putc(b->out, '[');
	buf_put(b->out, buf_head(lists), lists->len);
	buf_putc(b->out, ']');
}

static void back_end(struct back *b)
{
	if (b->out->len == 0)
		return;
	switch (b->form) {
	case FORM_OBJECT:
		buf_putc(b->out, '}');
		break;
	case FORM_ROLES:
		buf_puts(b->out, "]]]");
		break;
	case FORM_PAIRS:
	case FORM_ASSIGNMENTS:
		buf_putc(b->out, ']');
		break;
	case FORM_PAIR:
		break;
	}
}

/* --- comparing --- */

bool undo_is_list(const struct field *f)
{
	return f != NULL && (f->type == ARG_CHANGES || f->type == ARG_MACS);
}

/* The field that says what a place's values are. */
static const struct field *field_of(struct back *b, const struct place *p)
{
	const struct field *f;

	switch (b->form) {
	case FORM_PAIR:
		return &b->arg->fields[1];
	case FORM_ASSIGNMENTS:
		return &b->arg->fields[0];
	default:
		f = undo_field(b->w, b->arg->fields, p->name);
		/* A role that is not known is permitted like the others. */
		if (f == NULL && b->arg->fields != NULL && b->arg->fields->unit == UNIT_PERMISSION)
			f = b->arg->fields;
		return f;
	}
}

static void show_names(struct back *b, const struct place *p)
{
	if (b->form == FORM_ROLES) {
		undo_show_name(b->w, p->scope);
		buf_putc(&b->w->u->changes, ' ');
	}
	undo_show_name(b->w, p->name);
	buf_puts(&b->w->u->changes, ": ");
}

/* The lists that one event of a request holds.  -1: it is none. */
static int lists_of(const struct back *b, struct json v, struct json lists[2])
{
	struct json cells[3];
	size_t n = undo_cells(v, cells, 3), first = b->form == FORM_PAIRS ? 1 : 0;

	lists[0] = lists[1] = (struct json){"[]", 2};
	if (n > first + 2 || n < first || (n == first && b->form == FORM_OBJECT))
		return -1;
	for (size_t i = first; i < n; i++) {
		if (json_kind(cells[i]) != JSON_ARRAY)
			return -1;
		lists[i - first] = cells[i];
	}
	if (n == first)
		lists[0] = lists[1] = (struct json){NULL, 0};
	return 0;
}

/* A place whose value is a list. */
static int compare_lists(struct back *b, const struct place *p)
{
	enum { CHANGES = 8 };	/* more of one property in one request are not shown */
	struct json lists[2 * CHANGES];
	struct buf back = {.secret = b->out->secret};
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->events[i].kind == PLACE_BEFORE)
			continue;
		/* A member that an object has twice: the last one counts. */
		if (b->form == FORM_OBJECT)
			n = 0;
		if (n == CHANGES || lists_of(b, p->events[i].v, &lists[2 * n]) < 0)
			return -1;
		n++;
	}
	undo_member_list(b->w, p->name, p->before, p->befores == 1, lists, n, &back);
	if (back.len > 0)
		back_lists(b, p, &back);
	b->w->failed = b->w->failed || back.failed;
	buf_clear(&back);
	return 0;
}

/* The value that an event puts: with pairs the event is the whole pair. */
static bool value_after(const struct back *b, const struct place *p, struct json *v)
{
	struct json cells[2];

	*v = p->after;
	if (b->form != FORM_PAIRS)
		return true;
	if (undo_cells(p->after, cells, 2) != 2)
		return false;
	*v = cells[1];
	return true;
}

static bool is_read(struct back *b, const struct place *p, bool secret)
{
	return p->befores == 1 && (!secret || undo_secret_readable(b->w, p->before));
}

/* Secrets go together (a secret and its confirmation): whether all that are changed can be put back. */
static bool secrets_read(struct back *b, const struct places *places)
{
	for (size_t i = 0; i < places->list_count; i++) {
		const struct place *p = &places->list[i];

		if (p->touched && undo_secret(b->w, b->arg, p->name) && !is_read(b, p, true))
			return false;
	}
	return true;
}

int undo_compare(struct undo_work *w, size_t i, enum undo_form form, struct places *places)
{
	struct back b = {.w = w, .arg = &w->type->args[i], .form = form, .out = &w->parts[i]};
	bool secrets;
	int result = 0;

	if (places_sort(places, false) < 0) {
		w->failed = true;
		return -1;
	}
	secrets = secrets_read(&b, places);
	for (size_t k = 0; k < places->list_count && result == 0; k++) {
		const struct place *p = &places->list[k];
		const struct field *f = field_of(&b, p);
		bool secret = undo_secret(w, b.arg, p->name), read;
		struct json after;

		if (!p->touched)
			continue;
		if (undo_is_list(f)) {
			result = compare_lists(&b, p);
			continue;
		}
		if (!value_after(&b, p, &after)) {
			result = -1;
			continue;
		}
		read = is_read(&b, p, secret);
		if (read && undo_same(w, p->before, after))
			continue;
		show_names(&b, p);
		if (read)
			undo_show(w, f, p->before, secret);
		else
			buf_puts(&w->u->changes, UNDO_UNREAD);
		buf_puts(&w->u->changes, " -> ");
		undo_show(w, f, after, secret);
		buf_putc(&w->u->changes, '\n');
		if (read && (!secret || secrets))
			back_value(&b, p, f);
		else
			w->u->partial = true;
	}
	back_end(&b);
	return result;
}
