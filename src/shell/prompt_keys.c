/*
 * prompt_keys: what keys do that libedit has no function for: Tab, `?`, ^L, a paste.
 *
 * Owns the lists of candidates and the question about a paste.  What may come next in a line is said by lang/complete.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "lang/line.h"
#include "out/sanitise.h"
#include "out/width.h"
#include "shell/prompt_impl.h"

enum { HELP_COLUMN = 40, LIST_INDENT = 2 };

static struct prompt *prompt_of(EditLine *el)
{
	struct prompt *p = NULL;

	el_get(el, EL_CLIENTDATA, &p);
	return p;
}

/*
 * Lists.
 */

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
		sanitise(&l->bytes, from->text, strlen(from->text));
		item->text_len = l->bytes.len - item->text;
		item->help = l->bytes.len;
		if (from->help != NULL)
			sanitise(&l->bytes, from->help, strlen(from->help));
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
static void show(struct prompt *p, const struct completion *c, bool explain)
{
	struct buf out = {0};
	struct list l;
	int columns, rows;
	size_t room, height;

	screen_size(p->screen, &columns, &rows);
	room = columns > LIST_INDENT + 2 ? (size_t)columns - LIST_INDENT - 1 : 1;
	height = rows > 4 ? (size_t)rows - 2 : 2;
	if (explain && c->explain != NULL) {
		sanitise(&out, c->explain, strlen(c->explain));
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

/*
 * Completion.
 */

/* What may come at the cursor.  Candidates that only the box knows are asked for by the first look; they are
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
static bool replace(EditLine *el, const char *typed, size_t typed_len, const char *text, size_t len)
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

		if (bytes < 0 || !sanitise_safe(point)) {
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
		changed = replace(p->el, typed, typed_len, buf_head(&word), word.len);
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
	/* What stands in an earlier row cannot be changed any more. */
	if (look(p, &c, &text) == 0 && c.count > 0 && c.start >= p->rows.len && c.start <= text.len) {
		if (again && c.count > 1) {
			show(p, &c, false);
			result = CC_NORM;
		} else {
			result = insert_common(p, &c, &text);
		}
	}
	completion_clear(&c);
	buf_clear(&text);
	return result;
}

/*
 * `?`
 */
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

/* Whether a `?` here would be asked for as a secret: the walk that executes the line knows. */
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
	line_goes_on(buf_head(text), text->len, &state);
	return state.quote == 0 && !secret_may_come(text);
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
		show(p, &c, true);
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

/*
 * Paste.
 */

/* What may stand in a line: no controls but TAB and LF, which all kinds of line ends become; none at the end. */
static void clean(struct buf *out, const struct buf *paste)
{
	const char *text = buf_head(paste);
	size_t len = paste->len;
	bool cr = false;

	while (len > 0) {
		uint32_t point;
		int n = utf8_decode(text, len, &point);

		if (n > 0 && (point == '\r' || (point == '\n' && !cr)))
			buf_putc(out, '\n');
		else if (n > 0 && (point == '\t' || (point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0))))
			buf_put(out, text, (size_t)n);
		cr = n > 0 && point == '\r';
		text += n > 0 ? n : 1;
		len -= n > 0 ? (size_t)n : 1;
	}
	while (out->len > 0 && buf_head(out)[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
}

static unsigned char insert_paste(EditLine *el, const struct buf *text)
{
	wchar_t *wide = calloc(text->len + 1, sizeof *wide);
	size_t n = 0;
	int r = -1;

	if (wide != NULL) {
		for (size_t at = 0; at < text->len;) {
			uint32_t point = 0;
			int bytes = utf8_decode(buf_head(text) + at, text->len - at, &point);

			at += bytes > 0 ? (size_t)bytes : 1;
			wide[n++] = (wchar_t)point;
		}
		r = n > 0 ? el_winsertstr(el, wide) : 0;
		explicit_bzero(wide, n * sizeof *wide);
	}
	free(wide);
	return r == 0 ? CC_REFRESH : CC_ERROR;
}

static size_t show_lines(struct prompt *p, const struct buf *text)
{
	struct buf out = {.secret = true};
	size_t lines = 0;

	for (size_t at = 0; at < text->len;) {
		const char *line = buf_head(text) + at, *lf = memchr(line, '\n', text->len - at);
		size_t len = lf != NULL ? (size_t)(lf - line) : text->len - at;

		buf_puts(&out, "| ");
		sanitise(&out, line, len);
		buf_putc(&out, '\n');
		lines++;
		at += len + 1;
	}
	if (!out.failed)
		screen_write(p->screen, buf_head(&out), out.len);
	buf_clear(&out);
	return lines;
}

/* Asks in the place of prompt and line; nobody runs what was pasted with its last line, and unread. */
static bool confirm(struct prompt *p, size_t lines)
{
	char question[64];
	struct edited e;
	wchar_t answer = 0;
	bool yes;

	snprintf(question, sizeof question, "Run these %zu lines? [y/N] ", lines);
	p->question = question;
	screen_touch(p->screen);
	yes = el_wgetc(p->el, &answer) == 1 && (answer == L'y' || answer == L'Y');
	prompt_edited(p, &e);
	if (!p->interrupted)
		screen_finish(p->screen, &e, yes ? "y" : "n");
	p->question = NULL;
	return yes;
}

static unsigned char on_paste(EditLine *el, int key)
{
	struct prompt *p = prompt_of(el);
	struct buf text = {.secret = true};
	unsigned char result = CC_ERROR;

	(void)key;
	p->paste_tries = 0;
	clean(&text, &p->input.paste);
	buf_clear(&p->input.paste);
	if (text.failed || text.len == 0) {
		result = CC_ERROR;
	} else if (memchr(buf_head(&text), '\n', text.len) == NULL) {
		result = insert_paste(el, &text);
	} else {
		const LineInfoW *li = el_wline(el);

		prompt_text(p, &p->pasted, true);
		buf_put(&p->pasted, buf_head(&text), text.len);
		prompt_put(&p->pasted, li->cursor, li->lastchar);
		if (!p->pasted.failed && confirm(p, show_lines(p, &p->pasted))) {
			p->confirmed = true;
			result = CC_NEWLINE;
		} else {
			buf_clear(&p->pasted);
			result = CC_NORM;
		}
	}
	buf_clear(&text);
	return result;
}

static unsigned char on_clear(EditLine *el, int key)
{
	(void)key;
	screen_clear(prompt_of(el)->screen);
	return CC_NORM;
}

/*
 * Bindings.
 */
void prompt_bind_first(EditLine *el)
{
	/* In emacs mode only: in vi's, a sequence that begins with ESC would make ESC wait. */
	static const char *const keys[][2] = {
		{"^W", "ed-delete-prev-word"}, {"\\e[3~", "ed-delete-next-char"}, {"\\e[1~", "ed-move-to-beg"},
		{"\\e[4~", "ed-move-to-end"}, {"\\e[H", "ed-move-to-beg"}, {"\\e[F", "ed-move-to-end"},
		{"\\e[1;5D", "ed-prev-word"}, {"\\e[1;5C", "em-next-word"},
	};

	/* (el_set would make copies of names and texts and lose them) */
	el_wset(el, EL_ADDFN, L"ptsh-complete", L"Complete the word before the cursor", on_tab);
	el_wset(el, EL_ADDFN, L"ptsh-help", L"Show what may come next", on_question_mark);
	el_wset(el, EL_ADDFN, L"ptsh-paste", L"Take a bracketed paste", on_paste);
	el_wset(el, EL_ADDFN, L"ptsh-clear", L"Clear the screen", on_clear);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
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
	el_set(el, EL_BIND, "-a", "v", "ed-unassigned", NULL);	/* would run $EDITOR while the loop stands still */
	el_wset(el, EL_BIND, paste, L"ptsh-paste", NULL);
	el_wset(el, EL_BIND, L"-a", paste, L"ptsh-paste", NULL);
}
