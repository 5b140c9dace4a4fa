/* SPDX-License-Identifier: ISC */
/*
 * test_find_rows: the requests of .find when a box refuses something, and which rows it keeps, in which order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "commands/find_rows.h"
#include "commands/find_view.h"

/* --- rows --- */

/* "realm view past switch ifname mac ip end", words; - is null. */
static void add(struct find_rows *rows, const char *text)
{
	static char kept[64][8][64];
	static size_t next;
	char (*words)[64] = kept[next++ % 64];
	struct find_row row = {.match = "device_mac"};
	static const int cell[] = {-1, -1, -1, CELL_SWITCH, CELL_IFNAME, CELL_MAC, CELL_IP, CELL_LOG_END};
	const char *p = text;

	for (int i = 0; i < 8; i++) {
		size_t len = strcspn(p, " ");

		if (i < 3 || *p == '-')
			snprintf(words[i], sizeof words[i], "%.*s", (int)len, p);
		else
			snprintf(words[i], sizeof words[i], "\"%.*s\"", (int)len, p);
		if (cell[i] >= 0 && *p != '-')
			row.cells[cell[i]] = (struct json){words[i], strlen(words[i])};
		p += len + (p[len] == ' ');
	}
	row.realm = (size_t)(words[0][0] - '0');
	row.view = words[1][0] == 'd' ? FIND_DEVICES : words[1][0] == 'p' ? FIND_PORTS : FIND_SWITCHES;
	row.past = words[2][0] == 'p';
	find_rows_add(rows, &row);
}

static void assert_rows(struct find_rows *rows, const char *expected)
{
	struct buf all = {0}, scratch = {0};
	struct json cells[FIND_RESULT];

	for (size_t i = 0; i < rows->count; i++) {
		find_row_cells(&rows->v[i], "R", true, &scratch, cells);
		buf_printf(&all, "%s%zu", i > 0 ? "; " : "", rows->v[i].realm);
		for (size_t k = 1; k < FIND_RESULT; k++) {
			if (k == 3 || k == 6 || k == 8 || k == 9)
				continue;
			buf_putc(&all, ' ');
			if (json_kind(cells[k]) == JSON_NULL)
				buf_putc(&all, '-');
			else
				json_decode(cells[k], &all);
		}
	}
	buf_putc(&all, '\0');
	assert_string_equal(buf_head(&all), expected);
	buf_clear(&all);
	buf_clear(&scratch);
	find_rows_clear(rows);
}

static void equal_rows_are_one(void **state)
{
	struct find_rows rows = {0};

	(void)state;
	add(&rows, "0 d now sw1 Fa0/1 00:11:22:33:44:55 192.0.2.7 -");
	add(&rows, "0 d now sw1 Fa0/1 0011.2233.4455 192.0.2.7 -");
	add(&rows, "0 d now sw1 Fa0/1 00:11:22:33:44:55 192.0.2.8 -");
	add(&rows, "1 d now sw1 Fa0/1 00:11:22:33:44:55 192.0.2.7 -");
	find_rows_settle(&rows);
	find_rows_rank(&rows);
	assert_rows(&rows, "0 sw1 Fa0/1 00:11:22:33:44:55 192.0.2.7 now -; 0 sw1 Fa0/1 00:11:22:33:44:55 192.0.2.8 now -; "
	    "1 sw1 Fa0/1 00:11:22:33:44:55 192.0.2.7 now -");
}

static void a_port_is_left_out_where_a_device_is_on_it(void **state)
{
	struct find_rows rows = {0};

	(void)state;
	add(&rows, "0 p now sw1 Fa0/1 - - -");
	add(&rows, "0 p now sw1 Fa0/2 - - -");
	add(&rows, "1 p now sw1 Fa0/1 - - -");
	add(&rows, "0 d now sw1 Fa0/1 00:11:22:33:44:55 - -");
	add(&rows, "0 s now sw1 - - - -");
	find_rows_settle(&rows);
	find_rows_rank(&rows);
	assert_rows(&rows, "0 sw1 - - - now -; 0 sw1 Fa0/1 00:11:22:33:44:55 - now -; 0 sw1 Fa0/2 - - now -; 1 sw1 Fa0/1 - - now -");
}

static void the_past_does_not_repeat_what_is_current(void **state)
{
	struct find_rows rows = {0};

	(void)state;
	add(&rows, "0 d past sw1 Fa0/1 00:11:22:33:44:55 - -");
	add(&rows, "0 d now sw1 Fa0/1 00:11:22:33:44:55 - -");
	add(&rows, "0 d past sw1 Fa0/1 00:11:22:33:44:55 - 2024-05-01");
	add(&rows, "0 d past sw9 Fa0/1 00:11:22:33:44:55 - -");
	find_rows_settle(&rows);
	find_rows_rank(&rows);
	assert_rows(&rows, "0 sw1 Fa0/1 00:11:22:33:44:55 - now -; 0 sw1 Fa0/1 00:11:22:33:44:55 - 2024-05-01 -; "
	    "0 sw9 Fa0/1 00:11:22:33:44:55 - earlier -");
}

