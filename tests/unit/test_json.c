/* SPDX-License-Identifier: ISC */
/*
 * test_json: the scanner in every split, the reports, the walk, decoding and numbers; against cJSON and against
 * what RFC 8259 says where cJSON is more lenient.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cjson/cJSON.h>

#include "base/utf8.h"
#include "proto/json.h"

static const char *const good[] = {
	"[]", "{}", "\"\"", "0", "-0", "1", "-1.5e+10", "1E400", "0.10", "true", "false", "null", " [ ] ", "\t{\r\n}",
	"[1,2,3]", "[[],[[]],{}]", "{\"a\":1,\"a\":2}", "{\"\":{\"\":[]}}", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABcd\"]",
	"[\"\\ud83d\\ude00\"]", "[\"\x7f\"]", "[\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80\"]",
	"[12345678901234567890123456789,1e-400,0e0,0E+1]", "[true,false,null]", " 7 ", "[ 1 , 2 ]",
	"{ \"a\" : [ { \"b\" : null } ] , \"c\" : \"d\" }", "[null,\"custom\",\"x\"]",
	"[\"0123456789abcdef0123456789abcdef\\\\0123456789abcdef\"]",
};

static const struct { const char *text; size_t len, at; } bad[] = {
#define BAD(text, at) {text, sizeof text - 1, at}
	BAD("", 0), BAD(" ", 1), BAD("[", 1), BAD("{", 1), BAD("\"", 1), BAD("\"\\", 2), BAD("\"\\u", 3), BAD("\"\\u12", 5),
	BAD("]", 0), BAD("}", 0), BAD("[}", 1), BAD("{]", 1), BAD("[1,]", 3), BAD("[,1]", 1), BAD("[1,,2]", 3), BAD("[1 2]", 3),
	BAD("{1:2}", 1), BAD("{\"a\"}", 4), BAD("{\"a\":}", 5), BAD("{\"a\":1,}", 7), BAD("{\"a\" 1}", 5), BAD("{,}", 1),
	BAD("{\"a\":1 \"b\":2}", 7), BAD("{\"a\":1]", 6), BAD("[1}", 2),
	BAD("007", 1), BAD("1.", 2), BAD("-", 1), BAD("+1", 0), BAD(".5", 0), BAD("0x10", 1), BAD("NaN", 0), BAD("1e", 2),
	BAD("1e+", 3), BAD("1.e1", 2), BAD("--1", 1), BAD("-a", 1), BAD("[01]", 2), BAD("[-]", 2), BAD("[1.]", 3), BAD("[1e]", 3),
	BAD("[-01]", 3), BAD("00", 1), BAD("1a", 1),
	BAD("tru", 3), BAD("trux", 3), BAD("True", 0), BAD("nulll", 4), BAD("[nul]", 4), BAD("Infinity", 0), BAD("'a'", 0),
	BAD("\"\\u12G4\"", 5), BAD("\"\\x\"", 2), BAD("\"\\U0041\"", 2), BAD("\"a\nb\"", 2), BAD("\"\t\"", 1), BAD("\"\0\"", 1),
	BAD("[\x01 1]", 1), BAD("[1,\x00 1]", 3), BAD("\xef\xbb\xbf[]", 0), BAD("[1]\x00", 3), BAD("[1] x", 4), BAD("[1]]", 3),
	BAD("[1],", 3), BAD("1 2", 2), BAD("\f1", 0), BAD("\xc2\xa0""1", 0), BAD("[\"abcdefghij\x1fklm\"]", 12), BAD("//x\n1", 0),
	BAD("[1,2,3", 6), BAD("{\"a\":1", 6), BAD("[\"a\"", 4),
#undef BAD
};

static void proper_json_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct json v;
		size_t at;
		const char *error = json_read(good[i], strlen(good[i]), &v, &at);

		if (error)
			fail_msg("%s: %s at %zu", good[i], error, at);
		assert_true(v.len > 0 && !strchr(" \t\r\n", v.text[0]) && !strchr(" \t\r\n", v.text[v.len - 1]));
	}
}

static void what_is_no_json_is_refused_at_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct json v;
		size_t at = 12345;
		const char *error = json_read(bad[i].text, bad[i].len, &v, &at);

		if (!error || at != bad[i].at)
			fail_msg("%s: %s at %zu, not %zu", bad[i].text, error, at, bad[i].at);
	}
}

static void user_text_with_bad_characters_is_refused(void **state)
{
	struct json v;
	size_t at;

	(void)state;
	assert_string_equal(json_read("[\"\\ud83d\"]", 10, &v, &at), "half of a surrogate pair");
	assert_string_equal(json_read("[\"abc\xff\"]", 8, &v, &at), "not UTF-8");
	assert_int_equal(at, 5);
}

/* --- the scanner --- */

