/* SPDX-License-Identifier: ISC */
/*
 * options: what is typed, what it becomes, and which source wins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/formats.h"
#include "options/table.h"

#define PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static char home[] = "/tmp/ptsh-options-XXXXXX";

static const char *const variables[] = {"PTSH_BOX", "PTSH_USER", "PTSH_OUTPUT", "PTSH_PASSWORD", "NO_COLOR",
	"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"};

static int prepare(void **state)
{
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	setenv("HOME", home, 1);
	snprintf(path, sizeof(path), "%s/.config/ptsh/boxes", home);
	unlink(path);
	return 0;
}

static void write_boxes(const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/.config", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.config/ptsh", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.config/ptsh/boxes", home);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	chmod(path, 0600);
}

/* Splits a command line at blanks ('|' stands for a blank inside a word, '~' for an empty word) and reads it. */
static int read_line(struct options *o, const char *line, struct error *e)
{
	static char copy[1024];
	static char *argv[32];
	int argc = 0;

	argv[argc++] = (char *)"ptsh";
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *save = NULL, *word = strtok_r(copy, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
		for (char *p = word; *p != '\0'; p++)
			if (*p == '|')
				*p = ' ';
		argv[argc++] = strcmp(word, "~") == 0 ? (char *)"" : word;
	}
	argv[argc] = NULL;
	memset(e, 0, sizeof(*e));
	return options_read(o, argc, argv, e);
}

static void must(struct options *o, const char *line)
{
	struct error e;

	if (read_line(o, line, &e) != 0)
		fail_msg("%s: %s", line, e.text);
}

/* Asserts that it is refused with status 2 and one line that contains `says`. */
static void refused(const char *line, const char *says)
{
	struct options o;
	struct error e;

	if (read_line(&o, line, &e) == 0)
		fail_msg("%s: accepted", line);
	if (strstr(e.text, says) == NULL)
		fail_msg("%s: says \"%s\", not \"%s\"", line, e.text, says);
	assert_int_equal(e.status, STATUS_USAGE);
	assert_null(strchr(e.text, '\n'));
	options_clear(&o);
}

/* --- forms --- */

static void every_option_is_accepted_in_its_long_form(void **state)
{
	(void)state;
	for (const struct option_row *row = option_rows; row->name != NULL; row++) {
		static const char *const values[][2] = {{"auth", "cram,login"}, {"tls", "verify"}, {"pin", PIN},
			{"tls-min", "1.3"}, {"connect-timeout", "3.5"}, {"timeout", "60"}, {"output", "json"}, {"jobs", "4"},
			{"color", "never"}, {"peer-uid", "1000"}, {"keepalive", "0"}, {"max-reply", "64K"}, {"port", "77"},
			{"ident-port", "0"}, {"ident-fd", "3"}};
		const char *value = "x";
		char line[256];
		struct options o;

		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (strcmp(values[i][0], row->name) == 0)
				value = values[i][1];
		if (row->argument == NULL || row->optional)
			snprintf(line, sizeof(line), "--follow --ident --cert c --%s box", row->name);
		else
			snprintf(line, sizeof(line), "--cert c --ident --%s %s box", row->name, value);
		must(&o, line);
		options_clear(&o);
		if (row->argument != NULL) {
			snprintf(line, sizeof(line), "--cert c --ident --%s=%s box", row->name, value);
			must(&o, line);
			options_clear(&o);
		}
		if (row->short_name != 0 && row->argument != NULL) {
			snprintf(line, sizeof(line), "-%c%s box", row->short_name, value);
			must(&o, line);
			options_clear(&o);
		}
	}
}

static void an_optional_argument_comes_only_after_an_equals_sign(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--ident box");
	assert_string_equal(o.box_text, "box");
	assert_string_equal(o.ident, "");
	options_clear(&o);
	must(&o, "--ident=me box");
	assert_string_equal(o.ident, "me");
	options_clear(&o);
	refused("--ident= box", "--ident needs NAME");
	refused("--ident-port 1 box", "--ident-port needs --ident");
}