static void the_newest_past_comes_first_in_both_forms_of_time(void **state)
{
	struct find_rows rows = {0};

	(void)state;
	add(&rows, "0 d past sw1 a 00:11:22:33:44:55 - -");
	add(&rows, "0 d past sw1 b 00:11:22:33:44:55 - 1000000000.5");
	add(&rows, "0 d past sw1 c 00:11:22:33:44:55 - 1700000000");
	rows.v[0].cells[CELL_LOG_END] = (struct json){"\"2010-01-01 00:00:00\"", 21};
	find_rows_rank(&rows);
	assert_int_equal(rows.count, 3);
	assert_true(json_is(rows.v[0].cells[CELL_IFNAME], "c"));
	assert_true(json_is(rows.v[1].cells[CELL_IFNAME], "a"));
	assert_true(json_is(rows.v[2].cells[CELL_IFNAME], "b"));
	find_rows_clear(&rows);
}

static void numbers_in_ports_count_as_numbers(void **state)
{
	struct find_rows rows = {0};

	(void)state;
	add(&rows, "0 d now sw1 Gi1/0/10 00:11:22:33:44:01 - -");
	add(&rows, "0 d now sw1 Gi1/0/9 00:11:22:33:44:02 - -");
	add(&rows, "0 d now sw10 Gi1/0/1 00:11:22:33:44:03 - -");
	add(&rows, "0 d now sw2 Gi1/0/1 00:11:22:33:44:04 - -");
	find_rows_rank(&rows);
	assert_rows(&rows, "0 sw1 Gi1/0/9 00:11:22:33:44:02 - now -; 0 sw1 Gi1/0/10 00:11:22:33:44:01 - now -; "
	    "0 sw2 Gi1/0/1 00:11:22:33:44:04 - now -; 0 sw10 Gi1/0/1 00:11:22:33:44:03 - now -");
}

static void count_ports(void *ctx, const struct find_row *row)
{
	buf_printf(ctx, "%zu %.*s %.*s;", row->realm, (int)row->cells[CELL_SWITCH].len, row->cells[CELL_SWITCH].text,
	    (int)row->cells[CELL_IFNAME].len, row->cells[CELL_IFNAME].text);
}

static void the_port_with_fewest_devices_comes_first(void **state)
{
	struct find_rows rows = {0};
	struct buf ports = {0};

	(void)state;
	add(&rows, "0 d now sw1 Gi0/1 00:11:22:33:44:55 - -");
	add(&rows, "0 d now sw2 Fa0/7 0011.2233.4455 - -");
	add(&rows, "0 d now sw1 Fa0/1 00:11:22:33:44:66 - -");
	add(&rows, "0 d past sw1 Fa0/2 00:11:22:33:44:66 - -");
	find_rows_doubtful(&rows, 16, count_ports, &ports);
	assert_string_equal(buf_string(&ports), "0 \"sw1\" \"Gi0/1\";0 \"sw2\" \"Fa0/7\";");
	find_rows_count(&rows, 0, (struct json){"\"sw1\"", 5}, (struct json){"\"Gi0\\/1\"", 8}, (struct json){"\"214\"", 5});
	find_rows_count(&rows, 0, (struct json){"\"sw2\"", 5}, (struct json){"\"Fa0/7\"", 7}, (struct json){"2", 1});
	find_rows_count(&rows, 1, (struct json){"\"sw2\"", 5}, (struct json){"\"Fa0/7\"", 7}, (struct json){"9", 1});
	find_rows_rank(&rows);
	assert_rows(&rows, "0 sw1 Fa0/1 00:11:22:33:44:66 - now -; 0 sw2 Fa0/7 0011.2233.4455 - now 2; "
	    "0 sw1 Gi0/1 00:11:22:33:44:55 - now 214 (uplink?); 0 sw1 Fa0/2 00:11:22:33:44:66 - earlier -");
	buf_clear(&ports);
}

static void at_most_so_many_ports_of_a_device_are_counted(void **state)
{
	struct find_rows rows = {0};
	struct buf ports = {0};
	char text[100];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof text, "0 d now sw%d Gi0/1 00:11:22:33:44:55 - -", i);
		add(&rows, text);
	}
	find_rows_doubtful(&rows, 3, count_ports, &ports);
	for (const char *p = buf_string(&ports); (p = strchr(p, ';')) != NULL; p++)
		n++;
	assert_int_equal(n, 3);
	buf_clear(&ports);
	find_rows_clear(&rows);
}

