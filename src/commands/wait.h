/* SPDX-License-Identifier: ISC */
/*
 * wait: `.wait`, for jobs and for events, and `.sleep`.
 */
#ifndef PTSH_COMMANDS_WAIT_H
#define PTSH_COMMANDS_WAIT_H

#include "run/command.h"

void wait_queued(struct shell *sh, struct task *t);
enum command_result wait_run(struct shell *sh, struct task *t, enum status *status);
enum command_result sleep_run(struct shell *sh, struct task *t, enum status *status);
/* A job has ended: those who wait for it go on. */
void wait_job_ended(struct shell *sh);
/* The connection has ended, and nobody tries again: the event that is waited for cannot come. */
void wait_link_lost(struct shell *sh);

#endif