static void no_name_is_there_twice(void **state)
{
	(void)state;
	for (const struct option_row *a = option_rows; a->name != NULL; a++) {
		struct buf help = {0};

		option_describe(a, &help);
		assert_in_range(help.len, 1, 50);
		buf_clear(&help);
		assert_true(a->set != NULL || a->size > 0);
		for (const struct option_row *b = a + 1; b->name != NULL; b++) {
			assert_string_not_equal(a->name, b->name);
			assert_true(a->short_name == 0 || a->short_name != b->short_name);
		}
	}
}

static void short_flags_go_together_and_the_last_takes_an_argument(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-nqrc ping -t2.5 box");
	assert_true(o.dry_run && o.quiet && o.read_only);
	assert_int_equal(o.input_count, 1);
	assert_string_equal(o.inputs[0].text, "ping");
	assert_true(o.timeout > 2.49 && o.timeout < 2.51);
	assert_string_equal(o.box_text, "box");
	options_clear(&o);
}

static void lines_and_files_keep_their_order(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-c ping -f - box --command=realm_info|gid --file x");
	assert_int_equal(o.input_count, 4);
	assert_false(o.inputs[0].is_file);
	assert_true(o.inputs[1].is_file);
	assert_string_equal(o.inputs[1].text, "-");
	assert_string_equal(o.inputs[2].text, "realm_info gid");
	assert_true(o.inputs[3].is_file);
	options_clear(&o);
}

static void an_argument_may_start_with_a_dash(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-c -|ping box");
	assert_string_equal(o.inputs[0].text, "- ping");
	options_clear(&o);
}

static void an_empty_line_is_a_line(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-c ~ box");
	assert_int_equal(o.input_count, 1);
	assert_string_equal(o.inputs[0].text, "");
	options_clear(&o);
}

static void two_dashes_end_the_options(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-n -- ./-y");
	assert_string_equal(o.box_text, "./-y");
	assert_false(o.yes);
	options_clear(&o);
	refused("-- --yes -c", "two boxes, \"--yes\" and \"-c\"");
}

static void header_and_no_header_the_later_wins(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--header --no-header");
	assert_int_equal(o.header, HEADER_OFF);
	options_clear(&o);
	must(&o, "--no-header --header");
	assert_int_equal(o.header, HEADER_ON);
	options_clear(&o);
	must(&o, "-c ping");
	assert_int_equal(o.header, HEADER_DEFAULT);
	options_clear(&o);
}

static void quiet_and_verbose_the_later_wins(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-q -v");
	assert_true(o.verbose && !o.quiet);
	options_clear(&o);
}

static void defaults_are_the_documented_ones(void **state)
{
	struct options o;

	(void)state;
	must(&o, "");
	assert_int_equal(o.action, ACTION_RUN);
	assert_string_equal(o.box_text, "/tmp/.tawny/.tawnyd");
	assert_string_equal(o.target.path, "/tmp/.tawny/.tawnyd");
	assert_int_equal(o.box_origin, ORIGIN_DEFAULT);
	assert_string_equal(o.user, getpwuid(getuid())->pw_name);
	assert_int_equal(options_origin(&o, "user"), ORIGIN_DEFAULT);
	assert_int_equal(o.tls, TLS_AUTO);
	assert_int_equal(o.tls_min, 12);
	assert_true(o.reach.connect_timeout == 10 && o.timeout == 0 && o.reach.keepalive == 60);
	assert_int_equal(o.max_reply, 256u << 20);
	assert_int_equal(o.auth[0], 0);
	assert_null(o.format);
	assert_false(o.jobs_set);
	assert_int_equal(o.color, COLOR_AUTO);
	options_clear(&o);
}

static void help_and_version_need_nothing_else_to_be_right(void **state)
{
	struct options o;

	(void)state;
	setenv("PTSH_OUTPUT", "nonsense", 1);
	must(&o, "--help --nonsense");
	assert_int_equal(o.action, ACTION_HELP);
	options_clear(&o);
	must(&o, "a -V b");
	assert_int_equal(o.action, ACTION_VERSION);
	options_clear(&o);
}