/* --- requests --- */

static void assert_query(const struct find_query *q, const char *gid, const char *expected)
{
	struct buf text = {0};

	find_query_put(&text, q, gid);
	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
}

static void the_requests_are_the_documented_ones(void **state)
{
	struct find_query q = {.view = FIND_DEVICES, .checked = true, .filters = {{"device_mac", "%3c%d9%"}}, .filter_count = 1};

	(void)state;
	assert_query(&q, "77", "[\"realm_query\",\"77\",\"device\",[\"switch_uid\",\"ifname\",\"vlan\",\"device_mac\",\"device_ip\","
	    "\"device_dnsname\",\"device_log_end\",\"ifalias\",\"device_comment\",\"device_notes\"],[],{\"device_mac\":\"%3c%d9%\"}]");
	q = (struct find_query){.view = FIND_PORTS, .checked = true};
	assert_query(&q, "7", "[\"realm_query\",\"7\",\"switch_detail\",[\"switch_uid\",\"ifname\",\"ifalias\",\"port_comment\","
	    "\"port_mac\"],[],{}]");
	q = (struct find_query){.view = FIND_SWITCHES, .checked = true, .history = 2};
	assert_query(&q, NULL, "[\"realm_query\",\"{gid}\",\"switch\",[\"switch_uid\",\"switch_ip\",\"switch_dnsname\","
	    "\"switch_comment\",\"switch_notes\",\"switch_syslocation\"],[],{},2]");
	q = (struct find_query){.view = FIND_PORTS, .filters = {{"linkstatus", "up"}, {"ifname", "Gi\"%"}}, .filter_count = 2};
	assert_query(&q, "7", "[\"realm_query\",\"7\",\"switch_detail\",[\"switch_uid\",\"ifname\",\"ifalias\",\"port_comment\","
	    "\"port_mac\",\"linkstatus\"],[],{\"linkstatus\":\"up\",\"ifname\":\"Gi\\\"%\"}]");
}

static void a_column_has_the_first_view_that_knows_it(void **state)
{
	struct find_filter f[2] = {{"ifalias", "x"}, {"port_comment", "x"}};
	enum find_view view;

	(void)state;
	assert_true(find_view_of(f, 1, &view) && view == FIND_DEVICES);
	assert_true(find_view_of(f, 2, &view) && view == FIND_PORTS);
	f[0].column = "switch_model";
	assert_true(find_view_of(f, 1, &view) && view == FIND_SWITCHES);
	assert_false(find_view_of(f, 2, &view));
}

/* The first prototype fell back to five columns at once, and did not see the comment that matched. */
static void as_little_as_possible_is_left_out(void **state)
{
	struct find_query q = {.view = FIND_DEVICES, .checked = true, .filters = {{"device_mac", "x"}}, .filter_count = 1};

	(void)state;
	assert_true(find_query_retry(&q, "unknown column 'device_notes'"));
	assert_false(q.unfiltered || q.few);
	assert_query(&q, "7", "[\"realm_query\",\"7\",\"device\",[\"switch_uid\",\"ifname\",\"vlan\",\"device_mac\",\"device_ip\","
	    "\"device_dnsname\",\"device_log_end\",\"ifalias\",\"device_comment\"],[],{\"device_mac\":\"x\"}]");
	assert_true(find_query_retry(&q, "no"));
	assert_true(q.unfiltered && !q.few);
	assert_true(find_query_retry(&q, "no"));
	assert_query(&q, "7", "[\"realm_query\",\"7\",\"device\",[\"switch_uid\",\"ifname\",\"vlan\",\"device_mac\",\"device_ip\","
	    "\"device_dnsname\"],[],{}]");
	assert_false(find_query_retry(&q, "no"));
}

static void a_filter_that_is_refused_does_not_take_its_column_along(void **state)
{
	struct find_query q = {.view = FIND_DEVICES, .checked = true, .filters = {{"device_ip", "x"}}, .filter_count = 1};

	(void)state;
	assert_true(find_query_retry(&q, "cannot filter by 'device_ip'"));
	assert_true(q.unfiltered && q.missing == 0);
	assert_true(find_query_retry(&q, "unknown column 'device_ip'"));	/* more columns are refused */
	assert_true(q.missing != 0);
}

static void the_name_of_a_column_is_a_word_of_the_message(void **state)
{
	struct find_query q = {.view = FIND_DEVICES, .checked = true};

	(void)state;
	assert_true(find_query_retry(&q, "unknown: device_ip_2, my_vlan, vlanname"));
	assert_true(q.missing == 0 && q.few);
}

