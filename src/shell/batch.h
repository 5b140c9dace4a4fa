/* SPDX-License-Identifier: ISC */
/*
 * batch: a script's life: lines until there are no more, then the answers, then the status.
 */
#ifndef PTSH_SHELL_BATCH_H
#define PTSH_SHELL_BATCH_H

#include "term/shell.h"

/* Runs what the inputs hold, and with --follow what events come.  The status is in sh->status, a signal that ended it in
 * sh->signal. */
void batch_run(struct shell *sh);

#endif
