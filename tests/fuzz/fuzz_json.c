/* SPDX-License-Identifier: ISC */
/*
 * fuzz_json: any bytes as JSON.  The scanner must give the same result in every split; what json_read() accepts cJSON must
 * read alike; strings and numbers must survive.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>

#include "proto/json.h"

#define CHECK(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- splits --- */

struct trace {
	enum json_scan_result result;
	uint64_t offset, bad_utf8, bad_escapes, bad_at, items, hash;
};

/* chunk 0: sizes are taken from the bytes themselves. */
static void scan(struct trace *t, const char *text, size_t len, unsigned report, size_t chunk)
{
	struct json_scan s;
	size_t i = 0;

	memset(t, 0, sizeof *t);
	json_scan_init(&s, JSON_DEPTH);
	s.report = report;
	for (;;) {
		size_t left = len - i, n = chunk ? chunk : 1 + (size_t)((unsigned char)text[i < len ? i : 0] % 13), used;

		t->result = json_scan_feed(&s, text + i, n < left ? n : left, &used);
		CHECK(used <= (n < left ? n : left));
		i += used;
		CHECK(s.offset == i);
		if (t->result == JSON_SCAN_ITEM) {
			CHECK(s.item_depth >= 1 && s.item_depth <= report && s.item_start < s.offset);
			t->items += s.item_depth == 1;
			t->hash = (t->hash * 31 + s.item_start) * 31 + s.offset * 3 + s.item_depth;
		} else if (t->result != JSON_SCAN_MORE) {
			break;
		} else if (i == len) {
			t->result = json_scan_end(&s);
			break;
		}
	}
	CHECK((t->result == JSON_SCAN_BAD) == (s.error != NULL));
	t->offset = s.offset;
	t->bad_utf8 = s.bad_utf8;
	t->bad_escapes = s.bad_escapes;
	t->bad_at = s.bad_utf8 + s.bad_escapes ? s.bad_at : 0;
}

static uint64_t check_splits(const char *text, size_t len)
{
	uint64_t items = 0;

	for (unsigned report = 0; report < 3; report++) {
		struct trace whole, split;

		scan(&whole, text, len, report, len + 1);
		scan(&split, text, len, report, 1);
		CHECK(memcmp(&whole, &split, sizeof whole) == 0);
		scan(&split, text, len, report, 0);
		CHECK(memcmp(&whole, &split, sizeof whole) == 0);
		items = whole.items;
	}
	return items;
}

/* --- values --- */

static void check_string(struct json v, const char *other)
{
	struct buf text = {0}, again = {0}, back = {0};
	struct json w;
	size_t at;

	json_decode(v, &text);
	CHECK(strcmp(buf_string(&text), other) == 0);	/* both cut at NUL */
	CHECK(json_is(v, buf_string(&text)) == (strlen(buf_string(&text)) == text.len));
	json_put_string(&again, buf_head(&text), text.len);
	CHECK(!json_read(buf_head(&again), again.len, &w, &at));
	json_decode(w, &back);
	CHECK(back.len == text.len && memcmp(buf_head(&back), buf_head(&text), text.len) == 0);
	buf_clear(&text);
	buf_clear(&again);
	buf_clear(&back);
}

static void check_number(struct json v, double value)
{
	char *text = strndup(v.text, v.len);
	uint64_t number;

	CHECK(text);
	CHECK(strtod(text, NULL) == value);
	if (json_whole(v, false, &number))
		CHECK((double)number == value && number <= (uint64_t)1 << 53);
	else if (v.len < 16 && strspn(text, "0123456789.") == v.len)
		CHECK(value != floor(value));
	free(text);
}

static void same_value(struct json v, const cJSON *c)
{
	struct json_iter it = json_iterate(v);
	struct json key, member;

	switch (json_kind(v)) {
	case JSON_NULL:
		CHECK(cJSON_IsNull(c));
		break;
	case JSON_FALSE:
		CHECK(cJSON_IsFalse(c));
		break;
	case JSON_TRUE:
		CHECK(cJSON_IsTrue(c));
		break;
	case JSON_NUMBER:
		CHECK(cJSON_IsNumber(c));
		check_number(v, c->valuedouble);
		break;
	case JSON_STRING:
		CHECK(cJSON_IsString(c));
		check_string(v, c->valuestring);
		break;
	case JSON_ARRAY: case JSON_OBJECT:
		CHECK(json_kind(v) == JSON_ARRAY ? cJSON_IsArray(c) : cJSON_IsObject(c));
		c = c->child;
		while (json_next(&it, &key, &member)) {
			CHECK(c);
			CHECK(member.text >= v.text && member.text + member.len < v.text + v.len);
			if (it.object)
				check_string(key, c->string);
			same_value(member, c);
			c = c->next;
		}
		CHECK(!c);
	}
}

/* cJSON reads at most 63 characters of a number. */
static bool has_long_number(const char *text, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		run = text[i] && strchr("0123456789+-.eE", text[i]) ? run + 1 : 0;
		if (run >= 63)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);	/* exactly as long: reading beyond is seen */
	struct json v;
	size_t at = 0;
	uint64_t items;
	const char *error;

	CHECK(text);
	memcpy(text, data, size);
	items = check_splits(text, size);
	error = json_read(text, size, &v, &at);
	CHECK(!error || at <= size);
	if (!error) {
		cJSON *c = cJSON_ParseWithLength(v.text, v.len);

		CHECK(c || has_long_number(text, size));
		if (c)
			same_value(v, c);
		cJSON_Delete(c);
		if (json_kind(v) == JSON_ARRAY)
			CHECK(json_count(v) == items);
	}
	free(text);
	return 0;
}
