/* SPDX-License-Identifier: ISC */
/*
 * template: fills a line with cells, minding the quotes around the place.
 */
#include "run/template.h"

#include <string.h>

#include "lang/line.h"
#include "lang/words.h"

/* Where in a line the scan is: what quoting the next character has. */
struct place_state { char quote; bool escaped; unsigned depth; };

static void step(struct place_state *s, char c)
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

/* Whether text can stand between single quotes: raw octets hold NUL. */
static bool is_literal(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\'' || (unsigned char)text[i] < ' ')
			return false;
	return true;
}

/* alone: the place is a word of its own.  Null is no text: '' as a word, of which the argument makes its null if it has one. */
static void put_cell(struct buf *out, const struct place_state *s, struct json cell, bool alone)
{
	struct buf text = {0}, quoted = {0};
	const char *p;

	if (s->quote == 0 && s->depth > 0) {
		buf_put(out, cell.text, cell.len);
		return;
	}
	if (json_kind(cell) == JSON_NULL) {
		buf_puts(out, s->quote == 0 && alone ? "''" : "");
		return;
	}
	if (json_kind(cell) == JSON_STRING)
		json_decode(cell, &text);
	else
		buf_put(&text, cell.text, cell.len);
	p = buf_head(&text);
	if (s->quote == '"') {
		json_put_string(&quoted, p, text.len);
		if (quoted.len >= 2)
			buf_put(out, buf_head(&quoted) + 1, quoted.len - 2);
	} else if (s->quote == '\'' && is_literal(p, text.len)) {
		buf_put(out, p, text.len);
	} else if (s->quote == '\'') {
		buf_putc(out, '\'');	/* what cannot stand in these quotes stands in others behind them */
		json_put_string(out, p, text.len);
		buf_putc(out, '\'');
	} else {
		line_put_word(out, p, text.len);
	}
	out->failed |= text.failed || quoted.failed;
	buf_clear(&text);
	buf_clear(&quoted);
}

static bool stands_alone(const char *text, const char *first, const char *last)
{
	return (first == text || strchr(" \t\n", first[-1]) != NULL) && (last[1] == '\0' || strchr(" \t\n", last[1]) != NULL);
}

/* Finds the cell that inside[0..len) names: its index, -1: it is no name of one, -2: a number, but too large. */
static long find_place(const char *inside, size_t len, const char *const *names, size_t name_count, size_t count)
{
	size_t n = 0, i;

	for (i = 0; i < len && inside[i] >= '0' && inside[i] <= '9' && n < 100000; i++)
		n = n * 10 + (size_t)(inside[i] - '0');
	if (len > 0 && i == len)
		return n >= 1 && n <= count ? (long)n - 1 : -2;
	for (i = 0; i < name_count; i++)
		if (strlen(names[i]) == len && memcmp(names[i], inside, len) == 0)
			return i < count ? (long)i : -2;
	return -1;
}

/* What can stand in braces instead. */
static int no_such_cell(const char *typed, size_t len, const char *const *names, size_t name_count, size_t count, struct error *e)
{
	struct buf all = {0};

	for (size_t i = 0; i < name_count && i < count && all.len < sizeof e->text; i++)
		buf_printf(&all, " {%s}", names[i]);
	if (count > 0)
		buf_printf(&all, name_count > 0 ? " or {1}" : " {1}");
	if (count > 1)
		buf_printf(&all, " to {%zu}", count);
	error_set(e, STATUS_USAGE, "{%.*s}: no such column%s%s", (int)(len < 100 ? len : 100), typed,
	    count > 0 ? ", only" : "", count > 0 && buf_string(&all) != NULL ? buf_string(&all) : "");
	buf_clear(&all);
	return -1;
}

int template_fill(struct buf *out, const char *text, const struct json *cell, struct error *e)
{
	struct place_state s = {0};

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = *p == '{' && !s.escaped ? strpbrk(p + 1, "{}:\" '") : NULL;
		size_t len = end != NULL && *end == '}' ? (size_t)(end - p - 1) : 0;
		if (len > 0 && (s.quote == 0 || strspn(p + 1, "0123456789") == len)) {
			struct buf same = {0};
			json_put_string(&same, p, len + 2);
			struct json place = {buf_head(&same), same.len};
			out->failed |= same.failed;
			put_cell(out, &s, cell != NULL ? *cell : place, false);
			buf_clear(&same);
			p = end;
		} else {
			step(&s, *p);
			buf_putc(out, *p);
		}
	}
	return out->failed ? error_memory(e) : 0;
}

int template_expand(struct buf *out, const char *text, const char *const *names, size_t name_count, const struct json *cells,
    size_t count, struct error *e)
{
	struct place_state s = {0};

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = *p == '{' && !s.escaped ? strpbrk(p + 1, "{}\" '") : NULL;
		if (end != NULL && *end == '}') {
			size_t len = (size_t)(end - p - 1);
			long i = find_place(p + 1, len, names, name_count, count);
			if (i == -2)
				return no_such_cell(p + 1, len, names, name_count, count, e);
			if (i >= 0) {
				put_cell(out, &s, cells[i], stands_alone(text, p, end));
				p = end;
				continue;
			}
			if (len > 0 && s.depth == 0 && s.quote == 0 && memchr(p + 1, ':', len) == NULL)
				return no_such_cell(p + 1, len, names, name_count, count, e);
		}
		step(&s, *p);
		buf_putc(out, *p);
	}
	return out->failed ? error_memory(e) : 0;
}

bool template_split(const char *text, size_t *first, const char **second)
{
	struct line_state state = {0};
	const char *p = text;
	size_t end = strlen(text);

	while ((p = strstr(p, "--")) != NULL) {
		/* A line may go on in the next one on either side of it. */
		size_t len = (size_t)(p - text), behind = word_skip_blanks(text, end, len + 2);
		bool alone = (len == 0 || strchr(" \t\n", p[-1]) != NULL) && behind > len + 2;
		if (alone) {
			memset(&state, 0, sizeof state);
			if (!line_goes_on(text, len, &state)) {
				while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
					len--;
				*first = len;
				*second = text + behind;
				return len > 0 && behind < end;
			}
		}
		p += 2;
	}
	return false;
}
