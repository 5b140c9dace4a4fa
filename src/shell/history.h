/*
 * history: the lines typed, remembered in a plain file.
 *
 * One line an entry, UTF-8; the file is created with mode 0600, never followed through a symbolic link, appended
 * to under a lock so that two sessions lose nothing, and cut to HISTORY_LINES now and then by writing a new file and renaming
 * it.  Multi-line entries are kept as one line with LF written as \n inside their quotes.
 */
#ifndef PTSH_SHELL_HISTORY_H
#define PTSH_SHELL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/status.h"

enum { HISTORY_LINES = 5000 };

struct history;

/* path NULL: memory only.  A file that cannot be used is told in *e (once) and the history is memory only. */
struct history *history_open(const char *path, struct error *e, bool *failed);
void history_free(struct history *h);

/* Remembers a line for recall now (`line`) and in the file (`masked`; NULL: not in the file).  A repetition of the newest
 * entry is dropped. */
void history_add(struct history *h, const char *line, const char *masked);

/* Entry i, 0 the oldest known; NULL beyond the newest. */
const char *history_entry(const struct history *h, size_t i);
size_t history_count(const struct history *h);

#endif