static void a_pattern_of_the_users_is_never_left_out(void **state)
{
	struct find_query q = {.view = FIND_SWITCHES, .filters = {{"switch_model", "x"}}, .filter_count = 1};

	(void)state;
	assert_false(find_query_retry(&q, "cannot filter by 'switch_model'"));
	assert_false(q.unfiltered);
}

static void what_was_learned_is_used(void **state)
{
	struct find_learned l = {0};
	struct find_query q = {.view = FIND_DEVICES, .checked = true, .filters = {{"device_ip", "x"}}, .filter_count = 1};
	struct find_query next = q, other = q;

	(void)state;
	other.filters[0].column = "device_mac";
	find_query_retry(&q, "cannot filter by 'device_ip'");
	find_query_retry(&q, "unknown column 'vlan'");
	find_learned_add(&l, &q);
	find_learned_use(&l, &next);
	assert_true(next.unfiltered && next.missing == q.missing);
	find_learned_use(&l, &other);
	assert_true(!other.unfiltered && other.missing == q.missing);
}

static const char *matched(struct find_query *q, const char *word, const char *row)
{
	struct json cells[16], all = {row, strlen(row)}, v;
	struct json_iter it = json_iterate(all);
	struct buf scratch[2] = {{0}};
	struct find_word w;
	const char *column;
	size_t n = 0;

	while (json_next(&it, NULL, &v))
		cells[n++] = v;
	find_word_read(&w, word, strlen(word));
	column = find_query_match(q, &w, cells, n, scratch);
	find_word_clear(&w);
	buf_clear(&scratch[0]);
	buf_clear(&scratch[1]);
	return column != NULL ? column : "";
}

static void a_row_is_checked_in_the_columns_of_its_kind(void **state)
{
	static const char device[] = "[\"core-1\",\"Fa0/1\",7,\"00:11:22:33:44:55\",\"192.0.2.7\",null,null,\"r\\u00f6om 1\",\"c\",\"beef\"]";
	struct find_query q = {.view = FIND_DEVICES, .checked = true};

	(void)state;
	assert_string_equal(matched(&q, "0011.2233.4455", device), "device_mac");
	assert_string_equal(matched(&q, "2233", device), "device_mac");
	assert_string_equal(matched(&q, "beef", device), "device_notes");
	assert_string_equal(matched(&q, "R\xc3\x96OM", device), "ifalias");
	assert_string_equal(matched(&q, "192.0.2.0/24", device), "device_ip");
	assert_string_equal(matched(&q, "core", device), "");		/* a switch's name is the switch view's */
	assert_string_equal(matched(&q, "Fa0/1", device), "");
	q.missing = 1 << 2;						/* vlan */
	assert_string_equal(matched(&q, "192.0.2.7", "[\"core-1\",\"Fa0/1\",\"\",\"192.0.2.7\"]"), "device_ip");
	q = (struct find_query){.view = FIND_SWITCHES, .checked = true};
	assert_string_equal(matched(&q, "core", "[\"Core-1\"]"), "switch_uid");
	assert_string_equal(matched(&q, "192.0.2.7", "[\"Core-1\",\"192.0.2.7\"]"), "switch_ip");
	q = (struct find_query){.view = FIND_PORTS, .checked = true};
	assert_string_equal(matched(&q, "44:55", "[\"s\",\"p\",null,null,\"00-11-22-33-44-55\"]"), "port_mac");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_rows_are_one),
		cmocka_unit_test(a_port_is_left_out_where_a_device_is_on_it),
		cmocka_unit_test(the_past_does_not_repeat_what_is_current),
		cmocka_unit_test(the_newest_past_comes_first_in_both_forms_of_time),
		cmocka_unit_test(numbers_in_ports_count_as_numbers),
		cmocka_unit_test(the_port_with_fewest_devices_comes_first),
		cmocka_unit_test(at_most_so_many_ports_of_a_device_are_counted),
		cmocka_unit_test(the_requests_are_the_documented_ones),
		cmocka_unit_test(a_column_has_the_first_view_that_knows_it),
		cmocka_unit_test(as_little_as_possible_is_left_out),
		cmocka_unit_test(a_filter_that_is_refused_does_not_take_its_column_along),
		cmocka_unit_test(the_name_of_a_column_is_a_word_of_the_message),
		cmocka_unit_test(a_pattern_of_the_users_is_never_left_out),
		cmocka_unit_test(what_was_learned_is_used),
		cmocka_unit_test(a_row_is_checked_in_the_columns_of_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
