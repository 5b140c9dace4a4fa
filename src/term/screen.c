/* SPDX-License-Identifier: ISC */
/*
 * screen: the terminal, owned by one place.
 *
 * Owns what is written to the terminal and where its cursor is.  Does not know keys, libedit, requests or replies.
 *
 * Rows are broken by CR LF and leave the last column free, so the terminal never wraps one itself.  A terminal that has been
 * resized can therefore have more rows between the first painted one and the cursor than were painted, but never fewer:
 * going up that many and erasing cannot hit the rows above.
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
	bool editing;		/* a paint is in progress: output is collected */
	bool shown, stale;	/* the line is on the screen; it may have changed since */
	bool lost;		/* another program has moved the cursor */
	bool lent;		/* another program has the terminal */
	bool gone;		/* the terminal takes nothing any more */
	bool reflows;		/* a terminal made narrower breaks its rows anew, and loses nothing */
	int columns, rows;	/* of the terminal when painted last */
	struct frame frame;	/* the painted frame, while shown */
	struct frame next;	/* the frame to paint */
	int top;		/* the frame's first row that is on the screen */
	struct spot pen;	/* where in the frame the terminal's cursor is */
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

/* Terminals that are known to.  Of the others nothing is known: they may cut their rows. */
static bool known_to_reflow(const char *term)
{
	static const char *const types[] = {"tmux", "xterm-kitty", "alacritty", "foot", "vte", "wezterm"};
	static const char *const variables[] = {"TMUX", "VTE_VERSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "WT_SESSION"};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strncmp(term, types[i], strlen(types[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
		if (getenv(variables[i]) != NULL)
			return true;
	return false;
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
	s->reflows = s->visual && known_to_reflow(term);
	s->columns = 80;
	s->rows = 24;
	s->painted = -SCREEN_PAINT_MS;
	s->frame.bytes.secret = s->next.bytes.secret = true;
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
	buf_clear(&s->frame.bytes);
	buf_clear(&s->next.bytes);
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

/* A terminal that was stopped (^S) blocks us, as it blocks any program; but not against SIGTERM and SIGHUP, which are held
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

/* --- painting --- */

static int room(const struct screen *s)
{
	return s->columns > 1 ? s->columns - 1 : 1;
}

/* How many rows the terminal has between the frame's first one and the cursor.  A row that has become too long for it is several
 * where the terminal reflows; where that is not known it is counted as one, so that nothing above can be hit. */
static int rows_above(const struct screen *s)
{
	int all = s->pen.row - s->top;

	if (!s->reflows || s->columns > s->frame.room)
		return all;
	for (int row = s->top; row < s->pen.row; row++)
		all += (frame_width(&s->frame, row) - 1) / s->columns;
	return all + (s->pen.col > 0 ? (s->pen.col - 1) / s->columns : 0);
}

static void go_home(struct screen *s)
{
	int above = s->shown ? rows_above(s) : 0;

	buf_putc(&s->bytes, '\r');
	if (above > 0)
		buf_printf(&s->bytes, "\033[%dA", above);
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
		buf_putc(&s->bytes, '\n');	/* what cannot be taken away stays */
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

/*
 * Writes the frame's bytes from a spot on, as far as they are in the rows top <= row < bottom.  clean: what is to the right of them,
 * and below, is empty already.  Colours from above the window are written, too: its rows have them.
 */
static void put_frame(struct screen *s, const struct frame *f, struct spot from, int top, int bottom, bool clean)
{
	const char *bytes = buf_head(&f->bytes);
	int row = from.row;

	for (size_t at = from.at, n; at < f->bytes.len; at += n) {
		size_t sgr = at < f->text.at ? frame_sgr(bytes + at, f->bytes.len - at) : 0;
		bool inside = row >= top && row < bottom;

		n = sgr > 0 ? sgr : 1;
		if (sgr > 0 && s->visual)
			buf_put(&s->bytes, bytes + at, sgr);
		else if (sgr == 0 && bytes[at] != '\n' && inside)
			buf_putc(&s->bytes, bytes[at]);
		if (bytes[at] != '\n')
			continue;
		if (inside && !clean && s->visual)
			buf_puts(&s->bytes, "\033[K");
		if (inside && row + 1 < bottom)
			buf_puts(&s->bytes, s->visual ? "\r\n" : "\n");
		row++;
	}
}

/* Moves the cursor in its row: what the kernel does for an erased character will do on every terminal. */
static void move_in_row(struct screen *s, const struct frame *f, struct spot to)
{
	enum { FEW = 4 };
	int back = s->pen.col - to.col;

	if (back < 0 && s->visual)
		buf_printf(&s->bytes, back < -1 ? "\033[%dC" : "\033[C", -back);
	else if (back < 0)
		buf_put(&s->bytes, buf_head(&f->bytes) + s->pen.at, to.at - s->pen.at);
	else if (back > FEW && s->visual)
		buf_printf(&s->bytes, to.col > 1 ? "\r\033[%dC" : to.col == 1 ? "\r\033[C" : "\r", to.col);
	else
		for (; back > 0; back--)
			buf_putc(&s->bytes, '\b');
	s->pen = to;
}

/* To any place in the frame.  Without cursor movement another row is out of reach. */
static void move(struct screen *s, const struct frame *f, struct spot to)
{
	int up = s->pen.row - to.row;

	if (up != 0 && !s->visual)
		return;
	if (up != 0)
		buf_printf(&s->bytes, "\033[%d%c", up > 0 ? up : -up, up > 0 ? 'A' : 'B');
	move_in_row(s, f, to);
}

/* Erases what the old frame had after the end of the new one, where the cursor is. */
static void erase_rest(struct screen *s, struct spot old_end)
{
	int more = old_end.row == s->pen.row ? old_end.col - s->pen.col : 0;

	if (s->visual && old_end.row > s->pen.row && s->pen.col > 0)
		buf_puts(&s->bytes, "\033[J");
	else if (s->visual && old_end.row > s->pen.row)
		erase_rows(s);
	else if (s->visual && more > 0)
		buf_puts(&s->bytes, "\033[K");
	else
		for (int i = 0; i < 2 * more; i++)
			buf_putc(&s->bytes, i < more ? ' ' : '\b');
}

/*
 * From the painted frame to the next one by what differs: a character that was typed at the end is all that is written then.
 * False: it takes a whole painting, and nothing has been written.
 */
static bool paint_difference(struct screen *s, int top, int bottom)
{
	const struct frame *old = &s->frame, *new = &s->next;
	struct spot from;

	if (!s->shown || old->room != new->room || !frame_differs(old, new, &from))
		return false;
	if (s->visual && (top != s->top || new->end.row >= bottom))
		return false;
	if (from.at < old->bytes.len || from.at < new->bytes.len) {
		if (from.row != s->pen.row || (from.row == 0 && from.col == 0) || (!s->visual && from.row != old->end.row))
			return false;
		move_in_row(s, old, from);
		put_frame(s, new, from, top, bottom, from.at == old->bytes.len);
		s->pen = new->end;
		erase_rest(s, old->end);
	}
	move(s, new, new->cursor);
	return true;
}

static void paint_whole(struct screen *s, int top, int bottom)
{
	const struct frame *f = &s->next;

	if (s->visual)
		go_home(s);
	else if (s->shown)
		buf_putc(&s->bytes, '\n');
	/* A row that a narrower terminal has broken stays joined to the next one, until it is erased. */
	if (s->visual && s->shown && s->frame.room != f->room)
		erase_rows(s);
	put_frame(s, f, (struct spot){0}, top, bottom, false);
	if (s->visual && f->end.row == 0 && f->end.col == 0)
		erase_rows(s);
	else if (s->visual)
		buf_puts(&s->bytes, "\033[J");
	s->pen = f->end;
	if (s->visual && f->cursor.at < f->end.at) {	/* from the left: the terminal may have other ideas of some widths */
		buf_putc(&s->bytes, '\r');
		s->pen.col = 0;
		if (s->pen.row >= bottom)
			s->pen.row = bottom - 1;
	}
	move(s, f, f->cursor);
}

/* The next frame is on the screen. */
static void painted(struct screen *s, int top)
{
	struct frame old = s->frame;

	s->frame = s->next;
	s->next = old;
	s->top = top;
	s->shown = !s->bytes.failed;
	s->stale = s->lost = false;
}

/* Brings the screen from the painted frame to the next one. */
static void paint(struct screen *s, int top, int bottom)
{
	if (s->next.bytes.failed)
		return;
	if (!paint_difference(s, top, bottom))
		paint_whole(s, top, bottom);
	painted(s, top);
}

/* True if the row of the cursor is the line's last one, and in one piece whatever the terminal does at its new size. */
static bool row_is_whole(const struct screen *s, const struct frame *f)
{
	int columns = s->columns < s->frame.room ? s->columns : s->frame.room;

	return f->end.row == s->pen.row && f->end.col < columns;
}

bool screen_takes_keys(const struct screen *s)
{
	return !screen_settling(s) || (s->shown && s->held.len == 0 && row_is_whole(s, &s->frame));
}

/* While the size settles: what changes in the cursor's row alone can be painted, so that keys are echoed. */
static void paint_settling(struct screen *s, const struct edited *e)
{
	if (!s->stale || !screen_takes_keys(s))
		return;
	frame_draw(&s->next, e, s->frame.room);
	if (!s->next.bytes.failed && row_is_whole(s, &s->next) && paint_difference(s, s->top, INT_MAX))
		painted(s, s->top);
	s->stale = true;		/* it will be painted whole */
	screen_flush(s);
}

int screen_paint(struct screen *s, const struct edited *e, bool now)
{
	int64_t time;
	int height, top;

	if (s->lent || !(s->visual || s->dumb))
		return -1;
	s->editing = true;
	if (s->shown && !s->stale && s->held.len == 0 && s->bytes.len == 0)
		return -1;
	time = loop_now();
	if (s->visual && time < s->settled) {
		paint_settling(s, e);
		return (int)(s->settled - time);
	}
	if (!now && time < s->painted + SCREEN_PAINT_MS)
		return (int)(s->painted + SCREEN_PAINT_MS - time);
	/* The signal may come later than the change. */
	if (measure(s) && s->visual && s->shown) {
		screen_resized(s);
		return SCREEN_SETTLE_MS;
	}
	release_held(s);
	frame_draw(&s->next, e, room(s));
	height = s->rows > 1 ? s->rows - 1 : 1;		/* a row stays free for the newest text above */
	top = s->next.cursor.row < height ? 0 : s->next.cursor.row - height + 1;
	paint(s, top, s->visual ? top + height : INT_MAX);
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

/* All rows, not only the window that was painted while editing: an accepted line can be read again above. */
void screen_finish(struct screen *s, const struct edited *e, const char *mark)
{
	struct edited all = *e;

	release_held(s);
	if (s->visual || s->dumb) {
		all.cursor = all.end;
		measure(s);
		frame_draw(&s->next, &all, room(s));
		if (mark != NULL)
			frame_append(&s->next, mark);
		s->next.cursor = s->next.end;
		paint(s, s->next.end.row < FINISH_ROWS ? 0 : s->next.end.row - FINISH_ROWS + 1, INT_MAX);
		if (!e->echoed || mark != NULL)
			buf_puts(&s->bytes, s->visual ? "\r\n" : "\n");
	}
	s->shown = s->lost = s->editing = false;
	screen_flush(s);
}

void screen_resized(struct screen *s)
{
	measure(s);
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
