/* SPDX-License-Identifier: ISC */
/*
 * template: fills a line with cells, minding the quotes around the place.
 */
#include "run/template.h"

#include <string.h>

#include "lang/line.h"
#include "lang/quoting.h"
#include "lang/words.h"

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

/* Writes the names that can be in braces. */
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
	struct quoting s = {0};

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = *p == '{' && !s.escaped ? strpbrk(p + 1, "{}:\" '") : NULL;
		size_t len = end != NULL && *end == '}' ? (size_t)(end - p - 1) : 0;
		if (len > 0 && (s.quote == 0 || strspn(p + 1, "0123456789") == len)) {
			struct buf same = {0};
			json_put_string(&same, p, len + 2);
			struct json place = {buf_head(&same), same.len};
			out->failed |= same.failed;
			quoting_put(out, &s, cell != NULL ? *cell : place, false);
			buf_clear(&same);
			p = end;
		} else {
			quoting_step(&s, *p);
			buf_putc(out, *p);
		}
	}
	return out->failed ? error_memory(e) : 0;
}

int template_expand(struct buf *out, const char *text, const char *const *names, size_t name_count, const struct json *cells,
    size_t count, struct error *e)
{
	struct quoting s = {0};

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = *p == '{' && !s.escaped ? strpbrk(p + 1, "{}\" '") : NULL;
		if (end != NULL && *end == '}') {
			size_t len = (size_t)(end - p - 1);
			long i = find_place(p + 1, len, names, name_count, count);
			if (i == -2)
				return no_such_cell(p + 1, len, names, name_count, count, e);
			if (i >= 0) {
				quoting_put(out, &s, cells[i], stands_alone(text, p, end));
				p = end;
				continue;
			}
			if (len > 0 && s.depth == 0 && s.quote == 0 && memchr(p + 1, ':', len) == NULL)
				return no_such_cell(p + 1, len, names, name_count, count, e);
		}
		quoting_step(&s, *p);
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
		/* A line may continue in the next one on either side of it. */
		size_t len = (size_t)(p - text), next = word_skip_blanks(text, end, len + 2);
		bool alone = (len == 0 || strchr(" \t\n", p[-1]) != NULL) && next > len + 2;
		if (alone) {
			memset(&state, 0, sizeof state);
			if (!line_continues(text, len, &state)) {
				while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
					len--;
				*first = len;
				*second = text + next;
				return len > 0 && next < end;
			}
		}
		p += 2;
	}
	return false;
}
