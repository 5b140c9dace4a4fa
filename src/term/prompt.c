/* SPDX-License-Identifier: ISC */
/*
 * prompt: reads lines from a person: libedit edits, term/screen paints, net/loop waits.
 *
 * Owns the EditLine, the terminal's modes and the signals that are about the terminal.  Does not know requests, the
 * link, or what a line means.
 *
 * libedit's loop stays in charge of keys: whenever it wants one, at any depth of a key sequence or a search, next_key() runs the
 * loop until there is one.  libedit's own drawing is dropped: the screen knows where its rows are, libedit does not.
 */
#include "term/prompt.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "term/prompt_parts.h"
#include "term/rescue.h"

static const char prompt_paste_on[] = "\033[?2004h", prompt_paste_off[] = "\033[?2004l";

/* --- keys --- */

/*
 * PASTE_KEY came where libedit had no use for it: after ^V, in the middle of a key sequence, in a search of vi.  It
 * is tried once more.  True: it is the next key.
 */
static bool paste_again(struct prompt *p, const LineInfoW *li)
{
	if (p->paste_tries == 0)
		return false;
	if (li->cursor > li->buffer && li->cursor[-1] == PASTE_KEY)
		el_deletestr(p->el, 1);
	if (p->paste_tries++ == 1)
		return true;
	p->paste_tries = 0;
	buf_clear(&p->input.paste);
	screen_bell(p->screen);
	return false;
}

/*
 * What libedit draws goes nowhere, but it keeps a picture of it, and writes outside of that when a line does not fit on its screen
 * and grows at its end (3.1-20221030: re_fastputc() counts on the cursor's row, which is unknown then).  So its screen is made to
 * hold the line, however long that is; at every line it looks for the real size again.
 */
static void make_room(struct prompt *p)
{
	enum { ROWS = 64, COLUMNS = 256, WIDEST = 4 /* columns of a character, TABs aside */ };
	const LineInfoW *li = el_wline(p->el);
	size_t need = ((size_t)(li->lastchar - li->buffer) * WIDEST + COLUMNS) / ROWS, columns = COLUMNS;
	char text[24];

	if (p->columns > need)
		return;
	while (columns <= 2 * need)
		columns *= 2;
	snprintf(text, sizeof text, "%zu", columns);
	el_set(p->el, EL_SETTC, "li", "64", NULL);
	el_set(p->el, EL_SETTC, "co", text, NULL);
	el_set(p->el, EL_REFRESH);
	p->columns = columns;
}

/* EL_GETCFN.  1, 0 (end of input) or -1 (^C). */
static int next_key(EditLine *el, wchar_t *key)
{
	struct prompt *p = prompt_of(el);
	const LineInfoW *li = el_wline(el);

	/* vi's `$` in an empty line and `n` without a match leave the cursor outside of the line (3.1-20221030): the next
	 * key would write there. */
	if (li->cursor < li->buffer || li->cursor > li->lastchar)
		el_cursor(el, (int)(li->lastchar - li->cursor));
	p->asked++;
	prompt_interrupt_is_a_key(p);
	if (p->given.len > 0)
		prompt_insert_given(p);
	make_room(p);
	screen_touch(p->screen);
	if (paste_again(p, li)) {
		*key = PASTE_KEY;
		return 1;
	}
	for (;;) {
		if (p->interrupted)
			return -1;
		if (p->stopped || p->input.gone)	/* not forgotten: vi's search ignores the first one */
			return 0;
		if (p->released == 0 && input_key(&p->input, key)) {
			p->paste_tries = *key == PASTE_KEY;
			return 1;
		}
		prompt_step(p, true, -1);
	}
}

/* libedit's drawing; of all of it the bell is let through. */
static ssize_t sink_write(void *cookie, const char *bytes, size_t len)
{
	struct prompt *p = cookie;

	if (memchr(bytes, '\a', len) != NULL)
		screen_bell(p->screen);
	return (ssize_t)len;
}

/* --- signals of the terminal --- */

