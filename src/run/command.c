/* SPDX-License-Identifier: ISC */
/*
 * command: finds a command in the table, checks how it is used, and runs it.
 */
#include "run/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "proto/secret.h"
#include "run/engine.h"
#include "run/redirect.h"

/* The missing word may be in a comment. */
static const char *comment_hint(const struct line *line, const struct error *e)
{
	return line->comment && strncmp(e->text, "usage:", 6) == 0 ? LINE_COMMENT_HINT : "";
}

enum command_result command_fail(struct shell *sh, const struct task *t, enum status *status, const struct error *e)
{
	struct buf text = {0};
	char name[64];

	snprintf(name, sizeof name, ".%s", t->line.words[0]);
	secret_put_text(&text, e->text, strlen(e->text));	/* `.set password=x` repeats what was typed */
	shell_complain(sh, t->at, name, "%s%s", buf_string(&text) != NULL ? buf_string(&text) : "out of memory", comment_hint(&t->line, e));
	buf_clear(&text);
	*status = e->status;
	return COMMAND_FAILED;
}

void *command_begin(struct shell *sh, struct task *t, const struct command_ops *ops)
{
	struct command_state *s = calloc(1, ops->size);

	if (s != NULL)
		*s = (struct command_state){.ops = ops, .sh = sh, .task = t};
	t->command = s;
	return s;
}

static void free_state(struct command_state *s)
{
	if (s->ops->clear != NULL)
		s->ops->clear(s);
	redirect_free(s->sh, s->redirect);
	free(s);
}

void command_end(void *state, enum status status)
{
	struct command_state *s = state;
	struct shell *sh = s->sh;
	struct task *t = s->task;

	if (t != NULL)
		t->command = NULL;
	free_state(s);
	if (t != NULL)
		engine_command_done(sh, t, status);
	engine_pump(sh);
}

void command_result(void *state, enum status status)
{
	struct command_state *s = state;
	struct shell *sh = s->sh;

	engine_command_done(sh, s->task, status);
	engine_pump(sh);
}

void command_drop(struct task *t)
{
	if (t->command != NULL)
		free_state(t->command);
	t->command = NULL;
}

void command_leave(void *state)
{
	struct command_state *s = state;
	struct task *t = s->task;

	s->task = NULL;
	t->command = NULL;
	redirect_leave(s->sh, t->redirect);
	s->redirect = t->redirect;
	s->format = t->format;
	t->redirect = NULL;
	engine_command_done(s->sh, t, STATUS_OK);
}

bool command_is_typed(const struct shell *sh, const struct task *t)
{
	return sh->interactive && t->at.name == NULL;
}

