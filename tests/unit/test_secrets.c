/* SPDX-License-Identifier: ISC */
/*
 * test_secrets: every form in which a secret can be typed, times every place where it must not appear.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/line.h"
#include "proto/secret.h"
#include "undo/undo.h"

static const char marker[] = "S3cr3tt";

static const struct command_word *find_command(void *ctx, const char *name, size_t len, struct error *e)
{
	static const struct command_word connect = {.name = "connect"}, on = {.name = "on", .takes_line = true};

	(void)ctx;
	if (len == 7 && memcmp(name, "connect", 7) == 0)
		return &connect;
	if (len == 2 && memcmp(name, "on", 2) == 0)
		return &on;
	error_set(e, STATUS_USAGE, "no such command");
	return NULL;
}

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)e;
	if (ctx != NULL)
		snprintf(ctx, 100, "%s", what);
	buf_puts(out, marker);
	return 0;
}

static void hidden(const char *sink, const char *line, const char *text, size_t len)
{
	if (memmem(text, len, marker, strlen(marker)) != NULL)
		fail_msg("%s: <%s> shows <%.*s>", sink, line, (int)len, text);
}

/* The state before, as the reply to the reading request: it contains the secret, too. */
static void undo_of(const char *text, const struct line *line)
{
	static const char *const replies[] = {"[[\"5\",\"S3cr3tt\",\"S3cr3tt\"]]", "[[\"secret\",\"S3cr3tt\"],[\"x\",\"y\"]]"};
	struct undo u;
	struct json v;
	size_t at;

	for (size_t i = 0; line->type != NULL && undo_possible(line->type) && i < 2; i++) {
		assert_null(json_read(replies[i], strlen(replies[i]), &v, &at));
		if (undo_make(&u, line->type, buf_head(&line->json), line->json.len, json_iterate(v)) < 0)
			continue;
		/* The old values of harmless names may be shown: here they are the marker itself. */
		if (strstr(text, "name") == NULL && strstr(text, "description") == NULL) {
			hidden("undo", text, buf_head(&u.changes), u.changes.len);
			hidden("undo line", text, buf_head(&u.line), u.line.len);
		}
		undo_clear(&u);
	}
}

static void try(const char *text, bool prompt)
{
	const struct line_context context = {.prompt = prompt, .terminal = prompt, .find_command = find_command, .ask_secret = ask_secret};
	struct line line = {0};
	struct buf trace = {0};
	struct error e = {0};
	char *usage = NULL;
	size_t at;
	int result = line_parse(&line, text, strlen(text), &context, &e, &usage, &at);

	if (line.masked != NULL)
		hidden("history and title", text, line.masked, strlen(line.masked));
	if (result < 0)
		hidden("message", text, e.text, strlen(e.text));
	if (usage != NULL)
		hidden("usage", text, usage, strlen(usage));
	for (size_t i = 0; i < line.note_count; i++)
		hidden("notice", text, line.notes[i], strlen(line.notes[i]));
	if (result == 0 && line.kind == LINE_REQUEST) {
		assert_int_equal(secret_mask_request(&trace, buf_head(&line.json), line.json.len), 0);
		hidden("trace", text, buf_head(&trace), trace.len);
		undo_of(text, &line);
	}
	buf_clear(&trace);
	free(usage);
	line_clear(&line);
}

/* The names of secrets, spelt in ways that are used; `%s` in a form is the name, the marker is written out. */
static const char *const names[] = {"secret", "csecret", "password", "community", "snmp_community", "SECRET", "radius-secret",
    "passphrase", "Admin-Password"};

