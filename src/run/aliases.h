/* SPDX-License-Identifier: ISC */
/*
 * aliases: the lines that have a name of the user's own in this session.
 */
#ifndef PTSH_RUN_ALIASES_H
#define PTSH_RUN_ALIASES_H

#include "lang/alias.h"
#include "term/shell.h"

/* For struct line_context, of which ctx is the shell. */
const struct alias *aliases_find(void *ctx, const char *name, size_t len);

/* Takes *a over in any case, as the alias of its name instead of one that was there (*replaced).  trial: until
 * aliases_trial_end() only, for lines that are checked before they run.  0, or -1 with *e. */
int aliases_define(struct shell *sh, struct alias *a, bool trial, bool *replaced, struct error *e);
void aliases_trial_end(struct shell *sh);
/* False: there is none. */
bool aliases_remove(struct shell *sh, const char *name);

/* Returns the alias that follows that name in the order of names, NULL the first; NULL: there is none. */
const struct alias *aliases_next(const struct shell *sh, const char *name);

void aliases_free(struct shell *sh);

#endif
