/* SPDX-License-Identifier: ISC */
/*
 * status: commands that tell of the connection and the jobs: `.status`, `.jobs`, `.trust`; and `.connect`.
 */
#ifndef PTSH_COMMANDS_STATUS_H
#define PTSH_COMMANDS_STATUS_H

#include "run/command.h"

enum command_result about_status(struct shell *sh, struct task *t, enum status *status);
enum command_result about_jobs(struct shell *sh, struct task *t, enum status *status);
enum command_result about_trust(struct shell *sh, struct task *t, enum status *status);
enum command_result about_connect(struct shell *sh, struct task *t, enum status *status);

#endif
