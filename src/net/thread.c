/* SPDX-License-Identifier: ISC */
/*
 * thread: calls that are made beside the loop.  See thread.h.  Does not know what they do.
 */
#include "net/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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

/* A call that is waited for.  The last of caller and thread to finish frees it. */
struct visit {
	void (*call)(void *arg), (*drop)(void *arg);
	void *arg;
	int done[2];		/* a pipe; the thread's end is closed when the call has returned */
	pthread_mutex_t lock;
	bool left, finished;	/* the caller has stopped waiting; the thread has ended */
};

static void visit_free(struct visit *v)
{
	pthread_mutex_destroy(&v->lock);
	free(v);
}

static void *visit_body(void *arg)
{
	struct visit *v = arg;
	bool left;

	v->call(v->arg);
	pthread_mutex_lock(&v->lock);
	v->finished = true;
	left = v->left;
	close(v->done[1]);
	pthread_mutex_unlock(&v->lock);
	if (left) {
		v->drop(v->arg);
		visit_free(v);
	}
	return NULL;
}

/* NULL with errno. */
static struct visit *visit_begin(void (*call)(void *arg), void (*drop)(void *arg), void *arg)
{
	struct visit *v = calloc(1, sizeof *v);
	int error;

	if (v == NULL)
		return NULL;
	*v = (struct visit){.call = call, .drop = drop, .arg = arg, .done = {-1, -1}};
	pthread_mutex_init(&v->lock, NULL);
	if (pipe2(v->done, O_CLOEXEC) == 0 && thread_start(visit_body, v) == 0)
		return v;
	error = errno;
	if (v->done[0] != -1) {
		close(v->done[0]);
		close(v->done[1]);
	}
	visit_free(v);
	errno = error;
	return NULL;
}

int thread_call(struct loop *l, void (*call)(void *arg), void (*drop)(void *arg), void *arg, int64_t ms)
{
	struct visit *v;
	bool finished;
	int error, rc;

	if (l == NULL) {
		call(arg);
		return 0;
	}
	if ((v = visit_begin(call, drop, arg)) == NULL) {
		error = errno;
		drop(arg);
		errno = error;
		return -1;
	}
	rc = loop_await(l, v->done[0], POLLIN, ms);
	error = rc == 0 ? ETIMEDOUT : errno;
	pthread_mutex_lock(&v->lock);
	finished = v->finished;
	v->left = !finished;
	close(v->done[0]);
	pthread_mutex_unlock(&v->lock);
	if (finished) {
		if (rc != 1)
			drop(arg);
		visit_free(v);
	}
	errno = error;
	return rc == 1 ? 0 : -1;
}
