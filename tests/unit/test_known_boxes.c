/* SPDX-License-Identifier: ISC */
/* known_boxes: what is remembered, and that no other user can have written it; pins and names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "net_help.h"
#include "tls/known_boxes.h"

#define PIN_A "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define PIN_B "sha256//AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

static char folder[] = "/tmp/ptsh-known-XXXXXX";
static char path[256];
static struct buf warnings;

static void on_warning(void *ctx, const char *text)
{
	(void)ctx;
	buf_printf(&warnings, "%s\n", text);
}

static void write_file(const char *text)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static char *read_file(void)
{
	static char text[8192];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd != -1 ? read(fd, text, sizeof text - 1) : 0;

	close(fd);
	text[n] = '\0';
	return text;
}

static void today(char text[static 16])
{
	time_t now = time(NULL);
	struct tm tm;

	strftime(text, 16, "%Y-%m-%d", gmtime_r(&now, &tm));
}

static int fresh(void **state)
{
	(void)state;
	unlink(path);
	buf_reset(&warnings);
	return 0;
}

/* --- reading --- */

static void test_missing_file_knows_no_box(void **state)
{
	struct known_boxes k;
	struct error e;

	(void)state;
	assert_int_equal(known_boxes_read(&k, path, NULL, on_warning, NULL, &e), 0);
	assert_int_equal(k.count, 0);
	known_boxes_clear(&k);
	assert_int_equal(known_boxes_read(&k, "/nonexistent/ptsh/known_boxes", NULL, on_warning, NULL, &e), 0);
	known_boxes_clear(&k);
}

static void test_lines_are_read_and_bad_ones_are_reported(void **state)
{
	struct known_boxes k;
	struct error e;

	(void)state;
	write_file("# a comment\n"
	    "\n"
	    "core:55 " PIN_A " 2024-01-31\n"
	    "core:55\t" PIN_B "  2024-02-01 min=1.2 later=x\r\n"
	    "core:55 sha256//AAAA 2024-01-31\n"		/* 5: too short */
	    "core:55 clear\n"				/* 6: no date */
	    "core:55 clear yesterday\n"			/* 7 */
	    "core:55 maybe 2024-01-31\n"		/* 8 */
	    "nonsense\n"				/* 9 */
	    "[2001:db8::1]:55 tls 2024-01-31 min=1.3\n"
	    "old:56 clear 2024-01-31");			/* without its LF */
	assert_int_equal(known_boxes_read(&k, path, NULL, on_warning, NULL, &e), 0);
	assert_int_equal(k.count, 4);
	assert_string_equal(k.items[0].name, "core:55");
	assert_int_equal(k.items[0].kind, KNOWN_KEY);
	assert_string_equal(k.items[0].pin, PIN_A);
	assert_string_equal(k.items[0].date, "2024-01-31");
	assert_int_equal(k.items[0].min, 0);
	assert_int_equal(k.items[0].line, 3);
	assert_string_equal(k.items[1].pin, PIN_B);
	assert_int_equal(k.items[1].min, 12);
	assert_string_equal(k.items[2].name, "[2001:db8::1]:55");
	assert_int_equal(k.items[2].kind, KNOWN_TLS);
	assert_int_equal(k.items[2].min, 13);
	assert_int_equal(k.items[3].kind, KNOWN_CLEAR);
	assert_int_equal(k.items[3].line, 11);
	known_boxes_clear(&k);
	for (int line = 1; line <= 11; line++) {
		char said[300];

		snprintf(said, sizeof said, "%s:%d: ", path, line);
		assert_int_equal(strstr(buf_string(&warnings), said) != NULL, line >= 5 && line <= 9);
	}
	assert_int_equal(known_boxes_read(&k, path, "core:55", NULL, NULL, &e), 0);
	assert_int_equal(k.count, 2);
	known_boxes_clear(&k);
	assert_int_equal(known_boxes_read(&k, path, "core:5", NULL, NULL, &e), 0);
	assert_int_equal(k.count, 0);
	known_boxes_clear(&k);
}

/* A line that is not understood must not become one that is when the file is written again. */
static void test_marks_before_the_first_line_change_nothing(void **state)
{
	struct known_boxes k;
	struct error e;

	(void)state;
	write_file("\xef\xbb\xbf\xef\xbb\xbf" "core:55 " PIN_A " 2024-01-31\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(known_boxes_read(&k, path, "core:55", on_warning, NULL, &e), 0);
		assert_int_equal(k.count, 1);
		known_boxes_clear(&k);
		assert_int_equal(known_boxes_add(path, "other:55", KNOWN_TLS, NULL, 0, &e), 0);
	}
	assert_string_equal(buf_string(&warnings), "");
}

