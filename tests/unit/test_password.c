/* SPDX-License-Identifier: ISC */
/*
 * password: its sources, what is refused, and what is left in memory.
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
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include "deadline.h"
#include "term/password.h"

extern char **environ;

static char folder[] = "/tmp/ptsh-password-XXXXXX";
static char path[64];

static const char *get(struct password *p, char *file, char *command, struct error *e)
{
	struct options o = {.password_file = file, .password_command = command};
	bool interrupted;
	const char *text;

	memset(e, 0, sizeof(*e));
	text = password_get(p, &o, "Password: ", false, false, &interrupted, e);
	assert_false(interrupted);
	return text;
}

/* --- the file --- */

static void put_file(const char *content, size_t len, mode_t mode)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void file_gives(const char *content, size_t len, mode_t mode, const char *wanted)
{
	struct password *p = password_create();
	struct error e;
	const char *text;

	put_file(content, len, mode);
	text = get(p, path, NULL, &e);
	if (text == NULL)
		fail_msg("%s", e.text);
	assert_string_equal(text, wanted);
	password_free(p);
}

static void file_refused(const char *says)
{
	struct password *p = password_create();
	struct error e;

	assert_null(get(p, path, NULL, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	if (strstr(e.text, says) == NULL)
		fail_msg("says \"%s\", not \"%s\"", e.text, says);
	assert_null(strstr(e.text, "hush"));
	password_free(p);
}

static void file_of_others_is_refused(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0620, 0601, 0660, 0602};

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		put_file("hush\n", 5, modes[i]);
		file_refused("others may use it");
	}
	if (geteuid() == 0) {
		put_file("hush\n", 5, 0600);
		assert_int_equal(chown(path, 12345, 12345), 0);
		file_refused("belongs to another user (uid 12345)");
	}
}

static void file_that_is_none_is_refused(void **state)
{
	char target[80];

	(void)state;
	snprintf(target, sizeof(target), "%s/target", folder);
	put_file("hush\n", 5, 0600);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	file_refused("a symbolic link");
	unlink(path);
	unlink(target);
	assert_int_equal(mkdir(path, 0700), 0);
	file_refused("must be a regular file");
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(DEADLINE_S);	/* a FIFO without a writer must not block */
	file_refused("must be a regular file");
	alarm(0);
	unlink(path);
	file_refused("No such file");
}

static void file_gives_its_first_line(void **state)
{
	char longest[PASSWORD_MAX];

	(void)state;
	file_gives("hush\n", 5, 0600, "hush");
	file_gives("hush", 4, 0400, "hush");
	file_gives("hush\r\n", 6, 0600, "hush");
	file_gives("\xef\xbb\xbfhush\n", 8, 0600, "hush");	/* a byte order mark */
	file_gives("hush\n\n", 6, 0600, "hush");
	file_gives("hush\r\r\n", 7, 0600, "hush\r");
	file_gives("hush\r", 5, 0600, "hush\r");
	file_gives(" h \t\n", 5, 0600, " h \t");
	file_gives("h\xc3\xbcsh\nother\0x", 14, 0600, "h\xc3\xbcsh");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	file_gives(longest, sizeof(longest) - 1, 0600, longest);
}

static void file_without_a_password_is_refused(void **state)
{
	char *large = malloc(1 << 20);

	(void)state;
	put_file("", 0, 0600);
	file_refused("the first line is empty");
	put_file("\nhush", 5, 0600);
	file_refused("the first line is empty");
	put_file("\r\n", 2, 0600);
	file_refused("the first line is empty");
	put_file("hu\0sh\n", 6, 0600);
	file_refused("a NUL byte");
	memset(large, 'x', 1 << 20);
	put_file(large, 1 << 20, 0600);
	file_refused("longer than a password may be");
	put_file(large, PASSWORD_MAX, 0600);
	file_refused("longer than a password may be");
	free(large);
}

static void a_forgotten_password_is_read_again(void **state)
{
	struct password *p = password_create();
	struct error e;
	const char *text;

	(void)state;
	put_file("one\n", 4, 0600);
	text = get(p, path, NULL, &e);
	assert_string_equal(text, "one");
	password_forget(p);
	for (size_t i = 0; i < PASSWORD_MAX; i++)
		assert_int_equal(text[i], 0);
	put_file("two\n", 4, 0600);
	assert_string_equal(get(p, path, NULL, &e), "two");
	password_free(p);
}

/* --- the command --- */

