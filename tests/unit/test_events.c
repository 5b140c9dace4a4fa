/* SPDX-License-Identifier: ISC */
/*
 * test_events: what is subscribed to, which listener gets which event, how a flood is folded, and that `.on` runs a bounded number.
 */
#include "shell_help.h"

#include "commands/on.h"
#include "commands/table.h"
#include "run/events.h"
#include "run/names.h"

static const struct command *const table[] = {&command_on, NULL};

static int set_up(void **state)
{
	(void)state;
	shell_begin(&plain_ops);
	shell.commands = table;
	shell.events = events_create(&shell);
	shell.names = names_create(&shell);
	return shell.events != NULL && shell.names != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	engine_free(&shell);
	on_free(&shell);
	events_free(&shell);
	names_free(&shell);
	shell_end();
	return 0;
}

/* An event of the box: its name and its arguments, ",\"1\"". */
static void box_sends_event(const char *name, const char *args)
{
	static char line[200000];
	struct json all, v = {0};
	struct json_iter it;

	snprintf(line, sizeof line, "[null,\"event\",\"%s\"%s]", name, args);
	all = (struct json){line, strlen(line)};
	it = json_iterate(all);
	for (int i = 0; i < 3; i++)
		json_next(&it, NULL, &v);
	events_on_event(&shell, v, it, line, strlen(line));
}

/* --- subscriptions --- */

static void each_name_is_subscribed_to_once_and_again_after_a_loss(void **state)
{
	(void)state;
	assert_int_equal(events_subscribe(&shell, "realm_poll_stop", true), 0);
	assert_int_equal(events_subscribe(&shell, "realm_poll_stop", false), 0);
	assert_int_equal(wire.count, 1);
	assert_non_null(strstr(wire.sent[0].text, "\"realm_poll_stop\""));
	box_answers(0, 1, "");
	events_link_lost(&shell);
	events_link_ready(&shell);
	engine_pump(&shell);
	assert_true(wire.count >= 2);
	assert_non_null(strstr(wire.sent[1].text, "\"realm_poll_stop\""));
}

static void without_a_connection_it_is_subscribed_to_when_there_is_one(void **state)
{
	(void)state;
	wire.state = LINK_IDLE;
	events_subscribe(&shell, "realm_poll_stop", false);
	engine_pump(&shell);
	assert_int_equal(wire.count, 0);
	wire.state = LINK_READY;
	events_link_ready(&shell);
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);
}

/* --- listeners --- */

struct ear { struct listener l; unsigned heard, refused; bool leaves; struct ear *drops; };

static void heard(struct shell *sh, struct listener *l, const struct event *event)
{
	struct ear *e = l->ctx;

	(void)event;
	e->heard++;
	if (e->leaves)
		events_ignore(sh, l);
	if (e->drops != NULL)
		events_ignore(sh, &e->drops->l);
}

static void refused(struct shell *sh, struct listener *l, enum status status)
{
	struct ear *e = l->ctx;

	(void)status;
	e->refused++;
	events_ignore(sh, l);
}

static void listens(struct ear *e, const char *name, char *const *args, size_t count)
{
	e->l = (struct listener){.name = name, .args = args, .arg_count = count, .heard = heard, .refused = refused, .ctx = e};
	events_listen(&shell, &e->l);
}

static void a_listener_hears_its_event_and_no_other(void **state)
{
	struct ear a = {.heard = 0}, all = {.heard = 0};

	(void)state;
	listens(&a, "job_stop", NULL, 0);
	listens(&all, "*", NULL, 0);
	box_sends_event("job_stop", ",\"1\"");
	box_sends_event("job_stopped", ",\"1\"");
	box_sends_event("job", ",\"1\"");
	assert_int_equal(a.heard, 1);
	assert_int_equal(all.heard, 3);
	events_ignore(&shell, &a.l);
	box_sends_event("job_stop", ",\"1\"");
	assert_int_equal(a.heard, 1);
	assert_int_equal(all.heard, 4);
	events_ignore(&shell, &all.l);
}

