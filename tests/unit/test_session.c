/* SPDX-License-Identifier: ISC */
/*
 * test_session: conversations.  Each is fed whole, byte by byte and in pieces of every size up to 64, and must lead
 * to the same operations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base64.h"
#include "proto/auth.h"
#include "session_log.h"

/* --- transcripts --- */

enum action {
	STOP, FEED, FEED_SR, LOGIN, LOGIN_ON_HELLO, TLS_ON_HELLO, START_TLS, SECURED, REQUEST, REQUEST_ON_REPLY, FORGET,
	FORGET_IN, END_IN, DRAIN, OUT, OUT_CRAM, END, PHASE, OPEN, MODE, WHOLE, MAX,
};

struct step {
	enum action action;
	const char *text;
	size_t n;
};

/* A step with text; the length is the literal's, NUL bytes and all. */
#define F(text) {FEED, text, sizeof text - 1}
#define R(text) {REQUEST, text, sizeof text - 1}

#define HELLO_NONE F("[null,\"hello\",1,[\"none\"]]\n")
#define HELLO_CRAM F("[null,\"hello\",1,[\"login_cram_md6\",\"login\"],\"YWVlYWJkZjQzMWEzYWM2\"]\n")
#define READY HELLO_NONE, {LOGIN, NULL, AUTH_NONE}
#define READY_LOG "greeted none (none) nonce 0\nready\n"
#define CRAM_LOG "greeted cram login (login_cram_md6, login) nonce 15\n"

static const char *const phases[] = {"greeting", "greeted", "tls asked", "tls", "login", "ready", "ended"};

/* The proof a box sends: base64 of the expected bytes with one change, named by the step's text. */
static void put_sr(struct buf *out, const char *how)
{
	struct cram c;
	struct error e;
	size_t len = MD6_BYTES;

	assert_int_equal(cram_compute(&c, "user", 4, "pass", 4, client_nonce, CRAM_CLIENT_NONCE, "aeeabdf431a3ac6", 15,
	    &e), 0);
	if (strcmp(how, "bit") == 0)
		c.sr[17] ^= 4;
	if (strcmp(how, "cr") == 0)
		memcpy(c.sr, c.cr, MD6_BYTES);
	if (strcmp(how, "short") == 0)
		len = MD6_BYTES - 1;
	base64_encode(out, c.sr, len, strcmp(how, "padded") == 0);
}

/* Feeds in chunks.  False: the session has failed, which is logged once. */
static bool feed(struct holder *h, const char *bytes, size_t len, size_t chunk)
{
	struct error e = {0};

	for (size_t i = 0; i < len; i += chunk) {
		size_t n = len - i < chunk ? len - i : chunk;

		if (session_feed(h->session, bytes + i, n, &e) == 0)
			continue;
		log_end_text(h);
		buf_printf(&h->log, "error %d %s\n", e.status, e.text);
		/* A failed session stays failed, with the same words. */
		memset(&e, 0, sizeof e);
		assert_int_equal(session_feed(h->session, "[1,1]\n", 6, &e), -1);
		assert_non_null(strstr(buf_string(&h->log), e.text));
		return false;
	}
	return true;
}

static void log_out(struct holder *h)
{
	struct buf *out = session_output(h->session);

	buf_printf(&h->log, "out %.*s|\n", (int)out->len, buf_head(out));
	buf_consume(out, out->len);
}

static bool act(struct holder *h, const struct step *step, size_t chunk)
{
	struct error e = {0};
	struct buf text = {0};
	bool ok = true;

	switch (step->action) {
	case FEED:
		return feed(h, step->text, step->n, chunk);
	case FEED_SR:
		buf_puts(&text, "[1,1,\"");
		put_sr(&text, step->text);
		buf_puts(&text, "\"]\n");
		ok = feed(h, buf_head(&text), text.len, chunk);
		buf_clear(&text);
		return ok;
	case LOGIN:
		if (session_login(h->session, (enum auth_method)step->n, "user", "pass", client_nonce, &e) == -1)
			buf_printf(&h->log, "login: %d %s\n", e.status, e.text);
		break;
	case LOGIN_ON_HELLO:
		h->login = (enum auth_method)step->n;
		break;
	case TLS_ON_HELLO:
		h->tls_first = true;
		break;
	case START_TLS:
		buf_printf(&h->log, "start_tls %d\n", session_start_tls(h->session));
		break;
	case SECURED:
		session_secured(h->session);
		break;
	case REQUEST:
		if (session_request(h->session, step->text, step->n, (void *)next_tag(h)) == 0)
			buf_puts(&h->log, "no request\n");
		break;
	case REQUEST_ON_REPLY:
		h->request = step->text;
		break;
	case FORGET:
		session_forget(h->session, step->n);
		break;
	case FORGET_IN:
		h->forget = step->text;
		h->forget_id = step->n;
		break;
	case END_IN:
		h->end = step->text;
		break;
	case DRAIN:
		buf_consume(session_output(h->session), step->n);
		break;
	case OUT:
		log_out(h);
		break;
	case OUT_CRAM:	/* only its shape: the sum is test_auth's */
		buf_consume(session_output(h->session), session_output(h->session)->len);
		break;
	case END:
		ok = h->in_text;
		log_end_text(h);
		buf_printf(&h->log, "discarded %zu\n", session_end(h->session));
		break;
	case PHASE:
		buf_printf(&h->log, "phase %s\n", phases[session_phase(h->session)]);
		break;
	case OPEN:
		buf_printf(&h->log, "open %zu\n", session_open(h->session));
		break;
	case MODE:
		h->mode = (enum large_mode)step->n;
		break;
	case WHOLE:
		session_set_whole(h->session, step->n);
		break;
	case MAX: case STOP:
		break;
	}
	return true;
}

static void run(struct holder *h, const struct step *steps, size_t chunk)
{
	size_t max = 4096;

	for (const struct step *s = steps; s->action != STOP; s++)
		if (s->action == MAX)
			max = s->n;
	*h = (struct holder){.mode = LARGE_KEEP};
	h->session = session_create(&log_ops, h, max);
	assert_non_null(h->session);
	for (; steps->action != STOP; steps++)
		if (!act(h, steps, chunk)) {
			/* After an error only the holder's own actions follow. */
			while (steps->action != STOP && steps->action != END)
				steps++;
			if (steps->action == STOP)
				break;
			steps--;
		}
	log_end_text(h);
}

static void expect_steps(const struct step *steps, const char *want)
{
	for (size_t chunk = 0; chunk <= 64; chunk++) {
		struct holder h;

		run(&h, steps, chunk ? chunk : SIZE_MAX / 2);
		if (strcmp(buf_string(&h.log), want) != 0)
			fail_msg("in pieces of %zu:\n%s--- not ---\n%s", chunk, buf_string(&h.log), want);
		session_free(h.session);
		buf_clear(&h.log);
	}
}

#define EXPECT(want, ...) expect_steps((const struct step[]){__VA_ARGS__, {STOP, NULL, 0}}, want)

/* --- framing --- */

static void replies_reach_their_requests_in_any_order(void **state)
{
	(void)state;
	EXPECT(READY_LOG "out [1,\"ping\"]\n[2,\"x\",[1]]\n[3,\"y\"]\n|\nc ok 3\na ok \"t\" null\nb failed \"no\" 5\nopen 0\ndiscarded 0\n",
	    READY, R("[\"ping\"]"), R("[\"x\",[1]]"), R("[\"y\"]"), {OUT, 0, 0},
	    F("[3,1,3]\n[1,1,\"t\",null]\n[2,0,\"no\",5]\n"), {OPEN, 0, 0}, {END, 0, 0});
}

static void cr_before_lf_and_blank_lines_are_accepted(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok\nb ok\n",
	    F("\n\r\n \t \n"), READY, R("[\"a\"]"), R("[\"b\"]"), F("[1,1]\r\n\n\n \n\r\n [ 2 , 1 ] \t\r\n"));
}

static void a_thousand_blank_lines_are_enough(void **state)
{
	static char blank[1002];

	(void)state;
	memset(blank, '\n', sizeof blank);
	EXPECT(READY_LOG, READY, {FEED, blank, 1000});
	EXPECT(READY_LOG "error 7 message from the box: more than 1000 blank lines\n", READY, {FEED, blank, 1001});
	EXPECT(READY_LOG "a ok\n", READY, R("[\"a\"]"), {FEED, blank, 600}, F("[1,1]\n"), {FEED, blank, 600});
	EXPECT("error 7 message from the box: more than 1000 blank lines\n", {FEED, blank, 1002});
}

