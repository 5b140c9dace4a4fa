/* SPDX-License-Identifier: ISC */
/* The history file: its content, and what happens when it is wrong. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "term/history.h"

static char dir[64], path[128];

/* Called once where the history waits for its lock. */
static void (*while_waiting)(void);

int flock(int fd, int operation)
{
	void (*now)(void) = while_waiting;

	while_waiting = NULL;
	if (now != NULL)
		now();
	return (int)syscall(SYS_flock, fd, operation);
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/ptsh-history-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/state/ptsh/history", dir);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	FILE *rm = popen(command, "r");
	assert_non_null(rm);
	pclose(rm);
	return 0;
}

static struct history *open_good(void)
{
	struct error e = {0};
	bool failed;
	struct history *h = history_open(path, &e, &failed);

	assert_non_null(h);
	if (failed)
		fail_msg("%s", e.text);
	return h;
}

/* A file that cannot be used: reported, and the history continues in memory. */
static void assert_memory_only(const char *message)
{
	struct error e = {0};
	bool failed;
	struct history *h = history_open(path, &e, &failed);

	assert_non_null(h);
	assert_true(failed);
	assert_non_null(strstr(e.text, path));
	if (strstr(e.text, message) == NULL)
		fail_msg("%s", e.text);
	assert_false(history_trouble(h, &e));		/* reported once */
	history_add(h, "in memory", "in memory");
	assert_string_equal(history_entry(h, history_count(h) - 1), "in memory");
	assert_false(history_trouble(h, &e));
	history_free(h);
}

static char *content(size_t *len)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	assert_non_null(f);
	ssize_t n = getdelim(&text, &room, -1, f);
	fclose(f);
	if (len != NULL)
		*len = n > 0 ? (size_t)n : 0;
	if (n <= 0) {
		free(text);
		text = strdup("");
	}
	return text;
}

static void assert_content(const char *expected)
{
	char *text = content(NULL);

	assert_string_equal(text, expected);
	free(text);
}

static void make_directories(void)
{
	history_free(open_good());
	unlink(path);
}

