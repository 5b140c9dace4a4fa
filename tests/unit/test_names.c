/* SPDX-License-Identifier: ISC */
/*
 * test_names: a name stands for the gid of the only object that has it, or for none.
 */
#include "shell_help.h"

#include "no_memory.h"
#include "run/names.h"

/* The result of a look-up: "gid 12", or "STATUS text". */
struct found { char text[1100]; unsigned times; };

static void done(struct shell *sh, void *ctx, const char *gid, const struct error *e)
{
	struct found *f = ctx;

	(void)sh;
	f->times++;
	if (gid != NULL)
		snprintf(f->text, sizeof f->text, "gid %s", gid);
	else
		snprintf(f->text, sizeof f->text, "%d %s", (int)e->status, e->text);
}

static int set_up(void **state)
{
	(void)state;
	shell_begin(&plain_ops);
	shell.names = names_create(&shell);
	return shell.names != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	engine_free(&shell);	/* its tasks first */
	names_free(&shell);
	shell_end();
	return 0;
}

static const char realms[] = ",[[\"1\",\"Lab\"],[\"2\",\"Office\"],[\"3\",\"Office\"],[\"4\",\"OFFICE\"],[\"5\",\"Lab-2\"],[\"6\",\"North\"],[\"7\",\"NORTH\"],"
    "[\"8\",\"\\u00c4gypten\"]]";

static void look_up(const char *name, const char *expected)
{
	struct found f = {.times = 0};
	size_t before = wire.count;

	names_look_up(&shell, GID_REALM, name, done, &f);
	engine_pump(&shell);
	if (wire.count > before)
		box_answers(before, 1, realms);
	assert_int_equal(f.times, 1);
	assert_string_equal(f.text, expected);
}

static void a_name_is_its_gid(void **state)
{
	(void)state;
	look_up("Lab", "gid 1");
	look_up("Lab-2", "gid 5");
	look_up("\xc3\x84gypten", "gid 8");
}

static void upper_and_lower_case_matter_only_between_two(void **state)
{
	(void)state;
	look_up("lab", "gid 1");
	look_up("North", "gid 6");
	look_up("NORTH", "gid 7");
}

static void a_name_that_two_have_is_neither_of_them(void **state)
{
	(void)state;
	look_up("Office", "2 Office: more than one realm; there is Office (2), Office (3), OFFICE (4)");
}

static void a_name_that_two_have_in_another_case_is_neither_of_them(void **state)
{
	(void)state;
	look_up("north", "2 north: more than one realm; there is North (6), NORTH (7)");
	look_up("office", "2 office: more than one realm; there is Office (2), Office (3), OFFICE (4)");
}

static void an_unknown_name_is_none_and_no_beginning_of_one_counts(void **state)
{
	(void)state;
	look_up("La", "2 La: no such realm; there is Lab (1), Office (2), Office (3), OFFICE (4), Lab-2 (5), North (6), NORTH (7), "
	    "\xc3\x84gypten (8)");
	look_up("", "2 : no such realm; there is Lab (1), Office (2), Office (3), OFFICE (4), Lab-2 (5), North (6), NORTH (7), "
	    "\xc3\x84gypten (8)");
}

static void a_box_without_any_says_so(void **state)
{
	struct found f = {.times = 0};

	(void)state;
	names_look_up(&shell, GID_REALM, "Lab", done, &f);
	engine_pump(&shell);
	box_answers(0, 1, ",[]");
	assert_string_equal(f.text, "2 Lab: no such realm; there is none");
}

static void many_are_not_all_listed(void **state)
{
	struct found f = {.times = 0};
	struct buf values = {0};

	(void)state;
	for (int i = 1; i <= 13; i++)
		buf_printf(&values, "%s[\"%d\",\"r%d\"]", i > 1 ? "," : ",[", i, i);
	buf_putc(&values, ']');
	names_look_up(&shell, GID_REALM, "x", done, &f);
	engine_pump(&shell);
	box_answers(0, 1, buf_string(&values));
	assert_non_null(strstr(f.text, "r12 (12), ..."));
	assert_null(strstr(f.text, "r13"));
	buf_clear(&values);
}

