/* SPDX-License-Identifier: ISC */
/*
 * table: aligned columns for people.
 *
 * Nothing is cut: a row that does not fit into a line of the terminal is shown as a block, a line for each cell.  All
 * cells are shown to this format twice, first to measure the columns, then to print; so it holds no row, only a number for
 * each column.  Here and nowhere else times, flags and the like are written in words, and secrets are masked unless they
 * are to be revealed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/colour.h"
#include "base/safe.h"
#include "base/scan.h"
#include "base/width.h"
#include "format/cells.h"
#include "format/clock.h"

/* Flags in a column's number besides its width. */
enum { COLUMN_NUMBERS = 1 << 30 };
#define COLUMN_TEXT (UINT32_C(1) << 31)
#define COLUMN_WIDTH (COLUMN_NUMBERS - 1)

struct cell { const char *text; size_t len, width; bool number; };

static bool has_columns(struct output *o, size_t count)
{
	uint32_t *columns = array_room(o->table.columns, count, &o->table.room, sizeof *columns);

	if (columns == NULL && count > 0) {
		front_failed(o);
		return false;
	}
	o->table.columns = columns;
	while (o->table.count < count)
		o->table.columns[o->table.count++] = 0;
	return true;
}

static void widen(struct output *o, size_t index, size_t width)
{
	uint32_t *column = &o->table.columns[index];

	if (width > COLUMN_WIDTH)
		width = COLUMN_WIDTH;
	if (width > (*column & COLUMN_WIDTH))
		*column = (*column & ~(uint32_t)COLUMN_WIDTH) | (uint32_t)width;
}

static bool right_aligned(const struct output *o, size_t index)
{
	return (o->table.columns[index] & (COLUMN_TEXT | COLUMN_NUMBERS)) == COLUMN_NUMBERS;
}

/* Digits with a sign, a point, an exponent: as JSON writes numbers, but zeros may lead. */
static bool is_number(const char *p, size_t len)
{
	const char *end = p + len;
	const char *digits;

	if (p < end && *p == '-')
		p++;
	for (digits = p; p < end && *p >= '0' && *p <= '9'; p++)
		continue;
	if (p == digits)
		return false;
	if (p < end && *p == '.') {
		for (digits = ++p; p < end && *p >= '0' && *p <= '9'; p++)
			continue;
		if (p == digits)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '-' || *p == '+'))
			p++;
		for (digits = p; p < end && *p >= '0' && *p <= '9'; p++)
			continue;
		return p == end && p > digits;
	}
	return p == end;
}

/* --- the text of a cell --- */

static const struct field *field_of(const struct field *fields, struct json name)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		if (json_is(name, fields->name))
			return fields;
	}
	return NULL;
}

/* In rows of name and value, the name says how the value is to be read. */
static void note_name(struct output *o, struct json name)
{
	const struct field *f = NULL;
	const struct arg *a;

	o->table.unit = UNIT_NONE;
	o->table.values = NULL;
	o->table.secret = false;
	if (o->type == NULL)
		return;
	if (o->mode != ROWS_MEMBERS) {
		f = o->heading_count == 2 ? catalog_field(o->type->reply, o->headings[0].name, strlen(o->headings[0].name)) : NULL;
		if (f == NULL || !f->names_next)
			return;
		f = NULL;
	} else {
		f = field_of(o->type->reply, name);
	}
	for (a = o->type->args; f == NULL && a < o->type->args + REQUEST_ARGS && a->name != NULL; a++)
		f = field_of(a->fields, name);
	if (f == NULL)
		return;
	o->table.unit = f->unit;
	o->table.values = f->values;
	o->table.secret = f->secret;
}

/* A reply with secrets in one column may come with more columns than are documented; then a nested value in any of
 * them may be the secret. */
