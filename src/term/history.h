/* SPDX-License-Identifier: ISC */
/*
 * history: the lines typed, remembered in a plain file.
 *
 * One line an entry, UTF-8, the oldest first; the rows of an entry of several lines but its first begin with a TAB (no entry
 * begins with a blank: such lines are not kept).  The file has mode 0600 and is never followed through a symbolic link;
 * it is appended to under a lock so that two sessions lose nothing, and cut to HISTORY_LINES entries now and then by writing a new
 * file and renaming it.
 *
 * A file that cannot be used is reported once and is no reason to stop: the history is in memory only from then on.
 */
#ifndef PTSH_TERM_HISTORY_H
#define PTSH_TERM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum { HISTORY_LINES = 5000 };

struct history;

/* path NULL: memory only.  Missing directories are created (0700).  A file that cannot be used is reported in *e, with
 * *failed true, and the history is memory only.  NULL without memory. */
struct history *history_open(const char *path, struct error *e, bool *failed);
void history_free(struct history *h);		/* entries are wiped */

/* Remembers a line for recall now (`line`) and in the file (`masked`; NULL: not in the file).  An empty line, one that begins with
 * a blank, and a repetition of the newest entry are dropped. */
void history_add(struct history *h, const char *line, const char *masked);

/* True once, with *e, when the file has failed since history_open(). */
bool history_trouble(struct history *h, struct error *e);

/* Entry i, 0 the oldest known; NULL beyond the newest.  Valid until the next history_add(). */
const char *history_entry(const struct history *h, size_t i);
size_t history_count(const struct history *h);

#endif
