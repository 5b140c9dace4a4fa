/*
 * watch: `.watch S [N] LINE`: a request again and again.
 */
#ifndef PTSH_SHELL_WATCH_H
#define PTSH_SHELL_WATCH_H

#include "shell/commands.h"

enum command_result watch_run(struct shell *sh, struct task *t, enum status *status);
int watch_check(struct shell *sh, const char *rest, struct error *e);

#endif
