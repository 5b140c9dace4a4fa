/* SPDX-License-Identifier: ISC */
/* From what is typed to what is sent, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/line.h"

static const char marker[] = "S3CR3T";

/* --- a context that answers questions --- */

static bool confirms;

static int read_file(void *ctx, const char *path, struct buf *out, struct error *e)
{
	(void)ctx;
	if (strcmp(path, "one-line") == 0)
		buf_puts(out, "S3CR3T file\r\n");
	else if (strcmp(path, "pem") == 0)
		buf_puts(out, "-----BEGIN\nS3CR3T\n-----END\n");
	else if (strcmp(path, "latin1") == 0)
		buf_puts(out, "caf\xe9\n");
	else if (strcmp(path, "nul") == 0)
		buf_put(out, "a\0b", 3);
	else
		return error_set(e, STATUS_USAGE, "%s: no such file", path);
	return 0;
}

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)what;
	(void)ctx;
	(void)e;
	buf_puts(out, "***");
	return 0;
}

static bool confirm_nearest(void *ctx, const char *typed, const char *nearest)
{
	(void)ctx;
	assert_string_not_equal(typed, nearest);
	return confirms;
}

static enum command_secret ask_secrets(const char *word, size_t *from)
{
	return line_option_secret(word, "cA", from);
}

static const struct command_word *find_command(void *ctx, const char *name, size_t len, struct error *e)
{
	static const struct command_word known[] = {{.name = "each", .takes_line = true}, {.name = "echo"}, {.name = "help"}, {.name = "quit"}, {.name = "last"},
		{.name = "ask", .job = true, .secret = ask_secrets}};
	const struct command_word *found = NULL;

	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0)
			return &known[i];
		if (len > 0 && strncmp(known[i].name, name, len) == 0) {
			if (found != NULL) {
				error_set(e, STATUS_USAGE, ".%.*s: each or echo?", (int)len, name);
				return NULL;
			}
			found = &known[i];
		}
	}
	if (found == NULL)
		error_set(e, STATUS_USAGE, ".%.*s: there is no such command", (int)len, name);
	return found;
}

static const struct line_context script = {.read_file = read_file, .ask_secret = ask_secret, .find_command = find_command};
static const struct line_context prompt = {.prompt = true, .terminal = true, .read_file = read_file, .ask_secret = ask_secret,
    .confirm_nearest = confirm_nearest, .find_command = find_command};

/* --- what the tests use --- */

static struct line line;
static struct error error;
static char *usage;
static size_t at;
static char shown[4096];

static int parse_len(const struct line_context *context, const char *text, size_t len)
{
	/* exactly as long as it is, so that reading further is noticed */
	char *exact = malloc(len > 0 ? len : 1);
	int result;

	assert_non_null(exact);
	memcpy(exact, text, len);
	free(usage);
	line_clear(&line);
	memset(&error, 0, sizeof(error));
	result = line_parse(&line, exact, len, context, &error, &usage, &at);
	free(exact);
	assert_true(at <= len);
	assert_non_null(line.masked);
	if (result < 0) {
		assert_int_equal(error.status, STATUS_USAGE);
		assert_true(error.text[0] != '\0');
		assert_null(strchr(error.text, '\n'));
	}
	return result;
}

static int parse(const struct line_context *context, const char *text)
{
	return parse_len(context, text, strlen(text));
}

static const char *json(void)
{
	assert_true(line.json.len < sizeof(shown));
	memcpy(shown, buf_head(&line.json), line.json.len);
	shown[line.json.len] = '\0';
	return shown;
}

static void becomes(const char *text, const char *expected)
{
	if (parse(&script, text) < 0)
		fail_msg("%s: %s", text, error.text);
	if (strcmp(json(), expected) != 0)
		fail_msg("%s: %s instead of %s", text, json(), expected);
}

