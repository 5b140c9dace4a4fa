/* SPDX-License-Identifier: ISC */
/*
 * paste: a bracketed paste: one line is inserted, several are shown and run after one question.  A line that comes back to be
 * corrected is inserted alike.
 *
 * term/input distinguishes a paste from keys.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/safe.h"
#include "term/prompt_parts.h"

/* Cleans a pasted text: no controls but TAB and LF, which all kinds of line ends become; none at the end. */
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

void prompt_insert_given(struct prompt *p)
{
	struct buf text = {.secret = true};

	clean(&text, &p->given);
	buf_clear(&p->given);
	if (!text.failed && text.len > 0 && memchr(buf_head(&text), '\n', text.len) == NULL)
		(void)insert_paste(p->el, &text);
	buf_clear(&text);
}

static size_t show_lines(struct prompt *p, const struct buf *text)
{
	struct buf out = {.secret = true};
	size_t lines = 0;

	for (size_t at = 0; at < text->len;) {
		const char *line = buf_head(text) + at, *lf = memchr(line, '\n', text->len - at);
		size_t len = lf != NULL ? (size_t)(lf - line) : text->len - at;

		buf_puts(&out, "| ");
		safe_put(&out, line, len);
		buf_putc(&out, '\n');
		lines++;
		at += len + 1;
	}
	if (!out.failed)
		screen_write(p->screen, buf_head(&out), out.len);
	buf_clear(&out);
	return lines;
}

/* Asks in the place of prompt and line, so that a paste does not run unread with its last line. */
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

unsigned char prompt_on_paste(EditLine *el, int key)
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

		prompt_text(p, &p->taken, true);
		buf_put(&p->taken, buf_head(&text), text.len);
		prompt_put(&p->taken, li->cursor, li->lastchar);
		if (!p->taken.failed && confirm(p, show_lines(p, &p->taken))) {
			p->taken_as = PROMPT_PASTE;
			result = CC_NEWLINE;
		} else {
			buf_clear(&p->taken);
			result = CC_NORM;
		}
	}
	buf_clear(&text);
	return result;
}
