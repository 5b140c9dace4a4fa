/* SPDX-License-Identifier: ISC */
/*
 * alias: a line of the user's, taken apart once, and put together with arguments.
 *
 * Inserted text is not expanded again: an argument's {2} stays as it is.
 */
#include "lang/alias.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "lang/line.h"
#include "lang/quoting.h"
#include "proto/catalog.h"
#include "proto/json.h"

enum { ALL = ALIAS_ARGUMENTS + 1 };	/* of {*} */

/* Text, and the argument after it. */
struct alias_part {
	char *text;
	size_t len;
	unsigned argument;	/* 0: none; ALL */
	bool alone;		/* the place is a word of its own */
	struct quoting quoting;	/* around it */
};

bool alias_name_good(const char *name, struct error *e)
{
	size_t len = strlen(name);

	if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z')) || word_name_length(name, len) < len ||
	    strchr(name, '.') != NULL) {
		error_set(e, STATUS_USAGE, "%.60s: a name has letters, digits, _ and -, and begins with a letter", name);
		return false;
	}
	if (catalog_find(name, len) != NULL) {
		error_set(e, STATUS_USAGE, "%s: is a request: it cannot be the name of an alias", name);
		return false;
	}
	if (line_plain_command(name, len) != NULL || strcmp(name, "off") == 0) {	/* .alias off NAME */
		error_set(e, STATUS_USAGE, "%s: has a meaning of its own: it cannot be the name of an alias", name);
		return false;
	}
	return true;
}

/* --- taking apart --- */

static struct alias_part *add_part(struct alias *a)
{
	struct alias_part *parts = array_more(a->parts, a->part_count, sizeof *parts);

	if (parts == NULL)
		return NULL;
	a->parts = parts;
	a->parts[a->part_count] = (struct alias_part){0};
	return &a->parts[a->part_count++];
}

/* Ends a part with what has been gathered; the next one begins. */
static int end_part(struct alias *a, struct buf *text, unsigned argument, bool alone, struct quoting q, struct error *e)
{
	struct alias_part *part = add_part(a);

	if (part == NULL)
		return error_memory(e);
	part->len = text->len;
	part->argument = argument;
	part->alone = alone;
	part->quoting = q;
	part->text = text->len > 0 ? buf_steal(text) : strdup("");
	return part->text != NULL ? 0 : error_memory(e);
}

/* Returns the argument of the place that begins at p, and its bytes in *len; 0: no place. */
static unsigned place_at(const char *p, const char *end, size_t *len)
{
	*len = 3;
	if (end - p < 3 || p[0] != '{' || p[2] != '}')
		return 0;
	if (p[1] == '*')
		return ALL;
	return p[1] >= '1' && p[1] <= '0' + ALIAS_ARGUMENTS ? (unsigned)(p[1] - '0') : 0;
}

/* {{1}}: a place that the line's own command fills in. */
static bool is_inner(const char *p, const char *end)
{
	size_t len;

	return end - p >= 5 && p[0] == '{' && p[4] == '}' && place_at(p + 1, end, &len) != 0;
}

static int read_word(struct alias *a, const char *p, const char *end, struct buf *text, struct error *e)
{
	const char *start = p;
	struct quoting q = {0};
	size_t len;
	unsigned argument;

	while (p < end) {
		if (!q.escaped && is_inner(p, end)) {
			buf_put(text, p + 1, 3);
			p += 5;
			continue;
		}
		argument = q.escaped ? 0 : place_at(p, end, &len);
		if (argument == 0) {
			quoting_step(&q, *p);
			buf_putc(text, *p++);
			continue;
		}
		bool alone = p == start && p + len == end;
		if (argument == ALL && !alone)
			return error_set(e, STATUS_USAGE, "{*} must be a word of its own");
		if (argument != ALL && argument > a->needed)
			a->needed = argument;
		if (argument == ALL)
			a->any = true;
		if (end_part(a, text, argument, alone, q, e) == -1)
			return -1;
		p += len;
	}
	return 0;
}

