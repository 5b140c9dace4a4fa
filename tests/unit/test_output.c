/* SPDX-License-Identifier: ISC */
/*
 * test_output: what each format prints for replies, large replies, events and ptsh's own tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "format/formats.h"

struct about { struct reply_about about; char *list[16]; char fields[400]; };

static void about_set(struct about *a, const char *type, const char *headings)
{
	char *rest = a->fields, *field;

	memset(a, 0, sizeof *a);
	a->about.type_name = type;
	a->about.type = type == NULL ? NULL : catalog_find(type, strlen(type));
	if (headings == NULL)
		return;
	snprintf(a->fields, sizeof a->fields, "%s", headings);
	a->about.headings = a->list;
	while ((field = strsep(&rest, ",")) != NULL)
		a->list[a->about.heading_count++] = field;
}

static struct reply reply_of(const char *line)
{
	struct reply r = { .ok = true, .line = line, .len = strlen(line) };
	struct json v;

	r.values = json_iterate((struct json){ r.line, r.len });
	json_next(&r.values, NULL, &v);
	json_next(&r.values, NULL, &v);
	return r;
}

/* Feeds a piece of a large reply, scanned as the session does. */
static void show_text(struct output *o, struct json_scan *scan, const char *text, size_t len)
{
	size_t used;

	json_scan_feed(scan, text, len, &used);
	output_text(o, text, len, scan->ended);
}

/* Passes a large reply on as the session does: decided after `first` bytes. */
static void show_large(struct output *o, const struct reply_about *about, const struct reply *r, size_t first, bool complete)
{
	enum large_mode mode = output_large(o, about, r->line, first);
	struct json_iter it = r->values, elements;
	struct json_scan scan;
	struct json v, e;

	if (mode == LARGE_KEEP) {
		output_reply(o, about, r);
		return;
	}
	json_scan_init(&scan, JSON_DEPTH);
	for (size_t at = 0; mode == LARGE_TEXT && at < r->len; at++)
		show_text(o, &scan, r->line + at, 1);
	while (mode != LARGE_TEXT && json_next(&it, NULL, &v)) {
		if (mode == LARGE_VALUES || json_kind(v) != JSON_ARRAY) {
			output_item(o, v, 1, false);
			continue;
		}
		output_item(o, (struct json){ "", 0 }, 1, true);
		elements = json_iterate(v);
		for (bool begins = true; json_next(&elements, NULL, &e); begins = false)
			output_item(o, e, 2, begins);
		if (complete)
			output_item(o, (struct json){ "", 0 }, 1, false);
	}
	output_large_end(o, complete);
}

struct example { const char *format, *type, *headings, *line, *expected; };

static struct output_settings settings;

static void check_one(const struct example *e, size_t large)
{
	struct about a;
	struct sink s;
	struct output *o;
	struct reply r = reply_of(e->line);

	about_set(&a, e->type, e->headings);
	sink_init(&s, -1);
	o = output_create(&s, format_find(e->format), &settings);
	assert_non_null(o);
	if (large > 0)
		show_large(o, &a.about, &r, large, true);
	else
		output_reply(o, &a.about, &r);
	if (strcmp(buf_string(&s.buf), e->expected) != 0)
		fail_msg("%s of %s (%zu):\n%s\nexpected:\n%s", e->format, e->line, large, buf_string(&s.buf), e->expected);
	assert_int_equal(s.error, 0);
	output_free(o);
	sink_clear(&s);
}

static void check(const struct example *e, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_one(&e[i], 0);
}

#define CHECK(list) check(list, sizeof list / sizeof list[0])

