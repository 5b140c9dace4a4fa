/* SPDX-License-Identifier: ISC */
/*
 * check: checks of a line, or of a whole script, before any of it starts.
 *
 * Checks as the engine will, but asks nothing, reads no secret and sends nothing.
 */
#ifndef PTSH_RUN_CHECK_H
#define PTSH_RUN_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "lang/alias.h"
#include "term/shell.h"

/* Any line.  0; or -1 with *e, and the usage line in *usage if it helps (the caller frees it).  *repeats: the same text would be
 * right again, wherever it stands. */
int check_line(struct shell *sh, const char *text, size_t len, struct error *e, char **usage, bool *repeats);

/* A line that a command runs: a request, or a command that only reads and has a result.  0, or -1 with *e. */
int check_result(struct shell *sh, const char *text, size_t len, struct error *e);

/* A request, and a line with places for the cells of its rows: -1 also for a column that they will not have. */
int check_each(struct shell *sh, const char *text, size_t len, const char *each, struct error *e);

/* Calls found() for every place that cells of a request's rows can have, {name} or {1}, as far as they are known. */
void check_places(struct shell *sh, const char *text, size_t len, void (*found)(void *, const char *place, const char *help), void *arg);

/* A line with places, {name} or {1}, a request or a command that is over at once: -1 with *e if it is wrong whatever they are
 * filled with. */
int check_template(struct shell *sh, const char *text, struct error *e);

/* Checks the line of an alias, as far as possible before it has arguments.  0, or -1 with *e. */
int check_alias(struct shell *sh, const struct alias *a, struct error *e);

/* For --dry-run: prints the request that a line is.  0, or -1 with *e. */
int check_print(struct shell *sh, const char *text, size_t len, struct error *e);

/* The same of a line with places, which are shown as they are typed; where they cannot be, that is reported. */
void check_print_template(struct shell *sh, const struct command_word *command, const char *text);

/* Returns the line as it may be kept and shown: with ? for every secret.  Asks and reads nothing.  Heap; NULL without memory. */
char *check_masked(struct shell *sh, const char *text);

#endif
