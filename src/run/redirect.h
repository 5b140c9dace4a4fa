/* SPDX-License-Identifier: ISC */
/*
 * redirect: a result into a file or a shell command, at the prompt.
 */
#ifndef PTSH_RUN_REDIRECT_H
#define PTSH_RUN_REDIRECT_H

#include "run/task.h"

/* Writes what show() puts into sh->output where the line says, in the current format (a table becomes tsv: it is not for a terminal).
 * What goes wrong is reported. */
void redirect_output(struct shell *sh, const struct task *t, void (*show)(struct shell *sh, void *ctx), void *ctx);

#endif