static void tsv_has_a_row_a_line(void **state)
{
	static const struct example list[] = {
		{ "tsv", "realm_info", "gid,name", "[1,1,[\"5\",\"a\"],[\"6\",null]]", "5\ta\n6\t\n" },
		{ "tsv", "realm_info", "gid,name", "[1,1,[[9007199254740993,1e400],[0.10,-0]]]",
		    "9007199254740993\t1e400\n0.10\t-0\n" },
		{ "tsv", "realm_info", "gid,name", "[1,1,[[\"a\\tb\\nc\\rd\\\\e\",\"\\u00000B\\u0006D^\"]]]",
		    "a\\tb\\nc\\rd\\\\e\t\\x000B\\x06D^\n" },
		{ "tsv", "realm_info", "gid,name", "[1,1,[[\"\\u001b[31m\",\"\\u202e\\u009b\xc2\x9b\xff\x7f\"]]]",
		    "\\x1b[31m\t\xe2\x80\xae\\u009b\\u009b\\xff\\x7f\n" },
		{ "tsv", "realm_info", "gid,name", "[1,1,[[{\"a\" : [1, \"x\\ty\"]},true]]]", "{\"a\":[1,\"x\\\\ty\"]}\ttrue\n" },
		{ "tsv", "realm_info", "gid,name", "[1,1,[[\"5\"],[\"6\",\"b\",\"c\"]]]", "5\t\n6\tb\tc\n" },
		{ "tsv", "poller_subnet_list", NULL, "[1,1,[[\"10.0.0.0\",8,64,3]]]", "10.0.0.0\t8\t64\t3\n" },
		{ "tsv", "realm_info", "gid,name", "[1,1]", "" },
		{ "tsv", "realm_info", "gid,name", "[1,1,[]]", "" },
		{ "tsv", "log", NULL, "[1,1]", "" },
		{ "tsv", "ping", NULL, "[1,1,1202674637.64799,17372]", "1202674637.64799\t17372\n" },
		{ "tsv", "realm_poll", NULL, "[1,1,{\"ports\":5,\"end\":{\"a\":1}}]", "ports\t5\nend\t{\"a\":1}\n" },
		/* longer than the copy of eight bytes, with what must be escaped at every place */
		{ "tsv", NULL, NULL, "[1,1,\"12345678\\\\\",\"\x7f""2345678\",\"1234567\x7f\",\"123456789\xc2\x85\"]",
		    "12345678\\\\\t\\x7f2345678\t1234567\\x7f\t123456789\\u0085\n" },
	};

	(void)state;
	settings = (struct output_settings){0};
	CHECK(list);
}

static void headings_can_be_turned_on_and_off(void **state)
{
	static const struct example on[] = {
		{ "tsv", "realm_info", "gid,na\tme", "[1,1,[[\"5\",\"a\",\"b\"],[\"6\"]]]", "gid\tna\\tme\t3\n5\ta\tb\n6\t\t\n" },
		{ "tsv", "never_heard_of", NULL, "[1,1,[[\"5\",\"a\"]]]", "1\t2\n5\ta\n" },
	};
	static const struct example off[] = {
		{ "csv", "realm_info", "gid,name", "[1,1,[[\"5\",\"a\"]]]", "5,a\r\n" },
		{ "table", "realm_info", "gid,name", "[1,1,[[\"5\",\"a\"]]]", "5  a\n" },
		{ "table", "realm_info", "gid,name", "[1,1,[]]", "" },
	};

	(void)state;
	settings = (struct output_settings){ .header = HEADER_ON };
	CHECK(on);
	settings = (struct output_settings){ .header = HEADER_OFF };
	CHECK(off);
}

static void csv_quotes_what_needs_it(void **state)
{
	static const struct example list[] = {
		{ "csv", "realm_info", "gid,name", "[1,1,[[\"5\",\"a,b\"],[\"6\",\"say \\\"hi\\\"\"]]]",
		    "gid,name\r\n5,\"a,b\"\r\n6,\"say \"\"hi\"\"\"\r\n" },
		{ "csv", "realm_info", "gid,name", "[1,1,[[\"a\\nb\\tc\",\"\\r\\u001b\\u0000\"]]]",
		    "gid,name\r\n\"a\nb\tc\",\"\\r\\x1b\\x00\"\r\n" },
		{ "csv", "realm_info", "gid,name", "[1,1,[[\"\",null],[null,\"C:\\\\x\"]]]", "gid,name\r\n\"\",\r\n,C:\\x\r\n" },
		{ "csv", "realm_info", "gid", "[1,1,[[null],[\"\"]]]", "gid\r\n\"\"\r\n\"\"\r\n" },
		{ "csv", "realm_info", "gid,name", "[1,1,[[\"5\"],[\"6\",\"b\",[1,\"x\"]]]]",
		    "gid,name,3\r\n5,,\r\n6,b,\"[1,\"\"x\"\"]\"\r\n" },
		{ "csv", "realm_info", "gid,name", "[1,1]", "gid,name\r\n" },
		{ "csv", "log", NULL, "[1,1]", "" },
	};

	(void)state;
	settings = (struct output_settings){0};
	CHECK(list);
}