static void help_shows_every_option_within_80_columns(void **state)
{
	struct sink out;
	const char *text, *help;

	(void)state;
	sink_init(&out, -1);
	options_help(&out);
	text = buf_string(&out.buf);
	for (const struct option_row *row = option_rows; row->name != NULL; row++) {
		struct buf described = {0};
		char name[64];

		snprintf(name, sizeof(name), "--%s", row->name);
		assert_non_null(strstr(text, name));
		option_describe(row, &described);
		assert_non_null(help = strstr(text, buf_string(&described)));
		assert_true(help - text > 2 && strncmp(help - 1, " ", 1) == 0);
		buf_clear(&described);
	}
	for (const char *p = text; *p != '\0'; p += strcspn(p, "\n") + 1)
		assert_true(strncmp(p, "  ", 2) != 0 || strcspn(p, "\n") <= 80);
	sink_clear(&out);
}

static void what_there_is_to_choose_from_is_listed(void **state)
{
	struct buf help = {0};

	(void)state;
	option_describe(option_find("output", strlen("output")), &help);
	for (const struct format *const *f = formats; *f != NULL; f++)
		assert_non_null(strstr(buf_string(&help), (*f)->name));
	buf_reset(&help);
	option_describe(option_find("color", strlen("color")), &help);
	assert_string_equal(buf_string(&help), "auto, always or never");
	buf_reset(&help);
	option_describe(option_find("tls-min", strlen("tls-min")), &help);
	assert_string_equal(buf_string(&help), "1.0, 1.1, 1.2 or 1.3 (1.2)");
	buf_clear(&help);
}

static void words_to_complete_are_not_looked_at(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--complete 1 --nonsense -- --help");
	assert_int_equal(o.action, ACTION_COMPLETE);
	assert_int_equal(o.complete_count, 4);
	assert_string_equal(o.complete_words[3], "--help");
	options_clear(&o);
}

/* --- mistakes --- */

static void no_option_takes_a_password(void **state)
{
	struct options o;
	struct error e;

	(void)state;
	refused("--password hush box", "--password-file, --password-command or $PTSH_PASSWORD");
	refused("--password=hush box", "--password-file, --password-command or $PTSH_PASSWORD");
	refused("--passwd=hush", "no option takes a password");
	assert_int_equal(read_line(&o, "--pasword=hush", &e), -1);
	assert_null(strstr(e.text, "hush"));
	options_clear(&o);
}

static void an_unknown_option_names_the_nearest(void **state)
{
	(void)state;
	refused("--tiemout 3", "did you mean --timeout?");
	refused("--verbos", "did you mean --verbose?");
	refused("--password-fil x", "did you mean --password-file?");
	refused("--connect x", "did you mean --connect-timeout?");
	refused("--outptu=x", "did you mean --output?");
	refused("--xyzzy", "unknown option --xyzzy: ptsh --help lists all");
	refused("-Z", "unknown option -Z");
	refused("--\x1b[31m", "--?[31m");
}

static void mistakes_are_reported_in_one_line(void **state)
{
	(void)state;
	refused("-c", "--command needs an argument: --command LINE");
	refused("--tls", "--tls needs an argument: --tls MODE (auto, off, on, verify or insecure)");
	refused("--tls of", "--tls takes auto, off, on, verify or insecure, not \"of\"");
	refused("--yes=1", "--yes takes no argument");
	refused("a b", "two boxes, \"a\" and \"b\"");
	refused("-c realm_info gid box", "put a LINE of several words in quotes");
	refused("~", "the name of the box is empty");
	refused("-", "- is not a box");
	refused("-u ~", "--user needs NAME, but it is empty");
	refused("-f ~", "--file needs FILE, but it is empty");
	refused("--tls -c ping box", "--tls takes auto, off, on, verify or insecure, not \"-c\"");	/* not: two boxes */
	refused("--reconnect", "--reconnect needs --follow");
	refused("--key k", "--cert FILE");
	refused("-o xml", "not \"xml\"");
	refused("-c ping\nx --tls \n\n", "not \"??\"");
}