/* Asserts that the message contains this. */
static void refused(const struct line_context *context, const char *text, const char *part)
{
	if (parse(context, text) == 0)
		fail_msg("%s: taken as %s", text, json());
	if (strstr(error.text, part) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", text, error.text, part);
}

static int clear(void **state)
{
	(void)state;
	line_clear(&line);
	free(usage);
	usage = NULL;
	return 0;
}

/* --- the manual's own examples --- */

static void examples_of_the_manual(void **state)
{
	static const char *const cases[][2] = {
		{"realm_info", "[\"realm_info\"]"},
		{"realm_info gid,name", "[\"realm_info\",[\"gid\",\"name\"]]"},
		{"realm_info gid,name 5000015442", "[\"realm_info\",[\"gid\",\"name\"],[\"5000015442\"]]"},
		{"realm_poll 5100005442", "[\"realm_poll\",\"5100005442\"]"},
		{"realm_info_modify 38952865423 name=default-1", "[\"realm_info_modify\",\"38952865423\",{\"name\":\"default-1\"}]"},
		/* a filter is no list of raw columns, which may be left out */
		{"realm_query 5100005442 device switch_uid,device_ip switch_uid=sw03% --history all",
		    "[\"realm_query\",\"5100005442\",\"device\",[\"switch_uid\",\"device_ip\"],[],{\"switch_uid\":\"sw03%\"},1]"},
		{"realm_query 5100005442 device switch_uid,device_ip device_mac switch_uid=switch03%",
		    "[\"realm_query\",\"5100005442\",\"device\",[\"switch_uid\",\"device_ip\"],[\"device_mac\"],"
		    "{\"switch_uid\":\"switch03%\"}]"},
		{"realm_query 5100005442 device switch_uid --history all",
		    "[\"realm_query\",\"5100005442\",\"device\",[\"switch_uid\"],[],{},1]"},
		{"realm_query 5100005442 switch_detail ifname --filter switch=27 --unused days=30",
		    "[\"realm_query\",\"5100005442\",\"switch_detail\",[\"ifname\"],[],{\"switch\":\"27\"},0,{\"days\":\"30\"}]"},
		{"realm_modify 38456782341 'Test Realm','for test'",
		    "[\"realm_modify\",[\"38456782341\"],[[\"Test Realm\",\"for test\"]]]"},
		{"realm_modify --add 'Test Realm','for test'", "[\"realm_modify\",[],[[\"Test Realm\",\"for test\"]]]"},
		{"global_settings_modify session_timeout=86400", "[\"global_settings_modify\",[[\"session_timeout\",\"86400\"]]]"},
		{"realm_device_assign 64424509927 1.1.1.1 null", "[\"realm_device_assign\",\"64424509927\",[\"1.1.1.1\",null]]"},
		{"log 'backup done' notice", "[\"log\",\"backup done\",5]"},
		{"subscribe realm_poll_stop realm_discover_stop", "[\"subscribe\",\"realm_poll_stop\",\"realm_discover_stop\"]"},
		{"group_settings_modify 98784248723 --system 'Add Realms'=none",
		    "[\"group_settings_modify\",\"98784248723\",{},[[\"Add Realms\",0]]]"},
		/* the table of kinds */
		{"log abc", "[\"log\",\"abc\"]"}, {"log 'a b'", "[\"log\",\"a b\"]"}, {"log 0123", "[\"log\",\"0123\"]"},
		{"log null", "[\"log\",\"null\"]"}, {"log x 12", "[\"log\",\"x\",12]"}, {"log x info", "[\"log\",\"x\",6]"},
		{"group_settings_modify 1 --system API=read", "[\"group_settings_modify\",\"1\",{},[[\"API\",1]]]"},
		{"realm_info [\"gid\",\"name\"]", "[\"realm_info\",[\"gid\",\"name\"]]"}, {"realm_info []", "[\"realm_info\",[]]"},
		{"realm_info gid null", "[\"realm_info\",[\"gid\"],null]"}, {"realm_info gid *", "[\"realm_info\",[\"gid\"],null]"},
		{"realm_modify [] name,description name,description",
		    "[\"realm_modify\",[],[[\"name\",\"description\"],[\"name\",\"description\"]]]"},
		{"realm_info_modify 1 name=x description='y z'", "[\"realm_info_modify\",\"1\",{\"name\":\"x\",\"description\":\"y z\"}]"},
		{"realm_advanced_settings_modify 1 cdp_enabled=0 lldp_enabled=1",
		    "[\"realm_advanced_settings_modify\",\"1\",[[\"cdp_enabled\",\"0\"],[\"lldp_enabled\",\"1\"]]]"},
		{"realm_modify [] 'Head Office','a, b'", "[\"realm_modify\",[],[[\"Head Office\",\"a, b\"]]]"},
		{"group_info --groups 'Head Office','a, b'", "[\"group_info\",[],[\"Head Office\",\"a, b\"]]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		becomes(cases[i][0], cases[i][1]);
}

/* The requests that the protocol's document shows, as one would type them. */
static void examples_of_the_protocol(void **state)
{
	static const char *const cases[][2] = {
		{"realm_seed_list_modify 5100005442 10.0.0.5 10.0.0.5", "[\"realm_seed_list_modify\",\"5100005442\",[\"10.0.0.5\"],[\"10.0.0.5\"]]"},
		{"realm_snmp_credential_list_modify 5100005442 10.0.0.0,8 11.1.1.0,24 --add "
		    "192.168.240.0,24,[[2,[\"w0rld\",\"peace\"]],[3,\"noAuthUser\"]],1",
		    "[\"realm_snmp_credential_list_modify\",\"5100005442\",[[\"10.0.0.0\",8],[\"11.1.1.0\",24]],"
		    "[[\"192.168.240.0\",24,[[2,[\"w0rld\",\"peace\"]],[3,\"noAuthUser\"]],1]]]"},
		{"realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,public,1",
		    "[\"realm_snmp_credential_list_modify\",\"5\",[],[[\"10.0.0.0\",8,[[2,[\"public\"]]],1]]]"},
		{"realm_device_assign 64424509927", "[\"realm_device_assign\",\"64424509927\"]"},
		{"realm_device_assign 64424509927 1.1.1.1 64424509930", "[\"realm_device_assign\",\"64424509927\",[\"1.1.1.1\",\"64424509930\"]]"},
		{"realm_device_assign 64424509927 [\"1.1.1.1\",null]", "[\"realm_device_assign\",\"64424509927\",[\"1.1.1.1\",null]]"},
		{"realm_device_assign 64424509927 1.1.1.1,null", "[\"realm_device_assign\",\"64424509927\",[\"1.1.1.1\",null]]"},
		{"poller_subnet_list_modify 1 --add 10.0.0.0,8,1,include+ping 10.1.0.0,16,1,exclude",
		    "[\"poller_subnet_list_modify\",\"1\",[],[[\"10.0.0.0\",8,1,3],[\"10.1.0.0\",16,1,0]]]"},
		{"security_authentication_modify 1 inuse=yes", "[\"security_authentication_modify\",\"1\",{\"inuse\":1}]"},
		{"realm_advanced_settings_modify 64424509927 block_port_macs=-11:00:0a:0b:11:22,+0a:11:22:44:0e:0b",
		    "[\"realm_advanced_settings_modify\",\"64424509927\",[[\"block_port_macs\",[\"11:00:0a:0b:11:22\"],[\"0a:11:22:44:0e:0b\"]]]]"},
		{"realm_advanced_settings_modify 1 block_port_macs=+AA:BB:CC:DD:EE:FF cdp_enabled=0",
		    "[\"realm_advanced_settings_modify\",\"1\",[[\"block_port_macs\",[],[\"AA:BB:CC:DD:EE:FF\"]],[\"cdp_enabled\",\"0\"]]]"},
		{"realm_advanced_settings_modify 1 block_port_macs", "[\"realm_advanced_settings_modify\",\"1\",[[\"block_port_macs\"]]]"},
		{"realm_advanced_settings_modify 1 [[\"block_port_macs\", [], [\"x\"]]]",
		    "[\"realm_advanced_settings_modify\",\"1\",[[\"block_port_macs\",[],[\"x\"]]]]"},
		{"realm_advanced_settings_modify 1 block_port_macs=[[],[\"x\"]]",
		    "[\"realm_advanced_settings_modify\",\"1\",[[\"block_port_macs\",[],[\"x\"]]]]"},
		{"poller_modify 385611201213 98456723211 test1,'Test poller',127.0.0.1,test",
		    "[\"poller_modify\",\"385611201213\",[\"98456723211\"],[[\"test1\",\"Test poller\",\"127.0.0.1\",\"test\"]]]"},
		{"poller_info_modify 6789345621 name=test1 secret=test123 hostname=localhost dns_max_outstanding=65",
		    "[\"poller_info_modify\",\"6789345621\",{\"name\":\"test1\",\"secret\":\"test123\",\"hostname\":\"localhost\","
		    "\"dns_max_outstanding\":\"65\"}]"},
		{"poller_subnet_list_modify 64424509930 1.1.1.1,32,1000,1,2 10.1.1.1,32,1000,0,0 --add 192.168.0.0,16,1200,1,2",
		    "[\"poller_subnet_list_modify\",\"64424509930\",[[\"1.1.1.1\",32,1000,1,2],[\"10.1.1.1\",32,1000,0,0]],"
		    "[[\"192.168.0.0\",16,1200,1,2]]]"},
		{"poller_subnet_list_modify 1 [[\"1.1.1.1\",32,1000,1,2]] [[\"192.168.0.0\",16,1200,1,2]]",
		    "[\"poller_subnet_list_modify\",\"1\",[[\"1.1.1.1\",32,1000,1,2]],[[\"192.168.0.0\",16,1200,1,2]]]"},
		{"poller_subnet_list_modify 1 [] [\"192.168.0.0\",16,1200,1,2] 10.0.0.0,8,1,3",
		    "[\"poller_subnet_list_modify\",\"1\",[],[[\"192.168.0.0\",16,1200,1,2],[\"10.0.0.0\",8,1,3]]]"},
		{"security_misc_settings_modify login_banner='Its My Box.'", "[\"security_misc_settings_modify\",{\"login_banner\":\"Its My Box.\"}]"},
		{"security_certificate_assign custom,apache custom,API", "[\"security_certificate_assign\",[[\"custom\",\"apache\"],[\"custom\",\"api\"]]]"},
		{"security_authentication_modify 90194313753 inuse=1 server=4test",
		    "[\"security_authentication_modify\",\"90194313753\",{\"inuse\":1,\"server\":\"4test\"}]"},
		{"security_authentication_modify 90194313603 certificate=custom domain=new ctrls=-10.1.50.1,+10.1.50.2",
		    "[\"security_authentication_modify\",\"90194313603\",{\"certificate\":\"custom\",\"domain\":\"new\","
		    "\"ctrls\":[[\"10.1.50.1\"],[\"10.1.50.2\"]]}]"},
		{"group_settings 98784248728 'Add Realms','Assign Devices'", "[\"group_settings\",\"98784248728\",[\"Add Realms\",\"Assign Devices\"]]"},
		{"group_settings_modify 98784248723 name=TEST --system 'Add Realms'=0 --realm-roles 386550063117151='Poller Settings'=read",
		    "[\"group_settings_modify\",\"98784248723\",{\"name\":\"TEST\"},[[\"Add Realms\",0]],"
		    "[[\"386550063117151\",[[\"Poller Settings\",1]]]]]"},
		{"group_settings_modify 1 --realm-roles 5=Views=read 5=Plugins=write 6=Views=none",
		    "[\"group_settings_modify\",\"1\",{},[],[[\"5\",[[\"Views\",1],[\"Plugins\",2]]],[\"6\",[[\"Views\",0]]]]]"},
		{"remote_backup", "[\"remote_backup\"]"},
		{"remote_backup scp 10.5.1.1 admin admin /tmp", "[\"remote_backup\",\"SCP\",\"10.5.1.1\",\"admin\",\"admin\",\"/tmp\"]"},
		{"remote_backup --directory /tmp", "[\"remote_backup\",\"\",\"\",\"\",\"\",\"/tmp\"]"},
		{"user_view_info gid,name", "[\"user_view_info\",[\"gid\",\"name\"]]"},
		{"realm_query 1 switch_detail ifname [] {\"switch\": 27}", "[\"realm_query\",\"1\",\"switch_detail\",[\"ifname\"],[],{\"switch\":27}]"},
		{"log x", "[\"log\",\"x\"]"}, {"log x --priority 0", "[\"log\",\"x\",0]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		becomes(cases[i][0], cases[i][1]);
}

static void every_request_has_an_example_that_is_sent_as_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		becomes(catalog[i].example, catalog[i].example_json);
		assert_ptr_equal(line.type, &catalog[i]);
		assert_int_equal(line.note_count, 0);
	}
}

static void names_of_arguments_may_stand_anywhere(void **state)
{
	(void)state;
	becomes("realm_query --history all 5 device switch_uid", "[\"realm_query\",\"5\",\"device\",[\"switch_uid\"],[],{},1]");
	becomes("realm_query --type device 5 switch_uid", "[\"realm_query\",\"5\",\"device\",[\"switch_uid\"]]");
	becomes("realm_query 5 device switch_uid --history all days=3", "[\"realm_query\",\"5\",\"device\",[\"switch_uid\"],[],{},1,{\"days\":\"3\"}]");
	becomes("realm_query 5 device switch_uid --history=all", "[\"realm_query\",\"5\",\"device\",[\"switch_uid\"],[],{},1]");
	becomes("realm_query 5 device switch_uid --filter=switch=27", "[\"realm_query\",\"5\",\"device\",[\"switch_uid\"],[],{\"switch\":\"27\"}]");
	becomes("realm_query --columns=[\"vlan\"] 5 device", "[\"realm_query\",\"5\",\"device\",[\"vlan\"]]");
	/* words after a name continue after its argument: never before it, where they would be deleted */
	refused(&script, "realm_modify --add a,b -- 17", "too many arguments");
	becomes("log -- --message", "[\"log\",\"--message\"]");
	becomes("log '--message'", "[\"log\",\"--message\"]");
}

static void a_name_without_its_value_is_refused(void **state)
{
	(void)state;
	refused(&script, "log --message --priority 3", "--message needs text");
	refused(&script, "log x --priority", "--priority needs a number");
	refused(&script, "log x --prio 3", "\"--prio\": no such argument");
	refused(&script, "log x --prio=3", "\"--prio\": no such argument");
	assert_string_equal(usage, "log MESSAGE [PRIORITY]");
	refused(&script, "log x --message y", "message is given twice");
	refused(&script, "log --message x --message y", "message is given twice");
	assert_int_equal(at, 16);
}

static void numbers_keep_their_spelling(void **state)
{
	static const char *const numbers[] = {"0.10", "1e400", "9007199254740993", "-0", "12345678901234567890", "1E+2", "-1e-400"};
	char text[64], expected[64];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(text, sizeof(text), "log x %s", numbers[i]);
		snprintf(expected, sizeof(expected), "[\"log\",\"x\",%s]", numbers[i]);
		becomes(text, expected);
		snprintf(text, sizeof(text), "unknown_thing %s", numbers[i]);
		snprintf(expected, sizeof(expected), "[\"unknown_thing\",%s]", numbers[i]);
		becomes(text, expected);
	}
	becomes("realm_poll 00038952865423", "[\"realm_poll\",\"00038952865423\"]");
	becomes("realm_info gid [38952865423]", "[\"realm_info\",[\"gid\"],[38952865423]]");
	refused(&script, "log x 007", "number");
	refused(&script, "log x 0x10", "number");
	refused(&script, "log x 1.", "number");
	refused(&script, "log x NaN", "number");
	refused(&script, "log x ' 5'", "number");
}

static void what_is_not_text_is_refused(void **state)
{
	(void)state;
	assert_int_equal(parse_len(&script, "log a\0b", 7), -1);
	assert_int_equal(at, 5);
	assert_int_equal(parse_len(&script, "log caf\xe9", 8), -1);
	assert_int_equal(at, 7);
	assert_int_equal(parse_len(&script, "log \xed\xa0\x80", 7), -1);
	refused(&script, "log \"\\ud83d\"", "surrogate");
	refused(&script, "[\"log\",\"\\ud83d\"]", "not JSON");
	refused(&script, "realm_info [\"\\ude00\"]", "not JSON");
	refused(&script, "realm_info [\"gid\",]", "not JSON");
	assert_int_equal(at, 18);
	becomes("log \"a\\u0000b\"", "[\"log\",\"a\\u0000b\"]");
	becomes("log caf\xc3\xa9", "[\"log\",\"caf\xc3\xa9\"]");
	becomes("log \"\\ud83d\\ude00\"", "[\"log\",\"\xf0\x9f\x98\x80\"]");
	becomes("log 'a\tb'", "[\"log\",\"a\\tb\"]");
}

/* --- addresses, MACs, values with names --- */

static void a_mac_is_taken_in_every_spelling(void **state)
{
	static const char *const macs[] = {"00:1d:60:36:16:71", "00-1D-60-36-16-71", "001d.6036.1671", "001d60361671", "0:1D:60:36:16:71"};
	char typed[200];

	(void)state;
	for (size_t i = 0; i < sizeof macs / sizeof macs[0]; i++) {
		snprintf(typed, sizeof typed, "realm_query 5 device ifname --filter device_mac=%s", macs[i]);
		becomes(typed, "[\"realm_query\",\"5\",\"device\",[\"ifname\"],[],{\"device_mac\":\"00:1d:60:36:16:71\"}]");
		snprintf(typed, sizeof typed, "realm_query 5 switch_detail ifname port_mac='%s'", macs[i]);
		becomes(typed, "[\"realm_query\",\"5\",\"switch_detail\",[\"ifname\"],[],{\"port_mac\":\"00:1d:60:36:16:71\"}]");
	}
	/* A pattern, or part of one, is not changed. */
	becomes("realm_query 5 device ifname device_mac=%36:16%", "[\"realm_query\",\"5\",\"device\",[\"ifname\"],[],{\"device_mac\":\"%36:16%\"}]");
	becomes("realm_query 5 device ifname device_mac=001D6036", "[\"realm_query\",\"5\",\"device\",[\"ifname\"],[],{\"device_mac\":\"001D6036\"}]");
	becomes("realm_query 5 device ifname device_dnsname=001d60361671",
	    "[\"realm_query\",\"5\",\"device\",[\"ifname\"],[],{\"device_dnsname\":\"001d60361671\"}]");
	becomes("realm_advanced_settings_modify 5 block_port_macs=-001d.6036.1671,+aa-bb-cc-dd-ee-0f",
	    "[\"realm_advanced_settings_modify\",\"5\",[[\"block_port_macs\",[\"00:1D:60:36:16:71\"],[\"AA:BB:CC:DD:EE:0F\"]]]]");
	becomes("realm_advanced_settings_modify 5 block_port_macs=+00:1d:60:36:16:71",
	    "[\"realm_advanced_settings_modify\",\"5\",[[\"block_port_macs\",[],[\"00:1d:60:36:16:71\"]]]]");
	refused(&script, "realm_advanced_settings_modify 5 block_port_macs=+001d.6036", "must be -MAC,+MAC...");
}

static void addresses_are_checked_before_they_are_sent(void **state)
{
	(void)state;
	becomes("realm_seed_list_modify 5 --add 10.0.0.5,2001:db8::1", "[\"realm_seed_list_modify\",\"5\",[],[\"10.0.0.5\",\"2001:db8::1\"]]");
	refused(&script, "realm_seed_list_modify 5 --add 300.1.1.1", "must be an IP address, not \"300.1.1.1\"");
	refused(&script, "realm_seed_list_modify 5 --add 10.0.0.5,10.0.0", "must be an IP address");
	refused(&script, "realm_seed_list_modify 5 --add 10.0.0.0/24", "must be an IP address");
	refused(&script, "realm_seed_list_modify 5 --add 2001:db8:::1", "must be an IP address");
	refused(&script, "realm_seed_list_modify 5 --add 10.0.0.05", "must be an IP address");
	refused(&script, "switch_poll 5 1.2.3.4.5", "must be an IP address");
	refused(&script, "switch_poll 5 core-switch", "must be an IP address");
	refused(&script, "realm_device_assign 5 1.1.1 null", "must be an IP address");
	becomes("remote_backup SCP backup.example.net", "[\"remote_backup\",\"SCP\",\"backup.example.net\"]");
	becomes("remote_backup SCP 10.0.0.9", "[\"remote_backup\",\"SCP\",\"10.0.0.9\"]");
	becomes("remote_backup SCP 2001:db8::9", "[\"remote_backup\",\"SCP\",\"2001:db8::9\"]");
	refused(&script, "remote_backup SCP 300.1.1.1", "must be a host name or IP address");
	refused(&script, "remote_backup SCP 1:2:3", "must be a host name or IP address");
	refused(&script, "poller_info_modify 5 hostname=10.0.0.256", "must be a host name or IP address");
	/* JSON is not changed. */
	becomes("realm_seed_list_modify 5 [] [\"300.1.1.1\"]", "[\"realm_seed_list_modify\",\"5\",[],[\"300.1.1.1\"]]");
}

static void a_subnet_may_be_written_with_its_bits(void **state)
{
	(void)state;
	becomes("realm_snmp_credential_list_modify 5 10.0.0.0/8 11.1.1.0,24", "[\"realm_snmp_credential_list_modify\",\"5\",[[\"10.0.0.0\",8],[\"11.1.1.0\",24]]]");
	becomes("realm_snmp_credential_list_modify 5 --delete 2001:db8::/32", "[\"realm_snmp_credential_list_modify\",\"5\",[[\"2001:db8::\",32]]]");
	becomes("poller_subnet_list_modify 5 --add 10.0.0.0/8,64,include", "[\"poller_subnet_list_modify\",\"5\",[],[[\"10.0.0.0\",8,64,1]]]");
	becomes("poller_subnet_list_modify 5 --add 0.0.0.0/0,64,include 10.0.0.1/32,1,exclude",
	    "[\"poller_subnet_list_modify\",\"5\",[],[[\"0.0.0.0\",0,64,1],[\"10.0.0.1\",32,1,0]]]");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0/33,64,include", "the prefix length must be 0 to 32, not 33");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0,33,64,include", "the prefix length must be 0 to 32, not 33");
	refused(&script, "poller_subnet_list_modify 5 --add 2001:db8::/129,64,include", "0 to 128");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0/,64,include", "must be a prefix length");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0/8", "limit is missing");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0,-1,64,include", "must be a prefix length");
	refused(&script, "realm_snmp_credential_list_modify 5 300.0.0.0/8", "must be an IP address");
	refused(&script, "realm_snmp_credential_list_modify 5 10.0.0.0", "bits is missing");
}