static void json_shows_the_values_as_the_box_wrote_them(void **state)
{
	static const struct example list[] = {
		{ "json", NULL, NULL, "[\"7\" , 1 , [1.50, 1e400,\"\\u00e9\\/\"] ,{\"a\":1,\"a\":2}]",
		    "[[1.50, 1e400,\"\\u00e9\\/\"] ,{\"a\":1,\"a\":2}]\n" },
		{ "json", NULL, NULL, "[1,1,\"\xc2\x9b\x7f\xe2\x80\xae\xff\"]", "[\"\xc2\x9b\x7f\xe2\x80\xae\xff\"]\n" },
		{ "json", "realm_info", NULL, "[1,1]", "[]\n" },
		{ "json", "realm_info", NULL, "[1,1,[]]", "[[]]\n" },
		{ "json", "log", NULL, "[1,1]", "" },
		{ "raw", "log", NULL, "[1,1]", "[1,1]\n" },
		{ "raw", "realm_info", NULL, "[ 1,1,\"\xff\x7f\"]", "[ 1,1,\"\xff\x7f\"]\n" },
	};

	(void)state;
	settings = (struct output_settings){0};
	CHECK(list);
}

static void records_have_headings_as_keys(void **state)
{
	static const struct example list[] = {
		{ "records", "realm_info", "gid,name", "[1,1,[[\"5\",\"\xc2\x9b\"],[6.0]]]",
		    "{\"gid\":\"5\",\"name\":\"\xc2\x9b\"}\n{\"gid\":6.0,\"name\":null}\n" },
		{ "records", NULL, "a,a,a_2,a,\"", "[1,1,[[1,2,3,4,5,6]]]",
		    "{\"a\":1,\"a_3\":2,\"a_2\":3,\"a_4\":4,\"\\\"\":5,\"6\":6}\n" },
		{ "records", NULL, "2,x", "[1,1,[[1,2,3]]]", "{\"2\":1,\"x\":2,\"3\":3}\n" },
		{ "records", NULL, "2", "[1,1,[1,2]]", "{\"2\":1,\"2_2\":2}\n" },
		{ "records", NULL, NULL, "[1,1,[[1,[2, {\"k\" : 0}]],[]]]", "{\"1\":1,\"2\":[2, {\"k\" : 0}]}\n{}\n" },
		{ "records", "realm_poll", NULL, "[1,1,{\"a\":1}]", "{\"name\":\"a\",\"value\":1}\n" },
		{ "records", "group_settings", NULL, "[1,1,[[[\"API\",2]],[]]]",
		    "{\"realm\":null,\"role\":\"API\",\"permission\":2}\n" },
		{ "records", "realm_info", "gid", "[1,1]", "" },
	};

	(void)state;
	settings = (struct output_settings){0};
	CHECK(list);
}

static void table_is_aligned_and_has_no_trailing_blanks(void **state)
{
	static const struct example list[] = {
		{ "table", "poller_info", "name,dns_max_outstanding,hostname", "[1,1,[[\"a\",65,\"h\"],[\"\xe6\x9d\xb1\xe4\xba\xac\",7,null]]]",
		    "name  dns_max_outstanding  hostname\n"
		    "----  -------------------  --------\n"
		    "a                      65  h\n"
		    "\xe6\x9d\xb1\xe4\xba\xac                    7\n" },
		{ "table", "poller_info", "name", "[1,1,[[\"e\xcc\x81\\u001b[2J\\u202e\\n\"]]]",
		    "name\n----------------\ne\xcc\x81\\x1b[2J\\u202e\\n\n" },
		{ "table", "poller_info", "name,gid", "[1,1]", "name  gid\n----  ---\n(0 rows)\n" },
		{ "table", "poller_info", "name,gid", "[1,1,[[\"x\",1],[\"y\",2,3]]]", "name  gid  3\n----  ---  -\nx       1\ny       2  3\n" },
		{ "table", "never_heard_of", NULL, "[1,1,\"x\",1]", "x  1\n" },
		{ "table", "never_heard_of", NULL, "[1,1]", "ok\n" },
	};

	(void)state;
	settings = (struct output_settings){ .terminal = true };
	CHECK(list);
}

