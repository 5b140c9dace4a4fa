/* SPDX-License-Identifier: ISC */
/* target: every way to write a box, and the messages for mistakes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/target.h"

struct good {
	const char *text, *port_option;
	const char *user, *path, *host;
	unsigned port;
	bool port_is_number, host_is_address;
	const char *name;
};

/* https, http: Debian's netbase knows them; "porttracker" is in no list. */
static const struct good goods[] = {
	{"core", NULL, NULL, NULL, "core", 55, false, false, "core:55"},
	{"core.example.net", NULL, NULL, NULL, "core.example.net", 55, false, false, "core.example.net:55"},
	{"admin@core", NULL, "admin", NULL, "core", 55, false, false, "core:55"},
	{"admin@example.net@core:56", NULL, "admin@example.net", NULL, "core", 56, true, false, "core:56"},
	{"core:56", "57", NULL, NULL, "core", 57, true, false, "core:57"},
	{"core", "https", NULL, NULL, "core", 443, false, false, "core:443"},
	{"core:https", NULL, NULL, NULL, "core", 443, false, false, "core:443"},
	{"core:www", NULL, NULL, NULL, "core", 80, false, false, "core:80"},	/* an alias */
	{"core:https=999", NULL, NULL, NULL, "core", 443, false, false, "core:443"},
	{"core:no-such-service=999", NULL, NULL, NULL, "core", 999, false, false, "core:999"},
	{"core:porttracker=55", NULL, NULL, NULL, "core", 55, false, false, "core:55"},
	{"192.0.2.1:55", NULL, NULL, NULL, "192.0.2.1", 55, true, true, "192.0.2.1:55"},
	{"127.1", NULL, NULL, NULL, "127.1", 55, false, true, "127.1:55"},
	{"0x7f000001:1", NULL, NULL, NULL, "0x7f000001", 1, true, true, "0x7f000001:1"},
	{"2130706433", NULL, NULL, NULL, "2130706433", 55, false, true, "2130706433:55"},
	{"0177.0.0.1:65535", NULL, NULL, NULL, "0177.0.0.1", 65535, true, true, "0177.0.0.1:65535"},
	{"[::1]", NULL, NULL, NULL, "::1", 55, false, true, "[::1]:55"},
	{"me@[2001:db8::1]:56", NULL, "me", NULL, "2001:db8::1", 56, true, true, "[2001:db8::1]:56"},
	{"[fe80::1%eth0]:56", NULL, NULL, NULL, "fe80::1%eth0", 56, true, true, "[fe80::1%eth0]:56"},
	{"::1", NULL, NULL, NULL, "::1", 55, false, true, "[::1]:55"},
	{"me@2001:db8:0:1:2:3:4:5", NULL, "me", NULL, "2001:db8:0:1:2:3:4:5", 55, false, true, "[2001:db8:0:1:2:3:4:5]:55"},
	{"fe80::1%eth0", NULL, NULL, NULL, "fe80::1%eth0", 55, false, true, "[fe80::1%eth0]:55"},
	{"2001:db8::1:abc", NULL, NULL, NULL, "2001:db8::1:abc", 55, false, true, "[2001:db8::1:abc]:55"},
	{"2001:db8::1:2", "77", NULL, NULL, "2001:db8::1:2", 77, true, true, "[2001:db8::1:2]:77"},
	{"::ffff:127.1", NULL, NULL, NULL, "::ffff:127.0.0.1", 55, false, true, "[::ffff:127.0.0.1]:55"},
	{"[::ffff:127.1]:56", NULL, NULL, NULL, "::ffff:127.0.0.1", 56, true, true, "[::ffff:127.0.0.1]:56"},
	{"[::ffff:0x7f.1]", NULL, NULL, NULL, "::ffff:127.0.0.1", 55, false, true, "[::ffff:127.0.0.1]:55"},
	{"[::ffff:2130706433]", NULL, NULL, NULL, "::ffff:127.0.0.1", 55, false, true, "[::ffff:127.0.0.1]:55"},
	{"[64:ff9b::0300.2.1]", NULL, NULL, NULL, "64:ff9b::192.2.0.1", 55, false, true, "[64:ff9b::192.2.0.1]:55"},
	{"[::ffff:192.0.2.1]", NULL, NULL, NULL, "::ffff:192.0.2.1", 55, false, true, "[::ffff:192.0.2.1]:55"},
	{"/tmp/.tawny/.tawnyd", NULL, NULL, "/tmp/.tawny/.tawnyd", NULL, 0, false, false, "/tmp/.tawny/.tawnyd"},
	{"./sock", NULL, NULL, "./sock", NULL, 0, false, false, "./sock"},
	{"dir/a@b:c", NULL, NULL, "dir/a@b:c", NULL, 0, false, false, "dir/a@b:c"},
	{"a@b/c", NULL, NULL, "a@b/c", NULL, 0, false, false, "a@b/c"},
	{"root@/run/box", NULL, "root", "/run/box", NULL, 0, false, false, "/run/box"},
	{"root@./box", NULL, "root", "./box", NULL, 0, false, false, "./box"},
	{"a_b.example:55", NULL, NULL, NULL, "a_b.example", 55, true, false, "a_b.example:55"},
};

