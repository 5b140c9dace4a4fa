/* SPDX-License-Identifier: ISC */
/*
 * frame: a pen walks over prompt and line.  Does not know the terminal.
 */
#include "term/frame.h"

#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "base/width.h"

static void new_row(struct frame *f)
{
	buf_putc(&f->bytes, '\n');
	f->end.row++;
	f->end.col = 0;
}

static void put_point(struct frame *f, uint32_t point)
{
	int width = width_point(point);
	char bytes[UTF8_MAX];

	if (width > f->room) {
		point = '?';
		width = 1;
	}
	if (f->end.col + width > f->room) {
		bool on_cursor = f->cursor.row == f->end.row && f->cursor.col == f->end.col && f->cursor.at == f->bytes.len;

		new_row(f);
		if (on_cursor)		/* it is on this character */
			f->cursor = (struct spot){f->bytes.len, f->end.row, 0};
	}
	buf_put(&f->bytes, bytes, utf8_encode(point, bytes));
	f->end.col += width;
}

void frame_append(struct frame *f, const char *text)
{
	for (; *text != '\0'; text++)
		put_point(f, (unsigned char)*text);
	f->end.at = f->bytes.len;
}

/* Appends a character of the line in a form that can be seen. */
static void put_char(struct frame *f, uint32_t c)
{
	char text[16];

	if (c == '\n') {
		new_row(f);
	} else if (c == '\t') {
		do
			put_point(f, ' ');
		while (f->end.col % 8 != 0 && f->end.col < f->room);
	} else if (c < 0x20 || c == 0x7f) {
		put_point(f, '^');
		put_point(f, c ^ 0x40);
	} else if (c == 0xfe0e || c == 0xfe0f) {
		/* Text or emoji style: terminals disagree about the width it gives, and nothing is lost to the eye. */
	} else if (safe_point(c)) {
		put_point(f, c);
	} else {
		snprintf(text, sizeof text, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
		frame_append(f, text);
	}
}

size_t frame_sgr(const char *text, size_t len)
{
	size_t n = 2;

	if (len < 3 || text[0] != '\033' || text[1] != '[')
		return 0;
	while (n < len && strchr("0123456789;:", text[n]) != NULL && text[n] != '\0')
		n++;
	return n < len && text[n] == 'm' ? n + 1 : 0;
}

static void put_prompt(struct frame *f, const char *prompt)
{
	size_t len = strlen(prompt);

	while (len > 0) {
		uint32_t point = 0xfffd;
		size_t sgr = frame_sgr(prompt, len);
		int n = sgr > 0 ? (int)sgr : utf8_decode(prompt, len, &point);

		if (sgr > 0) {
			buf_put(&f->bytes, prompt, sgr);
		} else if (n > 0) {
			put_char(f, point);
		} else {
			n = 1;
			put_char(f, 0xfffd);
		}
		prompt += n;
		len -= (size_t)n;
	}
}

void frame_draw(struct frame *f, const struct edited *e, int room)
{
	buf_reset(&f->bytes);
	f->room = room;
	f->end = f->text = (struct spot){0};
	f->cursor = (struct spot){.at = SIZE_MAX};
	put_prompt(f, e->prompt);
	f->text = (struct spot){f->bytes.len, f->end.row, f->end.col};
	for (const wchar_t *c = e->text;; c++) {
		if (c == e->cursor)
			f->cursor = (struct spot){f->bytes.len, f->end.row, f->end.col};
		if (c == e->end)
			break;
		put_char(f, (uint32_t)*c);
	}
	f->end.at = f->bytes.len;
}

/* True if a character with a width begins there, or a row, or nothing. */
static bool is_cell(const struct frame *f, size_t at)
{
	const char *c = buf_head(&f->bytes) + at;
	uint32_t point;

	return at == f->bytes.len || *c == '\n' || (utf8_decode(c, f->bytes.len - at, &point) > 0 && width_point(point) > 0);
}

bool frame_differs(const struct frame *a, const struct frame *b, struct spot *spot)
{
	const char *x = buf_head(&a->bytes), *y = buf_head(&b->bytes);
	size_t both = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len, same = b->text.at;
	struct spot next = b->text;

	if (a->text.at != same || memcmp(x, y, same) != 0)
		return false;
	while (same < both && x[same] == y[same])
		same++;
	*spot = next;
	while (next.at <= same) {
		uint32_t point = 0;
		int n;

		if (is_cell(a, next.at) && is_cell(b, next.at))
			*spot = next;
		if (next.at >= both)
			break;
		n = utf8_decode(y + next.at, b->bytes.len - next.at, &point);
		next.at += n > 0 ? (size_t)n : 1;
		next.row += point == '\n';
		next.col = point == '\n' ? 0 : next.col + width_point(point);
	}
	return true;
}

int frame_width(const struct frame *f, int row)
{
	const char *bytes = buf_head(&f->bytes);
	int width = 0;

	for (size_t at = 0; at < f->bytes.len && row >= 0;) {
		size_t sgr = at < f->text.at ? frame_sgr(bytes + at, f->bytes.len - at) : 0;
		uint32_t point = 0;
		int n = sgr > 0 ? (int)sgr : utf8_decode(bytes + at, f->bytes.len - at, &point);

		if (sgr == 0 && point == '\n')
			row--;
		else if (sgr == 0 && row == 0)
			width += width_point(point);
		at += n > 0 ? (size_t)n : 1;
	}
	return width;
}
