/* SPDX-License-Identifier: ISC */
/*
 * test_width: columns as terminals count them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/width.h"

static void assert_width(const char *text, size_t width)
{
	assert_int_equal(width_text(text, strlen(text)), width);
}

static void scripts_have_the_width_that_unicode_says(void **state)
{
	(void)state;
	assert_width("", 0);
	assert_width("abc ~", 5);
	assert_width("caf\xc3\xa9", 4);
	assert_width("cafe\xcc\x81", 4);
	assert_width("\xe6\x9d\xb1\xe4\xba\xac", 4);
	assert_width("\xed\x95\x9c\xea\xb8\x80", 4);				/* Hangul syllables */
	assert_width("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2);		/* the same, decomposed */
	assert_width("\xef\xbc\xa1\xef\xbd\xb1", 3);				/* full-width A, half-width katakana */
	assert_width("\xd7\xa9\xd6\xb8\xd7\x9c", 2);				/* Hebrew with a point */
	assert_width("\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8\xe0\xa5\x8d\xe0\xa4\xa4\xe0\xa5\x87", 4);
	assert_width("\xc2\xb1\xc3\x97\xe2\x96\xa0\xce\xb1", 4);		/* ambiguous: one */
	assert_width("\xe3\x80\x80", 2);					/* ideographic space */
	assert_width("\xd8\x80", 1);						/* Arabic number sign: drawn */
}

static void emoji_are_counted_character_by_character(void **state)
{
	(void)state;
	assert_width("\xf0\x9f\x98\x80", 2);
	assert_width("\xe2\x9d\xa4", 1);
	assert_width("\xe2\x9d\xa4\xef\xb8\x8f", 1);				/* with U+FE0F */
	assert_width("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 4);	/* joined by U+200D */
	assert_width("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 4);			/* with a skin tone */
	assert_width("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 2);			/* a flag: two letters */
	assert_width("\xe2\x9c\x85\xe2\x8c\x9a", 4);
}

static void controls_take_no_column(void **state)
{
	(void)state;
	for (uint32_t p = 0; p < 0xa0; p++)
		assert_int_equal(width_point(p), p >= 0x20 && p < 0x7f);
	for (uint32_t p = 0; p <= 0x110000; p++)
		assert_in_range(width_point(p), 0, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_have_the_width_that_unicode_says),
		cmocka_unit_test(emoji_are_counted_character_by_character),
		cmocka_unit_test(controls_take_no_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
