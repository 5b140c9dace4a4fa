/* SPDX-License-Identifier: ISC */
/*
 * records: one JSON object a line for each row, headings as keys.
 *
 * Keys are unique: a repeated heading gets a number.  A cell that a short row lacks is null; one without a
 * heading is named by its column's number.  Values are the box's own text, on a terminal made harmless.
 */
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "base/array.h"
#include "base/scan.h"
#include "format/cells.h"

enum { KEYS_MOST = 4096 /* that are kept of columns without a heading */ };

static void put_json(struct output *o, struct json v)
{
	char *room;

	if (v.len <= SINK_BUFFER / 4) {
		room = sink_room(o->sink, v.len + SCAN_SLACK);
		if (room == NULL)
			return;
		if (scan_copy_plain(room, v.text, v.len, 0, 0)) {
			sink_wrote(o->sink, v.len);
			return;
		}
	}
	cell_put_json(o->sink, v.text, v.len);
}

/* --- keys --- */

static const char *key_at(const struct output *o, size_t i, size_t *len)
{
	size_t start = i == 0 ? 0 : o->records.ends[i - 1];

	*len = o->records.ends[i] - start;
	return buf_head(&o->records.keys) + start;
}

/* True if a key is one of those made so far, or will be the heading of a later column. */
static bool is_taken(const struct output *o, const char *name, size_t len, const struct buf *key, size_t column, bool suffixed)
{
	for (size_t i = 0; i < o->records.count; i++) {
		size_t other_len;
		const char *other = key_at(o, i, &other_len);

		if (other_len == key->len && memcmp(other, buf_head(key), key->len) == 0)
			return true;
	}
	for (size_t i = column + 1; suffixed && i < o->heading_count; i++) {
		if (strlen(o->headings[i].name) == len && memcmp(o->headings[i].name, name, len) == 0)
			return true;
	}
	return false;
}

/* Sets o->text to `"name":` for a column, different from all other columns. */
static void make_key(struct output *o, size_t column)
{
	size_t name_len;

	if (o->heading_count == 0) {	/* numbers only: there is nothing to clash with */
		buf_reset(&o->text);
		buf_printf(&o->text, "\"%zu\":", column + 1);
		if (o->text.failed)
			front_failed(o);
		return;
	}
	buf_reset(&o->scratch);
	front_heading(o, column, &o->scratch);
	name_len = o->scratch.len;
	for (size_t n = 2; ; n++) {
		struct buf plain = {0};

		json_put_string(&plain, buf_head(&o->scratch), o->scratch.len);
		buf_reset(&o->text);
		safe_put_json(&o->text, buf_head(&plain), plain.len);
		buf_putc(&o->text, ':');
		if (plain.failed || o->text.failed || o->scratch.failed) {
			front_failed(o);
			buf_clear(&plain);
			return;
		}
		buf_clear(&plain);
		if (!is_taken(o, buf_head(&o->scratch), o->scratch.len, &o->text, column, n > 2))
			return;
		buf_truncate(&o->scratch, name_len);
		buf_printf(&o->scratch, "_%zu", n);
	}
}

/* Makes the key of the next column, and keeps it.  False: no memory. */
static bool add_key(struct output *o)
{
	size_t *ends = array_room(o->records.ends, o->records.count + 1, &o->records.room, sizeof *ends);

	if (ends == NULL) {
		front_failed(o);
		return false;
	}
	o->records.ends = ends;
	make_key(o, o->records.count);
	buf_put(&o->records.keys, buf_head(&o->text), o->text.len);
	if (o->records.keys.failed) {
		o->records.count = 0;
		front_failed(o);
		return false;
	}
	o->records.ends[o->records.count++] = o->records.keys.len;
	return true;
}

static void records_begin(struct output *o)
{
	o->records.count = 0;
	buf_reset(&o->records.keys);
	while (o->records.count < o->heading_count && add_key(o))
		continue;
}

static void put_key(struct output *o, size_t index)
{
	size_t len;
	const char *key;
	char *room;

	/* Columns without a heading are kept as they are met: each of their keys is a number, which no other has. */
	if (index == o->records.count && index < KEYS_MOST && !o->records.keys.failed)
		add_key(o);
	if (index < o->records.count) {
		key = key_at(o, index, &len);
	} else {
		make_key(o, index);
		key = buf_head(&o->text);
		len = o->text.len;
	}
	room = len < SINK_BUFFER / 4 ? sink_room(o->sink, len + 1) : NULL;
	if (room == NULL) {
		sink_putc(o->sink, index == 0 ? '{' : ',');
		sink_put(o->sink, key, len);
		return;
	}
	*room = index == 0 ? '{' : ',';
	memcpy(room + 1, key, len);
	sink_wrote(o->sink, len + 1);
}

static void records_cell(void *output, size_t index, struct json v)
{
	struct output *o = output;

	put_key(o, index);
	put_json(o, v);
}

static void records_piece(struct output *o, size_t index, const char *text, size_t len, bool first, bool last)
{
	if (first) {
		put_key(o, index);
		sink_putc(o->sink, '"');
	}
	cell_put_json(o->sink, text, len);
	if (last)
		sink_putc(o->sink, '"');
}

static void records_row_end(struct output *o, size_t count)
{
	size_t i;

	for (i = count; i < o->heading_count; i++) {
		put_key(o, i);
		sink_puts(o->sink, "null");
	}
	sink_puts(o->sink, i == 0 ? "{}\n" : "}\n");
}

static void records_clear(struct output *o)
{
	buf_clear(&o->records.keys);
	free(o->records.ends);
	memset(&o->records, 0, sizeof o->records);
}

const struct format format_records = {
	.name = "records",
	.help = "one JSON object a row, headings as keys, for jq",
	.endings = {"jsonl", "ndjson"},
	.keyed = true,
	.begin = records_begin,
	.cell = records_cell,
	.piece = records_piece,
	.row_end = records_row_end,
	.event = json_event,
	.clear = records_clear,
	.large = LARGE_VALUES,
};
