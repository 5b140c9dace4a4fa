/* SPDX-License-Identifier: ISC */
/*
 * thread: how a helper thread is started.  See thread.h.  Refuses to know what it does.
 */
#include "net/thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

enum { STACK = 1024 * 1024 };

int thread_start(void *(*body)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int failure = pthread_attr_init(&attr);

	if (failure == 0) {
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		pthread_attr_setstacksize(&attr, STACK);
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		failure = pthread_create(&thread, &attr, body, arg);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		pthread_attr_destroy(&attr);
	}
	errno = failure;
	return failure == 0 ? 0 : -1;
}