/* A line written by hand must not be missed: a key that is not found is a new one. */
static void test_lines_written_by_hand_are_found(void **state)
{
	struct known_boxes k;
	struct error e;
	size_t removed;

	(void)state;
	write_file("Core.Example:55 " PIN_A " 2024-01-31\n"
	    "[2001:DB8::1]:55 tls 2024-01-31\n"
	    "core.example " PIN_B " 2024-01-31\n"		/* 3: without a port */
	    ":55 " PIN_B " 2024-01-31\n"			/* 4: without a host */
	    "/run/Box clear 2024-01-31\n");
	assert_int_equal(known_boxes_read(&k, path, "core.example:55", on_warning, NULL, &e), 0);
	assert_int_equal(k.count, 1);
	assert_string_equal(k.items[0].pin, PIN_A);
	known_boxes_clear(&k);
	assert_says(buf_string(&warnings), ":3: not understood");
	assert_says(buf_string(&warnings), ":4: not understood");
	assert_null(strstr(buf_string(&warnings), ":5: "));
	assert_int_equal(known_boxes_read(&k, path, "[2001:db8::1]:55", NULL, NULL, &e), 0);
	assert_int_equal(k.count, 1);
	known_boxes_clear(&k);
	/* Paths are not changed. */
	assert_int_equal(known_boxes_read(&k, path, "/run/box", NULL, NULL, &e), 0);
	assert_int_equal(k.count, 0);
	known_boxes_clear(&k);
	assert_int_equal(known_boxes_add(path, "core.example:55", KNOWN_CLEAR, NULL, 0, &e), -1);
	assert_says(e.text, "is known with TLS");
	assert_int_equal(known_boxes_remove(path, "core.example:55", NULL, &removed, &e), 0);
	assert_int_equal(removed, 1);
}

static void test_file_that_others_may_have_written_is_refused(void **state)
{
	struct known_boxes k;
	struct error e;
	char other[300];
	size_t removed;

	(void)state;
	write_file("core:55 " PIN_A " 2024-01-31\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(chmod(path, i == 0 ? 0620 : 0602), 0);
		assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
		assert_int_equal(e.status, STATUS_TLS);
		assert_says(e.text, "others can write it");
		assert_int_equal(known_boxes_add(path, "x:1", KNOWN_CLEAR, NULL, 0, &e), -1);
		assert_int_equal(known_boxes_remove(path, "core:55", NULL, &removed, &e), -1);
	}
	assert_string_equal(read_file(), "core:55 " PIN_A " 2024-01-31\n");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), 0);
	known_boxes_clear(&k);
	assert_int_equal(chmod(folder, 0770), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
	assert_says(e.text, "others can write the folder");
	/* Sticky: others cannot take its files away, but the owner of the folder can. */
	assert_int_equal(chmod(folder, 01777), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), 0);
	known_boxes_clear(&k);
	if (geteuid() == 0) {
		assert_int_equal(chown(folder, 65534, (gid_t)-1), 0);
		assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
		assert_says(e.text, "owns the folder");
		assert_int_equal(chown(folder, 0, (gid_t)-1), 0);
	}
	assert_int_equal(chmod(folder, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
		assert_says(e.text, "belongs to another user");
	}
	/* Symbolic link, folder, FIFO. */
	unlink(path);
	snprintf(other, sizeof other, "%s/other", folder);
	close(open(other, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
	assert_says(e.text, "symbolic link");
	assert_int_equal(known_boxes_add(path, "x:1", KNOWN_CLEAR, NULL, 0, &e), -1);
	unlink(path);
	unlink(other);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), -1);
	assert_says(e.text, "not a regular file");
	assert_int_equal(known_boxes_add(path, "x:1", KNOWN_CLEAR, NULL, 0, &e), -1);
}

/* --- changing --- */

