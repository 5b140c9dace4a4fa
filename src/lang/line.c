/* SPDX-License-Identifier: ISC */
/*
 * line: what kind of line it is, and all of it but a request's arguments: prefixes, commands, raw arrays, `&`, redirections.
 */
#include "lang/line.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "lang/foreign.h"
#include "lang/parse.h"

/* --- behind a request --- */

enum tail { TAIL_WORD, TAIL_END, TAIL_FAILED };

static char *trimmed(const char *text, size_t start, size_t end)
{
	start = word_skip_blanks(text, end, start);
	while (end > start && strchr(" \t\r\n", text[end - 1]) != NULL)
		end--;
	return strndup(text + start, end - start);
}

/* Nothing but `&` may stand behind a redirection, nothing at all behind `&`. */
static enum tail tail_over(struct parse *p, size_t pos, bool job)
{
	const char *why;
	struct word w;
	enum word_found found = word_next(p->text, p->len, &pos, &w, &why);

	if (found == WORD_FOUND && job && value_is(p, &w, "&")) {
		p->line->job = true;
		found = word_next(p->text, p->len, &pos, &w, &why);
	}
	if (found == WORD_END)
		return TAIL_END;
	parse_fail_language(p, found == WORD_BAD ? pos : w.start, job ? "only & may follow a redirection" :
	    "nothing may follow &");
	return TAIL_FAILED;
}

int line_check_word(struct parse *p, const struct word *w, const char *dot, const char *name)
{
	char why[FOREIGN_TEXT];
	size_t at;

	if (!foreign_word(p->text, w, why, &at))
		return 0;
	return parse_fail_language(p, at, "%s%s%s%s", dot, name, *name != '\0' ? ": " : "", why);
}

static enum tail tail_redirect(struct parse *p, const struct word *w, size_t pos)
{
	struct line *line = p->line;
	const char *why = "a file name is missing";
	struct word file;

	if (p->context == NULL || !p->context->prompt) {
		parse_fail_language(p, w->start, "%s%s: redirections are for the prompt only: in a script, redirect ptsh itself (quote "
		    "it if it is text)", line->kind == LINE_COMMAND ? "." : "",
		    line->kind == LINE_COMMAND ? line->words[0] : line->type_name);
		return TAIL_FAILED;
	}
	if (value_is(p, w, "|")) {
		line->redirect = REDIRECT_PIPE;
		line->redirect_to = trimmed(p->text, pos, p->len);
		if (line->redirect_to == NULL)
			parse_memory(p);
		else if (line->redirect_to[0] == '\0')
			parse_fail_language(p, w->start, "a command is missing after |");
		else
			return TAIL_END;
		return TAIL_FAILED;
	}
	if (word_next(p->text, p->len, &pos, &file, &why) != WORD_FOUND) {
		parse_fail_language(p, pos, "%.*s: %s", (int)(w->end - w->start), p->text + w->start, why);
		return TAIL_FAILED;
	}
	line->redirect = value_is(p, w, ">") ? REDIRECT_FILE : REDIRECT_APPEND;
	if (value_decode(p, &file) < 0)
		return TAIL_FAILED;
	if (p->scratch.len == 0 || memchr(buf_head(&p->scratch), '\0', p->scratch.len) != NULL) {
		parse_fail_language(p, file.start, "not a file name");
		return TAIL_FAILED;
	}
	line->redirect_to = strndup(buf_head(&p->scratch), p->scratch.len);
	if (line->redirect_to == NULL) {
		parse_memory(p);
		return TAIL_FAILED;
	}
	return tail_over(p, pos, true);
}

bool line_ends_request(const struct parse *p, const struct word *w)
{
	return value_is(p, w, "&") || value_is(p, w, ">") || value_is(p, w, ">>") || value_is(p, w, "|");
}

/* Whether a word ends what is sent; pos is behind it. */
static enum tail tail(struct parse *p, const struct word *w, size_t pos)
{
	if (!line_ends_request(p, w))
		return TAIL_WORD;
	if (!value_is(p, w, "&"))
		return tail_redirect(p, w, pos);
	p->line->job = true;
	return tail_over(p, pos, false);
}

