/* SPDX-License-Identifier: ISC */
/*
 * check: lines checked before they are begun, and those that commands run later.
 */
#include "run/check.h"

#include <stdlib.h>
#include <string.h>

#include "format/output.h"
#include "lang/line.h"
#include "lang/words.h"
#include "run/aliases.h"
#include "run/command.h"
#include "run/engine.h"
#include "run/show.h"
#include "run/template.h"

enum { COLUMNS_MOST = 256 };

/* A user at a terminal will be asked; a script without one fails here and not half way through. */
static int would_ask(void *ctx, const char *what, struct buf *out, struct error *e)
{
	struct shell *sh = ctx;

	if (!sh->may_ask)
		return engine_context(sh).ask_secret(ctx, what, out, e);
	return engine_would_ask(ctx, what, out, e);
}

/* What a person will be asked when the line begins. */
static bool would_agree(void *ctx, const char *typed, const char *nearest)
{
	struct shell *sh = ctx;

	(void)typed, (void)nearest;
	return sh->interactive;
}

/* Takes text apart; line is to be cleared in any case.  once: it is run once, and a slip in it can be asked about; places: it has
 * places that are shown as they are. */
static int look(struct shell *sh, struct line *line, const char *text, size_t len, bool once, bool places, struct error *e,
    char **usage)
{
	struct line_context context = engine_context(sh);
	size_t where;

	context.ask_secret = would_ask;
	context.confirm_nearest = once ? would_agree : NULL;
	context.places = places;
	if (line_parse(line, text, len, &context, e, usage, &where) == -1)
		return -1;
	return engine_permits(sh, line, e);
}

char *check_masked(struct shell *sh, const char *text)
{
	struct line_context context = engine_context(sh);
	struct line line = {0};
	struct error e;
	char *usage = NULL, *masked;
	size_t at;

	context.ask_secret = context.read_file = engine_would_ask;
	context.confirm_nearest = NULL;
	line_parse(&line, text, strlen(text), &context, &e, &usage, &at);
	masked = line.masked;
	line.masked = NULL;
	free(usage);
	line_clear(&line);
	return masked;
}

int check_line(struct shell *sh, const char *text, size_t len, struct error *e, char **usage, bool *repeats)
{
	struct line line = {0};
	int result = look(sh, &line, text, len, false, false, e, usage);

	*repeats = result == 0 && line_repeats(&line);
	if (result == 0 && line.kind == LINE_COMMAND)
		result = commands_check(sh, &line, e);
	/* `- LINE` is reported in its turn, if it is a line at all. */
	if (result == -1 && line.may_fail && e->status == STATUS_USAGE && word_whole(text, len)) {
		free(*usage);
		*usage = NULL;
		result = 0;
	}
	line_clear(&line);
	return result;
}

/* The columns of its rows that are known; not more than COLUMNS_MOST. */
static size_t known_columns(const struct line *line, struct heading *headings)
{
	struct reply_about about = show_about_line(line);
	size_t n = output_headings(&about, headings, COLUMNS_MOST);

	return n < COLUMNS_MOST ? n : COLUMNS_MOST;
}

static const struct field *known_field(const struct line *line, const char *name)
{
	return line->type != NULL ? catalog_field(line->type->reply, name, strlen(name)) : NULL;
}

/* True if a line with places can be filled from the rows, before there is one.  Where a field is asked for that only the box may
 * know (an alias's argument is one, too) the rows will show it. */
static int check_columns(const struct line *line, const char *each, struct error *e)
{
	struct heading headings[COLUMNS_MOST];
	const char *names[COLUMNS_MOST];
	struct json cells[COLUMNS_MOST];
	struct buf scratch = {0};
	size_t n = known_columns(line, headings);
	int result;

	for (size_t i = 0; i < n; i++) {
		if (line->heading_count > 0 && known_field(line, headings[i].name) == NULL)
			return 0;
		names[i] = headings[i].name;
		cells[i] = (struct json){"1", 1};
	}
	result = n > 0 ? template_expand(&scratch, each, names, n, cells, n, e) : 0;
	buf_clear(&scratch);
	return result;
}

/* each: the line then run for every row of its result, or NULL. */
static int look_at_child(struct shell *sh, const char *text, size_t len, bool command, bool print, const char *each, struct error *e)
{
	struct line line = {0};
	char *usage = NULL;
	int result = look(sh, &line, text, len, !command, command && print, e, &usage);

	if (result == 0)
		result = commands_check_inner(sh, &line, command ? INNER_AT_ONCE : INNER_REQUEST, e);
	if (result == 0 && each != NULL)
		result = check_columns(&line, each, e);
	if (result == 0 && print && line.kind == LINE_REQUEST)
		show_unsent(sh, buf_head(&line.json), line.json.len);
	free(usage);
	line_clear(&line);
	return result;
}

int check_result(struct shell *sh, const char *text, size_t len, struct error *e)
{
	struct line line = {0};
	char *usage = NULL;
	int result = look(sh, &line, text, len, true, false, e, &usage);

	if (result == 0)
		result = commands_check_inner(sh, &line, INNER_RESULT, e);
	if (result == 0 && line.kind == LINE_COMMAND)
		result = commands_check(sh, &line, e);
	free(usage);
	line_clear(&line);
	return result;
}

int check_each(struct shell *sh, const char *text, size_t len, const char *each, struct error *e)
{
	return look_at_child(sh, text, len, false, false, each, e) == 0 ? check_template(sh, each, e) : -1;
}

