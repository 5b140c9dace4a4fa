/* SPDX-License-Identifier: ISC */
/*
 * watch: `.watch S [N] LINE`: a request again and again.
 */
#ifndef PTSH_COMMANDS_WATCH_H
#define PTSH_COMMANDS_WATCH_H

#include "run/command.h"

enum command_result watch_run(struct shell *sh, struct task *t, enum status *status);
int watch_check(struct shell *sh, const char *rest, struct error *e);

#endif