/* Text that is no line, and where: in characters, where it is on the first row of it. */
int line_fail_text(struct parse *p, size_t at, const char *name, const char *why)
{
	size_t column = 1;

	for (size_t i = 0; i < at && column > 0; i++)
		column = p->text[i] == '\n' ? 0 : column + ((p->text[i] & 0xc0) != 0x80);
	if (column == 0)
		return parse_fail_language(p, at, "%s%s%s", name, *name != '\0' ? ": " : "", why);
	return parse_fail_language(p, at, "%s%s%s (column %zu)", name, *name != '\0' ? ": " : "", why, column);
}

/* --- requests --- */

static void forget_type_name(struct line *line)
{
	if (line->type == NULL || line->type_name != line->type->name)
		free((char *)(uintptr_t)line->type_name);
	line->type_name = NULL;
}

/* Of a type that is known, name is what the catalogue calls it. */
static int set_type_name(struct parse *p, const char *name, size_t len)
{
	forget_type_name(p->line);
	p->line->type_name = p->line->type != NULL ? p->line->type->name : strndup(name, len);
	return p->line->type_name == NULL ? parse_memory(p) : 0;
}

/* The name in p->scratch.  One that a request cannot have may hold its arguments, and so a secret: it is not repeated. */
static int check_name(struct parse *p, const struct word *w)
{
	const char *name = buf_head(&p->scratch);
	size_t good = word_name_length(name, p->scratch.len);
	uint32_t point;
	int n;

	if (p->scratch.len == 0)
		return parse_fail(p, w->start, "a request name is missing");
	if (good == p->scratch.len)
		return 0;
	n = utf8_decode(name + good, p->scratch.len - good, &point);
	if (n == 1 && point > ' ' && point < 0x7f)
		return parse_fail(p, w->start, "a request name has only letters, digits, _ . and -, not %c", (int)point);
	return parse_fail(p, w->start, "a request name has only letters, digits, _ . and -, not U+%04X",
	    n > 0 ? (unsigned)point : (unsigned char)name[good]);
}

/* A command of another shell: said what it is here.  A known request may be quoted as one likes. */
static int check_foreign(struct parse *p, const struct word *w)
{
	const char *word = p->text + w->start, *here = foreign_command(word, w->end - w->start);
	size_t name = 1 + word_name_length(word + 1, w->end - w->start - 1);

	if (here == NULL)
		return 0;
	/* What stands behind the name may be a secret. */
	return parse_fail(p, w->start, "%.*s: no such command; use %s", (int)(name < TYPED_MAX ? name : TYPED_MAX), word, here);
}

/* At a prompt a name without _ is rather a word of another language than a request that boxes have learned meanwhile. */
static int check_plausible(struct parse *p, const struct word *w, size_t pos, const char *typed)
{
	const char *why, *name = buf_head(&p->scratch);
	struct word next;

	if (p->context == NULL || !p->context->prompt || memchr(name, '_', p->scratch.len) != NULL)
		return 0;
	if (word_next(p->text, p->len, &pos, &next, &why) == WORD_FOUND &&
	    catalog_find(p->text + next.start, next.end - next.start) != NULL)
		return parse_fail(p, w->start, "%s: no such request; %.*s alone is one", typed, (int)(next.end - next.start),
		    p->text + next.start);
	return parse_fail(p, w->start, "%s: no such request; .help lists them (the raw JSON array [\"%s\"] is sent as it is)", typed,
	    typed);
}

/* A type that the catalogue does not know: a slip of the fingers, or something new.  pos: behind it. */
static int unknown_type(struct parse *p, const struct word *w, size_t pos)
{
	const char *name, *near;
	char typed[TYPED_MAX + 8];

	if (check_foreign(p, w) < 0 || line_check_word(p, w, "", "") < 0 || check_name(p, w) < 0)
		return -1;
	name = buf_head(&p->scratch);
	near = catalog_nearest(name, p->scratch.len);
	if (set_type_name(p, name, p->scratch.len) < 0)
		return -1;
	parse_typed(name, 0, p->scratch.len, typed);
	if (near == NULL && check_plausible(p, w, pos, typed) < 0)
		return -1;
	if (near == NULL)
		return parse_add_note(p, "%s: unknown to ptsh; sending it anyway%s", typed, p->context == NULL || p->context->prompt ||
		    p->context->find_alias == NULL || memchr(name, '_', p->scratch.len) != NULL ? "" :
		    " (aliases in rc are for the prompt; use -f FILE)");
	if (p->context == NULL || !p->context->terminal || p->context->confirm_nearest == NULL ||
	    !p->context->confirm_nearest(p->context->ctx, p->line->type_name, near))
		return parse_fail(p, w->start, "%s: no such request; did you mean %s? (A raw JSON array is sent as it is.)", typed,
		    near);
	p->line->type = catalog_find(near, strlen(near));
	return set_type_name(p, near, strlen(near));
}