static void numbers_must_be_numbers(void **state)
{
	struct options o;

	(void)state;
	refused("-t abc", "--timeout takes seconds, such as 30 or 2.5, not \"abc\"");
	refused("-t -1", "seconds");
	refused("-t 1e3", "seconds");
	refused("-t nan", "seconds");
	refused("-t inf", "seconds");
	refused("-t 0x10", "seconds");
	refused("-t 1.2.3", "seconds");
	refused("-t 1,5", "seconds");
	refused("-t .", "seconds");
	refused("-t 99999999999", "seconds");
	refused("-j 1.5", "--jobs takes a number");
	refused("-j -1", "--jobs takes a number");
	refused("-j 99999999999", "--jobs takes a number");
	refused("--max-reply 5X", "--max-reply takes a size");
	refused("--max-reply 0", "--max-reply takes a size");
	refused("--max-reply 1KB", "--max-reply takes a size");
	refused("--max-reply 99999999999G", "--max-reply takes a size");
	refused("--max-reply 18446744073709551617", "--max-reply takes a size");
	refused("--tls-min 1.4", "--tls-min takes 1.0, 1.1, 1.2 or 1.3");
	must(&o, "-t .5 -j 0 --max-reply 3K --keepalive 0");
	assert_true(o.timeout == 0.5);
	assert_true(o.jobs_set && o.jobs == 0);
	assert_int_equal(o.max_reply, 3072);
	options_clear(&o);
	must(&o, "--max-reply 2G");
	/* The largest number, with 32 bits. */
	assert_true(o.max_reply == (PTRDIFF_MAX > INT32_MAX ? (uintmax_t)2 << 30 : PTRDIFF_MAX));
	options_clear(&o);
}

static void auth_is_an_ordered_list_without_doubles(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--auth login,none");
	assert_int_equal(o.auth[0], AUTH_LOGIN);
	assert_int_equal(o.auth[1], AUTH_NONE);
	assert_int_equal(o.auth[2], 0);
	options_clear(&o);
	must(&o, "--auth none,cram,login");
	assert_int_equal(o.auth[2], AUTH_LOGIN);
	assert_int_equal(o.auth[3], 0);
	options_clear(&o);
	refused("--auth cram,cram", "--auth takes a list");
	refused("--auth cram,", "--auth takes a list");
	refused("--auth ,cram", "--auth takes a list");
	refused("--auth md5", "not \"md5\"");
	refused("--auth none,cram,login,none", "--auth takes a list");
}

