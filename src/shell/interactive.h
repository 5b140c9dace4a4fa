/* SPDX-License-Identifier: ISC */
/*
 * interactive: a session at a terminal: a prompt, a line, its result, again.
 */
#ifndef PTSH_SHELL_INTERACTIVE_H
#define PTSH_SHELL_INTERACTIVE_H

#include "term/shell.h"

/* Runs the session.  The status is in sh->status.  0, or -1 with *e: there can be no prompt. */
int interactive_run(struct shell *sh, struct error *e);

#endif