/* `NAME=?` behind a type that is not known: the secret is asked for, as in a line that the history gives back. */
static int put_asked_named(struct parse *p, size_t from)
{
	struct buf word = {.secret = true};
	char what[160];
	int result;

	buf_put(&word, buf_head(&p->scratch), from);
	snprintf(what, sizeof(what), "%.60s %.*s", p->line->type_name, from > 80 ? 80 : (int)from - 1, buf_head(&p->scratch));
	result = value_ask(p, what, p->words->start);
	if (result == 0) {
		buf_put(&word, buf_head(&p->scratch), p->scratch.len);
		json_put_string(&p->line->json, buf_head(&word), word.len);
		p->line->json.failed = p->line->json.failed || word.failed;
	}
	buf_clear(&word);
	return result;
}

/* A word behind a type that is not known: JSON where it is some, else text. */
static int put_any(struct parse *p, const struct word *w)
{
	struct json v;
	size_t at, from;

	buf_putc(&p->line->json, ',');
	if (p->text[w->start] != '"' && (w->plain || w->json) &&
	    json_read(p->text + w->start, w->end - w->start, &v, &at) == NULL) {
		value_put_compact(&p->line->json, v);
		parse_secrets_anywhere(p, v);
		return 0;
	}
	if (w->json)
		return parse_fail(p, w->start, "%s: not JSON (quote what is meant as text)", p->line->type_name);
	if (value_decode(p, w) < 0)
		return -1;
	from = secret_in_text(buf_head(&p->scratch), p->scratch.len);
	if (w->plain && from + 1 == p->scratch.len && buf_head(&p->scratch)[from] == '?')
		return put_asked_named(p, from);
	json_put_string(&p->line->json, buf_head(&p->scratch), p->scratch.len);
	return 0;
}

/* `-o csv` at the end: what ptsh takes in front of its lines. */
static int check_output_option(struct parse *p, const struct word *w, size_t pos)
{
	const char *why, *equals = p->text + w->start + strlen("--output");
	struct word value;

	if (w->end - w->start > strlen("--output") && memcmp(p->text + w->start, "--output=", strlen("--output=")) == 0)
		value = (struct word){(size_t)(equals + 1 - p->text), w->end, false, true};
	else if ((!value_is(p, w, "-o") && !value_is(p, w, "--output")) || word_next(p->text, p->len, &pos, &value, &why) != WORD_FOUND ||
	    line_ends_request(p, &value))
		return 0;
	for (const struct arg *a = p->line->type != NULL ? p->line->type->args : NULL; a != NULL && a->name != NULL; a++)
		if (p->text[w->start + 1] == '-' && strcmp(a->name, "output") == 0)
			return 0;
	return parse_fail_language(p, w->start, "%s: the format of one line stands before it: .format %.*s %s ... (quote -o if it is text)",
	    p->line->type_name, (int)(value.end - value.start < 20 ? value.end - value.start : 20), p->text + value.start,
	    p->line->type_name);
}