static bool second_of_the_first(void *ctx, uint64_t row, size_t column)
{
	(void)ctx;
	return row == 0 && column == 1;
}

static void table_wider_than_the_terminal_has_a_line_a_cell(void **state)
{
	static const char rows[] = "[1,1,[[\"5\",\"Z\u00fcrich\",\"\\u001b\",null],[\"6\",\"\u6771\u4eac\",\"c\",\"d\"]]]";
	static const struct example wide[] = {
		{ "table", "realm_info", "gid,name,seeds,last_poll", rows,
		    "-[ 1 ]---\ngid        5\nname       Z\u00fcrich\nseeds      \\x1b\nlast_poll\n"
		    "-[ 2 ]---\ngid        6\nname       \u6771\u4eac\nseeds      c\nlast_poll  d\n" },
		{ "table", "realm_info", "gid,\u6771", "[1,1,[[\"5\",\"b\",\"c\",\"d\"]]]", "-[ 1 ]-\ngid  5\n\u6771   b\n3    c\n4    d\n" },
		/* a name and a value, and what it means: the last one wraps */
		{ "table", "realm_info", "gid,name,seeds", "[1,1,[[\"5\",\"a\",\"10.0.0.1 10.0.0.2\"]]]",
		    "gid  name  seeds\n---  ----  -----------------\n  5  a     10.0.0.1 10.0.0.2\n" },
		{ "table", "realm_info", "gid,name,seeds,last_poll", "[1,1,[]]", "(0 rows)\n" },
		{ "tsv", "realm_info", "gid,name,seeds,last_poll", "[1,1,[[\"5\",\"a\",\"b\",\"12345\"]]]", "5\ta\tb\t12345\n" },
	}, fits[] = {
		{ "table", "realm_info", "gid,name,seeds,a", "[1,1,[[\"5\",\"b\",\"c\",\"d\"]]]",
		    "gid  name  seeds  a\n---  ----  -----  -\n  5  b     c      d\n" },
	}, on[] = {
		{ "table", "realm_info", "gid,name", "[1,1,[[\"5\",\"a\"]]]", "-[ 1 ]-\ngid   5\nname  a*\n" },
	};

	(void)state;
	settings = (struct output_settings){ .columns = 10 };
	CHECK(wide);
	settings.columns = 19;
	CHECK(fits);
	settings.columns = 18;
	settings.expanded = EXPANDED_OFF;
	CHECK(fits);
	settings = (struct output_settings){ .expanded = EXPANDED_ON, .stands_out = second_of_the_first };
	CHECK(on);
}

static void table_says_in_words_what_numbers_mean(void **state)
{
	static const struct example list[] = {
		{ "table", "realm_info", "last_poll,polling", "[1,1,[[1260274620,1],[\"2009-12-08 12:17:00\",\"0\"],[null,2],[1260274620.25,null]]]",
		    "last_poll                     polling\n"
		    "----------------------------  -------\n"
		    "2009-12-08 12:17:00+00:00     yes\n"
		    "2009-12-08 12:17:00           no\n"
		    "                              2\n"
		    "2009-12-08 12:17:00.25+00:00\n" },
		{ "table", "group_settings", NULL, "[1,1,[[[\"API\",2],[\"License\",\"0\"]],[[\"38\",[[\"Views\",1],[\"X\",9]]]]]]",
		    "realm  role     permission\n-----  -------  ----------\n       API      write\n       License  none\n"
		    "   38  Views    read\n   38  X        9\n" },
		{ "table", "realm_query", "device_mac", "[1,1,[[\"\\u00000B\\u0006D^\"],[\"00:1b:54:00:00:01\"],[\"\xc3\xbf\\u00e9abcd\"]]]",
		    "device_mac\n-----------------\n00:30:42:06:44:5e\n00:1b:54:00:00:01\nff:e9:61:62:63:64\n" },
		/* A name that merely ends so, which the catalogue does not know, is no MAC. */
		{ "table", "realm_query", "almac", "[1,1,[[\"abcdef\"]]]", "almac\n------\nabcdef\n" },
		{ "table", "realm_seed_list", NULL, "[1,1,[[\"10.0.0.1\",2],[\"10.0.0.2\",0],[\"10.0.0.3\",5]]]",
		    "ip        flags\n--------  -------\n10.0.0.1  by hand\n10.0.0.2\n10.0.0.3  5\n" },
		{ "table", "poller_subnet_list", NULL, "[1,1,[[\"10.0.0.0\",8,64,3],[\"10.1.0.0\",16,64,0],[\"10.2.0.0\",16,64,2]]]",
		    "subnet    bits  limit  flags\n--------  ----  -----  ------------\n10.0.0.0     8     64  include+ping\n"
		    "10.1.0.0    16     64  exclude\n10.2.0.0    16     64  exclude+ping\n" },
		{ "table", "poller_subnet_list", NULL, "[1,1,[[\"10.0.0.0\",8,64,1,2],[\"10.1.0.0\",16,64,0,0]]]",
		    "subnet    bits  limit  flags    ping\n--------  ----  -----  -------  ----\n10.0.0.0     8     64  include  ping\n"
		    "10.1.0.0    16     64  exclude\n" },
		{ "table", "realm_advanced_settings", NULL, "[1,1,[[\"cdp_enabled\",1],[\"snmp_retries\",1]]]",
		    "property      value\n------------  -----\ncdp_enabled   yes\nsnmp_retries  1\n" },
	};

	(void)state;
	settings = (struct output_settings){ .terminal = true };
	CHECK(list);
}

