/* SPDX-License-Identifier: ISC */
/*
 * frame: see frame.h.  Bytes held have been searched for LF already, so each byte is read once.
 */
#include "proto/frame.h"

#include <string.h>

enum { FRAME_KEEP = 2 * 1024 * 1024 };	/* memory that is kept for the next line */

static void frame_use(struct frame_input *in, size_t len)
{
	in->bytes += len;
	in->len -= len;
}

static enum frame_result frame_line(const char *line, size_t *len, size_t *raw)
{
	*raw = *len + 1;
	if (*len > 0 && line[*len - 1] == '\r')
		--*len;
	return FRAME_LINE;
}

static void frame_forget(struct frame *f)
{
	f->taken = false;
	if (f->held.cap > FRAME_KEEP)
		buf_clear(&f->held);
	else
		buf_reset(&f->held);
}

/* Nothing is held: the line is in the input. */
static enum frame_result frame_direct(struct frame *f, struct frame_input *in, size_t limit, const char **line,
    size_t *len, size_t *raw)
{
	bool beyond = in->len > limit;
	size_t n = beyond ? limit + 1 : in->len;
	const char *lf = n ? memchr(in->bytes, '\n', n) : NULL;

	*line = in->bytes;
	if (lf) {
		*len = (size_t)(lf - in->bytes);
		frame_use(in, *len + 1);
		return frame_line(*line, len, raw);
	}
	if (beyond) {
		*len = limit;
		return FRAME_LONG;
	}
	buf_put(&f->held, in->bytes, n);
	if (f->held.failed)
		return FRAME_MEMORY;
	frame_use(in, n);
	return FRAME_MORE;
}

enum frame_result frame_next(struct frame *f, struct frame_input *in, size_t limit, const char **line, size_t *len,
    size_t *raw)
{
	size_t room, n;
	const char *lf;
	bool beyond;

	if (f->taken)
		frame_forget(f);
	if (f->held.len == 0)
		return frame_direct(f, in, limit, line, len, raw);
	room = limit > f->held.len ? limit - f->held.len : 0;
	beyond = in->len > room;
	n = beyond ? room + 1 : in->len;
	lf = n ? memchr(in->bytes, '\n', n) : NULL;
	if (lf)
		n = (size_t)(lf - in->bytes);
	else if (beyond)
		n = room;
	buf_put(&f->held, in->bytes, n);
	if (f->held.failed)
		return FRAME_MEMORY;
	frame_use(in, n);
	*line = buf_head(&f->held);
	*len = f->held.len;
	if (lf) {
		frame_use(in, 1);
		f->taken = true;
		return frame_line(*line, len, raw);
	}
	return beyond ? FRAME_LONG : FRAME_MORE;
}

void frame_drop(struct frame *f, struct frame_input *in, size_t len)
{
	if (f->held.len == 0)
		frame_use(in, len < in->len ? len : in->len);
	frame_forget(f);
}

size_t frame_held(const struct frame *f)
{
	return f->taken ? 0 : f->held.len;
}

void frame_clear(struct frame *f)
{
	f->taken = false;
	buf_clear(&f->held);
}
