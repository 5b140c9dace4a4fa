/* SPDX-License-Identifier: ISC */
/*
 * edited: the line being edited: its text, the part that is painted, and one step of the loop around it.
 *
 * Does not know keys or when a line ends.
 */
#include <poll.h>

#include "term/prompt_parts.h"

static const char continuation[] = "... ";

struct prompt *prompt_of(EditLine *el)
{
	struct prompt *p = NULL;

	el_get(el, EL_CLIENTDATA, &p);
	return p;
}

/* --- what is painted --- */

void prompt_put(struct buf *out, const wchar_t *text, const wchar_t *end)
{
	for (; text < end; text++) {
		char bytes[UTF8_MAX];

		buf_put(out, bytes, utf8_encode((uint32_t)*text, bytes));
	}
}

void prompt_text(struct prompt *p, struct buf *out, bool to_cursor)
{
	const LineInfoW *li = el_wline(p->el);

	buf_put(out, buf_head(&p->rows), p->rows.len);
	prompt_put(out, li->buffer, to_cursor ? li->cursor : li->lastchar);
}

void prompt_edited(struct prompt *p, struct edited *e)
{
	static const wchar_t nothing[] = L"";

	e->prompt = p->question != NULL ? p->question : p->rows.len > 0 ? continuation : p->o.prompt(p->o.ctx);
	e->text = e->end = e->cursor = nothing;
	e->echoed = p->el != NULL && !p->echoes && screen_dumb(p->screen);
	if (p->el != NULL && p->question == NULL && !e->echoed) {
		const LineInfoW *li = el_wline(p->el);

		e->text = li->buffer;
		e->end = li->lastchar;
		e->cursor = li->cursor < li->buffer || li->cursor > li->lastchar ? li->lastchar : li->cursor;
	}
}

static void on_keyboard(void *ctx, int fd, short revents)
{
	struct prompt *p = ctx;

	(void)fd, (void)revents;
	if (p->interrupted || p->stopped)	/* in this very step: text typed after ^C is for the next line */
		return;
	if (p->el == NULL) {
		p->readable = true;
		return;
	}
	input_read(&p->input);
	p->interrupted |= p->input.interrupted;
}

void prompt_watch(struct prompt *p, bool on)
{
	if (on == p->watching)
		return;
	if (!on)
		loop_unwatch(p->loop, p->input.fd);
	else if (loop_watch(p->loop, p->input.fd, POLLIN, on_keyboard, p) < 0)
		return;
	p->watching = on;
}

static int sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

void prompt_step(struct prompt *p, bool keyboard, int64_t max_ms)
{
	int wait = -1;

	if (p->released == 0) {
		struct edited e;

		prompt_edited(p, &e);
		wait = screen_paint(p->screen, &e, false);
	}
	if (max_ms >= 0)
		wait = sooner(wait, (int)max_ms);
	if (keyboard)
		wait = sooner(wait, input_wait(&p->input));
	/* Text typed without echo stays in the kernel. */
	prompt_watch(p, keyboard && p->released == 0 && screen_takes_keys(p->screen));
	loop_step(p->loop, wait);
}
