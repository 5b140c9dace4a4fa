/* SPDX-License-Identifier: ISC */
/*
 * screen: the terminal, owned by one place.
 *
 * Owns what is written to the terminal and where its cursor is.  Refuses to know keys, libedit, requests and replies.
 *
 * Rows are broken by CR LF and leave the last column free, so the terminal never wraps one itself.  A terminal that has been
 * resized can therefore have more rows between the first painted one and the cursor than were painted, but never fewer:
 * going up that many and erasing cannot hit what stands above.
 */
#include "term/screen.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/safe.h"
#include "base/utf8.h"
#include "base/width.h"
#include "net/loop.h"

enum {
	COLLECT_BYTES = 64 * 1024,	/* written without waiting for the next painting */
	HOLD_BYTES = 1024 * 1024,	/* kept back while the size settles, at most */
	FINISH_ROWS = 2000,		/* of an accepted line that are left on the screen, at most */
	STUCK_MS = 200,
};

struct screen {
	int in, out;
	bool visual, dumb;
	bool editing;		/* somebody paints: output is collected */
	bool shown, stale;	/* the line is on the screen; it may have changed since */
	bool lost;		/* somebody else has moved the cursor */
	bool lent;		/* another program has the terminal */
	bool gone;		/* the terminal takes nothing any more */
	int columns, rows;	/* of the terminal when painted last */
	int above;		/* painted rows above the cursor */
	int64_t painted;	/* when */
	int64_t settled;	/* when the size will have */
	struct buf bytes;	/* to be written */
	struct buf held;	/* to be put above the line once the size has settled, or the terminal is back */
	size_t dropped;		/* lines that found no room there */
};

static bool measure(struct screen *s)
{
	struct winsize size;
	int columns = s->columns, rows = s->rows;

	if (ioctl(s->out, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		s->columns = size.ws_col;
		s->rows = size.ws_row;
	}
	return s->columns != columns || s->rows != rows;
}

struct screen *screen_create(int in, int out)
{
	struct screen *s = calloc(1, sizeof *s);
	const char *term = getenv("TERM");
	bool terminal = isatty(in) && isatty(out);

	if (s == NULL)
		return NULL;
	s->in = in;
	s->out = out;
	s->visual = terminal && term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
	s->dumb = terminal && !s->visual;
	s->columns = 80;
	s->rows = 24;
	s->painted = -SCREEN_PAINT_MS;
	measure(s);
	return s;
}

void screen_free(struct screen *s)
{
	if (s == NULL)
		return;
	s->lent = false;
	screen_hide(s);
	buf_clear(&s->bytes);
	buf_clear(&s->held);
	free(s);
}

bool screen_visual(const struct screen *s)
{
	return s->visual;
}

bool screen_dumb(const struct screen *s)
{
	return s->dumb;
}

void screen_set_dumb(struct screen *s)
{
	s->dumb = s->dumb || s->visual;
	s->visual = false;
}

void screen_size(const struct screen *s, int *columns, int *rows)
{
	struct screen copy = *s;

	measure(&copy);
	*columns = copy.columns;
	*rows = copy.rows;
}

/* A terminal that was stopped (^S) blocks us, as it does everybody; but not against SIGTERM and SIGHUP, which are held
 * back outside of the loop. */
static bool wait_writable(struct screen *s)
{
	for (;;) {
		struct pollfd p = {.fd = s->out, .events = POLLOUT};
		int n = poll(&p, 1, STUCK_MS);
		sigset_t pending;

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) == 1 ||
		    sigismember(&pending, SIGHUP) == 1))
			return false;
	}
}

static void screen_flush(struct screen *s)
{
	/* What got no memory is incomplete: better a prompt that is painted anew than half an escape sequence. */
	if (s->bytes.failed)
		buf_reset(&s->bytes);
	while (s->bytes.len > 0 && !s->gone) {
		ssize_t n;

		if (!wait_writable(s)) {
			s->gone = true;
			break;
		}
		n = write(s->out, buf_head(&s->bytes), s->bytes.len);
		if (n > 0)
			buf_consume(&s->bytes, (size_t)n);
		else if (n < 0 && errno != EINTR && errno != EAGAIN)
			s->gone = true;
	}
	buf_reset(&s->bytes);
}

/*
 * Painting.  A pen walks over prompt and line; it writes what falls into the rows top <= v < bottom and remembers
 * where the cursor belongs.
 */
struct pen {
	struct buf *out;
	int top, bottom;
	int room;		/* columns of a row that are used */
	int h, v;
	int row, col;		/* the cursor's place */
};

static bool inside(const struct pen *p)
{
	return p->v >= p->top && p->v < p->bottom;
}

static void new_row(struct pen *p)
{
	if (inside(p))
		buf_puts(p->out, p->v + 1 < p->bottom ? "\033[K\r\n" : "\033[K");
	p->v++;
	p->h = 0;
}

