/* SPDX-License-Identifier: ISC */
/*
 * test_short_memory: each allocation fails in turn, for the file of known boxes and for the formats.  The failure is reported,
 * and the file is as
 * before or as intended.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/formats.h"
#include "no_memory.h"
#include "tls/known_boxes.h"

/* --- known boxes --- */

static char folder[] = "/tmp/ptsh-short-XXXXXX", path[sizeof folder + 16];
static const char pins[][PIN_TEXT] = {"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sha256//BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="};

static void ignore_warning(void *ctx, const char *text)
{
	(void)ctx, (void)text;
}

static size_t known_now(void)
{
	struct known_boxes k = {0};
	struct error e;
	long before = fails_at;
	size_t count;

	fails_at = 0;
	assert_int_equal(known_boxes_read(&k, path, NULL, ignore_warning, NULL, &e), 0);
	count = k.count;
	known_boxes_clear(&k);
	fails_at = before;
	return count;
}

static void read_all(bool failed)
{
	struct known_boxes k = {0};
	struct error e = {0};
	int result = known_boxes_read(&k, path, NULL, ignore_warning, NULL, &e);

	if (result == 0)
		assert_int_equal(k.count, 3);
	else
		assert_true(failed && e.text[0] != '\0');
	known_boxes_clear(&k);
}

static void add_one(bool failed)
{
	struct error e = {0};
	size_t before = known_now(), removed;
	int result = known_boxes_add(path, "new:55", KNOWN_KEY, pins[1], 12, &e);

	assert_int_equal(known_now(), before + (result == 0));
	if (result == -1)
		assert_true(failed && e.text[0] != '\0');
	long left = fails_at;
	fails_at = 0;
	if (result == 0)
		assert_int_equal(known_boxes_remove(path, "new:55", NULL, &removed, &e), 0);
	fails_at = left;
}

static void remove_one(bool failed)
{
	struct error e = {0};
	size_t removed = 0, before = known_now();
	int result = known_boxes_remove(path, "b:55", pins[1], &removed, &e);

	assert_int_equal(known_now(), before - (result == 0 ? removed : 0));
	if (result == -1)
		assert_true(failed && e.text[0] != '\0');
	long left = fails_at;
	fails_at = 0;
	if (result == 0)
		assert_int_equal(known_boxes_add(path, "b:55", KNOWN_KEY, pins[1], 12, &e), 0);
	fails_at = left;
}

static void name_it(bool failed)
{
	struct target t = {0};
	struct error e = {0};
	char *name;
	long left = fails_at;

	fails_at = 0;
	assert_int_equal(target_parse(&t, "[::ffff:127.0.0.1]:77", NULL, &e), 0);
	fails_at = left;
	name = known_boxes_name(&t, "Box.Example", &e);
	if (name == NULL)
		assert_true(failed && e.text[0] != '\0');
	else
		assert_string_equal(name, "box.example:55");
	free(name);
	target_clear(&t);
}

static void known_boxes_are_as_before_or_as_they_should_be(void **state)
{
	struct error e;

	(void)state;
	assert_int_equal(known_boxes_add(path, "a:55", KNOWN_TLS, NULL, 13, &e), 0);
	assert_int_equal(known_boxes_add(path, "b:55", KNOWN_KEY, pins[0], 12, &e), 0);
	assert_int_equal(known_boxes_add(path, "b:55", KNOWN_KEY, pins[1], 12, &e), 0);
	assert_true(each_allocation(read_all) > 0);
	assert_true(each_allocation(add_one) > 0);
	assert_true(each_allocation(remove_one) > 0);
	assert_true(each_allocation(name_it) > 0);
}

/* --- formats --- */

static const struct format *format;
static char good[8192];

static void show(bool failed)
{
	static const char line[] = "[1,1,[[\"5\",\"Z\\u00fcrich\\n\\\"x\\\"\",{\"a\" : [1]},1e+5,\"1.5e-3\",\"1.\",\"2e\",null],[\"6\",\"b\"]]]";
	static const char own[][8] = {"one", "two"};
	char *headings[] = {(char *)"gid", (char *)"name", (char *)"a\tb", (char *)"last_poll"};
	struct reply_about about = {.type = catalog_find("realm_info", 10), .type_name = "realm_info", .headings = headings, .heading_count = 4};
	const struct output_settings settings = {.color = true, .expanded = EXPANDED_ON};
	const char *titles[] = {own[0], own[1]}, *cells[] = {own[1], NULL};
	struct reply reply = {.ok = true, .line = line, .len = sizeof line - 1};
	struct json v;
	struct sink s;
	struct output *o;

	reply.values = json_iterate((struct json){line, sizeof line - 1});
	json_next(&reply.values, NULL, &v);
	json_next(&reply.values, NULL, &v);
	sink_init(&s, -1);
	o = output_create(&s, format, &settings);
	if (o != NULL) {
		output_reply(o, &about, &reply);
		output_begin(o, titles, 2);
		output_strings(o, cells, 2);
		output_end(o);
		output_free(o);
	}
	if (!failed)
		snprintf(good, sizeof good, "%s", buf_string(&s.buf));
	else if (o != NULL && s.error == 0)
		assert_string_equal(buf_string(&s.buf), good);
	else
		assert_true(o == NULL || s.error == ENOMEM);
	sink_clear(&s);
}

static void formats_show_all_or_say_so(void **state)
{
	(void)state;
	for (size_t i = 0; formats[i] != NULL; i++) {
		format = formats[i];
		show(false);
		assert_true(good[0] != '\0');
		assert_true(each_allocation(show) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_boxes_are_as_before_or_as_they_should_be),
		cmocka_unit_test(formats_show_all_or_say_so),
	};
	int result;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/known_boxes", folder);
	result = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return result;
}
