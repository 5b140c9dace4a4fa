/* SPDX-License-Identifier: ISC */
/* Requests written back as lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/line.h"

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)ctx;
	(void)what;
	(void)e;
	buf_puts(out, "***");
	return 0;
}

static const struct line_context context = {.ask_secret = ask_secret};

/* Returns the JSON that a line becomes; owned by *line. */
static const char *json_of(struct line *line, const char *text)
{
	struct error e;
	char *usage;
	size_t at;

	if (line_parse(line, text, strlen(text), &context, &e, &usage, &at) < 0)
		fail_msg("%s: %s", text, e.text);
	free(usage);
	return buf_string(&line->json);
}

static void prints_as(const char *json, const char *expected)
{
	struct buf out = {0};
	struct line line;

	if (line_print(&out, json, strlen(json), false) < 0)
		fail_msg("%s cannot be printed", json);
	if (strcmp(buf_string(&out), expected) != 0)
		fail_msg("%s: %s instead of %s", json, buf_string(&out), expected);
	json_of(&line, buf_string(&out));
	line_clear(&line);
	buf_clear(&out);
}

static void every_example_is_printed_as_it_was_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		struct buf out = {0}, masked = {0};
		struct line line, again;
		const char *json = json_of(&line, catalog[i].example);

		assert_int_equal(line_print(&out, json, strlen(json), false), 0);
		assert_string_equal(json_of(&again, buf_string(&out)), json);
		line_clear(&again);
		assert_int_equal(line_print(&masked, json, strlen(json), true), 0);
		if (catalog_secret(&catalog[i])) {
			/* the secret is "***", which has no meaning of its own */
			assert_string_equal(buf_string(&masked), line.secret ? catalog[i].example : buf_string(&out));
		} else if (strstr(catalog[i].example, "on ") == NULL) {
			assert_string_equal(buf_string(&out), catalog[i].example);
			assert_string_equal(buf_string(&masked), catalog[i].example);
		}
		line_clear(&line);
		buf_clear(&out);
		buf_clear(&masked);
	}
}