static void terminal_back(struct prompt *p)
{
	if (p->released > 0)
		return;
	prompt_echo_off(p);
	if (!p->reading)
		return;
	if (p->el != NULL) {
		el_set(p->el, EL_PREP_TERM, 0);		/* libedit believes that it is still raw */
		el_set(p->el, EL_PREP_TERM, 1);
		screen_control(p->screen, prompt_paste_on);
	}
	screen_forget(p->screen);
}

static void on_suspend(void *ctx, int signo)
{
	struct prompt *p = ctx;
	struct sigaction old, stop = {.sa_handler = SIG_DFL};
	sigset_t set, mask;

	if (p->reading && p->released == 0) {
		struct edited e;

		screen_control(p->screen, prompt_paste_off);
		prompt_edited(p, &e);
		screen_finish(p->screen, &e, "");
		if (p->el != NULL)
			el_set(p->el, EL_PREP_TERM, 0);
	}
	prompt_echo_on(p);
	/* Really by SIGTSTP: a group without a shell that could wake it up must not stop, and the kernel knows that. */
	sigemptyset(&stop.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigaction(signo, &stop, &old);
	raise(signo);
	sigprocmask(SIG_UNBLOCK, &set, &mask);		/* stops here */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(signo, &old, NULL);
	terminal_back(p);
	/* The SIGCONT that woke it up is still to be delivered, when the line may have been painted again. */
	p->woken = sigpending(&set) == 0 && sigismember(&set, SIGCONT) == 1;
}

/* Continued after a SIGSTOP, or not stopped at all. */
static void on_continue(void *ctx, int signo)
{
	struct prompt *p = ctx;

	(void)signo;
	if (!p->woken)
		terminal_back(p);
	p->woken = false;
}

static void on_resize(void *ctx, int signo)
{
	struct prompt *p = ctx;

	(void)signo;
	screen_resized(p->screen);
}

static int take_signals(struct prompt *p)
{
	p->signals = true;
	return loop_signal(p->loop, SIGTSTP, on_suspend, p) < 0 || loop_signal(p->loop, SIGCONT, on_continue, p) < 0 ||
	    loop_signal(p->loop, SIGWINCH, on_resize, p) < 0 ? -1 : 0;
}

/* --- coming and going --- */

/* libedit silently drops characters that are not in the locale's character set.  Only LC_CTYPE: numbers stay numbers. */
static void need_utf8(void)
{
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
			setlocale(LC_CTYPE, "en_US.UTF-8");
}

static void end_editor(struct prompt *p)
{
	prompt_echo_on(p);
	if (p->el != NULL) {
		/* So el_end() leaves the terminal alone: it would drop what is typed for the program that reads next. */
		el_set(p->el, EL_EDITMODE, 0);
		el_end(p->el);
		tcsetattr(p->input.fd, TCSADRAIN, &p->before);
	}
	p->el = NULL;
	if (p->sink != NULL)
		fclose(p->sink);
	p->sink = NULL;
	rescue_disarm();
}

/* True if another program edits the line, and shows it (a shell in an editor's window). */
static bool edited_elsewhere(const struct prompt *p)
{
	return screen_dumb(p->screen) && !p->echoes;
}

/* Starts libedit, on a terminal of any kind: the kernel's editing cuts a line of more than 4095 bytes.  -1 if that cannot be. */
static int start_editor(struct prompt *p)
{
	const cookie_io_functions_t calls = {.write = sink_write};
	char *up = NULL;
	int editing = 1;

	need_utf8();
	rescue_arm(p->input.fd);
	if (tcgetattr(p->input.fd, &p->before) == -1)
		return -1;
	p->sink = fopencookie(p, "w", calls);
	if (p->sink != NULL)
		p->el = el_init_fd("ptsh", stdin, p->sink, p->sink, p->input.fd, p->out, p->out);
	if (p->el == NULL) {
		end_editor(p);
		return -1;
	}
	prompt_echo_off(p);
	/* Nor does libedit turn it on between two lines. */
	el_set(p->el, EL_SETTY, "-x", "-echo", "-icanon", "+noflsh", NULL);
	el_set(p->el, EL_SETTY, "-d", "+noflsh", NULL);
	el_set(p->el, EL_CLIENTDATA, p);
	el_set(p->el, EL_GETCFN, next_key);
	el_set(p->el, EL_EDITOR, "emacs");
	if (p->history != NULL) {
		p->recall.history = p->history;
		el_wset(p->el, EL_HIST, recall_event, &p->recall);
	}
	prompt_bind_first(p->el);
	prompt_bind_user(p);
	prompt_bind_last(p->el);
	el_get(p->el, EL_EDITMODE, &editing);		/* ~/.editrc can say `edit off` */
	if (!editing || el_get(p->el, EL_GETTC, "up", &up) < 0 || up == NULL || *up == '\0')
		screen_set_dumb(p->screen);
	el_set(p->el, EL_EDITMODE, 1);
	if (edited_elsewhere(p))
		prompt_bind_plain(p->el);
	return 0;
}

struct prompt *prompt_create(struct loop *l, struct screen *s, struct history *h, int in, int out,
    const struct prompt_options *o)
{
	struct prompt *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->loop = l;
	p->screen = s;
	p->history = h;
	p->o = *o;
	p->out = out;
	p->input = (struct input){.fd = in, .interrupt = -1, .ahead = {.secret = true}, .paste = {.secret = true}};
	p->rows.secret = p->taken.secret = p->given.secret = true;
	if ((screen_visual(s) || screen_dumb(s)) && (start_editor(p) < 0 || take_signals(p) < 0)) {
		prompt_free(p);
		return NULL;
	}
	return p;
}

static void no_signal(void *ctx, int signo)
{
	(void)ctx, (void)signo;
}

void prompt_free(struct prompt *p)
{
	if (p == NULL)
		return;
	prompt_watch(p, false);
	if (p->signals) {
		loop_signal(p->loop, SIGTSTP, no_signal, NULL);
		loop_signal(p->loop, SIGCONT, no_signal, NULL);
		loop_signal(p->loop, SIGWINCH, no_signal, NULL);
	}
	if (p->released > 0)
		screen_take_back(p->screen);
	else if (p->reading)
		screen_control(p->screen, prompt_paste_off);
	screen_hide(p->screen);
	end_editor(p);
	recall_clear(&p->recall);
	input_clear(&p->input);
	buf_clear(&p->rows);
	buf_clear(&p->taken);
	buf_clear(&p->given);
	free(p);
}

/* --- reading --- */

static bool text_continues(struct prompt *p)
{
	return p->o.continues != NULL && p->rows.len > 0 &&
	    p->o.continues(p->o.ctx, buf_head(&p->rows), p->rows.len - 1);
}

static void prompt_finish(struct prompt *p, const char *mark)
{
	struct edited e;

	prompt_edited(p, &e);
	if (mark == NULL && e.end > e.text && e.end[-1] == L'\n')
		e.end = e.cursor = e.end - 1;
	screen_control(p->screen, prompt_paste_off);
	screen_finish(p->screen, &e, mark);
}

/* One row by libedit.  PROMPT_LINE: it is in p->rows. */
static enum prompt_end read_edited(struct prompt *p)
{
	const wchar_t *row;
	int n = 0;

	screen_control(p->screen, prompt_paste_on);
	p->columns = 0;
	row = el_wgets(p->el, &n);
	prompt_watch(p, false);
	p->paste_tries = 0;
	if (p->interrupted) {
		input_reset(&p->input);
		prompt_finish(p, "^C");
		return PROMPT_INTERRUPT;
	}
	if (p->taken_as != PROMPT_LINE) {
		if (p->taken_as == PROMPT_PASTE)	/* the question has ended the line */
			screen_control(p->screen, prompt_paste_off);
		else
			prompt_finish(p, "");
		return p->taken_as;
	}
	if (p->stopped || row == NULL || n <= 0) {
		prompt_finish(p, "");
		return p->stopped ? PROMPT_SIGNAL : PROMPT_EOF;
	}
	prompt_finish(p, NULL);
	prompt_put(&p->rows, row, row + n - (row[n - 1] == L'\n'));
	buf_putc(&p->rows, '\n');
	return PROMPT_LINE;
}

/* One row as it comes: not from a terminal. */
static enum prompt_end read_plain(struct prompt *p)
{
	size_t start = p->rows.len;

	while (!p->interrupted && !p->stopped && !p->input.gone) {
		char byte;
		ssize_t n;

		p->readable = false;
		prompt_step(p, true, -1);
		if (!p->readable)
			continue;
		n = read(p->input.fd, &byte, 1);
		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			p->input.gone = true;
		if (n <= 0)
			continue;
		buf_putc(&p->rows, byte);
		if (byte == '\n') {
			prompt_finish(p, NULL);
			return PROMPT_LINE;
		}
	}
	prompt_watch(p, false);
	if (p->interrupted || p->stopped) {
		prompt_finish(p, "");
		return p->interrupted ? PROMPT_INTERRUPT : PROMPT_SIGNAL;
	}
	prompt_finish(p, "");		/* a last line needs no LF */
	if (p->rows.len > start) {
		buf_putc(&p->rows, '\n');
		return PROMPT_LINE;
	}
	return PROMPT_EOF;
}

enum prompt_end prompt_read(struct prompt *p, char **text)
{
	enum prompt_end end;

	*text = NULL;
	p->interrupted = false;
	p->taken_as = PROMPT_LINE;
	p->reading = true;
	buf_reset(&p->rows);
	do
		end = p->stopped ? PROMPT_SIGNAL : p->el != NULL ? read_edited(p) : read_plain(p);
	while (end == PROMPT_LINE && text_continues(p));
	p->reading = p->stopped = false;
	prompt_watch(p, false);
	/* ^D in the middle of a text ends the text: its parser reports best what is wrong with it. */
	if (end == PROMPT_EOF && p->rows.len > 0)
		end = PROMPT_LINE;
	if (end == PROMPT_LINE) {
		buf_truncate(&p->rows, p->rows.len - 1);
		*text = buf_steal(&p->rows);
	} else if (end == PROMPT_PASTE || end == PROMPT_EDIT) {
		*text = buf_steal(&p->taken);
	}
	buf_clear(&p->rows);
	buf_clear(&p->taken);
	buf_clear(&p->given);
	if ((end == PROMPT_LINE || end == PROMPT_PASTE || end == PROMPT_EDIT) && *text == NULL)
		end = PROMPT_INTERRUPT;			/* without memory the line is lost, the session is not */
	return end;
}

void prompt_give_back(struct prompt *p, const char *text)
{
	buf_clear(&p->given);
	if (p->el != NULL && !edited_elsewhere(p))	/* there it would not be shown */
		buf_puts(&p->given, text);
}

bool prompt_reading(const struct prompt *p)
{
	return p->reading;
}

void prompt_release(struct prompt *p)
{
	if (p->released++ > 0)
		return;
	prompt_watch(p, false);
	if (p->reading && p->el != NULL)
		screen_control(p->screen, prompt_paste_off);
	screen_hide(p->screen);
	if (p->reading && p->el != NULL)
		el_set(p->el, EL_PREP_TERM, 0);
	prompt_echo_on(p);
	screen_lend(p->screen);
}

void prompt_take(struct prompt *p)
{
	if (p->released == 0 || --p->released > 0)
		return;
	screen_take_back(p->screen);
	terminal_back(p);
}

bool prompt_released(const struct prompt *p)
{
	return p->released > 0;
}

bool prompt_stopping(const struct prompt *p)
{
	return p->stopped;
}

void prompt_changed(struct prompt *p)
{
	screen_touch(p->screen);
}

void prompt_interrupt(struct prompt *p)
{
	if (p->released > 0)
		return;
	if (p->reading)
		p->interrupted = true;
	else if (p->el != NULL)		/* text typed ahead is not wanted any more */
		input_flush(&p->input);
}

void prompt_stop(struct prompt *p)
{
	p->stopped = true;
}
