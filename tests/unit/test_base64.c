/* SPDX-License-Identifier: ISC */
/*
 * test_base64: RFC 4648's examples, every tail, and what is not base64.
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

/* As encode_base64() of Perl writes it: a line feed at the end, and one every 76 characters. */
static void white_space_spare_bits_and_missing_padding_do_not_matter(void **state)
{
	static const struct { const char *text, *bytes; } cases[] = {
		{"Zm9vYmE=\n", "fooba"}, {"Zm9v\r\nYmE=\r\n", "fooba"}, {" Z m 9\tvYmE ", "fooba"}, {"Zm8 =", "fo"}, {"Zg=\n=\n", "f"},
		{"Zg=", "f"}, {"Zh", "f"}, {"Zv==", "f"}, {"Zm9", "fo"}, {"Zm+=", "fo"}, {"\n", ""}, {"\v\f", ""},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&out);
		if (base64_decode(&out, cases[i].text, strlen(cases[i].text)) != 0)
			fail_msg("%s", cases[i].text);
		assert_string_equal(buf_string(&out), cases[i].bytes);
	}
	/* A NUL is not white space. */
	buf_reset(&out);
	assert_int_equal(base64_decode(&out, "Zm9v\0", 5), -1);
	buf_clear(&out);
}

static void a_folded_text_of_every_length(void **state)
{
	unsigned char data[200];

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)(i * 37 + 5);
	for (size_t len = 0; len <= sizeof data; len++) {
		struct buf text = {0}, folded = {0}, back = {0};

		base64_encode(&text, data, len, true);
		for (size_t at = 0; at < text.len; at += 76)
			buf_printf(&folded, "%.76s\n", buf_string(&text) + at);
		assert_int_equal(base64_decode(&back, buf_head(&folded), folded.len), 0);
		assert_int_equal(back.len, len);
		assert_memory_equal(buf_head(&back), data, len);
		buf_clear(&text);
		buf_clear(&folded);
		buf_clear(&back);
	}
}

static void what_is_no_base64_leaves_out_as_it_was(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg===", "=", "==", "====", "Zm8==", "Zm9v=", "Zm9v====", "Zm9-", "Zm9_", "Zm9vZ", " Z ", "Zm9v\xc2\xa0",
		"Zg==Zg==", "Z=g=", "Zm9v\xff", "A=AA", "Zm9v\x7f", "Zm9v,", "Z\ng\n=\n=\n=",
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
		cmocka_unit_test(white_space_spare_bits_and_missing_padding_do_not_matter),
		cmocka_unit_test(a_folded_text_of_every_length),
		cmocka_unit_test(what_is_no_base64_leaves_out_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
