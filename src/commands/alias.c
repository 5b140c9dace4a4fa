/* SPDX-License-Identifier: ISC */
/*
 * alias: `.alias`: names for lines of one's own.
 */
#include "commands/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "lang/words.h"
#include "run/aliases.h"
#include "run/check.h"
#include "run/show.h"

/* The result of queueing the line: lines after it may use the name before its turn comes. */
struct aliasing {
	struct command_state command;
	int result;
	bool replaced;
	struct error e;
};

static const struct command_ops alias_ops = {.size = sizeof(struct aliasing)};

/* Where LINE begins in "NAME LINE", or NULL. */
static const char *line_after_name(const char *rest)
{
	const char *p = rest + strcspn(rest, " \t");

	p += strspn(p, " \t");
	return *p != '\0' ? p : NULL;
}

static bool takes_away(const struct line *line)
{
	return line->word_count == 3 && strcmp(line->words[1], "off") == 0;
}

/* A name alone shows one, none shows all. */
static bool alias_lists(const struct line *line)
{
	return line->word_count < 3;
}

static int define(struct shell *sh, const char *rest, bool trial, bool *replaced, struct error *e)
{
	const char *line = line_after_name(rest);
	char *name = strndup(rest, strcspn(rest, " \t"));
	struct alias a = {0};
	int result = -1;

	if (name == NULL)
		error_memory(e);
	else if (line == NULL)
		error_set(e, STATUS_USAGE, "usage: .alias [NAME [LINE] | off NAME]");
	else if (alias_name_good(name, e) && alias_read(&a, name, line, e) == 0) {
		result = check_alias(sh, &a, e);
		if (result == 0)
			result = aliases_define(sh, &a, trial, replaced, e);
	}
	alias_clear(&a);
	free(name);
	return result;
}

static int alias_check(struct shell *sh, const char *rest, struct error *e)
{
	bool replaced;

	if (line_after_name(rest) == NULL || strncmp(rest, "off", strcspn(rest, " \t")) == 0)
		return 0;
	return define(sh, rest, true, &replaced, e);
}

static void alias_queued(struct shell *sh, struct task *t)
{
	struct aliasing *a = alias_lists(&t->line) ? NULL : command_begin(sh, t, &alias_ops);

	if (a == NULL)
		return;
	if (!takes_away(&t->line))
		a->result = define(sh, t->line.rest, false, &a->replaced, &a->e);
	else if (!aliases_remove(sh, t->line.words[2]))
		a->result = error_set(&a->e, STATUS_USAGE, "%s: no such alias; .alias lists them", t->line.words[2]);
}

static void put_definition(struct buf *out, const struct alias *a)
{
	buf_printf(out, ".alias %s ", a->name);
	safe_put(out, a->line, strlen(a->line));
	buf_putc(out, '\n');
}

static enum command_result list(struct shell *sh, struct task *t, enum status *status)
{
	const char *name = t->line.word_count > 1 ? t->line.words[1] : NULL;
	const struct alias *a = name != NULL ? aliases_find(sh, name, strlen(name)) : aliases_next(sh, NULL);
	struct buf text = {0};
	struct error e;

	if (a == NULL && name != NULL) {
		error_set(&e, STATUS_USAGE, "%s: no such alias; .alias lists them", name);
		return command_fail(sh, t, status, &e);
	}
	if (a == NULL && sh->interactive && t->redirect == NULL)
		shell_notice(sh, "no aliases");
	for (; a != NULL; a = name == NULL ? aliases_next(sh, a->name) : NULL)
		put_definition(&text, a);
	show_begin(sh, t);
	show_text(sh, buf_head(&text), text.len);
	show_end(sh, t);
	buf_clear(&text);
	return COMMAND_DONE;
}

static enum command_result alias_run(struct shell *sh, struct task *t, enum status *status)
{
	struct aliasing *a = (struct aliasing *)t->command;
	struct error e;
	int result;

	if (alias_lists(&t->line))
		return list(sh, t, status);
	result = a != NULL ? a->result : error_memory(&e);
	if (a != NULL)
		e = a->e;
	if (a != NULL && a->replaced)
		shell_notice(sh, "%s: was another alias until now", t->line.words[1]);
	command_drop(t);
	return result == 0 ? COMMAND_DONE : command_fail(sh, t, status, &e);
}

static enum command_place alias_complete(const struct command_finding *f)
{
	bool off = f->index == 2 && strcmp(f->words[1], "off") == 0;
	const struct alias *a = f->sh != NULL && (f->index == 1 || off) ? aliases_next(f->sh, NULL) : NULL;

	if (f->index == 1)
		command_found(f, "off", "forget a name");
	for (; a != NULL; a = aliases_next(f->sh, a->name))
		command_found(f, a->name, a->line);
	return f->index > 1 && !off ? PLACE_WHOLE : PLACE_WORD;
}

/* Those that are there, the next one, and all that are left. */
static void alias_places(const struct command_finding *f, const char *rest)
{
	char place[] = "{1}";

	if (f->count < 2)
		return;
	for (; place[1] <= '9'; place[1]++) {
		command_found(f, place, "a word after the name");
		if (strstr(rest, place) == NULL)
			break;
	}
	command_found(f, "{*}", "all words that are left");
}

const struct command command_alias = {
	.word = {.name = "alias", .takes_line = true}, .usage = "[NAME [LINE] | off NAME]",
	.help = "give LINE a name, list the names, or forget one",
	.more = "  In LINE {1} to {9} stand for the words after NAME, {*} for those that are left; without any of them the\n"
		"  words follow LINE.  {{1}} is a {1} of .each or .on.  A secret in LINE must be ?, @FILE or one of these.\n"
		"  A name lasts for the session; in rc, for every one.\n"
		"Example\n  .alias ports realm_query {1} switch_detail ifname --filter switch={2}\n  ports Lab 27",
	.max = SIZE_MAX, .outside_alias = true, .shows = alias_lists,
	.run = alias_run, .check = alias_check, .queued = alias_queued, .complete = alias_complete,
	.places = alias_places,
};