static const char *const forms[] = {
	"realm_info_modify 5 %s=S3cr3tt",
	"realm_info_modify 5 name=x %s=S3cr3tt",
	"realm_info_modify 5 %s='S3cr3tt'",
	"realm_info_modify 5 %s=\"a S3cr3tt b\"",
	"realm_info_modify 5 '{\"%s\":\"S3cr3tt\"}'",
	"realm_info_modify 5 {\"%s\":\"S3cr3tt\"}",
	"realm_info_modify 5 {\"name\":\"x\",\"%s\":[\"S3cr3tt\"]}",
	"realm_info_modify 5 name=x,%s=S3cr3tt",
	"realm_info_modify 5 description='x, %s=S3cr3tt'",
	"poller_info_modify 5 name=x,%s=S3cr3tt",
	"poller_info_modify 5 %s=S3cr3tt",
	"poller_info_modify 5 name=x,%s=S3cr3tt surplus=",
	"global_settings_modify %s=S3cr3tt",
	"advanced_settings_modify x=1 %s=S3cr3tt",
	"advanced_settings_modify [[\"%s\",\"S3cr3tt\"]]",
	"realm_advanced_settings_modify 5 %s=S3cr3tt",
	"security_authentication_modify 5 %s=S3cr3tt",
	"group_settings_modify 5 %s=S3cr3tt",
	"remote_backup %s=S3cr3tt",
	"remote_backup SCP h u %s=S3cr3tt",
	"realm_info gid %s=S3cr3tt",
	"realm_poll 5 %s=S3cr3tt",
	"realm_poll 5 --%s=S3cr3tt",
	"ping %s=S3cr3tt",
	"log '%s=S3cr3tt'",
	"box_new_request 5 %s=S3cr3tt",
	"box_new_request 5 %s=\"S3cr3tt x\"",
	"box_new_request 5 a=b,%s=S3cr3tt",
	"box_new_request 5 {\"%s\":\"S3cr3tt\"}",
	"box_new_request 5 {\"a\":{\"%s\":[\"S3cr3tt\"]}}",
	"box_new_request 5 [[\"%s\",\"S3cr3tt\"]]",
	"box_new_request {\"%s\":\"S3cr3tt\"} 'open",
	"box_new_request %s=S3cr3tt 'open",
	"box_new_request %s=S3cr3tt > ",
	"box_new_request %s=S3cr3tt ; ping",
	"[\"box_new_request\",\"%s=S3cr3tt\"]",
	"[\"box_new_request\",{\"%s\":\"S3cr3tt\"}]",
	"[\"box_new_request\",[[\"%s\",\"S3cr3tt\"]]]",
	"[\"realm_info_modify\",\"5\",{\"%s\":\"S3cr3tt\"}]",
	"[\"realm_info_modify\",\"5\",{\"name\":\"x\"},\"%s=S3cr3tt\"]",
	"[\"global_settings_modify\",[[\"%s\",\"S3cr3tt\"]]]",
	"[\"log\",\"%s=S3cr3tt\"]",
	"[\"box_new_request\",{\"%s\":\"S3cr3tt\"}",
	"realm_info_modfy 5 %s=S3cr3tt",
	"- realm_info_modify 5 %s=S3cr3tt",
	"realm_info_modify 5 %s=S3cr3tt &",
	".connect box --%s=S3cr3tt",
	".connect %s=S3cr3tt",
	".nonsense %s=S3cr3tt",
	".on realm_poll_stop -- box_new_request %s=S3cr3tt",
	".on realm_poll_stop -- realm_info_modify 5 %s=S3cr3tt",
};

static void no_form_is_seen_anywhere(void **state)
{
	char text[300];

	(void)state;
	for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
		for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
			const char *place = strstr(forms[f], "%s");

			snprintf(text, sizeof text, "%.*s%s%s", (int)(place - forms[f]), forms[f], names[n], place + 2);
			try(text, false);
			try(text, true);
		}
	}
}

static void passwords_in_addresses_are_not_seen(void **state)
{
	static const char *const lines[] = {
		".connect admin:S3cr3tt@core.example.net", ".connect 'admin:S3cr3tt@core'", ".connect https://admin:S3cr3tt@core/x",
		".connect admin:S3cr3tt@[::1]:55", ".connect admin:S3cr3tt@pa@core", "- .connect admin:S3cr3tt@core", ".conect admin:S3cr3tt@core",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		try(lines[i], false);
		try(lines[i], true);
	}
}

static char *masked_of(const char *text)
{
	const struct line_context context = {.find_command = find_command, .ask_secret = ask_secret};
	struct line line = {0};
	struct error e;
	char *usage = NULL, *masked;
	size_t at;

	(void)line_parse(&line, text, strlen(text), &context, &e, &usage, &at);
	masked = strdup(line.masked);
	free(usage);
	line_clear(&line);
	return masked;
}

