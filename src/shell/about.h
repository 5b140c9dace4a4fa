/*
 * about: commands that tell of the connection and the jobs: `.status`, `.jobs`, `.trust`; and `.connect`.
 */
#ifndef PTSH_SHELL_ABOUT_H
#define PTSH_SHELL_ABOUT_H

#include "shell/commands.h"

enum command_result about_status(struct shell *sh, struct task *t, enum status *status);
enum command_result about_jobs(struct shell *sh, struct task *t, enum status *status);
enum command_result about_trust(struct shell *sh, struct task *t, enum status *status);
enum command_result about_connect(struct shell *sh, struct task *t, enum status *status);

#endif