static void table_masks_secrets_by_default(void **state)
{
	static const char line[] = "[1,1,[[\"10.0.0.0\",8,[[2,[\"public\"]]],1],[\"10.0.0.1\",8,[2,[\"public\"]],[3,\"u\",\"pw\"],1],[\"\",0,null,0]]]";
	static const struct example masked[] = {
		{ "table", "realm_snmp_credential_list", NULL, line,
		    "subnet    bits  credentials  flags    5\n"
		    "--------  ----  -----------  -------  -\n"
		    "10.0.0.0     8  ***          include\n"
		    "10.0.0.1     8  ***          ***      1\n"
		    "             0               exclude\n" },
		{ "table", "realm_snmp_credential_list", NULL, "[1,1,[[\"10.0.0.0\",8,\"public\",1]]]",
		    "subnet    bits  credentials  flags\n"
		    "--------  ----  -----------  -------\n"
		    "10.0.0.0     8  ***          include\n" },
		{ "table", "security_authentication_method_list", "name,settings", "[1,1,[[\"RADIUS\",{\"secret\":\"pw\"}]]]",
		    "name    settings\n"
		    "------  --------\n"
		    "RADIUS  ***\n" },
		{ "table", "security_authentication_method_list", "name,other",
		    "[1,1,[[\"RADIUS\",{\"server\":\"s\",\"secret\":\"pw\",\"csecret\":null}]]]",
		    "name    other\n"
		    "------  --------------------------------------------\n"
		    "RADIUS  {\"server\":\"s\",\"secret\":\"***\",\"csecret\":null}\n" },
	};
	static const struct example shown[] = {
		{ "table", "realm_snmp_credential_list", "subnet,bits,credentials,flags", "[1,1,[[\"10.0.0.0\",8,[[2,[\"public\"]]],1]]]",
		    "subnet    bits  credentials       flags\n"
		    "--------  ----  ----------------  -------\n"
		    "10.0.0.0     8  [[2,[\"public\"]]]  include\n" },
	};
	static const struct example tsv[] = {
		{ "tsv", "realm_snmp_credential_list", NULL, "[1,1,[[\"10.0.0.0\",8,[[2,[\"public\"]]],1]]]",
		    "10.0.0.0\t8\t[[2,[\"public\"]]]\t1\n" },
	};

	(void)state;
	settings = (struct output_settings){ .terminal = true };
	CHECK(masked);
	CHECK(tsv);
	settings.reveal = true;
	CHECK(shown);
}