static void a_pin_is_32_bytes_of_base64(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--pin " PIN);
	assert_string_equal(o.pin, PIN);
	options_clear(&o);
	refused("--pin AAAA", "--pin takes sha256//");
	refused("--pin sha256//AAAA", "--pin takes sha256//");
	must(&o, "--pin " PIN ";" PIN);
	options_clear(&o);
	refused("--pin sha256//AAAA\xc3\xa9" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "--pin takes sha256//");
	refused("--pin sha256//", "--pin takes sha256//");
	refused("--pin SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "--pin takes sha256//");
}

static void peer_uid_is_a_number_or_a_user(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--peer-uid root");
	assert_true(o.reach.has_peer_uid && o.reach.peer_uid == 0);
	options_clear(&o);
	must(&o, "--peer-uid 65533");
	assert_int_equal(o.reach.peer_uid, 65533);
	options_clear(&o);
	refused("--peer-uid no-such-user-here", "not \"no-such-user-here\"");
	refused("--peer-uid 99999999999", "not \"99999999999\"");
}

/* --- which source wins --- */

static void user_comes_from_option_then_box_then_environment(void **state)
{
	struct options o;

	(void)state;
	setenv("PTSH_USER", "eve", 1);
	must(&o, "-u joe ann@host");
	assert_string_equal(o.user, "joe");
	assert_int_equal(options_origin(&o, "user"), ORIGIN_COMMAND_LINE);
	options_clear(&o);
	must(&o, "ann@host");
	assert_string_equal(o.user, "ann");
	assert_int_equal(options_origin(&o, "user"), ORIGIN_COMMAND_LINE);
	options_clear(&o);
	must(&o, "host");
	assert_string_equal(o.user, "eve");
	assert_int_equal(options_origin(&o, "user"), ORIGIN_ENVIRONMENT);
	options_clear(&o);
	setenv("PTSH_USER", "", 1);
	must(&o, "host");
	assert_int_equal(options_origin(&o, "user"), ORIGIN_DEFAULT);
	options_clear(&o);
}

static void environment_gives_way_to_the_command_line(void **state)
{
	struct options o;

	(void)state;
	setenv("PTSH_BOX", "envbox", 1);
	setenv("PTSH_OUTPUT", "json", 1);
	setenv("NO_COLOR", "1", 1);
	must(&o, "");
	assert_string_equal(o.box_text, "envbox");
	assert_int_equal(o.box_origin, ORIGIN_ENVIRONMENT);
	assert_string_equal(o.format->name, "json");
	assert_int_equal(o.format_origin, ORIGIN_ENVIRONMENT);
	assert_int_equal(o.color, COLOR_NEVER);
	options_clear(&o);
	must(&o, "-o tsv --color always box");
	assert_string_equal(o.box_text, "box");
	assert_int_equal(o.box_origin, ORIGIN_COMMAND_LINE);
	assert_string_equal(o.format->name, "tsv");
	assert_int_equal(o.format_origin, ORIGIN_COMMAND_LINE);
	assert_int_equal(o.color, COLOR_ALWAYS);
	options_clear(&o);
	setenv("NO_COLOR", "", 1);
	setenv("PTSH_OUTPUT", "xml", 1);
	refused("", "$PTSH_OUTPUT takes");
	setenv("PTSH_OUTPUT", "", 1);
	must(&o, "");
	assert_int_equal(o.color, COLOR_AUTO);
	options_clear(&o);
}

static void boxes_file_stands_between_environment_and_command_line(void **state)
{
	struct options o;

	(void)state;
	setenv("PTSH_OUTPUT", "tsv", 1);
	setenv("PTSH_USER", "eve", 1);
	write_boxes("# mine\n"
	    "core admin@core.example.net --tls on -o json --password-command 'pass show core' -p 77\n"
	    "bare --tls verify\n");
	must(&o, "core");
	assert_string_equal(o.box_text, "core");
	assert_int_equal(o.box_origin, ORIGIN_COMMAND_LINE);
	assert_string_equal(o.target.host, "core.example.net");
	assert_int_equal(o.target.port, 77);
	assert_string_equal(o.user, "admin");
	assert_int_equal(options_origin(&o, "user"), ORIGIN_BOXES);
	assert_int_equal(o.tls, TLS_ON);
	assert_int_equal(options_origin(&o, "tls"), ORIGIN_BOXES);
	assert_string_equal(o.password_command, "pass show core");
	assert_string_equal(o.format->name, "json");
	assert_int_equal(o.format_origin, ORIGIN_BOXES);
	options_clear(&o);
	must(&o, "--tls off -o tsv -p 78 --password-file /p joe@core");
	assert_string_equal(o.box_text, "joe@core");
	assert_string_equal(o.target.host, "core.example.net");
	assert_int_equal(o.target.port, 78);
	assert_string_equal(o.user, "joe");
	assert_int_equal(o.tls, TLS_OFF);
	assert_null(o.password_command);
	assert_string_equal(o.password_file, "/p");
	assert_int_equal(options_origin(&o, "tls"), ORIGIN_COMMAND_LINE);
	options_clear(&o);
	must(&o, "bare");
	assert_string_equal(o.target.host, "bare");
	assert_int_equal(o.tls, TLS_VERIFY);
	options_clear(&o);
	must(&o, "other");
	assert_int_equal(o.tls, TLS_AUTO);
	assert_string_equal(o.user, "eve");
	options_clear(&o);
	setenv("PTSH_BOX", "core", 1);
	must(&o, "");
	assert_string_equal(o.target.host, "core.example.net");
	assert_int_equal(o.box_origin, ORIGIN_ENVIRONMENT);
	options_clear(&o);
}

static void default_line_is_used_where_no_box_is_named(void **state)
{
	struct options o;

	(void)state;
	write_boxes("default core --quiet\ncore core.example.net --tls on\n");
	must(&o, "-c ping");
	assert_string_equal(o.box_text, "core");
	assert_int_equal(o.box_origin, ORIGIN_BOXES);
	assert_string_equal(o.target.host, "core.example.net");
	assert_int_equal(o.tls, TLS_ON);
	assert_true(o.quiet);
	options_clear(&o);
	setenv("PTSH_BOX", "elsewhere", 1);
	must(&o, "-c ping");
	assert_string_equal(o.target.host, "elsewhere");
	assert_false(o.quiet);
	options_clear(&o);
	unsetenv("PTSH_BOX");
	write_boxes("default --quiet\n");
	must(&o, "-c ping");
	assert_string_equal(o.target.path, "/tmp/.tawny/.tawnyd");
	assert_true(o.quiet);
	options_clear(&o);
	must(&o, "-X -c ping");
	assert_false(o.quiet);
	options_clear(&o);
}

static void a_line_may_name_its_own_host_and_lines_may_name_lines(void **state)
{
	struct options o;

	(void)state;
	write_boxes("core core --tls on\na joe@b -o tsv\nb ann@c -u bob -o json\nc c.example\n");
	must(&o, "core");
	assert_string_equal(o.target.host, "core");
	assert_int_equal(o.tls, TLS_ON);
	options_clear(&o);
	must(&o, "a");
	assert_string_equal(o.target.host, "c.example");
	assert_string_equal(o.user, "joe");
	assert_string_equal(o.format->name, "tsv");
	options_clear(&o);
	must(&o, "b");
	assert_string_equal(o.user, "bob");
	options_clear(&o);
	write_boxes("a b\nb a\n");
	must(&o, "a");
	assert_string_equal(o.target.host, "a");
	options_clear(&o);
}

static void a_mistake_in_the_boxes_file_is_reported_with_its_line(void **state)
{
	(void)state;
	write_boxes("ok host\n\nbad host --tsl on\nonce host -c ping\nrel host --password-file pw\n"
	    "two h1 h2\nnum host -t soon\n");
	refused("bad", "/ptsh/boxes:3: unknown option --tsl: did you mean --tls?");
	refused("once", "/ptsh/boxes:4: --command belongs on the command line");
	refused("rel", "/ptsh/boxes:5: in the boxes file --password-file needs a path that starts with / or ~/");
	refused("two", "/ptsh/boxes:6: two boxes");
	refused("num", "/ptsh/boxes:7: --timeout takes seconds");
	write_boxes("a b\nc 'd\n");
	refused("x", "/ptsh/boxes:2: ' is not closed");
}

static void a_boxes_file_that_others_can_write_is_refused(void **state)
{
	struct options o;
	char path[128];

	(void)state;
	write_boxes("core core.example.net\n");
	snprintf(path, sizeof(path), "%s/.config/ptsh/boxes", home);
	chmod(path, 0620);
	refused("-c ping host", "others can write it");
	chmod(path, 0602);
	refused("-c ping host", "others can write it");
	must(&o, "-X -c ping host");
	options_clear(&o);
	chmod(path, 0644);
	must(&o, "-c ping host");
	options_clear(&o);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12345, 12345), 0);
		refused("-c ping host", "belongs to another user (uid 12345)");
	}
}