static void write_file(const void *bytes, size_t len, mode_t mode)
{
	make_directories();
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static mode_t mode_of(const char *name)
{
	struct stat s;

	assert_int_equal(stat(name, &s), 0);
	return s.st_mode & 07777;
}

static void a_line_is_in_the_file_at_once_and_there_next_time(void **state)
{
	(void)state;
	struct history *h = open_good();
	history_add(h, "ping", "ping");
	history_add(h, "realm_info gid,name", "realm_info gid,name");
	assert_content("ping\nrealm_info gid,name\n");
	assert_int_equal(mode_of(path), 0600);
	history_free(h);
	h = open_good();
	assert_int_equal(history_count(h), 2);
	assert_string_equal(history_entry(h, 0), "ping");
	assert_string_equal(history_entry(h, 1), "realm_info gid,name");
	assert_null(history_entry(h, 2));
	history_free(h);
}

static void a_secret_is_recalled_but_not_written(void **state)
{
	(void)state;
	struct history *h = open_good();
	history_add(h, "login admin hunter2", "login admin ?");
	history_add(h, "set_license hunter3", NULL);
	assert_string_equal(history_entry(h, 0), "login admin hunter2");
	assert_string_equal(history_entry(h, 1), "set_license hunter3");
	assert_content("login admin ?\n");
	history_free(h);
}

static void blanks_in_front_empty_lines_and_repetitions_are_not_kept(void **state)
{
	(void)state;
	struct history *h = open_good();
	history_add(h, " secret", " secret");
	history_add(h, "\tsecret", "\tsecret");
	history_add(h, "", "");
	history_add(h, "\n", "\n");
	history_add(h, "ping", "ping");
	history_add(h, "ping", "ping");
	history_add(h, "ping\n", "ping\n");
	history_add(h, "pin", "pin");
	history_add(h, "ping", "ping");
	assert_int_equal(history_count(h), 3);
	assert_content("ping\npin\nping\n");
	history_free(h);
}

static void an_entry_of_several_rows_comes_back_as_one(void **state)
{
	static const char *const entries[] = {"realm_info [\n\"a\",\n\n\t\"b\"\n]", "a \\\nb", "x 'q\n\n\nr'", "last"};
	(void)state;
	struct history *h = open_good();
	for (size_t i = 0; i < 4; i++)
		history_add(h, entries[i], entries[i]);
	history_free(h);
	h = open_good();
	assert_int_equal(history_count(h), 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(history_entry(h, i), entries[i]);
	history_free(h);
}

static void without_a_path_it_is_in_memory(void **state)
{
	struct error e;
	bool failed;
	(void)state;
	struct history *h = history_open(NULL, &e, &failed);
	assert_false(failed);
	history_add(h, "ping", "ping");
	assert_string_equal(history_entry(h, 0), "ping");
	history_free(h);
}

static void memory_keeps_the_newest(void **state)
{
	struct error e;
	bool failed;
	char line[32];
	(void)state;
	struct history *h = history_open(NULL, &e, &failed);
	for (int i = 0; i < HISTORY_LINES + 10; i++) {
		snprintf(line, sizeof line, "line %d", i);
		history_add(h, line, line);
	}
	assert_int_equal(history_count(h), HISTORY_LINES);
	assert_string_equal(history_entry(h, 0), "line 10");
	snprintf(line, sizeof line, "line %d", HISTORY_LINES + 9);
	assert_string_equal(history_entry(h, HISTORY_LINES - 1), line);
	history_free(h);
}

static void a_symbolic_link_is_not_followed(void **state)
{
	char target[160];
	(void)state;
	make_directories();
	snprintf(target, sizeof target, "%s/precious", dir);
	int fd = open(target, O_WRONLY | O_CREAT, 0644);
	assert_int_equal(write(fd, "keep\n", 5), 5);
	close(fd);
	assert_int_equal(symlink(target, path), 0);
	assert_memory_only("symbolic link");
	assert_int_equal(mode_of(target), 0644);
	struct stat s;
	assert_int_equal(stat(target, &s), 0);
	assert_int_equal(s.st_size, 5);
}

static void a_file_that_others_can_read_is_closed_to_them(void **state)
{
	(void)state;
	write_file("old\n", 4, 0644);
	struct history *h = open_good();
	assert_int_equal(mode_of(path), 0600);
	assert_string_equal(history_entry(h, 0), "old");
	history_free(h);
}

static void a_directory_in_its_place(void **state)
{
	(void)state;
	make_directories();
	assert_int_equal(mkdir(path, 0700), 0);
	assert_memory_only("cannot be opened");
}

static void a_fifo_in_its_place_does_not_block(void **state)
{
	(void)state;
	make_directories();
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_memory_only("not a regular file");
}

static void a_file_in_the_place_of_its_directory(void **state)
{
	(void)state;
	char name[128];
	snprintf(name, sizeof name, "%s/state", dir);
	int fd = open(name, O_WRONLY | O_CREAT, 0600);
	close(fd);
	assert_memory_only("cannot be opened");
}

/* Runs in a child: root passes every permission, and limits are for the whole process. */
static void in_child(void (*body)(void))
{
	fflush(NULL);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define CHECK(condition) do { if (!(condition)) { \
	fprintf(stderr, "line %d: %s\n", __LINE__, #condition); _exit(1); } } while (0)

static void in_a_read_only_home(void)
{
	struct error e = {0};
	bool failed;

	if (geteuid() == 0)
		CHECK(setresuid(65534, 65534, 65534) == 0);
	struct history *h = history_open(path, &e, &failed);
	CHECK(h != NULL && failed && strstr(e.text, "Permission denied") != NULL);
	history_add(h, "x", "x");
	CHECK(history_count(h) == 1);
	CHECK(!history_trouble(h, &e));
	history_free(h);
}

static void a_read_only_home(void **state)
{
	(void)state;
	assert_int_equal(chmod(dir, 0555), 0);
	in_child(in_a_read_only_home);
	assert_int_equal(chmod(dir, 0700), 0);
}

static void in_file_of_another_user(void)
{
	struct error e = {0};
	bool failed;
	struct history *h;

	CHECK(chown(path, 65534, 65534) == 0);
	h = history_open(path, &e, &failed);
	CHECK(h != NULL && failed && strstr(e.text, "another user") != NULL);
	history_free(h);
}

static void file_of_another_user(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;		/* (skip() is a failure in TAP) */
	write_file("old\n", 4, 0666);
	in_child(in_file_of_another_user);
}

static void on_a_full_disk(void)
{
	const struct rlimit limit = {20, 20};
	struct error e = {0};
	bool failed;

	signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	struct history *h = history_open(path, &e, &failed);
	CHECK(h != NULL && !failed);
	history_add(h, "0123456789", "0123456789");
	CHECK(!history_trouble(h, &e));
	history_add(h, "abcdefghijklmnopq", "abcdefghijklmnopq");	/* does not fit: no part of it may stay */
	CHECK(history_trouble(h, &e));
	CHECK(strstr(e.text, "cannot be written") != NULL);
	CHECK(!history_trouble(h, &e));
	history_add(h, "more", "more");
	CHECK(!history_trouble(h, &e));
	CHECK(history_count(h) == 3);
	history_free(h);
}

static void a_full_disk_leaves_whole_lines_and_is_reported_once(void **state)
{
	(void)state;
	in_child(on_a_full_disk);
	assert_content("0123456789\n");
}

static void a_lock_that_is_never_given_back_does_not_hang(void **state)
{
	(void)state;
	write_file("old\n", 4, 0600);
	int fd = open(path, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_memory_only("locked");
	close(fd);
}

static void a_hundred_thousand_lines_are_cut_to_the_newest(void **state)
{
	(void)state;
	char *text = malloc(100000 * 16), *at = text, line[32];
	for (int i = 0; i < 100000; i++)
		at += sprintf(at, "line %d\n", i);
	write_file(text, (size_t)(at - text), 0600);
	free(text);
	struct history *h = open_good();
	assert_int_equal(history_count(h), HISTORY_LINES);
	snprintf(line, sizeof line, "line %d", 100000 - HISTORY_LINES);
	assert_string_equal(history_entry(h, 0), line);
	assert_string_equal(history_entry(h, HISTORY_LINES - 1), "line 99999");
	history_free(h);
	size_t len, lines = 0;
	text = content(&len);
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, HISTORY_LINES);
	assert_int_equal(strncmp(text, line, strlen(line)), 0);
	free(text);
	assert_int_equal(mode_of(path), 0600);
}

static void binary_content_is_not_recalled_and_harms_nothing(void **state)
{
	(void)state;
	static const char bytes[] = "good\nbad\0bad\n\xff\xfe\n\033[2J\nalso good \xc3\xa4\n\x01\x02";
	write_file(bytes, sizeof bytes - 1, 0600);
	struct history *h = open_good();
	assert_int_equal(history_count(h), 2);
	assert_string_equal(history_entry(h, 0), "good");
	assert_string_equal(history_entry(h, 1), "also good \xc3\xa4");
	history_add(h, "new", "new");
	history_free(h);
	h = open_good();
	assert_int_equal(history_count(h), 3);
	assert_string_equal(history_entry(h, 2), "new");
	history_free(h);
	unsigned char *noise = malloc(1 << 20);
	uint32_t seed = 1;
	for (size_t i = 0; i < 1 << 20; i++) {
		seed = seed * 1664525 + 1013904223;
		noise[i] = (unsigned char)(seed >> 24);
	}
	write_file(noise, 1 << 20, 0600);
	free(noise);
	h = open_good();
	history_add(h, "after the noise", "after the noise");
	history_free(h);
	h = open_good();
	assert_string_equal(history_entry(h, history_count(h) - 1), "after the noise");
	history_free(h);
}

static void half_a_line_at_the_end_does_not_swallow_the_next(void **state)
{
	(void)state;
	write_file("whole\nhal", 9, 0600);
	struct history *h = open_good();
	history_add(h, "next", "next");
	history_free(h);
	assert_content("whole\nhal\nnext\n");
}

static void two_sessions_lose_nothing(void **state)
{
	enum { EACH = 1500 };
	(void)state;
	make_directories();
	pid_t pids[2];
	fflush(NULL);
	for (int session = 0; session < 2; session++) {
		pids[session] = fork();
		if (pids[session] == 0) {
			struct error e;
			bool failed;
			struct history *h = history_open(path, &e, &failed);
			char line[64];

			for (int i = 0; i < EACH; i++) {
				snprintf(line, sizeof line, "session %d line %d", session, i);
				history_add(h, line, line);
			}
			CHECK(!failed && !history_trouble(h, &e));
			history_free(h);
			_exit(0);
		}
	}
	for (int session = 0; session < 2; session++) {
		int status;
		assert_int_equal(waitpid(pids[session], &status, 0), pids[session]);
		assert_int_equal(status, 0);
	}
	struct history *h = open_good();
	int next[2] = {0, 0}, session, i;
	assert_int_equal(history_count(h), 2 * EACH);
	for (size_t n = 0; n < 2 * EACH; n++) {
		assert_int_equal(sscanf(history_entry(h, n), "session %d line %d", &session, &i), 2);
		assert_int_equal(i, next[session]++);
	}
	history_free(h);
}

static void a_session_goes_on_in_the_file_that_another_has_cut(void **state)
{
	(void)state;
	struct history *one = open_good();
	history_add(one, "before", "before");
	char next[160];
	snprintf(next, sizeof next, "%s.other", path);
	int fd = open(next, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "cut\n", 4), 4);
	close(fd);
	assert_int_equal(rename(next, path), 0);
	history_add(one, "after", "after");
	history_free(one);
	assert_content("cut\nafter\n");
}

/* Sessions that cut and append are killed at random points, many times over. */
static void put_another_in_its_place(void)
{
	char other[sizeof path + 4];

	snprintf(other, sizeof other, "%s.cut", path);
	FILE *f = fopen(other, "w");
	assert_non_null(f);
	fputs("kept by another\n", f);
	fclose(f);
	assert_int_equal(chmod(other, 0600), 0);
	assert_int_equal(rename(other, path), 0);
}

/* Another session cuts the file between the moments when this one opens and locks it: the locked file then has no name. */
static void a_file_that_is_replaced_while_it_is_waited_for(void **state)
{
	struct history *h;

	(void)state;
	make_directories();
	write_file("old\n", 4, 0600);
	h = open_good();
	while_waiting = put_another_in_its_place;
	history_add(h, "new", "new");
	assert_null(while_waiting);
	history_free(h);
	assert_content("kept by another\nnew\n");
	while_waiting = put_another_in_its_place;
	h = open_good();
	assert_int_equal(history_count(h), 1);
	history_free(h);
}

static void killed_at_any_moment_the_file_stays_whole(void **state)
{
	(void)state;
	char *text = malloc(6000 * 24), *at = text;
	long sequence = 0;
	for (int i = 0; i < 5600; i++)
		at += sprintf(at, "entry %ld end\n", sequence++);
	write_file(text, (size_t)(at - text), 0600);
	free(text);
	for (int round = 0; round < 40; round++) {
		int go[2];
		assert_int_equal(pipe(go), 0);
		fflush(NULL);
		pid_t pid = fork();
		if (pid == 0) {
			ssize_t said = write(go[1], "x", 1);
			(void)said;
			for (;;) {
				struct error e;
				bool failed;
				struct history *h = history_open(path, &e, &failed);
				char line[64];

				for (int i = 0; i < 600; i++) {	/* more than it takes to be cut again */
					snprintf(line, sizeof line, "entry %ld end", sequence++);
					history_add(h, line, line);
				}
				history_free(h);
			}
		}
		char x;
		const struct timespec moment = {.tv_nsec = 1000 + (round * 7919L % 97) * 100000};
		assert_int_equal(read(go[0], &x, 1), 1);
		close(go[0]);
		close(go[1]);
		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		struct history *h = open_good();
		assert_true(history_count(h) >= HISTORY_LINES - 1);
		int torn = 0;
		long last = -1;
		for (size_t i = 0; i < history_count(h); i++) {
			long number;
			char end[4] = "";
			if (sscanf(history_entry(h, i), "entry %ld %3s", &number, end) != 2 || strcmp(end, "end") != 0) {
				torn++;
				continue;
			}
			if (last >= 0 && number != last + 1)
				fail_msg("%ld follows %ld", number, last);
			last = number;
		}
		assert_true(torn <= 1);
		sequence = last + 1;
		history_free(h);
	}
	assert_int_equal(mode_of(path), 0600);
}

static void the_new_file_of_a_killed_session_is_in_nobodys_way(void **state)
{
	(void)state;
	char *text = malloc(6000 * 8), *at = text, name[160];
	for (int i = 0; i < 6000; i++)
		at += sprintf(at, "l%d\n", i);
	write_file(text, (size_t)(at - text), 0600);
	free(text);
	snprintf(name, sizeof name, "%s.new", path);
	assert_int_equal(symlink("/nonexistent/elsewhere", name), 0);
	struct history *h = open_good();
	history_free(h);
	size_t len, lines = 0;
	text = content(&len);
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	free(text);
	assert_int_equal(lines, HISTORY_LINES);
	struct stat s;
	assert_int_equal(lstat(name, &s), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_in_the_file_at_once_and_there_next_time),
		TEST(a_secret_is_recalled_but_not_written),
		TEST(blanks_in_front_empty_lines_and_repetitions_are_not_kept),
		TEST(an_entry_of_several_rows_comes_back_as_one),
		TEST(without_a_path_it_is_in_memory),
		TEST(memory_keeps_the_newest),
		TEST(a_symbolic_link_is_not_followed),
		TEST(a_file_that_others_can_read_is_closed_to_them),
		TEST(a_directory_in_its_place),
		TEST(a_fifo_in_its_place_does_not_block),
		TEST(a_file_in_the_place_of_its_directory),
		TEST(a_read_only_home),
		TEST(file_of_another_user),
		TEST(a_full_disk_leaves_whole_lines_and_is_reported_once),
		TEST(a_lock_that_is_never_given_back_does_not_hang),
		TEST(a_hundred_thousand_lines_are_cut_to_the_newest),
		TEST(binary_content_is_not_recalled_and_harms_nothing),
		TEST(half_a_line_at_the_end_does_not_swallow_the_next),
		TEST(two_sessions_lose_nothing),
		TEST(a_session_goes_on_in_the_file_that_another_has_cut),
		TEST(a_file_that_is_replaced_while_it_is_waited_for),
		TEST(killed_at_any_moment_the_file_stays_whole),
		TEST(the_new_file_of_a_killed_session_is_in_nobodys_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
