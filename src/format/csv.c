/* SPDX-License-Identifier: ISC */
/*
 * csv: RFC 4180: records end with CR LF, quotes where a field has a comma, a quote, LF or TAB in it, or is empty text (so
 * that it differs from null).
 *
 * LF and TAB stay as they are inside quotes (but on a terminal, where nothing of the box may begin a row); every other control
 * character, CR among them, is made visible, and then a backslash is doubled.  A cell longer than CELL_LONG is always quoted,
 * so that it need not be known whole.  Each record has as many fields as the headings, or as the longest row of a reply that was seen whole.
 */
#include <string.h>

#include "base/safe.h"
#include "base/scan.h"
#include "format/cells.h"
#include "format/separated.h"

static void put_inside(struct output *o, const char *text, size_t len, bool escapes)
{
	cell_put(o->sink, text, len, o->sink->terminal ? safe_put_csv_shown : escapes ? safe_put_csv_escaped : safe_put_csv_file);
}

static void put_field(struct output *o, const char *text, size_t len, bool quoted)
{
	for (size_t i = 0; i < len && !quoted; i++)
		quoted = text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r';
	if (quoted)
		sink_putc(o->sink, '"');
	put_inside(o, text, len, safe_csv_needs_escapes(text, len));
	if (quoted)
		sink_putc(o->sink, '"');
	o->csv.wrote = true;
}

static void put_value(struct output *o, struct json v)
{
	if (json_kind(v) == JSON_NULL)
		return;
	if (v.text[0] == '"' && memchr(v.text, '\\', v.len) == NULL) {
		put_field(o, v.text + 1, v.len - 2, v.len == 2 || v.len > CELL_LONG);
		return;
	}
	buf_reset(&o->text);
	cell_text(&o->text, v, NULL, o->sink->terminal);
	if (o->text.failed)
		front_failed(o);
	put_field(o, buf_head(&o->text), o->text.len, o->text.len == 0 || v.len > CELL_LONG);
}

static void csv_piece(struct output *o, size_t index, const char *text, size_t len, bool first, bool last)
{
	if (first)
		sink_puts(o->sink, index > 0 ? ",\"" : "\"");
	buf_reset(&o->text);
	json_decode_inside(text, len, &o->text);
	if (o->text.failed)
		front_failed(o);
	/* The rest is not known yet: with escapes it reads the same. */
	put_inside(o, buf_head(&o->text), o->text.len, true);
	if (last)
		sink_putc(o->sink, '"');
	o->csv.wrote = true;
}

/* As in tsv: what needs no second look is copied at once. */
static void csv_cell(void *output, size_t index, struct json v)
{
	struct output *o = output;
	struct sink *s = o->sink;
	const char *text = v.text;
	size_t len = v.len;
	char *room;

	if (index == 0)
		o->csv.wrote = false;
	if (len <= SINK_BUFFER / 4) {
		room = sink_room(s, len + 1 + SCAN_SLACK);
		if (room == NULL)
			return;
		if (index > 0)
			*room++ = ',';
		sink_wrote(s, index > 0);
		if (text[0] == '"') {
			text++;
			len -= 2;
		} else if (text[0] == '[' || text[0] == '{' || text[0] == 'n') {
			len = 0;
		}
		if (len > 0 && scan_copy_plain(room, text, len, '\\', ',')) {
			sink_wrote(s, len);
			o->csv.wrote = true;
			return;
		}
	} else if (index > 0) {
		sink_putc(s, ',');
	}
	put_value(o, v);
}

static void csv_row_end(struct output *o, size_t count)
{
	size_t columns = o->columns > count ? o->columns : count;

	for (; count < columns; count++) {
		if (count > 0)
			sink_putc(o->sink, ',');
	}
	/* A record of one empty field would be an empty line, which readers skip. */
	if (columns <= 1 && !o->csv.wrote)
		sink_puts(o->sink, "\"\"");
	sink_puts(o->sink, "\r\n");
	o->csv.wrote = false;
}

static void put_heading(struct output *o, const char *text, size_t len)
{
	put_field(o, text, len, len == 0);
}

static const struct separated csv_style = {.separator = ',', .end = "\r\n", .text = put_heading, .value = put_value};

static void csv_begin(struct output *o)
{
	separated_begin(o);
	o->csv.wrote = false;
}

const struct format format_csv = {
	.name = "csv",
	.help = "RFC 4180 with headings, for spreadsheets",
	.endings = {"csv"},
	.header_default = true,
	.separated = &csv_style,
	.begin = csv_begin,
	.cell = csv_cell,
	.piece = csv_piece,
	.row_end = csv_row_end,
	.event = separated_event,
	.large = LARGE_VALUES,
};
