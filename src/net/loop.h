/* SPDX-License-Identifier: ISC */
/*
 * loop: one poll() for descriptors, timers and signals.
 *
 * Watched signals stay blocked except while the loop waits, so that none is lost between a check and the
 * wait (ppoll).  Time is CLOCK_MONOTONIC in milliseconds.  Callbacks may add and remove anything, also
 * themselves, and may call loop_step() again.
 */
#ifndef PTSH_NET_LOOP_H
#define PTSH_NET_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct loop;

struct loop *loop_create(void);
void loop_free(struct loop *l);		/* restores the signal mask and dispositions found at creation */

int64_t loop_now(void);			/* ms */

/* Calls back while any of `events` (POLLIN, POLLOUT; POLLHUP and POLLERR always) is reported.  Watching a descriptor
 * again changes events and callback; events 0 keeps the entry but does not poll it.  0, or -1 without memory. */
typedef void loop_fd_callback(void *ctx, int fd, short revents);
int loop_watch(struct loop *l, int fd, short events, loop_fd_callback *callback, void *ctx);
void loop_unwatch(struct loop *l, int fd);

/* Embedded in whatever needs the timer; zero-initialised is "not set". */
struct loop_timer {
	int64_t due;
	void (*callback)(void *ctx);
	void *ctx;
	bool set;
	struct loop_timer *next;
};
/* (Re)starts the timer to fire once, ms from now. */
void loop_timer_start(struct loop *l, struct loop_timer *t, int64_t ms, void (*callback)(void *ctx), void *ctx);
void loop_timer_stop(struct loop *l, struct loop_timer *t);

/* Catches a signal and calls back from the loop (not from the handler).  One callback a signal. */
int loop_signal(struct loop *l, int signo, void (*callback)(void *ctx, int signo), void *ctx);

/* True from a watched signal's arrival until its callback is called. */
const volatile sig_atomic_t *loop_signal_flag(void);

/* Around a call that may block for long outside of loop_step(): lets a watched signal interrupt it (EINTR). */
void loop_signals_let_in(struct loop *l, bool in);

/* Moves all timers back by the time for which this process itself was blocked: the peers are not to blame for it. */
void loop_discount_blocked_ms(struct loop *l, int64_t ms);

/* Waits for one descriptor alone, at most ms (< 0: no limit; fd -1: just that long), and calls nothing back.  A signal that is
 * to end something (SIGINT, SIGTERM, SIGHUP, SIGQUIT) ends the wait: -1 with EINTR, and its callback comes with the next step.
 * 1: it is ready; 0: time is up. */
int loop_await(struct loop *l, int fd, short events, int64_t ms);

/* Give the mask and dispositions to restore before exec or around a question. */
void loop_signals_release(struct loop *l);
void loop_signals_hold(struct loop *l);

/* Waits until something happens (at most max_ms; < 0: no limit; 0: only looks) and calls back for all of it. */
void loop_step(struct loop *l, int64_t max_ms);

#endif