static bool is_secret(const struct output *o, const struct heading *h, struct json v)
{
	enum json_kind kind = json_kind(v);

	if (o->settings.reveal || kind == JSON_NULL)
		return false;
	if (h->unit == UNIT_SECRET)
		return true;
	if (kind != JSON_ARRAY && kind != JSON_OBJECT)
		return false;
	for (size_t i = 0; i < o->heading_count; i++) {
		if (o->headings[i].unit == UNIT_SECRET)
			return true;
	}
	return false;
}

static struct heading heading_of(const struct output *o, size_t index)
{
	struct heading h = {0};

	if (index < o->heading_count)
		h = o->headings[index];
	if (index == 1 && o->table.unit != UNIT_NONE)
		h.unit = o->table.unit;
	if (index == 1 && o->table.values != NULL)
		h.values = o->table.values;
	if (index == 1 && o->table.secret)
		h.unit = UNIT_SECRET;
	return h;
}

/* Most cells are shown as they came, and a table has many.  False: more must be known of this one. */
static bool is_simple(const struct output *o, size_t index, struct json v, struct cell *c)
{
	static const struct heading none = {0};
	const struct heading *h = index < o->heading_count ? &o->headings[index] : &none;

	if (v.text[0] == 'n') {
		*c = (struct cell){ .text = "" };
		return true;
	}
	if (index == 1 && (o->table.unit != UNIT_NONE || o->table.values != NULL || o->table.secret))
		return false;
	if (v.text[0] == '"') {
		*c = (struct cell){ .text = v.text + 1, .len = v.len - 2, .width = v.len - 2 };
		if (cell_may_have_words(h, c->len) || scan_plain_run(c->text, c->len, '\\') < c->len)
			return false;
		/* Counted until one has another kind. */
		c->number = !o->table.printing && !(o->table.columns[index] & COLUMN_TEXT) && is_number(c->text, c->len);
		return true;
	}
	*c = (struct cell){ .text = v.text, .len = v.len, .width = v.len, .number = true };
	return (v.text[0] == '-' || (v.text[0] >= '0' && v.text[0] <= '9')) && !cell_may_have_words(h, 0);
}

/* The text that has been put together is the cell's. */
static void measure_text(struct output *o, struct cell *c)
{
	if (o->scratch.failed || o->text.failed)
		front_failed(o);
	c->text = buf_head(&o->text);
	c->len = o->text.len;
	c->width = width_text(c->text, c->len);
}

/* Any other.  The text is valid until the next cell.  Apart, so that the many need no room on the stack for the few. */
__attribute__((noinline)) static struct cell cell_of(struct output *o, size_t index, struct json v)
{
	struct heading h = heading_of(o, index);
	struct cell c = { .text = v.text, .len = v.len };
	bool secret = is_secret(o, &h, v);

	if (h.unit == UNIT_SECRET && !secret)
		h.unit = UNIT_NONE;
	buf_reset(&o->text);
	if (secret) {
		buf_puts(&o->text, "***");
	} else if ((h.unit == UNIT_NONE && h.values == NULL && h.name == NULL) ||
	    (!cell_words(&o->text, v, &h, o->settings.utc) && !o->text.failed)) {
		if (v.text[0] == '"') {
			c.text++;
			c.len -= 2;
		}
		if (v.text[0] == '"' && scan_plain_run(c.text, c.len, '\\') == c.len) {
			c.width = c.len;
			c.number = is_number(c.text, c.len);
			return c;
		}
		buf_reset(&o->scratch);
		cell_text(&o->scratch, v, o->settings.reveal ? NULL : o->type, true);
		safe_put(&o->text, buf_head(&o->scratch), o->scratch.len);
		c.number = json_kind(v) == JSON_NUMBER;
	}
	measure_text(o, &c);
	return c;
}

/* --- printing --- */

static void put_repeated(struct sink *s, char c, size_t count)
{
	while (count > 0 && s->error == 0) {
		size_t n = count < 4096 ? count : 4096;
		char *room = sink_room(s, n);

		if (room == NULL)
			return;
		memset(room, c, n);
		sink_wrote(s, n);
		count -= n;
	}
}