/* What a table shows as a word can be typed as that word. */
static void values_are_typed_by_their_names(void **state)
{
	(void)state;
	becomes("realm_advanced_settings_modify 5 cdp_enabled=no lldp_enabled=Yes stp_enabled=0",
	    "[\"realm_advanced_settings_modify\",\"5\",[[\"cdp_enabled\",\"0\"],[\"lldp_enabled\",\"1\"],[\"stp_enabled\",\"0\"]]]");
	becomes("realm_advanced_settings_modify 5 skip_cisco_phones=on snmp_retries=3",
	    "[\"realm_advanced_settings_modify\",\"5\",[[\"skip_cisco_phones\",\"1\"],[\"snmp_retries\",\"3\"]]]");
	becomes("security_misc_settings_modify enable_login_banner=yes login_banner=yes",
	    "[\"security_misc_settings_modify\",{\"enable_login_banner\":\"1\",\"login_banner\":\"yes\"}]");
	becomes("security_authentication_modify 5 inuse=no", "[\"security_authentication_modify\",\"5\",{\"inuse\":0}]");
	becomes("poller_subnet_list_modify 5 --add 10.0.0.0/8,1,include+ping 10.1.0.0/16,1,exclude+ping",
	    "[\"poller_subnet_list_modify\",\"5\",[],[[\"10.0.0.0\",8,1,3],[\"10.1.0.0\",16,1,2]]]");
	becomes("poller_subnet_list_modify 5 --add 10.0.0.0/8,1,include,ping", "[\"poller_subnet_list_modify\",\"5\",[],[[\"10.0.0.0\",8,1,1,2]]]");
	becomes("realm_snmp_credential_list_modify 5 --add 10.0.0.0/8,public,include+2",
	    "[\"realm_snmp_credential_list_modify\",\"5\",[],[[\"10.0.0.0\",8,[[2,[\"public\"]]],3]]]");
	becomes("group_settings_modify 5 --realm-roles 7=Views=read", "[\"group_settings_modify\",\"5\",{},[],[[\"7\",[[\"Views\",1]]]]]");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0/8,1,include+nothing", "include+ping");
	becomes("realm_advanced_settings_modify 5 ndp_enabled=true autoassign=False", "[\"realm_advanced_settings_modify\",\"5\",[[\"ndp_enabled\",\"1\"],[\"autoassign\",\"0\"]]]");
	becomes("security_authentication_modify 5 inuse=true", "[\"security_authentication_modify\",\"5\",{\"inuse\":1}]");
	assert_int_equal(line.note_count, 0);
	/* Another word is no silent mistake; a number may be a value that only the box knows. */
	becomes("realm_advanced_settings_modify 5 edp_enabled=nope autoassign=2 smtp_user=nope",
	    "[\"realm_advanced_settings_modify\",\"5\",[[\"edp_enabled\",\"nope\"],[\"autoassign\",\"2\"],[\"smtp_user\",\"nope\"]]]");
	assert_int_equal(line.note_count, 1);
	assert_non_null(strstr(line.notes[0], "edp_enabled is none of no, yes"));
}

