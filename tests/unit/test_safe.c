/* SPDX-License-Identifier: ISC */
/*
 * test_safe: what must not reach a terminal is made visible, and tsv's and json's notation can be undone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "proto/json.h"

typedef size_t (*put_safely)(struct buf *, const char *, size_t);

static void check(put_safely f, const char *text, size_t len, const char *expected, size_t bad)
{
	struct buf out = {0};
	size_t found = f(&out, text, len);

	assert_string_equal(buf_string(&out), expected);
	assert_int_equal(out.len, strlen(expected));
	assert_int_equal(found, bad);
	buf_clear(&out);
}

#define CHECK(f, text, expected, bad) check(f, "" text, sizeof(text) - 1, expected, bad)

static void controls_are_written_as_escapes(void **state)
{
	(void)state;
	CHECK(safe_put, "a\x1b[31mred", "a\\x1b[31mred", 0);
	CHECK(safe_put, "\0\x01\x08\x0c\x7f", "\\x00\\x01\\x08\\x0c\\x7f", 0);
	CHECK(safe_put, "a\r\nb\tc", "a\\r\\nb\\tc", 0);
	CHECK(safe_put, "\xc2\x9b" "31m\xc2\x85", "\\u009b31m\\u0085", 0);
	CHECK(safe_put, "C:\\dir \"q\"", "C:\\dir \"q\"", 0);
	CHECK(safe_put_tsv, "C:\\dir\t\n\r\x1b", "C:\\\\dir\\t\\n\\r\\x1b", 0);
	CHECK(safe_put_csv_file, "a\"b\tc\nd\re\x1b\\", "a\"\"b\tc\nd\\re\\x1b\\", 0);
	CHECK(safe_put_csv_escaped, "a\"b\tc\nd\re\x1b\\", "a\"\"b\tc\nd\\re\\x1b\\\\", 0);
	/* A program gets every character but controls. */
	CHECK(safe_put_csv_file, "\xe2\x80\x8d\x7f\xe2\x80\xa8\xc2\x85", "\xe2\x80\x8d\\x7f\xe2\x80\xa8\\u0085", 0);
	CHECK(safe_put_tsv_file, "\xe2\x80\x8d\x7f\t\\\xc2\x9b", "\xe2\x80\x8d\\x7f\\t\\\\\\u009b", 0);
	assert_true(safe_csv_needs_escapes("\x1b", 1));
	assert_true(safe_csv_needs_escapes("\\x1b", 4));
	assert_true(safe_csv_needs_escapes("\\\\server", 8));
	assert_false(safe_csv_needs_escapes("C:\\temp\n\"", 9));
	assert_false(safe_csv_needs_escapes("C:\\users", 8));
}