/* Both look-ups are one request, and each gets its own result. */
static void two_that_ask_at_once_are_answered_by_one_list(void **state)
{
	struct found a = {.times = 0}, b = {.times = 0};

	(void)state;
	names_look_up(&shell, GID_REALM, "Lab", done, &a);
	names_look_up(&shell, GID_REALM, "Office", done, &b);
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);
	box_answers(0, 1, realms);
	assert_string_equal(a.text, "gid 1");
	assert_non_null(strstr(b.text, "more than one"));
}

static void a_script_asks_once_until_something_has_changed(void **state)
{
	(void)state;
	look_up("Lab", "gid 1");
	look_up("Lab-2", "gid 5");
	assert_int_equal(wire.count, 1);
	names_stale(&shell);
	look_up("Lab", "gid 1");
	assert_int_equal(wire.count, 2);
}

static void a_prompt_asks_afresh(void **state)
{
	(void)state;
	shell.interactive = true;
	look_up("Lab", "gid 1");
	look_up("Lab", "gid 1");
	assert_int_equal(wire.count, 2);
}

static void a_refused_list_is_an_error_and_no_name(void **state)
{
	struct found f = {.times = 0};

	(void)state;
	names_look_up(&shell, GID_REALM, "Lab", done, &f);
	engine_pump(&shell);
	box_answers(0, 0, ",\"not allowed\"");
	assert_int_equal(f.times, 1);
	assert_int_equal(f.text[0] - '0', STATUS_FAILED);
	assert_non_null(strstr(f.text, "not allowed"));
}

/* Rows that lack a cell are no names. */
static void a_row_that_is_too_short_is_no_name(void **state)
{
	struct found f = {.times = 0};

	(void)state;
	names_look_up(&shell, GID_REALM, "1", done, &f);
	engine_pump(&shell);
	box_answers(0, 1, ",[[\"1\"],[]]");
	assert_string_equal(f.text, "2 1: no such realm; there is none");
}

static void look_up_with_little_memory(bool failed)
{
	long at = fails_at;
	struct found f = {.times = 0};

	fails_at = 0;
	names_stale(&shell);
	names_look_up(&shell, GID_REALM, "Office", done, &f);
	engine_pump(&shell);
	fails_at = at;
	box_answers(wire.count - 1, 1, realms);
	at = fails_at;
	fails_at = 0;
	assert_int_equal(f.times, 1);
	if (strstr(f.text, "more than one") == NULL)
		assert_true(failed && strstr(f.text, "out of memory") != NULL);
	fails_at = at;
}

/* With one of the two lost for want of memory, the other would be the only one of its name. */
static void a_list_that_is_not_whole_is_an_error_and_no_name(void **state)
{
	(void)state;
	assert_true(each_allocation(look_up_with_little_memory) > 0);
}

static void a_kind_without_names_is_refused_unasked(void **state)
{
	struct found f = {.times = 0};

	(void)state;
	names_look_up(&shell, GID_NONE, "Lab", done, &f);
	assert_int_equal(f.times, 1);
	assert_int_equal(f.text[0], '2');
	assert_int_equal(wire.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_name_is_its_gid, set_up, tear_down),
		cmocka_unit_test_setup_teardown(upper_and_lower_case_matter_only_between_two, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_that_two_have_is_neither_of_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_that_two_have_in_another_case_is_neither_of_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unknown_name_is_none_and_no_beginning_of_one_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_box_without_any_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_are_not_all_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_that_ask_at_once_are_answered_by_one_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_script_asks_once_until_something_has_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_prompt_asks_afresh, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_refused_list_is_an_error_and_no_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_row_that_is_too_short_is_no_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_list_that_is_not_whole_is_an_error_and_no_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_kind_without_names_is_refused_unasked, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
