/* SPDX-License-Identifier: ISC */
/*
 * names: gids by name: what the box calls its realms, pollers, groups, views, reports and methods.
 */
#ifndef PTSH_RUN_NAMES_H
#define PTSH_RUN_NAMES_H

#include "proto/catalog.h"
#include "term/shell.h"

struct names *names_create(struct shell *sh);
void names_free(struct shell *sh);

/* Looks a name up on the box: asks for the list of that kind (afresh, once for look-ups at the same time), then calls
 * done() with the gid, or NULL and *e (STATUS_USAGE: unknown or ambiguous, with what there is; or why the list
 * failed).  name NULL: only the list is wanted: gid is NULL, and e as well if it has come. */
void names_look_up(struct shell *sh, enum gid_kind kind, const char *name,
    void (*done)(struct shell *sh, void *ctx, const char *gid, const struct error *e), void *ctx);

/* The gid that is or has this name in the list that is known, or NULL with *e. */
const char *names_find(const struct shell *sh, enum gid_kind kind, const char *name, struct error *e);

/* Returns the name of a gid if it is known without a request, or NULL. */
const char *names_of(const struct shell *sh, enum gid_kind kind, const char *gid);

/* Calls found() for all known gids of a kind. */
void names_each(const struct shell *sh, enum gid_kind kind,
    void (*found)(void *arg, const char *gid, const char *name), void *arg);

/* Asks for one list in the background, silently. */
void names_learn(struct shell *sh, enum gid_kind kind);
/* Asks for all lists in the background, silently (interactive: after login, .refresh, after a _modify). */
void names_refresh(struct shell *sh);
/* True if lists are on their way. */
bool names_loading(const struct shell *sh);
/* Notes that the known names may be wrong now. */
void names_stale(struct shell *sh);

#endif
