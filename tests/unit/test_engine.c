/* SPDX-License-Identifier: ISC */
/*
 * test_engine: when lines are sent and shown, and what a failure, a stop or a lost connection leaves.
 */
#include <unistd.h>

#include "shell_help.h"

/* --- commands of the test's own --- */

static unsigned ran, cancelled, jobs_ended, lost;

static enum command_result run_at_once(struct shell *sh, struct task *t, enum status *status)
{
	(void)sh, (void)t, (void)status;
	ran++;
	return COMMAND_DONE;
}

static enum command_result run_and_fail(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	ran++;
	error_set(&e, STATUS_USAGE, "no good");
	return command_fail(sh, t, status, &e);
}

static void stay_cancel(struct command_state *s)
{
	cancelled++;
	command_end(s, STATUS_OK);
}

static void stay_job_ended(struct command_state *s)
{
	(void)s;
	jobs_ended++;
}

static void stay_lost(struct command_state *s)
{
	(void)s;
	lost++;
}

static const struct command_ops stay_ops = {
	.size = sizeof(struct command_state), .cancel = stay_cancel, .job_ended = stay_job_ended, .lost = stay_lost,
};

static enum command_result run_and_stay(struct shell *sh, struct task *t, enum status *status)
{
	(void)status;
	ran++;
	return command_begin(sh, t, &stay_ops) != NULL ? COMMAND_WAITS : COMMAND_FAILED;
}

static const struct command
	command_fails = {.word.name = "fails", .usage = "", .help = "", .run = run_and_fail},
	command_stays = {.word.name = "stays", .usage = "", .help = "", .run = run_and_stay},
	command_works = {.word.name = "works", .usage = "", .help = "", .at_once = true, .run = run_at_once};
static const struct command *const table[] = {&command_fails, &command_stays, &command_works, NULL};

/* --- the engine's callbacks --- */

static enum engine_turn answer_of_prepare;
static unsigned asked, dropped;

static struct task *asked_for;

/* A question makes the task wait for its answer. */
static enum engine_turn prepare(struct shell *sh, struct task *t)
{
	(void)sh;
	asked++;
	asked_for = t;
	if (answer_of_prepare == TURN_LATER)
		t->state = TASK_RESOLVING;
	return answer_of_prepare;
}

static unsigned long drop(struct shell *sh)
{
	(void)sh;
	return dropped++ == 0 ? 7 : 0;
}

static int set_up(void **state)
{
	static struct engine_ops ops;

	(void)state;
	ops = plain_ops;
	ops.prepare = prepare;
	ops.drop = drop;
	answer_of_prepare = TURN_SEND;
	ran = cancelled = jobs_ended = lost = asked = dropped = 0;
	shell_begin(&ops);
	shell.commands = table;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	shell_end();
	return 0;
}

/* All lines at once, as a script has them. */
static void lines(const char *const *text)
{
	for (unsigned long n = 1; *text != NULL; text++, n++)
		engine_line(&shell, *text, strlen(*text), (struct place){"script", n});
	engine_pump(&shell);
}

#define LINES(...) lines((const char *const []){__VA_ARGS__, NULL})

/* --- order --- */

static void answers_are_shown_in_the_order_of_the_lines(void **state)
{
	(void)state;
	LINES("product_id", "product_id", "product_id");
	assert_int_equal(wire.count, 3);
	box_answers(2, 1, ",\"third\"");
	box_answers(1, 1, ",\"second\"");
	assert_string_equal(written(&shell.out), "");
	box_answers(0, 1, ",\"first\"");
	assert_string_equal(written(&shell.out), "first\nsecond\nthird\n");
	assert_true(engine_idle(&shell));
}

static void the_same_line_again_is_the_same_request_in_its_own_place(void **state)
{
	(void)state;
	engine_line(&shell, "log x", 5, (struct place){"script", 1});
	engine_line(&shell, "log x", 5, (struct place){"script", 2});
	engine_line(&shell, "log xy", 6, (struct place){"script", 3});
	engine_line(&shell, "log x", 5, (struct place){"script", 4});
	engine_line(&shell, "- log x", 7, (struct place){"script", 5});
	engine_pump(&shell);
	box_answers(0, 1, "");
	box_answers(1, 1, "");
	box_answers(2, 1, "");
	assert_int_equal(wire.count, 4);
	assert_string_equal(wire.sent[0].text, "[\"log\",\"x\"]");
	assert_string_equal(wire.sent[1].text, "[\"log\",\"x\"]");
	assert_string_equal(wire.sent[2].text, "[\"log\",\"xy\"]");
	assert_string_equal(wire.sent[3].text, "[\"log\",\"x\"]");
	box_answers(3, 0, ",\"no\"");
	assert_non_null(strstr(written(&shell.err), "script:4: log: no"));
	assert_int_equal(wire.count, 4);
}

