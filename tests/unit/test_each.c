/* SPDX-License-Identifier: ISC */
/*
 * test_each: few of any number of rows are in memory, and none is run before all have come.
 */
#include "shell_help.h"

#include <unistd.h>

#include "commands/table.h"

extern const struct command command_each;
static const struct command *const table[] = {&command_each, NULL};

static int set_up(void **state)
{
	(void)state;
	shell_begin(&plain_ops);
	shell.commands = table;
	options.jobs_set = true;
	options.jobs = 8;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	shell_end();
	return 0;
}

static void type_line(const char *text)
{
	engine_line(&shell, text, strlen(text), (struct place){"script", 1});
	engine_pump(&shell);
}

/* The reply to the first request begins to arrive, and its rows come. */
static void rows_arrive(size_t count)
{
	static const char head[] = "[1,1,[[\"0\",\"name\"]";
	char row[64];

	assert_int_equal(engine_on_large(&shell, wire.sent[0].tag, head, sizeof head - 1), LARGE_ELEMENTS);
	engine_on_item(&shell, wire.sent[0].tag, (struct json){"", 0}, 1, true);
	for (size_t i = 0; i < count; i++) {
		struct json item = {row, (size_t)snprintf(row, sizeof row, "[\"%zu\",\"a name of some length\"]", i)};
		engine_on_item(&shell, wire.sent[0].tag, item, 2, i == 0);
	}
	engine_on_item(&shell, wire.sent[0].tag, (struct json){"", 0}, 1, false);
}

static void rows_have_come(void)
{
	engine_on_end(&shell, wire.sent[0].tag, 0, 0);
	engine_pump(&shell);
}

static size_t tasks_beside(void)
{
	size_t n = 0;

	for (const struct task *t = engine_jobs(&shell); t != NULL; t = t->next)
		n++;
	return n;
}

static void nothing_is_run_before_all_rows_have_come(void **state)
{
	(void)state;
	type_line(".each realm_info gid,name -- product_id");
	rows_arrive(1000);
	assert_int_equal(wire.count, 1);
	rows_have_come();
	assert_int_equal(wire.count, 1 + 8);
}

static void of_many_rows_those_that_run_are_in_memory(void **state)
{
	(void)state;
	type_line(".each realm_info gid,name -- product_id");
	rows_arrive(200000);
	rows_have_come();
	for (size_t i = 1; i < 1000; i++) {
		char values[32];
		assert_int_equal(tasks_beside(), 8);
		assert_int_equal(wire.count, i + 8);
		snprintf(values, sizeof values, ",\"n\",\"%zu\"", i - 1);
		box_answers(i, 1, values);
		if (i == 1)
			assert_string_equal(written(&shell.out), "0\ta name of some length\tn\t0\n");
	}
	assert_non_null(strstr(written(&shell.out), "\n900\ta name of some length\tn\t900\n"));
}

/* Counts our open files without a name. */
static unsigned scratch_files(void)
{
	unsigned n = 0;

	for (int fd = 3; fd < 64; fd++) {
		char link[32], path[256];
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		ssize_t len = readlink(link, path, sizeof path - 1);
		if (len <= 0)
			continue;
		path[len] = '\0';
		n += strstr(path, "/ptsh-") != NULL && strstr(path, "(deleted)") != NULL;
	}
	return n;
}

static void rows_that_may_hold_secrets_never_reach_a_file(void **state)
{
	(void)state;
	type_line(".each realm_snmp_credential_list 5100005442 -- product_id");
	rows_arrive(60000);
	assert_int_equal(scratch_files(), 0);
}

static void other_rows_wait_in_a_file(void **state)
{
	(void)state;
	type_line(".each realm_info gid,name -- product_id");
	rows_arrive(60000);
	assert_int_equal(scratch_files(), 1);
}

static void rows_of_a_reply_that_breaks_off_are_not_run(void **state)
{
	(void)state;
	type_line(".each realm_info gid,name -- product_id");
	rows_arrive(1000);
	wire.state = LINK_FAILED;
	engine_on_unanswered(&shell, wire.sent[0].tag, true, true);
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);
	assert_true(engine_idle(&shell));
	assert_non_null(strstr(written(&shell.err), "no answer"));
	assert_int_equal(shell.status, STATUS_LOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_run_before_all_rows_have_come, set_up, tear_down),
		cmocka_unit_test_setup_teardown(of_many_rows_those_that_run_are_in_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_that_may_hold_secrets_never_reach_a_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_rows_wait_in_a_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_of_a_reply_that_breaks_off_are_not_run, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