static void arguments_must_be_the_same_as_far_as_they_are_given(void **state)
{
	char *args[] = {(char[]){"12"}, (char[]){"x"}};
	struct ear a = {.heard = 0};

	(void)state;
	listens(&a, "job_stop", args, 2);
	box_sends_event("job_stop", ",\"12\",\"x\",\"more\"");
	box_sends_event("job_stop", ",12,\"x\"");
	assert_int_equal(a.heard, 2);
	box_sends_event("job_stop", ",\"12\"");
	box_sends_event("job_stop", ",\"1\",\"x\"");
	box_sends_event("job_stop", ",\"12\",\"xx\"");
	box_sends_event("job_stop", "");
	assert_int_equal(a.heard, 2);
	events_ignore(&shell, &a.l);
}

static void a_realm_may_be_meant_by_its_name(void **state)
{
	char *args[] = {(char[]){"office"}};
	struct ear a = {.heard = 0};

	(void)state;
	listens(&a, "realm_poll_stop", args, 1);
	engine_pump(&shell);
	assert_int_equal(wire.count, 1);	/* the names are asked for */
	box_answers(0, 1, ",[[\"12\",\"Office\"],[\"13\",\"Lab\"]]");
	box_sends_event("realm_poll_stop", ",\"12\"");
	box_sends_event("realm_poll_stop", ",\"13\"");
	assert_int_equal(a.heard, 1);
	assert_int_equal(a.refused, 0);
	events_ignore(&shell, &a.l);
}

static void a_realm_that_two_have_the_name_of_is_refused(void **state)
{
	char *args[] = {(char[]){"Office"}};
	struct ear a = {.heard = 0};

	(void)state;
	listens(&a, "realm_poll_stop", args, 1);
	engine_pump(&shell);
	box_answers(0, 1, ",[[\"12\",\"Office\"],[\"13\",\"Office\"]]");
	assert_int_equal(a.refused, 1);
	assert_non_null(strstr(written(&shell.err), "more than one"));
	box_sends_event("realm_poll_stop", ",\"12\"");
	assert_int_equal(a.heard, 0);
}

static void listeners_may_leave_and_end_each_other_while_they_hear(void **state)
{
	struct ear c = {.heard = 0}, b = {.heard = 0}, a = {.leaves = true, .drops = &b};

	(void)state;
	listens(&a, "job_stop", NULL, 0);
	listens(&b, "job_stop", NULL, 0);
	listens(&c, "job_stop", NULL, 0);
	box_sends_event("job_stop", "");
	box_sends_event("job_stop", "");
	assert_int_equal(a.heard, 1);
	assert_int_equal(b.heard, 0);
	assert_int_equal(c.heard, 2);
	events_ignore(&shell, &c.l);
}

static void an_event_that_the_box_refuses_is_refused_to_its_listener(void **state)
{
	struct ear a = {.heard = 0};

	(void)state;
	listens(&a, "no_such", NULL, 0);
	events_subscribe(&shell, "no_such", false);
	assert_int_equal(wire.count, 1);
	box_answers(0, 0, ",\"unknown event\"");
	assert_int_equal(a.refused, 1);
	assert_non_null(strstr(written(&shell.err), "unknown event"));
}

/* --- showing --- */

static size_t rows(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static void an_event_that_only_a_listener_wants_is_not_shown(void **state)
{
	(void)state;
	events_subscribe(&shell, "job_stop", false);
	box_sends_event("job_stop", ",\"1\"");
	assert_string_equal(written(&shell.out), "");
	events_subscribe(&shell, "job_stop", true);
	box_sends_event("job_stop", ",\"1\"");
	assert_int_equal(rows(written(&shell.out)), 1);
	events_show(&shell, false);
	box_sends_event("job_stop", ",\"1\"");
	assert_string_equal(written(&shell.out), "");
}

static void a_flood_is_folded_at_a_prompt_and_each_name_for_itself(void **state)
{
	(void)state;
	events_subscribe(&shell, "*", true);
	shell.interactive = true;
	for (int i = 0; i < 50; i++)
		box_sends_event("job_stop", ",\"1\"");
	assert_int_equal(rows(written(&shell.out)), 10);
	box_sends_event("job_start", ",\"1\"");
	assert_int_equal(rows(written(&shell.out)), 1);
}

static void a_flood_of_different_names_is_folded_too(void **state)
{
	char name[32];

	(void)state;
	events_subscribe(&shell, "*", true);
	shell.interactive = true;
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "event_%d", i);
		box_sends_event(name, "");
	}
	assert_int_equal(rows(written(&shell.out)), 32);
}

