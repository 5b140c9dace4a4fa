/* SPDX-License-Identifier: ISC */
/*
 * lists: changes that delete some entries of a list and add others: addresses and rows.
 *
 * Undoing must not destroy more than was done: an entry that was there before is never deleted for having been added
 * again, and an entry that was overwritten comes back as it was.
 */
#include "undo/undo_parts.h"

#include <stdint.h>

enum { SUBNET = 2 };	/* the first cells, which identify an entry: address and bits */
enum { CELLS = 16 };	/* an entry with more is unknown */

/* An argument of lists while it is compared. */
struct lists {
	struct undo_work *w;
	const struct arg *del, *add;
	size_t fields, required;	/* of an entry to add; 0: entries are addresses */
	size_t secret;			/* the first cell that must not be shown; SIZE_MAX: none */
	cJSON **delete_back, **add_back;
	bool has_flags;			/* of an address: a cell says how it came to be there */
	size_t flags_at;
};

/* --- addresses --- */

enum { BY_HAND = 2 };	/* ptsh-protocol(7), realm_seed_list: an added entry has this flag */

enum presence { ABSENT, PRESENT, FOUND, ADDED };

static const char *const presence_names[] = {UNDO_ABSENT, "present", "found", "by hand"};

static enum presence presence_before(const struct lists *l, const struct diff_entry *p)
{
	const cJSON *cells[CELLS];
	uint64_t flags;

	if (p->old_count == 0)
		return ABSENT;
	if (!l->has_flags || undo_cells(p->old_value, cells, CELLS) <= l->flags_at ||
	    !undo_whole(l->w, cells[l->flags_at], &flags))
		return PRESENT;
	return flags & BY_HAND ? ADDED : FOUND;
}

static void compare_address(struct lists *l, const struct diff_entry *p)
{
	enum presence before = presence_before(l, p), after;
	const cJSON *cells[1];

	after = p->result == DIFF_DELETED ? ABSENT : !l->has_flags || before == PRESENT ? PRESENT : ADDED;
	if (p->result == DIFF_KEPT || before == after)
		return;
	undo_show_name(l->w, p->name);
	buf_printf(&l->w->u->changes, ": %s -> %s\n", presence_names[before], presence_names[after]);
	if (before == ABSENT) {
		undo_add_first(l->w, l->delete_back, tree_copy(p->new_value));
	} else if (after == ABSENT && undo_cells(p->old_value, cells, 1) > 0) {
		undo_add_first(l->w, l->add_back, tree_copy(cells[0]));
	}
	/* It comes back, but marked as added by hand. */
	if (before == FOUND)
		l->w->u->partial = true;
}

/* --- rows --- */

/* Flags as one number or in several (ptsh-protocol(7)). */
static bool flags_of(struct undo_work *w, const cJSON *row, const struct field *fields, size_t n, uint64_t *flags)
{
	const cJSON *cells[CELLS];
	uint64_t value;

	*flags = 0;
	undo_cells(row, cells, CELLS);
	for (size_t i = 0; i < n && fields[i].name != NULL; i++) {
		if (fields[i].unit != UNIT_SUBNET_FLAGS)
			continue;
		if (!undo_whole(w, cells[i], &value))
			return false;
		*flags |= value;
	}
	return true;
}

/* True if two entries of the same key are equal. */
static bool same_entry(struct lists *l, const cJSON *a, const cJSON *b)
{
	const cJSON *one[CELLS], *other[CELLS];
	size_t n = undo_cells(a, one, CELLS), m = undo_cells(b, other, CELLS);
	const struct field *f = l->add->fields;
	uint64_t flags, other_flags;
	bool split = flags_of(l->w, a, f, n < CELLS ? n : CELLS, &flags) && flags_of(l->w, b, f, m < CELLS ? m : CELLS, &other_flags) &&
	    flags == other_flags;

	if (n > CELLS || m > CELLS)
		return false;
	for (size_t i = SUBNET; i < n || i < m; i++) {
		if (split && i < l->fields && f[i].unit == UNIT_SUBNET_FLAGS)
			continue;
		if (i >= n || i >= m || !undo_same(l->w, one[i], other[i]))
			return false;
	}
	return true;
}