/* --- comments --- */

static void a_comment_that_took_an_argument_is_named(void **state)
{
	(void)state;
	becomes("realm_poll 5 # 6", "[\"realm_poll\",\"5\"]");
	refused(&script, "set_license #abc", "is missing: # begins a comment");
	refused(&script, "realm_modify # 5", "# begins a comment");
	refused(&script, "remote_backup SCP host admin #x", "the comment begins where password (text) may stand");
	becomes("remote_backup SCP host admin # x", "[\"remote_backup\",\"SCP\",\"host\",\"admin\"]");
}

/* --- generated from the catalogue --- */

static const char *good_member(const struct field *f)
{
	if (f->secret)
		return marker;
	switch (f->type) {
	case ARG_NUMBER:
		return "1";
	case ARG_WORD:
		return f->values->name;
	case ARG_ADDRESS:
	case ARG_HOST:
	case ARG_SUBNET:
		return "10.0.0.1";
	case ARG_BITS:
		return "24";
	case ARG_GID:
		return "77";
	case ARG_CHANGES:
		return "-10.0.0.1,+10.0.0.2";
	case ARG_MACS:
		return "+AA:BB:CC:DD:EE:FF";
	default:
		return f->values != NULL ? f->values->name : "text";
	}
}

static void put_quoted_name(struct buf *out, const char *name)
{
	line_put_word(out, name, strlen(name));
}

static void put_good(struct buf *out, const struct request *r, const struct arg *a)
{
	const struct field *fields = catalog_fields(r, a, "device");

	switch (a->type) {
	case ARG_LIST:
		if (a->values != NULL)
			buf_puts(out, a->values->name);
		else if (fields != NULL)
			put_quoted_name(out, fields->name);
		else
			buf_puts(out, a->element == ARG_ADDRESS ? "10.0.0.1" : "77");
		break;
	case ARG_ROWS:
	case ARG_PAIR:
		for (const struct field *f = fields; f->name != NULL; f++) {
			if (f != fields)
				buf_putc(out, a->type == ARG_PAIR ? ' ' : ',');
			buf_puts(out, good_member(f));
		}
		break;
	case ARG_OBJECT:
	case ARG_PAIRS:
		for (const struct field *f = fields; f->name != NULL; f++) {
			if (f != fields)
				buf_putc(out, ' ');
			put_quoted_name(out, f->name);
			buf_putc(out, '=');
			buf_puts(out, good_member(f));
		}
		break;
	case ARG_ROLES:
		buf_puts(out, "77=Views=read");
		break;
	case ARG_NUMBER:
		buf_puts(out, "1");
		break;
	case ARG_WORD:
		buf_puts(out, a->values->name);
		break;
	case ARG_GID:
		buf_puts(out, "77");
		break;
	case ARG_ADDRESS:
		buf_puts(out, "2001:db8::1");
		break;
	default:
		buf_puts(out, a->flags & ARG_SECRET ? marker : fields != NULL ? fields->name : "text");
		break;
	}
}

static const char *bad(const struct arg *a)
{
	switch (a->type) {
	case ARG_TEXT:
		return "[1]";
	case ARG_ADDRESS:
	case ARG_HOST:
		return "'a b'";
	case ARG_GID:
		return "''";
	case ARG_NUMBER:
	case ARG_WORD:
		return "nonsense";
	case ARG_LIST:
		return "{\"S3CR3T\":1}";
	case ARG_OBJECT:
		return "[[\"a\",\"S3CR3T\"]]";
	default:
		return "{\"a\":\"S3CR3T\"}";
	}
}

/* Writes a line with all arguments by name, without number `skip`, and with `odd` as number `change`. */
static void make(struct buf *out, const struct request *r, int skip, int change, const char *odd)
{
	buf_reset(out);
	buf_puts(out, r->name);
	for (int i = 0; r->args[i].name != NULL; i++) {
		if (i == skip)
			continue;
		buf_printf(out, " --%s ", r->args[i].name);
		if (i == change)
			buf_puts(out, odd);
		else
			put_good(out, r, &r->args[i]);
	}
	assert_non_null(buf_string(out));
}

/* No output of a line contains a secret. */
static void assert_hidden(const char *text, bool failed)
{
	if (strstr(line.masked, marker) != NULL)
		fail_msg("%s: masked: %s", text, line.masked);
	if (failed && strstr(error.text, marker) != NULL)
		fail_msg("%s: message: %s", text, error.text);
	for (size_t i = 0; i < line.note_count; i++)
		assert_null(strstr(line.notes[i], marker));
}

static void every_request_takes_all_its_arguments_by_name(void **state)
{
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		make(&text, &catalog[i], -1, -1, NULL);
		if (parse(&script, buf_string(&text)) < 0)
			fail_msg("%s: %s", buf_string(&text), error.text);
		assert_int_equal(line.note_count, 0);
		assert_int_equal(line.secret, catalog_secret(&catalog[i]));
		assert_int_equal(line.json.secret, catalog_secret(&catalog[i]));
		assert_hidden(buf_string(&text), false);
		if (line.secret)
			assert_non_null(strchr(line.masked, '?'));
	}
	buf_clear(&text);
}

static void each_argument_left_out_is_noticed_or_filled(void **state)
{
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		for (int k = 0; catalog[i].args[k].name != NULL; k++) {
			const struct arg *a = &catalog[i].args[k];
			int result;

			make(&text, &catalog[i], k, -1, NULL);
			result = parse(&script, buf_string(&text));
			if (!(a->flags & ARG_REQUIRED)) {
				size_t others = 0;

				for (const struct arg *o = catalog[i].args; o->name != NULL; o++)
					others += o != a && (o->flags & ARG_SOME);
				assert_int_equal(result, (a->flags & ARG_SOME) && others == 0 ? -1 : 0);
				continue;
			}
			if (result == 0)
				fail_msg("%s: %s is not missed", buf_string(&text), a->name);
			assert_non_null(strstr(error.text, a->name));
			assert_non_null(strstr(error.text, catalog[i].name));
			assert_non_null(strstr(error.text, arg_type_name(a)));
			assert_non_null(usage);
			assert_hidden(buf_string(&text), true);
		}
	}
	buf_clear(&text);
}