static int parse_request(struct parse *p, const struct word *first, size_t pos)
{
	struct line *line = p->line;
	enum tail end = TAIL_WORD;
	enum word_found found = WORD_END;
	const char *why = NULL;
	struct word w;

	if (line_ends_request(p, first))
		return parse_fail(p, first->start, "a request is missing before %.*s", (int)(first->end - first->start),
		    p->text + first->start);
	if (first->plain)
		line->type = catalog_find(p->text + first->start, first->end - first->start);
	if (line->type == NULL) {
		if (value_decode(p, first) < 0)
			return -1;
		line->type = catalog_find(buf_head(&p->scratch), p->scratch.len);
	}
	if (line->type == NULL ? unknown_type(p, first, pos) < 0 : set_type_name(p, line->type->name, strlen(line->type->name)) < 0)
		return -1;
	if (line->type != NULL)
		line->json.secret = p->scratch.secret = catalog_secret(line->type);
	if (parse_add_word(p, first) < 0)
		return -1;
	while ((found = word_next(p->text, p->len, &pos, &w, &why)) == WORD_FOUND) {
		end = tail(p, &w, pos);
		if (end != TAIL_WORD)
			break;
		if (check_output_option(p, &w, pos) < 0)
			return -1;
		if (line_check_word(p, &w, "", line->type_name) < 0 || parse_add_word(p, &w) < 0)
			return -1;
	}
	if (end == TAIL_FAILED)
		return -1;
	if (found == WORD_BAD)
		return line_fail_text(p, pos, line->type_name, why);
	line->comment = found == WORD_END && pos < p->len;
	p->over = pos;
	buf_putc(&line->json, '[');
	json_put_string(&line->json, line->type_name, strlen(line->type_name));
	if (line->type != NULL && arguments_put(p, line->type) < 0)
		return -1;
	for (size_t i = 1; line->type == NULL && i < p->word_count; i++)
		if (put_any(p, &p->words[i]) < 0)
			return -1;
	buf_putc(&line->json, ']');
	for (size_t i = 1; i < p->word_count; i++)
		if (value_named_secret(p, &p->words[i]) < 0)
			return -1;
	return line->json.failed ? parse_memory(p) : 0;
}

/* --- raw arrays --- */

/* The fields that a raw request asks for. */
static int raw_headings(struct parse *p, struct json list)
{
	struct line *line = p->line;
	struct json_iter it;
	struct json v;
	char **headings;

	if (json_kind(list) != JSON_ARRAY)
		return 0;
	for (it = json_iterate(list); json_next(&it, NULL, &v); line->heading_count++) {
		headings = array_more(line->headings, line->heading_count, sizeof(*headings));
		if (headings == NULL)
			return parse_memory(p);
		line->headings = headings;
		buf_reset(&p->scratch);
		if (json_kind(v) == JSON_STRING)
			json_decode(v, &p->scratch);
		headings[line->heading_count] = p->scratch.failed ? NULL : strndup(buf_head(&p->scratch), p->scratch.len);
		if (headings[line->heading_count] == NULL)
			return parse_memory(p);
	}
	return 0;
}

/* What the catalogue knows about a raw request: secrets, deletions, headings. */
static int raw_known(struct parse *p, struct json_iter args)
{
	const struct arg *arg = p->line->type->args;
	struct json v;

	p->line->json.secret = catalog_secret(p->line->type);
	parse_secrets_of(p, p->line->type, args);
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): every request has a list of arguments, if an empty one. */
	for (; arg->name != NULL && json_next(&args, NULL, &v); arg++) {
		if ((arg->flags & ARG_DELETES) && json_kind(v) == JSON_ARRAY && json_count(v) > 0)
			p->line->deletes = true;
		if ((arg->flags & ARG_HEADINGS) && raw_headings(p, v) < 0)
			return -1;
	}
	return 0;
}

/* A misspelt request may hold what the right one would have hidden; and of others, the names show it. */
static void raw_unknown(struct parse *p, struct json_iter args)
{
	const char *near = catalog_nearest(p->line->type_name, strlen(p->line->type_name));
	struct json v;

	bool all = near != NULL && catalog_secret(catalog_find(near, strlen(near)));

	while (json_next(&args, NULL, &v)) {
		if (all)
			parse_found_secret(p, v);
		else
			parse_secrets_anywhere(p, v);
	}
}

