/* SPDX-License-Identifier: ISC */
/*
 * feed: where lines come from: -c, -f, standard input, .source; one after the other, no faster than they are used.
 */
#ifndef PTSH_RUN_FEED_H
#define PTSH_RUN_FEED_H

#include "base/status.h"
#include "term/shell.h"

struct feed *feed_create(struct shell *sh);
void feed_free(struct shell *sh);

/* Puts a source after the others (next: before them: .source).  A regular file is parsed whole, for its
 * mistakes, before anything of it runs: 0; or -1 with *e, to be reported by the caller; mistakes were reported already then
 * (e->text is empty). */
int feed_add_text(struct shell *sh, const char *text, size_t len, const char *name, bool next, struct error *e);
int feed_add_file(struct shell *sh, const char *path, bool next, struct error *e);
/* Puts a file that is run unasked before all others.  Nothing of it runs if others may have written it (base/owned); a missing one
 * has no lines. */
int feed_add_own_file(struct shell *sh, const char *path, struct error *e);
int feed_add_stdin(struct shell *sh, struct error *e);

/* Passes lines to the engine while it wants them and there are any. */
bool feed_pump(struct shell *sh);	/* true: it did */

/* Nothing more comes. */
bool feed_ended(const struct shell *sh);
/* For progress: true if lines come from regular files only, and how many there are in total. */
bool feed_from_file(const struct shell *sh);
unsigned long feed_line_count(const struct shell *sh);

/* Drops lines not read yet (a script that stopped); returns how many they were, as far as they had been
 * read. */
unsigned long feed_drop(struct shell *sh);
/* Reads no further: a line that changes what comes next (.source) is on its way. */
void feed_hold(struct shell *sh, bool hold);

#endif