static void command_gives(const char *command, const char *wanted)
{
	struct password *p = password_create();
	struct error e;
	const char *text = get(p, NULL, (char *)command, &e);

	if (text == NULL)
		fail_msg("%s: %s", command, e.text);
	assert_string_equal(text, wanted);
	password_free(p);
}

static void command_refused(const char *command, const char *says)
{
	struct password *p = password_create();
	struct error e;

	assert_null(get(p, NULL, (char *)command, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	if (strstr(e.text, says) == NULL)
		fail_msg("%s: says \"%s\", not \"%s\"", command, e.text, says);
	password_free(p);
}

static void command_gives_its_first_line(void **state)
{
	(void)state;
	command_gives("echo hush", "hush");
	command_gives("printf hush", "hush");
	command_gives("printf 'hu'; printf 'sh\\nmore\\n'", "hush");
	command_gives("echo hush; head -c 1000000 /dev/zero", "hush");
	command_gives("cat; echo hush", "hush");		/* standard input is empty */
	command_gives("IFS= read -r x || echo 'a b'", "a b");
}

static void command_that_fails_is_reported(void **state)
{
	(void)state;
	command_refused("echo hush; exit 3", "failed with status 3");
	command_refused("kill -KILL $$", "ended by signal 9");
	command_refused("/no/such/program", "could not be run (status 127)");
	command_refused("true", "the first line is empty");
	command_refused("head -c 5000 /dev/zero | tr '\\0' x", "longer than a password may be");
	command_refused("printf 'a\\0b'", "a NUL byte");
}

static void command_inherits_no_descriptor_mask_or_secret(void **state)
{
	int fd = open("/dev/null", O_RDONLY);	/* not close-on-exec */
	sigset_t mask, before;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;

	(void)state;
	assert_true(fd >= 3);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, &before);
	sigaction(SIGCHLD, &ignore, &old);
	setenv("PTSH_PASSWORD", "hush", 1);
	command_gives("ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 ");	/* 3 is ls's own */
	setenv("PTSH_PASSWORD", "hush", 1);
	command_gives("echo ${PTSH_PASSWORD-none}", "none");
	command_gives("grep SigBlk /proc/self/status | tr -d '\\t 0'", "SigBlk:");
	/* Signals 32 and 33 are the C library's own; make has them ignored. */
	command_gives("grep SigIgn /proc/self/status | tail -c 9 | tr '8' '0'", "00000000");
	command_gives("readlink /proc/self/fd/0", "/dev/null");
	sigaction(SIGCHLD, &old, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
}

static void command_interrupted_comes_back_as_such(void **state)
{
	struct options o = {.password_command = (char *)"kill -INT $PPID; exec sleep 60"};
	struct password *p = password_create();
	struct error e;
	bool interrupted = false;

	(void)state;
	alarm(DEADLINE_S);
	assert_null(password_get(p, &o, "", false, false, &interrupted, &e));
	assert_true(interrupted);
	o.password_command = (char *)"kill -INT $$";
	assert_null(password_get(p, &o, "", false, false, &interrupted, &e));
	assert_true(interrupted);
	alarm(0);
	password_free(p);
}

/* --- the environment --- */

static void environment_is_wiped_at_once(void **state)
{
	static char entry[] = "PTSH_PASSWORD=hush";
	static char twice[] = "PTSH_PASSWORD=again";
	static char other[] = "OTHER=1";
	char *fake[] = {other, entry, twice, NULL}, **real = environ;
	struct options o = {0};
	struct password *p;
	struct error e;

	(void)state;
	environ = fake;
	p = password_create();
	assert_memory_equal(entry, "PTSH_PASSWORD=\0\0\0\0", 18);
	assert_memory_equal(twice, "PTSH_PASSWORD=\0\0\0\0\0", 19);
	assert_null(getenv("PTSH_PASSWORD"));
	assert_string_equal(getenv("OTHER"), "1");
	environ = real;
	assert_true(password_configured(p, &o));
	assert_string_equal(get(p, NULL, NULL, &e), "hush");
	password_forget(p);
	assert_string_equal(get(p, NULL, NULL, &e), "hush");
	put_file("file\n", 5, 0600);
	assert_string_equal(get(p, path, NULL, &e), "file");
	password_free(p);
}

static void environment_too_long_is_refused(void **state)
{
	char *value = malloc(PASSWORD_MAX + 1);
	struct password *p;
	struct error e;

	(void)state;
	memset(value, 'x', PASSWORD_MAX);
	value[PASSWORD_MAX] = '\0';
	setenv("PTSH_PASSWORD", value, 1);
	p = password_create();
	assert_null(get(p, NULL, NULL, &e));
	assert_non_null(strstr(e.text, "longer than a password may be"));
	password_free(p);
	free(value);
}

static void no_password_is_reported_with_what_to_use(void **state)
{
	struct options o = {0};
	struct password *p;
	struct error e;

	(void)state;
	setenv("PTSH_PASSWORD", "", 1);
	p = password_create();
	assert_false(password_configured(p, &o));
	assert_null(get(p, NULL, NULL, &e));
	assert_non_null(strstr(e.text, "--password-file, --password-command or $PTSH_PASSWORD"));
	password_free(p);
}

/* --- asking --- */

/* In a child with a terminal of its own: asks, and prints the result on the terminal. */
static void ask_in_child(void)
{
	struct options o = {0};
	struct password *p = password_create();
	bool interrupted;
	struct error e;
	const char *text;

	alarm(DEADLINE_S);
	text = password_get(p, &o, "Password: ", true, false, &interrupted, &e);
	if (text != NULL)
		dprintf(1, "GOT %zu %s.\n", strlen(text), strlen(text) < 80 ? text : "");
	else
		dprintf(1, interrupted ? "INTERRUPTED.\n" : "REFUSED %s.\n", e.text);
	_exit(0);
}

struct terminal {
	int fd;
	pid_t pid;
	char seen[16384];
	size_t len;
	struct termios before;
};

/* Waits for `what`; every 100 ms without anything, `keys` are typed again. */
static void await_typing(struct terminal *t, const char *what, const char *keys)
{
	time_t deadline = time(NULL) + DEADLINE_S;

	while (strstr(t->seen, what) == NULL) {
		struct pollfd p = {.fd = t->fd, .events = POLLIN};
		ssize_t n;

		if (time(NULL) > deadline || poll(&p, 1, 100) < 0)
			fail_msg("no \"%s\" in \"%s\"", what, t->seen);
		if (p.revents == 0) {
			assert_int_equal(write(t->fd, keys, strlen(keys)), (ssize_t)strlen(keys));
			continue;
		}
		n = read(t->fd, t->seen + t->len, sizeof(t->seen) - 1 - t->len);
		if (n <= 0)
			fail_msg("no \"%s\" in \"%s\"", what, t->seen);
		t->len += (size_t)n;
		t->seen[t->len] = '\0';
	}
}

static void await(struct terminal *t, const char *what)
{
	await_typing(t, what, "");
}

static void start_asking(struct terminal *t)
{
	int slave;

	memset(t, 0, sizeof(*t));
	assert_int_equal(openpty(&t->fd, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(slave, &t->before), 0);
	t->pid = fork();
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		close(t->fd);
		login_tty(slave);
		ask_in_child();
	}
	close(slave);
	await(t, "Password: ");
}

static void answer(struct terminal *t, const char *keys, size_t len)
{
	assert_int_equal(write(t->fd, keys, len), (ssize_t)len);
}

static void finish(struct terminal *t)
{
	struct termios after;
	int status;

	/* The echo is as it was.  (The master sees the terminal's modes also when the child is gone.) */
	tcgetattr(t->fd, &after);
	assert_int_equal(after.c_lflag, t->before.c_lflag);
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	close(t->fd);
}

static void answered_on_the_terminal_without_echo(void **state)
{
	struct terminal t;

	(void)state;
	start_asking(&t);
	answer(&t, "h\xc3\xbcsh me\n", 9);
	await(&t, "GOT 8 h\xc3\xbcsh me.");
	assert_null(strstr(t.seen, "Password: h"));
	finish(&t);
}

static void nothing_answered_is_refused(void **state)
{
	struct terminal t;

	(void)state;
	start_asking(&t);
	answer(&t, "\n", 1);
	await(&t, "REFUSED no password was typed");
	finish(&t);
	start_asking(&t);
	answer(&t, "\x04", 1);
	await(&t, "REFUSED no password was typed");
	finish(&t);
}

static void a_long_answer_is_not_cut(void **state)
{
	char keys[4001];
	struct terminal t;

	(void)state;
	memset(keys, 'x', 4000);
	keys[4000] = '\n';
	start_asking(&t);
	answer(&t, keys, sizeof(keys));
	await(&t, "GOT 4000");
	finish(&t);
}

static void interrupt_comes_back_and_echo_too(void **state)
{
	struct terminal t;

	(void)state;
	start_asking(&t);
	answer(&t, "hu", 2);
	/* Again and again: readpassphrase() may not be reading yet when the first one comes. */
	await_typing(&t, "INTERRUPTED.", "\x03");
	finish(&t);
}

static void termination_restores_the_echo_and_then_terminates(void **state)
{
	struct terminal t;
	struct termios after;
	int status;

	(void)state;
	start_asking(&t);
	/* Again and again: readpassphrase() may not be reading yet. */
	do {
		kill(t.pid, SIGTERM);
		poll(NULL, 0, 10);
	} while (waitpid(t.pid, &status, WNOHANG) == 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	tcgetattr(t.fd, &after);
	assert_int_equal(after.c_lflag, t.before.c_lflag);
	close(t.fd);
}

static void without_a_terminal_nothing_is_read_from_standard_input(void **state)
{
	int fds[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct options o = {0};
		struct password *p = password_create();
		bool interrupted;
		struct error e;

		setsid();
		dup2(fds[0], 0);
		alarm(DEADLINE_S);
		_exit(password_get(p, &o, "Password: ", true, false, &interrupted, &e) == NULL
		    && strstr(e.text, "no terminal") != NULL ? 0 : 1);
	}
	assert_int_equal(write(fds[1], "hush\n", 5), 5);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fds[0]);
	close(fds[1]);
}

static void no_prompt_means_none(void **state)
{
	struct options o = {.no_prompt = true};
	struct password *p = password_create();
	bool interrupted;
	struct error e;

	(void)state;
	assert_null(password_get(p, &o, "Password: ", true, false, &interrupted, &e));
	assert_non_null(strstr(e.text, "cannot prompt for a password here"));
	password_free(p);
}

/* --- what other processes could see --- */

static void the_process_leaves_no_core(void **state)
{
	struct password *p = password_create();
	struct rlimit limit;

	(void)state;
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
	password_free(p);
}

/* Whether a child finds memory cleared that is marked for it: qemu-user takes the mark and ignores it. */
static bool the_system_clears(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	assert_true(page != MAP_FAILED);
	page[0] = 1;
	assert_int_equal(madvise(page, 4096, MADV_WIPEONFORK), 0);
	pid = fork();
	if (pid == 0)
		_exit(page[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	munmap(page, 4096);
	return status == 0;
}

static void a_child_does_not_get_the_memory(void **state)
{
	struct password *p = password_create();
	struct error e;
	const char *text;
	int status;
	pid_t pid;

	(void)state;
	if (!the_system_clears()) {
		password_free(p);
		return;		/* (skip() is a failure in TAP) */
	}
	put_file("hush\n", 5, 0600);
	text = get(p, path, NULL, &e);
	assert_non_null(text);
	pid = fork();
	if (pid == 0)
		_exit(text[0] == '\0' ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	password_free(p);
}

static void memory_that_cannot_be_locked_is_used_anyway(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		static const struct rlimit none = {0, 0};
		struct password *p;

		setrlimit(RLIMIT_MEMLOCK, &none);
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		setenv("PTSH_PASSWORD", "hush", 1);
		p = password_create();
		_exit(p != NULL && getenv("PTSH_PASSWORD") == NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/pw", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_of_others_is_refused),
		cmocka_unit_test(file_that_is_none_is_refused),
		cmocka_unit_test(file_gives_its_first_line),
		cmocka_unit_test(file_without_a_password_is_refused),
		cmocka_unit_test(a_forgotten_password_is_read_again),
		cmocka_unit_test(command_gives_its_first_line),
		cmocka_unit_test(command_that_fails_is_reported),
		cmocka_unit_test(command_inherits_no_descriptor_mask_or_secret),
		cmocka_unit_test(command_interrupted_comes_back_as_such),
		cmocka_unit_test(environment_is_wiped_at_once),
		cmocka_unit_test(environment_too_long_is_refused),
		cmocka_unit_test(no_password_is_reported_with_what_to_use),
		cmocka_unit_test(answered_on_the_terminal_without_echo),
		cmocka_unit_test(nothing_answered_is_refused),
		cmocka_unit_test(a_long_answer_is_not_cut),
		cmocka_unit_test(interrupt_comes_back_and_echo_too),
		cmocka_unit_test(termination_restores_the_echo_and_then_terminates),
		cmocka_unit_test(without_a_terminal_nothing_is_read_from_standard_input),
		cmocka_unit_test(no_prompt_means_none),
		cmocka_unit_test(the_process_leaves_no_core),
		cmocka_unit_test(a_child_does_not_get_the_memory),
		cmocka_unit_test(memory_that_cannot_be_locked_is_used_anyway),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