static void each_argument_given_twice_is_refused(void **state)
{
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		for (int k = 0; catalog[i].args[k].name != NULL; k++) {
			make(&text, &catalog[i], -1, -1, NULL);
			buf_printf(&text, " --%s ", catalog[i].args[k].name);
			put_good(&text, &catalog[i], &catalog[i].args[k]);
			refused(&script, buf_string(&text), "given twice");
			assert_non_null(strstr(error.text, catalog[i].args[k].name));
			assert_hidden(buf_string(&text), true);
		}
		make(&text, &catalog[i], -1, -1, NULL);
		if (catalog[i].args[0].name != NULL && (catalog[i].args[0].flags & ARG_MANY))
			continue;
		buf_puts(&text, " -- S3CR3T");
		if (catalog_secret(&catalog[i])) {
			refused(&script, buf_string(&text), "too many arguments");
			assert_hidden(buf_string(&text), true);
		} else {
			refused(&script, buf_string(&text), "too many arguments: \"S3CR3T\"");
		}
		assert_int_equal(at, text.len - strlen(marker));
	}
	buf_clear(&text);
}

static void each_argument_mistyped_is_refused_and_no_secret_is_shown(void **state)
{
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		for (int k = 0; catalog[i].args[k].name != NULL; k++) {
			const struct arg *a = &catalog[i].args[k];

			make(&text, &catalog[i], -1, k, bad(a));
			refused(&script, buf_string(&text), a->name);
			assert_non_null(strstr(error.text, catalog[i].name));
			if (catalog_arg_secret(a))
				assert_hidden(buf_string(&text), true);
			if (catalog_secret(&catalog[i]))
				assert_null(strstr(line.masked, marker));
			assert_non_null(usage);
			assert_memory_equal(usage, catalog[i].name, strlen(catalog[i].name));
		}
	}
	buf_clear(&text);
}

static void arguments_that_do_not_fit(void **state)
{
	(void)state;
	refused(&script, "realm_poll", "realm (gid or name) is missing");
	assert_string_equal(usage, "realm_poll REALM");
	refused(&script, "realm_modify", "nothing to do");
	refused(&script, "realm_query 5 device", "columns (list of names) is missing");
	refused(&script, "realm_query 5 devcie x", "type must be one of device, switch, switch_detail, not \"devcie\"");
	refused(&script, "realm_query 5 device x y z", "filter must be name=value, not \"z\"");
	refused(&script, "realm_query 5 device x --unused weeks=3", "unused: \"weeks\": no such name");
	refused(&script, "realm_query 5 device a,,b", "columns must be a list of names, not \"a,,b\"");
	refused(&script, "realm_modify *", "delete must be a list of what to delete");
	refused(&script, "realm_modify null", "delete must be a list of what to delete");
	refused(&script, "realm_seed_list_modify 5 --add null", "add must be a list of addresses");
	refused(&script, "realm_info null", "fields must be a list of names");
	refused(&script, "realm_info [1]", "fields must be a list of names, not \"1\"");
	refused(&script, "user_view_info gid [\"port\",\"x\"]", "types must be a list of words, not \"\"x\"\"");
	refused(&script, "realm_info_modify 5 name", "settings must be name=value, not \"name\"");
	refused(&script, "realm_info_modify 5 =x", "settings must be name=value, not \"=x\"");
	refused(&script, "realm_info_modify 5 name=x name=y", "settings: \"name\": name given twice");
	refused(&script, "poller_modify 5 --add a,b,c", "secret is missing in the row");
	refused(&script, "poller_modify 5 --add a,b,c,S3CR3T,e", "a row of at most 4 members");
	assert_hidden("row", true);
	refused(&script, "realm_device_assign 5 1.1.1.1", "device: poller is missing");
	refused(&script, "realm_device_assign 5 1.1.1.1,", "device: poller");
	refused(&script, "realm_device_assign 5 1.1.1.1,null,null", "a row of at most 2 members");
	refused(&script, "realm_device_assign 5 1.1.1.1,null 5", "device: ip must be an IP address");
	refused(&script, "realm_device_assign 5 [\"1.1.1.1\"]", "a list of two");
	refused(&script, "realm_advanced_settings_modify 5 block_port_macs=AA:BB:CC:DD:EE:FF", "must be -MAC,+MAC...");
	refused(&script, "realm_advanced_settings_modify 5 block_port_macs=+AABBCCDDEEF", "must be -MAC,+MAC...");
	refused(&script, "realm_advanced_settings_modify 5 cdp_enabled", "must be name=value");
	refused(&script, "security_certificate_assign custom,other", "service must be one of apache, api, not \"other\"");
	refused(&script, "poller_subnet_list_modify 5 --add 10.0.0.0,x,1,1", "bits must be a prefix length, not \"x\"");
	refused(&script, "group_settings_modify 5 --realm-roles Views=read", "realm-roles must be name=value");
	refused(&script, "group_settings_modify 5 --realm-roles 5", "must be realm=role=permission...");
	refused(&script, "group_settings_modify 5 --system API=maybe", "must be a number, or one of none, read, write, not \"maybe\"");
	refused(&script, "switch_poll 5 a=b", "must be an IP address");
	refused(&script, "log {x}", "message must be text, not \"{x}\"");
	refused(&script, "log [x", "[ is not closed");
	refused(&script, "log 'x", "' is not closed (column 5)");
	refused(&script, "log \xc3\xa9 \"x", "\" is not closed (column 7)");
	refused(&script, "[\"ping\",]", "not JSON: a value is missing (column 9)");
	refused(&script, "log \xff", "not UTF-8 text (column 5)");
	refused(&script, ".echo 'x", ".echo: ' is not closed (column 7)");
	refused(&script, "''", "name is missing");
	refused(&script, "-", "line is missing");
}

/* --- secrets --- */

