/* SPDX-License-Identifier: ISC */
/*
 * on: `.on EVENT [ARG...] -- LINE`: a line run as a job at every such event.
 */
#ifndef PTSH_COMMANDS_ON_H
#define PTSH_COMMANDS_ON_H

#include <stdbool.h>

#include "term/shell.h"

void on_free(struct shell *sh);

#endif
