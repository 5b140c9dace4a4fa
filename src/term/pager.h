/* SPDX-License-Identifier: ISC */
/*
 * pager: a text taller than the screen, shown by $PTSH_PAGER, $PAGER, else `less -FRSX` (empty: none).
 */
#ifndef PTSH_TERM_PAGER_H
#define PTSH_TERM_PAGER_H

#include <stddef.h>

#include "net/loop.h"
#include "term/prompt.h"
#include "term/screen.h"

/* Shows text (harmless: base/safe).  What fits on the screen, or has no pager, is written at once; else the prompt is
 * released and the loop runs until the pager has ended, however it ends.  A pager that cannot be run is no reason not to show the
 * text: it is written.  Not to be called again from what the loop calls: see prompt_released(). */
void pager_show(struct loop *l, struct screen *s, struct prompt *p, const char *text, size_t len);

/* Runs a shell command with text (as it is) for its standard input, in the same way; the prompt's SIGINT is the command's meanwhile.
 * *status: as waitpid() reports it.  -1 with errno: it could not be started. */
int pager_pipe(struct loop *l, struct prompt *p, const char *command, const char *text, size_t len, int *status);

#endif
