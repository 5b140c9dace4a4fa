/* SPDX-License-Identifier: ISC */
/*
 * thread: a blocking call, made in a thread beside the loop.
 */
#ifndef PTSH_NET_THREAD_H
#define PTSH_NET_THREAD_H

/* Starts a detached thread with all signals blocked.  0, or -1 with errno. */
int thread_start(void *(*body)(void *), void *arg);

#endif
