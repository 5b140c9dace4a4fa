/* SPDX-License-Identifier: ISC */
/*
 * complete: what may follow a command, as the command says; and the answers that several commands share.
 */
#include <stdio.h>
#include <string.h>

#include "proto/catalog.h"
#include "run/aliases.h"
#include "run/command.h"
#include "run/names.h"

static void each_of(const struct command *const *commands, void (*found)(void *, const char *name, const char *help), void *arg)
{
	for (const struct command *const *c = commands; *c != NULL; c++) {
		char name[64];
		snprintf(name, sizeof name, ".%s", (*c)->word.name);
		found(arg, name, (*c)->help);
	}
}

void commands_each(void *ctx, void (*found)(void *, const char *name, const char *help), void *arg)
{
	const struct shell *sh = ctx;

	each_of(sh->commands, found, arg);
}

void commands_aliases(void *ctx, void (*found)(void *, const char *name, const char *line), void *arg)
{
	const struct shell *sh = ctx;

	for (const struct alias *a = aliases_next(sh, NULL); a != NULL; a = aliases_next(sh, a->name))
		found(arg, a->name, a->line);
}

/* The command of a first word, which may be cut short as in a line. */
static const struct command *command_typed(struct shell *sh, const char *word)
{
	struct error e;
	const struct command_word *w = word[0] == '.' ? commands_find(sh, word + 1, strlen(word + 1), &e) : NULL;

	return w != NULL ? commands_named(sh, w->name, strlen(w->name)) : NULL;
}

void commands_usage(void *ctx, const char *command, struct buf *usage)
{
	const struct command *c = command_typed(ctx, command);

	if (c != NULL)
		buf_printf(usage, ".%s%s%s: %s", c->word.name, c->usage[0] != '\0' ? " " : "", c->usage, c->help);
}

enum command_place commands_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *text, const char *help), void *arg)
{
	struct shell *sh = ctx;
	const struct command *c = command_typed(sh, words[0]);
	const struct command_finding f = {sh->engine != NULL ? sh : NULL, sh->commands, words, count, index, found, arg};

	return c != NULL && c->complete != NULL ? c->complete(&f) : PLACE_WORD;
}

void commands_places(void *ctx, char *const *words, size_t count, const char *rest,
    void (*found)(void *, const char *place, const char *help), void *arg)
{
	struct shell *sh = ctx;
	const struct command *c = command_typed(sh, words[0]);
	const struct command_finding f = {sh, sh->commands, words, count, count, found, arg};

	if (c != NULL && c->places != NULL)
		c->places(&f, rest);
}

void command_found(const struct command_finding *f, const char *text, const char *help)
{
	f->found(f->arg, text, help);
}

void command_found_words(const struct command_finding *f, const char *const *words)
{
	for (; *words != NULL; words++)
		command_found(f, *words, NULL);
}

void command_found_requests(const struct command_finding *f)
{
	for (size_t i = 0; i < catalog_len; i++)
		command_found(f, catalog[i].name, catalog[i].help);
	each_of(f->commands, f->found, f->arg);
}

void command_found_events(const struct command_finding *f)
{
	for (const struct field *e = catalog_events; e->name != NULL; e++)
		command_found(f, e->name, e->help);
}

void command_found_realms(const struct command_finding *f)
{
	if (f->sh != NULL)
		names_each(f->sh, GID_REALM, f->found, f->arg);
}

void command_found_event_args(const struct command_finding *f)
{
	if (strncmp(f->words[1], "realm_", 6) == 0)
		command_found_realms(f);
}
