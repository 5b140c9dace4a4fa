/* SPDX-License-Identifier: ISC */
/*
 * rescue: restores the terminal when the process dies of a bug or of SIGQUIT.
 */
#ifndef PTSH_TERM_RESCUE_H
#define PTSH_TERM_RESCUE_H

/* Remembers the modes of terminal fd and catches the signals that end a process unless they have a handler or are
 * ignored.  One terminal a process: a second call before rescue_disarm() does nothing. */
void rescue_arm(int fd);
void rescue_disarm(void);	/* and the modes are as remembered */

#endif
