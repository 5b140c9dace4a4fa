/* SPDX-License-Identifier: ISC */
/* The list of formats: what names, files and places mean; and that the list is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "format/formats.h"

static void the_ending_of_a_file_asks_for_a_format(void **state)
{
	static const struct { const char *path, *format; } list[] = {
		{ "x.csv", "csv" }, { "/a.json/x.CSV", "csv" }, { "x.tsv", "tsv" }, { "x.json", "json" }, { "a b.old.jsonl", "records" },
		{ "x.ndjson", "records" }, { "x.txt", NULL }, { "x", NULL }, { "x.", NULL }, { "csv", NULL }, { "x.csv/y", NULL },
		{ ".csv", NULL }, { "a/.csv", NULL }, { "x.csv.gz", NULL }, { "x.csv/", NULL }, { "", NULL }, { "xcsv", NULL }, { "x.csvx", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		const struct format *f = format_of_file(list[i].path);

		if (list[i].format == NULL ? f != NULL : f == NULL || strcmp(f->name, list[i].format) != 0)
			fail_msg("%s: %s", list[i].path, f == NULL ? "none" : f->name);
	}
}

static void names_and_endings_mean_one_format_each(void **state)
{
	(void)state;
	for (size_t i = 0; formats[i] != NULL; i++) {
		const struct format *f = formats[i];

		assert_ptr_equal(format_find(f->name), f);
		assert_true(f->help != NULL && f->help[0] != '\0' && f->event != NULL);
		assert_true((f->cell != NULL && f->row_end != NULL) || (f->reply != NULL && f->text != NULL));
		for (size_t k = 0; k < FORMAT_ENDINGS && f->endings[k] != NULL; k++) {
			char path[32] = "x.";

			strcat(path, f->endings[k]);
			assert_ptr_equal(format_of_file(path), f);
		}
	}
	assert_null(format_find("CSV"));
	assert_null(format_find(""));
}

static void people_get_a_table_and_programs_get_none(void **state)
{
	(void)state;
	assert_string_equal(format_default(true)->name, "table");
	assert_string_equal(format_default(false)->name, "tsv");
}

static void what_cannot_be_chosen_says_what_can(void **state)
{
	const struct format *f;
	struct error e;

	(void)state;
	assert_int_equal(format_choose("xml", false, &f, &e), -1);
	assert_int_equal(e.status, STATUS_USAGE);
	assert_string_equal(e.text, "xml: no such format; use table, tsv, csv, json, records or raw");
	assert_int_equal(format_choose("raw", true, &f, &e), -1);
	assert_int_equal(e.status, STATUS_USAGE);
	assert_int_equal(format_choose("raw", false, &f, &e), 0);
	assert_string_equal(f->name, "raw");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ending_of_a_file_asks_for_a_format),
		cmocka_unit_test(names_and_endings_mean_one_format_each),
		cmocka_unit_test(people_get_a_table_and_programs_get_none),
		cmocka_unit_test(what_cannot_be_chosen_says_what_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