/* As options are written, and pairs: the name is a word, and the secret the next one. */
static void the_word_after_a_name_is_not_seen(void **state)
{
	static const char *const lines[] = {
		"box_new_request 5 --password S3cr3tt x", "box_new_request --db-passwd 'S3cr3tt x'", "box_new_request community S3cr3tt",
		"box_new_request Secret = S3cr3tt x", "box_new_request api-key: \"S3cr3tt\" x", "box_new_request --secret {\"a\":\"S3cr3tt\"} x",
		"[\"box_new_request\",\"--password\",\"S3cr3tt\"]", "[\"box_new_request\",\"secret\",\"=\",\"S3cr3tt\",1]",
		"[\"box_new_request\",\"passphrase\",{\"a\":[\"S3cr3tt\"]}]", "- box_new_request --password S3cr3tt",
		".on realm_poll_stop -- box_new_request {1} password S3cr3tt", ".nonsense --password S3cr3tt", "realm_poll 5 --secret S3cr3tt",
		"box_new_request --password S3cr3tt --secret \"S3cr3tt", "box_new_request password S3cr3tt & x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		try(lines[i], false);
		try(lines[i], true);
	}
}

/* Not everything is hidden: harmless words stay as typed, and names of secrets, too. */
static void what_is_no_secret_stays(void **state)
{
	static const char *const lines[][2] = {
		{"realm_info_modify 5 name='Head Office' description=a,b=c", NULL},
		{"realm_info_modify 5 name=x secret=S3cr3tt", "realm_info_modify 5 name=x secret=?"},
		{"box_new_request 5 a=b,community=S3cr3tt x", "box_new_request 5 a=b,community=? x"},
		{".connect admin:S3cr3tt@core", ".connect admin:?"},
		{".connect ssh://admin:S3cr3tt@core:55", ".connect ssh://admin:?"},
		{".connect admin@core:55", NULL},
		{".connect core.example.net:55", NULL},
		{"realm_query 5 device device_mac --filter device_mac=00:1d:60:36:16:71", NULL},
		{"log 'mail me: admin@core'", NULL},
		{"log 'new password' notice", NULL},
		{".nonsense --password-file pw box", NULL},
		{"box_new_request 5 --password S3cr3tt x", "box_new_request 5 --password ? x"},
		{"box_new_request secret = S3cr3tt x", "box_new_request secret = ? x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		char *masked = masked_of(lines[i][0]);

		assert_string_equal(masked, lines[i][1] != NULL ? lines[i][1] : lines[i][0]);
		free(masked);
	}
}

/* A line of the history asks for the secrets that it has hidden. */
static void a_hidden_secret_is_asked_for_again(void **state)
{
	static const char *const lines[][3] = {
		{"realm_info_modify 5 name=x secret=?", "realm_info_modify secret", "[\"realm_info_modify\",\"5\",{\"name\":\"x\",\"secret\":\"S3cr3tt\"}]"},
		{"box_new_request 5 a=b,community=?", "box_new_request a=b,community", "[\"box_new_request\",5,\"a=b,community=S3cr3tt\"]"},
		{"box_new_request 5 --password ? x", "box_new_request --password", "[\"box_new_request\",5,\"--password\",\"S3cr3tt\",\"x\"]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		char asked[100] = "";
		const struct line_context context = {.ask_secret = ask_secret, .ctx = asked};
		struct line line = {0};
		struct error e;
		char *usage = NULL;
		size_t at;

		assert_int_equal(line_parse(&line, lines[i][0], strlen(lines[i][0]), &context, &e, &usage, &at), 0);
		assert_string_equal(asked[0] != '\0' ? asked : "nothing", i == 0 ? "realm_info_modify value" : lines[i][1]);
		assert_string_equal(buf_string(&line.json), lines[i][2]);
		assert_string_equal(line.masked, lines[i][0]);
		free(usage);
		line_clear(&line);
	}
}

/* A member after a comma, which would become part of another's text. */
static void members_after_a_comma_are_refused(void **state)
{
	static const char *const refused[] = {"poller_info_modify 5 name=x,secret=y", "poller_info_modify 5 name=x,hostname=y",
	    "realm_info_modify 5 name=a,b,description=c"};
	static const char *const sent[] = {"poller_info_modify 5 name=x,y", "poller_info_modify 5 name='x,hostname=y'",
	    "realm_info_modify 5 description=a,b=c", "poller_info_modify 5 name=x hostname=y"};

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0] + sizeof sent / sizeof sent[0]; i++) {
		bool bad = i < sizeof refused / sizeof refused[0];
		const char *text = bad ? refused[i] : sent[i - sizeof refused / sizeof refused[0]];
		const struct line_context context = {0};
		struct line line = {0};
		struct error e = {0};
		char *usage = NULL;
		size_t at;
		int result = line_parse(&line, text, strlen(text), &context, &e, &usage, &at);

		assert_int_equal(result, bad ? -1 : 0);
		if (bad)
			assert_non_null(strstr(e.text, "separate members with blanks"));
		free(usage);
		line_clear(&line);
	}
}

