/* SPDX-License-Identifier: ISC */
/*
 * line: which kind of line it is, and its prefixes, its command or its request.
 */
#include "lang/line.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/parse.h"
#include "lang/raw.h"
#include "lang/tail.h"
#include "lang/unknown.h"

/* `-o csv` at the end: an option that ptsh takes before its lines. */
static int check_output_option(struct parse *p, const struct word *w, size_t pos)
{
	const char *why, *equals = p->text + w->start + strlen("--output");
	struct word value;

	if (w->end - w->start > strlen("--output") && memcmp(p->text + w->start, "--output=", strlen("--output=")) == 0)
		value = (struct word){(size_t)(equals + 1 - p->text), w->end, false, true};
	else if ((!value_is(p, w, "-o") && !value_is(p, w, "--output")) || word_next(p->text, p->len, &pos, &value, &why) != WORD_FOUND ||
	    tail_begins(p, &value))
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

	if (tail_begins(p, first))
		return parse_fail(p, first->start, "a request is missing before %.*s", (int)(first->end - first->start),
		    p->text + first->start);
	if (first->plain)
		line->type = catalog_find(p->text + first->start, first->end - first->start);
	if (line->type == NULL) {
		if (value_decode(p, first) < 0)
			return -1;
		line->type = catalog_find(buf_head(&p->scratch), p->scratch.len);
	}
	if (line->type == NULL ? unknown_type(p, first, pos) < 0 : parse_type_name(p, line->type->name, strlen(line->type->name)) < 0)
		return -1;
	if (line->type != NULL)
		line->json.secret = p->scratch.secret = catalog_secret(line->type);
	if (parse_add_word(p, first) < 0)
		return -1;
	while ((found = word_next(p->text, p->len, &pos, &w, &why)) == WORD_FOUND) {
		end = tail_take(p, &w, pos);
		if (end != TAIL_WORD)
			break;
		if (check_output_option(p, &w, pos) < 0)
			return -1;
		if (parse_check_word(p, &w, "", line->type_name) < 0 || parse_add_word(p, &w) < 0)
			return -1;
	}
	if (end == TAIL_FAILED)
		return -1;
	if (found == WORD_BAD)
		return parse_fail_text(p, pos, line->type_name, why);
	line->comment = found == WORD_END && pos < p->len;
	p->over = pos;
	buf_putc(&line->json, '[');
	json_put_string(&line->json, line->type_name, strlen(line->type_name));
	if (line->type != NULL && arguments_put(p, line->type) < 0)
		return -1;
	if (line->type == NULL && unknown_put_words(p) < 0)
		return -1;
	buf_putc(&line->json, ']');
	for (size_t i = 1; line->type != NULL && i < p->word_count; i++)
		if (value_named_secret(p, &p->words[i]) < 0)
			return -1;
	return line->json.failed ? parse_memory(p) : 0;
}

/* --- commands --- */

static int add_command_word(struct parse *p, const char *text, size_t len)
{
	return parse_add_text(p, &p->line->words, &p->line->word_count, text, len);
}

/* A command takes no JSON: text that is none is a word like any other. */
static enum word_found command_word(const struct parse *p, size_t *pos, struct word *w, const char **why)
{
	size_t start = *pos;
	enum word_found found = word_next(p->text, p->len, pos, w, why);

	if (found != WORD_BAD || !w->json)
		return found;
	*pos = start;
	return word_next_plain(p->text, p->len, pos, w, why);
}

static int check_command_word(struct parse *p, const struct command_word *command, const struct word *w)
{
	if (tail_begins(p, w))
		return 0;
	if (parse_check_word(p, w, ".", p->line->words[0]) < 0)
		return -1;
	return command != NULL && command->names ? parse_check_hidden(p, w) : 0;
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
	p->scratch.secret = true;
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
		/* A redirection is the command's, also after a line that it takes. */
		if (!value_is(p, &w, "&") || (command != NULL && command->job && !command->takes_line)) {
			enum tail end = tail_take(p, &w, pos);

			if (end == TAIL_FAILED)
				return -1;
			if (end == TAIL_END) {
				over = w.start;
				break;
			}
		}
		inner = inner || (command != NULL && command->takes_line && value_is(p, &w, "--"));
		if ((!inner && check_command_word(p, command, &w) < 0) || value_decode(p, &w) < 0 ||
		    add_command_word(p, buf_head(&p->scratch), p->scratch.len) < 0)
			return -1;
	}
	if (found == WORD_END && pos < p->len) {
		line->comment = true;
		over = pos < over ? pos : over;
	}
	/* In a line that is the command's, places like {name}=x are allowed: the command that fills them in reads it. */
	if (found == WORD_BAD && (command == NULL || !command->takes_line)) {
		char dotted[64];
		snprintf(dotted, sizeof dotted, ".%s", line->words[0]);
		return parse_fail_text(p, pos, dotted, why);
	}
	line->rest = tail_trimmed(p->text, rest, over);
	return line->rest == NULL ? parse_memory(p) : 0;
}

