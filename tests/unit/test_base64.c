/* SPDX-License-Identifier: ISC */
/*
 * test_base64: RFC 4648's examples, every tail, and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/base64.h"

static void the_rfc_examples(void **state)
{
	static const char *const cases[][3] = {
		{"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"},
		{"foob", "Zm9vYg==", "Zm9vYg"}, {"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = {0};

		for (int padded = 0; padded < 2; padded++) {
			const char *text = cases[i][padded ? 1 : 2];

			base64_encode(&out, cases[i][0], strlen(cases[i][0]), padded);
			assert_string_equal(buf_string(&out), text);
			buf_reset(&out);
			assert_int_equal(base64_decode(&out, text, strlen(text)), 0);
			assert_string_equal(buf_string(&out), cases[i][0]);
			buf_reset(&out);
		}
		buf_clear(&out);
	}
}

static void every_byte_round_trips(void **state)
{
	unsigned char data[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		data[i] = (unsigned char)i;
	for (size_t len = 0; len <= 256; len++) {
		struct buf text = {0}, back = {0};

		base64_encode(&text, data, len, len % 2);
		assert_int_equal(base64_decode(&back, buf_head(&text), text.len), 0);
		assert_int_equal(back.len, len);
		assert_memory_equal(buf_head(&back), data, len);
		buf_clear(&text);
		buf_clear(&back);
	}
}

static void what_is_no_base64_leaves_out_as_it_was(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg=", "Zg===", "=", "==", "====", "Zm8==", "Zm9v=", "Zm9v====", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_",
		"Zh", "Zh==", "Zm9", "Zg==Zg==", "Z=g=", "Zm9v\xff", "A=AA",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = {0};

		buf_puts(&out, "kept");
		if (base64_decode(&out, bad[i], strlen(bad[i])) != -1)
			fail_msg("%s", bad[i]);
		assert_string_equal(buf_string(&out), "kept");
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfc_examples),
		cmocka_unit_test(every_byte_round_trips),
		cmocka_unit_test(what_is_no_base64_leaves_out_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