/* --- messages: requests and replies as a trace shows them --- */

static void secrets_are_hidden_in_requests(void **state)
{
	static const char *const cases[][2] = {
		{"[1,\"login\",\"a\",\"S3CR3T\"]", "[1,\"login\",\"a\",\"***\"]"},
		{"[\"x\",\"login\",\"a\",\"S3CR3T\"]", "[\"x\",\"login\",\"a\",\"***\"]"},
		{"[\"login\",\"a\",\"S3CR3T\"]", "[\"login\",\"a\",\"***\"]"},
		{"[\"ping\",\"login\",\"a\",\"S3CR3T\"]", "[\"ping\",\"login\",\"a\",\"S3CR3T\"]"},
		{"[7,\"login_cram_md6\",\"a\",\"S3CR3T\",\"S3CR3T\"]", "[7,\"login_cram_md6\",\"a\",\"***\",\"***\"]"},
		{"[7,\"log\",\"x\", 5]", "[7,\"log\",\"x\", 5]"},
		{"[7,\"set_license\",{\"a\":\"S3CR3T\"}]", "[7,\"set_license\",\"***\"]"},
		{"[7,\"poller_modify\",\"5\",[],[[\"a\",\"b\",\"c\",\"S3CR3T\"],[\"a\",\"b\",\"c\",\"S3CR3T\",\"S3CR3T\"],\"S3CR3T\"]]",
		    "[7,\"poller_modify\",\"5\",[],[[\"a\",\"b\",\"c\",\"***\"],[\"a\",\"b\",\"c\",\"***\",\"***\"],\"***\"]]"},
		{"[7,\"poller_modify\",\"5\",[],{\"a\":\"S3CR3T\"}]", "[7,\"poller_modify\",\"5\",[],\"***\"]"},
		{"[7,\"poller_info_modify\",\"5\",{\"name\":\"n\",\"sec\\u0072et\":\"S3CR3T\",\"SECRET\":[\"S3CR3T\"]}]",
		    "[7,\"poller_info_modify\",\"5\",{\"name\":\"n\",\"sec\\u0072et\":\"***\",\"SECRET\":\"***\"}]"},
		{"[7,\"security_authentication_modify\",\"5\",{\"csecret\":\"S3CR3T\",\"timeout\":5},\"S3CR3T\"]",
		    "[7,\"security_authentication_modify\",\"5\",{\"csecret\":\"***\",\"timeout\":5},\"***\"]"},
		{"[7,\"realm_snmp_credential_list_modify\",\"5\",[[\"a\",8]],[[\"a\",8,[[2,[\"S3CR3T\"]]],1],[\"a\",8,[2,[\"S3CR3T\"]],[3,\"u\",\"S3CR3T\"],1]]]",
		    "[7,\"realm_snmp_credential_list_modify\",\"5\",[[\"a\",8]],[[\"a\",8,\"***\",1],[\"a\",8,\"***\",\"***\",\"***\"]]]"},
		{"[7,\"security_certificate_list_modify\",[\"o\"],[[\"n\",\"S3CR3T\"]]]", "[7,\"security_certificate_list_modify\",[\"o\"],[[\"n\",\"***\"]]]"},
		/* The versions side by side: what follows the secret column is one, except the flags. */
		{"[\"realm_snmp_credential_list_modify\",\"5\",[],[[\"10.0.0.0\",8,[3,\"u\",\"S3CR3T\"],[2,[\"S3CR3T\"]],3],[\"10.0.0.0\",8,[2,[\"S3CR3T\"]],\"S3CR3T\"]]]",
		    "[\"realm_snmp_credential_list_modify\",\"5\",[],[[\"10.0.0.0\",8,\"***\",\"***\",\"***\"],[\"10.0.0.0\",8,\"***\",\"***\"]]]"},
		{"[7,\"set_licence\",\"S3CR3T\"]", "[7,\"set_licence\",\"***\"]"},
		{"[\"set_lisence\",\"S3CR3T\",{\"x\":\"S3CR3T\"}]", "[\"set_lisence\",\"***\",\"***\"]"},
		{"[9,\"poller_mdify\",\"S3CR3T\",[],[[\"n\",\"d\",\"h\",\"S3CR3T\"]]]", "[9,\"poller_mdify\",\"***\",\"***\",\"***\"]"},
		{"[9,\"realm_inf\",\"5\",[\"gid\"]]", "[9,\"realm_inf\",\"5\",[\"gid\"]]"},
		{"[7,\"log\",\"-----BEGIN RSA PRIVATE KEY-----S3CR3T\"]", "[7,\"log\",\"***\"]"},
		{"[7,\"frobnicate\",{\"password\":\"S3CR3T\"}]", "[7,\"frobnicate\",{\"password\":\"***\"}]"},
		{"not json S3CR3T", "\"***\""},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		assert_int_equal(secret_mask_request(&out, cases[i][0], strlen(cases[i][0])), 0);
		assert_string_equal(buf_string(&out), cases[i][1]);
	}
	buf_clear(&out);
}

