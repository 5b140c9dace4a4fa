/* SPDX-License-Identifier: ISC */
/*
 * rows: what the rows of a reply are.
 *
 * Owns the rule that distinguishes the shapes of rows.  Does not know formats or what cells mean.
 *
 * The rule.  Bare values, roles and objects of the catalogue are read as such.  Else the first value decides:
 *   - it is no array: an only object is rows of name and value; if an array follows, each value is a row; else all
 *     values are the cells of one row;
 *   - it is an array with an element that is none: it is a row, and so is every value that is an array;
 *   - it holds arrays only: it is a list of rows, unless it has as many elements as one row should have cells, its
 *     elements have not, and either one column was asked for or more values follow: then it is a row whose cells are
 *     lists.  Where one column was asked for whose cells are known to be lists, a list of one list of single values
 *     is a row with one cell.
 * Values after the documented ones of a known request are surplus and skipped: after a list of rows,
 * after an object, after as many bare values as there are columns, and values among rows that are no array.
 */
#include "proto/rows.h"

#include <string.h>

enum {
	ROLE_DEPTH = 6,		/* deeper nesting than group_settings has is shown as it is */
	LOOK_AT = 100,		/* elements of the first value that are examined */
};

static bool is_list(struct json v)
{
	return v.len > 0 && v.text[0] == '[';
}

static const struct json null_cell = { "null", 4 };

struct rows_hint rows_hint(const struct request *type, char *const *headings, size_t heading_count, size_t known)
{
	struct rows_hint h = { .shape = type == NULL ? REPLY_UNKNOWN : type->shape, .columns = known };
	const struct field *column;

	h.asked = headings != NULL && heading_count > 0;
	column = !h.asked || heading_count != 1 || type == NULL ? NULL : catalog_field(type->reply, headings[0], strlen(headings[0]));
	h.list_column = column != NULL && column->list;
	return h;
}

/* Returns the first value, without looking for its end: up to the end of all.  Empty if only white space and commas are left. */
static struct json beginning(struct json_iter values)
{
	while (values.next < values.end && (*values.next == ',' || json_is_space(*values.next)))
		values.next++;
	return (struct json){ values.next, (size_t)(values.end - values.next) };
}

bool rows_any(struct json_iter values)
{
	return beginning(values).len > 0;
}

size_t rows_head(const char *line, size_t len)
{
	struct json_iter it = { line + 1, line + len, false };
	struct json id, status;

	if (len == 0 || line[0] != '[' || !json_next(&it, NULL, &id) || !json_next(&it, NULL, &status))
		return 0;
	while (it.next < it.end && *it.next != ',')
		it.next++;
	return it.next < it.end ? (size_t)(it.next - line) + 1 : 0;
}

/* True if another row follows: among rows everything that is no list is surplus. */
static bool list_follows(struct json_iter values)
{
	return is_list(beginning(values));
}

/* Walks over the elements of an array whose end is not known: json_next() ends at its closing bracket. */
static struct json_iter elements_of(struct json array)
{
	return (struct json_iter){ array.text + 1, array.text + array.len, false };
}

/* True if the first value, which has only arrays as far as it was examined, is a row and not a list of rows. */
static bool lists_are_cells(const struct rows_hint *hint, struct json_iter values, bool cut)
{
	struct json_iter it = elements_of(beginning(values)), inner;
	struct json first, v;
	size_t count, cells;
	bool more;

	if (hint->columns == 0 || !json_next(&it, NULL, &first))
		return false;
	cells = json_count(first);
	for (count = 1; count <= hint->columns && json_next(&it, NULL, &v); count++)
		continue;
	if (count != hint->columns)
		return false;
	more = json_next(&values, NULL, &v) && !(cut && values.next == values.end) && list_follows(values);
	if (hint->list_column) {
		inner = json_iterate(first);
		return !json_next(&inner, NULL, &v) || !is_list(v) || more;
	}
	return cells != hint->columns && (more || (hint->asked && hint->columns == 1));
}