static void files_follow_home_and_xdg_and_never_the_current_directory(void **state)
{
	struct options o;
	char path[128];

	(void)state;
	must(&o, "");
	snprintf(path, sizeof(path), "%s/.config/ptsh/rc", home);
	assert_string_equal(o.rc_path, path);
	snprintf(path, sizeof(path), "%s/.local/state/ptsh/history", home);
	assert_string_equal(o.history_path, path);
	snprintf(path, sizeof(path), "%s/.local/share/ptsh/known_boxes", home);
	assert_string_equal(o.known_boxes_path, path);
	options_clear(&o);
	must(&o, "-X");
	assert_null(o.rc_path);
	assert_null(o.boxes_path);
	assert_null(o.history_path);
	assert_string_equal(o.known_boxes_path, path);
	options_clear(&o);
	setenv("XDG_CONFIG_HOME", "/c", 1);
	setenv("XDG_DATA_HOME", "relative", 1);
	must(&o, "");
	assert_string_equal(o.boxes_path, "/c/ptsh/boxes");
	assert_string_equal(o.known_boxes_path, path);
	options_clear(&o);
	setenv("HOME", ".", 1);
	unsetenv("XDG_CONFIG_HOME");
	must(&o, "");
	assert_null(o.rc_path);
	assert_null(o.boxes_path);
	assert_null(o.known_boxes_path);
	options_clear(&o);
	unsetenv("HOME");
	must(&o, "");
	assert_null(o.history_path);
	options_clear(&o);
}