void check_places(struct shell *sh, const char *text, size_t len, void (*found)(void *, const char *place, const char *help), void *arg)
{
	struct line_context context = engine_context(sh);
	struct heading headings[COLUMNS_MOST];
	struct line line = {0};
	struct error e;
	char *usage = NULL;
	size_t at, n = 0;

	context.ask_secret = context.read_file = engine_would_ask;
	context.confirm_nearest = NULL;
	if (line_parse(&line, text, len, &context, &e, &usage, &at) == 0)
		n = known_columns(&line, headings);
	for (size_t i = 0; i < n; i++) {
		const struct field *f = known_field(&line, headings[i].name);
		struct buf place = {0};
		buf_printf(&place, "{%s}", headings[i].name);
		if (buf_string(&place) != NULL)
			found(arg, buf_string(&place), f != NULL ? f->help : NULL);
		buf_clear(&place);
	}
	if (n == 0)
		found(arg, "{1}", "the row's first cell");
	free(usage);
	line_clear(&line);
}

static int check_filled(struct shell *sh, const char *text, const char *cell, struct error *e)
{
	struct json sample = {cell, strlen(cell)};
	struct buf line = {0};
	int result = template_fill(&line, text, &sample, e);

	if (result == 0)
		result = look_at_child(sh, buf_head(&line), line.len, true, false, NULL, e);
	buf_clear(&line);
	return result;
}

int check_template(struct shell *sh, const char *text, struct error *e)
{
	struct error other;

	/* A mistake that depends on the cell is reported when there is one. */
	if (check_filled(sh, text, "1", e) == 0 || check_filled(sh, text, "\"a\"", &other) == 0)
		return 0;
	return strcmp(e->text, other.text) == 0 ? -1 : 0;
}

/* --- aliases --- */

static bool within(const struct alias_uses *uses, size_t at)
{
	for (size_t i = 0; i < uses->count; i++)
		if (at >= uses->v[i].start && at < uses->v[i].end)
			return true;
	return false;
}

/* True if masked, made of text, hides nothing but arguments: `?` and @FILE are not hidden. */
static bool hides_arguments_only(const char *text, const char *masked, const struct alias_uses *uses)
{
	size_t i = 0;

	for (; *masked != '\0'; masked++) {
		if (text[i] == *masked) {
			i++;
			continue;
		}
		if (*masked != '?' || !within(uses, i))
			return false;
		while (within(uses, i))
			i++;
	}
	return text[i] == '\0';
}

/* Appends the alias's line with `sample` for every argument that it must have. */
static int put_sample(const struct alias *a, const char *sample, struct buf *text, struct alias_uses *uses, struct error *e)
{
	struct word words[ALIAS_ARGUMENTS];
	struct buf args = {0};
	int result;

	for (unsigned i = 0; i < a->needed; i++) {
		words[i] = (struct word){args.len, args.len + strlen(sample), false, true};
		buf_printf(&args, "%s ", sample);
	}
	result = args.failed ? error_memory(e) : alias_expand(a, buf_head(&args), words, a->needed, 0, text, uses, e);
	buf_clear(&args);
	return result == 0 && buf_string(text) == NULL ? error_memory(e) : result;
}

/* The result of parsing a sample: complete, or except what the arguments decide. */
static int judge_sample(struct shell *sh, const struct line *line, const char *text, const struct alias_uses *uses, bool whole,
    struct error *e)
{
	if (line->masked == NULL)
		return error_memory(e);
	if (line->kind == LINE_COMMAND && line->word_count > 0 && commands_check_alias(sh, line, e) == -1)
		return -1;
	if (line->kind == LINE_REQUEST && line->type == NULL && aliases_find(sh, line->type_name, strlen(line->type_name)) != NULL)
		return error_set(e, STATUS_USAGE, "%s: an alias cannot stand in another", line->type_name);
	if ((whole || (line->type != NULL && catalog_secret(line->type))) && !hides_arguments_only(text, line->masked, uses))
		return error_set(e, STATUS_USAGE, "an alias keeps no secret: put ?, @FILE or {1} in its place");
	return whole && line->kind == LINE_COMMAND ? commands_check(sh, line, e) : 0;
}

static int check_sample(struct shell *sh, const struct alias *a, const char *sample, struct error *e)
{
	struct line_context context = engine_context(sh);
	struct alias_uses uses = {0};
	struct buf text = {0};
	struct line line = {0};
	char *usage = NULL;
	size_t at = 0;
	int result = put_sample(a, sample, &text, &uses, e);

	context.ask_secret = context.read_file = engine_would_ask;
	context.confirm_nearest = NULL;
	context.find_alias = NULL;
	if (result == 0) {
		result = line_parse(&line, buf_head(&text), text.len, &context, e, &usage, &at);
		/* A wrong argument is found when there is one, and a missing one may come then. */
		if (result == 0 || within(&uses, at) || (a->any && at >= text.len))
			result = judge_sample(sh, &line, buf_head(&text), &uses, result == 0, e);
	}
	free(usage);
	free(uses.v);
	buf_clear(&text);
	line_clear(&line);
	return result;
}

int check_alias(struct shell *sh, const struct alias *a, struct error *e)
{
	struct error other;

	return check_sample(sh, a, "1", e) == 0 || check_sample(sh, a, "a", &other) == 0 ? 0 : -1;
}

int check_print(struct shell *sh, const char *text, size_t len, struct error *e)
{
	return look_at_child(sh, text, len, false, true, NULL, e);
}

void check_print_template(struct shell *sh, const struct command_word *command, const char *text)
{
	struct buf line = {0};
	struct error e;

	if (template_fill(&line, text, NULL, &e) == -1 || look_at_child(sh, buf_head(&line), line.len, true, true, NULL, &e) == -1)
		shell_notice(sh, ".%s: what is sent depends on what {} stands for: %s", command->name, e.text);
	buf_clear(&line);
}
