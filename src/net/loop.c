/* SPDX-License-Identifier: ISC */
/*
 * loop: one ppoll() for descriptors, timers and signals.  See loop.h.
 *
 * Owns the callbacks and what each waits for.  Does not know what a descriptor is or what is read from it.
 *
 * Callbacks may do anything, also step the loop again, so nothing is moved while one runs: a descriptor that is
 * given up leaves a hole for the next one, and what poll found is kept in the table
 * itself, where a step inside a callback overwrites it with newer findings instead of having it called twice.
 */
#include "net/loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"

enum { LOOP_SIGNALS = 65 };	/* Linux: 1 .. 64 */

struct watch {
	int fd;			/* -1: a hole */
	loop_fd_callback *callback;
	void *ctx;
};

struct signal_watch {
	void (*callback)(void *ctx, int signo);
	void *ctx;
	struct sigaction before;	/* to be restored */
	bool watched;
};

struct loop {
	struct pollfd *polls;	/* parallel to watches; fd -1 where nothing is to be polled */
	struct watch *watches;
	size_t count, room;

	struct loop_timer *timers;	/* by due time; equals in the order they were started */

	struct signal_watch signals[LOOP_SIGNALS];
	sigset_t watched;	/* the signals watched */
	sigset_t mask_before;	/* found at creation */
	sigset_t mask_waiting;	/* while ppoll() waits */
	bool have_signals, released;
};

/* Signals belong to the process: a handler gets no pointer to a loop. */
static volatile sig_atomic_t arrived[LOOP_SIGNALS], some_arrived;

static void loop_on_signal(int signo)
{
	arrived[signo] = some_arrived = 1;
}

struct loop *loop_create(void)
{
	struct loop *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	sigemptyset(&l->watched);
	pthread_sigmask(SIG_SETMASK, NULL, &l->mask_before);
	l->mask_waiting = l->mask_before;
	return l;
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	loop_signals_release(l);
	for (int s = 1; s < LOOP_SIGNALS; s++)
		if (l->signals[s].watched)
			arrived[s] = 0;
	while (l->timers != NULL)
		loop_timer_stop(l, l->timers);
	free(l->polls);
	free(l->watches);
	free(l);
}

int64_t loop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- descriptors --- */

static size_t loop_find(const struct loop *l, int fd)
{
	size_t i = 0;

	while (i < l->count && l->watches[i].fd != fd)
		i++;
	return i;
}

static int loop_grow(struct loop *l)
{
	size_t room = l->room;
	struct pollfd *polls = array_room(l->polls, l->count + 1, &room, sizeof *polls);
	struct watch *watches;

	if (polls == NULL)
		return -1;
	l->polls = polls;
	watches = array_room(l->watches, l->count + 1, &l->room, sizeof *watches);
	if (watches == NULL)
		return -1;
	l->watches = watches;
	return 0;
}

int loop_watch(struct loop *l, int fd, short events, loop_fd_callback *callback, void *ctx)
{
	size_t i = loop_find(l, fd);

	if (i == l->count)
		i = loop_find(l, -1);	/* a hole: nothing was found for it */
	if (i == l->count) {
		if (l->count == l->room && loop_grow(l) == -1)
			return -1;
		l->polls[i].revents = 0;
		l->count++;
	}
	l->watches[i] = (struct watch){.fd = fd, .callback = callback, .ctx = ctx};
	l->polls[i].fd = events != 0 ? fd : -1;
	l->polls[i].events = events;
	/* Events no longer asked for are not reported, even if this step has found them already. */
	l->polls[i].revents &= events != 0 ? (short)(events | POLLERR | POLLHUP | POLLNVAL) : 0;
	return 0;
}

void loop_unwatch(struct loop *l, int fd)
{
	size_t i = loop_find(l, fd);

	if (fd < 0 || i == l->count)
		return;
	l->watches[i].fd = -1;
	l->polls[i].fd = -1;
	l->polls[i].revents = 0;
}

static void loop_call_descriptors(struct loop *l)
{
	/* The table may grow meanwhile: nothing was found yet for new entries. */
	for (size_t i = 0; i < l->count; i++) {
		short found = l->polls[i].revents;

		if (found == 0 || l->watches[i].fd == -1)
			continue;
		l->polls[i].revents = 0;
		l->watches[i].callback(l->watches[i].ctx, l->watches[i].fd, found);
	}
}

/* --- timers --- */

void loop_timer_start(struct loop *l, struct loop_timer *t, int64_t ms, void (*callback)(void *ctx), void *ctx)
{
	struct loop_timer **at = &l->timers;

	loop_timer_stop(l, t);
	t->due = loop_now() + (ms > 0 ? ms : 0);
	t->callback = callback;
	t->ctx = ctx;
	t->set = true;
	while (*at != NULL && (*at)->due <= t->due)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
}

void loop_timer_stop(struct loop *l, struct loop_timer *t)
{
	if (!t->set)
		return;
	for (struct loop_timer **at = &l->timers; *at != NULL; at = &(*at)->next)
		if (*at == t) {
			*at = t->next;
			break;
		}
	t->set = false;
	t->next = NULL;
}

void loop_discount_blocked_ms(struct loop *l, int64_t ms)
{
	for (struct loop_timer *t = l->timers; t != NULL; t = t->next)
		t->due += ms;
}