static void secrets_are_hidden_in_replies(void **state)
{
	static const char *const cases[][3] = {
		{"realm_snmp_credential_list", "[1,1,[\"10.1.0.0\",16,[[2,[\"S3CR3T\"]],[3,\"u\",\"S3CR3T\",\"S3CR3T\",null,\"md5\",\"aes\"]],1]]",
		    "[1,1,[\"10.1.0.0\",16,\"***\",1]]"},
		{"realm_snmp_credential_list", "[1,1,[[\"10.1.0.0\",16,[[2,[\"S3CR3T\"]]],1],[\"10.2.0.0\",16,[2,[\"S3CR3T\"]],[3,\"u\",\"S3CR3T\"],1]]]",
		    "[1,1,[[\"10.1.0.0\",16,\"***\",1],[\"10.2.0.0\",16,\"***\",\"***\",1]]]"},
		{"realm_snmp_credential_list", "[1,1,[]]", "[1,1,[]]"},
		/* Shapes that are not documented: rather too much is hidden. */
		{"realm_snmp_credential_list", "[1,1,\"10.1.0.0\",16,\"S3CR3T\",1]", "[1,1,\"***\",16,\"***\",1]"},
		{"realm_snmp_credential_list", "[1,1,[[[\"10.1.0.0\",16,[[2,[\"S3CR3T\"]]],1]]]]", "[1,1,[[\"***\"]]]"},
		{"realm_snmp_credential_list", "[1,1,[[\"10.1.0.0\",16,[[2,[\"S3CR3T\"]]],1]],[2,[\"S3CR3T\"]],7]",
		    "[1,1,[[\"10.1.0.0\",16,\"***\",1]],\"***\",7]"},
		{"realm_snmp_credential_list", "[1,0,\"no\",[2,[\"S3CR3T\"]]]", "[1,0,\"***\",[2,\"***\"]]"},
		{"realm_snmp_credential_list", "[1,1]", "[1,1]"},
		{"realm_snmp_credential_list", "[1,0,\"no such realm\"]", "[1,0,\"no such realm\"]"},
		{"security_certificate_list", "[1,1,[[\"a\",\"\"],[\"-----BEGIN RSA PRIVATE KEY-----S3CR3T\",\"n\"],[\"c\",\"-----BEGIN CERTIFICATE-----\"]]]",
		    "[1,1,[[\"a\",\"\"],[\"***\",\"n\"],[\"c\",\"-----BEGIN CERTIFICATE-----\"]]]"},
		{"security_authentication_method_list", "[1,1,[[\"RADIUS\",\"9\",1,{\"server\":\"s\",\"secret\":\"S3CR3T\",\"csecret\":\"S3CR3T\"}]]]",
		    "[1,1,[[\"RADIUS\",\"9\",1,{\"server\":\"s\",\"secret\":\"***\",\"csecret\":\"***\"}]]]"},
		{"security_authentication_method_list", "[1,1,[[\"RADIUS\",[[\"server\",\"s\"],[\"secret\",\"S3CR3T\"]]]]]",
		    "[1,1,[[\"RADIUS\",[[\"server\",\"s\"],[\"secret\",\"***\"]]]]]"},
		{"ping", "[1,1,1202674637.64799, 17372]", "[1,1,1202674637.64799, 17372]"},
		{NULL, "[null,\"event\",\"x\",\"PRIVATE KEY S3CR3T\"]", "[null,\"event\",\"x\",\"***\"]"},
		{NULL, "[null,\"hello\",1,[\"login\"],\"bm9uY2U=\"]", "[null,\"hello\",1,[\"login\"],\"bm9uY2U=\"]"},
		{NULL, "rubbish", "rubbish"},
		{"realm_snmp_credential_list", "[1,1,[\"a\",8,S3CR3T", "\"***\""},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct request *type = cases[i][0] == NULL ? NULL : catalog_find(cases[i][0], strlen(cases[i][0]));

		buf_reset(&out);
		assert_int_equal(secret_mask_reply(&out, type, cases[i][1], strlen(cases[i][1])), 0);
		assert_string_equal(buf_string(&out), cases[i][2]);
	}
	buf_clear(&out);
}