static void secrets_become_question_marks(void **state)
{
	static const char *const cases[][2] = {
		{"login admin S3CR3T", "login admin ?"},
		{"login admin 'S3CR3T x'", "login admin ?"},
		{"set_license S3CR3T", "set_license ?"},
		{"set_license @one-line", "set_license @one-line"},
		{"remote_backup SCP h u S3CR3T /d", "remote_backup SCP h u ? /d"},
		{"remote_backup --password S3CR3T --protocol SCP", "remote_backup --password ? --protocol SCP"},
		{"remote_backup --password=S3CR3T", "remote_backup --password=?"},
		{"poller_modify 5 --add a,b,c,S3CR3T d,e,f,'S3CR3T, x'", "poller_modify 5 --add a,b,c,? d,e,f,?"},
		{"poller_modify 5 [] [[\"a\",\"b\",\"c\",\"S3CR3T\"]]", "poller_modify 5 [] [[\"a\",\"b\",\"c\",?]]"},
		{"poller_modify 5 --add [\"a\",\"b\",\"c\",\"S3CR3T\"]", "poller_modify 5 --add ?"},
		{"poller_info_modify 5 name=x secret=S3CR3T", "poller_info_modify 5 name=x secret=?"},
		{"poller_info_modify 5 {\"name\":\"x\",\"secret\":\"S3CR3T\"}", "poller_info_modify 5 {\"name\":\"x\",\"secret\":?}"},
		{"poller_info_modify 5 {\"Secret\":\"S3CR3T\"}", "poller_info_modify 5 {\"Secret\":?}"},
		{"poller_info_modify 5 sercet=S3CR3T", "poller_info_modify 5 sercet=?"},
		{"security_authentication_modify 5 secret=S3CR3T csecret=S3CR3T domain=d",
		    "security_authentication_modify 5 secret=? csecret=? domain=d"},
		{"security_certificate_list_modify --add n,S3CR3T", "security_certificate_list_modify --add n,?"},
		{"security_certificate_list_modify --add n,@pem", "security_certificate_list_modify --add n,@pem"},
		{"realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,S3CR3T,1 10.0.0.0,8,[[2,[\"S3CR3T\"]]],1",
		    "realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,?,1 10.0.0.0,8,?,1"},
		{"[\"login\", \"a\", \"S3CR3T\"]", "[\"login\", \"a\", ?]"},
		{"[\"login\", \"a\", \"b\", \"S3CR3T\"]", "[\"login\", \"a\", ?, ?]"},
		{"[\"poller_info_modify\",\"5\",[[\"secret\",\"S3CR3T\"]]]", "[\"poller_info_modify\",\"5\",?]"},
		{"[\"poller_info_modfy\",\"5\",{\"secret\":\"S3CR3T\"}]", "[\"poller_info_modfy\",?,?]"},
		{"[\"nonsense\",{\"a\":[{\"secret\":\"S3CR3T\"}]},[[\"password\",\"S3CR3T\"]]]", "[\"nonsense\",{\"a\":[{\"secret\":?}]},[[\"password\",?]]]"},
		{"[\"nonsense\",\"-----BEGIN PRIVATE KEY-----S3CR3T\"]", "[\"nonsense\",?]"},
		{".echo [\"nonsense\",{\"secret\":\"S3CR3T\"}]", ".echo ?"},
		{".each realm_info gid -- poller_info_modify {gid} secret=S3CR3T", ".each realm_info gid -- poller_info_modify ?"},
		{".echo [\"login\",\"a\",\"S3CR3T\"]", ".echo ?"},
		{"- set_license S3CR3T", "- set_license ?"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (parse(&script, cases[i][0]) < 0)
			fail_msg("%s: %s", cases[i][0], error.text);
		if (strcmp(line.masked, cases[i][1]) != 0)
			fail_msg("%s: %s instead of %s", cases[i][0], line.masked, cases[i][1]);
		if (line.kind == LINE_REQUEST)
			assert_true(line.secret);
	}
	parse(&script, "realm_info gid,name");
	assert_string_equal(line.masked, "realm_info gid,name");
	assert_false(line.secret);
	assert_int_equal(parse(&script, "remote_backup SCP"), 0);
	assert_false(line.secret);
}

static void commands_say_where_their_secrets_are(void **state)
{
	static const char *const cases[][2] = {
		{".ask h -c S3CR3T 1.3", ".ask h -c ? 1.3"},
		{".ask h -cS3CR3T 1.3", ".ask h -c? 1.3"},
		{".ask -A 'S3CR3T S3CR3T' -x y", ".ask -A ? -x y"},
		{".ask h -'c'S3CR3T 1.3", ".ask h ? 1.3"},
		{".ask '-c' \"S3CR3T\"", ".ask '-c' ?"},
		{".as -c -c -c S3CR3T", ".as -c ? -c ?"},
		{"- .ask -c S3CR3T &", "- .ask -c ? &"},
		{".ask --pass=S3CR3T -- -c S3CR3T", ".ask --pass=? -- -c ?"},
		{".ask h 1.3", ".ask h 1.3"},
		{".ask h -c", ".ask h -c"},
		{".each realm_info -- .ask -c S3CR3T x", ".each realm_info -- .ask -c ? x"},
		{".echo -c public", ".echo -c public"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (parse(&script, cases[i][0]) < 0)
			fail_msg("%s: %s", cases[i][0], error.text);
		if (strcmp(line.masked, cases[i][1]) != 0)
			fail_msg("%s: %s instead of %s", cases[i][0], line.masked, cases[i][1]);
	}
	/* All that follows an option is hidden where the command is unknown, and where the line is wrong. */
	assert_int_equal(parse(&script, ".asks h -c S3CR3T 1.3 -zS3CR3T"), -1);
	assert_string_equal(line.masked, ".asks h -c ? 1.3 -z?");
	assert_int_equal(parse(&script, ".ask h -c S3CR3T 'open"), -1);
	assert_string_equal(line.masked, ".ask h -c ? ?");
	assert_int_equal(parse(&script, ".ask h -c 'S3CR3T"), -1);
	assert_string_equal(line.masked, ".ask h -c ?");
}

static void a_prompt_can_see_that_a_secret_comes_next(void **state)
{
	static const struct { const char *text; bool secret; } cases[] = {
		{".ask h -c ", true}, {".ask h -c x ", false}, {"- .ask -A ", true}, {".ask h ", false}, {".echo -c ", false},
		{".ask '", false}, {"", false}, {"realm_info -c ", false}, {".ask h -cx ", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (line_secret_next(cases[i].text, strlen(cases[i].text), &script) != cases[i].secret)
			fail_msg("%s: %d", cases[i].text, !cases[i].secret);
}

static void a_command_may_be_a_job(void **state)
{
	(void)state;
	assert_int_equal(parse(&script, ".ask h 1.3 &"), 0);
	assert_true(line.job);
	assert_int_equal(line.word_count, 3);
	assert_string_equal(line.rest, "h 1.3");
	refused(&script, ".ask h & x", "nothing may follow &");
	assert_int_equal(parse(&script, ".echo a &"), 0);
	assert_false(line.job);
	assert_int_equal(line.word_count, 3);
}

static void lines_with_errors_hide_what_may_be_a_secret(void **state)
{
	static const char *const cases[] = {
		"set_license 'S3CR3T", "set_license S3CR3T x", "set_licence S3CR3T", "login S3CR3T", "login 'S3CR3T",
		"poller_info_modfy 5 secret=S3CR3T", "poller_info_modify 5 nme=S3CR3T secret", "- login a S3CR3T c", "[\"login\",\"a\",\"S3CR3T\"",
		"[\"login\",\"a\",\"S3CR3T\",]", "[\"set_license\"", ".nothing login a S3CR3T", "poller_modify 5 --add S3CR3T",
		"realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,{\"S3CR3T\":1},1", "realm_snmp_credential_list_modify 5 --add 1,8,[S3CR3T],1",
		"security_certificate_list_modify --add n,@S3CR3T",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(&script, cases[i]), -1);
		if (strncmp(cases[i], "security_certificate", 20) == 0)
			continue;	/* a file's name is shown, of course */
		assert_hidden(cases[i], true);
	}
}

static void secrets_are_asked_for_and_read_from_files(void **state)
{
	struct line_context mute = script;

	(void)state;
	becomes("set_license ?", "[\"set_license\",\"***\"]");
	becomes("set_license '?'", "[\"set_license\",\"?\"]");
	becomes("log ?", "[\"log\",\"?\"]");
	becomes("poller_info_modify 5 secret=? name=?", "[\"poller_info_modify\",\"5\",{\"secret\":\"***\",\"name\":\"?\"}]");
	becomes("set_license @one-line", "[\"set_license\",\"S3CR3T file\"]");
	becomes("log @'one-line'", "[\"log\",\"S3CR3T file\"]");
	becomes("log '@one-line'", "[\"log\",\"@one-line\"]");
	becomes("log @", "[\"log\",\"@\"]");
	becomes("security_certificate_list_modify --add n,@pem",
	    "[\"security_certificate_list_modify\",[],[[\"n\",\"-----BEGIN\\nS3CR3T\\n-----END\\n\"]]]");
	becomes("realm_poll @one-line", "[\"realm_poll\",\"@one-line\"]");
	refused(&script, "log @missing", "missing: no such file");
	refused(&script, "log @latin1", "latin1: byte 4 is not UTF-8");
	refused(&script, "log @nul", "nul: byte 2 is not UTF-8");
	mute.ask_secret = NULL;
	refused(&mute, "set_license ?", "cannot prompt for it here");
	mute.read_file = NULL;
	refused(&mute, "log @x", "files cannot be read here");
}

/* --- names instead of gids --- */

static void names_are_looked_up_and_put_in_their_places(void **state)
{
	(void)state;
	becomes("group_settings_modify Admins --realm-roles 'Head \"Office\"'=Views=read 5=Views=none Lab=Views=read",
	    "[\"group_settings_modify\",\"Admins\",{},[],[[\"Head \\\"Office\\\"\",[[\"Views\",1]]],[\"5\",[[\"Views\",0]]],[\"Lab\",[[\"Views\",1]]]]]");
	assert_int_equal(line.lookup_count, 3);
	assert_int_equal(line.lookups[0].kind, GID_GROUP);
	assert_string_equal(line.lookups[0].name, "Admins");
	assert_int_equal(line.lookups[1].kind, GID_REALM);
	assert_string_equal(line.lookups[1].name, "Head \"Office\"");
	assert_int_equal(line_resolve(&line, 0, "123456789012345"), 0);
	assert_int_equal(line_resolve(&line, 2, "7"), 0);
	assert_int_equal(line_resolve(&line, 1, "88"), 0);
	assert_string_equal(json(), "[\"group_settings_modify\",\"123456789012345\",{},[],[[\"88\",[[\"Views\",1]]],[\"5\",[[\"Views\",0]]],[\"7\",[[\"Views\",1]]]]]");
	becomes("realm_info gid Lab,5,'Head Office'", "[\"realm_info\",[\"gid\"],[\"Lab\",\"5\",\"Head Office\"]]");
	assert_int_equal(line.lookup_count, 2);
	becomes("realm_info gid [\"Lab\"]", "[\"realm_info\",[\"gid\"],[\"Lab\"]]");
	assert_int_equal(line.lookup_count, 0);
	becomes("realm_device_assign Lab 1.1.1.1 North", "[\"realm_device_assign\",\"Lab\",[\"1.1.1.1\",\"North\"]]");
	assert_int_equal(line.lookups[1].kind, GID_POLLER);
	becomes("realm_view Lab 'End Devices:Default'", "[\"realm_view\",\"Lab\",\"End Devices:Default\"]");
	assert_int_equal(line.lookups[1].kind, GID_VIEW);
	becomes("realm_info_modify 5 discovery_poller=North", "[\"realm_info_modify\",\"5\",{\"discovery_poller\":\"North\"}]");
	assert_int_equal(line.lookups[0].kind, GID_POLLER);
	becomes("security_authentication_modify RADIUS timeout=5", "[\"security_authentication_modify\",\"RADIUS\",{\"timeout\":5}]");
	assert_int_equal(line.lookups[0].kind, GID_METHOD);
	refused(&script, "realm_poll \"a\\u0000b\"", "must be a gid or name");
}

static void a_lookup_in_a_secret_request_keeps_the_rest(void **state)
{
	(void)state;
	becomes("poller_info_modify North secret=S3CR3T", "[\"poller_info_modify\",\"North\",{\"secret\":\"S3CR3T\"}]");
	assert_int_equal(line_resolve(&line, 0, "64424509930"), 0);
	assert_string_equal(json(), "[\"poller_info_modify\",\"64424509930\",{\"secret\":\"S3CR3T\"}]");
	assert_true(line.json.secret);
}

/* --- what the catalogue does not know --- */

static void unknown_types_take_json_or_text(void **state)
{
	(void)state;
	becomes("frobnicate", "[\"frobnicate\"]");
	assert_int_equal(line.note_count, 1);
	assert_null(line.type);
	assert_string_equal(line.type_name, "frobnicate");
	becomes("frobnicate 1 abc '12' \"x\" \"1\" [1, {\"a\": 2}] null true --x a\\ b 1e400 007",
	    "[\"frobnicate\",1,\"abc\",\"12\",\"x\",\"1\",[1,{\"a\":2}],null,true,\"--x\",\"a b\",1e400,\"007\"]");
	refused(&script, "frobnicate [1,]", "not JSON");
	becomes("[\"frobnicate\",1]", "[\"frobnicate\",1]");
	assert_int_equal(line.note_count, 0);
}

static void misspelt_types_are_asked_about_or_refused(void **state)
{
	(void)state;
	refused(&script, "realm_inf gid", "realm_info?");
	assert_int_equal(at, 0);
	confirms = true;
	assert_int_equal(parse(&prompt, "realm_inf gid"), 0);
	assert_string_equal(json(), "[\"realm_info\",[\"gid\"]]");
	confirms = false;
	refused(&prompt, "realm_inf gid", "realm_info?");
	becomes("[\"realm_inf\",1]", "[\"realm_inf\",1]");
}

static void unknown_names_are_noted_and_sent(void **state)
{
	(void)state;
	becomes("realm_info gid,nmae,colour", "[\"realm_info\",[\"gid\",\"nmae\",\"colour\"]]");
	assert_int_equal(line.note_count, 2);
	assert_non_null(strstr(line.notes[0], "\"nmae\""));
	assert_non_null(strstr(line.notes[0], "(name?)"));
	assert_non_null(strstr(line.notes[1], "\"colour\""));
	becomes("realm_info [\"gid\",\"colour\"]", "[\"realm_info\",[\"gid\",\"colour\"]]");
	assert_int_equal(line.note_count, 1);
	becomes("realm_query 5 switch vlan", "[\"realm_query\",\"5\",\"switch\",[\"vlan\"]]");
	assert_int_equal(line.note_count, 1);
	becomes("realm_query 5 device vlan", "[\"realm_query\",\"5\",\"device\",[\"vlan\"]]");
	assert_int_equal(line.note_count, 0);
	becomes("global_settings_modify colour=[1]", "[\"global_settings_modify\",[[\"colour\",[1]]]]");
	assert_int_equal(line.note_count, 1);
	becomes("global_settings_modify domain=[1]", "[\"global_settings_modify\",[[\"domain\",\"[1]\"]]]");
	becomes("subscribe realm_pol_stop *", "[\"subscribe\",\"realm_pol_stop\",\"*\"]");
	assert_int_equal(line.note_count, 1);
	becomes("group_settings_modify 5 --system 'New Role'=read", "[\"group_settings_modify\",\"5\",{},[[\"New Role\",1]]]");
	assert_int_equal(line.note_count, 1);
}

static void headings_are_the_fields_asked_for(void **state)
{
	(void)state;
	becomes("realm_query 5 device vlan,ifname device_mac", "[\"realm_query\",\"5\",\"device\",[\"vlan\",\"ifname\"],[\"device_mac\"]]");
	assert_int_equal(line.heading_count, 3);
	assert_string_equal(line.headings[0], "vlan");
	assert_string_equal(line.headings[2], "device_mac");
	becomes("[\"realm_query\",\"5\",\"device\",[\"vlan\"],[\"device_mac\"]]", "[\"realm_query\",\"5\",\"device\",[\"vlan\"],[\"device_mac\"]]");
	assert_int_equal(line.heading_count, 2);
	becomes("poller_info", "[\"poller_info\"]");
	assert_null(line.headings);
	becomes("poller_info []", "[\"poller_info\",[]]");
	assert_int_equal(line.heading_count, 0);
	becomes("security_misc_settings enable_login_banner", "[\"security_misc_settings\",[\"enable_login_banner\"]]");
	assert_int_equal(line.heading_count, 1);
	becomes("global_settings domain", "[\"global_settings\",[\"domain\"]]");
	assert_int_equal(line.heading_count, 0);
	assert_int_equal(parse(&script, "poller_info *"), 0);
	assert_int_equal(line.heading_count, 5);
}

static void deletions_are_seen(void **state)
{
	static const char *const deleting[] = {"realm_modify 5", "realm_modify [\"5\"]", "[\"realm_modify\",[\"5\"],[]]",
	    "poller_subnet_list_modify 5 10.0.0.0,8,1,1", "poller_subnet_list_modify 5 [[\"1.1.1.1\",32,1,1]]",
	    "realm_advanced_settings_modify 5 block_port_macs", "realm_advanced_settings_modify 5 block_port_macs=-AA:BB:CC:DD:EE:FF",
	    "security_authentication_modify 5 ctrls=-a,+b", "realm_seed_list_modify 5 10.0.0.1"};
	static const char *const not_deleting[] = {"realm_modify --add a", "realm_modify [] a,b", "[\"realm_modify\",[],[]]",
	    "poller_subnet_list_modify 5 --add 10.0.0.0,8,1,1", "realm_advanced_settings_modify 5 block_port_macs=+AA:BB:CC:DD:EE:FF",
	    "security_authentication_modify 5 ctrls=+b", "realm_info gid 5"};

	(void)state;
	for (size_t i = 0; i < sizeof(deleting) / sizeof(deleting[0]); i++) {
		assert_int_equal(parse(&script, deleting[i]), 0);
		if (!line.deletes)
			fail_msg("%s deletes", deleting[i]);
	}
	for (size_t i = 0; i < sizeof(not_deleting) / sizeof(not_deleting[0]); i++) {
		assert_int_equal(parse(&script, not_deleting[i]), 0);
		if (line.deletes)
			fail_msg("%s deletes nothing", not_deleting[i]);
	}
}

/* --- what may surround a request --- */

static void kinds_of_lines(void **state)
{
	(void)state;
	static const char *const empty[] = {"", "   ", "\r", "# ping", "  # it's", "\t"};
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		assert_int_equal(parse(&script, empty[i]), 0);
		assert_int_equal(line.kind, LINE_EMPTY);
	}
	becomes("- ping", "[\"ping\"]");
	assert_true(line.may_fail);
	becomes("ping\r", "[\"ping\"]");
	becomes("-  [\"ping\"]", "[\"ping\"]");
	assert_true(line.raw && line.may_fail);
	becomes(" [ \"log\" , \"a b\" , 1.50 ] ", "[\"log\",\"a b\",1.50]");
	assert_true(line.raw);
	becomes("realm_info \\\n gid,name", "[\"realm_info\",[\"gid\",\"name\"]]");
	becomes("realm_info [\"gid\",\n\"name\"]", "[\"realm_info\",[\"gid\",\"name\"]]");
	becomes("'ping'", "[\"ping\"]");
	refused(&script, "[]", "begins with its name");
	refused(&script, "[1,\"ping\"]", "begins with its name");
	refused(&script, "{\"a\":1}", "begins with its name");
	refused(&script, "[\"ping\"] x", "nothing may follow the list");
	refused(&script, "[\"ping\",]", "not JSON");
	refused(&script, "[\"\"]", "name");
}

static void jobs_and_redirections(void **state)
{
	(void)state;
	becomes("realm_poll 5 &", "[\"realm_poll\",\"5\"]");
	assert_true(line.job);
	becomes("[\"ping\"] &", "[\"ping\"]");
	assert_true(line.job);
	becomes("log '&'", "[\"log\",\"&\"]");
	assert_false(line.job);
	becomes("log a&b", "[\"log\",\"a&b\"]");
	refused(&script, "ping & x", "nothing may follow &");
	refused(&script, "realm_info > f", "realm_info: redirections are for the prompt");
	refused(&script, "&", "a request is missing before &");
	refused(&script, "> f", "a request is missing before >");
	refused(&script, "| sort", "a request is missing before |");
	refused(&script, "realm_info | sort", "redirections are for the prompt");
	refused(&script, "[\"ping\"] >> f", "redirections are for the prompt");
	becomes("log '>'", "[\"log\",\">\"]");
	becomes("log a>b", "[\"log\",\"a>b\"]");
	assert_int_equal(parse(&prompt, "realm_info > 'a file'"), 0);
	assert_int_equal(line.redirect, REDIRECT_FILE);
	assert_string_equal(line.redirect_to, "a file");
	assert_string_equal(json(), "[\"realm_info\"]");
	assert_int_equal(parse(&prompt, "realm_info >> f &"), 0);
	assert_int_equal(line.redirect, REDIRECT_APPEND);
	assert_true(line.job);
	assert_int_equal(parse(&prompt, "realm_info gid | awk '{print $1}' | sort -u > \"x y\" & "), 0);
	assert_int_equal(line.redirect, REDIRECT_PIPE);
	assert_string_equal(line.redirect_to, "awk '{print $1}' | sort -u > \"x y\" &");
	assert_string_equal(json(), "[\"realm_info\",[\"gid\"]]");
	refused(&prompt, "realm_info >", "a file name is missing");
	refused(&prompt, "realm_info |", "a command is missing");
	refused(&prompt, "realm_info > a b", "only & may follow a redirection");
	refused(&prompt, "realm_info > ''", "not a file name");
	assert_int_equal(parse(&prompt, ".last csv > out.csv"), 0);
	assert_string_equal(line.rest, "csv");
	assert_string_equal(line.redirect_to, "out.csv");
	refused(&script, ".last csv > out.csv", "redirections are for the prompt");
}

static void commands(void **state)
{
	(void)state;
	assert_int_equal(parse(&prompt, ".each realm_info gid,name -- log 'x > {name}' {name}=x > y "), 0);
	assert_int_equal(line.kind, LINE_COMMAND);
	assert_int_equal(line.word_count, 7);
	assert_string_equal(line.words[0], "each");
	assert_string_equal(line.words[5], "x > {name}");
	assert_string_equal(line.rest, "realm_info gid,name -- log 'x > {name}' {name}=x");
	assert_int_equal(line.redirect, REDIRECT_FILE);
	assert_string_equal(line.redirect_to, "y");
	assert_int_equal(parse(&prompt, ".each ping -- log {1} | grep '>' | wc"), 0);
	assert_string_equal(line.rest, "ping -- log {1}");
	assert_string_equal(line.redirect_to, "grep '>' | wc");
	refused(&script, ".each realm_info gid -- ping {gid} >> y", "redirections are for the prompt");
	assert_int_equal(parse(&script, ".each realm_info gid -- realm_discover {gid}"), 0);
	assert_string_equal(line.words[5], "{gid}");
	assert_int_equal(parse(&script, ".h  realm_info "), 0);
	assert_string_equal(line.words[0], "help");
	assert_string_equal(line.rest, "realm_info");
	assert_int_equal(parse(&script, "quit"), 0);
	assert_string_equal(line.words[0], "quit");
	assert_string_equal(line.rest, "");
	assert_int_equal(parse(&script, "exit"), 0);
	assert_string_equal(line.words[0], "quit");
	assert_int_equal(parse(&script, "- .echo a"), 0);
	assert_true(line.may_fail);
	refused(&script, ".e x", "each or echo?");
	refused(&script, ".nothing", "no such command");
	refused(&script, ".", "no such command");
	refused(&script, ".echo 'x", "' is not closed");
}

static void usage_shows_each_request(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		char *text = line_usage(&catalog[i]);

		assert_non_null(text);
		assert_memory_equal(text, catalog[i].name, strlen(catalog[i].name));
		assert_null(strchr(text, '\n'));
		free(text);
	}
	refused(&script, "realm_query", "missing");
	assert_string_equal(usage, "realm_query REALM device|switch|switch_detail COLUMNS,... [RAW,...] [--filter NAME=VALUE...] "
	    "[--history current|all|changes] [--unused NAME=VALUE...]");
	refused(&script, "poller_modify", "missing");
	assert_string_equal(usage, "poller_modify REALM [DELETE,...] [--add NAME,DESCRIPTION,HOSTNAME,SECRET...]");
}

static void long_lines(void **state)
{
	struct buf text = {0};

	(void)state;
	/* more words, names, secrets and notes than fit without allocating */
	buf_puts(&text, "poller_modify 5 [] ");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "n%d,d,h,S3CR3T%d ", i, i);
	assert_int_equal(parse(&script, buf_string(&text)), 0);
	assert_hidden("long", false);
	buf_reset(&text);
	buf_puts(&text, "realm_info x0");
	for (int i = 1; i < 1000; i++)
		buf_printf(&text, ",x%d", i);
	buf_puts(&text, " r0");
	for (int i = 1; i < 1000; i++)
		buf_printf(&text, ",r%d", i);
	assert_int_equal(parse(&script, buf_string(&text)), 0);
	assert_int_equal(line.heading_count, 1000);
	assert_int_equal(line.note_count, 9);
	assert_int_equal(line.lookup_count, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(line_resolve(&line, i, "1234567890123456"), 0);
	assert_int_equal(line.json.len, strlen("[\"realm_info\",[],[]]") + 10 * 4 + 90 * 5 + 900 * 6 + 999 + 1000 * 19 - 1 + 0);
	/* and no work that grows faster than the line */
	buf_reset(&text);
	buf_puts(&text, "realm_info_modify 5");
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, " x%d=1", i);
	assert_int_equal(parse(&script, buf_string(&text)), 0);
	buf_puts(&text, " x500=2");
	refused(&script, buf_string(&text), "name given twice");
	buf_reset(&text);
	buf_puts(&text, ".echo");
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, " word%d", i);
	assert_int_equal(parse(&script, buf_string(&text)), 0);
	buf_clear(&text);
}

