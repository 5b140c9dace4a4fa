/* SPDX-License-Identifier: ISC */
/*
 * compare: names that get another value: how the change is shown, and how the old values are written as an argument.
 *
 * Does not know where the old values come from.
 */
#include "undo/undo_parts.h"

/* --- writing the undoing argument --- */

struct back {
	struct undo_work *w;
	const struct arg *arg;
	enum undo_form form;
	cJSON **out;
};

/* The list of a scope's roles: scopes come in a row. */
static cJSON *roles_of(struct back *b, const struct diff_entry *p)
{
	cJSON *last = *b->out != NULL && (*b->out)->child != NULL ? (*b->out)->child->prev : NULL;

	if (last == NULL || !undo_same(b->w, last->child, p->scope)) {
		last = tree_pair(tree_copy(p->scope), cJSON_CreateArray());
		undo_add_first(b->w, b->out, last);
	}
	return b->w->failed ? NULL : last->child->next;
}

/* Writes the old value of an entry: v, or with a second list both. */
static void put_back(struct back *b, const struct diff_entry *p, cJSON *v, cJSON *more)
{
	cJSON *row;

	if (b->form == FORM_OBJECT) {
		if (*b->out == NULL)
			*b->out = cJSON_CreateObject();
		if (tree_add_member(*b->out, undo_text(b->w, p->name), more != NULL ? tree_pair(v, more) : v) < 0)
			b->w->failed = true;
		return;
	}
	row = b->form == FORM_ASSIGNMENTS ? tree_pair(v, tree_copy(p->name)) : tree_pair(tree_copy(p->name), v);
	if (more != NULL)
		undo_add(b->w, row, more);
	if (b->form == FORM_PAIR && row != NULL)
		*b->out = row;
	else if (b->form == FORM_ROLES)
		undo_add(b->w, roles_of(b, p), row);
	else
		undo_add_first(b->w, b->out, row);
}

/* --- comparing --- */

bool undo_is_list(const struct field *f)
{
	return f != NULL && (f->type == ARG_CHANGES || f->type == ARG_MACS);
}

/* Returns the field of an entry's values. */
static const struct field *field_of(struct back *b, const struct diff_entry *p)
{
	const struct field *f;

	switch (b->form) {
	case FORM_PAIR:
	case FORM_EACH_PAIR:
		return &b->arg->fields[1];
	case FORM_ASSIGNMENTS:
		return &b->arg->fields[0];
	default:
		f = undo_field(b->w, b->arg->fields, p->name);
		/* An unknown role is permitted like the others. */
		if (f == NULL && b->arg->fields != NULL && b->arg->fields->unit == UNIT_PERMISSION)
			f = b->arg->fields;
		return f;
	}
}

static void show_names(struct back *b, const struct diff_entry *p)
{
	if (b->form == FORM_ROLES) {
		undo_show_name(b->w, p->scope);
		buf_putc(&b->w->u->changes, ' ');
	}
	undo_show_name(b->w, p->name);
	buf_puts(&b->w->u->changes, ": ");
}

/* Gets the lists of one step of a request.  -1: not a list. */
static int lists_of(const struct back *b, const cJSON *v, const cJSON *lists[2])
{
	static const cJSON empty = {.type = cJSON_Array};
	const cJSON *cells[3];
	size_t n = undo_cells(v, cells, 3), first = b->form == FORM_PAIRS ? 1 : 0;

	lists[0] = lists[1] = n == first ? NULL : &empty;
	if (n > first + 2 || n < first || (n == first && b->form == FORM_OBJECT))
		return -1;
	for (size_t i = first; i < n; i++) {
		if (!cJSON_IsArray(cells[i]))
			return -1;
		lists[i - first] = cells[i];
	}
	return 0;
}

/* Compares an entry whose value is a list. */
static int compare_lists(struct back *b, const struct diff_entry *p)
{
	enum { CHANGES = 8 };	/* more of one property in one request are not shown */
	const cJSON *lists[2 * CHANGES];
	cJSON *back[2] = {NULL, NULL};
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->steps[i].kind == DIFF_OLD)
			continue;
		/* A member that an object has twice: the last one counts. */
		if (b->form == FORM_OBJECT)
			n = 0;
		if (n == CHANGES || lists_of(b, p->steps[i].v, &lists[2 * n]) < 0)
			return -1;
		n++;
	}
	undo_member_list(b->w, p->name, p->old_value, p->old_count == 1, lists, n, back);
	if (back[0] != NULL)
		put_back(b, p, back[0], back[1]);
	else
		cJSON_Delete(back[1]);
	return 0;
}

/* Returns the value that a step sets: with pairs the step is the whole pair. */
static bool value_after(const struct back *b, const struct diff_entry *p, const cJSON **v)
{
	const cJSON *cells[2];

	*v = p->new_value;
	if (b->form != FORM_PAIRS)
		return true;
	if (undo_cells(p->new_value, cells, 2) != 2)
		return false;
	*v = cells[1];
	return true;
}

static bool is_read(struct back *b, const struct diff_entry *p, bool secret)
{
	return p->old_count == 1 && (!secret || undo_secret_readable(b->w, p->old_value));
}

/* Secrets go together (a secret and its confirmation): checks that all changed ones can be restored. */
static bool secrets_read(struct back *b, const struct diff *diff)
{
	for (size_t i = 0; i < diff->list_count; i++) {
		const struct diff_entry *p = &diff->list[i];

		if (p->touched && undo_secret(b->w, b->arg, p->name) && !is_read(b, p, true))
			return false;
	}
	return true;
}

int undo_compare(struct undo_work *w, size_t i, enum undo_form form, struct diff *diff)
{
	struct back b = {.w = w, .arg = &w->type->args[i], .form = form, .out = &w->parts[i]};
	bool secrets;
	int result = 0;

	if (diff_sort(diff, false) < 0) {
		w->failed = true;
		return -1;
	}
	secrets = secrets_read(&b, diff);
	for (size_t k = 0; k < diff->list_count && result == 0; k++) {
		const struct diff_entry *p = &diff->list[k];
		const struct field *f = field_of(&b, p);
		bool secret = undo_secret(w, b.arg, p->name), read;
		const cJSON *after;

		if (!p->touched || (form == FORM_EACH_PAIR && p->old_count == 0))
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
		if (read && undo_same(w, p->old_value, after))
			continue;
		show_names(&b, p);
		if (read)
			undo_show(w, f, p->old_value, secret);
		else
			buf_puts(&w->u->changes, UNDO_UNREAD);
		buf_puts(&w->u->changes, " -> ");
		undo_show(w, f, after, secret);
		buf_putc(&w->u->changes, '\n');
		if (read && (!secret || secrets))
			put_back(&b, p, undo_copy(f, p->old_value), NULL);
		else
			w->u->partial = true;
	}
	return result;
}