static void test_added_lines_leave_all_others_as_they_were(void **state)
{
	struct error e;
	char text[1024], date[16];
	struct stat st;

	(void)state;
	write_file("# mine  \ncore:55 " PIN_A " 2024-01-31 note=x\nnonsense \t\nother:55 clear 2024-01-31");
	today(date);
	assert_int_equal(known_boxes_add(path, "core:55", KNOWN_KEY, PIN_B, 12, &e), 0);
	snprintf(text, sizeof text, "# mine  \ncore:55 " PIN_A " 2024-01-31 note=x\nnonsense \t\nother:55 clear 2024-01-31\n"
	    "core:55 " PIN_B " %s min=1.2\n", date);
	assert_string_equal(read_file(), text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* There already: nothing changes; another version: only that. */
	assert_int_equal(known_boxes_add(path, "core:55", KNOWN_KEY, PIN_A, 0, &e), 0);
	assert_int_equal(known_boxes_add(path, "core:55", KNOWN_KEY, PIN_B, 10, &e), 0);
	assert_string_equal(read_file(), text);
	assert_int_equal(known_boxes_add(path, "core:55", KNOWN_KEY, PIN_A, 13, &e), 0);
	assert_says(read_file(), "core:55 " PIN_A " 2024-01-31 note=x min=1.3\n");
	/* TLS makes an end of clear, and never the other way round. */
	assert_int_equal(known_boxes_add(path, "other:55", KNOWN_TLS, NULL, 13, &e), 0);
	assert_null(strstr(read_file(), "other:55 clear"));
	assert_says(read_file(), "other:55 tls ");
	assert_int_equal(known_boxes_add(path, "other:55", KNOWN_CLEAR, NULL, 0, &e), -1);
	assert_int_equal(known_boxes_add(path, "core:55", KNOWN_CLEAR, NULL, 0, &e), -1);
	assert_null(strstr(read_file(), "clear"));
}

static void test_how_a_box_starts_tls_is_a_word_after_the_date(void **state)
{
	struct known_boxes k;
	struct error e;

	(void)state;
	write_file("core:55 " PIN_A " 2024-01-31 min=1.2 colour=blue\r\n"
	    "# core:55 tls 2024-01-31\n"
	    "Core:55 tls 2024-02-01 start_tls=asked\n"
	    "core:55 " PIN_B " 2024-02-01 start_tls=unasked start_tls=asked\n"
	    "core:55 maybe 2024-01-31\n"
	    "edge:55 tls 2024-01-31 start_tls=never start_tls=late\n"
	    "old:56 clear 2024-01-31");
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), 0);
	assert_int_equal(k.items[0].start, START_UNKNOWN);
	assert_int_equal(k.items[1].start, START_ASKED);
	assert_int_equal(k.items[2].start, START_UNASKED);
	assert_int_equal(k.items[3].start, START_LATE);
	known_boxes_clear(&k);
	assert_int_equal(known_boxes_note_start(path, "core:55", START_LATE, &e), 0);
	assert_string_equal(read_file(), "core:55 " PIN_A " 2024-01-31 min=1.2 colour=blue start_tls=late\n"
	    "# core:55 tls 2024-01-31\n"
	    "Core:55 tls 2024-02-01 start_tls=late\n"
	    "core:55 " PIN_B " 2024-02-01 start_tls=unasked start_tls=asked\n"
	    "core:55 maybe 2024-01-31\n"
	    "edge:55 tls 2024-01-31 start_tls=never start_tls=late\n"
	    "old:56 clear 2024-01-31\n");
	/* less than is known, or nothing to say it of: the file stays as it is */
	struct stat before, after;
	stat(path, &before);
	assert_int_equal(known_boxes_note_start(path, "core:55", START_ASKED, &e), 0);
	assert_int_equal(known_boxes_note_start(path, "old:56", START_ASKED, &e), 0);
	assert_int_equal(known_boxes_note_start(path, "new:55", START_UNASKED, &e), 0);
	stat(path, &after);
	assert_int_equal(before.st_ino, after.st_ino);
	/* a better version leaves the word */
	assert_int_equal(known_boxes_add(path, "core:55", KNOWN_KEY, PIN_A, 13, &e), 0);
	assert_non_null(strstr(read_file(), "core:55 " PIN_A " 2024-01-31 colour=blue start_tls=late min=1.3\n"));
}

static void test_removed_lines_are_counted(void **state)
{
	struct error e;
	size_t removed;

	(void)state;
	write_file("# mine\ncore:55 " PIN_A " 2024-01-31\ncore:55 " PIN_B " 2024-01-31\ncore:56 " PIN_A " 2024-01-31\n");
	assert_int_equal(known_boxes_remove(path, "core:57", NULL, &removed, &e), 0);
	assert_int_equal(removed, 0);
	assert_int_equal(known_boxes_remove(path, "core:55", PIN_B, &removed, &e), 0);
	assert_int_equal(removed, 1);
	assert_string_equal(read_file(), "# mine\ncore:55 " PIN_A " 2024-01-31\ncore:56 " PIN_A " 2024-01-31\n");
	assert_int_equal(known_boxes_remove(path, "core:55", NULL, &removed, &e), 0);
	assert_int_equal(removed, 1);
	assert_string_equal(read_file(), "# mine\ncore:56 " PIN_A " 2024-01-31\n");
}