static int parse_raw(struct parse *p, const struct word *first, size_t pos)
{
	struct line *line = p->line;
	const char *why;
	struct json_iter args;
	struct json all, name;
	struct word w;
	enum word_found found;
	enum tail end;
	size_t at = 0;

	line->raw = true;
	why = json_read(p->text + first->start, first->end - first->start, &all, &at);
	if (why != NULL)
		return line_fail_text(p, first->start + at, "not JSON", why);
	args = json_iterate(all);
	if (json_kind(all) != JSON_ARRAY || !json_next(&args, NULL, &name) || json_kind(name) != JSON_STRING)
		return parse_fail(p, first->start, "a raw request is a list that begins with its name (without an id)");
	json_decode(name, &p->scratch);
	if (p->scratch.failed)
		return parse_memory(p);
	if (p->scratch.len == 0)
		return parse_fail(p, first->start, "a raw request is a list that begins with its name (without an id)");
	if (check_name(p, first) < 0)
		return -1;
	line->type = catalog_find(buf_head(&p->scratch), p->scratch.len);
	if (set_type_name(p, buf_head(&p->scratch), p->scratch.len) < 0)
		return -1;
	if (line->type != NULL && raw_known(p, args) < 0)
		return -1;
	if (line->type == NULL)
		raw_unknown(p, args);
	value_put_compact(&line->json, all);
	if (line->json.failed || p->hide)
		return parse_memory(p);
	found = word_next(p->text, p->len, &pos, &w, &why);
	if (found == WORD_END)
		return 0;
	end = found == WORD_BAD ? TAIL_WORD : tail(p, &w, pos);
	if (end == TAIL_WORD && found == WORD_FOUND && line_check_word(p, &w, "", line->type_name) < 0)
		return -1;
	if (end == TAIL_WORD)
		return parse_fail_language(p, found == WORD_BAD ? pos : w.start, "nothing may follow the list");
	return end == TAIL_END ? 0 : -1;
}

/* --- commands --- */

static int add_command_word(struct parse *p, const char *text, size_t len)
{
	struct line *line = p->line;
	char **words = array_more(line->words, line->word_count, sizeof(*words));

	if (words == NULL)
		return parse_memory(p);
	line->words = words;
	line->words[line->word_count] = strndup(text, len);
	if (line->words[line->word_count] == NULL)
		return parse_memory(p);
	line->word_count++;
	return 0;
}

/* A command takes no JSON: what is none is a word like any other. */
static enum word_found command_word(const struct parse *p, size_t *pos, struct word *w, const char **why)
{
	size_t start = *pos;
	enum word_found found = word_next(p->text, p->len, pos, w, why);

	if (found != WORD_BAD || !w->json)
		return found;
	*pos = start;
	return word_next_plain(p->text, p->len, pos, w, why);
}

/* name: as typed, without its dot. */
static int parse_command(struct parse *p, const struct word *first, const char *name, size_t len, size_t pos)
{
	const struct command_word *command = NULL;
	struct line *line = p->line;
	size_t rest = pos, over = p->len;
	bool inner = false;	/* a line of its own has begun, which is checked when it is read */
	const char *why;
	struct word w;
	enum word_found found;

	line->kind = LINE_COMMAND;
	if (p->context != NULL && p->context->find_command != NULL) {
		command = p->context->find_command(p->context->ctx, name, len, p->e);
		if (command == NULL) {
			*p->at = first->start;
			return -1;
		}
		name = command->name;
		len = strlen(name);
	}
	if (add_command_word(p, name, len) < 0)
		return -1;
	while ((found = command_word(p, &pos, &w, &why)) == WORD_FOUND) {
		/* A redirection is the command's, also behind a line that it takes. */
		if (!value_is(p, &w, "&") || (command != NULL && command->job && !command->takes_line)) {
			enum tail end = tail(p, &w, pos);

			if (end == TAIL_FAILED)
				return -1;
			if (end == TAIL_END) {
				over = w.start;
				break;
			}
		}
		inner = inner || (command != NULL && command->takes_line && value_is(p, &w, "--"));
		if ((!inner && !line_ends_request(p, &w) && line_check_word(p, &w, ".", line->words[0]) < 0) || value_decode(p, &w) < 0 ||
		    add_command_word(p, buf_head(&p->scratch), p->scratch.len) < 0)
			return -1;
	}
	if (found == WORD_END && pos < p->len) {
		line->comment = true;
		over = pos < over ? pos : over;
	}
	/* In a line that is the command's, places like {name}=x may stand: whoever fills them in reads it. */
	if (found == WORD_BAD && (command == NULL || !command->takes_line)) {
		char dotted[64];
		snprintf(dotted, sizeof dotted, ".%s", line->words[0]);
		return line_fail_text(p, pos, dotted, why);
	}
	line->rest = trimmed(p->text, rest, over);
	return line->rest == NULL ? parse_memory(p) : 0;
}

/* --- the whole --- */

/* Words that are commands without a dot. */
static const char *plain_command(const struct parse *p, const struct word *w)
{
	if (value_is(p, w, "quit") || value_is(p, w, "exit"))
		return "quit";
	return value_is(p, w, "help") ? "help" : NULL;
}