/* What a box sends is accepted after login though it is no Unicode, and the beginning of a large reply is no JSON. */
static void text_that_is_not_json_hides_its_secrets(void **state)
{
	static const char *const cases[][3] = {
		{"security_authentication_method_list", "[1,1,[[\"R\xff\",[[\"secret\",\"S3CR3T\"],[\"server\",\"s\"]]]]]",
		    "[1,1,[[\"R\xff\",[[\"secret\",\"***\"],[\"server\",\"s\"]]]]]"},
		{"realm_list", "[1,1,[\"1\",\"\xe9t\xe9 community=S3CR3T\"]]", "[1,1,[\"1\",\"***\"]]"},
		{NULL, "[null,\"event\",\"x\",{\"password\":\"S3CR3T\\ud800\"},7]", "[null,\"event\",\"x\",{\"password\":\"***\"},7]"},
		{"realm_list", "[1,1,[[\"R\",[[\"server\",\"s\"],[\"Secret\",\"S3CR3T\"],[\"x\",\"",
		    "[1,1,[[\"R\",[[\"server\",\"s\"],[\"***"},
		{NULL, "login: password S3CR3T", "login: ***"},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct request *type = cases[i][0] == NULL ? NULL : catalog_find(cases[i][0], strlen(cases[i][0]));

		buf_reset(&out);
		assert_int_equal(secret_mask_reply(&out, type, cases[i][1], strlen(cases[i][1])), 0);
		assert_string_equal(buf_string(&out), cases[i][2]);
	}
	buf_clear(&out);
}

/* Members that hold secrets are known by name in replies, too: the catalogue must not outgrow that list. */
static void every_secret_member_is_hidden_wherever_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		for (const struct arg *a = catalog[i].args; a->name != NULL; a++) {
			for (const struct field *f = a->fields; f != NULL && f->name != NULL && a->type == ARG_OBJECT; f++) {
				struct buf json = {0}, out = {0};

				if (!f->secret)
					continue;
				buf_printf(&json, "[1,1,{\"%s\":\"S3CR3T\"}]", f->name);
				assert_int_equal(secret_mask_reply(&out, NULL, buf_head(&json), json.len), 0);
				assert_null(strstr(buf_string(&out), "S3CR3T"));
				buf_clear(&json);
				buf_clear(&out);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_form_is_seen_anywhere),
		cmocka_unit_test(passwords_in_addresses_are_not_seen),
		cmocka_unit_test(the_word_after_a_name_is_not_seen),
		cmocka_unit_test(what_is_no_secret_stays),
		cmocka_unit_test(a_hidden_secret_is_asked_for_again),
		cmocka_unit_test(members_after_a_comma_are_refused),
		cmocka_unit_test(secrets_are_hidden_in_requests),
		cmocka_unit_test(secrets_are_hidden_in_replies),
		cmocka_unit_test(text_that_is_not_json_hides_its_secrets),
		cmocka_unit_test(every_secret_member_is_hidden_wherever_it_stands),
	};

	return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