static enum rows_mode decide_array(const struct rows_hint *hint, struct json_iter values, bool cut)
{
	struct json_iter it = elements_of(beginning(values));
	struct json v;
	enum rows_mode row = ROWS_VALUES;
	size_t seen;

	/* A row that is longer than what has arrived is taken cell by cell. */
	if (cut) {
		struct json_iter rest = values;

		if (json_next(&rest, NULL, &v) && rest.next == rest.end)
			row = ROWS_CELLS;
	}
	for (seen = 0; seen < LOOK_AT && json_next(&it, NULL, &v); seen++) {
		if (!is_list(v))
			return row;
	}
	if (seen == 0) {	/* [] alone: no rows; among others that are not known: a row without cells */
		json_next(&values, NULL, &v);
		return hint->shape == REPLY_UNKNOWN && rows_any(values) ? ROWS_VALUES : ROWS_ELEMENTS;
	}
	return lists_are_cells(hint, values, cut) ? row : ROWS_ELEMENTS;
}

enum rows_mode rows_decide(const struct rows_hint *hint, struct json_iter values, bool cut)
{
	struct json first = beginning(values), v;
	struct json_iter rest = values;
	bool more;

	if (first.len == 0 || hint->shape == REPLY_NONE)
		return ROWS_NONE;
	if (hint->shape == REPLY_ROLES)
		return ROWS_ROLES;
	if (is_list(first))
		return decide_array(hint, values, cut);
	if (hint->shape == REPLY_VALUES)
		return ROWS_BARE;
	if (hint->shape == REPLY_OBJECT && first.text[0] == '{')
		return ROWS_MEMBERS;
	json_next(&rest, NULL, &v);
	for (more = false; json_next(&rest, NULL, &v); more = true) {
		if (is_list(v))
			return ROWS_VALUES;
	}
	if (first.text[0] == '{')
		return more ? ROWS_VALUES : ROWS_MEMBERS;
	return ROWS_BARE;
}

size_t rows_first(enum rows_mode mode, struct json_iter values, bool cut)
{
	struct json first = beginning(values);
	struct json_iter it = values;

	if (!is_list(first) || (mode != ROWS_ELEMENTS && mode != ROWS_VALUES))
		return 0;
	if (mode == ROWS_ELEMENTS)
		it = elements_of(first);
	if (!json_next(&it, NULL, &first) || !is_list(first) || (cut && it.next == it.end))
		return 0;
	return json_count(first);
}

void rows_init(struct rows *r, const struct rows_hint *hint, enum rows_mode mode, const struct rows_ops *ops, void *ctx)
{
	*r = (struct rows){ .mode = mode, .hint = *hint, .ops = ops, .ctx = ctx };
}

bool rows_pass_over(struct rows *r, bool list)
{
	size_t index = r->values++;

	if (index == 0)
		r->lists = list;
	if (r->hint.shape == REPLY_UNKNOWN)
		return false;
	switch (r->mode) {
	case ROWS_NONE:
		return true;
	case ROWS_BARE:
		return r->hint.shape == REPLY_VALUES && r->hint.columns > 0 && index >= r->hint.columns;
	case ROWS_MEMBERS:
	case ROWS_ELEMENTS:
		return index > 0;
	case ROWS_VALUES:
	case ROWS_CELLS:
		return r->hint.shape == REPLY_VALUES ? index > 0 : r->lists && !list;
	case ROWS_ROLES:	/* of the system, of realms */
		return !list || index >= 2;
	}
	return false;
}

/* A row: the cells of an array, or anything else as its only cell. */
static void row(struct rows *r, struct json v)
{
	struct json_iter it;
	struct json cell;
	size_t count = 0;

	if (is_list(v)) {
		for (it = json_iterate(v); json_next(&it, NULL, &cell); count++)
			r->ops->cell(r->ctx, count, cell);
	} else {
		r->ops->cell(r->ctx, count++, v);
	}
	r->ops->end(r->ctx, count);
}