static void a_script_gets_every_event(void **state)
{
	(void)state;
	events_subscribe(&shell, "*", true);
	for (int i = 0; i < 50; i++)
		box_sends_event("job_stop", ",\"1\"");
	assert_int_equal(rows(written(&shell.out)), 50);
}

/* --- .on --- */

static void on_runs_at_most_64_lines_at_once_and_each_in_the_end(void **state)
{
	const char *line = ".on job_stop -- log {1}";
	char args[32];
	size_t first;

	(void)state;
	engine_line(&shell, line, strlen(line), (struct place){0});
	engine_pump(&shell);
	first = wire.count;		/* the subscription */
	for (int i = 0; i < 100; i++) {
		snprintf(args, sizeof args, ",\"n%d\"", i);
		box_sends_event("job_stop", args);
	}
	engine_pump(&shell);
	assert_int_equal(wire.count - first, 64);
	assert_true(engine_jobs_run(&shell));
	for (size_t i = 0; i < 100; i++) {
		box_answers(first + i, 1, "");
		assert_true(wire.count - first - i - 1 <= 64);
	}
	assert_int_equal(wire.count - first, 100);
	assert_non_null(strstr(wire.sent[first + 99].text, "\"n99\""));
	assert_false(engine_jobs_run(&shell));
}

/* Whatever they contain: here 100 kB each. */
static void on_keeps_few_bytes_of_lines_that_wait(void **state)
{
	const char *line = ".on job_stop -- log {1}";
	static char args[100001];

	(void)state;
	engine_line(&shell, line, strlen(line), (struct place){0});
	engine_pump(&shell);
	memset(args, 'x', sizeof args - 1);
	memcpy(args, ",\"", 2);
	args[sizeof args - 2] = '"';
	for (int i = 0; i < 64 + 40; i++)
		box_sends_event("job_stop", args);
	assert_null(strstr(written(&shell.err), "too many events"));
	for (int i = 0; i < 3; i++)
		box_sends_event("job_stop", args);
	assert_non_null(strstr(written(&shell.err), "too many events: some lines were not run"));
	engine_pump(&shell);
	box_answers(1, 1, "");		/* one of them ends, one that waits runs, and there is room again */
	box_sends_event("job_stop", ",\"short\"");
	for (size_t i = 2; i < wire.count; i++)
		box_answers(i, 1, "");
	assert_non_null(strstr(wire.sent[wire.count - 1].text, "\"short\""));
	assert_false(engine_jobs_run(&shell));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_name_is_subscribed_to_once_and_again_after_a_loss),
		TEST(without_a_connection_it_is_subscribed_to_when_there_is_one),
		TEST(a_listener_hears_its_event_and_no_other),
		TEST(arguments_must_be_the_same_as_far_as_they_are_given),
		TEST(a_realm_may_be_meant_by_its_name),
		TEST(a_realm_that_two_have_the_name_of_is_refused),
		TEST(listeners_may_leave_and_end_each_other_while_they_hear),
		TEST(an_event_that_the_box_refuses_is_refused_to_its_listener),
		TEST(an_event_that_only_a_listener_wants_is_not_shown),
		TEST(a_flood_is_folded_at_a_prompt_and_each_name_for_itself),
		TEST(a_flood_of_different_names_is_folded_too),
		TEST(a_script_gets_every_event),
		TEST(on_runs_at_most_64_lines_at_once_and_each_in_the_end),
		TEST(on_keeps_few_bytes_of_lines_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
