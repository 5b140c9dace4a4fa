/* SPDX-License-Identifier: ISC */
/*
 * candidates: the list of candidates above the line.
 *
 * Owns how candidates are laid out.  Their texts and helps may be the box's: they are made harmless here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "base/width.h"
#include "term/prompt_parts.h"

enum { HELP_COLUMN = 40, LIST_INDENT = 2 };

/* Appends as much of harmless text as fits into room columns; returns the columns taken. */
static size_t put_cut(struct buf *out, const char *text, size_t len, size_t room)
{
	size_t at = 0, columns = 0;

	while (at < len) {
		uint32_t point;
		int n = utf8_decode(text + at, len - at, &point);
		size_t width = n > 0 ? (size_t)width_point(point) : 1;

		if (columns + width > room)
			break;
		columns += width;
		at += n > 0 ? (size_t)n : 1;
	}
	buf_put(out, text, at);
	return columns;
}

static void put_blanks(struct buf *out, size_t n)
{
	for (; n > 0; n--)
		buf_putc(out, ' ');
}

/* A candidate as it is shown. */
struct item {
	size_t text, text_len;		/* in a buf that they share */
	size_t help, help_len;
	size_t width;
};

struct list {
	struct buf bytes;
	struct item *items;
	size_t count;
	size_t widest;
	bool helped;
};

static bool list_make(struct list *l, const struct completion *c)
{
	*l = (struct list){.items = calloc(c->count + 1, sizeof *l->items), .count = c->count};
	if (l->items == NULL)
		return false;
	for (size_t i = 0; i < c->count; i++) {
		struct item *item = &l->items[i];
		const struct candidate *from = &c->candidates[i];

		item->text = l->bytes.len;
		safe_put(&l->bytes, from->text, strlen(from->text));
		item->text_len = l->bytes.len - item->text;
		item->help = l->bytes.len;
		if (from->help != NULL)
			safe_put(&l->bytes, from->help, strlen(from->help));
		item->help_len = l->bytes.len - item->help;
		item->width = width_text(buf_head(&l->bytes) + item->text, item->text_len);
		l->widest = item->width > l->widest ? item->width : l->widest;
		l->helped = l->helped || item->help_len > 0;
	}
	return !l->bytes.failed;
}

static void list_clear(struct list *l)
{
	buf_clear(&l->bytes);
	free(l->items);
}

/* One candidate a row, its help beside it. */
static size_t put_helped(struct buf *out, const struct list *l, size_t rows, size_t room)
{
	size_t shown = l->count <= rows ? l->count : rows - 1, column = l->widest;

	if (column > HELP_COLUMN)
		column = HELP_COLUMN;
	if (column > room / 2)
		column = room / 2;
	for (size_t i = 0; i < shown; i++) {
		const struct item *item = &l->items[i];
		size_t used;

		put_blanks(out, LIST_INDENT);
		used = put_cut(out, buf_head(&l->bytes) + item->text, item->text_len, room);
		if (item->help_len > 0 && used + 2 < room) {
			size_t gap = used < column ? column - used + 2 : 2;

			put_blanks(out, gap);
			put_cut(out, buf_head(&l->bytes) + item->help, item->help_len,
			    room > used + gap ? room - used - gap : 0);
		}
		buf_putc(out, '\n');
	}
	return shown;
}

/* In columns, downwards, as ls does it. */
static size_t put_columns(struct buf *out, const struct list *l, size_t rows, size_t room)
{
	size_t step = l->widest + 2, across = room / step > 0 ? room / step : 1;
	size_t down = (l->count + across - 1) / across, shown = l->count;

	if (down > rows) {
		down = rows - 1;
		shown = down * across;
	}
	for (size_t row = 0; row < down; row++) {
		put_blanks(out, LIST_INDENT);
		for (size_t i = row, used = 0, at = 0; i < shown; i += down, at += step) {
			put_blanks(out, at - used);
			used = at + put_cut(out, buf_head(&l->bytes) + l->items[i].text, l->items[i].text_len, room);
		}
		buf_putc(out, '\n');
	}
	return shown;
}

/* Shows, above the line, what may come next: at most a screenful. */
void prompt_list(struct prompt *p, const struct completion *c, bool explain)
{
	struct buf out = {0};
	struct list l;
	int columns, rows;
	size_t room, height;

	screen_size(p->screen, &columns, &rows);
	room = columns > LIST_INDENT + 2 ? (size_t)columns - LIST_INDENT - 1 : 1;
	height = rows > 4 ? (size_t)rows - 2 : 2;
	if (explain && c->explain != NULL) {
		safe_put(&out, c->explain, strlen(c->explain));
		buf_putc(&out, '\n');
		height = height > 3 ? height - 1 : 2;
	}
	if (list_make(&l, c) && l.count > 0) {
		size_t shown = l.helped ? put_helped(&out, &l, height, room) : put_columns(&out, &l, height, room);

		if (shown < l.count)
			buf_printf(&out, "  ... %zu more\n", l.count - shown);
	}
	list_clear(&l);
	if (!out.failed)
		screen_write(p->screen, buf_head(&out), out.len);
	buf_clear(&out);
}
