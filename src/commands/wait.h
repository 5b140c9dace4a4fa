/* SPDX-License-Identifier: ISC */
/*
 * wait: `.wait`, for jobs and for events, and `.sleep`.
 */
#ifndef PTSH_COMMANDS_WAIT_H
#define PTSH_COMMANDS_WAIT_H

#include "term/shell.h"

/* A job has ended: those who wait for it go on. */
void wait_job_ended(struct shell *sh);
/* The connection has ended, and nobody tries again: the event that is waited for cannot come. */
void wait_link_lost(struct shell *sh);

#endif