int command_switch(const char *word, bool *on, struct error *e)
{
	if (strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
		return error_set(e, STATUS_USAGE, "%s: on or off", word);
	*on = strcmp(word, "on") == 0;
	return 0;
}

const struct command *commands_named(const struct shell *sh, const char *name, size_t len)
{
	for (const struct command *const *c = sh->commands; *c != NULL; c++)
		if (strlen((*c)->word.name) == len && memcmp((*c)->word.name, name, len) == 0)
			return *c;
	return NULL;
}

static const char *command_name(const void *from, size_t i)
{
	const struct command *const *commands = from;

	return commands[i] != NULL ? commands[i]->word.name : NULL;
}

const char *commands_nearest(const struct shell *sh, const char *name, size_t len)
{
	return nearest_name(name, len, command_name, sh->commands);
}

const struct command_word *commands_find(void *ctx, const char *name, size_t len, struct error *e)
{
	const struct shell *sh = ctx;
	const struct command *found = commands_named(sh, name, len);
	struct buf several = {0};
	const char *near;
	size_t n = 0;

	if (found != NULL)
		return &found->word;
	for (const struct command *const *c = sh->commands; *c != NULL; c++)
		if (strncmp((*c)->word.name, name, len) == 0) {
			buf_printf(&several, "%s.%s", n++ > 0 ? ", " : "", (*c)->word.name);
			found = *c;
		}
	if (n == 0 && (near = commands_nearest(sh, name, len)) != NULL)
		error_set(e, STATUS_USAGE, ".%.*s: no such command; did you mean .%s?", (int)(len < 100 ? len : 100), name, near);
	else if (n == 0)
		error_set(e, STATUS_USAGE, ".%.*s: no such command; .help lists them", (int)(len < 100 ? len : 100), name);
	else if (n > 1)
		error_set(e, STATUS_USAGE, ".%.*s: may be %s", (int)(len < 100 ? len : 100), name,
		    buf_string(&several) != NULL ? buf_string(&several) : "several commands");
	buf_clear(&several);
	return n == 1 ? &found->word : NULL;
}

/* For a parsed line: its first word is the whole name of a known command. */
static const struct command *command_of(const struct shell *sh, const struct line *line)
{
	const struct command *const *c = sh->commands;

	while (strcmp((*c)->word.name, line->words[0]) != 0)
		c++;
	return *c;
}

static int count_words(const struct command *c, const struct line *line, struct error *e)
{
	size_t words = line->word_count - 1;

	if (c->word.takes_line || (words >= c->min && words <= c->max))
		return 0;
	return error_set(e, STATUS_USAGE, "usage: .%s%s%s", c->word.name, c->usage[0] != '\0' ? " " : "", c->usage);
}

int commands_check(struct shell *sh, const struct line *line, struct error *e)
{
	const struct command *c = command_of(sh, line);
	struct error why;

	if (count_words(c, line, &why) == 0 && (c->check == NULL || c->check(sh, line->rest, &why) == 0))
		return 0;
	return error_set(e, why.status, ".%s: %s%s", c->word.name, why.text, comment_hint(line, &why));
}

bool command_shows(const struct line *line)
{
	(void)line;
	return true;
}

bool commands_show(const struct shell *sh, const struct line *line)
{
	const struct command *c = command_of(sh, line);

	return c->shows != NULL && c->shows(line);
}

int commands_redirects(const struct shell *sh, const struct line *line, struct error *e)
{
	const struct command *c = command_of(sh, line);

	if (line->redirect == REDIRECT_NONE || (c->shows != NULL && c->shows(line)))
		return 0;
	return error_set(e, STATUS_USAGE, ".%s: this shows nothing that can be redirected", c->word.name);
}

bool commands_reads(const struct shell *sh, const struct line *line)
{
	return command_of(sh, line)->reads;
}

int commands_check_alias(const struct shell *sh, const struct line *line, struct error *e)
{
	const struct command *c = command_of(sh, line);

	return c->outside_alias ? error_set(e, STATUS_USAGE, ".%s: cannot stand in an alias", c->word.name) : 0;
}

static bool is_allowed(const struct command *c, enum inner allowed)
{
	return (allowed == INNER_AT_ONCE && c->at_once) || (allowed == INNER_RESULT && c->reads);
}

int commands_check_inner(const struct shell *sh, const struct line *line, enum inner allowed, struct error *e)
{
	struct buf names = {0};

	if (line->format != NULL)
		return error_set(e, STATUS_USAGE, ".format FORMAT stands before the whole line");
	if (line->kind == LINE_REQUEST || (line->kind == LINE_COMMAND && is_allowed(command_of(sh, line), allowed)))
		return 0;
	for (const struct command *const *c = sh->commands; *c != NULL; c++)
		if (is_allowed(*c, allowed))
			buf_printf(&names, " or .%s", (*c)->word.name);
	error_set(e, STATUS_USAGE, "only a request%s is allowed here", buf_string(&names) != NULL ? buf_string(&names) : "");
	buf_clear(&names);
	return -1;
}

void commands_queued(struct shell *sh, struct task *t)
{
	const struct command *c = command_of(sh, &t->line);
	struct error e;

	if (c->queued != NULL && count_words(c, &t->line, &e) == 0)
		c->queued(sh, t);
}

enum command_result commands_run(struct shell *sh, struct task *t, enum status *status)
{
	const struct command *c = command_of(sh, &t->line);
	struct error e;

	if (count_words(c, &t->line, &e) == -1)
		return command_fail(sh, t, status, &e);
	if (c->needs_box && sh->options->dry_run) {
		shell_notice(sh, ".%s: needs a box: nothing is run with --dry-run", c->word.name);
		return COMMAND_DONE;
	}
	if (redirect_open(sh, t, &e) == -1)
		return command_fail(sh, t, status, &e);
	return c->run(sh, t, status);
}
