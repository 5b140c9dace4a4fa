/*
 * rows: what the rows of a reply are.
 *
 * Owns the rule that tells the shapes of rows apart.  Refuses to know formats and what cells mean.
 *
 * The rule.  What the catalogue calls bare values, roles or an object is read as that.  Else the first value decides:
 *   - it is no array: an only object is rows of name and value; if an array follows, each value is a row; else all
 *     values are the cells of one row;
 *   - it is an array with an element that is none: it is a row, and so is every value;
 *   - it holds arrays only: it is a list of rows, unless it has as many elements as one row should have cells, its
 *     elements have not, and either one column was asked for or more values follow: then it is a row whose cells are
 *     lists.  Where one column was asked for whose cells are known to be lists, a list of one list of single values
 *     is a row with one cell.
 */
#include "out/rows.h"

#include <string.h>

enum { ROLE_DEPTH = 6 };	/* deeper nesting than group_settings has is shown as it is */

static bool
is_list(struct json v)
{
	return v.len > 0 && v.text[0] == '[';
}

static const struct json null_cell = { "null", 4 };

struct rows_hint
rows_hint(const struct request *type, char *const *headings, size_t heading_count, size_t known)
{
	struct rows_hint h = { .shape = type == NULL ? REPLY_UNKNOWN : type->shape, .columns = known };

	h.asked = headings != NULL && heading_count > 0;
	h.list_column = h.asked && heading_count == 1 && strcmp(headings[0], "pollers") == 0;
	return h;
}

/* Whether `value` is a row, and not a list of rows.  All that is seen of it are arrays. */
static bool
lists_are_cells(const struct rows_hint *hint, struct json_iter elements, bool more_values)
{
	struct json_iter it = elements;
	struct json first, v;
	size_t count = 0, cells;

	if (!json_next(&it, NULL, &first))
		return false;
	cells = json_count(first);
	for (count = 1; count <= hint->columns && json_next(&it, NULL, &v); count++)
		continue;
	if (count != hint->columns || hint->shape == REPLY_ROLES)
		return false;
	if (hint->list_column) {
		struct json_iter inner = json_iterate(first);

		return !json_next(&inner, NULL, &v) || !is_list(v) || more_values;
	}
	return cells != hint->columns && (more_values || (hint->asked && hint->columns == 1));
}

/* An iterator over an array that may be cut. */
static struct json_iter
elements_of(struct json array, const char *end, bool cut)
{
	struct json_iter it = { array.text + 1, end, false };

	return cut ? it : json_iterate(array);
}

static enum rows_mode
decide_array(const struct rows_hint *hint, struct json first, struct json_iter rest, bool first_cut)
{
	struct json_iter elements = elements_of(first, rest.end, first_cut), it = elements;
	struct json_iter others = rest;
	struct json v;
	size_t seen = 0;
	bool more = !first_cut && json_next(&others, NULL, &v);

	while (json_next(&it, NULL, &v)) {
		if (!is_list(v))
			return first_cut ? ROWS_CELLS : ROWS_VALUES;
		seen++;
	}
	if (seen == 0)
		return more ? ROWS_VALUES : ROWS_ELEMENTS;
	if (lists_are_cells(hint, elements, more))
		return first_cut ? ROWS_CELLS : ROWS_VALUES;
	return ROWS_ELEMENTS;
}

enum rows_mode
rows_decide(const struct rows_hint *hint, struct json_iter values, bool cut)
{
	struct json_iter rest = values;
	struct json first, v;
	bool first_cut, more;

	if (!json_next(&rest, NULL, &first))
		return ROWS_NONE;
	first_cut = cut && rest.next == rest.end;
	if (hint->shape == REPLY_ROLES)
		return ROWS_ROLES;
	if (is_list(first)) {
		struct json_iter others = rest;

		if (hint->shape == REPLY_VALUES && json_next(&others, NULL, &v))
			return ROWS_BARE;
		return decide_array(hint, first, rest, first_cut);
	}
	if (hint->shape == REPLY_VALUES)
		return ROWS_BARE;
	if (hint->shape == REPLY_OBJECT && first.text[0] == '{')
		return ROWS_MEMBERS;
	for (more = false; json_next(&rest, NULL, &v); more = true) {
		if (is_list(v))
			return ROWS_VALUES;
	}
	if (first.text[0] == '{')
		return more ? ROWS_VALUES : ROWS_MEMBERS;
	return ROWS_BARE;
}

void
rows_init(struct rows *r, enum rows_mode mode, const struct rows_ops *ops, void *ctx)
{
	*r = (struct rows){ .mode = mode, .ops = ops, .ctx = ctx };
}

/* A row: the cells of an array, or anything else as its only cell. */
static void
row(struct rows *r, struct json v)
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

static void
members(struct rows *r, struct json v)
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
static void
roles(struct rows *r, struct json v, struct json realm, unsigned depth)
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

void
rows_element(struct rows *r, struct json element)
{
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

void
rows_container(struct rows *r, bool begins)
{
	if (r->mode != ROWS_CELLS)
		return;
	if (!begins)
		r->ops->end(r->ctx, r->cells);
	r->open = begins;
	r->cells = 0;
}

void
rows_value(struct rows *r, struct json value)
{
	struct json_iter it;
	struct json element;

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

void
rows_finish(struct rows *r)
{
	if (r->open)
		r->ops->end(r->ctx, r->cells);
	r->open = false;
	r->cells = 0;
}

void
rows_all(struct rows *r, struct json_iter values)
{
	struct json v;

	while (json_next(&values, NULL, &v))
		rows_value(r, v);
	rows_finish(r);
}

static void
ignore_cell(void *ctx, size_t index, struct json cell)
{
	(void)ctx;
	(void)index;
	(void)cell;
}

static void
longest_end(void *ctx, size_t count)
{
	size_t *longest = ctx;

	if (count > *longest)
		*longest = count;
}

size_t
rows_longest(enum rows_mode mode, struct json_iter values)
{
	static const struct rows_ops ops = { ignore_cell, longest_end };
	struct rows r;
	size_t longest = 0;

	rows_init(&r, mode, &ops, &longest);
	rows_all(&r, values);
	return longest;
}