static void only_what_its_text_alone_decided_repeats(void **state)
{
	static const char *const these[] = {"ping", "- ping", "realm_info gid,name 5", "[\"realm_poll\", \"5\"]", "realm_poll 5 # why"};
	static const char *const not_these[] = {"", ".echo ping", "log @one-line", "realm_poll 'Head Office'",
		"poller_info_modify 5 secret=x", "log password=x", "[\"log\", \"password=x\"]", "[\"poller_info_modify\", \"5\", {\"secret\": \"x\"}]", "new_request 1"};

	(void)state;
	for (size_t i = 0; i < sizeof(these) / sizeof(these[0]); i++) {
		assert_int_equal(parse(&script, these[i]), 0);
		if (!line_repeats(&line))
			fail_msg("%s: does not repeat", these[i]);
		assert_string_equal(line.masked, these[i]);
	}
	for (size_t i = 0; i < sizeof(not_these) / sizeof(not_these[0]); i++) {
		assert_int_equal(parse(&script, not_these[i]), 0);
		if (line_repeats(&line))
			fail_msg("%s: repeats", not_these[i]);
	}
	parse(&prompt, "realm_info > f");
	assert_false(line_repeats(&line));
	confirms = true;
	assert_int_equal(parse(&prompt, "relm_info"), 0);
	assert_false(line_repeats(&line));
	confirms = false;
}