/* However early a reply is treated as a large one, it looks the same. */
static void a_large_reply_looks_as_a_whole_one(void **state)
{
	static const char *const lines[] = {
		"[12,1,[\"5\",\"a\\u001b\"],[\"6\",\"\xe6\x9d\xb1\"],[\"7\",\"\xff\xf0\x9f\x98\x80\xc2\x9b\"]]",
		"[12,1,[[\"5\",\"a\"],[\"6\",null],[\"7\",[1,[2]]]]]",
		"[12,1,[[\"5\",\"a\"]]]",
		"[12,1,[\"5\",\"a\"]]",
		"[12,1,\"5\",\"a\"]",
	};
	/* Without brackets around it there is no row for formats that show the text. */
	static const uint64_t rows[2][sizeof lines / sizeof lines[0]] = { { 3, 3, 1, 1, 1 }, { 3, 3, 1, 1, 0 } };
	struct about a;
	struct sink s;

	(void)state;
	settings = (struct output_settings){0};
	about_set(&a, "realm_info", "gid,name");
	for (size_t f = 0; formats[f] != NULL; f++) {
		for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
			struct output *o;
			struct reply r = reply_of(lines[l]);
			struct example e = { formats[f]->name, "realm_info", "gid,name", lines[l], NULL };
			char *whole;
			sink_init(&s, -1);
			o = output_create(&s, formats[f], &settings);
			output_reply(o, &a.about, &r);
			whole = buf_steal(&s.buf);
			e.expected = whole;
			for (size_t n = 10; n < r.len; n++) {
				check_one(&e, n);
				buf_reset(&s.buf);
				show_large(o, &a.about, &r, n, true);
				assert_int_equal(output_rows(o), rows[formats[f]->text != NULL][l]);
			}
			output_free(o);
			sink_clear(&s);
			free(whole);
		}
	}
}

static void a_large_reply_that_breaks_off_ends_its_line(void **state)
{
	static const struct { const char *format, *line, *expected; unsigned rows; } list[] = {
		{ "tsv", "[12,1,[[1,2],[3,4]", "1\t2\n3\t4\n", 2 },
		{ "tsv", "[12,1,[1,2", "1\t2\n", 0 },
		{ "json", "[12,1,[[1,2],[3,\xc3", "[[[1,2],[3,\xc3\n", 1 },
		{ "raw", "[12,1,[[1,2],[3,", "[12,1,[[1,2],[3,\n", 1 },
		{ "records", "[12,1,[[1,2]", "{\"gid\":1,\"name\":2}\n", 1 },
	};
	struct about a;

	(void)state;
	settings = (struct output_settings){0};
	about_set(&a, "realm_info", "gid,name");
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		struct sink s;
		struct output *o;
		size_t len = strlen(list[i].line);
		struct json_iter it = { list[i].line + 7, list[i].line + len, false };
		struct json v;
		struct json_scan scan;
		enum large_mode mode;

		sink_init(&s, -1);
		o = output_create(&s, format_find(list[i].format), &settings);
		json_scan_init(&scan, JSON_DEPTH);
		mode = output_large(o, &a.about, list[i].line, len);
		if (mode == LARGE_TEXT) {
			show_text(o, &scan, list[i].line, len);
		} else {
			assert_int_equal(mode, LARGE_ELEMENTS);
			output_item(o, (struct json){ "", 0 }, 1, true);
			while (json_next(&it, NULL, &v) && v.len > 0 && v.text[0] != ']')
				output_item(o, v, 2, false);
		}
		output_large_end(o, false);
		assert_string_equal(buf_string(&s.buf), list[i].expected);
		assert_int_equal(output_rows(o), list[i].rows);
		output_free(o);
		sink_clear(&s);
	}
}

static void events_are_a_line_each(void **state)
{
	static const char line[] = "[null,\"event\",\"realm_\\u001bpoll\",\"50\\n00\",[1, 2]]";
	static const struct { const char *format, *expected; } list[] = {
		{ "table", "12:17:00 realm_\\x1bpoll 50\\n00 [1,2] (Head\\x07 Office)\n" },
		{ "tsv", "2009-12-08T12:17:00+00:00\tevent\trealm_\\x1bpoll\t50\\n00\t[1,2]\n" },
		{ "csv", "2009-12-08T12:17:00+00:00,event,realm_\\x1bpoll,\"50\n00\",\"[1,2]\"\r\n" },
		{ "json", "{\"time\":\"2009-12-08T12:17:00+00:00\",\"event\":\"realm_\\u001bpoll\",\"args\":[\"50\\n00\",[1, 2]]}\n" },
		{ "records", "{\"time\":\"2009-12-08T12:17:00+00:00\",\"event\":\"realm_\\u001bpoll\",\"args\":[\"50\\n00\",[1, 2]]}\n" },
		{ "raw", "[null,\"event\",\"realm_\\u001bpoll\",\"50\\n00\",[1, 2]]\n" },
	};

	(void)state;
	settings = (struct output_settings){0};
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		struct reply r = reply_of(line);
		struct json name;
		struct sink s;
		struct output *o;

		sink_init(&s, -1);
		o = output_create(&s, format_find(list[i].format), &settings);
		assert_true(json_next(&r.values, NULL, &name));
		output_event(o, 1260274620, name, r.values, "Head\a Office", line, sizeof line - 1);
		assert_string_equal(buf_string(&s.buf), list[i].expected);
		output_free(o);
		sink_clear(&s);
	}
}