static void members(struct rows *r, struct json v)
{
	struct json_iter it = json_iterate(v);
	struct json key, value;

	if (v.text[0] != '{') {
		r->ops->cell(r->ctx, 0, null_cell);
		r->ops->cell(r->ctx, 1, v);
		r->ops->end(r->ctx, 2);
		return;
	}
	while (json_next(&it, &key, &value)) {
		r->ops->cell(r->ctx, 0, key);
		r->ops->cell(r->ctx, 1, value);
		r->ops->end(r->ctx, 2);
	}
}

/* [role, permission], [realm, [[role, permission]...]], or lists of these. */
static void roles(struct rows *r, struct json v, struct json realm, unsigned depth)
{
	struct json_iter it = json_iterate(v);
	struct json first, second, cell;
	bool list = is_list(v) && depth < ROLE_DEPTH;
	size_t count = 1;

	if (list && !json_next(&it, NULL, &first))
		return;
	if (list && is_list(first)) {
		do
			roles(r, first, realm, depth + 1);
		while (json_next(&it, NULL, &first));
		return;
	}
	if (list && json_next(&it, NULL, &second) && is_list(second)) {
		struct json_iter inner = json_iterate(second);

		if (!json_next(&inner, NULL, &cell)) {	/* a realm without roles */
			r->ops->cell(r->ctx, 0, first);
			r->ops->cell(r->ctx, 1, null_cell);
			r->ops->cell(r->ctx, 2, null_cell);
			r->ops->end(r->ctx, 3);
		}
		do
			roles(r, second, first, depth + 1);
		while (json_next(&it, NULL, &second));
		return;
	}
	r->ops->cell(r->ctx, 0, realm);
	if (list) {
		for (it = json_iterate(v); json_next(&it, NULL, &cell); count++)
			r->ops->cell(r->ctx, count, cell);
	} else {
		r->ops->cell(r->ctx, count++, v);
	}
	r->ops->end(r->ctx, count);
}

static void rows_element(struct rows *r, struct json element)
{
	if (r->surplus)
		return;
	switch (r->mode) {
	case ROWS_CELLS:
		r->ops->cell(r->ctx, r->cells++, element);
		break;
	case ROWS_ROLES:
		roles(r, element, null_cell, 0);
		break;
	case ROWS_MEMBERS:
		members(r, element);
		break;
	case ROWS_NONE:
	case ROWS_VALUES:
	case ROWS_ELEMENTS:
	case ROWS_BARE:
		row(r, element);
		break;
	}
}

static void rows_container(struct rows *r, bool begins)
{
	if (begins)
		r->surplus = rows_pass_over(r, true);
	if (r->mode != ROWS_CELLS || r->surplus)
		return;
	if (!begins)
		r->ops->end(r->ctx, r->cells);
	r->open = begins;
	r->cells = 0;
}

void rows_value(struct rows *r, struct json value)
{
	struct json_iter it;
	struct json element;

	if (rows_pass_over(r, is_list(value)))
		return;
	switch (r->mode) {
	case ROWS_BARE:
		r->open = true;
		r->ops->cell(r->ctx, r->cells++, value);
		break;
	case ROWS_ELEMENTS:
		if (!is_list(value)) {
			row(r, value);
			break;
		}
		for (it = json_iterate(value); json_next(&it, NULL, &element); )
			row(r, element);
		break;
	case ROWS_ROLES:
		roles(r, value, null_cell, 0);
		break;
	case ROWS_MEMBERS:
		members(r, value);
		break;
	case ROWS_NONE:
	case ROWS_VALUES:
	case ROWS_CELLS:
		row(r, value);
		break;
	}
}

void rows_item(struct rows *r, struct json item, unsigned depth, bool first)
{
	if (depth > 1)
		rows_element(r, item);
	else if (item.len > 0)
		rows_value(r, item);
	else
		rows_container(r, first);
}