/* A place before other text is no JSON, and so are places of a command. */
static enum word_found next_word(const struct alias *a, const char *line, size_t len, size_t *pos, struct word *w, const char **why)
{
	size_t start = word_skip_blanks(line, len, *pos), place;
	enum word_found found;

	if (place_at(line + start, line + len, &place) != 0 || is_inner(line + start, line + len))
		return word_next_plain(line, len, pos, w, why);
	found = word_next(line, len, pos, w, why);
	if (found != WORD_BAD || !w->json || !a->commands)
		return found;
	*pos = start;
	return word_next_plain(line, len, pos, w, why);
}

static int read_words(struct alias *a, struct buf *text, struct error *e)
{
	const char *why = NULL, *line = a->line;
	size_t len = strlen(line), pos = 0, n = 0;
	enum word_found found;
	struct word w;

	for (; (found = next_word(a, line, len, &pos, &w, &why)) != WORD_END; n++) {
		if (found == WORD_BAD)
			return error_set(e, STATUS_USAGE, "%s", why);
		if (word_is(line, &w, ">") || word_is(line, &w, ">>") || word_is(line, &w, "|") || word_is(line, &w, "&"))
			return error_set(e, STATUS_USAGE, "%.*s: must follow %s where it is used, not stand in it", (int)(w.end - w.start),
			    line + w.start, a->name);
		if (n == 0 && word_is(line, &w, "-"))
			return error_set(e, STATUS_USAGE, "-: stands before %s where it is used, not in it", a->name);
		if (n == 0)
			a->commands = line[w.start] == '.';
		if (n > 0)
			buf_putc(text, ' ');
		if (read_word(a, line + w.start, line + w.end, text, e) == -1)
			return -1;
		if (n == 0 && a->part_count > 0 && line[w.start] != '[')
			return error_set(e, STATUS_USAGE, "a request or a command is missing before {%c}",
			    a->any ? '*' : (char)('0' + a->needed));
	}
	if (n == 0)
		return error_set(e, STATUS_USAGE, "a line is missing after %s", a->name);
	a->any = a->any || a->part_count == 0;
	return end_part(a, text, 0, false, (struct quoting){0}, e);
}

int alias_read(struct alias *a, const char *name, const char *line, struct error *e)
{
	struct buf text = {0};
	int result;

	*a = (struct alias){.name = strdup(name), .line = strdup(line)};
	result = a->name == NULL || a->line == NULL ? error_memory(e) : read_words(a, &text, e);
	buf_clear(&text);
	if (result == -1)
		alias_clear(a);
	return result;
}

void alias_clear(struct alias *a)
{
	for (size_t i = 0; i < a->part_count; i++)
		free(a->parts[i].text);
	free(a->parts);
	free(a->name);
	free(a->line);
	*a = (struct alias){0};
}

/* --- putting together --- */

/* Appends a { that is no place, whatever quotes are open. */
static void put_brace(struct buf *out, const struct quoting *q)
{
	if (q->quote == '"' || q->depth > 0)
		buf_puts(out, "\\u007b");
	else if (q->quote == '\'')
		buf_puts(out, "'\\{'");
	else
		buf_puts(out, "\\{");
}

static void put_text(struct buf *out, const struct quoting *q, const char *text, size_t len)
{
	struct buf json = {.secret = out->secret};

	json_put_string(&json, text, len);
	if (json.failed)
		out->failed = true;
	else
		quoting_put(out, q, (struct json){buf_head(&json), json.len}, true);
	buf_clear(&json);
}

/* The same where a command looks for places: braces of an argument are none. */
static void put_without_places(struct buf *out, const struct quoting *q, const char *text, size_t len)
{
	bool bare = q->quote == 0 && q->depth > 0;
	struct quoting inside = *q;
	const char *brace;

	if (bare) {	/* a JSON string in pieces */
		buf_putc(out, '"');
		inside.quote = '"';
	}
	while ((brace = memchr(text, '{', len)) != NULL) {
		if (brace > text)
			put_text(out, &inside, text, (size_t)(brace - text));
		put_brace(out, &inside);
		len -= (size_t)(brace + 1 - text);
		text = brace + 1;
	}
	if (len > 0)
		put_text(out, &inside, text, len);
	if (bare)
		buf_putc(out, '"');
}

