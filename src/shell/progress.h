/* SPDX-License-Identifier: ISC */
/*
 * progress: a line at the bottom of a terminal with the time that something has taken; removed before anything else is
 * shown.
 */
#ifndef PTSH_SHELL_PROGRESS_H
#define PTSH_SHELL_PROGRESS_H

#include "term/shell.h"

/* At a prompt: shows what the foreground waits for, once that has taken a second.  Returns ms until it wants to be called
 * again, -1 never. */
int64_t progress_foreground(struct shell *sh);
/* Shows the lines done of a file, and their rate.  Returns the same. */
int64_t progress_batch(struct shell *sh);

#endif