static void of_two_password_sources_the_later_counts(void **state)
{
	struct options o;

	(void)state;
	must(&o, "--password-command c --password-file /f");
	assert_null(o.password_command);
	options_clear(&o);
	must(&o, "--password-file /f --password-command c");
	assert_null(o.password_file);
	options_clear(&o);
}

static void events_are_collected_once_each(void **state)
{
	struct options o;

	(void)state;
	must(&o, "-e realm_poll_stop -e * -e realm_poll_stop --follow --reconnect");
	assert_int_equal(o.event_count, 2);
	assert_string_equal(o.events[1], "*");
	assert_true(o.follow && o.reconnect);
	options_clear(&o);
}

/* --- while running --- */

static int set_box(struct options *o, const char *text, struct error *e)
{
	struct options before;
	int result = options_set_box(o, text, &before, e);

	if (result == 0)
		options_clear(&before);
	return result;
}

static void another_box_brings_its_own_options_and_none_of_the_first_ones(void **state)
{
	struct options o;
	struct error e;

	(void)state;
	write_boxes("lab lab.example --tls off --clear-login -u labuser --read-only\n"
	    "core core.example --tls verify --keep-going\n");
	must(&o, "-c ping -j 4 --pin " PIN " -p 99 --known-as nick --connect-timeout 3 lab");
	assert_int_equal(o.tls, TLS_OFF);
	assert_true(o.clear_login && o.read_only);
	assert_int_equal(o.target.port, 99);
	o.format = format_find("json");		/* as .format does */
	assert_int_equal(set_box(&o, "core", &e), 0);
	assert_string_equal(o.box_text, "core");
	assert_string_equal(o.target.host, "core.example");
	assert_int_equal(o.target.port, 55);
	assert_int_equal(o.tls, TLS_VERIFY);
	assert_false(o.clear_login);
	assert_false(o.read_only);
	assert_true(o.keep_going);
	assert_null(o.pin);
	assert_null(o.known_as);
	assert_int_equal(options_origin(&o, "user"), ORIGIN_DEFAULT);
	assert_true(o.reach.connect_timeout == 3);
	assert_int_equal(o.jobs, 4);
	assert_true(o.jobs_set);
	assert_string_equal(o.format->name, "json");
	assert_int_equal(o.input_count, 1);
	assert_int_equal(set_box(&o, "lab", &e), 0);
	assert_true(o.read_only);
	assert_false(o.keep_going);
	assert_string_equal(o.user, "labuser");
	options_clear(&o);
}

static void the_box_before_comes_back_with_all_that_was_its_own(void **state)
{
	struct options o, before;
	struct error e;

	(void)state;
	write_boxes("core core.example --tls verify --keep-going\n");
	must(&o, "-j 4 --pin " PIN " -p 99 --known-as nick ann@first");
	assert_int_equal(options_set_box(&o, "core", &before, &e), 0);
	assert_null(o.pin);
	o.timeout = 7;
	o.format = format_find("csv");
	options_restore(&o, &before);
	assert_string_equal(o.box_text, "ann@first");
	assert_string_equal(o.target.host, "first");
	assert_int_equal(o.target.port, 99);
	assert_string_equal(o.pin, PIN);
	assert_string_equal(o.known_as, "nick");
	assert_string_equal(o.user, "ann");
	assert_false(o.keep_going);
	assert_string_equal(o.format->name, "csv");	/* the session's */
	assert_true(o.jobs_set && o.jobs == 4);
	assert_int_equal(set_box(&o, "core", &e), 0);
	assert_true(o.keep_going && o.jobs == 4);
	options_clear(&o);
}