static void test_folders_are_made_for_oneself_alone(void **state)
{
	struct error e;
	struct stat st;
	char deep[300];

	(void)state;
	mode_t mask = umask(0);
	snprintf(deep, sizeof deep, "%s/share/ptsh/known_boxes", folder);
	assert_int_equal(known_boxes_add(deep, "core:55", KNOWN_CLEAR, NULL, 0, &e), 0);
	umask(mask);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	unlink(deep);
	*strrchr(deep, '/') = '\0';
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	rmdir(deep);
	*strrchr(deep, '/') = '\0';
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	rmdir(deep);
}

static void test_twenty_processes_at_once_lose_nothing(void **state)
{
	enum { PROCESSES = 20, EACH = 5 };
	struct known_boxes k;
	struct error e;
	pid_t pids[PROCESSES];

	(void)state;
	for (int p = 0; p < PROCESSES; p++) {
		pids[p] = fork();
		if (pids[p] != 0)
			continue;
		for (int i = 0; i < EACH; i++) {
			char name[64];

			snprintf(name, sizeof name, "box%d-%d:55", p, i);
			if (known_boxes_add(path, name, KNOWN_KEY, PIN_A, 13, &e) == -1) {
				fprintf(stderr, "%s\n", e.text);
				_exit(1);
			}
		}
		_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++)
		assert_int_equal(help_end(pids[p], false), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, on_warning, NULL, &e), 0);
	assert_int_equal(k.count, PROCESSES * EACH);
	assert_int_equal(warnings.len, 0);
	known_boxes_clear(&k);
}

/* Killed at any moment: the file is the old or the new one, complete, and the next writer can continue. */
static void test_killed_writers_leave_a_whole_file(void **state)
{
	struct known_boxes k;
	struct error e;
	size_t before = 0;
	struct stat st;
	ino_t inode = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		pid_t pid = fork();

		if (pid == 0)
			for (int n = 0;; n++) {
				char name[64];

				snprintf(name, sizeof name, "box%d-%d:55", i, n);
				known_boxes_add(path, name, KNOWN_KEY, PIN_A, 13, &e);
			}
		/* Once it is at work, at any moment. */
		int64_t end = loop_now() + 100000;
		while (stat(path, &st) == -1 || st.st_ino == inode) {
			assert_true(loop_now() < end);
			nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
		}
		inode = st.st_ino;
		nanosleep(&(struct timespec){.tv_nsec = 17000 * i}, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		assert_int_equal(known_boxes_read(&k, path, NULL, on_warning, NULL, &e), 0);
		assert_true(k.count >= before);
		before = k.count;
		known_boxes_clear(&k);
	}
	assert_int_equal(warnings.len, 0);
	/* They did get to work. */
	print_message("# %zu lines by 60 killed writers\n", before);
	assert_true(before > (getenv("PTSH_TEST_SLOW") ? 0 : 30));
	assert_int_equal(known_boxes_add(path, "last:55", KNOWN_KEY, PIN_A, 13, &e), 0);
	assert_int_equal(known_boxes_read(&k, path, NULL, on_warning, NULL, &e), 0);
	assert_int_equal(k.count, before + 1);
	known_boxes_clear(&k);
	char leftover[300];
	snprintf(leftover, sizeof leftover, "%s.new", path);
	assert_int_equal(access(leftover, F_OK), -1);
}

static void test_100000_lines_are_no_trouble(void **state)
{
	struct known_boxes k;
	struct error e;
	FILE *f = fopen(path, "w");

	(void)state;
	fchmod(fileno(f), 0600);
	for (int i = 0; i < 100000; i++)
		fprintf(f, "box%d:55 " PIN_A " 2024-01-31\n", i);
	fclose(f);
	clock_t start = clock();
	assert_int_equal(known_boxes_read(&k, path, "box99999:55", NULL, NULL, &e), 0);
	assert_int_equal(k.count, 1);
	assert_int_equal(k.items[0].line, 100000);
	known_boxes_clear(&k);
	assert_int_equal(known_boxes_add(path, "more:55", KNOWN_TLS, NULL, 13, &e), 0);
	/* Of processor time; under valgrind 8 s, and in square time minutes. */
	assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
	assert_int_equal(known_boxes_read(&k, path, NULL, NULL, NULL, &e), 0);
	assert_int_equal(k.count, 100001);
	known_boxes_clear(&k);
}

