/* SPDX-License-Identifier: ISC */
/*
 * parts: the items of a large reply; one that is too long to be held: its cells, and the long strings among them while
 * they arrive.
 *
 * Owns the part of the item that was not shown yet: at most a cell that is no string, or CELL_LONG of one that is.
 * Does not know how a format writes them.  Objects, and roles, are held whole.
 */
#include "format/front.h"

/* True if the items of this reply are rows, false: cells. */
static bool shown_in_parts(const struct output *o)
{
	return o->format->piece != NULL && o->mode != ROWS_MEMBERS && o->mode != ROWS_ROLES;
}

/* True if an item is a row of its own, and not a cell of an open one. */
static bool is_row(const struct output *o, unsigned depth)
{
	return o->mode == ROWS_VALUES || o->mode == ROWS_ELEMENTS || (o->mode == ROWS_CELLS && depth == 1);
}

static void part_drop(struct output *o, size_t len)
{
	buf_consume(&o->part.text, len);
	o->part.gone += len;
}

/* Shows the cell of len bytes at the beginning of the held text. */
static void show_cell(struct output *o, size_t len)
{
	o->ops.cell(o, o->part.index++, (struct json){ buf_head(&o->part.text), len });
	part_drop(o, len);
}

/* Shows what can be shown of a string, of which len bytes are at the beginning of the held text, with its quotes as far as
 * they are there. */
static void show_string(struct output *o, size_t len, bool ended)
{
	const char *text = buf_head(&o->part.text);
	bool first = !o->part.string;
	size_t inside = len - first - ended, n = ended ? inside : json_decode_whole(text + first, inside);

	o->format->piece(o, o->part.index, text + first, n, first, ended);
	o->part.string = !ended;
	o->part.index += ended;
	part_drop(o, n + first + ended);
}

/* The cell at the beginning of the held text has all of it, or len bytes if it has ended. */
static void part_show(struct output *o, size_t len, bool ended)
{
	const char *text = buf_head(&o->part.text);

	if (o->part.string || (text[0] == '"' && len > CELL_LONG))
		show_string(o, len, ended);
	else if (ended)
		show_cell(o, len);
}

/* The last len bytes held are new; they were validated before. */
static void walk_row(struct output *o, size_t len)
{
	struct json_scan *scan = &o->part.scan;
	enum json_scan_result result = JSON_SCAN_MORE;

	while (len > 0 && (result == JSON_SCAN_MORE || result == JSON_SCAN_ITEM)) {
		uint64_t start;
		size_t used;

		result = json_scan_feed(scan, buf_head(&o->part.text) + o->part.text.len - len, len, &used);
		len -= used;
		if (result == JSON_SCAN_ITEM)
			start = scan->item_start;
		else if (json_scan_inside(scan, &start) == 0)
			start = scan->offset;
		/* The text between the cells. */
		if (start > o->part.gone)
			part_drop(o, (size_t)(start - o->part.gone));
		if (start < scan->offset)
			part_show(o, (size_t)(scan->offset - o->part.gone), result == JSON_SCAN_ITEM);
	}
}

static void part_begin(struct output *o, const char *text, unsigned depth)
{
	buf_reset(&o->part.text);
	o->part.active = true;
	o->part.string = false;
	o->part.gone = 0;
	o->part.index = is_row(o, depth) ? 0 : o->rows.cells;
	o->part.row = is_row(o, depth) && text[0] == '[';
	o->part.surplus = shown_in_parts(o) && (depth > 1 ? o->rows.surplus : rows_pass_over(&o->rows, text[0] == '['));
	json_scan_init(&o->part.scan, JSON_DEPTH);
	o->part.scan.report = 1;
}

/* The cells shown belong to an open row, or are one. */
static void part_end(struct output *o, unsigned depth)
{
	o->part.active = false;
	buf_clear(&o->part.text);
	if (is_row(o, depth)) {
		o->ops.end(o, o->part.index);
	} else {
		o->rows.open = true;
		o->rows.cells = o->part.index;
	}
}

void output_item(struct output *o, struct json item, unsigned depth, bool first)
{
	rows_item(&o->rows, item, depth, first);
}

void output_part(struct output *o, const char *text, size_t len, unsigned depth, bool last)
{
	if (!o->part.active)
		part_begin(o, text, depth);
	buf_put(&o->part.text, text, len);
	if (o->part.text.failed) {
		front_failed(o);
		o->part.active = !last;
		return;
	}
	if (!shown_in_parts(o)) {
		if (!last)
			return;
		o->part.active = false;
		output_item(o, (struct json){ buf_head(&o->part.text), o->part.text.len }, depth, false);
		buf_clear(&o->part.text);
		return;
	}
	if (o->part.surplus) {
		o->part.active = !last;
		buf_clear(&o->part.text);
		return;
	}
	if (o->part.row)
		walk_row(o, len);
	else
		part_show(o, o->part.text.len, last);
	if (last)
		part_end(o, depth);
}

void parts_break(struct output *o)
{
	o->part.active = false;
	buf_clear(&o->part.text);
	if (o->part.string)
		o->format->piece(o, o->part.index++, "", 0, false, true);
	if (o->part.index == 0)
		return;
	o->rows.open = true;
	o->rows.cells = o->part.index;
}
