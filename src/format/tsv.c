/* SPDX-License-Identifier: ISC */
/*
 * tsv: one row a line, for cut, awk and the like.
 *
 * TAB, LF, CR and backslash are \t \n \r \\, other controls (on a terminal: whatever is unsafe there) are escaped, null is empty.  A row with
 * fewer cells than headings is filled up; one with more has more fields.
 */
#include <string.h>

#include "base/safe.h"
#include "base/scan.h"
#include "format/cells.h"
#include "format/separated.h"

static void put_text(struct output *o, const char *text, size_t len)
{
	cell_put(o->sink, text, len, o->sink->terminal ? safe_put_tsv : safe_put_tsv_file);
}

static void put_value(struct output *o, struct json v)
{
	if (v.text[0] == '"' && memchr(v.text, '\\', v.len) == NULL) {
		put_text(o, v.text + 1, v.len - 2);
		return;
	}
	buf_reset(&o->text);
	cell_text(&o->text, v, NULL, o->sink->terminal);
	if (o->text.failed)
		front_failed(o);
	put_text(o, buf_head(&o->text), o->text.len);
}

/* Most cells are a number or a short plain string: these are copied in one go.  The cells of a large reply are seen
 * here one by one, so this is what its speed depends on. */
static void tsv_cell(void *output, size_t index, struct json v)
{
	struct output *o = output;
	struct sink *s = o->sink;
	const char *text = v.text;
	size_t len = v.len;
	char *room;

	if (len <= SINK_BUFFER / 4) {
		room = sink_room(s, len + 1 + SCAN_SLACK);
		if (room == NULL)
			return;
		if (index > 0)
			*room++ = '\t';
		sink_wrote(s, index > 0);
		if (text[0] == '"') {
			text++;
			len -= 2;
		} else if (text[0] == 'n') {
			len = 0;
		}
		if (v.text[0] != '[' && v.text[0] != '{' && scan_copy_plain(room, text, len, '\\', '\\')) {
			sink_wrote(s, len);
			return;
		}
	} else if (index > 0) {
		sink_putc(s, '\t');
	}
	put_value(o, v);
}

static void tsv_piece(struct output *o, size_t index, const char *text, size_t len, bool first, bool last)
{
	(void)last;
	if (first && index > 0)
		sink_putc(o->sink, '\t');
	buf_reset(&o->text);
	json_decode_inside(text, len, &o->text);
	if (o->text.failed)
		front_failed(o);
	put_text(o, buf_head(&o->text), o->text.len);
}

static void tsv_row_end(struct output *o, size_t count)
{
	for (; count < o->columns; count++) {
		if (count > 0)
			sink_putc(o->sink, '\t');
	}
	sink_putc(o->sink, '\n');
}

static const struct separated tsv_style = {.separator = '\t', .end = "\n", .text = put_text, .value = put_value};

const struct format format_tsv = {
	.name = "tsv",
	.help = "one row a line, cells separated by tabs",
	.endings = {"tsv"},
	.separated = &tsv_style,
	.begin = separated_begin,
	.cell = tsv_cell,
	.piece = tsv_piece,
	.row_end = tsv_row_end,
	.event = separated_event,
	.large = LARGE_VALUES,
};
