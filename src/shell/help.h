/*
 * help: `.help`: requests by group, one request, one command.
 */
#ifndef PTSH_SHELL_HELP_H
#define PTSH_SHELL_HELP_H

#include "shell/commands.h"

enum command_result help_run(struct shell *sh, struct task *t, enum status *status);

#endif