void rows_finish(struct rows *r)
{
	if (r->open)
		r->ops->end(r->ctx, r->cells);
	r->open = false;
	r->cells = 0;
}

/* The cells from p up to the bracket that ends the row; where that is. */
static const char *walk_cells(struct rows *r, const char *p, const char *end)
{
	struct json_iter it = { p, end, false };
	struct json cell;
	size_t count = 0;

	for (; json_next(&it, NULL, &cell); count++)
		r->ops->cell(r->ctx, count, cell);
	r->ops->end(r->ctx, count);
	return it.next;
}

/* The rows from p up to a closing bracket, or the end; where that is.  They are taken as they are walked: a table walks
 * over all of them three times, and would as often again to look for the end of each before its cells, and once more
 * for that of the list.  lists: how many brackets are around a row's; values: these are the reply's. */
static const char *walk(struct rows *r, const char *p, const char *end, unsigned lists, bool values)
{
	struct json_iter it = { p, end, false };
	struct json v;

	for (;;) {
		v = beginning(it);
		it.next = v.text;
		if (v.len == 0 || v.text[0] == ']')
			return it.next;
		if (values && rows_pass_over(r, is_list(v))) {
			json_next(&it, NULL, &v);
			continue;
		}
		if (!is_list(v)) {
			json_next(&it, NULL, &v);
			row(r, v);
			continue;
		}
		it.next = lists > 0 ? walk(r, v.text + 1, end, lists - 1, false) : walk_cells(r, v.text + 1, end);
		it.next += it.next < end;
	}
}

void rows_all(struct rows *r, struct json_iter values)
{
	struct json v;

	if (r->mode == ROWS_ELEMENTS || r->mode == ROWS_VALUES) {
		walk(r, values.next, values.end, r->mode == ROWS_ELEMENTS, true);
		return;
	}
	while (json_next(&values, NULL, &v))
		rows_value(r, v);
	rows_finish(r);
}

static void ignore_cell(void *ctx, size_t index, struct json cell)
{
	(void)ctx;
	(void)index;
	(void)cell;
}

static void longest_end(void *ctx, size_t count)
{
	size_t *longest = ctx;

	if (count > *longest)
		*longest = count;
}

size_t rows_longest(const struct rows_hint *hint, enum rows_mode mode, struct json_iter values)
{
	static const struct rows_ops ops = { ignore_cell, longest_end };
	struct rows r;
	struct json v;
	size_t longest = 0;

	rows_init(&r, hint, mode, &ops, &longest);
	if (mode == ROWS_BARE) {
		for (v = beginning(values); v.len > 0 && !rows_pass_over(&r, is_list(v)); v = beginning(values)) {
			json_next(&values, NULL, &v);
			longest++;
		}
		return longest;
	}
	rows_all(&r, values);
	return longest;
}

struct rows_walk rows_begin(const struct rows_hint *hint, struct json_iter values)
{
	return (struct rows_walk){.mode = rows_decide(hint, values, false), .values = values};
}

bool rows_next(struct rows_walk *w, struct json *row)
{
	struct json first;

	if (w->mode != ROWS_VALUES && w->mode != ROWS_ELEMENTS) {
		w->bad = w->bad || w->mode != ROWS_NONE;
		return false;
	}
	/* After a list of rows everything is surplus. */
	if (w->mode == ROWS_ELEMENTS && !w->inside) {
		if (!json_next(&w->values, NULL, row))
			return false;
		w->inside = true;
		w->inner = json_iterate(*row);
	}
	while (!w->bad && json_next(w->inside ? &w->inner : &w->values, NULL, row)) {
		struct json_iter cells = json_iterate(*row);
		bool empty = !json_next(&cells, NULL, &first);

		if (is_list(*row) && empty && !w->inside)
			continue;	/* among values: no row */
		w->bad = !is_list(*row) || empty || is_list(first);
		return !w->bad;
	}
	return false;
}