static void a_line_feed_in_a_string_is_two_bad_lines(void **state)
{
	(void)state;
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 7: it ends too early\na unanswered, unsent\ndiscarded 0\n",
	    READY, R("[\"a\"]"), F("[1,1,\"a\nb\"]\n"), {END, 0, 0});
}

static void two_arrays_on_a_line_are_no_message(void **state)
{
	(void)state;
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 5: something follows the array\n",
	    READY, R("[\"a\"]"), F("[1,1][2,1]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 6: something follows the array\n",
	    READY, F("[1,1] x\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 5: something follows the array\n",
	    READY, F("[1,1]]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 5: something follows the array\n",
	    READY, F("[1,1],\n"));
}

static void a_nul_byte_ends_the_session_not_the_line(void **state)
{
	(void)state;
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 6: NUL byte\n",
	    READY, R("[\"a\"]"), F("[1,1,\"\0\"]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 3: NUL byte\n", READY, F("[1,\0""1]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 5: something follows the array\n",
	    READY, F("[1,1]\0\n"));
	EXPECT(READY_LOG "error 7 message from the box: not a JSON array\n", READY, F("\0[1,1]\n"));
}

static void other_encodings_are_no_messages(void **state)
{
	(void)state;
	EXPECT(READY_LOG "error 7 message from the box: not a JSON array\n", READY, F("\xef\xbb\xbf[1,1]\n"));
	EXPECT("error 7 not a Porttracker box: it greets with \"??[?n?\"\n", F("\xff\xfe[\0n\0\n"));
}

static void a_message_without_its_line_feed_is_discarded(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a unanswered, sent\ndiscarded 9\n",
	    READY, R("[\"a\"]"), {DRAIN, 0, 100}, F("[1,1,\"x\"]"), {END, 0, 0});
	EXPECT(READY_LOG "a ok\ndiscarded 4\ndiscarded 0\n",
	    READY, R("[\"a\"]"), F("[1,1]\n[2,1"), {END, 0, 0}, {END, 0, 0});
}

static void other_services_are_distinguished(void **state)
{
	(void)state;
	EXPECT("error 7 not a Porttracker box: it greets with \"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\"\n",
	    F("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"));
	EXPECT("error 7 not a Porttracker box: it greets with \"220 mail.example.net ESMTP 0123456789 0123456789 0123456789 \"\n",
	    F("220 mail.example.net ESMTP 0123456789 0123456789 0123456789 0123456789\r\n"));
	/* Without any LF. */
	EXPECT("error 7 not a Porttracker box: it greets with \"0123456789012345678901234567890123456789012345678901234567?9\"\n",
	    F("  0123456789012345678901234567890123456789012345678901234567\0""9x"));
	EXPECT("discarded 5\n", F("01234"), {END, 0, 0});
}

/* --- limits --- */

static void endless_bytes_before_login_are_cut_off(void **state)
{
	enum { LINE = SESSION_LINE_BEFORE };
	char *line = malloc(5 * LINE);

	(void)state;
	assert_non_null(line);
	memset(line, 'x', 5 * LINE);
	memcpy(line, "[null,\"info\",\"", 14);
	EXPECT("error 7 message from the box: longer than 65536 bytes before login\n", {FEED, line, LINE + 1});
	memcpy(line + LINE - 2, "\"]\n", 3);
	{
		/* As long as allowed, then a byte longer. */
		struct holder h;
		struct step steps[] = {{FEED, line, LINE + 1}, {STOP, NULL, 0}};

		run(&h, steps, 1000);
		assert_memory_equal(buf_head(&h.log), "unauthenticated info \"xxx", 24);
		session_free(h.session);
		buf_clear(&h.log);
	}
	memcpy(line + LINE - 2, "x\"]\n", 4);
	EXPECT("error 7 message from the box: longer than 65536 bytes before login\n", {FEED, line, LINE + 2});
	free(line);
}

static void many_bytes_before_login_are_cut_off(void **state)
{
	struct buf lines = {0};
	struct buf want = {0};

	(void)state;
	/* 64 lines of 4096 bytes with their LF are allowed, and not a byte more. */
	for (int i = 0; i < 64; i++) {
		buf_printf(&lines, "[null,\"info\",\"%04079d\"]\n", i);
		buf_printf(&want, "unauthenticated info \"%04079d\"\n", i);
	}
	assert_int_equal(lines.len, SESSION_BYTES_BEFORE);
	expect_steps((const struct step[]){{FEED, buf_head(&lines), lines.len}, {STOP, 0, 0}}, buf_string(&want));
	buf_putc(&lines, ' ');
	buf_puts(&want, "error 7 message from the box: more than 262144 bytes before login\n");
	expect_steps((const struct step[]){{FEED, buf_head(&lines), lines.len}, {STOP, 0, 0}}, buf_string(&want));
	buf_clear(&lines);
	buf_clear(&want);
}

static void a_line_longer_than_max_reply_ends_the_session(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok \"0123456789\"\n", {MAX, 0, 18}, READY, R("[\"a\"]"), F("[1,1,\"0123456789\"]\n"));
	EXPECT(READY_LOG "a large 18 [1,1,\"01...\nerror 7 message from the box: longer than 18 bytes (--max-reply)\n",
	    {MAX, 0, 18}, READY, R("[\"a\"]"), F("[1,1,\"01234567890\"]\n"));
	EXPECT(READY_LOG "error 7 message from the box: longer than 40 bytes (--max-reply)\n",
	    {MAX, 0, 40}, READY, F("[null,\"event\",\"0123456789012345678901234567890"));
}

/* --- JSON --- */

static void what_is_no_json_is_reported_with_its_offset(void **state)
{
	(void)state;
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 15: a value is missing\n",
	    READY, F("[null,\"custom\",,\"x\"]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 6: number with a leading zero\n",
	    READY, R("[\"a\"]"), F("[1,1,007]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 10: \\u without four hexadecimal digits\n",
	    READY, R("[\"a\"]"), F("[1,1,\"\\u12G4\"]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 1: a value is missing\n", READY, F("[\x01 1]\n"));
}

static void numbers_and_strings_arrive_unchanged(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok 9007199254740993 12345678901234567890 0.1000 1e400 -1e400 \"\\u00000B\\u0006D^\" {\"a\":1,\"a\":2}\n",
	    READY, R("[\"a\"]"), F("[1,1,9007199254740993,12345678901234567890,0.1000,1e400,-1e400,"
	    "\"\\u00000B\\u0006D^\",{\"a\":1,\"a\":2}]\n"));
}

static void bad_utf8_and_lone_surrogates_are_counted_after_login(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok utf8=2 \"\xff\xe2\x82\"\nb ok escapes=1 \"\\ud83d\"\nc ok utf8=1 escapes=2 \"\\ude00\" \"\\ud83d\\u0041\xc0\"\n",
	    READY, R("[\"a\"]"), R("[\"b\"]"), R("[\"c\"]"), F("[1,1,\"\xff\xe2\x82\"]\n[2,1,\"\\ud83d\"]\n"
	    "[3,1,\"\\ude00\",\"\\ud83d\\u0041\xc0\"]\n"));
}

static void bad_utf8_before_login_ends_the_session(void **state)
{
	(void)state;
	EXPECT("error 7 message from the box: not UTF-8, before login\n", F("[null,\"info\",\"\xff\"]\n"));
	EXPECT("error 7 message from the box: not UTF-8, before login\n", F("[null,\"info\",\"\\ud83d\"]\n"));
	EXPECT("error 7 message from the box: not UTF-8, before login\n", F("[null,\"hello\",1,[\"none\xff\"]]\n"));
}

static void nesting_of_512_is_the_limit(void **state)
{
	char line[2000];
	struct buf want = {0};

	(void)state;
	for (int depth = 512; depth <= 513; depth++) {
		int inner = depth - 1, n = sprintf(line, "[1,1,");

		memset(line + n, '[', (size_t)inner);
		memset(line + n + inner, ']', (size_t)inner);
		memcpy(line + n + 2 * inner, "]\n", 3);
		buf_reset(&want);
		buf_puts(&want, READY_LOG);
		if (depth == 512)
			buf_printf(&want, "a ok %.*s\n", 2 * inner, line + n);
		else
			buf_puts(&want, "error 7 message from the box: not JSON at offset 516: nested too deeply\n");
		EXPECT(buf_string(&want), READY, R("[\"a\"]"), {FEED, line, strlen(line)});
	}
	buf_clear(&want);
}

static void messages_have_a_shape(void **state)
{
	static const struct { const char *line, *error; } cases[] = {
		{"{}\n", "message from the box: not a JSON array"}, {"\"x\"\n", "message from the box: not a JSON array"},
		{"5\n", "message from the box: not a JSON array"}, {"null\n", "message from the box: not a JSON array"},
		{"true\n", "message from the box: not a JSON array"}, {"[]\n", "message from the box: an empty array"},
		{"[ ]\n", "message from the box: an empty array"},
		{"[1]\n", "reply 1 from the box: its status is neither 1 nor 0"},
		{"[null]\n", "notification from the box: its type is not a string"},
		{"[null,5]\n", "notification from the box: its type is not a string"},
		{"[null,[\"info\"]]\n", "notification from the box: its type is not a string"},
		{"[true,1]\n", "message from the box: its id is neither a number nor a string"},
		{"[[1],1]\n", "message from the box: its id is neither a number nor a string"},
		{"[{},1]\n", "message from the box: its id is neither a number nor a string"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char want[200];

		snprintf(want, sizeof want, "%serror 7 %s\n", READY_LOG, cases[i].error);
		EXPECT(want, READY, R("[\"a\"]"), {FEED, cases[i].line, strlen(cases[i].line)});
	}
}

static void only_1_is_success_and_only_0_is_failure(void **state)
{
	static const char *const bad[] = {"\"1\"", "true", "2", "0.5", "null", "-0", "\"0\"", "false", "10", "01", "1.0",
	    "[]", "{}", "-1", "1e0"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char line[50], want[200];

		snprintf(line, sizeof line, "[1,%s,\"x\"]\n", bad[i]);
		snprintf(want, sizeof want, "%serror 7 %s\na unanswered, unsent\ndiscarded 0\n", READY_LOG,
		    strcmp(bad[i], "01") == 0 ? "message from the box: not JSON at offset 4: number with a leading zero" :
		    "reply 1 from the box: its status is neither 1 nor 0");
		EXPECT(want, READY, R("[\"a\"]"), {FEED, line, strlen(line)}, {END, 0, 0});
	}
	EXPECT(READY_LOG "error 7 reply 1 from the box: its status is neither 1 nor 0\n", READY, R("[\"a\"]"), F("[1]\n"));
}

/* --- state --- */

static void the_first_message_must_be_hello(void **state)
{
	(void)state;
	EXPECT("error 7 reply 1 from the box: never asked for, before login\n", F("[1,1]\n"));
	EXPECT("error 7 notification \"event\" from the box: not allowed before login\n", F("[null,\"event\",\"x\"]\n"));
	EXPECT("error 7 notification \"foo\" from the box: not allowed before login\n", F("[null,\"foo\",\"x\"]\n"));
	EXPECT("unauthenticated error \"busy\"\nunauthenticated info \"x\"\ngreeted none (none) nonce 0\n",
	    F("[null,\"error\",\"busy\"]\n[null,\"info\",\"x\"]\n"), HELLO_NONE);
}

static void hello_must_be_of_version_1(void **state)
{
	static const char *const good[] = {"1", "\"1\"", "1.0"};
	static const char *const bad[] = {"2", "\"2\"", "0", "null", "[]", "true", "1.5", "\"1.0\"", "-1", "\"\""};
	char line[100];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		snprintf(line, sizeof line, "[null,\"hello\",%s,[\"none\"],null,\"more\"]\n", good[i]);
		EXPECT("greeted none (none) nonce 0\n", {FEED, line, strlen(line)});
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(line, sizeof line, "[null,\"hello\",%s,[\"none\"]]\n", bad[i]);
		EXPECT("error 7 hello from the box: its protocol version is not 1\n", {FEED, line, strlen(line)});
	}
	EXPECT("error 7 hello from the box: its protocol version is not 1\n", F("[null,\"hello\"]\n"));
}

static void a_second_hello_is_refused_at_any_time(void **state)
{
	(void)state;
	EXPECT("greeted none (none) nonce 0\nerror 7 hello from the box: it came a second time\n", HELLO_NONE,
	    HELLO_CRAM);
	EXPECT(CRAM_LOG "error 7 hello from the box: it came a second time\n", HELLO_CRAM, {LOGIN, 0, AUTH_LOGIN}, HELLO_NONE);
	EXPECT(READY_LOG "error 7 hello from the box: it came a second time\n", READY, HELLO_NONE);
}

static void hello_may_offer_anything(void **state)
{
	(void)state;
	EXPECT("greeted (null) nonce 0\n", F("[null,\"hello\",1]\n"));
	EXPECT("greeted (null) nonce 0\n", F("[null,\"hello\",1,null]\n"));
	EXPECT("greeted (login) nonce 0\n", F("[null,\"hello\",1,\"login\"]\n"));
	EXPECT("greeted () nonce 0\n", F("[null,\"hello\",1,[]]\n"));
	EXPECT("greeted (1, {}) nonce 0\n", F("[null,\"hello\",1,[1,{}]]\n"));
	EXPECT("greeted login (kerberos, login, a?b) nonce 0\n", F("[null,\"hello\",1,[\"kerberos\",\"l\\u006fgin\",\"a\\u0000b\"]]\n"));
}

static void many_types_are_cut_between_characters(void **state)
{
	struct buf line = {0}, want = {0};

	(void)state;
	buf_puts(&line, "[null,\"hello\",1,[\"");
	buf_puts(&want, "greeted none (");
	for (int i = 0; i < 99; i++)
		buf_puts(&line, "\xc3\xa9");
	buf_puts(&line, "x\xe2\x82\xac\"");
	for (int i = 0; i < 10000; i++)
		buf_puts(&line, ",\"a\"");
	buf_puts(&line, ",\"none\"]]\n");
	for (int i = 0; i < 99; i++)
		buf_puts(&want, "\xc3\xa9");
	buf_puts(&want, "x) nonce 0\n");
	expect_steps((const struct step[]){{FEED, buf_head(&line), line.len}, {STOP, 0, 0}}, buf_string(&want));
	buf_clear(&line);
	buf_clear(&want);
}

static void a_nonce_that_is_none_is_not_used(void **state)
{
	static const struct { const char *nonce, *fault; } bad[] = {
		{"null", "sends no nonce"}, {"\"\"", "has 0 bytes"}, {"\"YQ==\"", "has 1 bytes"}, {"\"YWJjZGVmZw==\"", "has 7 bytes"},
		{"\"!!!!\"", "not base64"}, {"\"YWVlYWJkZjQzMWEzYWM2Z\"", "not base64"}, {"5", "not a string"},
		{"[\"YWVlYWJkZjQzMWEzYWM2\"]", "not a string"}, {"\"YWVl\\u00a0YWJkZjQzMWEzYWM2\"", "not base64"},
	};
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(line, sizeof line, "[null,\"hello\",1,[\"login_cram_md6\"],%s]\n", bad[i].nonce);
		EXPECT("greeted cram (login_cram_md6) nonce 0\n"
		    "login: 4 login: the box sent no nonce of 8 bytes or more for login_cram_md6\nout |\nphase greeted\n",
		    {FEED, line, strlen(line)}, {LOGIN, 0, AUTH_CRAM}, {OUT, 0, 0}, {PHASE, 0, 0});

		struct step steps[] = {{FEED, line, strlen(line)}, {STOP, 0, 0}};
		struct holder h;
		run(&h, steps, SIZE_MAX / 2);
		const char *fault = session_hello_seen(h.session)->nonce_fault;
		if (strstr(fault, bad[i].fault) == NULL)
			fail_msg("%s: %s", bad[i].nonce, fault);
		session_free(h.session);
		buf_clear(&h.log);
	}
	EXPECT("greeted cram (login_cram_md6) nonce 8\n", F("[null,\"hello\",1,[\"login_cram_md6\"],\"YWJjZGVmZ2g\"]\n"));
}

