/* SPDX-License-Identifier: ISC */
/* Where words begin and end, what quotes mean, when a line continues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lang/line.h"
#include "lang/words.h"

/* Splits and decodes; words are joined by '|', an error is "!why". */
static const char *split(const char *text, struct buf *out)
{
	size_t pos = 0, len = strlen(text);
	struct word w;
	const char *why;
	enum word_found found;

	buf_reset(out);
	while ((found = word_next(text, len, &pos, &w, &why)) == WORD_FOUND) {
		size_t at;

		if (out->len > 0)
			buf_putc(out, '|');
		if (w.json) {
			buf_put(out, text + w.start, w.end - w.start);
			continue;
		}
		why = word_decode(text, w.start, w.end, out, &at);
		if (why != NULL) {
			found = WORD_BAD;
			break;
		}
	}
	if (found == WORD_BAD) {
		buf_putc(out, '!');
		buf_puts(out, why);
	}
	return buf_string(out);
}

static void words_are_separated_by_blanks_and_quoted_like_a_shell(void **state)
{
	static const char *const cases[][2] = {
		{"", ""}, {"   \t ", ""}, {"a", "a"}, {"  a  b\tc ", "a|b|c"}, {"a\r", "a"},
		{"'a b' c", "a b|c"}, {"''", ""}, {"a''b", "ab"}, {"a'b c'd", "ab cd"},
		{"\"a b\"", "a b"}, {"\"a\\nb\"", "a\nb"}, {"\"\\u0041\\u00e9\"", "A\xc3\xa9"}, {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
		{"\"a\\\"b\\\\c\\/\"", "a\"b\\c/"}, {"'a\\nb'", "a\\nb"}, {"'\"'", "\""}, {"\"'\"", "'"},
		{"a\\ b", "a b"}, {"\\'", "'"}, {"\\[x", "[x"}, {"a\\\\b", "a\\b"},
		{"[1, 2] x", "[1, 2]|x"}, {"{\"a b\": [1]}", "{\"a b\": [1]}"}, {"[\"]\"] x", "[\"]\"]|x"},
		{"[\"\\\"]\"] x", "[\"\\\"]\"]|x"}, {"a[1 2]", "a[1|2]"}, {"a\\\nb", "ab"}, {"a \\\n b", "a|b"}, {"a\\\r\nb", "ab"},
		{"a \\\n[1 ,2]", "a|[1 ,2]"}, {"\"a\\\nb\"", "ab"}, {"\"a\nb\"", "a\nb"}, {"'a\nb'", "a\nb"},
		{"'a", "!' is not closed"}, {"\"a", "!\" is not closed"}, {"x \"a\\\"", "x!\" is not closed"}, {"a\\", "!nothing after the \\"},
		{"[1", "![ is not closed"}, {"{1", "!{ is not closed"}, {"[\"a]", "![ is not closed"}, {"[1]x", "!a blank is missing after the bracket"},
		{"\"\\x\"", "!no such escape in JSON"}, {"\"\\u12g4\"", "!\\u needs four hexadecimal digits"},
		{"\"\\ud83d\"", "!half of a surrogate pair"}, {"\"\\ude00\"", "!half of a surrogate pair"},
		{"\"\\ud83d\\u0041\"", "!half of a surrogate pair"}, {"\"\\u12\"", "!\\u needs four hexadecimal digits"},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(split(cases[i][0], &out), cases[i][1]) != 0)
			fail_msg("%s: %s instead of %s", cases[i][0], buf_string(&out), cases[i][1]);
	buf_clear(&out);
}

static void a_nul_is_typed_as_an_escape(void **state)
{
	struct buf out = {0};
	size_t at;

	(void)state;
	assert_null(word_decode("\"a\\u0000b\"", 0, 10, &out, &at));
	assert_int_equal(out.len, 3);
	assert_memory_equal(buf_head(&out), "a\0b", 3);
	buf_clear(&out);
}

static void parts(const char *text, char separator, const char *expected)
{
	struct buf out = {0};
	struct word part;
	size_t pos = 0;

	while (word_part(text, &pos, strlen(text), separator, &part)) {
		buf_putc(&out, '<');
		buf_put(&out, text + part.start, part.end - part.start);
		buf_putc(&out, '>');
	}
	assert_string_equal(buf_string(&out), expected);
	buf_clear(&out);
}

static void quotes_hide_separators(void **state)
{
	(void)state;
	parts("a,b", ',', "<a><b>");
	parts("", ',', "<>");
	parts("a,", ',', "<a><>");
	parts(",a", ',', "<><a>");
	parts("'a,b',c", ',', "<'a,b'><c>");
	parts("x'a,b'y,c", ',', "<x'a,b'y><c>");
	parts("\"a,\\\",b\",c", ',', "<\"a,\\\",b\"><c>");
	parts("a\\,b,c", ',', "<a\\,b><c>");
	parts("[1,2],x", ',', "<[1,2]><x>");
	parts("x,[\"],\"]", ',', "<x><[\"],\"]>");
	parts("[1,2", ',', "<[1><2>");
	parts("[1]x,2", ',', "<[1]x><2>");
	assert_int_equal(word_find("'a=b'=c", 0, 7, '='), 5);
	assert_int_equal(word_find("abc", 0, 3, '='), 3);
}

static void text_that_is_not_utf8_is_found_where_it_is(void **state)
{
	(void)state;
	assert_int_equal(word_valid("abc", 3), 3);
	assert_int_equal(word_valid("a\0c", 3), 1);
	assert_int_equal(word_valid("ab\xff", 3), 2);
	assert_int_equal(word_valid("\xc3\xa9", 2), 2);
	assert_int_equal(word_valid("x\xc3", 2), 1);
	assert_int_equal(word_valid("\xed\xa0\x80", 3), 0);
	assert_int_equal(word_valid("\xc0\xaf", 2), 0);
	assert_int_equal(word_valid("\xf4\x90\x80\x80", 4), 0);
}

static bool continues(const char *text)
{
	struct line_state once = {0}, bytewise = {0};
	bool whole = line_continues(text, strlen(text), &once), last = false;

	/* However it grows, the answer is the same. */
	for (size_t i = 1; i <= strlen(text); i++)
		last = line_continues(text, i, &bytewise);
	assert_int_equal(whole, strlen(text) > 0 ? last : false);
	return whole;
}

static void open_quotes_brackets_and_a_backslash_continue_a_line(void **state)
{
	static const char *const open[] = {"ping \\", "log 'a", "log \"a", "log \"a\\\"", "realm_info [\"gid\",", "x {", "[\"ping\"",
	    "x [\"]", "log 'a\nb", "x [\n[1]", "x \\\n[", "log a\\\\\\", "x \\\r", ".each realm_info -- realm_discover {gid"};
	static const char *const whole[] = {"", "ping", "log 'a'", "log \"a\"", "x [1]", "x a[1", "x a{", "log a\\\\", "# it's \\",
	    "  # [", "log it\\'s", "x [\"[\"]", "x {\"'\":1}", "x '['", "x [\n]", "x 'a\nb'", "log x]", "x a\\\n[",
	    "realm_info | awk { x", "x #'y'"};

	(void)state;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (!continues(open[i]))
			fail_msg("%s does not continue", open[i]);
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (continues(whole[i]))
			fail_msg("%s continues", whole[i]);
}

/* A complete line can be split, an incomplete one cannot: the two functions must agree. */
static void continuing_agrees_with_splitting(void **state)
{
	static const char alphabet[] = "a#'\"\\[]{} \n,";
	enum { SIZE = sizeof(alphabet) - 1, LEN = 5 };
	char text[LEN + 2] = "x";

	(void)state;
	for (unsigned n = 0; n < SIZE * SIZE * SIZE * SIZE * SIZE; n++) {
		struct line_state s = {0};
		size_t pos = 0;
		struct word w;
		const char *why = "";
		enum word_found found;
		bool on, bad;

		for (unsigned i = 0, rest = n; i < LEN; i++, rest /= SIZE)
			text[i + 1] = alphabet[rest % SIZE];
		on = line_continues(text, LEN + 1, &s);
		while ((found = word_next(text, LEN + 1, &pos, &w, &why)) == WORD_FOUND)
			;
		bad = found == WORD_BAD && strcmp(why, "a blank is missing after the bracket") != 0;
		if (found == WORD_BAD && !bad)
			continue;
		/* a backslash at the very end of blanks is taken for a word by both */
		if (on != bad)
			fail_msg("\"%s\": goes on %d, %s", text, on, bad ? why : "splits");
	}
}

static void put_word_quotes_only_what_must_be(void **state)
{
	static const char *const cases[][2] = {
		{"abc", "abc"}, {"10.0.0.1/8", "10.0.0.1/8"}, {"a b", "'a b'"}, {"", "''"}, {"it's", "\"it's\""}, {"a,b", "'a,b'"},
		{"a=b", "'a=b'"}, {"[x", "'[x'"}, {"x[", "x["}, {"@f", "'@f'"}, {"a@b", "a@b"}, {"?", "'?'"}, {"a?", "a?"},
		{"*", "'*'"}, {"a*", "a*"}, {"null", "'null'"}, {"--x", "'--x'"}, {"-5", "-5"}, {"&", "'&'"}, {"a&b", "a&b"},
		{"a\nb", "\"a\\nb\""}, {"a\\b", "'a\\b'"}, {"a\"b", "'a\"b'"}, {"M\xc3\xbcller", "M\xc3\xbcller"}, {"#1", "'#1'"},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t pos = 0, at;
		struct word w;
		const char *why;
		struct buf back = {0};

		buf_reset(&out);
		line_put_word(&out, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(buf_string(&out), cases[i][1]);
		assert_int_equal(word_next(buf_head(&out), out.len, &pos, &w, &why), WORD_FOUND);
		assert_int_equal(w.end, out.len);
		assert_null(word_decode(buf_head(&out), w.start, w.end, &back, &at));
		assert_string_equal(buf_string(&back), cases[i][0]);
		buf_clear(&back);
	}
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_separated_by_blanks_and_quoted_like_a_shell),
		cmocka_unit_test(a_nul_is_typed_as_an_escape),
		cmocka_unit_test(quotes_hide_separators),
		cmocka_unit_test(text_that_is_not_utf8_is_found_where_it_is),
		cmocka_unit_test(open_quotes_brackets_and_a_backslash_continue_a_line),
		cmocka_unit_test(continuing_agrees_with_splitting),
		cmocka_unit_test(put_word_quotes_only_what_must_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
