/* SPDX-License-Identifier: ISC */
/*
 * help: `.help`: requests by group, one request, one command.
 */
#ifndef PTSH_COMMANDS_HELP_H
#define PTSH_COMMANDS_HELP_H

#include "run/command.h"

enum command_result help_run(struct shell *sh, struct task *t, enum status *status);

#endif