static void the_shortest_form_that_means_the_same(void **state)
{
	static const char *const cases[][2] = {
		{"[\"ping\"]", "ping"},
		{" [ \"realm_info\" , [ \"gid\" ] ] ", "realm_info gid"},
		{"[\"realm_info\",[\"gid\"],null]", "realm_info gid null"},
		{"[\"realm_info\",[],[\"5\"]]", "realm_info --realms 5"},
		{"[\"realm_info\",[]]", "realm_info []"},
		{"[\"realm_info\",[\"gid\"],[5]]", "realm_info gid [5]"},
		{"[\"log\",\"a b\",5]", "log 'a b' notice"},
		{"[\"log\",\"x\",0.10]", "log x 0.10"},
		{"[\"log\",\"x\",1e400]", "log x 1e400"},
		{"[\"log\",\"x\",\"5\"]", "[\"log\",\"x\",\"5\"]"},
		{"[\"log\",\"null\"]", "log 'null'"},
		{"[\"log\",\"--x\"]", "log '--x'"},
		{"[\"log\",\"@x\"]", "log '@x'"},
		{"[\"log\",\"?\"]", "log '?'"},
		{"[\"log\",\"it's \\\"\\u0000\\n\"]", "log \"it's \\\"\\u0000\\n\""},
		{"[\"log\",\"\\u0041\\/\"]", "log A/"},
		{"[\"log\",\"\\ud83d\\ude00\"]", "log \xf0\x9f\x98\x80"},
		{"[\"log\",[1]]", "[\"log\",[1]]"},
		{"[\"log\",\"a\",1,2]", "[\"log\",\"a\",1,2]"},
		{"[\"log\",true]", "[\"log\",true]"},
		{"[\"realm_poll\",5]", "[\"realm_poll\",5]"},
		{"[\"realm_modify\",[\"1\",\"2\"],[[\"a, b\",\"c\"],[\"d\"]]]", "realm_modify 1,2 'a, b',c d"},
		{"[\"realm_modify\",[],[[\"a\",5]]]", "realm_modify --add [[\"a\",5]]"},
		{"[\"realm_query\",\"5\",\"device\",[\"vlan\"],[],{},2,{}]", "realm_query 5 device vlan --history changes --unused {}"},
		{"[\"realm_query\",\"5\",\"device\",[],[\"device_mac\"]]", "realm_query 5 device [] device_mac"},
		{"[\"realm_query\",\"5\",\"device\",[\"vlan\"],[],{\"vlan\":27}]", "realm_query 5 device vlan --filter {\"vlan\":27}"},
		{"[\"realm_query\",\"5\",\"device\",[\"vlan\"],[],{\"vlan\":\"27\"},1]", "realm_query 5 device vlan --filter vlan=27 --history all"},
		{"[\"poller_subnet_list_modify\",\"5\",[[\"10.0.0.0\",8,1,1]],[[\"10.0.0.0\",8,1,3]]]",
		    "poller_subnet_list_modify 5 10.0.0.0,8,1,include --add 10.0.0.0,8,1,include+ping"},
		{"[\"poller_subnet_list_modify\",\"5\",[],[[\"10.0.0.0\",\"8\",1,3]]]", "poller_subnet_list_modify 5 --add [[\"10.0.0.0\",\"8\",1,3]]"},
		{"[\"realm_device_assign\",\"5\",[\"1.1.1.1\",null]]", "realm_device_assign 5 1.1.1.1 null"},
		{"[\"realm_device_assign\",\"5\",[\"1.1.1.1\",7]]", "realm_device_assign 5 [\"1.1.1.1\",7]"},
		{"[\"group_settings_modify\",\"5\",{},[],[[\"7\",[[\"Views\",1],[\"Plugins\",0]]]]]",
		    "group_settings_modify 5 --realm-roles 7=Views=read 7=Plugins=none"},
		{"[\"group_settings_modify\",\"5\",{},[],[[\"7\",[[\"Views\",1]]],[\"7\",[[\"Plugins\",0]]]]]",
		    "group_settings_modify 5 --realm-roles [[\"7\",[[\"Views\",1]]],[\"7\",[[\"Plugins\",0]]]]"},
		{"[\"global_settings_modify\",[[\"domain\",\"\"],[\"smtp_user\",\"a b\"]]]", "global_settings_modify domain='' smtp_user='a b'"},
		{"[\"global_settings_modify\",[[\"domain\",5]]]", "global_settings_modify [[\"domain\",5]]"},
		{"[\"security_authentication_modify\",\"5\",{\"inuse\":1,\"ctrls\":[[],[\"b\"]]}]", "security_authentication_modify 5 inuse=yes ctrls=+b"},
		{"[\"security_authentication_modify\",\"5\",{\"inuse\":\"1\"}]", "security_authentication_modify 5 {\"inuse\":\"1\"}"},
		{"[\"realm_advanced_settings_modify\",\"5\",[[\"block_port_macs\"]]]", "realm_advanced_settings_modify 5 block_port_macs"},
		{"[\"realm_advanced_settings_modify\",\"5\",[[\"block_port_macs\",[],[\"x\"]]]]",
		    "realm_advanced_settings_modify 5 [[\"block_port_macs\",[],[\"x\"]]]"},
		{"[\"realm_snmp_credential_list_modify\",\"5\",[],[[\"10.0.0.0\",8,[[2,[\"a b\"]]],1]]]",
		    "realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,'a b',include"},
		{"[\"realm_snmp_credential_list_modify\",\"5\",[],[[\"10.0.0.0\",8,[[2,[\"a b\",\"c\"]]],1]]]",
		    "realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,[[2,[\"a b\",\"c\"]]],include"},
		{"[\"remote_backup\",\"\",\"\",\"\",\"\",\"/tmp\"]", "remote_backup --directory /tmp"},
		{"[\"remote_backup\",\"\"]", "[\"remote_backup\",\"\"]"},
		{"[\"subscribe\",\"*\",\"a b\"]", "subscribe '*' 'a b'"},
		{"[\"frobnicate\",1,\"1\",\"a b\",{\"a\":[1, 2]},null,\"null\",true,\"true\"]", "frobnicate 1 '1' 'a b' {\"a\":[1,2]} null 'null' true 'true'"},
		{"[\"realm_inf\",1]", "[\"realm_inf\",1]"},
		{"[\".x\",1]", "[\".x\",1]"}, {"[\"quit\"]", "[\"quit\"]"}, {"[\"-\",\"ping\"]", "'-' ping"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		prints_as(cases[i][0], cases[i][1]);
}

static void what_is_no_request_is_not_printed(void **state)
{
	static const char *const cases[] = {"", "[", "[]", "{}", "5", "[5]", "[\"\"]", "[\"a\\u0000b\"]", "[\"ping\"] x", "[\"\xff\"]"};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (line_print(&out, cases[i], strlen(cases[i]), false) == 0)
			fail_msg("%s: %s", cases[i], buf_string(&out));
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_is_printed_as_it_was_typed),
		cmocka_unit_test(the_shortest_form_that_means_the_same),
		cmocka_unit_test(what_is_no_request_is_not_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