/* Blanks are owed until text follows: no line ends with one. */
static void print(struct output *o, size_t index, const struct cell *c)
{
	size_t width = o->table.columns[index] & COLUMN_WIDTH;
	size_t pad = width > c->width ? width - c->width : 0;
	bool right = right_aligned(o, index) && o->table.names == 0;
	bool marked = o->settings.stands_out != NULL && c->len > 0 && o->table.in_rows &&
	    o->settings.stands_out(o->settings.stands_out_ctx, o->table.row, index);

	if (index > 0 || o->table.names > 0)
		o->table.blanks += o->table.starred ? 1 : 2;
	o->table.starred = marked && !o->settings.color;
	if (right)
		o->table.blanks += pad;
	size_t len = o->table.blanks + c->len;
	char *room = c->len > 0 && !marked && len <= SINK_BUFFER / 4 ? sink_room(o->sink, len) : NULL;
	if (room != NULL) {
		memset(room, ' ', o->table.blanks);
		memcpy(room + o->table.blanks, c->text, c->len);
		sink_wrote(o->sink, len);
		o->table.blanks = 0;
	} else if (c->len > 0) {
		put_repeated(o->sink, ' ', o->table.blanks);
		o->table.blanks = 0;
		if (marked && o->settings.color)
			sink_puts(o->sink, "\033[7m");
		sink_put(o->sink, c->text, c->len);
		if (marked)
			sink_puts(o->sink, o->settings.color ? "\033[27m" : "*");
	}
	if (!right)
		o->table.blanks += pad;
}

static void print_end(struct output *o)
{
	sink_putc(o->sink, '\n');
	o->table.blanks = 0;
}

static struct cell cell_of_heading(struct output *o, size_t index)
{
	struct cell c = {0};

	buf_reset(&o->text);
	buf_reset(&o->scratch);
	front_heading(o, index, &o->scratch);
	safe_put(&o->text, buf_head(&o->scratch), o->scratch.len);
	measure_text(o, &c);
	return c;
}

/* --- rows as blocks --- */

/* A name and a value, and what they mean: the last one wraps, and that is easier to read than a block. */
enum { WRAPPED_COLUMNS = 3 };

static bool is_expanded(const struct output *o)
{
	size_t width = 0;

	if (o->settings.expanded != EXPANDED_AUTO || o->settings.columns == 0)
		return o->settings.expanded == EXPANDED_ON;
	for (size_t i = 0; i < o->table.count; i++)
		width += (i > 0 ? 2 : 0) + (o->table.columns[i] & COLUMN_WIDTH);
	return width > o->settings.columns && o->table.count > WRAPPED_COLUMNS;
}

static void measure_names(struct output *o)
{
	for (size_t i = 0; i < o->table.count; i++) {
		size_t width = cell_of_heading(o, i).width;

		if (width > o->table.names)
			o->table.names = width;
	}
}

/* Prints what comes before a cell: its name, and over the first one the number of the row. */
static void print_name(struct output *o, size_t index)
{
	struct cell name = cell_of_heading(o, index);
	char number[32];
	int n = snprintf(number, sizeof number, "-[ %llu ]-", (unsigned long long)o->table.row + 1);

	if (index == 0) {
		sink_put(o->sink, number, (size_t)n);
		put_repeated(o->sink, '-', o->table.names > (size_t)n ? o->table.names - (size_t)n : 0);
		print_end(o);
	}
	if (o->settings.color)
		sink_puts(o->sink, colour_begin(COLOUR_NAME, true));
	sink_put(o->sink, name.text, name.len);
	if (o->settings.color)
		sink_puts(o->sink, colour_end(true));
	o->table.blanks = o->table.names > name.width ? o->table.names - name.width : 0;
}

/* --- the format --- */

static void table_begin(struct output *o)
{
	o->table.count = 0;
	o->table.blanks = 0;
	o->table.printing = false;
	o->table.names = 0;
	o->table.unit = UNIT_NONE;
	o->table.values = NULL;
	o->table.secret = false;
	has_columns(o, o->columns);
}