/* What encode_base64() of Perl writes ends with a line feed, and is folded every 76 characters. */
static void a_nonce_with_white_space_is_one(void **state)
{
	static const char *const good[] = {"YWVlYWJkZjQzMWEzYWM2\\n", "YWVlYWJk\\r\\nZjQzMWEzYWM2", " YWVl YWJkZjQz\\tMWEzYWM2 ", "YWVlYWJkZjQzMWEzYWM"};
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		snprintf(line, sizeof line, "[null,\"hello\",1,[\"login_cram_md6\"],\"%s\"]\n", good[i]);
		EXPECT(i < 3 ? "greeted cram (login_cram_md6) nonce 15\n" : "greeted cram (login_cram_md6) nonce 14\n",
		    {FEED, line, strlen(line)});
	}
}

static void ids_are_ours_in_any_spelling_of_the_number(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok 1\nb ok 2\nc ok 3\n", READY, R("[\"a\"]"), R("[\"b\"]"), R("[\"c\"]"),
	    F("[1.0,1,1]\n[20e-1,1,2]\n[3e0,1,3]\n"));
	EXPECT(READY_LOG
	    "odd: reply \"1\" from the box: never asked for, ignored\nodd: reply 1.5 from the box: never asked for, ignored\n"
	    "odd: reply 9007199254740993 from the box: never asked for, ignored\nodd: reply -1 from the box: never asked for, ignored\n"
	    "odd: reply 0 from the box: never asked for, ignored\nodd: reply 2 from the box: never asked for, ignored\n"
	    "odd: reply \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa from the box: never asked for, ignored\na ok\n",
	    READY, R("[\"a\"]"), F("[\"1\",1]\n[1.5,1]\n[9007199254740993,1]\n[-1,1]\n[0,0]\n[2,1]\n"
	    "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",1]\n[1,1]\n"));
}

