/* SPDX-License-Identifier: ISC */
/*
 * test_sink: nothing that was put is lost or comes twice, and failures stay known.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/sink.h"

struct reader { int fd; struct buf got; };

static void *read_all(void *arg)
{
	struct reader *r = arg;
	char bytes[777];	/* odd, so that writes are cut anywhere */
	ssize_t n;

	while ((n = read(r->fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			buf_put(&r->got, bytes, (size_t)n);
	}
	return NULL;
}

static void everything_arrives_in_order(int flags)
{
	int fds[2];
	struct reader r = {0};
	struct sink s;
	struct buf expected = {0};
	pthread_t thread;

	assert_int_equal(pipe(fds), 0);
	fcntl(fds[1], F_SETFL, flags);
	r.fd = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, read_all, &r), 0);
	sink_init(&s, fds[1]);
	assert_false(s.terminal);
	for (int i = 0; i < 3000; i++) {
		char text[400];

		memset(text, 'a' + i % 26, sizeof text);
		sink_put(&s, text, (size_t)(i % 400));
		buf_put(&expected, text, (size_t)(i % 400));
		sink_printf(&s, "%d", i);
		buf_printf(&expected, "%d", i);
		sink_putc(&s, '\n');
		buf_putc(&expected, '\n');
		if (i == 1500) {	/* larger than the buffer */
			char *large = calloc(1, 3 * SINK_BUFFER);

			assert_non_null(large);
			memset(large, 'L', 3 * SINK_BUFFER);
			sink_put(&s, large, 3 * SINK_BUFFER);
			buf_put(&expected, large, 3 * SINK_BUFFER);
			free(large);
		}
	}
	assert_int_equal(sink_flush(&s), 0);
	assert_int_equal(s.written, expected.len);
	close(fds[1]);
	pthread_join(thread, NULL);
	assert_int_equal(r.got.len, expected.len);
	assert_memory_equal(buf_head(&r.got), buf_head(&expected), expected.len);
	close(fds[0]);
	buf_clear(&r.got);
	buf_clear(&expected);
	sink_clear(&s);
}

static void a_pipe_gets_everything(void **state)
{
	(void)state;
	everything_arrives_in_order(0);
}

static void a_pipe_that_does_not_block_gets_everything(void **state)
{
	(void)state;
	everything_arrives_in_order(O_NONBLOCK);
}

static void a_full_disk_is_an_error_that_stays(void **state)
{
	struct sink s;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	if (fd < 0)
		return;		/* (skip() is a failure in TAP) */
	sink_init(&s, fd);
	sink_puts(&s, "lost");
	assert_int_equal(s.error, 0);
	assert_int_equal(sink_flush(&s), -1);
	assert_int_equal(s.error, ENOSPC);
	for (int i = 0; i < 100000; i++)
		sink_puts(&s, "dropped, and costs no memory");
	assert_int_equal(s.buf.len, 0);
	assert_int_equal(sink_flush(&s), -1);
	assert_int_equal(s.error, ENOSPC);
	assert_null(sink_room(&s, 1));
	sink_clear(&s);
	close(fd);
}

static void a_closed_pipe_is_epipe(void **state)
{
	struct sink s;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	sink_init(&s, fds[1]);
	sink_puts(&s, "this is never read");
	assert_int_equal(sink_flush(&s), -1);
	assert_int_equal(s.error, EPIPE);
	sink_clear(&s);
	close(fds[1]);
}

static volatile sig_atomic_t stop, alarms;

static void on_alarm(int sig)
{
	(void)sig;
	stop = ++alarms >= 3;
}

static void a_blocked_write_ends_when_a_signal_asks_to_stop(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct itimerval every = { { 0, 20000 }, { 0, 20000 } }, never = {0};
	struct sink s;
	char text[1000] = {0};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	sigaction(SIGALRM, &action, NULL);
	sink_init(&s, fds[1]);
	s.stop = &stop;
	setitimer(ITIMER_REAL, &every, NULL);
	while (s.error == 0)
		sink_put(&s, text, sizeof text);
	setitimer(ITIMER_REAL, &never, NULL);
	assert_int_equal(s.error, EINTR);
	assert_true(alarms >= 3);
	sink_clear(&s);
	close(fds[0]);
	close(fds[1]);
}

static void without_a_descriptor_the_buffer_keeps_all(void **state)
{
	struct sink s;

	(void)state;
	sink_init(&s, -1);
	for (int i = 0; i < 30000; i++)
		sink_puts(&s, "12345678\n");
	assert_int_equal(sink_flush(&s), 0);
	assert_int_equal(s.buf.len, 270000);
	assert_int_equal(s.error, 0);
	sink_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_gets_everything),
		cmocka_unit_test(a_pipe_that_does_not_block_gets_everything),
		cmocka_unit_test(a_full_disk_is_an_error_that_stays),
		cmocka_unit_test(a_closed_pipe_is_epipe),
		cmocka_unit_test(a_blocked_write_ends_when_a_signal_asks_to_stop),
		cmocka_unit_test(without_a_descriptor_the_buffer_keeps_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
