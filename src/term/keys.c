/* SPDX-License-Identifier: ISC */
/*
 * keys: the functions of keys that libedit lacks: Tab, `?`, ^L, ^X ^E; and what is bound to what.
 *
 * lang/complete knows what may come next in a line.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/owned.h"
#include "base/safe.h"
#include "lang/line.h"
#include "term/prompt_parts.h"

/* --- completion --- */

/* Finds what may come at the cursor.  Candidates that only the box knows are requested by the first call; they are
 * given a moment to arrive. */
static int look(struct prompt *p, struct completion *c, struct buf *text)
{
	int64_t until = loop_now() + PROMPT_LOADING_MS;

	prompt_text(p, text, true);
	if (text->failed || p->o.complete == NULL || complete(c, buf_head(text), text->len, p->o.complete) < 0)
		return -1;
	if (p->o.loading == NULL || !p->o.loading(p->o.ctx))
		return 0;
	for (int64_t left; p->o.loading(p->o.ctx) && (left = until - loop_now()) > 0 && !p->interrupted && !p->stopped;)
		prompt_step(p, false, left);
	completion_clear(c);
	*c = (struct completion){0};
	return complete(c, buf_head(text), text->len, p->o.complete);
}

static size_t count_points(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* Puts new text (UTF-8) in the place of the last `typed` bytes before the cursor.  False: it cannot be, or must not. */
static bool replace_text(EditLine *el, const char *typed, size_t typed_len, const char *text, size_t len)
{
	wchar_t *wide;
	size_t n = 0;

	while (typed_len > 0 && len > 0 && *typed == *text) {	/* what stays as it is */
		typed++;
		text++;
		typed_len--;
		len--;
	}
	while (typed_len > 0 && ((unsigned char)*typed & 0xc0) == 0x80) {	/* but not half a character */
		typed--;
		text--;
		typed_len++;
		len++;
	}
	wide = calloc(len + 1, sizeof *wide);
	if (wide == NULL)
		return false;
	while (len > 0) {
		uint32_t point;
		int bytes = utf8_decode(text, len, &point);

		if (bytes < 0 || !safe_point(point)) {
			free(wide);
			return false;
		}
		wide[n++] = (wchar_t)point;
		text += bytes;
		len -= (size_t)bytes;
	}
	el_deletestr(el, (int)count_points(typed, typed_len));
	if (n > 0)
		el_winsertstr(el, wide);
	free(wide);
	return true;
}

static unsigned char insert_common(struct prompt *p, const struct completion *c, const struct buf *text)
{
	const LineInfoW *li = el_wline(p->el);
	const char *typed = buf_head(text) + c->start;
	size_t typed_len = text->len - c->start, common = completion_common(c);
	struct buf word = {0};
	bool changed = false;

	buf_put(&word, c->candidates[0].text, common);
	if (c->count == 1 && c->append != NULL && *c->append != '\0' &&
	    !(li->cursor < li->lastchar && *li->cursor == (wchar_t)(unsigned char)*c->append))
		buf_puts(&word, c->append);
	if (!word.failed && (word.len != typed_len || memcmp(buf_head(&word), typed, typed_len) != 0))
		changed = replace_text(p->el, typed, typed_len, buf_head(&word), word.len);
	buf_clear(&word);
	return changed ? CC_REFRESH : CC_ERROR;
}

static unsigned char on_tab(EditLine *el, int key)
{
	struct prompt *p = prompt_of(el);
	struct completion c = {0};
	struct buf text = {.secret = true};
	bool again = p->tab_at != 0 && p->tab_at + 1 == p->asked;
	unsigned char result = CC_ERROR;

	(void)key;
	p->tab_at = p->asked;
	/* Text in an earlier row cannot be changed any more. */
	if (look(p, &c, &text) == 0 && c.count > 0 && c.start >= p->rows.len && c.start <= text.len) {
		if (again && c.count > 1) {
			prompt_list(p, &c, false);
			result = CC_NORM;
		} else {
			result = insert_common(p, &c, &text);
		}
	}
	completion_clear(&c);
	buf_clear(&text);
	return result;
}

/* --- `?` --- */

static int asked_for(void *ctx, const char *what, struct buf *out, struct error *e)
{
	bool *secret = ctx;

	(void)what, (void)out;
	*secret = true;
	return error_set(e, STATUS_USAGE, "secret");
}

static int no_file(void *ctx, const char *path, struct buf *out, struct error *e)
{
	(void)ctx, (void)out;
	return error_set(e, STATUS_USAGE, "%s", path);
}

static const struct command_word *no_command(void *ctx, const char *name, size_t len, struct error *e)
{
	(void)ctx, (void)name, (void)len;
	error_set(e, STATUS_USAGE, "command");
	return NULL;
}

/* True if a `?` here would ask for a secret: the walk that executes the line knows. */
static bool secret_may_come(const struct buf *text)
{
	bool secret = false;
	const struct line_context context = {.prompt = true, .read_file = no_file, .ask_secret = asked_for,
	    .find_command = no_command, .ctx = &secret};
	struct buf with = {.secret = true};
	struct line line = {0};
	struct error e;
	char *usage = NULL;
	size_t at = 0;

	buf_put(&with, buf_head(text), text->len);
	buf_putc(&with, '?');
	if (!with.failed) {
		line_parse(&line, buf_head(&with), with.len, &context, &e, &usage, &at);
		line_clear(&line);
		free(usage);
	}
	buf_clear(&with);
	return secret;
}

static bool wants_help(struct prompt *p, const struct buf *text)
{
	const LineInfoW *li = el_wline(p->el);
	struct line_state state = {0};
	char last = text->len > 0 ? buf_head(text)[text->len - 1] : ' ';

	if (text->failed || li->cursor != li->lastchar || (last != ' ' && last != '\t' && last != '\n'))
		return false;
	line_continues(buf_head(text), text->len, &state);
	return state.quote == 0 && !secret_may_come(text) &&
	    (p->o.secret_next == NULL || !p->o.secret_next(p->o.ctx, buf_head(text), text->len));
}

static unsigned char on_question_mark(EditLine *el, int key)
{
	struct prompt *p = prompt_of(el);
	struct completion c = {0};
	struct buf text = {.secret = true}, at_cursor = {.secret = true};
	bool again = p->help_at != 0 && p->help_at + 1 == p->asked, shown = false;

	(void)key;
	p->help_at = 0;
	prompt_text(p, &text, true);
	if (!again && wants_help(p, &text) && look(p, &c, &at_cursor) == 0 && (c.count > 0 || c.explain != NULL)) {
		prompt_list(p, &c, true);
		p->help_at = p->asked;
		shown = true;
	}
	completion_clear(&c);
	buf_clear(&text);
	buf_clear(&at_cursor);
	if (shown)
		return CC_NORM;
	return el_winsertstr(el, L"?") == 0 ? CC_REFRESH : CC_ERROR;
}

static unsigned char on_edit(EditLine *el, int key)
{
	struct prompt *p = prompt_of(el);

	(void)key;
	buf_clear(&p->taken);
	prompt_text(p, &p->taken, false);
	if (p->taken.failed)
		return CC_ERROR;
	p->taken_as = PROMPT_EDIT;
	return CC_NEWLINE;
}

static unsigned char on_clear(EditLine *el, int key)
{
	(void)key;
	screen_clear(prompt_of(el)->screen);
	return CC_NORM;
}

/* --- bindings --- */

void prompt_bind_first(EditLine *el)
{
	/* In emacs mode only: in vi's, a sequence that begins with ESC would make ESC wait. */
	static const char *const keys[][2] = {
		{"^W", "ed-delete-prev-word"}, {"\\e[3~", "ed-delete-next-char"}, {"\\e[1~", "ed-move-to-beg"},
		{"\\e[4~", "ed-move-to-end"}, {"\\e[H", "ed-move-to-beg"}, {"\\e[F", "ed-move-to-end"},
		{"\\e[1;5D", "ed-prev-word"}, {"\\e[1;5C", "em-next-word"}, {"^X^E", "ptsh-edit"},
	};

	/* (el_set would make copies of names and texts and lose them) */
	el_wset(el, EL_ADDFN, L"ptsh-complete", L"Complete the word before the cursor", on_tab);
	el_wset(el, EL_ADDFN, L"ptsh-help", L"Show what may come next", on_question_mark);
	el_wset(el, EL_ADDFN, L"ptsh-paste", L"Take a bracketed paste", prompt_on_paste);
	el_wset(el, EL_ADDFN, L"ptsh-clear", L"Clear the screen", on_clear);
	el_wset(el, EL_ADDFN, L"ptsh-edit", L"Edit the line in $VISUAL or $EDITOR", on_edit);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

/* Finds the file as el_source() does: $EDITRC, else ~/.editrc.  EDITRC=/dev/null: none. */
static void put_editrc(struct buf *path)
{
	const char *named = secure_getenv("EDITRC"), *home = secure_getenv("HOME");

	if (named != NULL && strcmp(named, "/dev/null") != 0)
		buf_puts(path, named);
	else if (named == NULL && home != NULL)
		buf_printf(path, "%s/.editrc", home);
}

/* A key may stand for a whole line, and that for a command: so the file must be as safe as rc. */
void prompt_bind_user(struct prompt *p)
{
	struct buf path = {0};
	struct error e;
	int fd = -1;

	put_editrc(&path);
	/* O_NONBLOCK: a FIFO put there must not block. */
	if (buf_string(&path) != NULL && path.len > 0)
		fd = open(buf_string(&path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd != -1) {
		if (owned_check(fd, buf_string(&path), STATUS_USAGE, &e) == 0)
			el_source(p->el, buf_string(&path));
		else if (p->o.report != NULL)
			p->o.report(p->o.ctx, e.text);
		close(fd);
	}
	buf_clear(&path);
}

/* After ~/.editrc: its `bind -v` or `bind -e` drops all earlier ones. */
void prompt_bind_last(EditLine *el)
{
	static const wchar_t paste[] = {PASTE_KEY, L'\0'};

	el_set(el, EL_BIND, "^I", "ptsh-complete", NULL);
	el_set(el, EL_BIND, "?", "ptsh-help", NULL);
	el_set(el, EL_BIND, "^L", "ptsh-clear", NULL);
	el_set(el, EL_BIND, "-a", "^L", "ptsh-clear", NULL);
	el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_set(el, EL_BIND, "-a", "v", "ptsh-edit", NULL);	/* libedit's own would run $EDITOR while the loop is stopped */
	el_wset(el, EL_BIND, paste, L"ptsh-paste", NULL);
	el_wset(el, EL_BIND, L"-a", paste, L"ptsh-paste", NULL);
}

void prompt_bind_plain(EditLine *el)
{
	el_set(el, EL_BIND, "^I", "ed-insert", NULL);
	el_set(el, EL_BIND, "?", "ed-insert", NULL);
}