/* True if an entry can be added as it was read. */
static bool is_whole(struct lists *l, const cJSON *row)
{
	const cJSON *cells[CELLS];
	size_t n = undo_cells(row, cells, CELLS);

	if (n < l->required || n > l->fields || n > CELLS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (l->add->fields[i].secret ? !undo_secret_readable(l->w, cells[i]) : !tree_is_scalar(cells[i]))
			return false;
	return true;
}

static void show_key(struct lists *l, const struct diff_entry *p)
{
	const cJSON *cells[SUBNET];

	undo_cells(p->name, cells, SUBNET);
	undo_show_name(l->w, cells[0]);
	buf_putc(&l->w->u->changes, '/');
	undo_show_name(l->w, cells[1]);
	buf_puts(&l->w->u->changes, ": ");
}

/* Writes the cells after an entry's key: "limit 1200, flags 3". */
static void show_entry(struct lists *l, const cJSON *row)
{
	struct buf *out = &l->w->u->changes;
	const cJSON *cells[CELLS];
	size_t n = undo_cells(row, cells, CELLS);
	const struct field *f = l->add->fields;

	if (n == SUBNET)
		buf_puts(out, "present");
	for (size_t i = SUBNET; i < n && i < CELLS; i++) {
		bool surplus = i >= l->fields;
		/* From the first secret on only numbers are harmless. */
		bool secret = i >= l->secret && (surplus || f[i].secret || !tree_is_number(cells[i]));

		if (i > SUBNET)
			buf_puts(out, ", ");
		if (!surplus)
			buf_printf(out, "%s ", f[i].name);
		undo_show(l->w, surplus ? NULL : &f[i], cells[i], secret);
	}
}

/* Writes what deletes an entry: as many of its cells as such an argument has. */
static void put_delete(struct lists *l, const cJSON *row)
{
	const struct field *f = l->del->fields;
	cJSON *entry = cJSON_CreateArray();
	const cJSON *cell = row->child;

	for (size_t i = 0; cell != NULL && i < CELLS && f[i].name != NULL; i++, cell = cell->next)
		undo_add(l->w, entry, tree_copy(cell));
	undo_add_first(l->w, l->delete_back, entry);
}

/* True if entries are deleted by their key alone. */
static bool by_key(const struct lists *l)
{
	size_t n = 0;

	while (l->del->fields[n].name != NULL)
		n++;
	return n <= SUBNET;
}

/* True if a step adds an entry beside the one that is added last. */
static bool is_beside(struct lists *l, const struct diff_entry *p, const struct diff_step *e)
{
	return e->kind == DIFF_ADD && !by_key(l) && !same_entry(l, e->v, p->new_value);
}

static void show_before(struct lists *l, const struct diff_entry *p)
{
	bool first = true;

	if (p->old_count == 0)
		buf_puts(&l->w->u->changes, UNDO_ABSENT);
	for (size_t i = 0; i < p->count; i++) {
		if (p->steps[i].kind != DIFF_OLD)
			continue;
		if (!first)
			buf_puts(&l->w->u->changes, "; ");
		show_entry(l, p->steps[i].v);
		first = false;
	}
}

static void show_after(struct lists *l, const struct diff_entry *p)
{
	if (p->result != DIFF_SET) {
		buf_puts(&l->w->u->changes, UNDO_ABSENT);
		return;
	}
	for (size_t i = 0; i < p->count; i++) {
		if (is_beside(l, p, &p->steps[i])) {
			show_entry(l, p->steps[i].v);
			buf_puts(&l->w->u->changes, "; ");
		}
	}
	show_entry(l, p->new_value);
}

/* True if everything that is added is there already. */
static bool is_unchanged(struct lists *l, const struct diff_entry *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (is_beside(l, p, &p->steps[i]))
			return false;
	return p->old_count == 1 && same_entry(l, p->old_value, p->new_value);
}

/* True if an old entry may still be there: unknown if an entry is deleted that is not named exactly. */
static bool may_remain(struct lists *l, const struct diff_entry *p)
{
	if (by_key(l))
		return false;
	for (size_t i = 0; i < p->count; i++)
		if (p->steps[i].kind == DIFF_DELETE && same_entry(l, p->steps[i].v, p->old_value))
			return p->old_count > 1;
	return true;
}

static void compare_entry(struct lists *l, const struct diff_entry *p)
{
	bool whole = true;

	if (p->result == DIFF_DELETED && p->old_count == 0)
		return;
	if (p->result == DIFF_SET && is_unchanged(l, p))
		return;
	show_key(l, p);
	show_before(l, p);
	buf_puts(&l->w->u->changes, " -> ");
	show_after(l, p);
	buf_putc(&l->w->u->changes, '\n');
	for (size_t i = 0; i < p->count; i++)
		if (p->steps[i].kind == DIFF_OLD)
			whole = whole && is_whole(l, p->steps[i].v);
	if (!whole) {
		l->w->u->partial = true;
		return;
	}
	if (p->result == DIFF_SET)
		put_delete(l, p->new_value);
	for (size_t i = 0; i < p->count; i++) {
		/* Where several entries can have one key, each added one is there. */
		if (is_beside(l, p, &p->steps[i]))
			put_delete(l, p->steps[i].v);
		if (p->steps[i].kind != DIFF_OLD)
			continue;
		if (may_remain(l, p))
			put_delete(l, p->steps[i].v);
		undo_add_first(l->w, l->add_back, tree_copy(p->steps[i].v));
	}
}

/* --- both --- */

/* Sets the key of an entry.  -1: not an entry. */
static int put_key(const struct lists *l, struct diff *diff, const cJSON *entry, const cJSON **name)
{
	const cJSON *cells[SUBNET];

	*name = entry;
	if (l->fields == 0) {
		if (cJSON_IsArray(entry) && undo_cells(entry, cells, 1) > 0)
			*name = cells[0];
		if (!tree_is_scalar(*name))
			return -1;
		diff_key_address(diff, *name);
		return 0;
	}
	if (undo_cells(entry, cells, SUBNET) < SUBNET || !tree_is_scalar(cells[0]) || !tree_is_scalar(cells[1]))
		return -1;
	diff_key_address(diff, cells[0]);
	diff_key_number(diff, cells[1]);
	return 0;
}

static int read_request(const struct lists *l, const cJSON *list, enum diff_kind kind, struct diff *diff)
{
	const cJSON *v, *name;

	if (list == NULL)
		return 0;
	if (!cJSON_IsArray(list))
		return -1;
	cJSON_ArrayForEach (v, list) {
		if ((l->fields == 0) != tree_is_scalar(v) || put_key(l, diff, v, &name) < 0)
			return -1;
		diff_put(diff, kind, NULL, name, v);
	}
	return 0;
}

static int read_reply(const struct lists *l, struct diff *diff)
{
	const cJSON *rows = undo_rows(l->w), *row, *name;

	cJSON_ArrayForEach (row, rows) {
		if (put_key(l, diff, row, &name) < 0)
			return -1;
		diff_put(diff, DIFF_OLD, NULL, name, row);
	}
	return rows == NULL ? -1 : 0;
}

static void know_fields(struct lists *l)
{
	const struct field *f = l->w->reader->reply;

	l->secret = SIZE_MAX;
	if (l->add->type == ARG_ROWS) {
		for (f = l->add->fields; f->name != NULL; f++, l->fields++) {
			if (f->secret && l->secret == SIZE_MAX)
				l->secret = l->fields;
			if (!f->optional)
				l->required = l->fields + 1;
		}
		return;
	}
	for (size_t i = 0; f != NULL && f->name != NULL; f++, i++) {
		if (f->unit == UNIT_SEED_FLAGS && i < CELLS) {
			l->has_flags = true;
			l->flags_at = i;
		}
	}
}

int undo_lists(struct undo_work *w, size_t del, size_t add)
{
	struct lists l = {.w = w, .del = &w->type->args[del], .add = &w->type->args[add], .delete_back = &w->parts[del],
	    .add_back = &w->parts[add]};
	struct diff diff = {0};
	int result;

	know_fields(&l);
	result = read_request(&l, w->args[del], DIFF_DELETE, &diff);
	if (result == 0)
		result = read_request(&l, w->args[add], DIFF_ADD, &diff);
	if (result == 0)
		result = read_reply(&l, &diff);
	if (result == 0 && diff_sort(&diff, l.fields == 0) < 0) {
		w->failed = true;
		result = -1;
	}
	for (size_t i = 0; result == 0 && i < diff.list_count; i++) {
		if (!diff.list[i].touched)
			continue;
		if (l.fields == 0)
			compare_address(&l, &diff.list[i]);
		else
			compare_entry(&l, &diff.list[i]);
	}
	diff_clear(&diff);
	return result;
}
