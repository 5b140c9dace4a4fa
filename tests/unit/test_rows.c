/* SPDX-License-Identifier: ISC */
/*
 * test_rows: both shapes of rows, and other values, are read as the rows that are meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/output.h"
#include "proto/rows.h"

static void dump_row(void *ctx, const struct json *cells, size_t count)
{
	struct buf *out = ctx;

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_putc(out, '|');
		buf_put(out, cells[i].text, cells[i].len);
	}
	buf_putc(out, ';');
}

struct example {
	const char *type, *headings;	/* headings: fields asked for, or NULL */
	const char *values;		/* after the status */
	const char *rows;
};

static size_t split(char *text, char **list, size_t max)
{
	size_t n = 0;
	char *field;

	while (text != NULL && n < max && (field = strsep(&text, ",")) != NULL)
		list[n++] = field;
	return n;
}

static void check(const struct example *e, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char fields[200] = "", line[1000], *list[8];
		struct reply_about about = { .type = e[i].type == NULL ? NULL : catalog_find(e[i].type, strlen(e[i].type)) };
		struct json_iter values;
		struct json v, whole;
		struct buf out = {0};
		size_t at;

		if (e[i].headings != NULL) {
			snprintf(fields, sizeof fields, "%s", e[i].headings);
			about.headings = list;
			about.heading_count = split(fields, list, 8);
		}
		snprintf(line, sizeof line, "[7,1%s%s]", e[i].values[0] == '\0' ? "" : ",", e[i].values);
		assert_null(json_read(line, strlen(line), &whole, &at));
		values = json_iterate(whole);
		json_next(&values, NULL, &v);
		json_next(&values, NULL, &v);
		assert_int_equal(output_rows_of(&about, values, dump_row, &out), 0);
		if (strcmp(buf_string(&out), e[i].rows) != 0)
			fail_msg("%s (%s): %s: got %s", e[i].type, e[i].headings, e[i].values, buf_string(&out));
		buf_clear(&out);
	}
}

#define CHECK(list) check(list, sizeof list / sizeof list[0])

static void both_shapes_look_the_same(void **state)
{
	static const struct example list[] = {
		{ "realm_info", "gid,name", "[\"5\",\"a\"],[\"6\",\"b\"]", "\"5\"|\"a\";\"6\"|\"b\";" },
		{ "realm_info", "gid,name", "[[\"5\",\"a\"],[\"6\",\"b\"]]", "\"5\"|\"a\";\"6\"|\"b\";" },
		{ "realm_info", "gid,name", " [ [ \"5\" , \"a\" ] , [\"6\",\"b\"] ] ", "\"5\"|\"a\";\"6\"|\"b\";" },
		{ "realm_info", "gid,name", "[\"5\",\"a\"]", "\"5\"|\"a\";" },
		{ "realm_info", "gid,name", "[[\"5\",\"a\"]]", "\"5\"|\"a\";" },
		{ "realm_info", "gid,name", "", "" },
		{ "realm_info", "gid,name", "[]", "" },
		{ "realm_info", "gid", "[\"5\"]", "\"5\";" },
		{ "realm_info", "gid", "[[\"5\"]]", "\"5\";" },
		{ "realm_info", "gid", "[[\"5\"],[\"6\"]]", "\"5\";\"6\";" },
		{ "realm_info", "gid", "[\"5\"],[\"6\"]", "\"5\";\"6\";" },
		{ "report_info", NULL, "[[5,\"a\"],[6,\"b\"],[7,\"c\"]]", "5|\"a\";6|\"b\";7|\"c\";" },
		{ "realm_query", "ifname", "[[\"Fa0/11\"],[\"Fa0/21\"],[\"Fa0/5\"]]", "\"Fa0/11\";\"Fa0/21\";\"Fa0/5\";" },
		{ "never_heard_of", NULL, "[[1,2],[3,4]]", "1|2;3|4;" },
		{ "never_heard_of", NULL, "[1,2],[3,4]", "1|2;3|4;" },
	};

	(void)state;
	CHECK(list);
}

