/* SPDX-License-Identifier: ISC */
/*
 * on: `.on EVENT [ARG...] -- LINE`: a line run as a job at every such event.
 */
#ifndef PTSH_COMMANDS_ON_H
#define PTSH_COMMANDS_ON_H

#include <stdbool.h>

#include "term/shell.h"

/* Lines that events have begun still run, or wait for their turn. */
bool on_busy(const struct shell *sh);
void on_free(struct shell *sh);

#endif