static int put_argument(const struct alias *a, const struct alias_part *part, const char *text, const struct word *w, struct buf *out,
    struct error *e)
{
	struct buf value = {.secret = true};
	bool option = w->end - w->start >= 2 && memcmp(text + w->start, "--", 2) == 0;
	bool braces = a->commands && !w->json && memchr(text + w->start, '{', w->end - w->start) != NULL;
	const char *why = NULL;
	size_t at;

	if (part->argument == ALL ? !braces : part->alone && !option && !braces) {
		buf_put(out, text + w->start, w->end - w->start);
		return 0;
	}
	if (w->json)
		buf_put(&value, text + w->start, w->end - w->start);
	else
		why = word_decode(text, w->start, w->end, &value, &at);
	if (why == NULL && braces)
		put_without_places(out, &part->quoting, buf_head(&value), value.len);
	else if (why == NULL)
		put_text(out, &part->quoting, buf_head(&value), value.len);
	out->failed |= value.failed;
	buf_clear(&value);
	return why == NULL ? 0 : error_set(e, STATUS_USAGE, "%s: %s", a->name, why);
}

static int put_used(const struct alias *a, const struct alias_part *part, const char *text, const struct word *args, unsigned i,
    struct buf *out, struct alias_uses *uses, struct error *e)
{
	size_t start = out->len;
	struct alias_use *v;

	if (put_argument(a, part, text, &args[i - 1], out, e) == -1)
		return -1;
	if (uses == NULL)
		return 0;
	if ((v = array_room(uses->v, uses->count + 1, &uses->room, sizeof *v)) == NULL)
		return error_memory(e);
	uses->v = v;
	uses->v[uses->count++] = (struct alias_use){i, start, out->len};
	return 0;
}

static int count_arguments(const struct alias *a, size_t count, struct error *e)
{
	if (count >= a->needed && (a->any || count == a->needed))
		return 0;
	return error_set(e, STATUS_USAGE, "%s: %u argument%s needed%s, %zu given (%s: %.200s)", a->name, a->needed, a->needed == 1 ? "" : "s",
	    a->any ? " at least" : "", count, a->name, a->line);
}

/* Inserts the words that no {N} takes, each but the first after a blank, if they stand for {*}. */
static int put_rest(const struct alias *a, const struct alias_part *part, const char *text, const struct word *args, size_t count,
    unsigned until, struct buf *out, struct alias_uses *uses, struct error *e)
{
	const struct alias_part all = {.argument = ALL, .alone = true};

	for (unsigned i = a->needed + 1; i <= count && (until == 0 || i < until); i++) {
		if (part == NULL || i > a->needed + 1)
			buf_putc(out, ' ');
		if (put_used(a, &all, text, args, i, out, uses, e) == -1)
			return -1;
	}
	if (until > 0 && (part == NULL || until > a->needed + 1))
		buf_putc(out, ' ');
	return 0;
}

int alias_expand(const struct alias *a, const char *text, const struct word *args, size_t count, unsigned until, struct buf *out,
    struct alias_uses *uses, struct error *e)
{
	bool rest = false;	/* has been put */

	if (until == 0 && count_arguments(a, count, e) == -1)
		return -1;
	for (size_t i = 0; i < a->part_count; i++) {
		const struct alias_part *part = &a->parts[i];

		buf_put(out, part->text, part->len);
		if (part->argument == ALL) {
			rest = true;
			if (put_rest(a, part, text, args, count, until, out, uses, e) == -1)
				return -1;
			if (until > a->needed)
				return 0;
		} else if (part->argument > 0) {
			if (until == part->argument || part->argument > count)
				return 0;
			if (put_used(a, part, text, args, part->argument, out, uses, e) == -1)
				return -1;
		}
	}
	if (a->any && !rest && put_rest(a, NULL, text, args, count, until, out, uses, e) == -1)
		return -1;
	return out->failed ? error_memory(e) : 0;
}