static void lines_that_share_live_until_the_last_is_cleared(void **state)
{
	struct line second = {0}, third = {0};

	(void)state;
	assert_int_equal(parse(&script, "realm_info gid,unheard-of 5"), 0);
	assert_int_equal(line_share(&second, &line), 0);
	assert_int_equal(line_share(&third, &second), 0);
	line_clear(&line);
	assert_null(line.masked);
	assert_string_equal(second.masked, "realm_info gid,unheard-of 5");
	line_clear(&second);
	assert_int_equal(third.json.len, strlen("[\"realm_info\",[\"gid\",\"unheard-of\"],[\"5\"]]"));
	assert_string_equal(third.headings[1], "unheard-of");
	assert_int_equal(third.note_count, 1);
	line_clear(&third);
	line_clear(&third);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_manual),
		cmocka_unit_test(examples_of_the_protocol),
		cmocka_unit_test(every_request_has_an_example_that_is_sent_as_it_says),
		cmocka_unit_test(names_of_arguments_may_stand_anywhere),
		cmocka_unit_test(a_name_without_its_value_is_refused),
		cmocka_unit_test(numbers_keep_their_spelling),
		cmocka_unit_test(what_is_not_text_is_refused),
		cmocka_unit_test(a_mac_is_taken_in_every_spelling),
		cmocka_unit_test(addresses_are_checked_before_they_are_sent),
		cmocka_unit_test(a_subnet_may_be_written_with_its_bits),
		cmocka_unit_test(values_are_typed_by_their_names),
		cmocka_unit_test(a_comment_that_took_an_argument_is_named),
		cmocka_unit_test(every_request_takes_all_its_arguments_by_name),
		cmocka_unit_test(each_argument_left_out_is_noticed_or_filled),
		cmocka_unit_test(each_argument_given_twice_is_refused),
		cmocka_unit_test(each_argument_mistyped_is_refused_and_no_secret_is_shown),
		cmocka_unit_test(arguments_that_do_not_fit),
		cmocka_unit_test(secrets_become_question_marks),
		cmocka_unit_test(commands_say_where_their_secrets_are),
		cmocka_unit_test(a_prompt_can_see_that_a_secret_comes_next),
		cmocka_unit_test(a_command_may_be_a_job),
		cmocka_unit_test(lines_with_errors_hide_what_may_be_a_secret),
		cmocka_unit_test(secrets_are_asked_for_and_read_from_files),
		cmocka_unit_test(names_are_looked_up_and_put_in_their_places),
		cmocka_unit_test(a_lookup_in_a_secret_request_keeps_the_rest),
		cmocka_unit_test(unknown_types_take_json_or_text),
		cmocka_unit_test(misspelt_types_are_asked_about_or_refused),
		cmocka_unit_test(unknown_names_are_noted_and_sent),
		cmocka_unit_test(headings_are_the_fields_asked_for),
		cmocka_unit_test(deletions_are_seen),
		cmocka_unit_test(kinds_of_lines),
		cmocka_unit_test(jobs_and_redirections),
		cmocka_unit_test(commands),
		cmocka_unit_test(usage_shows_each_request),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(only_what_its_text_alone_decided_repeats),
		cmocka_unit_test(lines_that_share_live_until_the_last_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, clear);
}
