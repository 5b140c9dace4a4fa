/* SPDX-License-Identifier: ISC */
/*
 * aliases: lines under names of the user's own, newest first.
 */
#include "run/aliases.h"

#include <stdlib.h>
#include <string.h>

struct aliases {
	struct aliases *next;
	struct alias alias;
	bool trial;
};

static struct aliases **place_of(struct aliases **list, const char *name, size_t len, bool trial)
{
	while (*list != NULL && ((*list)->trial != trial || strlen((*list)->alias.name) != len ||
	    memcmp((*list)->alias.name, name, len) != 0))
		list = &(*list)->next;
	return list;
}

const struct alias *aliases_find(void *ctx, const char *name, size_t len)
{
	struct shell *sh = ctx;
	struct aliases *found = *place_of(&sh->aliases, name, len, true);

	if (found == NULL)
		found = *place_of(&sh->aliases, name, len, false);
	return found != NULL ? &found->alias : NULL;
}

static void aliases_drop(struct aliases **at)
{
	struct aliases *gone = *at;

	*at = gone->next;
	alias_clear(&gone->alias);
	free(gone);
}

static bool drop_named(struct shell *sh, const char *name, bool trial)
{
	struct aliases **at = place_of(&sh->aliases, name, strlen(name), trial);

	if (*at == NULL)
		return false;
	aliases_drop(at);
	return true;
}

int aliases_define(struct shell *sh, struct alias *a, bool trial, bool *replaced, struct error *e)
{
	struct aliases *new = malloc(sizeof *new);

	if (new == NULL) {
		alias_clear(a);
		return error_memory(e);
	}
	*replaced = drop_named(sh, a->name, trial);
	*new = (struct aliases){sh->aliases, *a, trial};
	sh->aliases = new;
	*a = (struct alias){0};
	return 0;
}

void aliases_trial_end(struct shell *sh)
{
	for (struct aliases **at = &sh->aliases; *at != NULL;)
		if ((*at)->trial)
			aliases_drop(at);
		else
			at = &(*at)->next;
}

bool aliases_remove(struct shell *sh, const char *name)
{
	return drop_named(sh, name, false);
}

const struct alias *aliases_next(const struct shell *sh, const char *name)
{
	const struct alias *next = NULL;

	for (const struct aliases *a = sh->aliases; a != NULL; a = a->next)
		if (!a->trial && (name == NULL || strcmp(a->alias.name, name) > 0) &&
		    (next == NULL || strcmp(a->alias.name, next->name) < 0))
			next = &a->alias;
	return next;
}

void aliases_free(struct shell *sh)
{
	while (sh->aliases != NULL)
		aliases_drop(&sh->aliases);
}
