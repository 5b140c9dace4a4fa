/* SPDX-License-Identifier: ISC */
/*
 * quoting: which quotes are open at a place in a line, and a value written so that it fits there.
 */
#include "lang/quoting.h"

#include <string.h>

#include "lang/foreign.h"
#include "lang/line.h"

/* True if a word without quotes is read as just this text, also in a list and after `=`. */
static bool word_plain(const char *text, size_t len)
{
	static const char *const meaning[] = {"?", "*", "null", "-", NULL};
	const struct word word = {0, len, false, true};
	char why[FOREIGN_TEXT];
	size_t at;

	if (len == 0 || strchr("[{@#", text[0]) != NULL || (len >= 2 && memcmp(text, "--", 2) == 0))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || strchr("'\"\\,=", text[i]) != NULL)
			return false;
	for (size_t i = 0; meaning[i] != NULL; i++)
		if (strlen(meaning[i]) == len && memcmp(meaning[i], text, len) == 0)
			return false;
	return !foreign_word(text, &word, why, &at) && !foreign_hidden(text, &word, why, &at);
}

void quoting_put_text(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == '\'' || text[i] == 0x7f) {
			json_put_string(out, text, len);
			return;
		}
	}
	buf_putc(out, '\'');
	buf_put(out, text, len);
	buf_putc(out, '\'');
}

void line_put_word(struct buf *out, const char *text, size_t len)
{
	if (word_plain(text, len))
		buf_put(out, text, len);
	else
		quoting_put_text(out, text, len);
}

void quoting_step(struct quoting *s, char c)
{
	if (s->escaped) {
		s->escaped = false;
	} else if (s->quote == '\'') {
		if (c == '\'')
			s->quote = 0;
	} else if (c == '\\') {
		s->escaped = true;
	} else if (s->quote == '"') {
		if (c == '"')
			s->quote = 0;
	} else if (c == '"' || (c == '\'' && s->depth == 0)) {
		s->quote = c;
	} else if (c == '[' || c == '{') {
		s->depth++;
	} else if ((c == ']' || c == '}') && s->depth > 0) {
		s->depth--;
	}
}

/* True if text can be between single quotes: raw octets may have NUL. */
static bool is_literal(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\'' || (unsigned char)text[i] < ' ')
			return false;
	return true;
}

void quoting_put(struct buf *out, const struct quoting *s, struct json value, bool alone)
{
	struct buf text = {0}, quoted = {0};
	const char *p;

	if (s->quote == 0 && s->depth > 0) {
		buf_put(out, value.text, value.len);
		return;
	}
	if (json_kind(value) == JSON_NULL) {
		buf_puts(out, s->quote == 0 && alone ? "''" : "");
		return;
	}
	if (json_kind(value) == JSON_STRING)
		json_decode(value, &text);
	else
		buf_put(&text, value.text, value.len);
	p = buf_head(&text);
	if (s->quote == '"') {
		json_put_string(&quoted, p, text.len);
		if (quoted.len >= 2)
			buf_put(out, buf_head(&quoted) + 1, quoted.len - 2);
	} else if (s->quote == '\'' && is_literal(p, text.len)) {
		buf_put(out, p, text.len);
	} else if (s->quote == '\'') {
		buf_putc(out, '\'');	/* what these quotes cannot have follows in others */
		json_put_string(out, p, text.len);
		buf_putc(out, '\'');
	} else {
		line_put_word(out, p, text.len);
	}
	out->failed |= text.failed || quoted.failed;
	buf_clear(&text);
	buf_clear(&quoted);
}
