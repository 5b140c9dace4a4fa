/* SPDX-License-Identifier: ISC */
/*
 * thread: a blocking call, made in a thread beside the loop.
 */
#ifndef PTSH_NET_THREAD_H
#define PTSH_NET_THREAD_H

#include <stdint.h>

#include "net/loop.h"

/* Starts a detached thread with all signals blocked.  0, or -1 with errno. */
int thread_start(void *(*body)(void *), void *arg);

/* Makes call(arg) in a thread and waits for it, at most ms (< 0: no limit); calls nothing else back meanwhile.  0: it has returned.
 * -1 with errno: EINTR (a signal is to end something, see loop_await()), ETIMEDOUT, or it could not be begun; arg is no longer the
 * caller's then: drop(arg) is called at once, or when the call has returned.  l NULL: there is no loop yet; call(arg) is made
 * in this thread. */
int thread_call(struct loop *l, void (*call)(void *arg), void (*drop)(void *arg), void *arg, int64_t ms);

#endif