static void loop_call_timers(struct loop *l)
{
	unsigned due = 0;

	if (l->timers == NULL)
		return;
	int64_t now = loop_now();
	/* Counted first: one that restarts itself with no delay must not keep the step from ending. */
	for (const struct loop_timer *t = l->timers; t != NULL && t->due <= now; t = t->next)
		due++;
	while (due-- > 0 && l->timers != NULL && l->timers->due <= now) {
		struct loop_timer *t = l->timers;

		loop_timer_stop(l, t);
		t->callback(t->ctx);
	}
}

/* --- signals --- */

static void loop_install(struct loop *l, int signo)
{
	struct sigaction action = {.sa_handler = loop_on_signal};

	/* While one handler runs the others wait; no SA_RESTART, as ppoll() must return. */
	sigfillset(&action.sa_mask);
	sigaction(signo, &action, NULL);
	(void)l;
}

int loop_signal(struct loop *l, int signo, void (*callback)(void *ctx, int signo), void *ctx)
{
	if (signo <= 0 || signo >= LOOP_SIGNALS) {
		errno = EINVAL;
		return -1;
	}
	struct signal_watch *w = &l->signals[signo];
	if (!w->watched) {
		sigset_t one;

		if (sigaction(signo, NULL, &w->before) == -1)
			return -1;
		sigemptyset(&one);
		sigaddset(&one, signo);
		pthread_sigmask(SIG_BLOCK, &one, NULL);
		loop_install(l, signo);
		sigaddset(&l->watched, signo);
		sigdelset(&l->mask_waiting, signo);
		w->watched = l->have_signals = true;
	}
	w->callback = callback;
	w->ctx = ctx;
	return 0;
}

void loop_signals_release(struct loop *l)
{
	if (l->released)
		return;
	for (int s = 1; s < LOOP_SIGNALS; s++)
		if (l->signals[s].watched)
			sigaction(s, &l->signals[s].before, NULL);
	pthread_sigmask(SIG_SETMASK, &l->mask_before, NULL);
	l->released = true;
}

void loop_signals_hold(struct loop *l)
{
	if (!l->released)
		return;
	pthread_sigmask(SIG_BLOCK, &l->watched, NULL);
	for (int s = 1; s < LOOP_SIGNALS; s++)
		if (l->signals[s].watched)
			loop_install(l, s);
	l->released = false;
}

/* On Linux ppoll() returns with a ready descriptor and leaves a pending signal pending: with a descriptor that
 * is always ready it would never be delivered. */
static void loop_let_signals_in(struct loop *l)
{
	sigset_t pending, mask;
	bool any = false;

	if (sigpending(&pending) == -1)
		return;
	for (int s = 1; s < LOOP_SIGNALS && !any; s++)
		any = l->signals[s].watched && sigismember(&pending, s) == 1;
	if (any) {
		pthread_sigmask(SIG_SETMASK, &l->mask_waiting, &mask);
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	}
}

const volatile sig_atomic_t *loop_signal_flag(void)
{
	return &some_arrived;
}

void loop_signals_let_in(struct loop *l, bool in)
{
	if (l->have_signals && !l->released)
		pthread_sigmask(in ? SIG_UNBLOCK : SIG_BLOCK, &l->watched, NULL);
}

static bool loop_is_to_end(const struct loop *l)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
		if (arrived[ending[i]] && l->signals[ending[i]].watched)
			return true;
	return false;
}

int loop_await(struct loop *l, int fd, short events, int64_t ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t until = loop_now() + ms;
	int n = 0;

	do {
		int64_t left = until - loop_now();
		struct timespec wait = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000) * 1000000};

		if (loop_is_to_end(l)) {
			errno = EINTR;
			return -1;
		}
		if (ms >= 0 && left <= 0)
			break;
		n = ppoll(&p, 1, ms >= 0 ? &wait : NULL, l->have_signals && !l->released ? &l->mask_waiting : NULL);
	} while (n == 0 || (n == -1 && errno == EINTR));
	return n > 0 ? 1 : n;
}

static void loop_call_signals(struct loop *l)
{
	some_arrived = 0;
	for (int s = 1; s < LOOP_SIGNALS; s++) {
		if (!arrived[s] || !l->signals[s].watched)
			continue;
		arrived[s] = 0;
		l->signals[s].callback(l->signals[s].ctx, s);
	}
}

static bool loop_has_arrived(const struct loop *l)
{
	if (!l->have_signals)
		return false;
	for (int s = 1; s < LOOP_SIGNALS; s++)
		if (arrived[s] && l->signals[s].watched)
			return true;
	return false;
}

/* --- a step --- */

/* Returns how long to wait, in ms; < 0: no limit. */
static int64_t loop_wait_time(const struct loop *l, int64_t max_ms)
{
	/* A signal that came while the signals were released, or that a handler noted in another thread. */
	if (loop_has_arrived(l))
		return 0;
	if (max_ms == 0 || l->timers == NULL)
		return max_ms;
	int64_t ms = l->timers->due - loop_now();
	if (ms < 0)
		ms = 0;
	return max_ms < 0 || ms < max_ms ? ms : max_ms;
}

void loop_step(struct loop *l, int64_t max_ms)
{
	struct timespec wait;

	int64_t ms = loop_wait_time(l, max_ms);
	if (ms >= 0)
		wait = (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	int n = ppoll(l->polls, (nfds_t)l->count, ms >= 0 ? &wait : NULL, l->have_signals ? &l->mask_waiting : NULL);
	if (n <= 0)
		for (size_t i = 0; i < l->count; i++)
			l->polls[i].revents = 0;
	if (l->have_signals) {
		if (n != -1)
			loop_let_signals_in(l);
		loop_call_signals(l);
	}
	if (n > 0)
		loop_call_descriptors(l);
	loop_call_timers(l);
}