static void an_answer_that_comes_twice_belongs_to_no_request(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok 1\nodd: reply 1 from the box: answered before, ignored\nb ok\n",
	    READY, R("[\"a\"]"), F("[1,1,1]\n[1,1,2]\n"), R("[\"b\"]"), F("[2,1]\n"));
}

static void failures_keep_their_message_whatever_it_is(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a failed\nb failed 5\nc failed {\"x\":[]} \"more\"\n", READY, R("[\"a\"]"), R("[\"b\"]"), R("[\"c\"]"),
	    F("[1,0]\n[2,0,5]\n[3,0,{\"x\":[]},\"more\"]\n"));
}

static void notifications_are_passed_on(void **state)
{
	(void)state;
	EXPECT(READY_LOG "event(47) \"realm_poll_stop\" \"5000015442\" 1\nevent(16) null\nevent(31) {\"a\":1} [[[]]] 0\n"
	    "info \"hi\" 2\nerror null\nunknown \"foo\" 1 \"b\"\nunknown \"info2\"\na ok\n",
	    READY, R("[\"a\"]"), F("[null,\"event\",\"realm_poll_stop\",\"5000015442\",1]\n"), F("[null , \"event\"]\n"),
	    F("[null,\"event\",{\"a\":1},[[[]]],0]\n"), F("[null,\"info\",\"hi\",2]\n[null,\"error\"]\n[null,\"foo\",1,\"b\"]\n"
	    "[null,\"info2\"]\n[1,1]\n"));
}

static void what_is_given_up_is_answered_late(void **state)
{
	(void)state;
	EXPECT(READY_LOG "open 1\nb ok\nlate 1 failed\nodd: reply 1 from the box: answered before, ignored\nopen 0\n",
	    READY, R("[\"a\"]"), R("[\"b\"]"), {FORGET, 0, 1}, {FORGET, 0, 1}, {FORGET, 0, 77}, {OPEN, 0, 0},
	    F("[2,1]\n[1,0,\"x\"]\n[1,1]\n"), {OPEN, 0, 0});
	/* Given up in the callback of an earlier one. */
	EXPECT(READY_LOG "a ok\nlate 2 ok\ndiscarded 0\n", READY, R("[\"a\"]"), R("[\"b\"]"), {FORGET_IN, "a", 2},
	    F("[1,1]\n[2,1]\n"), {END, 0, 0});
}

static void requests_wait_for_login(void **state)
{
	(void)state;
	EXPECT("no request\n" CRAM_LOG "no request\nout |\nphase greeted\n", R("[\"a\"]"), HELLO_CRAM, R("[\"b\"]"), {OUT, 0, 0},
	    {PHASE, 0, 0});
	EXPECT(READY_LOG "no request\nlogin: 2 login: not possible now\nstart_tls -1\n", READY, R("["), {LOGIN, 0, AUTH_NONE},
	    {START_TLS, 0, 0});
}

static void a_request_may_follow_from_a_reply(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok\nout [1,\"a\"]\n[2,\"next\",1]\n|\nb ok\n", READY, R("[\"a\"]"), {REQUEST_ON_REPLY, "[\"next\",1]", 0},
	    F("[1,1]\n"), {OUT, 0, 0}, F("[2,1]\n"));
}

static void the_end_names_every_open_request_once(void **state)
{
	(void)state;
	EXPECT(READY_LOG "b ok\na unanswered, sent\nc unanswered, sent\nd unanswered, unsent\ndiscarded 3\nphase ended\nopen 0\n"
	    "discarded 0\nno request\n",
	    READY, R("[\"a\"]"), R("[\"b\"]"), R("[\"c\"]"), R("[\"d\"]"), R("[\"e\"]"), F("[2,1]\n[1,"),
	    {FORGET, 0, 5}, {DRAIN, 0, 21}, {END, 0, 0}, {PHASE, 0, 0}, {OPEN, 0, 0}, {END, 0, 0}, R("[\"f\"]"));
	/* Not a byte of c has been sent. */
	EXPECT(READY_LOG "a unanswered, sent\nb unanswered, sent\nc unanswered, unsent\ndiscarded 0\n",
	    READY, R("[\"a\"]"), R("[\"b\"]"), R("[\"c\"]"), {DRAIN, 0, 16}, {END, 0, 0});
	EXPECT(READY_LOG "a ok\nb unanswered, unsent\n", READY, R("[\"a\"]"), R("[\"b\"]"), {END_IN, "a", 0},
	    F("[1,1]\n[2,1]\n[3,1]\nrubbish\n"));
}

/* --- login --- */

static void cram_logs_in_when_the_box_proves_itself(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "phase login\nready\na ok 5\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, {OUT_CRAM, 0, 0}, {PHASE, 0, 0},
	    {FEED_SR, "", 0}, R("[\"ping\"]"), F("[2,1,5]\n"));
	EXPECT(CRAM_LOG "ready\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, {FEED_SR, "padded", 0});
	EXPECT(CRAM_LOG "ready\n", {LOGIN_ON_HELLO, 0, AUTH_CRAM}, HELLO_CRAM, {FEED_SR, "padded", 0});
}

static void what_cram_sends_is_the_published_arithmetic(void **state)
{
	struct holder h;
	struct step steps[] = {HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, {STOP, 0, 0}};
	struct buf want = {0};
	struct cram c;
	struct error e;

	(void)state;
	run(&h, steps, 1000);
	assert_int_equal(cram_compute(&c, "user", 4, "pass", 4, client_nonce, CRAM_CLIENT_NONCE, "aeeabdf431a3ac6", 15, &e), 0);
	buf_puts(&want, "[1,\"login_cram_md6\",\"user\",\"");
	base64_encode(&want, c.cr, MD6_BYTES, false);
	buf_puts(&want, "\",\"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=\"]\n");
	assert_int_equal(session_output(h.session)->len, want.len);
	assert_memory_equal(buf_head(session_output(h.session)), buf_head(&want), want.len);
	assert_true(session_output(h.session)->secret);
	session_free(h.session);
	buf_clear(&h.log);
	buf_clear(&want);
}

#define UNPROVED "error 4 login: the box did not prove that it knows the password"

