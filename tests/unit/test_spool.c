/* SPDX-License-Identifier: ISC */
/*
 * test_spool: lines come out as they went in, whether in memory or in the file, and memory stays small.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/spool.h"

static unsigned opened;
static int file = -1;

static int open_file(void *ctx)
{
	char path[] = "/tmp/ptsh-test-XXXXXX";

	(void)ctx;
	opened++;
	file = mkstemp(path);
	if (file != -1)
		unlink(path);
	return file;
}

static int open_none(void *ctx)
{
	(void)ctx;
	opened++;
	return -1;
}

/* Line i: each of another length, some empty, one in a thousand long. */
static size_t line(unsigned i, char *text)
{
	size_t len = i % 7 == 0 ? 0 : i % 1000 == 3 ? 100000 + i % 50000 : i % 300;

	for (size_t k = 0; k < len; k++)
		text[k] = (char)('a' + (i + k) % 26);
	return len;
}

static void put(struct spool *s, unsigned from, unsigned to)
{
	static char text[200000];

	for (unsigned i = from; i < to; i++)
		assert_int_equal(spool_put(s, text, line(i, text)), 0);
}

static void take(struct spool *s, unsigned from, unsigned to)
{
	static char text[200000];
	const char *got;
	size_t len;

	for (unsigned i = from; i < to; i++) {
		assert_int_equal(spool_take(s, &got, &len), 1);
		assert_int_equal(len, line(i, text));
		assert_memory_equal(got, text, len);
	}
}

static void assert_empty(struct spool *s)
{
	const char *got;
	size_t len;

	assert_int_equal(spool_take(s, &got, &len), 0);
}

static void few_lines_need_no_file(void **state)
{
	struct spool s;

	(void)state;
	opened = 0;
	spool_init(&s, open_file, NULL);
	assert_empty(&s);
	put(&s, 0, 100);
	take(&s, 0, 50);
	put(&s, 100, 120);
	take(&s, 50, 120);
	assert_empty(&s);
	assert_int_equal(opened, 0);
	spool_clear(&s);
}

static void many_lines_stay_in_order_and_take_little_memory(void **state)
{
	struct spool s;

	(void)state;
	opened = 0;
	spool_init(&s, open_file, NULL);
	for (unsigned i = 0; i < 100000; i += 1000) {
		put(&s, i, i + 1000);
		assert_true(spool_held(&s) <= SPOOL_HELD + 200000);
	}
	assert_int_equal(opened, 1);
	take(&s, 0, 90000);
	put(&s, 100000, 150000);
	assert_true(spool_held(&s) <= SPOOL_HELD + 200000);
	take(&s, 90000, 150000);
	assert_empty(&s);
	assert_int_equal(opened, 1);
	spool_clear(&s);
}

static void without_a_file_they_stay_in_memory(void **state)
{
	struct spool s;

	(void)state;
	opened = 0;
	spool_init(&s, open_none, NULL);
	put(&s, 0, 20000);
	assert_int_equal(opened, 1);
	take(&s, 0, 20000);
	assert_empty(&s);
	spool_clear(&s);
	opened = 0;
	spool_init(&s, NULL, NULL);
	put(&s, 0, 20000);
	take(&s, 0, 20000);
	assert_int_equal(opened, 0);
	spool_clear(&s);
}

/* The file reaches its limit in the middle of a line. */
static void a_full_disk_loses_nothing(void **state)
{
	struct rlimit before, limit;
	struct spool s;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1234567;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	spool_init(&s, open_file, NULL);
	put(&s, 0, 40000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(s.written, 1234567);
	take(&s, 0, 30000);
	put(&s, 40000, 50000);
	take(&s, 30000, 50000);
	assert_empty(&s);
	spool_clear(&s);
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
	struct spool s;
	const char *got;
	size_t len;
	int more;

	(void)state;
	spool_init(&s, open_file, NULL);
	put(&s, 0, 40000);
	assert_int_equal(ftruncate(file, 100000), 0);
	while ((more = spool_take(&s, &got, &len)) == 1)
		continue;
	assert_int_equal(more, -1);
	spool_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_lines_need_no_file),
		cmocka_unit_test(many_lines_stay_in_order_and_take_little_memory),
		cmocka_unit_test(without_a_file_they_stay_in_memory),
		cmocka_unit_test(a_full_disk_loses_nothing),
		cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