struct outcome { enum json_scan_result result; uint64_t offset, bad_utf8, bad_escapes; char items[4096]; };

static void scan(struct outcome *o, const char *text, size_t len, unsigned report, size_t chunk)
{
	struct json_scan s;
	size_t i = 0, n = 0;

	json_scan_init(&s, JSON_DEPTH);
	s.report = report;
	*o = (struct outcome){.result = JSON_SCAN_MORE};
	for (;;) {
		size_t used, part = len - i < chunk ? len - i : chunk;

		o->result = json_scan_feed(&s, text + i, part, &used);
		i += used;
		assert_int_equal(s.offset, i);
		if (o->result == JSON_SCAN_ITEM && n < sizeof o->items - 100)
			n += (size_t)snprintf(o->items + n, sizeof o->items - n, "%u:%.*s ", s.item_depth,
			    (int)(s.offset - s.item_start), text + s.item_start);
		else if (o->result == JSON_SCAN_MORE) {
			assert_int_equal(used, part);
			if (i == len) {
				o->result = json_scan_end(&s);
				break;
			}
		} else if (o->result != JSON_SCAN_ITEM) {
			break;
		}
	}
	o->offset = s.offset;
	o->bad_utf8 = s.bad_utf8;
	o->bad_escapes = s.bad_escapes;
}

static void every_split_scans_the_same(const char *text, size_t len)
{
	for (unsigned report = 0; report < 3; report++) {
		struct outcome whole, split;

		scan(&whole, text, len, report, len + 1);
		for (size_t chunk = 1; chunk <= len && chunk < 20; chunk++) {
			scan(&split, text, len, report, chunk);
			assert_memory_equal(&whole, &split, sizeof whole);
		}
	}
}