static void cells_that_are_lists_stay_cells(void **state)
{
	static const struct example list[] = {
		{ "realm_info", "gid,pollers", "[\"5\",[\"8\",\"9\"]],[\"6\",[]]", "\"5\"|[\"8\",\"9\"];\"6\"|[];" },
		{ "realm_info", "gid,pollers", "[[\"5\",[\"8\",\"9\"]],[\"6\",[]]]", "\"5\"|[\"8\",\"9\"];\"6\"|[];" },
		{ "realm_info", "gid,pollers", "[\"5\",[\"8\"]]", "\"5\"|[\"8\"];" },
		{ "realm_info", "pollers,gid", "[[\"8\"],\"5\"]", "[\"8\"]|\"5\";" },
		{ "realm_info", "pollers", "[[\"8\",\"9\"]]", "[\"8\",\"9\"];" },
		{ "realm_info", "pollers", "[[\"8\"]]", "[\"8\"];" },
		{ "realm_info", "pollers", "[[]]", "[];" },
		{ "realm_info", "pollers", "[[[\"8\"]]]", "[\"8\"];" },
		{ "realm_info", "pollers", "[[[\"8\",\"9\"]],[[\"8\"]]]", "[\"8\",\"9\"];[\"8\"];" },
		{ "realm_info", "pollers", "[[\"8\"]],[[\"9\"]]", "[\"8\"];[\"9\"];" },
		{ "realm_info", "pollers,seeds", "[[\"8\"],[\"x\"]],[[\"9\"],[\"y\"]]", "[\"8\"]|[\"x\"];[\"9\"]|[\"y\"];" },
		{ "realm_info", "seeds", "[[\"x\",\"y\"]]", "[\"x\",\"y\"];" },
		{ "realm_info", "poll_result", "[{\"poll\":{}}],[null]", "{\"poll\":{}};null;" },
		{ "realm_snmp_credential_list", NULL, "[[\"10.0.0.0\",8,[[2,[\"public\"]]],1]]", "\"10.0.0.0\"|8|[[2,[\"public\"]]]|1;" },
		{ "realm_snmp_credential_list", NULL, "[\"10.0.0.0\",8,[[2,[\"public\"]]],1]", "\"10.0.0.0\"|8|[[2,[\"public\"]]]|1;" },
		{ "realm_snmp_credential_list", NULL, "[[\"10.0.0.0\",8,[2,[\"public\"]],[3,\"u\"],1]]",
		    "\"10.0.0.0\"|8|[2,[\"public\"]]|[3,\"u\"]|1;" },
		/* as many rows as columns are documented, but with one column more */
		{ "poller_subnet_list", NULL, "[[\"a\",1,2,1,0],[\"b\",1,2,1,0],[\"c\",1,2,1,0],[\"d\",1,2,1,0]]",
		    "\"a\"|1|2|1|0;\"b\"|1|2|1|0;\"c\"|1|2|1|0;\"d\"|1|2|1|0;" },
	};

	(void)state;
	CHECK(list);
}

static void bare_values_are_one_row(void **state)
{
	static const struct example list[] = {
		{ "ping", NULL, "1202674637.64799,17372", "1202674637.64799|17372;" },
		{ "ping", NULL, "[1202674637.64799,17372]", "1202674637.64799|17372;" },
		{ "product_id", NULL, "\"n\",\"00:11:22:33:44:55\"", "\"n\"|\"00:11:22:33:44:55\";" },
		{ "security_misc_settings", "login_banner,enable_login_banner", "\"x\",1", "\"x\"|1;" },
		{ "security_misc_settings", "login_banner,enable_login_banner", "[\"x\",1]", "\"x\"|1;" },
		{ "never_heard_of", NULL, "\"x\",null,{}", "\"x\"|null|{};" },
		{ "never_heard_of", NULL, "1,[2,3]", "1;2|3;" },
	};

	(void)state;
	CHECK(list);
}

static void objects_are_rows_of_name_and_value(void **state)
{
	static const struct example list[] = {
		{ "realm_poll", NULL, "{\"ports\":5,\"a\":[1],\"a\":2}", "\"ports\"|5;\"a\"|[1];\"a\"|2;" },
		{ "realm_poll", NULL, "{}", "" },
		{ "never_heard_of", NULL, "{\"a\":1}", "\"a\"|1;" },
		{ "never_heard_of", NULL, "{\"a\":1},{\"b\":1}", "{\"a\":1};{\"b\":1};" },
	};

	(void)state;
	CHECK(list);
}

static void roles_are_rows_of_realm_role_and_permission(void **state)
{
	static const struct example list[] = {
		{ "group_settings", NULL, "[[[\"API\",2],[\"License\",0]],[[\"38\",[[\"Views\",1],[\"Plugins\",2]]],[\"39\",[[\"Views\",0]]]]]",
		    "null|\"API\"|2;null|\"License\"|0;\"38\"|\"Views\"|1;\"38\"|\"Plugins\"|2;\"39\"|\"Views\"|0;" },
		{ "group_settings", NULL, "[[\"API\",2]],[[\"38\",[[\"Views\",1]]]]", "null|\"API\"|2;\"38\"|\"Views\"|1;" },
		{ "group_settings", NULL, "[[],[[\"38\",[]]]]", "\"38\"|null|null;" },
		{ "group_settings", NULL, "[[[\"API\",2]],[]]", "null|\"API\"|2;" },
		{ "group_settings", NULL, "[[],[]]", "" },
		{ "group_settings", NULL, "[[[[[[[[[1]]]]]]]]]", "null|[[[1]]];" },
	};

	(void)state;
	CHECK(list);
}