static void test_every_form_is_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
		const struct good *g = &goods[i];
		struct target t;
		struct error e = {0};

		print_message("# %s\n", g->text);
		if (target_parse(&t, g->text, g->port_option, &e) == -1)
			fail_msg("%s: %s", g->text, e.text);
		if (g->user == NULL)
			assert_null(t.user);
		else
			assert_string_equal(t.user, g->user);
		if (g->path == NULL) {
			assert_null(t.path);
			assert_string_equal(t.host, g->host);
			assert_int_equal(t.port, g->port);
			assert_int_equal(t.port_is_number, g->port_is_number);
			assert_int_equal(t.host_is_address, g->host_is_address);
		} else {
			assert_string_equal(t.path, g->path);
			assert_null(t.host);
		}
		char *name = target_name(&t);
		assert_string_equal(name, g->name);
		free(name);
		target_clear(&t);
	}
}

static const struct {
	const char *text, *port, *says;
} bads[] = {
	{"", NULL, "empty"},
	{"@core", NULL, "user name is missing"},
	{"admin@", NULL, "host's name is missing"},
	{":55", NULL, "host's name is missing"},
	{"core:", NULL, "port is missing"},
	{"core:0", NULL, "from 1 to 65535"},
	{"core:65536", NULL, "from 1 to 65535"},
	{"core:99999999999999999999", NULL, "from 1 to 65535"},
	{"core:-1", NULL, "not a port"},
	{"core:no-such-service", NULL, "no-such-service=55"},
	{"core:x=", NULL, "not a port"},
	{"core:x=0", NULL, "not a port"},
	{"core:=5", NULL, "not a port"},
	{"core", "x y", "not a port"},
	{"core", "", "port is missing"},
	{"::1:55", NULL, "in brackets"},
	{"2001:db8::1:2:3", NULL, "in brackets"},
	{"me@2001:db8::7:55", NULL, "in brackets"},
	{"[::ffff:127.1.]", NULL, "not an IPv6 address"},
	{"[::ffff:1.2.3.4.5]", NULL, "not an IPv6 address"},
	{"[::ffff:127.1 ]", NULL, "not an IPv6 address"},
	{"[::ffff:256.1.1.1]", NULL, "not an IPv6 address"},
	{"[127.0.0.1]", NULL, "not an IPv6 address"},
	{"a:b:c", NULL, "only one `:`"},
	{"[::1", NULL, "`]` is missing"},
	{"[::1]55", NULL, "only `:port`"},
	{"[core]:55", NULL, "not an IPv6 address"},
	{"[::1%]:55", NULL, "not an IPv6 address"},
	{"[::1%;reboot]:55", NULL, "not an IPv6 address"},
	{"-oProxyCommand=x", NULL, "not a host's name"},
	{"core;reboot", NULL, "not a host's name"},
	{"$(reboot)", NULL, "not a host's name"},
	{"two words", NULL, "not a host's name"},
	{"127.0.0.1 x", NULL, "not a host's name"},
	{"core\n:55", NULL, "control character"},
	{"caf\xc3\xa9.example", NULL, "xn--"},
	{"/run/box", "55", "has no port"},
	/* A password is not repeated. */
	{"admin:hush/hush@core", NULL, "a password does not belong there"},
	{"admin:hush@core/x", NULL, "a password does not belong there"},
	{"https://admin:hush@core/x", NULL, "not as a URL"},
	{"ssh://core", NULL, "not as a URL"},
};

static void test_mistakes_are_reported_in_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		struct target t;
		struct error e = {0};

		print_message("# %s\n", i == 27 ? "(LF)" : bads[i].text);
		assert_int_equal(target_parse(&t, bads[i].text, bads[i].port, &e), -1);
		assert_int_equal(e.status, STATUS_USAGE);
		if (strstr(e.text, bads[i].says) == NULL)
			fail_msg("%s: %s", bads[i].text, e.text);
		assert_null(strchr(e.text, '\n'));
		assert_null(strstr(e.text, "hush"));
		assert_null(t.host);
		assert_null(t.user);
		target_clear(&t);
	}
}

/* A20: sun_path has 108 bytes with its NUL. */
static void test_path_of_108_bytes_is_too_long(void **state)
{
	char path[109];
	struct target t;
	struct error e;

	(void)state;
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[108] = '\0';
	assert_int_equal(target_parse(&t, path, NULL, &e), -1);
	assert_int_equal(e.status, STATUS_USAGE);
	assert_non_null(strstr(e.text, "at most 107"));
	path[107] = '\0';
	assert_int_equal(target_parse(&t, path, NULL, &e), 0);
	target_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_is_taken_apart),
		cmocka_unit_test(test_mistakes_are_reported_in_one_line),
		cmocka_unit_test(test_path_of_108_bytes_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
