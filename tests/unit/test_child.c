/* SPDX-License-Identifier: ISC */
/*
 * child: what a command inherits, how all its processes end, and the terminal that is lent to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "net/child.h"

#include "deadline.h"

/* Runs a command to its end and returns what it wrote. */
static const char *output_of(const char *command, unsigned flags)
{
	static char text[65536];
	struct child c;
	size_t len = 0;
	ssize_t n;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(child_start(&c, command, -1, ends[1], flags), 0);
	close(ends[1]);
	while ((n = read(ends[0], text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(ends[0]);
	assert_true(child_wait(&c, DEADLINE_MS));
	child_forget(&c);
	return text;
}

static void a_command_inherits_three_descriptors_and_default_signals(void **state)
{
	int fd = open("/dev/null", O_RDONLY);	/* not close-on-exec */
	struct sigaction ignore = {.sa_handler = SIG_IGN}, pipe_before, hup_before;
	sigset_t mask, before;

	(void)state;
	sigfillset(&mask);
	sigprocmask(SIG_BLOCK, &mask, &before);
	sigaction(SIGPIPE, &ignore, &pipe_before);
	sigaction(SIGHUP, &ignore, &hup_before);
	assert_string_equal(output_of("ls /proc/self/fd | tr '\\n' ' '", 0), "0 1 2 3 ");	/* 3 is ls's own */
	assert_string_equal(output_of("readlink /proc/self/fd/0", 0), "/dev/null\n");
	assert_string_equal(output_of("grep SigBlk /proc/self/status | tr -d '\\t 0'", 0), "SigBlk:\n");
	/* SIGHUP alone stays ignored, as nohup(1) means it; 32 and 33 are the C library's own. */
	assert_string_equal(output_of("grep SigIgn /proc/self/status | tail -c 9 | tr '8' '0'", 0), "00000001\n");
	sigaction(SIGHUP, &hup_before, NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
}

static void a_command_gets_no_password(void **state)
{
	(void)state;
	setenv("PTSH_PASSWORD", "hush", 1);
	setenv("LESSSECURE", "0", 1);
	setenv("KEPT", "kept", 1);
	assert_string_equal(output_of("echo ${PTSH_PASSWORD-none} $KEPT $LESSSECURE", 0), "none kept 0\n");
	assert_string_equal(output_of("env | grep ^LESSSECURE=", CHILD_SECURE), "LESSSECURE=1\n");
	unsetenv("PTSH_PASSWORD");
	unsetenv("LESSSECURE");
	unsetenv("KEPT");
}

static void a_command_is_a_group_of_its_own(void **state)
{
	long pid, group, session;

	(void)state;
	assert_int_equal(sscanf(output_of("read -r pid name state parent group session rest </proc/$$/stat; echo $pid $group $session", 0), "%ld %ld %ld", &pid, &group, &session), 3);
	assert_int_equal(pid, group);
	assert_int_equal(session, getsid(0));
}

static void how_it_ended_is_reported(void **state)
{
	static const struct { const char *command, *how; } cases[] = {
		{"exit 3", "exit status 3"}, {"kill -9 $$", "signal 9"}, {"/nonexistent/x 2>/dev/null", "exit status 127"},
		{"true", NULL},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct child c;

		assert_int_equal(child_start(&c, cases[i].command, -1, STDOUT_FILENO, 0), 0);
		assert_true(child_wait(&c, DEADLINE_MS));
		assert_int_equal(child_failure(&c, text, sizeof text), cases[i].how != NULL);
		if (cases[i].how != NULL)
			assert_string_equal(text, cases[i].how);
		child_forget(&c);
	}
}

/* --- the end of all processes --- */

/* A command that holds the write end of `alive` in each of its processes: when a read sees its end, all are gone. */
static void ends_as_a_whole(const char *command)
{
	struct pollfd gone = {.events = POLLIN};
	struct child c;
	char ready;
	int alive[2];

	assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
	assert_int_equal(child_start(&c, command, -1, alive[1], 0), 0);
	close(alive[1]);
	gone.fd = alive[0];
	assert_int_equal(poll(&gone, 1, DEADLINE_MS), 1);
	assert_int_equal(read(alive[0], &ready, 1), 1);
	child_end(&c);
	assert_int_equal(c.pid, 0);
	if (poll(&gone, 1, DEADLINE_MS) != 1 || (gone.revents & POLLHUP) == 0)
		fail_msg("%s: something still runs", command);
	close(alive[0]);
}

static void all_of_a_command_ends(void **state)
{
	(void)state;
	ends_as_a_whole("echo; exec sleep 1000");
	ends_as_a_whole("echo; true; sleep 1000");
	ends_as_a_whole("sleep 1000 | (sleep 1000; cat) | (echo; cat)");
	ends_as_a_whole("sleep 1000 & echo; exit");
	ends_as_a_whole("trap '' TERM; echo; sleep 1000; sleep 1000");
	ends_as_a_whole("(trap '' TERM; echo; sleep 1000) & exit");
	ends_as_a_whole("echo; kill -STOP $$; sleep 1000");
}

/* Not the shell alone: what it has started may have something to put in order, too. */
static void all_of_a_command_gets_the_signal_before_it_is_killed(void **state)
{
	struct child c;
	char text[8] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(child_start(&c, "(trap 'echo bye; exit' TERM; echo; while :; do sleep 0.1; done) & wait", -1, ends[1], 0), 0);
	close(ends[1]);
	assert_int_equal(read(ends[0], text, 1), 1);
	child_end(&c);
	assert_int_equal(read(ends[0], text, sizeof text - 1), 4);
	assert_string_equal(text, "bye\n");
	close(ends[0]);
}

static void what_is_left_in_the_background_is_left_alone(void **state)
{
	struct child c;
	char pid[32] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(child_start(&c, "sleep 1000 & echo $!", -1, ends[1], 0), 0);
	close(ends[1]);
	assert_true(read(ends[0], pid, sizeof pid - 1) > 0);
	assert_true(child_wait(&c, DEADLINE_MS));
	child_forget(&c);
	assert_int_equal(kill((pid_t)atol(pid), 0), 0);
	kill((pid_t)atol(pid), SIGKILL);
	close(ends[0]);
}

static void on_end(void *ctx)
{
	++*(int *)ctx;
}

static void the_loop_reports_the_end_once(void **state)
{
	struct loop *l = loop_create();
	struct child c;
	int ended = 0;

	(void)state;
	assert_int_equal(child_start(&c, "exit 7", -1, STDOUT_FILENO, 0), 0);
	assert_int_equal(child_watch(&c, l, on_end, &ended), 0);
	while (ended == 0)
		loop_step(l, DEADLINE_MS);
	loop_step(l, 2 * CHILD_LOOK_MS);
	assert_int_equal(ended, 1);
	assert_int_equal(WEXITSTATUS(c.status), 7);
	child_forget(&c);
	loop_free(l);
}

/* --- the terminal --- */

/* Runs it in a session with a terminal of its own, with the terminal lent, and reports. */
static _Noreturn void on_a_terminal(const char *command, unsigned flags)
{
	struct child c;
	char how[64];

	signal(SIGINT, SIG_IGN);
	alarm(DEADLINE_S);
	if (child_start(&c, command, -1, STDOUT_FILENO, flags) == -1)
		_exit(1);
	while (!child_look(&c))
		(void)poll(NULL, 0, 5);
	dprintf(1, "ENDED %s, %s.\n", child_failure(&c, how, sizeof how) ? how : "well",
	    tcgetpgrp(STDIN_FILENO) == getpgrp() ? "the terminal is ours" : "the terminal is lost");
	child_forget(&c);
	_exit(0);
}

/* Returns what the terminal shows until `until`; types keys once `at` has been shown. */
static const char *seen_on_terminal(const char *command, unsigned flags, const char *at, const char *keys)
{
	static char seen[16384];
	size_t len = 0;
	bool typed = false;
	int fd, status;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	assert_true(pid >= 0);
	if (pid == 0)
		on_a_terminal(command, flags);
	seen[0] = '\0';
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n = 0;

		if (poll(&p, 1, DEADLINE_MS) == 1)
			n = read(fd, seen + len, sizeof seen - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		seen[len] = '\0';
		if (!typed && strstr(seen, at) != NULL) {
			assert_int_equal(write(fd, keys, strlen(keys)), (ssize_t)strlen(keys));
			typed = true;
		}
	}
	close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return seen;
}

static void shows(const char *seen, const char *what)
{
	if (strstr(seen, what) == NULL)
		fail_msg("no \"%s\" in \"%s\"", what, seen);
}

static void a_command_may_ask_on_the_terminal(void **state)
{
	static const char asks[] = "printf 'your name? '; read name </dev/tty; echo \"got $name\"";

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *seen = seen_on_terminal(asks, i == 0 ? CHILD_TERMINAL : CHILD_MAY_ASK, "name?", "Ada\n");

		shows(seen, "got Ada");
		shows(seen, "ENDED well, the terminal is ours.");
	}
}

static void ctrl_c_ends_what_has_the_terminal(void **state)
{
	const char *seen;

	(void)state;
	seen = seen_on_terminal("printf 'ready '; sleep 1000 | cat", CHILD_TERMINAL, "ready", "\003");
	shows(seen, "ENDED signal 2, the terminal is ours.");
}

static void a_shell_that_cannot_be_started_is_an_error(void **state)
{
	struct child c;

	(void)state;
	assert_int_equal(child_start(&c, "true", 1000000, STDOUT_FILENO, 0), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(c.pid, 0);
	child_end(&c);		/* nothing to end */
	child_forget(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_inherits_three_descriptors_and_default_signals),
		cmocka_unit_test(a_command_gets_no_password),
		cmocka_unit_test(a_command_is_a_group_of_its_own),
		cmocka_unit_test(how_it_ended_is_reported),
		cmocka_unit_test(all_of_a_command_ends),
		cmocka_unit_test(all_of_a_command_gets_the_signal_before_it_is_killed),
		cmocka_unit_test(what_is_left_in_the_background_is_left_alone),
		cmocka_unit_test(the_loop_reports_the_end_once),
		cmocka_unit_test(a_command_may_ask_on_the_terminal),
		cmocka_unit_test(ctrl_c_ends_what_has_the_terminal),
		cmocka_unit_test(a_shell_that_cannot_be_started_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