/* A member that a box adds one day must not become the gid of a group to be deleted. */
static void members_beyond_the_documented_ones_are_passed_over(void **state)
{
	static const struct example list[] = {
		{ "report_info", NULL, "[[1,\"a\"]],\"extra\"", "1|\"a\";" },
		{ "group_info", "gid,name", "[[\"1\",\"a\"],[\"2\",\"b\"]],4711", "\"1\"|\"a\";\"2\"|\"b\";" },
		{ "group_info", "gid,name", "[[\"1\",\"a\"],[\"2\",\"b\"]],[\"4711\",\"c\"]", "\"1\"|\"a\";\"2\"|\"b\";" },
		{ "group_info", "gid,name", "[[\"1\",\"a\"],[\"2\",\"b\"]],[[\"4711\",\"c\"]],{},null,true", "\"1\"|\"a\";\"2\"|\"b\";" },
		{ "group_info", NULL, "[[\"a\",\"1\",\"x\"],[\"b\",\"2\",\"y\"]],4711", "\"a\"|\"1\"|\"x\";\"b\"|\"2\"|\"y\";" },
		{ "group_info", "gid,name", "[],4711", "" },
		{ "group_info", "gid,name", "[],[\"4711\",\"c\"]", "" },
		{ "group_info", "gid", "[[\"1\"]],4711", "\"1\";" },
		{ "realm_info", "gid,name", "[\"5\",\"a\"],4711,[\"6\",\"b\"],\"x\",{\"a\":1},null", "\"5\"|\"a\";\"6\"|\"b\";" },
		{ "realm_info", "gid,name", "[[\"5\",\"a\"],[\"6\",\"b\"]],4711", "\"5\"|\"a\";\"6\"|\"b\";" },
		{ "realm_info", "pollers", "[[[\"8\",\"9\"]],[[\"8\"]]],4711", "[\"8\",\"9\"];[\"8\"];" },
		{ "realm_info", "pollers", "[[\"8\"]],4711", "[\"8\"];" },
		{ "ping", NULL, "1.5,7,\"x\",[9]", "1.5|7;" },
		{ "ping", NULL, "[1.5,7],8", "1.5|7;" },
		{ "product_id", NULL, "\"n\",\"00:1d\",4711,[1]", "\"n\"|\"00:1d\";" },
		{ "security_misc_settings", NULL, "\"x\",1,4711", "\"x\"|1;" },
		{ "security_misc_settings", "enable_login_banner", "1,4711", "1;" },
		{ "security_misc_settings", "login_banner,enable_login_banner", "[\"x\",1],[2]", "\"x\"|1;" },
		{ "realm_poll", NULL, "{\"a\":1},\"more\",{\"b\":2}", "\"a\"|1;" },
		{ "realm_poll", NULL, "{},4711", "" },
		{ "group_settings", NULL, "[[\"API\",2]],[[\"38\",[[\"Views\",1]]]],4711,[[\"Plugins\",2]]",
		    "null|\"API\"|2;\"38\"|\"Views\"|1;" },
		{ "group_settings", NULL, "[],[],4711", "" },
		{ "log", NULL, "\"surplus\"", "" },
		{ "realm_modify", NULL, "[[1,2]],3", "" },
		/* An unknown request has no documented rows. */
		{ "never_heard_of", NULL, "[[1,\"a\"]],\"extra\"", "1|\"a\";\"extra\";" },
		{ "never_heard_of", NULL, "[],[1,\"a\"]", ";1|\"a\";" },
	};

	(void)state;
	CHECK(list);
}

static void odd_members_are_shown(void **state)
{
	static const struct example list[] = {
		{ "report_info", NULL, "[[1,\"a\"],5,[2,\"b\"]]", "[1,\"a\"]|5|[2,\"b\"];" },
	};

	(void)state;
	CHECK(list);
}

/* The decision from a beginning must be that for the whole reply, wherever it is cut. */
static void a_beginning_decides_as_the_whole(void **state)
{
	static const char *const texts[] = {
		"[\"5\",\"a\"],[\"6\",\"b\"],[\"7\",\"c\"]", "[[\"5\",\"a\"],[\"6\",\"b\"],[\"7\",\"c\"]]",
		"[[\"5\",[\"x\"]],[\"6\",[]]]",
	};
	struct rows_hint hint = { .shape = REPLY_ROWS, .columns = 2, .asked = true };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t len = strlen(texts[i]);
		enum rows_mode whole = rows_decide(&hint, (struct json_iter){ texts[i], texts[i] + len, false }, false);

		for (size_t n = 3; n < len; n++) {
			enum rows_mode part = rows_decide(&hint, (struct json_iter){ texts[i], texts[i] + n, false }, true);

			if (part == ROWS_CELLS)
				part = ROWS_VALUES;
			assert_int_equal(part, whole);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_shapes_look_the_same),
		cmocka_unit_test(cells_that_are_lists_stay_cells),
		cmocka_unit_test(bare_values_are_one_row),
		cmocka_unit_test(objects_are_rows_of_name_and_value),
		cmocka_unit_test(roles_are_rows_of_realm_role_and_permission),
		cmocka_unit_test(members_beyond_the_documented_ones_are_passed_over),
		cmocka_unit_test(odd_members_are_shown),
		cmocka_unit_test(a_beginning_decides_as_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
