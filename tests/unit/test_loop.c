/* SPDX-License-Identifier: ISC */
/* loop: descriptors, timers, signals, and steps within steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/loop.h"

struct seen {
	struct loop *loop;
	int count, fd, signals;
	struct loop_timer timer;
	char order[64];
	size_t order_len;
	unsigned turn;		/* of a timer: its place in the order in which they fire, and when */
	int64_t at;
};

static void note(struct seen *s, char c)
{
	if (s->order_len < sizeof s->order - 1)
		s->order[s->order_len++] = c;
}

static void on_read(void *ctx, int fd, short revents)
{
	struct seen *s = ctx;
	char c;

	assert_true(revents & (POLLIN | POLLHUP));
	if (read(fd, &c, 1) == 1)
		s->count++;
	note(s, 'r');
}

static void test_readable_descriptor_calls_back_until_read(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(loop_watch(l, p[0], POLLIN, on_read, &s), 0);
	loop_step(l, 0);
	assert_int_equal(s.count, 0);
	assert_int_equal(write(p[1], "ab", 2), 2);
	loop_step(l, -1);
	loop_step(l, -1);
	assert_int_equal(s.count, 2);
	assert_int_equal(loop_watch(l, p[0], 0, on_read, &s), 0);
	assert_int_equal(write(p[1], "c", 1), 1);
	loop_step(l, 0);
	assert_int_equal(s.count, 2);
	loop_watch(l, p[0], POLLIN, on_read, &s);
	loop_step(l, -1);
	assert_int_equal(s.count, 3);
	loop_unwatch(l, p[0]);
	loop_unwatch(l, p[0]);
	close(p[0]);
	close(p[1]);
	loop_free(l);
}

/* A closed peer makes poll() report POLLHUP without end: with events 0 nothing may be polled. */
static void test_descriptor_without_events_is_not_polled_for_hangup(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	close(p[1]);
	loop_watch(l, p[0], 0, on_read, &s);
	int64_t start = loop_now();
	loop_step(l, 30);
	assert_true(loop_now() - start >= 29);
	assert_int_equal(s.order_len, 0);
	close(p[0]);
	loop_free(l);
}

struct pair {
	struct seen *s;
	int other;
};

static void on_unwatch_other(void *ctx, int fd, short revents)
{
	struct pair *p = ctx;

	(void)revents;
	p->s->count++;
	loop_unwatch(p->s->loop, fd);
	loop_unwatch(p->s->loop, p->other);
}

static void test_callback_given_up_in_the_same_step_is_not_called(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int a[2], b[2];

	(void)state;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	struct pair pa = {&s, b[0]}, pb = {&s, a[0]};
	loop_watch(l, a[0], POLLIN, on_unwatch_other, &pa);
	loop_watch(l, b[0], POLLIN, on_unwatch_other, &pb);
	assert_int_equal(write(a[1], "x", 1) + write(b[1], "x", 1), 2);
	loop_step(l, -1);
	loop_step(l, 0);
	assert_int_equal(s.count, 1);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
	loop_free(l);
}

static void on_nested(void *ctx, int fd, short revents)
{
	struct pair *p = ctx;
	char c;

	(void)revents;
	assert_int_equal(read(fd, &c, 1), 1);
	p->s->count++;
	/* The other one's callback is called in this step, and not again in the outer one. */
	loop_step(p->s->loop, 0);
}

static void test_step_within_a_callback_hears_each_finding_once(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int p[8][2];
	struct pair ctx = {&s, 0};

	(void)state;
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pipe(p[i]), 0);
		loop_watch(l, p[i][0], POLLIN, on_nested, &ctx);
		assert_int_equal(write(p[i][1], "x", 1), 1);
	}
	loop_step(l, -1);
	assert_int_equal(s.count, 8);
	for (int i = 0; i < 8; i++) {
		loop_unwatch(l, p[i][0]);
		close(p[i][0]);
		close(p[i][1]);
	}
	loop_free(l);
}

/* --- timers --- */

static unsigned fired;

static void on_timer(void *ctx)
{
	struct seen *s = ctx;

	s->count++;
	s->turn = ++fired;
	s->at = loop_now();
}

static void on_timer_again(void *ctx)
{
	struct seen *s = ctx;

	s->count++;
	loop_timer_start(s->loop, &s->timer, 0, on_timer_again, s);
}

static void test_timers_fire_once_in_order_and_not_early(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l}, t = {.loop = l};

	(void)state;
	int64_t start = loop_now();
	loop_timer_start(l, &s.timer, 40, on_timer, &s);
	loop_timer_start(l, &t.timer, 20, on_timer, &t);
	while (s.count == 0)
		loop_step(l, -1);
	assert_int_equal(t.count, 1);
	assert_int_equal(s.count, 1);
	assert_true(t.turn < s.turn);
	assert_true(t.at - start >= 20);
	assert_true(s.at - start >= 40);
	assert_false(t.timer.set);
	loop_timer_start(l, &s.timer, 10, on_timer, &s);
	loop_timer_stop(l, &s.timer);
	loop_timer_stop(l, &s.timer);
	loop_step(l, 20);
	assert_int_equal(s.count, 1);
	loop_free(l);
}

