/* SPDX-License-Identifier: ISC */
/*
 * test_buf: growing, consuming, failing and wiping.  Also the error texts of status.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/status.h"

static void a_zero_buf_is_empty_and_ready(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_non_null(buf_head(&b));
	buf_consume(&b, 5);
	buf_truncate(&b, 0);
	assert_string_equal(buf_string(&b), "");
	buf_clear(&b);
	buf_clear(&b);
}

static void appends_keep_their_order(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_put(&b, "a\0b", 3);
	buf_puts(&b, "cd");
	buf_putc(&b, 'e');
	buf_printf(&b, "%d-%s", 42, "x");
	assert_int_equal(b.len, 10);
	assert_memory_equal(buf_head(&b), "a\0bcde42-x", 10);
	buf_truncate(&b, 4);
	assert_memory_equal(buf_string(&b), "a\0bc", 5);
	buf_clear(&b);
}

/* A queue used for long: what goes in comes out, and the memory stays near the size of its content. */
static void consuming_and_appending_for_long_stays_small(void **state)
{
	for (int secret = 0; secret < 2; secret++) {
		struct buf b = {.secret = secret};
		unsigned in = 0, out = 0;

		(void)state;
		srand(7);
		for (int i = 0; i < 100000; i++) {
			unsigned n = (unsigned)rand() % 50, m;

			for (unsigned k = 0; k < n; k++)
				buf_putc(&b, (char)(in++ % 251));
			m = b.len > 400 ? (unsigned)b.len : (unsigned)rand() % 50;
			if (m > b.len)
				m = (unsigned)b.len;
			for (unsigned k = 0; k < m; k++)
				assert_int_equal((unsigned char)buf_head(&b)[k], out++ % 251);
			buf_consume(&b, m);
		}
		assert_true(b.cap <= 4096);
		assert_int_equal(b.len, in - out);
		buf_clear(&b);
	}
}

/* Else a buf of short lines takes time that grows with the square of its length. */
static void consuming_moves_no_byte(void **state)
{
	struct buf b = {0};
	const char *head;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "[null,\"info\",1]\n");
	head = buf_head(&b);
	for (int i = 1; i < 1000; i++) {
		buf_consume(&b, 16);
		assert_ptr_equal(buf_head(&b), head + 16 * i);
	}
	buf_clear(&b);
}

static void reserve_and_commit_need_no_second_copy(void **state)
{
	struct buf b = {0};
	char *room;

	(void)state;
	buf_puts(&b, "ab");
	room = buf_reserve(&b, 1000);
	memcpy(room, "cdef", 4);
	buf_commit(&b, 3);
	assert_string_equal(buf_string(&b), "abcde");
	assert_non_null(buf_reserve(&b, 0));
	buf_clear(&b);
}

static void what_gets_no_memory_fails_and_stays_failed(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_puts(&b, "kept");
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(b.failed);
	buf_puts(&b, "ignored");
	assert_int_equal(b.len, 4);
	assert_null(buf_string(&b));
	buf_reset(&b);
	assert_false(b.failed);
	buf_puts(&b, "x");
	assert_string_equal(buf_string(&b), "x");
	buf_clear(&b);
	assert_null(buf_reserve(&b, SIZE_MAX / 2 + 1));
	assert_null(buf_steal(&b));
	assert_false(b.failed);
}

static void steal_hands_over_a_string(void **state)
{
	struct buf b = {0};
	char *text;

	(void)state;
	buf_puts(&b, "xxhello");
	buf_consume(&b, 2);
	text = buf_steal(&b);
	assert_string_equal(text, "hello");
	free(text);
	assert_int_equal(b.len, 0);
	assert_null(b.data);
	text = buf_steal(&b);
	assert_string_equal(text, "");
	free(text);
}

static void a_secret_is_wiped_where_it_was(void **state)
{
	struct buf b = {.secret = true};
	static const char zero[64];

	(void)state;
	buf_puts(&b, "password and more");
	buf_consume(&b, 9);
	assert_memory_equal(b.data, zero, 9);
	buf_truncate(&b, 3);
	assert_memory_equal(b.data + 12, zero, 5);
	buf_printf(&b, "%055d", 12);	/* does not fit: moved to the front */
	assert_int_equal(b.off, 0);
	assert_memory_equal(b.data, "and000", 6);
	buf_reset(&b);
	assert_memory_equal(b.data, zero, b.cap);
	buf_clear(&b);
}

static void an_error_is_one_line_of_utf8(void **state)
{
	struct error e;
	char big[3000];

	(void)state;
	assert_int_equal(error_set(&e, STATUS_LOST, "box: %s", "a\nb\r\xff\xc3\xa9"), -1);
	assert_int_equal(e.status, STATUS_LOST);
	assert_string_equal(e.text, "box: a b ?\xc3\xa9");
	memset(big, 'x', sizeof big);
	big[ERROR_TEXT - 2] = '\xc3';
	big[ERROR_TEXT - 1] = '\xa9';
	big[sizeof big - 1] = '\0';
	error_set(&e, STATUS_TLS, "%s", big);
	assert_int_equal(strlen(e.text), ERROR_TEXT - 2);	/* the cut character is left out */
	assert_int_equal(error_memory(&e), -1);
	assert_string_equal(e.text, "out of memory");
	assert_int_equal(e.status, STATUS_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zero_buf_is_empty_and_ready),
		cmocka_unit_test(appends_keep_their_order),
		cmocka_unit_test(consuming_and_appending_for_long_stays_small),
		cmocka_unit_test(consuming_moves_no_byte),
		cmocka_unit_test(reserve_and_commit_need_no_second_copy),
		cmocka_unit_test(what_gets_no_memory_fails_and_stays_failed),
		cmocka_unit_test(steal_hands_over_a_string),
		cmocka_unit_test(a_secret_is_wiped_where_it_was),
		cmocka_unit_test(an_error_is_one_line_of_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