static void put_point(struct pen *p, uint32_t point)
{
	int width = width_point(point);

	if (width > p->room) {
		point = '?';
		width = 1;
	}
	if (p->h + width > p->room) {
		if (p->row == p->v && p->col == p->h) {	/* the cursor is on this character */
			p->row++;
			p->col = 0;
		}
		new_row(p);
	}
	if (inside(p)) {
		char bytes[UTF8_MAX];

		buf_put(p->out, bytes, utf8_encode(point, bytes));
	}
	p->h += width;
}

static void put_ascii(struct pen *p, const char *text)
{
	for (; *text != '\0'; text++)
		put_point(p, (unsigned char)*text);
}

/* A character of the line, whatever it is, in a way that can be seen. */
static void put_char(struct pen *p, uint32_t c)
{
	char text[16];

	if (c == '\n') {
		new_row(p);
	} else if (c == '\t') {
		do
			put_point(p, ' ');
		while (p->h % 8 != 0 && p->h < p->room);
	} else if (c < 0x20 || c == 0x7f) {
		put_point(p, '^');
		put_point(p, c ^ 0x40);
	} else if (c == 0xfe0e || c == 0xfe0f) {
		/* Text or emoji style: terminals disagree about the width it gives, and nothing is lost to the eye. */
	} else if (safe_point(c)) {
		put_point(p, c);
	} else {
		snprintf(text, sizeof text, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
		put_ascii(p, text);
	}
}

static void put_prompt(struct pen *p, const char *prompt)
{
	size_t len = strlen(prompt);

	while (len > 0) {
		uint32_t point = 0xfffd;
		int n = 1;

		if (len > 2 && prompt[0] == '\033' && prompt[1] == '[') {
			size_t sgr = 2 + strspn(prompt + 2, "0123456789;:");

			if (prompt[sgr] == 'm') {
				if (p->out != NULL)	/* also above the window: its rows have the colour */
					buf_put(p->out, prompt, sgr + 1);
				prompt += sgr + 1;
				len -= sgr + 1;
				continue;
			}
		}
		n = utf8_decode(prompt, len, &point);
		if (n < 0) {
			n = 1;
			point = 0xfffd;
		}
		put_char(p, point);
		prompt += n;
		len -= (size_t)n;
	}
}

static void draw(struct pen *p, const struct edited *e)
{
	put_prompt(p, e->prompt);
	for (const wchar_t *c = e->text;; c++) {
		if (c == e->cursor) {
			p->row = p->v;
			p->col = p->h;
		}
		if (c == e->end)
			break;
		put_char(p, (uint32_t)*c);
	}
}

static int room(const struct screen *s)
{
	return s->columns > 1 ? s->columns - 1 : 1;
}

static void go_home(struct screen *s)
{
	buf_putc(&s->bytes, '\r');
	if (s->shown && s->above > 0)
		buf_printf(&s->bytes, "\033[%dA", s->above);
}

/* Erases from column 0 of the row to the end of the screen.  A plain ESC[J in the top left corner makes tmux move the
 * whole screen into its history. */
static void erase_rows(struct screen *s)
{
	buf_puts(&s->bytes, "\033[K\0337\033[B\033[J\0338");
}

static void take_away(struct screen *s)
{
	if (s->shown && s->visual) {
		go_home(s);
		erase_rows(s);
	} else if (s->shown && s->dumb) {
		buf_putc(&s->bytes, '\n');	/* what is typed is unknown: only a new row is safe */
	} else if (s->lost && s->visual) {
		buf_puts(&s->bytes, "\r\033[K");
	}
	s->shown = s->lost = false;
}

static void put_above(struct screen *s, const char *text, size_t len)
{
	take_away(s);
	buf_put(&s->bytes, text, len);
	if (len > 0 && text[len - 1] != '\n')
		buf_putc(&s->bytes, '\n');
}

static void release_held(struct screen *s)
{
	if (s->held.len > 0)
		put_above(s, buf_head(&s->held), s->held.len);
	if (s->dropped > 0)
		buf_printf(&s->bytes, "(%zu more lines)\n", s->dropped);
	s->dropped = 0;
	buf_clear(&s->held);
}

/* Without cursor movement there is only the prompt; escape sequences are left out. */
static void paint_dumb(struct screen *s, const struct edited *e)
{
	for (const char *c = e->prompt; *c != '\0'; c++) {
		if (*c == '\033' && c[1] == '[') {
			size_t sgr = 2 + strspn(c + 2, "0123456789;:");

			if (c[sgr] == 'm') {
				c += sgr;
				continue;
			}
		}
		if ((unsigned char)*c >= 0x20 || *c == '\n')
			buf_putc(&s->bytes, *c);
	}
}

static void paint(struct screen *s, const struct edited *e)
{
	struct pen dry = {.room = room(s)}, p = {.out = &s->bytes, .room = room(s)};
	int height = s->rows > 1 ? s->rows - 1 : 1;	/* a row stays free for the newest text above */
	int last;

	go_home(s);
	draw(&dry, e);
	p.top = dry.row < height ? 0 : dry.row - height + 1;
	p.bottom = p.top + height;
	draw(&p, e);
	if (p.v == 0 && p.h == 0)
		erase_rows(s);
	else
		buf_puts(&s->bytes, "\033[J");
	buf_putc(&s->bytes, '\r');
	last = p.v < p.bottom ? p.v : p.bottom - 1;
	if (last > p.row)
		buf_printf(&s->bytes, "\033[%dA", last - p.row);
	if (p.col > 0)
		buf_printf(&s->bytes, "\033[%dC", p.col);
	s->above = p.row - p.top;
}

int screen_paint(struct screen *s, const struct edited *e, bool now)
{
	int64_t time;

	if (s->lent || !(s->visual || s->dumb))
		return -1;
	s->editing = true;
	if (s->shown && !(s->stale && s->visual) && s->held.len == 0 && s->bytes.len == 0)
		return -1;
	time = loop_now();
	if (s->visual && time < s->settled)
		return (int)(s->settled - time);
	if (!now && time < s->painted + SCREEN_PAINT_MS)
		return (int)(s->painted + SCREEN_PAINT_MS - time);
	/* The signal may come later than the change. */
	if (s->visual && measure(s) && s->shown) {
		screen_resized(s);
		return SCREEN_SETTLE_MS;
	}
	release_held(s);
	if (s->visual)
		paint(s, e);
	else if (!s->shown)
		paint_dumb(s, e);
	s->shown = !s->bytes.failed;
	s->stale = s->lost = false;
	s->painted = time;
	screen_flush(s);
	return -1;
}

void screen_touch(struct screen *s)
{
	s->stale = true;
}

void screen_hide(struct screen *s)
{
	if (s->lent)
		return;
	take_away(s);
	release_held(s);
	s->editing = false;
	screen_flush(s);
}

static void hold(struct screen *s, const char *text, size_t len)
{
	if (s->held.len + len > HOLD_BYTES) {
		for (size_t i = 0; i < len; i++)
			s->dropped += text[i] == '\n';
		return;
	}
	buf_put(&s->held, text, len);
	if (text[len - 1] != '\n')
		buf_putc(&s->held, '\n');
}

void screen_lend(struct screen *s)
{
	s->lent = true;
}

void screen_take_back(struct screen *s)
{
	s->lent = false;
	screen_forget(s);
	release_held(s);
	screen_flush(s);
}

void screen_write(struct screen *s, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (s->lent || (s->shown && screen_settling(s) && s->held.len + len <= HOLD_BYTES)) {
		hold(s, text, len);
		return;
	}
	release_held(s);
	put_above(s, text, len);
	if (!s->editing || s->bytes.len >= COLLECT_BYTES)
		screen_flush(s);
}

/* All rows, not only the window that was painted while editing: what was accepted can be read again above. */
void screen_finish(struct screen *s, const struct edited *e, const char *mark)
{
	struct pen dry = {.room = room(s)}, p = {.out = &s->bytes, .room = room(s), .bottom = INT_MAX};

	release_held(s);
	if (s->visual) {
		measure(s);
		dry.room = p.room = room(s);
		go_home(s);
		draw(&dry, e);
		p.top = dry.v < FINISH_ROWS ? 0 : dry.v - FINISH_ROWS + 1;
		draw(&p, e);
		if (mark != NULL)
			put_ascii(&p, mark);
		if (p.v == 0 && p.h == 0)
			erase_rows(s);
		else
			buf_puts(&s->bytes, "\033[J");
		buf_puts(&s->bytes, "\r\n");
	} else if (s->dumb && mark != NULL) {
		buf_putc(&s->bytes, '\n');
	}
	s->shown = s->lost = s->editing = false;
	screen_flush(s);
}

void screen_resized(struct screen *s)
{
	s->settled = loop_now() + SCREEN_SETTLE_MS;
	s->stale = true;
}

bool screen_settling(const struct screen *s)
{
	return s->visual && loop_now() < s->settled;
}

void screen_forget(struct screen *s)
{
	s->shown = false;
	s->lost = true;
	s->above = 0;
}

void screen_clear(struct screen *s)
{
	if (!s->visual)
		return;
	release_held(s);
	buf_puts(&s->bytes, "\033[H\033[2J");
	screen_forget(s);
}

void screen_bell(struct screen *s)
{
	if (!s->visual)
		return;
	buf_putc(&s->bytes, '\a');
	if (!s->editing)
		screen_flush(s);
}

void screen_control(struct screen *s, const char *sequence)
{
	if (!s->visual)
		return;
	buf_puts(&s->bytes, sequence);
	if (!s->editing)
		screen_flush(s);
}