static void test_timer_that_restarts_itself_does_not_hold_the_step(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};

	(void)state;
	loop_timer_start(l, &s.timer, 0, on_timer_again, &s);
	loop_step(l, -1);
	assert_int_equal(s.count, 1);
	loop_step(l, -1);
	assert_int_equal(s.count, 2);
	loop_free(l);
}

static void test_idle_loop_does_not_wake_up(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	struct rusage before, after;

	(void)state;
	loop_timer_start(l, &s.timer, 300, on_timer, &s);
	getrusage(RUSAGE_SELF, &before);
	loop_step(l, -1);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(s.count, 1);
	assert_true(after.ru_nvcsw - before.ru_nvcsw <= 2);
	loop_free(l);
}

/* --- signals --- */

static void on_signal(void *ctx, int signo)
{
	struct seen *s = ctx;

	(void)signo;
	s->signals++;
}

static void test_signal_is_delivered_from_the_loop_only(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};

	(void)state;
	assert_int_equal(loop_signal(l, SIGUSR1, on_signal, &s), 0);
	raise(SIGUSR1);
	assert_int_equal(s.signals, 0);
	loop_step(l, -1);
	assert_int_equal(s.signals, 1);
	loop_free(l);
}

/* ppoll() returns a ready descriptor and leaves the signal pending: it must be delivered. */
static void test_signal_comes_beside_a_descriptor_that_is_always_ready(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	close(p[1]);
	loop_watch(l, p[0], POLLIN, on_read, &s);
	loop_signal(l, SIGUSR1, on_signal, &s);
	raise(SIGUSR1);
	loop_step(l, -1);
	loop_step(l, -1);
	assert_int_equal(s.signals, 1);
	loop_unwatch(l, p[0]);
	close(p[0]);
	loop_free(l);
}

static void test_signals_released_and_freed_leave_all_as_found(void **state)
{
	struct sigaction before = {.sa_handler = SIG_IGN}, now;
	struct loop *l;
	struct seen s = {0};
	sigset_t mask;

	(void)state;
	sigaction(SIGUSR2, &before, NULL);
	l = loop_create();
	loop_signal(l, SIGUSR2, on_signal, &s);
	sigaction(SIGUSR2, NULL, &now);
	assert_true(now.sa_handler != SIG_IGN);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_true(sigismember(&mask, SIGUSR2));
	loop_signals_release(l);
	sigaction(SIGUSR2, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGUSR2));
	loop_signals_hold(l);
	raise(SIGUSR2);
	loop_step(l, 0);
	assert_int_equal(s.signals, 1);
	loop_free(l);
	sigaction(SIGUSR2, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGUSR2));
}

/* I6: signals at any moment, each one sent only when the last was seen: a lost one ends in the time-out. */
static void test_no_signal_is_lost_at_whatever_moment(void **state)
{
	enum { ROUNDS = 3000 };
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int p[2];
	char c;

	(void)state;
	assert_int_equal(pipe(p), 0);
	loop_signal(l, SIGUSR1, on_signal, &s);
	pid_t parent = getpid(), child = fork();
	if (child == 0) {
		close(p[1]);
		for (int i = 0; i < ROUNDS; i++) {
			for (volatile int n = 0; n < i * 7 % 4001; n++)
				;
			kill(parent, SIGUSR1);
			if (read(p[0], &c, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(p[0]);
	for (int seen = 0; seen < ROUNDS; seen++) {
		int64_t start = loop_now();

		while (s.signals == seen) {
			loop_step(l, 60000);
			assert_true(loop_now() - start < 60000);
		}
		assert_int_equal(write(p[1], "x", 1), 1);
	}
	assert_int_equal(s.signals, ROUNDS);
	waitpid(child, NULL, 0);
	close(p[1]);
	loop_free(l);
}

static void test_100000_steps_see_100000_writes(void **state)
{
	struct loop *l = loop_create();
	struct seen s = {.loop = l};
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	loop_watch(l, p[0], POLLIN, on_read, &s);
	loop_signal(l, SIGUSR1, on_signal, &s);
	loop_timer_start(l, &s.timer, 3600000, on_timer, &s);
	for (int i = 0; i < 100000; i++) {
		assert_int_equal(write(p[1], "x", 1), 1);
		loop_step(l, -1);
	}
	assert_int_equal(s.count, 100000);
	loop_unwatch(l, p[0]);
	close(p[0]);
	close(p[1]);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readable_descriptor_calls_back_until_read),
		cmocka_unit_test(test_descriptor_without_events_is_not_polled_for_hangup),
		cmocka_unit_test(test_callback_given_up_in_the_same_step_is_not_called),
		cmocka_unit_test(test_step_within_a_callback_hears_each_finding_once),
		cmocka_unit_test(test_timers_fire_once_in_order_and_not_early),
		cmocka_unit_test(test_timer_that_restarts_itself_does_not_hold_the_step),
		cmocka_unit_test(test_idle_loop_does_not_wake_up),
		cmocka_unit_test(test_signal_is_delivered_from_the_loop_only),
		cmocka_unit_test(test_signal_comes_beside_a_descriptor_that_is_always_ready),
		cmocka_unit_test(test_signals_released_and_freed_leave_all_as_found),
		cmocka_unit_test(test_no_signal_is_lost_at_whatever_moment),
		cmocka_unit_test(test_100000_steps_see_100000_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