static void a_wrong_proof_ends_the_session_and_hands_nothing_over(void **state)
{
	static const char *const how[] = {"bit", "cr"};
	static const char *const none[] = {"[1,1]\n", "[1,1,5]\n", "[1,1,null]\n", "[1,1,[\"x\"]]\n"};

	(void)state;
	for (size_t i = 0; i < sizeof how / sizeof *how; i++)
		EXPECT(CRAM_LOG UNPROVED "\na unanswered, sent\ndiscarded 0\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, R("[\"ping\"]"),
		    {OUT_CRAM, 0, 0}, F("[2,1,\"x\"]\n"), {FEED_SR, how[i], 0}, F("[2,1]\n"), {END, 0, 0});
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		EXPECT(CRAM_LOG UNPROVED ": it sent no proof\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, {FEED, none[i], strlen(none[i])});
	EXPECT(CRAM_LOG UNPROVED ": its proof has the wrong length\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, F("[1,1,\"\"]\n"));
	EXPECT(CRAM_LOG UNPROVED ": its proof has the wrong length\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, {FEED_SR, "short", 0});
	EXPECT(CRAM_LOG UNPROVED ": its proof is not base64\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, F("[1,1,\"!!\"]\n"));
}

static void replies_that_overtake_the_login_wait_for_it(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "ready\nb ok utf8=1 \"\xff\"\na failed \"x\"\nc ok\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, R("[\"a\"]"), R("[\"b\"]"),
	    R("[\"c\"]"), F("[3,1,\"\xff\"]\n[2,0,\"x\"]\r\n"), {FEED_SR, "", 0}, F("[4,1]\n"));
	EXPECT(CRAM_LOG "ready\nlate 2 ok\nodd: reply 2 from the box: answered before, ignored\n", HELLO_CRAM,
	    {LOGIN, 0, AUTH_CRAM}, R("[\"a\"]"), {FORGET, 0, 2}, F("[2,1]\n[2,1]\n"), {FEED_SR, "", 0});
	/* The first of them ends it. */
	EXPECT(CRAM_LOG "ready\na ok\nb unanswered, unsent\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, R("[\"a\"]"), R("[\"b\"]"),
	    {END_IN, "a", 0}, F("[2,1]\n[3,1]\n"), {FEED_SR, "", 0});
}

static void replies_that_overtake_the_login_are_bounded(void **state)
{
	enum { LINE = 300000 };
	char *line = malloc(LINE + 1);

	(void)state;
	assert_non_null(line);
	memset(line, ' ', LINE);
	memcpy(line, "[2,1]", 5);
	line[LINE - 1] = '\n';
	for (size_t chunk = 1000; chunk < 10 * LINE; chunk *= 7) {
		struct holder h;
		struct step steps[] = {HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, R("[\"a\"]"), {FEED, line, LINE}, {FEED, line, LINE},
		    {FEED, line, LINE}, {FEED, line, LINE}, {STOP, 0, 0}};

		run(&h, steps, chunk);
		assert_string_equal(buf_string(&h.log),
		    CRAM_LOG "error 7 replies from the box: more than 1048576 bytes before that to the login\n");
		session_free(h.session);
		buf_clear(&h.log);
	}
	free(line);
}

static void only_what_was_asked_for_is_legal_before_login(void **state)
{
	static const char *const bad[] = {"[2,1]\n", "[\"1\",1]\n", "[7,0,\"x\"]\n", "[0,1]\n"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char want[200];

		snprintf(want, sizeof want, CRAM_LOG "error 7 reply %.*s from the box: never asked for, before login\n",
		    (int)strcspn(bad[i], ",") - 1, bad[i] + 1);
		EXPECT(want, HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, {FEED, bad[i], strlen(bad[i])}, {FEED_SR, "", 0});
	}
	EXPECT(CRAM_LOG "error 7 notification \"event\" from the box: not allowed before login\n", HELLO_CRAM,
	    {LOGIN, 0, AUTH_CRAM}, F("[null,\"event\",\"x\"]\n"));
	EXPECT(CRAM_LOG "unauthenticated info \"x\"\nunauthenticated error \"y\"\nready\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM},
	    F("[null,\"info\",\"x\"]\n[null,\"error\",\"y\"]\n"), {FEED_SR, "", 0});
}

static void a_refused_login_can_be_tried_again(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "login refused \"bad password\"\nphase greeted\nready\na ok\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM},
	    F("[1,0,\"bad password\"]\n"), {PHASE, 0, 0}, {LOGIN, 0, AUTH_LOGIN}, F("[2,1]\n"), R("[\"a\"]"), F("[3,1]\n"));
	EXPECT(CRAM_LOG "login refused null\n", HELLO_CRAM, {LOGIN, 0, AUTH_LOGIN}, F("[1,0]\n"));
}

static void what_went_along_with_a_refused_login_was_not_served(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "a unanswered, sent\nb unanswered, sent\nlogin refused \"no\"\nopen 0\nready\nc ok\n"
	    "odd: reply 4 from the box: answered before, ignored\ndiscarded 0\n",
	    HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, R("[\"a\"]"), R("[\"b\"]"), {OUT_CRAM, 0, 0}, F("[2,0,\"log in first\"]\n[1,0,\"no\"]\n"),
	    {OPEN, 0, 0}, {LOGIN, 0, AUTH_LOGIN}, F("[3,0,\"log in first\"]\n[2,0,\"again\"]\n[4,1]\n"), R("[\"c\"]"), F("[5,1]\n[4,1]\n"),
	    {END, 0, 0});
}

static void a_clear_login_sends_user_and_password(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "out [1,\"login\",\"user\",\"pass\"]\n|\nready\n", HELLO_CRAM, {LOGIN, 0, AUTH_LOGIN}, {OUT, 0, 0}, F("[1,1]\n"));
	EXPECT("greeted none (none) nonce 0\nlogin: 4 login: the box does not offer login\n", HELLO_NONE, {LOGIN, 0, AUTH_LOGIN});
}

static void text_that_is_not_utf8_is_not_sent(void **state)
{
	struct holder h;
	struct step steps[] = {HELLO_CRAM, {STOP, 0, 0}};
	struct error e;

	(void)state;
	run(&h, steps, 1000);
	assert_int_equal(session_login(h.session, AUTH_CRAM, "us\xffr", "pass", client_nonce, &e), -1);
	assert_string_equal(e.text, "user name: not UTF-8");
	assert_int_equal(session_login(h.session, AUTH_LOGIN, "user", "p\xff", client_nonce, &e), -1);
	assert_string_equal(e.text, "password: not UTF-8");
	assert_int_equal(session_output(h.session)->len, 0);
	assert_int_equal(session_phase(h.session), PHASE_GREETED);
	/* cram does not send the password: its bytes may be any. */
	assert_int_equal(session_login(h.session, AUTH_CRAM, "user", "p\xff", client_nonce, &e), 0);
	session_free(h.session);
	buf_clear(&h.log);
}

static bool find_bytes(const void *where, size_t len, const void *what, size_t n)
{
	return memmem(where, len, what, n) != NULL;
}

/* The proofs are in the session while they are needed, the password in the output until it was sent. */
static void secrets_are_wiped_when_they_were_used(void **state)
{
	struct holder h;
	struct step steps[] = {HELLO_CRAM, {LOGIN, 0, AUTH_LOGIN}, {STOP, 0, 0}};
	struct buf *out;
	size_t len;

	(void)state;
	run(&h, steps, 1000);
	out = session_output(h.session);
	len = out->len;
	assert_true(find_bytes(out->data, len, "pass", 4));
	buf_consume(out, len);
	assert_false(find_bytes(out->data, len, "pass", 4));
	session_free(h.session);
	buf_clear(&h.log);
}

/* --- TLS --- */

static void nothing_follows_the_bracket_of_start_tls(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "start_tls 0\nout [1,\"start_tls\"]|\nphase tls asked\nno request\nlogin: 2 login: not possible now\nstart_tls -1\n"
	    "tls\nphase tls\nphase greeted\nready\nb ok\n",
	    HELLO_CRAM, {START_TLS, 0, 0}, {OUT, 0, 0}, {PHASE, 0, 0}, R("[\"x\"]"), {LOGIN, 0, AUTH_LOGIN}, {START_TLS, 0, 0},
	    F("[null,\"start_tls\"]\n"), {PHASE, 0, 0}, {SECURED, 0, 0}, {PHASE, 0, 0}, {LOGIN, 0, AUTH_LOGIN}, F("[1,1]\n[2,1]\n"),
	    {REQUEST, "[\"a\"]", 5}, F("[3,1]\n"));
}

