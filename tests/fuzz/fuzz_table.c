/* SPDX-License-Identifier: ISC */
/*
 * fuzz_table: any reply through every format.  The first bytes choose request, headings and settings; the rest is a
 * box's line if the scanner accepts it, else the texts of cells.  The output is harmless on a terminal, and in a file has
 * no controls; json and records are JSON (in a file: the box's own bytes), and a reply that is taken as a large one looks the
 * same whether its items come whole or in parts.
 */
#include <string.h>

#include "format/formats.h"
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct format *f, bool terminal, const struct buf *out)
{
	const char *p = buf_head(out), *end = p + out->len;
	bool json = f == &format_json || f == &format_records;

	if (f == &format_raw)
		return;
	if (terminal || !json)
		oracle_clean(p, out->len, f == &format_csv, terminal || f == &format_table);
	if (!json)
		return;
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct json v;
		size_t at;

		if (lf == NULL)
			oracle_fail("no LF", p, (size_t)(end - p));
		/* Half a surrogate pair is a fault of the box: the reply is reported as bad; so is, in a file, one that is not
		 * UTF-8. */
		const char *wrong = json_read(p, (size_t)(lf - p), &v, &at);
		if (wrong != NULL && strstr(wrong, "surrogate") == NULL && (terminal || strstr(wrong, "UTF-8") == NULL) && strncmp(p, "ok", 2) != 0)
			oracle_fail(wrong, p, (size_t)(lf - p));
		p = lf + 1;
	}
}

/* An item, in parts of so many bytes; 0: whole. */
static void show_item(struct output *o, struct json v, unsigned depth, bool begins, size_t part)
{
	if (part == 0)
		output_item(o, v, depth, begins);
	for (size_t at = 0; part > 0 && at < v.len; at += part)
		output_part(o, v.text + at, v.len - at < part ? v.len - at : part, depth, v.len - at <= part);
}

static void show_large(struct output *o, const struct reply_about *about, const struct reply *r, size_t first, size_t part)
{
	static const uint64_t uncounted[3];
	enum large_mode mode = output_large(o, about, r->line, first);
	struct json_iter it = r->values, elements;
	struct json v, e;

	if (mode == LARGE_KEEP) {
		output_reply(o, about, r);
		return;
	}
	for (size_t at = 0; mode == LARGE_TEXT && at < r->len; at += first)
		output_text(o, r->line + at, r->len - at < first ? r->len - at : first, uncounted);
	while (mode != LARGE_TEXT && json_next(&it, NULL, &v)) {
		if (mode == LARGE_VALUES || json_kind(v) != JSON_ARRAY) {
			show_item(o, v, 1, false, part);
			continue;
		}
		output_item(o, (struct json){ "", 0 }, 1, true);
		elements = json_iterate(v);
		for (bool begins = true; json_next(&elements, NULL, &e); begins = false)
			show_item(o, e, 2, begins, part);
		output_item(o, (struct json){ "", 0 }, 1, false);
	}
	output_large_end(o, true);
}

static void show_all(const char *line, size_t len, struct json_iter values, const struct reply_about *about,
    const struct output_settings *settings, size_t first)
{
	struct reply r = { .ok = true, .line = line, .len = len, .values = values };

	for (size_t i = 0; formats[i] != NULL; i++) {
		struct sink s;
		struct output *o;

		sink_init(&s, -1);
		s.terminal = settings->terminal;
		o = output_create(&s, formats[i], settings);
		if (o == NULL)
			abort();
		output_reply(o, about, &r);
		check(formats[i], s.terminal, &s.buf);
		if (first >= 8 && first < len) {
			struct buf whole = {0};

			buf_reset(&s.buf);
			show_large(o, about, &r, first, 0);
			check(formats[i], s.terminal, &s.buf);
			buf_put(&whole, buf_head(&s.buf), s.buf.len);
			buf_reset(&s.buf);
			show_large(o, about, &r, first, first % 16 + 1);
			if (s.buf.len != whole.len || memcmp(buf_head(&s.buf), buf_head(&whole), whole.len) != 0)
				oracle_fail("looks otherwise in parts", buf_head(&s.buf), s.buf.len);
			buf_clear(&whole);
		}
		output_free(o);
		sink_clear(&s);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char gid[] = "gid", pollers[] = "pollers", odd[] = "na\tme\x1b", poll[] = "last_poll", two[] = "2";
	static char *const names[] = { gid, pollers, gid, odd, poll, two };
	struct output_settings settings = {0};
	struct reply_about about = {0};
	struct json_scan scan;
	struct json_iter values;
	struct json v;
	struct buf built = {0};
	const char *line;
	size_t len, used, first;

	if (size < 4)
		return 0;
	about.type = data[0] < catalog_len ? &catalog[data[0]] : NULL;
	about.heading_count = data[1] % 7;
	about.headings = about.heading_count > 0 ? names : NULL;
	settings.header = (enum header)(data[2] % 3);
	settings.reveal = data[2] & 4;
	settings.terminal = data[2] & 8;
	settings.expanded = (enum expanded)(data[2] >> 4 & 3) % 3;
	settings.columns = data[2] >> 6 ? 20 : 0;
	first = data[3];
	line = (const char *)data + 4;
	len = size - 4;
	json_scan_init(&scan, JSON_DEPTH);
	/* A line has no LF in it: that is where the stream is cut into lines. */
	if (len == 0 || line[0] != '[' || memchr(line, '\n', len) != NULL || json_scan_feed(&scan, line, len, &used) != JSON_SCAN_DONE || used != len) {
		/* Cells are separated by LFs, rows by double ones. */
		buf_puts(&built, "[\"1\",1,[[");
		for (size_t at = 0, start = 0; at <= len; at++) {
			if (at < len && line[at] != '\n')
				continue;
			json_put_string(&built, line + start, at - start);
			buf_puts(&built, at == len ? "]]]" : at + 1 < len && line[at + 1] == '\n' ? "],[" : ",");
			if (at + 1 < len && line[at + 1] == '\n')
				at++;
			start = at + 1;
		}
		line = buf_head(&built);
		len = built.len;
		json_scan_init(&scan, JSON_DEPTH);
		if (json_scan_feed(&scan, line, len, &used) != JSON_SCAN_DONE) {
			buf_clear(&built);
			return 0;
		}
	}
	values = json_iterate((struct json){ line, len });
	if (json_next(&values, NULL, &v) && json_next(&values, NULL, &v))
		show_all(line, len, values, &about, &settings, first);
	buf_clear(&built);
	return 0;
}
