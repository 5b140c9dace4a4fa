/* SPDX-License-Identifier: ISC */
/*
 * lend: the terminal lent to a command until it has ended, while the loop runs.
 */
#ifndef PTSH_TERM_LEND_H
#define PTSH_TERM_LEND_H

#include "net/child.h"
#include "net/loop.h"
#include "term/prompt.h"

/* start() starts c and watches it: 0, or -1 with errno.  The prompt is released until the command has ended, however it ends, and
 * the terminal is as it was before.  0, or -1 with errno: it was not started. */
int lend_terminal(struct loop *l, struct prompt *p, struct child *c, int (*start)(void *ctx), void *ctx);

#endif