static void a_refused_start_tls_is_reported(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "unauthenticated info \"x\"\ntls refused \"no tls\"\nphase greeted\n", {TLS_ON_HELLO, 0, 0}, HELLO_CRAM,
	    F("[null,\"info\",\"x\"]\n[1,0,\"no tls\"]\n"), {PHASE, 0, 0});
	EXPECT(CRAM_LOG "tls refused null\n", {TLS_ON_HELLO, 0, 0}, HELLO_CRAM, F("[1,0]\n"));
}

static void a_yes_without_tls_is_no_tls(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "error 5 start_tls: the box accepted, but does not start TLS\n", {TLS_ON_HELLO, 0, 0}, HELLO_CRAM,
	    F("[1,1]\n"));
}

static void only_our_id_is_legal_before_tls(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "error 7 reply 2 from the box: never asked for, before login\n", {TLS_ON_HELLO, 0, 0}, HELLO_CRAM,
	    F("[2,1,\"x\"]\n[3,1]\n[null,\"start_tls\"]\n"));
}

static void log_of(struct buf *log, const struct step *steps, size_t chunk)
{
	struct holder h;

	run(&h, steps, chunk);
	buf_puts(log, buf_string(&h.log));
	session_free(h.session);
	buf_clear(&h.log);
}

/* In one segment it is seen before the handshake, in two after it was begun: the same error either way. */
static void clear_data_after_start_tls_is_an_attack(void **state)
{
	static const struct step steps[] = {{TLS_ON_HELLO, 0, 0}, HELLO_CRAM, F("[null,\"start_tls\"]\n[1,1]\n"), {STOP, 0, 0}};

	(void)state;
	for (size_t chunk = 1; chunk < 200; chunk++) {
		struct buf log = {0};

		log_of(&log, steps, chunk);
		assert_non_null(strstr(buf_string(&log), "error 5 start_tls: unencrypted data after start_tls\n"));
		buf_clear(&log);
	}
	{
		struct buf log = {0};

		log_of(&log, steps, 1000);
		assert_string_equal(buf_string(&log), CRAM_LOG "error 5 start_tls: unencrypted data after start_tls\n");
		buf_clear(&log);
	}
}

/* hello and start_tls in one segment: the holder is not asked for the login before TLS is established. */
static void a_box_that_demands_tls_with_hello_gets_no_login_before(void **state)
{
	static const struct step steps[] = {{LOGIN_ON_HELLO, 0, AUTH_LOGIN},
	    F("[null,\"hello\",1,[\"login\"]]\n[null,\"start_tls\"]\n"), {OUT, 0, 0}, {PHASE, 0, 0}, {SECURED, 0, 0}, {PHASE, 0, 0},
	    {LOGIN, 0, AUTH_LOGIN}, {OUT, 0, 0}, F("[1,1]\n"), {STOP, 0, 0}};
	struct buf log = {0};

	(void)state;
	log_of(&log, steps, 1000);
	assert_string_equal(buf_string(&log),
	    "tls\nout |\nphase tls\nphase greeted\nout [1,\"login\",\"user\",\"pass\"]\n|\nready\n");
	buf_clear(&log);
}

static void hello_is_known_though_it_was_not_reported(void **state)
{
	struct holder h;
	struct step steps[] = {F("[null,\"hello\",1,[\"login\"]]\n[null,\"start_tls\"]\n"), {SECURED, 0, 0}, {STOP, 0, 0}};

	(void)state;
	run(&h, steps, 1000);
	assert_non_null(session_hello_seen(h.session));
	assert_int_equal(session_hello_seen(h.session)->offered, AUTH_LOGIN);
	assert_true(session_is_secured(h.session));
	session_free(h.session);
	buf_clear(&h.log);
}

static void a_box_may_demand_tls_at_any_time_but_once(void **state)
{
	(void)state;
	/* before hello */
	EXPECT("tls\nphase greeting\n" CRAM_LOG "ready\n", F("[null,\"start_tls\"]\n"), {SECURED, 0, 0}, {PHASE, 0, 0}, HELLO_CRAM,
	    {LOGIN, 0, AUTH_LOGIN}, F("[1,1]\n"));
	/* when the login was sent: it is answered inside */
	EXPECT(CRAM_LOG "tls\nphase login\nready\n", HELLO_CRAM, {LOGIN, 0, AUTH_CRAM}, F("[null,\"start_tls\"]\n"), {SECURED, 0, 0},
	    {PHASE, 0, 0}, {FEED_SR, "", 0});
	/* after login */
	EXPECT(READY_LOG "tls\nphase ready\na ok\nerror 7 start_tls from the box: TLS is already used\n", READY, R("[\"a\"]"),
	    F("[null,\"start_tls\"]\n"), {SECURED, 0, 0}, {PHASE, 0, 0}, F("[1,1]\n[null,\"start_tls\"]\n"));
	/* lost while TLS starts */
	EXPECT(READY_LOG "tls\na unanswered, sent\ndiscarded 0\n", READY, R("[\"a\"]"), {DRAIN, 0, 3}, F("[null,\"start_tls\"]\n"),
	    {END, 0, 0});
}

static void crossing_start_tls_is_one_handshake(void **state)
{
	(void)state;
	EXPECT(CRAM_LOG "start_tls 0\ntls\nphase greeted\nready\n", HELLO_CRAM, {START_TLS, 0, 0}, F("[null,\"start_tls\"]\n"),
	    {SECURED, 0, 0}, {PHASE, 0, 0}, F("[1,0,\"already\"]\n"), {LOGIN, 0, AUTH_LOGIN}, F("[2,1]\n"));
}

static void tls_asked_for_before_the_greeting_is_one_request(void **state)
{
	(void)state;
	EXPECT("start_tls 0\nout [1,\"start_tls\"]|\nphase greeting\nno request\nlogin: 2 login: not possible now\nstart_tls -1\n" CRAM_LOG
	    "phase tls asked\nno request\nlogin: 2 login: not possible now\nstart_tls -1\nout |\ntls\nphase tls\nphase greeted\nready\n",
	    {START_TLS, 0, 0}, {OUT, 0, 0}, {PHASE, 0, 0}, R("[\"x\"]"), {LOGIN, 0, AUTH_LOGIN}, {START_TLS, 0, 0}, HELLO_CRAM, {PHASE, 0, 0},
	    R("[\"x\"]"), {LOGIN, 0, AUTH_LOGIN}, {START_TLS, 0, 0}, {OUT, 0, 0}, F("[null,\"start_tls\"]\n"), {PHASE, 0, 0},
	    {SECURED, 0, 0}, {PHASE, 0, 0}, {LOGIN, 0, AUTH_LOGIN}, F("[1,1]\n[2,1]\n"));
	/* refused, in one breath with the greeting: the holder decides once */
	EXPECT("start_tls 0\n" CRAM_LOG "tls refused \"no\"\nphase greeted\n", {START_TLS, 0, 0}, {DRAIN, 0, 15},
	    F("[null,\"hello\",1,[\"login_cram_md6\",\"login\"],\"YWVlYWJkZjQzMWEzYWM2\"]\n[1,0,\"no\"]\n"), {PHASE, 0, 0});
	EXPECT("start_tls 0\n" CRAM_LOG "error 5 start_tls: the box accepted, but does not start TLS\n", {START_TLS, 0, 0}, HELLO_CRAM, F("[1,1]\n"));
	EXPECT("start_tls 0\n" CRAM_LOG "error 7 hello from the box: it came a second time\n", {START_TLS, 0, 0}, HELLO_CRAM, HELLO_CRAM);
}

static void an_answer_before_the_greeting_is_no_answer(void **state)
{
	(void)state;
	EXPECT("start_tls 0\nerror 7 reply to start_tls from the box: it comes before its greeting\n", {START_TLS, 0, 0},
	    F("[1,1]\n"), HELLO_CRAM);
	EXPECT("start_tls 0\nerror 7 reply to start_tls from the box: it comes before its greeting\n", {START_TLS, 0, 0},
	    F("[1,0,\"no\"]\n"));
	EXPECT("start_tls 0\nerror 7 start_tls from the box: it comes before its greeting\n", {START_TLS, 0, 0},
	    F("[null,\"start_tls\"]\n"));
	EXPECT("start_tls 0\nerror 7 reply 2 from the box: never asked for, before login\n", {START_TLS, 0, 0}, F("[2,1]\n"));
}