static void splits_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		every_split_scans_the_same(good[i], strlen(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		every_split_scans_the_same(bad[i].text, bad[i].len);
}

static void items_are_reported_as_they_end(void **state)
{
	static const char text[] = "[1,1, [\"a\",-2.5e1 ,{\"k\":[3]}],[],{\"x\":[1,2]},true ] rest";
	struct outcome o;

	(void)state;
	scan(&o, text, strlen(text), 1, 1000);
	assert_int_equal(o.result, JSON_SCAN_DONE);
	assert_int_equal(o.offset, strlen(text) - 5);
	assert_string_equal(o.items, "1:1 1:1 1:[\"a\",-2.5e1 ,{\"k\":[3]}] 1:[] 1:{\"x\":[1,2]} 1:true ");
	scan(&o, text, strlen(text), 2, 1000);
	assert_string_equal(o.items,
	    "1:1 1:1 2:\"a\" 2:-2.5e1 2:{\"k\":[3]} 1:[\"a\",-2.5e1 ,{\"k\":[3]}] 1:[] 1:{\"x\":[1,2]} 1:true ");
	scan(&o, text, strlen(text), 0, 3);
	assert_string_equal(o.items, "");
	every_split_scans_the_same(text, strlen(text));
}

/* At every place: whether it is inside an item (digit: where that began) or between items (-). */
static void what_is_inside_an_item_is_known(void **state)
{
	static const struct { const char *text, *inside; unsigned report; } cases[] = {
		{"[1, \"a\",[2,3],{\"k\":[4]}]", "-1--44--8888--eeeeeeee--", 1},
		{"[1, \"a\",[2,3],{\"k\":[4]}]", "-1--44---9-b--eeeeeeee--", 2},
		{"[[[1],{}]]", "--22--6---", 2},
		{"{\"a\":[1]}", "---------", 2},
		{"[12]", "----", 0}, {"[12]", "-11-", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json_scan s;
		char got[100] = "";
		size_t len = strlen(cases[i].text);

		json_scan_init(&s, JSON_DEPTH);
		s.report = cases[i].report;
		for (size_t k = 0; k < len; k++) {
			uint64_t start;
			size_t used;

			/* A number's end is reported before the byte after it is used. */
			while (json_scan_feed(&s, cases[i].text + k, 1, &used) == JSON_SCAN_ITEM && used == 0)
				;
			got[k] = json_scan_inside(&s, &start) ? "0123456789abcdefg"[start] : '-';
		}
		assert_string_equal(got, cases[i].inside);
	}
}

/* The counts are those of Python's bytes.decode("utf-8", "replace"). */
static void bad_utf8_is_counted_not_refused(void **state)
{
	static const struct { const char *text; unsigned count; } cases[] = {
		{"\"\xff\"", 1}, {"\"\xc0\xaf\"", 2}, {"\"\xed\xa0\x80\"", 3}, {"\"\xf4\x90\x80\x80\"", 4}, {"\"\xe2\x82\"", 1},
		{"\"\xe2\x82\xe2\x82\xac\"", 1}, {"\"\xf0\x9f\x98\"", 1}, {"\"\xf0\x9f\xf0\x9f\x98\x80\"", 1}, {"\"\x80\x80\"", 2},
		{"\"\xc3\"", 1}, {"\"\xc3\xc3\xa9\"", 1}, {"\"\xe0\x9f\xbf\"", 3}, {"\"\xf0\x8f\xbf\xbf\"", 4}, {"\"\xc3\\n\xe2\x82\\u0041\"", 2},
		{"\"abcdefgh\xffijklmnop\xfeqrstuvw\"", 2}, {"\"\xe1\x80\x41\"", 1}, {"\"\xf1\x80\x80\xc3\xa9\"", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct outcome o;

		scan(&o, cases[i].text, strlen(cases[i].text), 0, 1000);
		assert_int_equal(o.result, JSON_SCAN_DONE);
		assert_int_equal(o.bad_utf8, cases[i].count);
		every_split_scans_the_same(cases[i].text, strlen(cases[i].text));
	}
}

static void lone_surrogates_are_counted_not_refused(void **state)
{
	static const struct { const char *text; unsigned count; } cases[] = {
		{"\"\\ud83d\"", 1}, {"\"\\ude00\"", 1}, {"\"\\ud83d\\u0041\"", 1}, {"\"\\ud83d\\ud83d\\ude00\"", 1},
		{"\"\\ud83d\\ude00\"", 0}, {"\"\\ud83dx\\ude00\"", 2}, {"\"\\ud83d\\n\\ude00\"", 2}, {"\"\\uD83D\\\\ude00\"", 1},
		{"\"\\ude00\\ud83d\"", 2}, {"[\"\\ud83d\",\"\\ude00\"]", 2}, {"{\"\\ud83d\":1}", 1}, {"\"\\ud83d\xc3\xa9\"", 1},
		{"\"\\ud7ff\\ue000\"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct outcome o;

		scan(&o, cases[i].text, strlen(cases[i].text), 0, 1000);
		assert_int_equal(o.result, JSON_SCAN_DONE);
		assert_int_equal(o.bad_escapes, cases[i].count);
		every_split_scans_the_same(cases[i].text, strlen(cases[i].text));
	}
}

static enum json_scan_result nest(unsigned depth, char open, struct json_scan *s)
{
	enum json_scan_result r = JSON_SCAN_MORE;
	size_t used;

	json_scan_init(s, JSON_DEPTH);
	for (unsigned i = 0; i < depth && r == JSON_SCAN_MORE; i++)
		r = open == '[' ? json_scan_feed(s, "[", 1, &used) : json_scan_feed(s, "{\"a\":", 5, &used);
	if (r == JSON_SCAN_MORE)
		r = json_scan_feed(s, "1", 1, &used);
	for (unsigned i = 0; i < depth && r == JSON_SCAN_MORE; i++)
		r = json_scan_feed(s, open == '[' ? "]" : "}", 1, &used);
	return r;
}

static void nesting_of_512_is_read_and_513_refused(void **state)
{
	struct json_scan s;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char open = "[{"[i];

		assert_int_equal(nest(512, open, &s), JSON_SCAN_DONE);
		assert_int_equal(nest(513, open, &s), JSON_SCAN_BAD);
		assert_string_equal(s.error, "nested too deeply");
		assert_int_equal(nest(1000000, open, &s), JSON_SCAN_BAD);
	}
}

static void a_bad_scan_stays_bad(void **state)
{
	struct json_scan s;
	size_t used;

	(void)state;
	json_scan_init(&s, JSON_DEPTH);
	assert_int_equal(json_scan_feed(&s, "[x", 2, &used), JSON_SCAN_BAD);
	assert_int_equal(used, 1);
	assert_int_equal(json_scan_feed(&s, "1]", 2, &used), JSON_SCAN_BAD);
	assert_int_equal(s.offset, 1);
	assert_int_equal(json_scan_end(&s), JSON_SCAN_BAD);
}

/* --- the walk --- */

static void arrays_and_objects_are_walked_in_order(void **state)
{
	static const char text[] = " { \"a\" : [1, \"],\\\"\" ,{}] ,\"a\":-2e5, \"b\\u0041\":null,\"\":\"\\\\\" } ";
	static const char *const keys[] = {"\"a\"", "\"a\"", "\"b\\u0041\"", "\"\""};
	static const char *const values[] = {"[1, \"],\\\"\" ,{}]", "-2e5", "null", "\"\\\\\""};
	struct json v, key, member, first = {0};
	struct json_iter it;
	size_t at, n = 0;

	(void)state;
	assert_null(json_read(text, strlen(text), &v, &at));
	assert_int_equal(json_count(v), 4);
	for (it = json_iterate(v); json_next(&it, &key, &member); n++) {
		assert_int_equal(key.len, strlen(keys[n]));
		assert_memory_equal(key.text, keys[n], key.len);
		assert_int_equal(member.len, strlen(values[n]));
		assert_memory_equal(member.text, values[n], member.len);
		if (n == 0)
			first = member;
	}
	assert_int_equal(n, 4);
	assert_int_equal(json_count(first), 3);
	assert_int_equal(json_count((struct json){"5", 1}), 0);
	assert_int_equal(json_count((struct json){"[ ]", 3}), 0);
	assert_int_equal(json_kind((struct json){"", 0}), JSON_NULL);
}

static void strings_are_decoded_with_their_length(void **state)
{
	static const struct { const char *json, *text; size_t len; } cases[] = {
		{"\"\\u00000B\\u0006D^\"", "\0" "0B\6D^", 6}, {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4},
		{"\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A", 4}, {"\"\\ude00x\"", "\xef\xbf\xbdx", 4},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8}, {"\"\xff\xc3\xa9\"", "\xff\xc3\xa9", 3}, {"\"\"", "", 0},
		{"12.50", "12.50", 5}, {"\"\\u20AC\"", "\xe2\x82\xac", 3}, {"\"\\ud83d\"", "\xef\xbf\xbd", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = {0};
		struct json v = {cases[i].json, strlen(cases[i].json)};

		json_decode(v, &out);
		assert_int_equal(out.len, cases[i].len);
		assert_memory_equal(buf_head(&out), cases[i].text, out.len);
		if (json_kind(v) == JSON_STRING && strlen(cases[i].text) == cases[i].len) {
			assert_true(json_is(v, cases[i].text));
			assert_false(json_is(v, "other"));
		}
		buf_clear(&out);
	}
	assert_false(json_is((struct json){"\"hell\"", 6}, "hello"));
	assert_false(json_is((struct json){"\"hello\"", 7}, "hell"));
	assert_true(json_is((struct json){"\"h\\u0065llo\"", 12}, "hello"));
	assert_false(json_is((struct json){"\"a\\u0000b\"", 10}, "a"));
	assert_false(json_is((struct json){"5", 1}, "5"));
}

static void whole_numbers_are_known_in_any_spelling(void **state)
{
	static const struct { const char *text; bool soft, is; uint64_t number; } cases[] = {
		{"1", 0, 1, 1}, {"1.0", 0, 1, 1}, {"1e0", 0, 1, 1}, {"10e-1", 0, 1, 1}, {"0.1e1", 0, 1, 1}, {"0.001E+3", 0, 1, 1},
		{"0", 0, 1, 0}, {"0.000e5", 0, 1, 0}, {"0e99999999999999999999", 0, 1, 0}, {"1.5", 0, 0, 0}, {"15e-1", 0, 0, 0},
		{"-1", 0, 0, 0}, {"-0", 0, 0, 0}, {"9007199254740992", 0, 1, 9007199254740992}, {"9007199254740993", 0, 0, 0},
		{"9007199254740991", 0, 1, 9007199254740991}, {"9007199254740993.0", 0, 0, 0}, {"1e400", 0, 0, 0}, {"1e-400", 0, 0, 0},
		{"1e15", 0, 1, 1000000000000000}, {"1e16", 0, 0, 0}, {"100000000000000000000e-20", 0, 1, 1},
		{"12345678901234567890", 0, 0, 0}, {"1e99999999999999999999999", 0, 0, 0}, {"1.00000000000000000000", 0, 1, 1},
		{"1.00000000000000000001", 0, 0, 0}, {"\"1\"", 0, 0, 0}, {"\"1\"", 1, 1, 1}, {"\"1.0\"", 1, 0, 0}, {"\"\"", 1, 0, 0},
		{"\" 1\"", 1, 0, 0}, {"\"-1\"", 1, 0, 0}, {"null", 1, 0, 0}, {"true", 1, 0, 0}, {"[1]", 1, 0, 0}, {"120", 0, 1, 120},
		{"1002003000", 0, 1, 1002003000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t number = 77;
		bool is = json_whole((struct json){cases[i].text, strlen(cases[i].text)}, cases[i].soft, &number);

		if (is != cases[i].is || (is && number != cases[i].number))
			fail_msg("%s: %d %llu", cases[i].text, is, (unsigned long long)number);
	}
}

static void written_strings_read_back(void **state)
{
	char every[256];
	struct buf out = {0}, back = {0};
	struct json v;
	size_t at;

	(void)state;
	for (int i = 0; i < 128; i++)
		every[i] = (char)i;
	json_put_string(&out, every, 128);
	assert_null(json_read(buf_head(&out), out.len, &v, &at));
	json_decode(v, &back);
	assert_int_equal(back.len, 128);
	assert_memory_equal(buf_head(&back), every, 128);
	buf_reset(&out);
	json_put_string(&out, "a\"\\\n\x01\x7f\xc3\xa9", 8);
	assert_string_equal(buf_string(&out), "\"a\\\"\\\\\\n\\u0001\x7f\xc3\xa9\"");
	buf_clear(&out);
	buf_clear(&back);
}

/* --- against cJSON --- */

static void same_value(struct json v, const cJSON *c)
{
	struct json_iter it = json_iterate(v);
	struct json key, member;
	struct buf text = {0};

	switch (json_kind(v)) {
	case JSON_NULL:
		assert_true(cJSON_IsNull(c));
		break;
	case JSON_FALSE:
		assert_true(cJSON_IsFalse(c));
		break;
	case JSON_TRUE:
		assert_true(cJSON_IsTrue(c));
		break;
	case JSON_NUMBER:
		buf_put(&text, v.text, v.len);
		assert_true(cJSON_IsNumber(c) && strtod(buf_string(&text), NULL) == c->valuedouble);
		break;
	case JSON_STRING:
		json_decode(v, &text);
		assert_true(cJSON_IsString(c));
		assert_string_equal(buf_string(&text), c->valuestring);	/* both cut at NUL */
		break;
	case JSON_ARRAY: case JSON_OBJECT:
		assert_true(json_kind(v) == JSON_ARRAY ? cJSON_IsArray(c) : cJSON_IsObject(c));
		c = c->child;
		while (json_next(&it, &key, &member)) {
			assert_non_null(c);
			if (it.object) {
				buf_reset(&text);
				json_decode(key, &text);
				assert_string_equal(buf_string(&text), c->string);
			}
			same_value(member, c);
			c = c->next;
		}
		assert_null(c);
	}
	buf_clear(&text);
}

static uint32_t seed = 1;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void random_value(struct buf *out, unsigned depth)
{
	static const char *const atoms[] = {"null", "true", "false", "0", "-1.5", "1e5", "123456", "\"\"", "\"a b\"",
	    "\"\\u00e9\\n\\\"\"", "\"caf\xc3\xa9 \xe2\x82\xac\"", "\"\\ud83d\\ude00\"", "\"0123456789abcdef\\\\\"", "0.25"};
	unsigned n = random_below(4), kind = random_below(3);

	if (depth == 0 || kind == 0) {
		buf_puts(out, atoms[random_below(sizeof atoms / sizeof *atoms)]);
		return;
	}
	buf_putc(out, kind == 1 ? '[' : '{');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_puts(out, random_below(2) ? "," : " ,\t");
		if (kind == 2)
			buf_printf(out, "\"k%u\" : ", random_below(3));
		random_value(out, depth - 1);
	}
	buf_putc(out, kind == 1 ? ']' : '}');
}

/* Random texts, half of them with a random byte changed: what json_read() accepts, cJSON accepts and reads
 * alike.  (The reverse does not hold: cJSON takes 007, 1., control bytes and bad UTF-8.) */
static void what_is_accepted_cjson_reads_alike(void **state)
{
	unsigned accepted = 0, changed = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf out = {0};
		struct json v;
		size_t at;
		const char *error;

		random_value(&out, 5);
		if (i % 2) {
			static const char bytes[] = "[]{},:\"\\0123456789.eE+-tfnul \t\n\x01\x80\xff";

			out.data[random_below((uint32_t)out.len)] = bytes[random_below(sizeof bytes - 1)];
		}
		every_split_scans_the_same(buf_head(&out), out.len < 60 ? out.len : 0);
		error = json_read(buf_head(&out), out.len, &v, &at);
		if (i % 2 == 0)
			assert_null(error);
		if (!error) {
			cJSON *c = cJSON_ParseWithLength(v.text, v.len);

			assert_non_null(c);
			same_value(v, c);
			cJSON_Delete(c);
			accepted++;
			changed += i % 2;
		}
		buf_clear(&out);
	}
	assert_true(accepted > 10000 && changed > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proper_json_is_read),
		cmocka_unit_test(what_is_no_json_is_refused_at_its_place),
		cmocka_unit_test(user_text_with_bad_characters_is_refused),
		cmocka_unit_test(splits_make_no_difference),
		cmocka_unit_test(items_are_reported_as_they_end),
		cmocka_unit_test(what_is_inside_an_item_is_known),
		cmocka_unit_test(bad_utf8_is_counted_not_refused),
		cmocka_unit_test(lone_surrogates_are_counted_not_refused),
		cmocka_unit_test(nesting_of_512_is_read_and_513_refused),
		cmocka_unit_test(a_bad_scan_stays_bad),
		cmocka_unit_test(arrays_and_objects_are_walked_in_order),
		cmocka_unit_test(strings_are_decoded_with_their_length),
		cmocka_unit_test(whole_numbers_are_known_in_any_spelling),
		cmocka_unit_test(written_strings_read_back),
		cmocka_unit_test(what_is_accepted_cjson_reads_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