static void a_file_is_read_for_each_line_that_names_it(void **state)
{
	char path[] = "/tmp/ptsh-test-XXXXXX", line[64];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd != -1);
	snprintf(line, sizeof line, "log @%s", path);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pwrite(fd, i == 0 ? "one\n" : "two\n", 4, 0), 4);
		LINES(line);
		box_answers((size_t)i, 1, "");
	}
	close(fd);
	unlink(path);
	assert_string_equal(wire.sent[0].text, "[\"log\",\"one\"]");
	assert_string_equal(wire.sent[1].text, "[\"log\",\"two\"]");
}

static void what_changes_something_waits_for_all_before_it_and_all_wait_for_it(void **state)
{
	(void)state;
	LINES("product_id", "log x", "product_id", "product_id");
	assert_int_equal(wire.count, 1);
	box_answers(0, 1, ",\"a\"");
	assert_int_equal(wire.count, 2);
	assert_non_null(strstr(wire.sent[1].text, "log"));
	box_answers(1, 1, "");
	assert_int_equal(wire.count, 4);
}

static void jobs_bound_what_is_open_whatever_it_is(void **state)
{
	(void)state;
	options.jobs_set = true;
	options.jobs = 2;
	LINES("log a", "log b", "product_id", "log c");
	assert_int_equal(wire.count, 2);
	box_answers(1, 1, "");
	assert_int_equal(wire.count, 3);
	box_answers(0, 1, "");
	assert_int_equal(wire.count, 4);
}

static void no_bound_on_jobs_sends_all(void **state)
{
	(void)state;
	options.jobs_set = true;
	LINES("log a", "log b", "product_id", "log c");
	assert_int_equal(wire.count, 4);
}

static void a_line_that_asks_something_is_sent_when_it_has_its_answer(void **state)
{
	(void)state;
	answer_of_prepare = TURN_LATER;
	LINES("log a", "log b");
	assert_int_equal(asked, 1);
	engine_pump(&shell);
	assert_int_equal(asked, 1);
	assert_int_equal(wire.count, 0);
	answer_of_prepare = TURN_SEND;
	asked_for->state = TASK_WAITING;
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);
}

static void a_line_that_is_not_wanted_any_more_is_gone(void **state)
{
	(void)state;
	answer_of_prepare = TURN_NEVER;
	LINES("log a");
	assert_int_equal(asked, 1);
	assert_int_equal(wire.count, 0);
	assert_true(engine_idle(&shell));
	assert_int_equal(shell.status, STATUS_OK);
}

static void nothing_is_asked_before_there_is_a_connection(void **state)
{
	(void)state;
	wire.state = LINK_CONNECTING;
	LINES("log a");
	assert_int_equal(asked, 0);
	wire.state = LINK_READY;
	engine_pump(&shell);
	assert_int_equal(asked, 1);
	assert_int_equal(wire.count, 1);
}

static void nothing_is_begun_while_too_much_is_unsent(void **state)
{
	(void)state;
	wire.unsent = 1024 * 1024;
	assert_false(engine_wants_lines(&shell));
	LINES("product_id");
	assert_int_equal(wire.count, 0);
	wire.unsent = 0;
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);
}

/* --- failures --- */

static void a_failure_stops_a_script(void **state)
{
	(void)state;
	LINES("log a", "log b", "log c");
	box_answers(0, 0, ",\"no\"");
	assert_int_equal(wire.count, 1);
	assert_true(engine_stopped(&shell));
	assert_int_equal(engine_dropped(&shell), 2 + 7);
	assert_int_equal(dropped, 1);
	assert_int_equal(shell.status, STATUS_FAILED);
	assert_non_null(strstr(written(&shell.err), "script:1: log: no"));
}

