/* SPDX-License-Identifier: ISC */
/*
 * each: `.each LINE -- LINE2`: LINE2 for every row of LINE's result.
 */
#ifndef PTSH_COMMANDS_EACH_H
#define PTSH_COMMANDS_EACH_H

#include "run/command.h"

enum command_result each_run(struct shell *sh, struct task *t, enum status *status);
int each_check(struct shell *sh, const char *rest, struct error *e);

#endif