static void a_name_close_to_one_in_the_boxes_file_is_noticed(void **state)
{
	static const struct { const char *typed, *near; } names[] = {
		{"croe", "core"}, {"ann@croe", "core"}, {"core", NULL}, {"ann@core", NULL}, {"croe:55", NULL}, {"./croe", NULL},
		{"elsewhere", NULL}, {"lba", "lab"},
	};
	struct options o;

	(void)state;
	write_boxes("core core.example\nlab lab.example\n");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		must(&o, names[i].typed);
		if (names[i].near == NULL)
			assert_null(o.box_near);
		else
			assert_string_equal(o.box_near, names[i].near);
		options_clear(&o);
	}
}

static void another_box_that_makes_no_sense_changes_nothing(void **state)
{
	struct options o;
	struct error e;

	(void)state;
	must(&o, "ann@first -o tsv");
	assert_int_equal(set_box(&o, "host:nonsense-port-name", &e), -1);
	assert_int_equal(e.status, STATUS_USAGE);
	assert_string_equal(o.box_text, "ann@first");
	assert_string_equal(o.target.host, "first");
	assert_string_equal(o.user, "ann");
	assert_int_equal(set_box(&o, "", &e), -1);
	options_clear(&o);
}

static int make_home(void **state)
{
	(void)state;
	return mkdtemp(home) != NULL ? 0 : -1;
}

static int remove_home(void **state)
{
	static const char *const paths[] = {"/.config/ptsh/boxes", "/.config/ptsh", "/.config", ""};
	char path[128];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", home, paths[i]);
		remove(path);
	}
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, prepare)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_option_is_accepted_in_its_long_form),
		TEST(an_optional_argument_comes_only_after_an_equals_sign),
		TEST(no_name_is_there_twice),
		TEST(short_flags_go_together_and_the_last_takes_an_argument),
		TEST(lines_and_files_keep_their_order),
		TEST(an_argument_may_start_with_a_dash),
		TEST(an_empty_line_is_a_line),
		TEST(two_dashes_end_the_options),
		TEST(header_and_no_header_the_later_wins),
		TEST(quiet_and_verbose_the_later_wins),
		TEST(defaults_are_the_documented_ones),
		TEST(help_and_version_need_nothing_else_to_be_right),
		TEST(help_shows_every_option_within_80_columns),
		TEST(what_there_is_to_choose_from_is_listed),
		TEST(words_to_complete_are_not_looked_at),
		TEST(no_option_takes_a_password),
		TEST(an_unknown_option_names_the_nearest),
		TEST(mistakes_are_reported_in_one_line),
		TEST(numbers_must_be_numbers),
		TEST(auth_is_an_ordered_list_without_doubles),
		TEST(a_pin_is_32_bytes_of_base64),
		TEST(peer_uid_is_a_number_or_a_user),
		TEST(user_comes_from_option_then_box_then_environment),
		TEST(environment_gives_way_to_the_command_line),
		TEST(boxes_file_stands_between_environment_and_command_line),
		TEST(default_line_is_used_where_no_box_is_named),
		TEST(a_line_may_name_its_own_host_and_lines_may_name_lines),
		TEST(a_mistake_in_the_boxes_file_is_reported_with_its_line),
		TEST(a_boxes_file_that_others_can_write_is_refused),
		TEST(files_follow_home_and_xdg_and_never_the_current_directory),
		TEST(of_two_password_sources_the_later_counts),
		TEST(events_are_collected_once_each),
		TEST(another_box_brings_its_own_options_and_none_of_the_first_ones),
		TEST(another_box_that_makes_no_sense_changes_nothing),
		TEST(the_box_before_comes_back_with_all_that_was_its_own),
		TEST(a_name_close_to_one_in_the_boxes_file_is_noticed),
	};

	return cmocka_run_group_tests(tests, make_home, remove_home);
}