static void test_lock_that_is_held_for_ever_is_given_up(void **state)
{
	struct error e;

	(void)state;
	write_file("");
	int fd = open(path, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	alarm(DEADLINE_S);
	assert_int_equal(known_boxes_add(path, "x:1", KNOWN_CLEAR, NULL, 0, &e), -1);
	alarm(0);
	assert_says(e.text, "locked");
	close(fd);
}

static void test_folder_that_cannot_be_written_is_reported_and_nothing_lost(void **state)
{
	struct error e;

	(void)state;
	write_file("core:55 " PIN_A " 2024-01-31\n");
	if (geteuid() == 0) {
		/* Root writes everywhere: another user then. */
		pid_t pid = fork();
		if (pid == 0) {
			_exit(setuid(65534) == 0 && known_boxes_add(path, "x:1", KNOWN_CLEAR, NULL, 0, &e) == -1 ? 0 : 1);
		}
		assert_int_equal(help_end(pid, false), 0);
	} else {
		assert_int_equal(chmod(folder, 0500), 0);
		assert_int_equal(known_boxes_add(path, "x:1", KNOWN_CLEAR, NULL, 0, &e), -1);
		assert_int_equal(chmod(folder, 0700), 0);
	}
	assert_string_equal(read_file(), "core:55 " PIN_A " 2024-01-31\n");
}

/* --- names --- */

static void test_names_are_the_same_however_the_box_is_written(void **state)
{
	static const struct { const char *target, *known_as, *name; } cases[] = {
		{"Core.Example.NET:56", NULL, "core.example.net:56"},
		{"core.example.net.", NULL, "core.example.net:55"},
		{"127.1", NULL, "127.0.0.1:55"},
		{"0x7f000001:55", NULL, "127.0.0.1:55"},
		{"[2001:DB8:0::1]:56", NULL, "[2001:db8::1]:56"},
		{"localhost:2055", "Core.example.net", "core.example.net:55"},
		{"localhost:2055", "core:56", "core:56"},
		{"/run/my box", NULL, "/run/my\\040box"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct target t;
		struct error e;

		assert_int_equal(target_parse(&t, cases[i].target, NULL, &e), 0);
		char *name = known_boxes_name(&t, cases[i].known_as, &e);
		assert_string_equal(name, cases[i].name);
		free(name);
		target_clear(&t);
	}
}

/* --- pins --- */

static void test_pins_are_compared_as_bytes(void **state)
{
	unsigned char hash[PIN_HASH];
	char text[PIN_TEXT];

	(void)state;
	for (unsigned i = 0; i < PIN_HASH; i++)
		hash[i] = (unsigned char)(i * 37 + 200);
	pin_write(text, hash);
	/* python3 -c 'import base64;print(base64.b64encode(bytes((i*37+200)%256 for i in range(32))).decode())' */
	assert_string_equal(text, "sha256//yO0SN1yBpsvwFTpfhKnO8xg9Yoes0fYbQGWKr9T5HkM=");
	assert_true(pin_list_valid(text));
	assert_true(pin_list_has(text, text));
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/known_boxes", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	buf_clear(&warnings);
	return rmdir(folder);
}

#define with_file(test) cmocka_unit_test_setup(test, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_file(test_missing_file_knows_no_box),
		with_file(test_lines_are_read_and_bad_ones_are_reported),
		with_file(test_lines_written_by_hand_are_found),
		with_file(test_marks_before_the_first_line_change_nothing),
		with_file(test_file_that_others_may_have_written_is_refused),
		with_file(test_added_lines_leave_all_others_as_they_were),
		with_file(test_how_a_box_starts_tls_is_a_word_after_the_date),
		with_file(test_removed_lines_are_counted),
		with_file(test_folders_are_made_for_oneself_alone),
		with_file(test_twenty_processes_at_once_lose_nothing),
		with_file(test_killed_writers_leave_a_whole_file),
		with_file(test_100000_lines_are_no_trouble),
		with_file(test_lock_that_is_held_for_ever_is_given_up),
		with_file(test_folder_that_cannot_be_written_is_reported_and_nothing_lost),
		with_file(test_names_are_the_same_however_the_box_is_written),
		with_file(test_pins_are_compared_as_bytes),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