static void table_again(struct output *o)
{
	o->table.printing = true;
	o->table.in_rows = false;
	o->table.starred = false;
	o->table.row = 0;
	for (size_t i = 0; o->header && i < o->table.count; i++)
		widen(o, i, cell_of_heading(o, i).width);
	if (is_expanded(o))
		measure_names(o);
	if (!o->header || o->table.count == 0 || o->table.names > 0)
		return;
	if (o->settings.color)
		sink_puts(o->sink, colour_begin(COLOUR_NAME, true));
	for (size_t i = 0; i < o->table.count; i++) {
		struct cell c = cell_of_heading(o, i);

		print(o, i, &c);
	}
	if (o->settings.color)
		sink_puts(o->sink, colour_end(true));
	print_end(o);
	for (size_t i = 0; i < o->table.count; i++) {
		if (i > 0)
			sink_puts(o->sink, "  ");
		put_repeated(o->sink, '-', o->table.columns[i] & COLUMN_WIDTH);
	}
	print_end(o);
}

static void table_line_end(struct output *o)
{
	print_end(o);
	o->table.starred = false;
}

static void table_cell(void *output, size_t index, struct json v)
{
	struct output *o = output;
	struct cell c;

	if (index == 0)
		note_name(o, v);
	if (index >= o->table.count && !has_columns(o, index + 1))
		return;
	if (o->table.printing && o->table.names > 0)
		print_name(o, index);
	if (!is_simple(o, index, v, &c))
		c = cell_of(o, index, v);
	if (o->table.printing) {
		o->table.in_rows = true;
		print(o, index, &c);
		if (o->table.names > 0)
			table_line_end(o);
		return;
	}
	widen(o, index, c.width);
	if (c.len > 0)
		o->table.columns[index] |= c.number ? (uint32_t)COLUMN_NUMBERS : COLUMN_TEXT;
}

static void table_row_end(struct output *o, size_t count)
{
	(void)count;
	if (!o->table.printing)
		return;
	if (o->table.names == 0)
		table_line_end(o);
	o->table.row++;
}

static void table_end(struct output *o)
{
	if (o->row_count == 0 && o->header)
		sink_puts(o->sink, "(0 rows)\n");
}

static void put_event_text(struct output *o, struct json v)
{
	buf_reset(&o->text);
	cell_text(&o->text, v, NULL, true);
	if (o->text.failed)
		front_failed(o);
	cell_put(o->sink, buf_head(&o->text), o->text.len, safe_put);
}

static void table_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
    const char *line, size_t len)
{
	struct json v;

	(void)line;
	(void)len;
	buf_reset(&o->text);
	clock_put_time(&o->text, when, o->settings.utc);
	sink_puts(o->sink, colour_begin(COLOUR_EVENT, o->settings.color));
	sink_put(o->sink, buf_head(&o->text), o->text.len);
	sink_putc(o->sink, ' ');
	put_event_text(o, name);
	while (json_next(&args, NULL, &v)) {
		sink_putc(o->sink, ' ');
		put_event_text(o, v);
	}
	if (annotation != NULL) {
		sink_puts(o->sink, " (");
		cell_put(o->sink, annotation, strlen(annotation), safe_put);
		sink_putc(o->sink, ')');
	}
	sink_printf(o->sink, "%s\n", colour_end(o->settings.color));
}

static void table_clear(struct output *o)
{
	free(o->table.columns);
	memset(&o->table, 0, sizeof o->table);
}

const struct format format_table = {
	.name = "table",
	.help = "aligned columns with headings, for people",
	.for_people = true,
	.header_default = true,
	.twice = true,
	.begin = table_begin,
	.cell = table_cell,
	.row_end = table_row_end,
	.again = table_again,
	.end = table_end,
	.event = table_event,
	.clear = table_clear,
	.large = LARGE_KEEP,
};