/* --- the whole --- */

const char *line_plain_command(const char *word, size_t len)
{
	static const char *const known[][2] = {{"quit", "quit"}, {"exit", "quit"}, {"help", "help"}};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i][0]) == len && memcmp(known[i][0], word, len) == 0)
			return known[i][1];
	return NULL;
}

bool line_prefix(const struct parse *p, const struct word *w, size_t *pos, struct word *value)
{
	const struct command_word *command = NULL;
	size_t next = *pos, after;
	struct error ignored;
	struct word first;
	const char *why;

	if (p->text[w->start] == '.' && p->context != NULL && p->context->find_command != NULL)
		command = p->context->find_command(p->context->ctx, p->text + w->start + 1, w->end - w->start - 1, &ignored);
	if (command == NULL || !command->prefix || word_next(p->text, p->len, &next, value, &why) != WORD_FOUND ||
	    tail_begins(p, value))
		return false;
	after = next;
	if (word_next(p->text, p->len, &after, &first, &why) == WORD_END || tail_begins(p, &first))
		return false;
	*pos = next;
	return true;
}

/* `-`, and how the line is shown.  1: *w is the first word of the rest; 0: no rest; -1. */
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
		return parse_fail_text(p, *pos, "", why);
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
		return parse_fail_text(p, valid, "", p->text[valid] == '\0' ? "a line cannot contain a NUL byte: write \"\\u0000\"" : "not UTF-8 text");
	left = parse_prefixes(p, &w, &pos);
	if (left != 1)
		return left;
	if (p->text[w.start] == '.')
		return parse_command(p, &w, p->text + w.start + 1, w.end - w.start - 1, pos);
	name = line_plain_command(p->text + w.start, w.end - w.start);
	if (name != NULL)
		return parse_command(p, &w, name, strlen(name), pos);
	p->line->kind = LINE_REQUEST;
	return w.json ? raw_parse(p, &w, pos) : parse_request(p, &w, pos);
}

static void free_all(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

bool line_repeats(const struct line *line)
{
	return line->kind == LINE_REQUEST && line->type != NULL && line->expanded == NULL && !line->outside &&
	    !line->secret && !line->json.secret && line->lookup_count == 0 && line->redirect == REDIRECT_NONE;
}

int line_share(struct line *to, struct line *from)
{
	if (from->sharers == NULL) {
		if ((from->sharers = malloc(sizeof(*from->sharers))) == NULL)
			return -1;
		*from->sharers = 1;
	}
	++*from->sharers;
	*to = *from;
	return 0;
}

void line_clear(struct line *line)
{
	if (line->sharers != NULL && --*line->sharers > 0) {
		memset(line, 0, sizeof(*line));
		return;
	}
	free(line->sharers);
	for (size_t i = 0; i < line->lookup_count; i++)
		free(line->lookups[i].name);
	free(line->lookups);
	free_all(line->headings, line->heading_count);
	free_all(line->notes, line->note_count);
	/* What was typed may hold secrets: .snmp's pass phrases, those of a line that a command takes. */
	for (size_t i = 0; i < line->word_count; i++)
		buf_forget(line->words[i]);
	free(line->words);
	buf_forget(line->redirect_to);
	free(line->format);
	parse_forget_type_name(line);
	buf_forget(line->rest);
	buf_forget(line->expanded);
	free(line->masked);
	buf_clear(&line->json);
	memset(line, 0, sizeof(*line));
}

int line_resolve(struct line *line, size_t i, const char *gid)
{
	struct buf json = {.secret = line->json.secret};
	struct lookup *l = &line->lookups[i];
	size_t rest = l->offset + l->len, before = line->json.len;

	buf_put(&json, buf_head(&line->json), l->offset);
	json_put_string(&json, gid, strlen(gid));
	l->len = json.len - l->offset;
	buf_put(&json, buf_head(&line->json) + rest, line->json.len - rest);
	if (json.failed) {
		l->len = rest - l->offset;
		buf_clear(&json);
		return -1;
	}
	for (size_t j = i + 1; j < line->lookup_count; j++)
		line->lookups[j].offset = line->lookups[j].offset + json.len - before;
	buf_clear(&line->json);
	line->json = json;
	return 0;
}
