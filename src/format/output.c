/* SPDX-License-Identifier: ISC */
/*
 * output: the front of the formats.
 *
 * Owns the reply in progress: what its rows are, its headings, how many rows were shown.  Does not know how a format
 * writes a cell, or what waits for the reply.
 */
#include "format/output.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "format/cells.h"
#include "format/front.h"

/* --- the object --- */

struct output *output_create(struct sink *sink, const struct format *f, const struct output_settings *s)
{
	struct output *o = calloc(1, sizeof *o);

	if (o == NULL)
		return NULL;
	o->sink = sink;
	o->format = f;
	o->settings = *s;
	return o;
}

void output_free(struct output *o)
{
	if (o == NULL)
		return;
	headings_clear(o);
	free(o->headings);
	if (o->format->clear != NULL)
		o->format->clear(o);
	buf_clear(&o->kept);
	buf_clear(&o->scratch);
	buf_clear(&o->text);
	buf_clear(&o->part.text);
	free(o);
}

void output_set_format(struct output *o, const struct format *f)
{
	if (o->format->clear != NULL)
		o->format->clear(o);
	o->format = f;
}

void output_set_sink(struct output *o, struct sink *sink)
{
	o->sink = sink;
}

const struct format *output_format(const struct output *o)
{
	return o->format;
}

struct output_settings *output_settings(struct output *o)
{
	return &o->settings;
}

uint64_t output_rows(const struct output *o)
{
	return o->row_count;
}

/* --- a reply --- */

static void count_row(void *output, size_t count)
{
	struct output *o = output;

	o->row_count++;
	o->format->row_end(o, count);
}

static void start_rows(struct output *o)
{
	o->ops.cell = o->format->cell;
	o->ops.end = count_row;
	o->row_count = 0;
	rows_init(&o->rows, &o->hint, o->mode, &o->ops, o);
}

static bool shows_header(const struct output *o)
{
	if (o->settings.header != HEADER_DEFAULT)
		return o->settings.header == HEADER_ON;
	/* A single value that nothing is known about needs no number over it. */
	if (o->format->twice && o->mode == ROWS_BARE && o->heading_count == 0)
		return false;
	return o->format->header_default;
}

static bool shows_headings(const struct output *o)
{
	return o->format->twice || o->format->keyed || shows_header(o);
}

/* Decides what the rows are and begins the format. */
static void begin_reply(struct output *o, const struct reply_about *about, struct json_iter values, bool cut)
{
	static const struct heading member[] = { { .name = "name" }, { .name = "value" } };
	bool ok = headings_begin(o, about);
	size_t longest;

	o->type = about->type;
	o->row_count = 0;
	o->hint = rows_hint(about->type, about->headings, about->heading_count, o->heading_count);
	o->mode = rows_decide(&o->hint, values, cut);
	if (o->format->cell == NULL)
		return;
	if (o->mode == ROWS_MEMBERS) {
		headings_clear(o);
		ok = ok && headings_add(o, member[0], false) && headings_add(o, member[1], false);
	} else if (!o->hint.asked && o->heading_count > 0) {
		if (o->mode == ROWS_BARE && !shows_headings(o))
			o->columns = 0;		/* no row is longer than the only one */
		else
			headings_match(o, values, cut);
	}
	if (!ok)
		front_failed(o);
	o->header = shows_header(o);
	/* A format that is shown all cells twice counts them itself. */
	longest = o->header && !o->format->twice ? rows_longest(&o->hint, o->mode, values) : 0;
	if (longest > o->columns)
		o->columns = longest;
	start_rows(o);
	if (o->format->begin != NULL)
		o->format->begin(o);
}

enum { KEEP_ROOM = 1024 * 1024 };

static void output_end_reply(struct output *o)
{
	if (o->format->end != NULL)
		o->format->end(o);
	/* A huge cell's memory is not kept for the small ones that follow. */
	if (o->text.cap > KEEP_ROOM)
		buf_clear(&o->text);
	if (o->scratch.cap > KEEP_ROOM)
		buf_clear(&o->scratch);
}

/* True if there is anything to show: a reply for rows without values has no rows, one for nothing is `ok`. */
static bool is_shown(const struct output *o, const struct request *type, struct json_iter values)
{
	bool any = rows_any(values);

	if (o->format->untouched || (any && o->format->reply != NULL))
		return true;
	return any ? type == NULL || type->shape != REPLY_NONE : type != NULL && type->shape == REPLY_ROWS;
}

void output_reply(struct output *o, const struct reply_about *about, const struct reply *reply)
{
	o->row_count = 0;
	if (!is_shown(o, about->type, reply->values)) {
		if (o->settings.terminal)
			sink_puts(o->sink, "ok\n");
		return;
	}
	begin_reply(o, about, reply->values, false);
	if (o->format->reply != NULL) {
		o->format->reply(o, reply);
		return;
	}
	rows_all(&o->rows, reply->values);
	if (o->format->twice) {
		start_rows(o);
		o->format->again(o);
		rows_all(&o->rows, reply->values);
	}
	output_end_reply(o);
}

enum large_mode output_large(struct output *o, const struct reply_about *about, const char *text, size_t len)
{
	struct json_iter values;