static void own_tables_come_in_every_format(void **state)
{
	static const struct { const char *format, *expected; } list[] = {
		{ "table", "job  request\n---  ---------------\n  1  realm_poll 50\n 12  say \"hi\" \\x1b\xe6\x9d\xb1\n" },
		{ "tsv", "1\trealm_poll 50\n12\tsay \"hi\" \\x1b\xe6\x9d\xb1\n" },
		{ "csv", "job,request\r\n1,realm_poll 50\r\n12,\"say \"\"hi\"\" \\x1b\xe6\x9d\xb1\"\r\n" },
		{ "json", "[\"1\",\"realm_poll 50\"]\n[\"12\",\"say \\\"hi\\\" \\u001b\xe6\x9d\xb1\"]\n" },
		{ "records", "{\"job\":\"1\",\"request\":\"realm_poll 50\"}\n{\"job\":\"12\",\"request\":\"say \\\"hi\\\" \\u001b\xe6\x9d\xb1\"}\n" },
		{ "raw", "[\"1\",\"realm_poll 50\"]\n[\"12\",\"say \\\"hi\\\" \\u001b\xe6\x9d\xb1\"]\n" },
	};
	static const char *const headings[] = { "job", "request" };
	static const char *const rows[2][2] = { { "1", "realm_poll 50" }, { "12", "say \"hi\" \x1b\xe6\x9d\xb1" } };

	(void)state;
	settings = (struct output_settings){0};
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		struct sink s;
		struct output *o;

		sink_init(&s, -1);
		o = output_create(&s, format_find(list[i].format), &settings);
		output_begin(o, headings, 2);
		output_strings(o, rows[0], 2);
		output_strings(o, rows[1], 2);
		output_end(o);
		if (strcmp(buf_string(&s.buf), list[i].expected) != 0)
			fail_msg("%s:\n%s", list[i].format, buf_string(&s.buf));
		assert_int_equal(output_rows(o), 2);
		output_free(o);
		sink_clear(&s);
	}
}

static void without_values_there_is_ok_on_a_terminal_only(void **state)
{
	static const struct example list[] = {
		{ "table", "log", NULL, "[1,1]", "ok\n" }, { "tsv", "log", NULL, "[1,1]", "ok\n" },
		{ "csv", "log", NULL, "[1,1]", "ok\n" }, { "json", "log", NULL, "[1,1]", "ok\n" },
		{ "records", "log", NULL, "[1,1]", "ok\n" }, { "raw", "log", NULL, "[1,1]", "[1,1]\n" },
	};

	(void)state;
	settings = (struct output_settings){ .terminal = true };
	CHECK(list);
	for (size_t i = 0; i + 1 < sizeof list / sizeof list[0]; i++) {
		struct example e = list[i];

		settings.terminal = false;
		e.expected = "";
		check_one(&e, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tsv_has_a_row_a_line),
		cmocka_unit_test(headings_can_be_turned_on_and_off),
		cmocka_unit_test(csv_quotes_what_needs_it),
		cmocka_unit_test(json_shows_the_values_as_the_box_wrote_them),
		cmocka_unit_test(records_have_headings_as_keys),
		cmocka_unit_test(table_is_aligned_and_has_no_trailing_blanks),
		cmocka_unit_test(table_wider_than_the_terminal_has_a_line_a_cell),
		cmocka_unit_test(table_says_in_words_what_numbers_mean),
		cmocka_unit_test(table_masks_secrets_by_default),
		cmocka_unit_test(a_large_reply_looks_as_a_whole_one),
		cmocka_unit_test(a_large_reply_that_breaks_off_ends_its_line),
		cmocka_unit_test(events_are_a_line_each),
		cmocka_unit_test(own_tables_come_in_every_format),
		cmocka_unit_test(without_values_there_is_ok_on_a_terminal_only),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