/* --- large replies --- */

#define LARGE(mode) {WHOLE, 0, 16}, READY, {MODE, 0, mode}, R("[\"a\"]")
#define LARGE_LOG READY_LOG "a large 16 [1,1,\"01...\n"

static void a_reply_up_to_the_limit_is_whole(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a ok \"01234567\"\n", LARGE(LARGE_VALUES), F("[1,1,\"01234567\"]\n"));
	EXPECT(READY_LOG "a ok \"0123456\"\n", LARGE(LARGE_VALUES), F("[1,1,\"0123456\"]\r\n"));
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\na end 0 0\nopen 0\n", LARGE(LARGE_VALUES), F("[1,1,\"012345678\"]\n"), {OPEN, 0, 0});
	EXPECT(LARGE_LOG "a value 1st \"01234567\"\na end 0 0\n", LARGE(LARGE_VALUES), F("[1,1,\"01234567\"]\r\n"));
}

static void a_large_reply_is_kept_if_wanted(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a ok \"012345678\" [1,[2]] {}\nb ok\n", LARGE(LARGE_KEEP), R("[\"b\"]"),
	    F("[1,1,\"012345678\",[1,[2]],{}]\r\n[2,1]\n"));
}

static void a_large_reply_is_handed_on_by_values(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\na value [1,[2],\"x\"]\na value {\"a\" : [ 1 ]}\na value -1.50e+3\na value null\n"
	    "a value []\na end 0 0\nb ok\n", LARGE(LARGE_VALUES), R("[\"b\"]"),
	    F("[1,1,\"012345678\" , [1,[2],\"x\"] , {\"a\" : [ 1 ]},-1.50e+3,null,[] ] \r\n[2,1]\n"));
}

static void a_large_reply_is_handed_on_by_elements(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\na [\na element 1st 1\na element [2,[]]\na element \"x\"\na ]\n"
	    "a value {\"a\" : [ 1 ]}\na [\na ]\na value 7\na [\na element 1st {\"b\":[5]}\na ]\na end 0 0\nb ok\n",
	    LARGE(LARGE_ELEMENTS), R("[\"b\"]"),
	    F("[1,1,\"012345678\" , [ 1 ,[2,[]],\"x\"] , {\"a\" : [ 1 ]},[],7,[{\"b\":[5]}] ]\n[2,1]\n"));
	EXPECT(READY_LOG "a large 16 [1,1,[[1...\na [\na element 1st [1,2,3]\na element [4]\na ]\na end 0 0\n",
	    LARGE(LARGE_ELEMENTS), F("[1,1,[[1,2,3],[4]]]\n"));
	EXPECT(READY_LOG "a large 16 [1,1,[  ...\na [\na ]\na end 0 0\n", LARGE(LARGE_ELEMENTS), F("[1,1,[              ]]\n"));
}

static void a_large_reply_is_handed_on_as_text(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a text [1,1,\"012345678\xff\" , [ 1 ,\"\\ud800\"] ]\na end 1 1\nb ok\n", LARGE(LARGE_TEXT), R("[\"b\"]"),
	    F("[1,1,\"012345678\xff\" , [ 1 ,\"\\ud800\"] ] \r\n[2,1]\n"));
}

static void an_unwanted_large_reply_is_still_checked(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a end 0 0\nb ok\n", LARGE(LARGE_SKIP), R("[\"b\"]"), F("[1,1,\"012345678\"]\n[2,1]\n"));
	EXPECT(LARGE_LOG "error 7 message from the box: not JSON at offset 17: a value is missing\na unanswered, unsent\ndiscarded 0\n",
	    LARGE(LARGE_SKIP), F("[1,1,\"012345678\",]\n"), {END, 0, 0});
}

static void a_large_reply_that_breaks_off_is_partial(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\na value 5\na unanswered, sent, partial\nb unanswered, unsent\ndiscarded 21\n",
	    LARGE(LARGE_VALUES), R("[\"b\"]"), {DRAIN, 0, 5}, F("[1,1,\"012345678\",5,[1"), {END, 0, 0});
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\nerror 7 message from the box: not JSON at offset 18: it ends too early\n"
	    "a unanswered, unsent, partial\ndiscarded 0\n", LARGE(LARGE_VALUES), F("[1,1,\"012345678\",5\n"), {END, 0, 0});
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\nerror 7 message from the box: not JSON at offset 18: something follows the array\n"
	    "a unanswered, unsent, partial\ndiscarded 0\n", LARGE(LARGE_VALUES), F("[1,1,\"012345678\"] x\n"), {END, 0, 0});
	EXPECT(LARGE_LOG "a text [1,1,\"012345678\"\nerror 7 message from the box: not JSON at offset 16: ',' or ']' is missing\n"
	    "a unanswered, unsent, partial\ndiscarded 0\n", LARGE(LARGE_TEXT), F("[1,1,\"012345678\"}\n"), {END, 0, 0});
	EXPECT(LARGE_LOG "a unanswered, unsent\ndiscarded 20\n", LARGE(LARGE_KEEP), F("[1,1,\"012345678\",5,["), {END, 0, 0});
}

static void one_value_is_held_up_to_max_reply_but_the_reply_may_be_longer(void **state)
{
	struct buf line = {0}, want = {0};

	(void)state;
	buf_puts(&line, "[1,1,\"0123456789\"");
	buf_puts(&want, LARGE_LOG "a value 1st \"0123456789\"\n");
	for (int i = 0; i < 50; i++) {
		buf_puts(&line, ",\"0123456789\"");
		buf_puts(&want, "a value \"0123456789\"\n");
	}
	buf_puts(&line, "]\n");
	buf_puts(&want, "a end 0 0\n");
	EXPECT(buf_string(&want), {MAX, 0, 30}, LARGE(LARGE_VALUES), {FEED, buf_head(&line), line.len});
	buf_clear(&line);
	buf_clear(&want);
	EXPECT(LARGE_LOG "a value 1st \"0123456789\"\na value \"0123456789012345678901234567\"\n"
	    "error 7 reply from the box: one value in it is longer than 30 bytes (--max-reply)\n", {MAX, 0, 30},
	    LARGE(LARGE_VALUES), F("[1,1,\"0123456789\",                                       "
	    "\"0123456789012345678901234567\" ,\"01234567890123456789012345678\"]\n"));
	/* An array may be longer if its elements are passed on. */
	EXPECT(LARGE_LOG "a value 1st \"0123456789\"\na [\na element 1st \"0123456789\"\na element \"0123456789\"\na element 5\na ]\n"
	    "a value {\"0123456789\":[1,2,3]}\n"
	    "error 7 reply from the box: one value in it is longer than 30 bytes (--max-reply)\n", {MAX, 0, 30},
	    LARGE(LARGE_ELEMENTS), F("[1,1,\"0123456789\",[\"0123456789\", \"0123456789\", 5 ],{\"0123456789\":[1,2,3]},"
	    "{\"0123456789\":[1,2,3,4,5,6,7,8]}]\n"));
}

static void large_messages_that_are_no_success_are_kept(void **state)
{
	(void)state;
	EXPECT(READY_LOG "a failed \"0123456789\"\nevent(37) \"x\" \"0123456789012345\"\ninfo \"0123456789\"\n", LARGE(LARGE_VALUES),
	    F("[1,0,\"0123456789\"]\n[null,\"event\",\"x\",\"0123456789012345\"]\n[null,\"info\",\"0123456789\"]\n"));
}

static void large_replies_without_a_request_are_dropped(void **state)
{
	(void)state;
	EXPECT(READY_LOG "odd: reply 7 from the box: never asked for, ignored\nodd: reply \"x\" from the box: never asked for, ignored\n"
	    "late 1 ok\n", LARGE(LARGE_VALUES), {FORGET, 0, 1},
	    F("[7,1,\"0123456789\"]\n[\"x\",0,\"0123456789\"]\n[1,1,\"0123456789\"]\n"));
}