static void keep_going_goes_on_and_keeps_the_first_status(void **state)
{
	(void)state;
	options.keep_going = true;
	LINES("log a", ".fails", "log c");
	box_answers(0, 0, ",\"no\"");
	assert_int_equal(ran, 1);
	assert_int_equal(wire.count, 2);
	box_answers(1, 1, "");
	assert_int_equal(shell.status, STATUS_FAILED);
	assert_int_equal(engine_dropped(&shell), 0);
	assert_true(engine_idle(&shell));
}

static void a_line_that_may_fail_does_and_no_more(void **state)
{
	(void)state;
	LINES("- log a", "log b");
	box_answers(0, 0, ",\"no\"");
	assert_int_equal(wire.count, 2);
	box_answers(1, 1, "");
	assert_int_equal(shell.status, STATUS_OK);
}

static void a_wrong_line_lets_those_before_it_run_and_none_after_it(void **state)
{
	(void)state;
	LINES("product_id", "ping x", "log c");
	assert_int_equal(wire.count, 1);
	box_answers(0, 1, ",\"a\"");
	assert_int_equal(wire.count, 1);
	assert_true(engine_stopped(&shell));
	assert_int_equal(shell.status, STATUS_USAGE);
}

static void a_command_that_fails_stops_a_script(void **state)
{
	(void)state;
	LINES(".fails", ".works");
	assert_int_equal(ran, 1);
	assert_int_equal(shell.status, STATUS_USAGE);
	assert_non_null(strstr(written(&shell.err), "script:1: .fails: no good"));
}

/* --- commands that wait, jobs --- */

static void all_wait_for_a_command_that_waits(void **state)
{
	(void)state;
	LINES("product_id", ".stays", "product_id");
	assert_int_equal(ran, 0);
	box_answers(0, 1, ",\"a\"");
	assert_int_equal(ran, 1);
	assert_int_equal(wire.count, 1);
	command_end(engine_foreground(&shell)->command, STATUS_OK);
	assert_int_equal(wire.count, 2);
	box_answers(1, 1, ",\"b\"");
	assert_true(engine_idle(&shell));
}

static void a_job_holds_nothing_up_and_its_end_names_it(void **state)
{
	(void)state;
	LINES("log a &", "log b");
	assert_int_equal(wire.count, 2);
	assert_int_equal(engine_job_count(&shell), 1);
	box_answers(1, 1, "");
	assert_true(engine_queue_empty(&shell));
	assert_false(engine_idle(&shell));
	box_answers(0, 1, "");
	assert_true(engine_idle(&shell));
	assert_non_null(strstr(written(&shell.err), "[1] log a: done"));
	assert_int_equal(engine_last_job(&shell), 1);
}

static void a_command_hears_of_jobs_that_end_numbered_or_not(void **state)
{
	(void)state;
	LINES("log a &", ".stays");
	engine_hold(&shell);
	assert_true(engine_jobs_run(&shell));
	box_answers(0, 1, "");
	assert_int_equal(jobs_ended, 1);
	assert_true(engine_jobs_run(&shell));
	engine_release(&shell);
	assert_int_equal(jobs_ended, 2);
	assert_false(engine_jobs_run(&shell));
}

static void a_stop_leaves_the_command_that_waits(void **state)
{
	(void)state;
	LINES(".stays", "log b");
	engine_stop(&shell);
	engine_pump(&shell);
	assert_int_equal(cancelled, 1);
	assert_true(engine_idle(&shell));
	assert_int_equal(wire.count, 0);
	assert_int_equal(engine_dropped(&shell), 1 + 7);
}

static void what_still_waits_at_the_end_is_freed(void **state)
{
	(void)state;	/* memory checkers verify it */
	LINES("log a &", ".stays", "product_id");
	assert_int_equal(ran, 1);
}

/* --- the connection --- */

static void a_request_that_has_left_may_have_been_done(void **state)
{
	void *tag;

	(void)state;
	LINES("log a");
	tag = wire.sent[0].tag;
	wire.state = LINK_FAILED;
	engine_on_unanswered(&shell, tag, true, false);
	engine_link_lost(&shell);
	assert_int_equal(shell.status, STATUS_LOST);
	assert_non_null(strstr(written(&shell.err), "the box may have done it"));
}

