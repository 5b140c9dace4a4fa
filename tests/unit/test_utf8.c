/* SPDX-License-Identifier: ISC */
/*
 * test_utf8: every code point there and back, and every kind of invalid sequence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/utf8.h"

static void every_code_point_round_trips(void **state)
{
	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		char text[UTF8_MAX];
		size_t len = utf8_encode(point, text);
		uint32_t back = 0;

		assert_int_equal(utf8_decode(text, len, &back), len);
		assert_int_equal(back, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
		for (size_t cut = 1; cut < len; cut++)
			assert_int_equal(utf8_decode(text, cut, &back), UTF8_CUT);
	}
}

static void what_is_no_scalar_value_becomes_fffd(void **state)
{
	char text[UTF8_MAX];

	(void)state;
	assert_int_equal(utf8_encode(0x110000, text), 3);
	assert_memory_equal(text, "\xef\xbf\xbd", 3);
	assert_int_equal(utf8_encode(0xffffffff, text), 3);
}

static void invalid_sequences_are_refused(void **state)
{
	static const struct { const char *text; size_t len; } bad[] = {
		{"\x80", 1}, {"\xbf", 1}, {"\xc0\xaf", 2}, {"\xc1\xbf", 2}, {"\xe0\x80\xaf", 3}, {"\xe0\x9f", 2},
		{"\xed\xa0\x80", 3}, {"\xed\xbf\xbf", 3}, {"\xf0\x8f\xbf\xbf", 4}, {"\xf4\x90\x80\x80", 4},
		{"\xf5\x80\x80\x80", 4}, {"\xff", 1}, {"\xfe", 1}, {"\xe2\x82\x28", 3}, {"\xc3\x28", 2},
		{"\xf0\x9f\x98\x22", 4},
	};
	uint32_t point;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(utf8_decode(bad[i].text, bad[i].len, &point), UTF8_INVALID);
}

static void the_valid_beginning_ends_where_it_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(utf8_valid("", 0), 0);
	assert_int_equal(utf8_valid("abc\0d", 5), 5);
	assert_int_equal(utf8_valid("a\xc3\xa9\xe2\x82\xac!", 7), 7);
	assert_int_equal(utf8_valid("ab\xff" "c", 4), 2);
	assert_int_equal(utf8_valid("a\xe2\x82", 3), 1);
	assert_int_equal(utf8_valid("\xed\xa0\x80", 3), 0);
}

/* At every length: never half a character, and as much as fits. */
static void no_character_is_cut(void **state)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
	static const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
	size_t len = sizeof text - 1;

	(void)state;
	for (size_t most = 0; most <= len; most++) {
		assert_int_equal(utf8_fits(text, len, most), ends[most]);
		assert_int_equal(utf8_whole(text, most), ends[most]);
	}
	assert_int_equal(utf8_fits(text, len, len + 9), len);
	/* A character cut by the end of the text is not cut by a limit after it. */
	assert_int_equal(utf8_fits(text, 8, 8), 8);
	/* Stray bytes count one by one. */
	assert_int_equal(utf8_fits("\x80\x80\x80\x80\x80", 5, 3), 3);
	assert_int_equal(utf8_whole("\xff\xff", 2), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_round_trips),
		cmocka_unit_test(what_is_no_scalar_value_becomes_fffd),
		cmocka_unit_test(invalid_sequences_are_refused),
		cmocka_unit_test(the_valid_beginning_ends_where_it_is_wrong),
		cmocka_unit_test(no_character_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
