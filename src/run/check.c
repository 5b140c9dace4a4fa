/* SPDX-License-Identifier: ISC */
/*
 * check: lines looked at before they are begun, those that commands run for later among them.
 */
#include "run/check.h"

#include <stdlib.h>
#include <string.h>

#include "lang/line.h"
#include "lang/words.h"
#include "run/command.h"
#include "run/engine.h"
#include "run/show.h"
#include "run/template.h"

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

int check_line(struct shell *sh, const char *text, size_t len, struct error *e, char **usage)
{
	struct line line = {0};
	int result = look(sh, &line, text, len, false, false, e, usage);

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

static int look_at_child(struct shell *sh, const char *text, size_t len, bool command, bool print, struct error *e)
{
	struct line line = {0};
	char *usage = NULL;
	int result = look(sh, &line, text, len, !command, command && print, e, &usage);

	if (result == 0 && line.kind != LINE_REQUEST && !(command && line.kind == LINE_COMMAND && commands_at_once(sh, &line)))
		result = error_set(e, STATUS_USAGE, "only a request%s is allowed here", command ? " or .echo" : "");
	if (result == 0 && print && line.kind == LINE_REQUEST)
		show_unsent(sh, buf_head(&line.json), line.json.len);
	free(usage);
	line_clear(&line);
	return result;
}

int check_request(struct shell *sh, const char *text, size_t len, struct error *e)
{
	return look_at_child(sh, text, len, false, false, e);
}

static int check_filled(struct shell *sh, const char *text, const char *cell, struct error *e)
{
	struct json sample = {cell, strlen(cell)};
	struct buf line = {0};
	int result = template_fill(&line, text, &sample, e);

	if (result == 0)
		result = look_at_child(sh, buf_head(&line), line.len, true, false, e);
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

int check_print(struct shell *sh, const char *text, size_t len, struct error *e)
{
	return look_at_child(sh, text, len, false, true, e);
}

void check_print_template(struct shell *sh, const char *command, const char *text)
{
	struct buf line = {0};
	struct error e;

	if (template_fill(&line, text, NULL, &e) == -1 || look_at_child(sh, buf_head(&line), line.len, true, true, &e) == -1)
		shell_notice(sh, "%s: what is sent depends on what {} stands for: %s", command, e.text);
	buf_clear(&line);
}