	o->head = rows_head(text, len);
	values = (struct json_iter){ text + o->head, text + len, false };
	if (o->format->large == LARGE_KEEP || o->head == 0 || !rows_any(values))
		return LARGE_KEEP;
	begin_reply(o, about, values, true);
	if (o->format->large == LARGE_TEXT) {
		o->json.part_len = 0;
		return LARGE_TEXT;
	}
	if (o->mode == ROWS_ELEMENTS || o->mode == ROWS_ROLES || o->mode == ROWS_CELLS)
		return LARGE_ELEMENTS;
	return LARGE_VALUES;
}

void output_text(struct output *o, const char *text, size_t len, const uint64_t ended[static 3])
{
	o->row_count = ended[o->mode == ROWS_ELEMENTS || o->mode == ROWS_ROLES ? 2 : 1];
	o->format->text(o, text, len);
}

void output_large_end(struct output *o, bool complete)
{
	if (o->part.active)
		parts_break(o);
	if (o->format->cell != NULL && !complete) {
		/* The cells of a row that broke off are printed, but it does not count. */
		if (o->rows.open && o->rows.cells > 0)
			o->format->row_end(o, o->rows.cells);
		o->rows.open = false;
	} else if (o->format->cell != NULL) {
		rows_finish(&o->rows);
	}
	output_end_reply(o);
}

/* --- events --- */

void output_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
    const char *line, size_t len)
{
	o->format->event(o, when, name, args, annotation, line, len);
	sink_flush(o->sink);
}

/* --- ptsh's own tables --- */

void output_begin(struct output *o, const char *const *headings, size_t count)
{
	bool ok = true;

	headings_clear(o);
	o->type = NULL;
	o->hint = (struct rows_hint){ .shape = REPLY_UNKNOWN };
	o->mode = ROWS_VALUES;
	for (size_t i = 0; i < count && ok; i++)
		ok = headings_add(o, (struct heading){ .name = headings[i] }, true);
	if (!ok)
		front_failed(o);
	o->header = shows_header(o);
	buf_reset(&o->kept);
	start_rows(o);
	if (o->format->begin != NULL)
		o->format->begin(o);
}

void output_array(struct output *o, struct json array)
{
	cell_put_json(o->sink, array.text, array.len);
	sink_putc(o->sink, '\n');
}

/* Appends a row, as the array it would have come in, to `kept`. */
static void take_row(struct output *o, size_t start)
{
	struct json row = { NULL, o->kept.len - start };

	if (o->kept.failed) {
		front_failed(o);
		return;
	}
	row.text = buf_head(&o->kept) + start;
	if (o->format->cell != NULL) {
		rows_value(&o->rows, row);
		return;
	}
	o->row_count++;
	output_array(o, row);
}

/* Returns where the next row begins: after those that a format needs again. */
static size_t begin_row(struct output *o)
{
	if (!o->format->twice)
		buf_reset(&o->kept);
	return o->kept.len;
}

void output_strings(struct output *o, const char *const *cells, size_t count)
{
	size_t start = begin_row(o);

	buf_putc(&o->kept, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_putc(&o->kept, ',');
		if (cells[i] == NULL)
			buf_puts(&o->kept, "null");
		else
			json_put_string(&o->kept, cells[i], strlen(cells[i]));
	}
	buf_putc(&o->kept, ']');
	take_row(o, start);
}

void output_cells(struct output *o, const struct json *cells, size_t count)
{
	size_t start = begin_row(o);

	json_put_array(&o->kept, cells, count);
	take_row(o, start);
}

void output_end(struct output *o)
{
	struct json_iter rows = { buf_head(&o->kept), buf_head(&o->kept) + o->kept.len, false };

	if (o->format->twice) {
		start_rows(o);
		o->format->again(o);
		rows_all(&o->rows, rows);
	}
	if (o->format->cell != NULL)
		output_end_reply(o);
	buf_clear(&o->kept);
}

/* --- rows as data --- */

struct collector {
	void (*row)(void *ctx, const struct json *cells, size_t count);
	void *ctx;
	struct json *cells;
	size_t room;
	bool failed;
};

static void collect_cell(void *ctx, size_t index, struct json cell)
{
	struct collector *c = ctx;

	struct json *cells = c->failed ? NULL : array_room(c->cells, index + 1, &c->room, sizeof *cells);

	if (cells == NULL) {
		c->failed = true;
		return;
	}
	c->cells = cells;
	c->cells[index] = cell;
}

static void collect_end(void *ctx, size_t count)
{
	struct collector *c = ctx;

	if (!c->failed)
		c->row(c->ctx, c->cells, count);
}

struct rows_hint output_hint(const struct reply_about *about)
{
	return rows_hint(about->type, about->headings, about->heading_count, output_headings(about, NULL, 0));
}

int output_rows_of(const struct reply_about *about, struct json_iter values,
    void (*row)(void *ctx, const struct json *cells, size_t count), void *ctx)
{
	static const struct rows_ops ops = { collect_cell, collect_end };
	struct collector c = { .row = row, .ctx = ctx };
	struct rows_hint hint = output_hint(about);
	struct rows r;

	rows_init(&r, &hint, rows_decide(&hint, values, false), &ops, &c);
	rows_all(&r, values);
	free(c.cells);
	return c.failed ? -1 : 0;
}