static void a_large_reply_can_be_given_up_in_the_middle(void **state)
{
	(void)state;
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\nlate 1 ok\nb ok\n", LARGE(LARGE_VALUES), R("[\"b\"]"), {FORGET_IN, "a", 1},
	    F("[1,1,\"012345678\",[1],2,\"0123456789\"]\n[2,1]\n"));
	EXPECT(READY_LOG "a large 16 [1,1,[[1...\na [\nlate 1 ok\n", LARGE(LARGE_ELEMENTS), {FORGET_IN, "a", 1},
	    F("[1,1,[[1,2,3],[4]],5]\n"));
	EXPECT(LARGE_LOG "a value 1st \"012345678\"\na unanswered, unsent, partial\nb unanswered, unsent\n", LARGE(LARGE_VALUES), R("[\"b\"]"),
	    {END_IN, "a", 0}, F("[1,1,\"012345678\",[1],2,\"0123456789\"]\n[2,1]\n"));
}

static void a_large_message_needs_its_head_early(void **state)
{
	(void)state;
	EXPECT(READY_LOG "error 7 message from the box: no id and status in its first 16 bytes\n", LARGE(LARGE_VALUES),
	    F("[\"0123456789012345\",1]\n"));
	EXPECT(READY_LOG "error 7 reply 1 from the box: its status is neither 1 nor 0\n", LARGE(LARGE_VALUES),
	    F("[1,true,\"0123456789\"]\n"));
	EXPECT(READY_LOG "error 7 message from the box: not JSON at offset 0: a value is missing\n", LARGE(LARGE_VALUES),
	    F("garbage without an end, and more"));
}

static void counters_count(void **state)
{
	struct holder h;
	struct step steps[] = {READY, R("[\"a\"]"), R("[\"b\"]"), {DRAIN, 0, 4}, F("[1,1]\n[9,1]\n[null,\"event\",\"x\"]\n"), {STOP, 0, 0}};
	struct session_counters c;

	(void)state;
	run(&h, steps, 5);
	c = session_counters(h.session);
	assert_int_equal(c.requests, 2);
	assert_int_equal(c.replies, 1);
	assert_int_equal(c.events, 1);
	assert_int_equal(c.odd, 1);
	assert_int_equal(c.sent_bytes, 4);
	assert_int_equal(c.received_bytes, 26 + 6 + 6 + 19);
	assert_int_equal(h.received, 4);
	assert_memory_equal(h.sent, "[1,\"a\"]\n[2,\"b\"]\n", h.sent_len);
	session_free(h.session);
	buf_clear(&h.log);
}

/* D9: ten thousand, answered backwards. */
static void ten_thousand_replies_in_reverse_order(void **state)
{
	enum { N = 10000 };
	struct holder h;
	struct step steps[] = {READY, {STOP, 0, 0}};
	struct buf lines = {0};
	struct error e;

	(void)state;
	run(&h, steps, 1000);
	for (int i = 0; i < N; i++)
		assert_int_equal(session_request(h.session, "[\"ping\"]", 8, (void *)"t"), i + 1);
	for (int i = N; i > 0; i--)
		buf_printf(&lines, "[%d,1,%d]\n", i, i);
	assert_int_equal(session_feed(h.session, buf_head(&lines), lines.len, &e), 0);
	assert_int_equal(session_open(h.session), 0);
	assert_int_equal(session_counters(h.session).replies, N);
	session_free(h.session);
	buf_clear(&h.log);
	buf_clear(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_reach_their_requests_in_any_order),
		cmocka_unit_test(cr_before_lf_and_blank_lines_are_accepted),
		cmocka_unit_test(a_thousand_blank_lines_are_enough),
		cmocka_unit_test(a_line_feed_in_a_string_is_two_bad_lines),
		cmocka_unit_test(two_arrays_on_a_line_are_no_message),
		cmocka_unit_test(a_nul_byte_ends_the_session_not_the_line),
		cmocka_unit_test(other_encodings_are_no_messages),
		cmocka_unit_test(a_message_without_its_line_feed_is_discarded),
		cmocka_unit_test(other_services_are_distinguished),
		cmocka_unit_test(endless_bytes_before_login_are_cut_off),
		cmocka_unit_test(many_bytes_before_login_are_cut_off),
		cmocka_unit_test(a_line_longer_than_max_reply_ends_the_session),
		cmocka_unit_test(what_is_no_json_is_reported_with_its_offset),
		cmocka_unit_test(numbers_and_strings_arrive_unchanged),
		cmocka_unit_test(bad_utf8_and_lone_surrogates_are_counted_after_login),
		cmocka_unit_test(bad_utf8_before_login_ends_the_session),
		cmocka_unit_test(nesting_of_512_is_the_limit),
		cmocka_unit_test(messages_have_a_shape),
		cmocka_unit_test(only_1_is_success_and_only_0_is_failure),
		cmocka_unit_test(the_first_message_must_be_hello),
		cmocka_unit_test(hello_must_be_of_version_1),
		cmocka_unit_test(a_second_hello_is_refused_at_any_time),
		cmocka_unit_test(hello_may_offer_anything),
		cmocka_unit_test(many_types_are_cut_between_characters),
		cmocka_unit_test(a_nonce_that_is_none_is_not_used),
		cmocka_unit_test(a_nonce_with_white_space_is_one),
		cmocka_unit_test(ids_are_ours_in_any_spelling_of_the_number),
		cmocka_unit_test(an_answer_that_comes_twice_belongs_to_no_request),
		cmocka_unit_test(failures_keep_their_message_whatever_it_is),
		cmocka_unit_test(notifications_are_passed_on),
		cmocka_unit_test(what_is_given_up_is_answered_late),
		cmocka_unit_test(requests_wait_for_login),
		cmocka_unit_test(a_request_may_follow_from_a_reply),
		cmocka_unit_test(the_end_names_every_open_request_once),
		cmocka_unit_test(cram_logs_in_when_the_box_proves_itself),
		cmocka_unit_test(what_cram_sends_is_the_published_arithmetic),
		cmocka_unit_test(a_wrong_proof_ends_the_session_and_hands_nothing_over),
		cmocka_unit_test(replies_that_overtake_the_login_wait_for_it),
		cmocka_unit_test(replies_that_overtake_the_login_are_bounded),
		cmocka_unit_test(only_what_was_asked_for_is_legal_before_login),
		cmocka_unit_test(a_refused_login_can_be_tried_again),
		cmocka_unit_test(what_went_along_with_a_refused_login_was_not_served),
		cmocka_unit_test(a_clear_login_sends_user_and_password),
		cmocka_unit_test(text_that_is_not_utf8_is_not_sent),
		cmocka_unit_test(secrets_are_wiped_when_they_were_used),
		cmocka_unit_test(nothing_follows_the_bracket_of_start_tls),
		cmocka_unit_test(a_refused_start_tls_is_reported),
		cmocka_unit_test(a_yes_without_tls_is_no_tls),
		cmocka_unit_test(only_our_id_is_legal_before_tls),
		cmocka_unit_test(clear_data_after_start_tls_is_an_attack),
		cmocka_unit_test(a_box_that_demands_tls_with_hello_gets_no_login_before),
		cmocka_unit_test(hello_is_known_though_it_was_not_reported),
		cmocka_unit_test(a_box_may_demand_tls_at_any_time_but_once),
		cmocka_unit_test(crossing_start_tls_is_one_handshake),
		cmocka_unit_test(tls_asked_for_before_the_greeting_is_one_request),
		cmocka_unit_test(an_answer_before_the_greeting_is_no_answer),
		cmocka_unit_test(a_reply_up_to_the_limit_is_whole),
		cmocka_unit_test(a_large_reply_is_kept_if_wanted),
		cmocka_unit_test(a_large_reply_is_handed_on_by_values),
		cmocka_unit_test(a_large_reply_is_handed_on_by_elements),
		cmocka_unit_test(a_large_reply_is_handed_on_as_text),
		cmocka_unit_test(an_unwanted_large_reply_is_still_checked),
		cmocka_unit_test(a_large_reply_that_breaks_off_is_partial),
		cmocka_unit_test(one_value_is_held_up_to_max_reply_but_the_reply_may_be_longer),
		cmocka_unit_test(large_messages_that_are_no_success_are_kept),
		cmocka_unit_test(large_replies_without_a_request_are_dropped),
		cmocka_unit_test(a_large_reply_can_be_given_up_in_the_middle),
		cmocka_unit_test(a_large_message_needs_its_head_early),
		cmocka_unit_test(counters_count),
		cmocka_unit_test(ten_thousand_replies_in_reverse_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