bool line_prefix(const struct parse *p, const struct word *w, size_t *pos, struct word *value)
{
	const struct command_word *command = NULL;
	size_t behind = *pos, line;
	struct error ignored;
	struct word first;
	const char *why;

	if (p->text[w->start] == '.' && p->context != NULL && p->context->find_command != NULL)
		command = p->context->find_command(p->context->ctx, p->text + w->start + 1, w->end - w->start - 1, &ignored);
	if (command == NULL || !command->prefix || word_next(p->text, p->len, &behind, value, &why) != WORD_FOUND ||
	    line_ends_request(p, value))
		return false;
	line = behind;
	if (word_next(p->text, p->len, &line, &first, &why) == WORD_END || line_ends_request(p, &first))
		return false;
	*pos = behind;
	return true;
}

/* `-`, and how the line is shown.  1: *w is the first word of what is left; 0: there is nothing; -1. */
static int parse_prefixes(struct parse *p, struct word *w, size_t *pos)
{
	struct word value;
	const char *why = NULL;
	enum word_found found;

	while ((found = word_next(p->text, p->len, pos, w, &why)) == WORD_FOUND) {
		if (value_is(p, w, "-")) {
			p->line->may_fail = true;
			continue;
		}
		if (!line_prefix(p, w, pos, &value))
			return 1;
		if (p->line->format != NULL)
			return parse_fail(p, value.start, "one format a line");
		if (value_decode(p, &value) < 0)
			return -1;
		p->line->format = strndup(buf_head(&p->scratch), p->scratch.len);
		if (p->line->format == NULL)
			return parse_memory(p);
	}
	if (found == WORD_BAD)
		return line_fail_text(p, *pos, "", why);
	if (!p->line->may_fail)
		return 0;
	p->line->may_fail = false;
	return parse_fail(p, *pos, "a line is missing after the -");
}

int line_parse_text(struct parse *p)
{
	const char *name;
	size_t pos = 0, valid = word_valid(p->text, p->len);
	struct word w;
	int left;

	if (p->len > LINE_MAX_BYTES)
		return parse_fail(p, LINE_MAX_BYTES, "a line has at most %d bytes", LINE_MAX_BYTES);
	if (valid < p->len)
		return line_fail_text(p, valid, "", p->text[valid] == '\0' ? "a line holds no NUL byte: \"\\u0000\" is one" : "not UTF-8 text");
	left = parse_prefixes(p, &w, &pos);
	if (left != 1)
		return left;
	if (p->text[w.start] == '.')
		return parse_command(p, &w, p->text + w.start + 1, w.end - w.start - 1, pos);
	name = plain_command(p, &w);
	if (name != NULL)
		return parse_command(p, &w, name, strlen(name), pos);
	p->line->kind = LINE_REQUEST;
	return w.json ? parse_raw(p, &w, pos) : parse_request(p, &w, pos);
}

static void free_all(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

void line_clear(struct line *line)
{
	for (size_t i = 0; i < line->lookup_count; i++)
		free(line->lookups[i].name);
	free(line->lookups);
	free_all(line->headings, line->heading_count);
	free_all(line->notes, line->note_count);
	free_all(line->words, line->word_count);
	free(line->redirect_to);
	free(line->format);
	forget_type_name(line);
	free(line->rest);
	free(line->expanded);
	free(line->masked);
	buf_clear(&line->json);
	memset(line, 0, sizeof(*line));
}

int line_resolve(struct line *line, size_t i, const char *gid)
{
	struct buf json = {.secret = line->json.secret};
	struct lookup *l = &line->lookups[i];
	size_t behind = l->offset + l->len, before = line->json.len;

	buf_put(&json, buf_head(&line->json), l->offset);
	json_put_string(&json, gid, strlen(gid));
	l->len = json.len - l->offset;
	buf_put(&json, buf_head(&line->json) + behind, line->json.len - behind);
	if (json.failed) {
		l->len = behind - l->offset;
		buf_clear(&json);
		return -1;
	}
	for (size_t j = i + 1; j < line->lookup_count; j++)
		line->lookups[j].offset = line->lookups[j].offset + json.len - before;
	buf_clear(&line->json);
	line->json = json;
	return 0;
}