static void bidi_and_invisible_characters_are_written_as_escapes(void **state)
{
	(void)state;
	CHECK(safe_put, "\xe2\x80\xae\xe2\x81\xa6\xd8\x9c", "\\u202e\\u2066\\u061c", 0);
	CHECK(safe_put, "\xe2\x80\x8b\xef\xbb\xbf\xf3\xa0\x81\x81\xe2\x80\xa8", "\\u200b\\ufeff\\U000e0041\\u2028", 0);
	CHECK(safe_put, "\xef\xbf\xbe\xf4\x8f\xbf\xbf\xef\xb7\x90", "\\ufffe\\U0010ffff\\ufdd0", 0);
	CHECK(safe_put, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe6\x9d\xb1 e\xcc\x81 \xf0\x9f\x98\x80 \xe2\x9d\xa4\xef\xb8\x8f",
	    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe6\x9d\xb1 e\xcc\x81 \xf0\x9f\x98\x80 \xe2\x9d\xa4\xef\xb8\x8f", 0);
}

static void bytes_that_are_not_utf8_are_written_and_counted(void **state)
{
	(void)state;
	CHECK(safe_put, "a\xff" "b", "a\\xffb", 1);
	CHECK(safe_put, "\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80", "\\xc0\\xaf \\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80", 9);
	CHECK(safe_put, "x\xe2\x82", "x\\xe2\\x82", 2);
	CHECK(safe_put_json, "\"x\xe2\x82\"", "\"x\xef\xbf\xbd\"", 2);
	CHECK(safe_put_json, "\"\xff\xc0\xaf\xf0\x9f\x98.\"",
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.\"", 6);
}

static void json_keeps_its_value(void **state)
{
	(void)state;
	CHECK(safe_put_json, "[1e400,\"\x7f\\u0000\\n\",0.10]", "[1e400,\"\\u007f\\u0000\\n\",0.10]", 0);
	CHECK(safe_put_json, "[\r1,\t\"\xe2\x80\xae\xf3\xa0\x81\x81\"]", "[ 1,\t\"\\u202e\\udb40\\udc41\"]", 0);
}

/* Every character: what is not escaped must be harmless by a list of properties other than the table's. */
static void no_control_or_bidi_character_is_called_safe(void **state)
{
	(void)state;
	for (uint32_t p = 0; p <= 0x10ffff; p++) {
		char bytes[UTF8_MAX];
		struct buf out = {0};
		size_t n;

		if (p >= 0xd800 && p <= 0xdfff)
			continue;
		n = utf8_encode(p, bytes);
		safe_put(&out, bytes, n);
		if (p < 0x20 || (p >= 0x7f && p < 0xa0) || p == 0x61c || p == 0x200e || p == 0x200f ||
		    (p >= 0x202a && p <= 0x202e) || (p >= 0x2066 && p <= 0x2069) || (p >= 0x200b && p <= 0x200d) ||
		    (p >= 0xe0000 && p <= 0xe007f) || p == 0xfeff || p == 0x2028 || p == 0x2029 ||
		    (p & 0xfffe) == 0xfffe) {
			assert_false(safe_point(p));
			for (size_t i = 0; i < out.len; i++)
				assert_in_range((unsigned char)buf_head(&out)[i], 0x20, 0x7e);
			assert_int_equal(buf_head(&out)[0], '\\');
		} else if (safe_point(p)) {
			assert_int_equal(out.len, n);
			assert_memory_equal(buf_head(&out), bytes, n);
		}
		buf_clear(&out);
	}
}

static uint32_t seed = 12345;

static unsigned pick(unsigned below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Random text: bytes, characters of every kind, cut characters. */
static void make_text(struct buf *text)
{
	static const uint32_t kinds[] = { 0x80, 0x800, 0x3000, 0x10000, 0x110000 };
	size_t len = pick(60);

	buf_reset(text);
	while (text->len < len) {
		char bytes[UTF8_MAX];
		size_t n;

		if (pick(8) == 0) {
			buf_putc(text, (char)pick(256));
			continue;
		}
		n = utf8_encode(pick(kinds[pick(5)]), bytes);
		buf_put(text, bytes, pick(16) == 0 ? 1 : n);
	}
}

static unsigned hex(const char **p, int digits)
{
	char text[9] = {0};

	memcpy(text, *p, (size_t)digits);
	*p += digits;
	return (unsigned)strtoul(text, NULL, 16);
}

/* Undoes tsv's notation as its description says. */
static void undo_tsv(const struct buf *in, struct buf *out)
{
	const char *p = buf_head(in), *end = p + in->len;
	char bytes[UTF8_MAX];

	while (p < end) {
		if (*p != '\\') {
			buf_putc(out, *p++);
			continue;
		}
		p += 2;
		switch (p[-1]) {
		case '\\': buf_putc(out, '\\'); break;
		case 't': buf_putc(out, '\t'); break;
		case 'n': buf_putc(out, '\n'); break;
		case 'r': buf_putc(out, '\r'); break;
		case 'x': buf_putc(out, (char)hex(&p, 2)); break;
		case 'u': buf_put(out, bytes, utf8_encode(hex(&p, 4), bytes)); break;
		case 'U': buf_put(out, bytes, utf8_encode(hex(&p, 8), bytes)); break;
		default: fail_msg("unknown escape");
		}
	}
}

static void tsv_can_be_undone(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf text = {0}, shown = {0}, back = {0};

		make_text(&text);
		safe_put_tsv(&shown, buf_head(&text), text.len);
		undo_tsv(&shown, &back);
		assert_int_equal(back.len, text.len);
		assert_memory_equal(buf_head(&back), buf_head(&text), text.len);
		for (size_t k = 0; k < shown.len; k++)
			assert_in_range((unsigned char)buf_head(&shown)[k], 0x20, 0xff);
		buf_clear(&text);
		buf_clear(&shown);
		buf_clear(&back);
	}
}

static void json_of_valid_text_decodes_to_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf text = {0}, quoted = {0}, shown = {0}, before = {0}, after = {0};
		struct json v, w;
		size_t at, bad;

		make_text(&text);
		json_put_string(&quoted, buf_head(&text), text.len);
		bad = safe_put_json(&shown, buf_head(&quoted), quoted.len);
		assert_null(json_read(buf_head(&shown), shown.len, &w, &at));
		if (json_read(buf_head(&quoted), quoted.len, &v, &at) == NULL) {
			assert_int_equal(bad, 0);
			json_decode(v, &before);
			json_decode(w, &after);
			assert_int_equal(after.len, before.len);
			assert_memory_equal(buf_head(&after), buf_head(&before), before.len);
		} else {
			assert_int_not_equal(bad, 0);
		}
		buf_clear(&text);
		buf_clear(&quoted);
		buf_clear(&shown);
		buf_clear(&before);
		buf_clear(&after);
	}
}

static void pieces_are_made_harmless_as_the_whole(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct buf text = {0}, whole = {0}, parts = {0};
		size_t most = 4 + pick(9);

		make_text(&text);
		safe_put_tsv(&whole, buf_head(&text), text.len);
		for (size_t at = 0; at < text.len; ) {
			size_t n = utf8_fits(buf_head(&text) + at, text.len - at, most);

			assert_in_range(n, 1, most);
			safe_put_tsv(&parts, buf_head(&text) + at, n);
			at += n;
		}
		assert_int_equal(parts.len, whole.len);
		assert_memory_equal(buf_head(&parts), buf_head(&whole), whole.len);
		buf_clear(&text);
		buf_clear(&whole);
		buf_clear(&parts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controls_are_written_as_escapes),
		cmocka_unit_test(bidi_and_invisible_characters_are_written_as_escapes),
		cmocka_unit_test(bytes_that_are_not_utf8_are_written_and_counted),
		cmocka_unit_test(json_keeps_its_value),
		cmocka_unit_test(no_control_or_bidi_character_is_called_safe),
		cmocka_unit_test(tsv_can_be_undone),
		cmocka_unit_test(json_of_valid_text_decodes_to_the_same),
		cmocka_unit_test(pieces_are_made_harmless_as_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