static void a_request_that_has_not_left_was_not_sent(void **state)
{
	void *tag;

	(void)state;
	LINES("log a", "log b");
	tag = wire.sent[0].tag;
	wire.state = LINK_FAILED;
	engine_on_unanswered(&shell, tag, false, false);
	engine_link_lost(&shell);
	assert_int_equal(shell.status, STATUS_LOST);
	assert_non_null(strstr(written(&shell.err), "not sent"));
	assert_int_equal(wire.count, 1);
	assert_int_equal(engine_dropped(&shell), 1 + 7);
}

/* A failed login: requests sent with it were not processed, and are sent again, once. */
static void what_went_with_a_refused_login_goes_again(void **state)
{
	void *tag;

	(void)state;
	LINES("product_id");
	tag = wire.sent[0].tag;
	wire.state = LINK_CONNECTING;
	engine_on_unanswered(&shell, tag, true, false);
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);
	wire.state = LINK_READY;
	engine_pump(&shell);
	assert_int_equal(wire.count, 2);
	box_answers(1, 1, ",\"a\"");
	assert_string_equal(written(&shell.out), "a\n");
	assert_int_equal(wire.count, 2);
}

static void a_command_hears_that_the_connection_is_gone_for_good(void **state)
{
	(void)state;
	options.keep_going = true;
	LINES(".stays");
	wire.state = LINK_AWAY;
	engine_link_lost(&shell);
	assert_int_equal(lost, 0);
	wire.state = LINK_FAILED;
	engine_link_lost(&shell);
	assert_int_equal(lost, 1);
}

/* --- jobs --- */

static unsigned ends;

static void child_done(struct shell *sh, struct task *t, const struct reply *reply)
{
	(void)sh, (void)reply;
	ends += t->outcome == OUTCOME_OK ? 1 : 100;
}

static void a_child_passes_by_the_queue(void **state)
{
	struct error e;

	(void)state;
	ends = 0;
	LINES("log a", "product_id");
	assert_non_null(engine_child(&shell, "product_id", 10, (struct place){0}, false, child_done, NULL, &e));
	assert_non_null(engine_child(&shell, ".works", 6, (struct place){0}, false, child_done, NULL, &e));
	engine_pump(&shell);
	assert_int_equal(wire.count, 2);
	assert_int_equal(ends, 1);
	box_answers(1, 1, ",\"x\"");
	assert_int_equal(ends, 2);
	assert_string_equal(written(&shell.out), "");
}

static void a_child_is_a_request_or_over_at_once(void **state)
{
	struct error e;

	(void)state;
	assert_null(engine_child(&shell, ".stays", 6, (struct place){0}, false, child_done, NULL, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_null(engine_child(&shell, "ping x", 6, (struct place){0}, false, child_done, NULL, &e));
	assert_int_equal(e.status, STATUS_USAGE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(answers_are_shown_in_the_order_of_the_lines),
		TEST(the_same_line_again_is_the_same_request_in_its_own_place),
		TEST(a_file_is_read_for_each_line_that_names_it),
		TEST(what_changes_something_waits_for_all_before_it_and_all_wait_for_it),
		TEST(jobs_bound_what_is_open_whatever_it_is),
		TEST(no_bound_on_jobs_sends_all),
		TEST(a_line_that_asks_something_is_sent_when_it_has_its_answer),
		TEST(a_line_that_is_not_wanted_any_more_is_gone),
		TEST(nothing_is_asked_before_there_is_a_connection),
		TEST(nothing_is_begun_while_too_much_is_unsent),
		TEST(a_failure_stops_a_script),
		TEST(keep_going_goes_on_and_keeps_the_first_status),
		TEST(a_line_that_may_fail_does_and_no_more),
		TEST(a_wrong_line_lets_those_before_it_run_and_none_after_it),
		TEST(a_command_that_fails_stops_a_script),
		TEST(all_wait_for_a_command_that_waits),
		TEST(a_job_holds_nothing_up_and_its_end_names_it),
		TEST(a_command_hears_of_jobs_that_end_numbered_or_not),
		TEST(a_stop_leaves_the_command_that_waits),
		TEST(what_still_waits_at_the_end_is_freed),
		TEST(a_request_that_has_left_may_have_been_done),
		TEST(a_request_that_has_not_left_was_not_sent),
		TEST(what_went_with_a_refused_login_goes_again),
		TEST(a_command_hears_that_the_connection_is_gone_for_good),
		TEST(a_child_passes_by_the_queue),
		TEST(a_child_is_a_request_or_over_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
