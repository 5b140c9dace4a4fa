/* SPDX-License-Identifier: ISC */
/*
 * test_link: login, loss and the next connection, seen through the table of operations.
 *
 * The channel is one of this test's own: no socket, no process, and no clock but the loop's.  What the link sends is
 * checked, and the box's messages are fed by the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/base64.h"
#include "link/link_parts.h"

/* --- the channel --- */

struct channel {
	const struct channel_ops *ops;
	void *ctx;
};

static struct {
	struct channel *now;		/* NULL: none */
	unsigned opened, tls_started;
	struct buf sent;		/* by the present connection */
	enum channel_trust trust;
	enum channel_wants wants;
	bool certificate, knows_tls, early, shook_hands;
	enum known_start start;		/* noted last */
} line;

struct channel *channel_open(struct loop *l, const struct channel_options *o, const struct channel_ops *ops, void *ctx)
{
	(void)l, (void)o;
	assert_null(line.now);
	line.now = calloc(1, sizeof *line.now);
	assert_non_null(line.now);
	*line.now = (struct channel){ops, ctx};
	line.opened++;
	buf_clear(&line.sent);
	return line.now;
}

void channel_free(struct channel *c)
{
	if (c != NULL) {
		assert_ptr_equal(c, line.now);
		line.now = NULL;
	}
	free(c);
}

void channel_send(struct channel *c, struct buf *out)
{
	assert_ptr_equal(c, line.now);
	buf_put(&line.sent, buf_head(out), out->len);
	buf_consume(out, out->len);
}

bool channel_next(struct channel *c) { (void)c; return false; }
int64_t channel_greeting_due(const struct channel *c) { (void)c; return 0; }
void channel_start_tls(struct channel *c, enum known_start start) { (void)c; line.start = start; line.tls_started++; }
enum channel_trust channel_trust(const struct channel *c) { (void)c; return line.trust; }
enum channel_wants channel_wants(const struct channel *c) { (void)c; return line.wants; }
bool channel_knows_tls(const struct channel *c) { (void)c; return line.knows_tls; }
bool channel_shows_certificate(const struct channel *c) { (void)c; return line.certificate; }
bool channel_asks_early(const struct channel *c) { (void)c; return line.early; }
bool channel_shook_hands(const struct channel *c) { (void)c; return line.shook_hands; }
bool channel_has_ended(const struct channel *c) { (void)c; return false; }
void channel_note_late(struct channel *c) { (void)c; line.start = START_LATE; }
int channel_accept_tls(struct channel *c, struct error *e) { (void)c, (void)e; return 0; }

int channel_accept_clear(struct channel *c, struct error *e)
{
	(void)c;
	return error_set(e, STATUS_TLS, "the box refuses TLS");
}

bool channel_endpoints(const struct channel *c, struct address *local, struct address *remote)
{
	(void)c, (void)local, (void)remote;
	return false;
}

void channel_info(const struct channel *c, struct channel_info *info)
{
	(void)c;
	*info = (struct channel_info){.address = "nowhere"};
}

/* --- the holder --- */

static struct shell sh;
static struct options options;
static struct buf events;		/* what was reported, a line each */
static const char *const *waiting;	/* requests that are still to be sent, NULL at the end */
static bool typing, taken;
static int messages;			/* where standard error goes */

static void on_connecting(struct shell *s) { (void)s; buf_puts(&events, "connecting\n"); }
static void on_ready(struct shell *s) { (void)s; buf_puts(&events, "ready\n"); }
static void on_lost(struct shell *s) { (void)s; buf_puts(&events, "lost\n"); }
static void on_changed(struct shell *s) { (void)s; }
static bool is_taken(struct shell *s) { (void)s; return taken; }
static bool is_typing(struct shell *s) { (void)s; return typing; }

static void on_question(struct shell *s, bool begins)
{
	(void)s;
	if (begins)
		buf_puts(&events, "question\n");
}

static void on_drained(struct shell *s)
{
	while (waiting != NULL && *waiting != NULL && link_takes(s, false)) {
		const char *json = *waiting++;

		assert_int_not_equal(link_request(s, json, strlen(json), (void *)(uintptr_t)json), 0);
	}
}

static void on_reply(void *ctx, void *tag, const struct reply *reply)
{
	(void)ctx;
	if (tag != NULL)
		buf_printf(&events, "%s %s\n", (const char *)tag, reply->ok ? "ok" : "failed");
}

static void on_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	(void)ctx, (void)partial;
	if (tag != NULL)
		buf_printf(&events, "%s unanswered, %s\n", (const char *)tag, sent ? "sent" : "unsent");
}

static const struct session_ops requests = {.reply = on_reply, .unanswered = on_unanswered};
static const struct request *is_not_known(const void *tag)
{
	(void)tag;
	return NULL;
}

static const struct link_ops operations = {
	.connecting = on_connecting, .ready = on_ready, .lost = on_lost, .changed = on_changed, .drained = on_drained,
	.taken = is_taken, .typing = is_typing, .question = on_question, .answers = is_not_known, .requests = &requests,
};

/* --- a test --- */

/* password: for $PTSH_PASSWORD, or NULL.  option: one more, or NULL. */
static void begin(const char *password, const char *option)
{
	char words[][16] = {"ptsh", "-X", "-w", "-u", "user", "box.example"};
	char *argv[] = {words[0], words[1], words[2], words[3], words[4], words[5], (char *)(uintptr_t)option, NULL};
	struct error e;

	memset(&line, 0, sizeof line);
	memset(&sh, 0, sizeof sh);
	memset(&options, 0, sizeof options);
	line.wants = WANTS_CLEAR;
	typing = taken = false;
	waiting = NULL;
	unsetenv("PTSH_PASSWORD");
	if (password != NULL)
		setenv("PTSH_PASSWORD", password, 1);
	sh.password = password_create();
	if (options_read(&options, option != NULL ? 7 : 6, argv, &e) == -1)
		fail_msg("%s", e.text);
	messages = memfd_create("messages", MFD_CLOEXEC);
	assert_int_not_equal(messages, -1);
	sink_init(&sh.err, messages);
	sink_init(&sh.out, messages);
	sh.options = &options;
	sh.loop = loop_create();
	sh.link = link_create(&sh, &operations);
	assert_non_null(sh.link);
	assert_int_equal(link_state(&sh), LINK_IDLE);
	link_want(&sh);
}

static void end(void)
{
	link_free(&sh);
	sink_clear(&sh.err);
	sink_clear(&sh.out);
	close(messages);
	loop_free(sh.loop);
	password_free(sh.password);
	options_clear(&options);
	buf_clear(&events);
	buf_clear(&line.sent);
}

static void box_says(const char *text)
{
	assert_non_null(line.now);
	line.now->ops->received(line.now->ctx, text, strlen(text));
}

static void box_is_there(const char *hello)
{
	line.now->ops->connected(line.now->ctx);
	box_says(hello);
}

static void box_goes(void)
{
	line.now->ops->closed(line.now->ctx, NULL);
}

static void expect_events(const char *want)
{
	assert_string_equal(events.len > 0 ? buf_string(&events) : "", want);
	buf_reset(&events);
}

static void expect_sent(const char *want)
{
	assert_string_equal(line.sent.len > 0 ? buf_string(&line.sent) : "", want);
	buf_reset(&line.sent);
}

static void expect_message(const char *part)
{
	char text[4096];
	ssize_t n = pread(messages, text, sizeof text - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	if (strstr(text, part) == NULL)
		fail_msg("`%s` is not in: %s", part, text);
}

#define HELLO_NONE "[null,\"hello\",1,[\"none\"]]\n"
#define HELLO_CRAM "[null,\"hello\",1,[\"login_cram_md6\"],\"YWVlYWJkZjQzMWEzYWM2\"]\n"

/* The box's answer to the login that was sent; flip: one bit of its proof is another. */
static void box_proves(bool flip)
{
	struct buf cc = {0}, answer = {0};
	char *begin, *end;
	struct cram c;
	struct error e;
	const char *sent = buf_string(&line.sent);

	assert_non_null(strstr(sent, "[1,\"login_cram_md6\",\"user\",\""));
	begin = strstr(strstr(sent, "\"user\",\"") + 8, "\",\"") + 3;
	end = strchr(begin, '"');
	assert_int_equal(base64_decode(&cc, begin, (size_t)(end - begin)), 0);
	assert_int_equal(cram_compute(&c, "user", 4, "pass", 4, buf_head(&cc), cc.len, "aeeabdf431a3ac6", 15, &e), 0);
	c.sr[5] ^= flip;
	buf_puts(&answer, "[1,1,\"");
	base64_encode(&answer, c.sr, sizeof c.sr, false);
	buf_puts(&answer, "\\n\"]\n");
	buf_reset(&line.sent);
	box_says(buf_string(&answer));
	buf_clear(&cc);
	buf_clear(&answer);
}

/* --- the tests --- */

static const char *const two[] = {"[\"realm_poll\",\"5\"]", "[\"ping\"]", NULL};

static void without_a_login_requests_go_at_once(void **state)
{
	(void)state;
	begin(NULL, NULL);
	waiting = two;
	line.now->ops->connected(line.now->ctx);
	expect_sent("");
	box_says(HELLO_NONE);
	expect_sent("[1,\"realm_poll\",\"5\"]\n[2,\"ping\"]\n");
	box_says("[2,1,5,6]\n[1,0,\"no\"]\n");
	expect_events("connecting\nready\n[\"ping\"] ok\n[\"realm_poll\",\"5\"] failed\n");
	box_goes();
	expect_events("lost\n");
	assert_int_equal(sh.status, STATUS_OK);
	assert_int_equal(link_state(&sh), LINK_IDLE);
	end();
}

static void nothing_but_the_login_goes_before_the_proof(void **state)
{
	(void)state;
	begin("pass", NULL);
	waiting = two;
	box_is_there(HELLO_CRAM);
	assert_int_equal(link_state(&sh), LINK_CONNECTING);
	assert_int_equal(memchr(buf_head(&line.sent), '\n', line.sent.len) == buf_head(&line.sent) + line.sent.len - 1, true);
	box_proves(false);
	expect_sent("[2,\"realm_poll\",\"5\"]\n[3,\"ping\"]\n");
	expect_events("connecting\nquestion\nready\n");
	end();
}

static void a_wrong_proof_ends_it_and_nothing_was_asked(void **state)
{
	(void)state;
	begin("pass", NULL);
	waiting = two;
	box_is_there(HELLO_CRAM);
	box_proves(true);
	expect_sent("");
	expect_events("connecting\nquestion\nlost\n");
	assert_null(line.now);
	assert_int_equal(sh.status, STATUS_LOGIN);
	expect_message("did not prove");
	end();
}

static void a_name_without_a_password_leads_to_no_question(void **state)
{
	(void)state;
	begin(NULL, NULL);
	box_is_there("[null,\"hello\",1,[\"login_cram_md6\",\"none\"],\"YWVlYWJkZjQzMWEzYWM2\"]\n");
	expect_events("connecting\nready\n");
	end();
}

static void a_certificate_stands_for_the_login_until_the_box_says_otherwise(void **state)
{
	static const char *const one[] = {"[\"ping\"]", NULL};

	(void)state;
	begin(NULL, NULL);
	line.trust = TRUST_TLS;
	line.certificate = true;
	waiting = one;
	box_is_there(HELLO_CRAM);
	expect_sent("[1,\"ping\"]\n");
	box_says("[1,0,\"you need to authenticate first\"]\n");
	expect_events("connecting\nready\n[\"ping\"] failed\n");
	expect_message("the client certificate alone is no login here");
	end();
}

static void a_lost_connection_gives_every_request_its_outcome(void **state)
{
	(void)state;
	begin(NULL, NULL);
	waiting = two;
	box_is_there(HELLO_NONE);
	box_says("[2,1,5,6]\n");
	box_goes();
	expect_events("connecting\nready\n[\"ping\"] ok\n[\"realm_poll\",\"5\"] unanswered, sent\nlost\n");
	assert_int_equal(sh.status, STATUS_LOST);
	assert_int_equal(link_state(&sh), LINK_FAILED);
	end();
}

static void the_next_connection_sends_nothing_again(void **state)
{
	static const char *const later[] = {"[\"product_id\"]", NULL};

	(void)state;
	begin("pass", NULL);
	sh.interactive = sh.entered = true;
	waiting = two;
	box_is_there(HELLO_CRAM);
	box_proves(false);
	expect_sent("[2,\"realm_poll\",\"5\"]\n[3,\"ping\"]\n");
	box_goes();
	expect_events("connecting\nquestion\nready\n[\"realm_poll\",\"5\"] unanswered, sent\n[\"ping\"] unanswered, sent\nlost\n");
	assert_int_equal(link_state(&sh), LINK_AWAY);
	assert_int_equal(sh.status, STATUS_OK);

	waiting = later;
	link_want(&sh);
	assert_int_equal(line.opened, 2);
	box_is_there(HELLO_CRAM);
	box_proves(false);
	expect_sent("[2,\"product_id\"]\n");
	expect_events("connecting\nquestion\nready\n");
	end();
}

static void the_next_connection_takes_no_weaker_login(void **state)
{
	(void)state;
	begin("pass", "--clear-login");
	sh.interactive = sh.entered = true;
	box_is_there(HELLO_CRAM);
	box_proves(false);
	box_goes();
	link_want(&sh);
	box_is_there("[null,\"hello\",1,[\"none\",\"login\"]]\n");
	expect_sent("");
	expect_message("nothing weaker is accepted");
	assert_int_equal(sh.status, STATUS_LOGIN);
	end();
}

static void a_typing_user_is_not_asked(void **state)
{
	(void)state;
	begin("pass", NULL);
	sh.interactive = sh.entered = true;
	box_is_there(HELLO_CRAM);
	box_proves(false);
	box_goes();
	password_discard(sh.password);
	expect_events("connecting\nquestion\nready\nlost\n");
	typing = true;
	link_want(&sh);
	box_is_there(HELLO_CRAM);
	expect_events("connecting\n");	/* no question */
	expect_message("press Enter to log in");
	typing = false;
	link_line_entered(&sh);
	expect_events("question\nlost\n");	/* -w: no question */
	expect_sent("");
	end();
}

static void nothing_follows_start_tls_until_it_is_answered(void **state)
{
	(void)state;
	begin("pass", NULL);
	line.wants = WANTS_TLS;
	waiting = two;
	box_is_there(HELLO_CRAM);
	expect_sent("[1,\"start_tls\"]");
	box_says("[null,\"start_tls\"]\n");
	assert_int_equal(line.tls_started, 1);
	expect_sent("");
	line.trust = TRUST_TLS;
	line.now->ops->secured(line.now->ctx);
	assert_non_null(strstr(buf_string(&line.sent), "[2,\"login_cram_md6\",\"user\","));
	assert_null(strstr(buf_string(&line.sent), "realm_poll"));
	end();
}

static void expect_no_message(const char *part)
{
	char text[4096];
	ssize_t n = pread(messages, text, sizeof text - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	if (strstr(text, part) != NULL)
		fail_msg("`%s` is in: %s", part, text);
}

/* A box that is remembered to start TLS when asked. */
static void begin_early(const char *option)
{
	begin("pass", option);
	line.wants = WANTS_TLS;
	line.early = line.knows_tls = true;
	waiting = two;
	line.now->ops->connected(line.now->ctx);
	expect_sent("[1,\"start_tls\"]");
}

static void tls_comes_up(void)
{
	assert_int_equal(line.tls_started, 1);
	expect_sent("");
	line.trust = TRUST_TLS;
	line.shook_hands = true;
	line.now->ops->secured(line.now->ctx);
	assert_non_null(strstr(buf_string(&line.sent), "[2,\"login_cram_md6\",\"user\","));
	assert_null(strstr(buf_string(&line.sent), "realm_poll"));
}

static void start_tls_goes_before_the_greeting_and_nothing_with_it(void **state)
{
	(void)state;
	begin_early("-v");
	box_says(HELLO_CRAM);
	expect_sent("");
	box_says("[null,\"start_tls\"]\n");
	tls_comes_up();
	assert_int_equal(line.start, START_ASKED);
	assert_int_equal(line.opened, 1);
	expect_message("asking for TLS before the greeting");
	expect_message("greeted; the box offers login_cram_md6");
	end();
}

/* However a box fails that was asked early: the next connection is asked after the greeting, and that is remembered. */
static void a_failed_early_try_is_followed_by_one_without(void **state)
{
	static const char *const answers[] = {"", "[null,\"hello\",1,[\"none\"]]\n", "[1,1]\n", "[1,0,\"no\"]\n", "[null,\"start_tls\"]\n",
	    "[null,\"start_tls\"]\n" HELLO_CRAM, "[null,\"error\",\"no\"]\n", HELLO_CRAM "[1,1]\n", HELLO_CRAM "[1,0,\"no\"]\n", HELLO_CRAM HELLO_CRAM,
	    HELLO_CRAM "[null,\"error\",\"no\"]\n", HELLO_CRAM "[null,\"start_tls\"]\n[1,1]\n", "HTTP/1.1 400 Bad Request\r\n", "\x15\x03\x01\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		begin_early("-v");
		if (*answers[i] != '\0')
			box_says(answers[i]);
		if (line.opened == 1)	/* it has said nothing wrong */
			box_goes();
		assert_int_equal(line.opened, 2);
		assert_int_equal(line.tls_started, 0);
		expect_message("; connecting again, to ask for TLS after the greeting");
		line.now->ops->connected(line.now->ctx);
		expect_sent("");
		box_says(HELLO_CRAM);
		expect_sent("[1,\"start_tls\"]");
		box_says("[null,\"start_tls\"]\n");
		tls_comes_up();
		assert_int_equal(line.start, START_LATE);
		expect_events("connecting\nconnecting\nquestion\n");
		assert_int_equal(sh.status, STATUS_OK);
		end();
	}
}

static void a_handshake_that_fails_early_is_tried_once_more(void **state)
{
	struct error e = {STATUS_TLS, "what the box sends is not TLS"};

	(void)state;
	begin_early(NULL);
	box_says(HELLO_CRAM "[null,\"start_tls\"]\n");
	line.now->ops->closed(line.now->ctx, &e);
	assert_int_equal(line.opened, 2);
	line.now->ops->connected(line.now->ctx);
	expect_sent("");
	/* and now of its own accord */
	line.tls_started = 0;
	box_says(HELLO_CRAM "[null,\"start_tls\"]\n");
	assert_int_equal(line.start, START_UNASKED);
	expect_sent("");
	line.now->ops->closed(line.now->ctx, &e);
	assert_int_equal(line.opened, 2);
	assert_int_equal(sh.status, STATUS_TLS);
	end();
}

static void a_key_that_is_refused_is_not_tried_again(void **state)
{
	struct error e = {STATUS_TLS, "THE KEY HAS CHANGED"};

	(void)state;
	begin_early(NULL);
	box_says(HELLO_CRAM "[null,\"start_tls\"]\n");
	line.shook_hands = true;
	line.now->ops->closed(line.now->ctx, &e);
	assert_int_equal(line.opened, 1);
	assert_int_equal(sh.status, STATUS_TLS);
	expect_message("THE KEY HAS CHANGED");
	end();
}

static void a_second_try_that_meets_no_box_reports_the_first(void **state)
{
	struct error e = {STATUS_LOST, "cannot connect: Connection refused"};

	(void)state;
	begin_early(NULL);
	box_says("[1,1]\n");
	assert_int_equal(line.opened, 2);
	line.now->ops->closed(line.now->ctx, &e);
	assert_int_equal(line.opened, 2);
	assert_int_equal(sh.status, STATUS_PROTOCOL);
	expect_message("it comes before its greeting");
	expect_no_message("refused");
	end();
}

/* An early try has three quarters of the time. */
static void a_silent_early_try_leaves_time_for_another(void **state)
{
	(void)state;
	begin_early("--connect-timeout=2");
	while (line.opened == 1)
		loop_step(sh.loop, 10000);
	assert_int_equal(line.opened, 2);
	assert_int_equal(line.start, START_LATE);
	assert_int_equal(sh.status, STATUS_OK);
	line.now->ops->connected(line.now->ctx);
	expect_sent("");
	while (line.now != NULL)
		loop_step(sh.loop, 10000);
	assert_int_equal(line.opened, 2);
	assert_int_equal(sh.status, STATUS_LOST);
	expect_message("no greeting within 2 s");
	end();
}

static void an_address_that_hung_up_is_followed_by_one_that_is_asked_later(void **state)
{
	(void)state;
	begin_early(NULL);
	line.now->ops->connected(line.now->ctx);	/* the channel has continued by itself */
	expect_sent("");
	box_says(HELLO_CRAM);
	expect_sent("[1,\"start_tls\"]");
	box_says("[null,\"start_tls\"]\n");
	tls_comes_up();
	assert_int_equal(line.start, START_LATE);
	end();
}

static void a_lost_connection_is_asked_early_again(void **state)
{
	(void)state;
	begin_early(NULL);
	sh.interactive = sh.entered = true;
	box_says(HELLO_CRAM "[null,\"start_tls\"]\n");
	tls_comes_up();
	box_goes();
	line.shook_hands = false;
	line.tls_started = 0;
	link_want(&sh);
	assert_int_equal(line.opened, 2);
	line.now->ops->connected(line.now->ctx);
	expect_sent("[1,\"start_tls\"]");
	end();
}

static void a_refused_start_tls_ends_it(void **state)
{
	(void)state;
	begin("pass", NULL);
	line.wants = WANTS_TLS;
	box_is_there(HELLO_CRAM);
	expect_sent("[1,\"start_tls\"]");
	box_says("[1,0,\"no\"]\n");
	expect_sent("");
	assert_null(line.now);
	assert_int_equal(sh.status, STATUS_TLS);
	end();
}

static void a_fatal_error_is_a_failure_though_all_is_answered(void **state)
{
	static const char *const one[] = {"[\"ping\"]", NULL};

	(void)state;
	begin(NULL, NULL);
	waiting = one;
	box_is_there(HELLO_NONE);
	box_says("[1,1,5]\n[null,\"error\",\"out of luck\"]\n");
	assert_int_equal(sh.status, STATUS_PROTOCOL);
	assert_false(link_takes(&sh, true));
	end();
}

static void silence_is_pinged_and_then_the_end(void **state)
{
	static const struct { int64_t limit, quiet; size_t open; bool pinged; int what; int64_t wait; } cases[] = {
		{60000, 0, 1, false, KEEPALIVE_WAIT, 60000}, {60000, 59999, 1, false, KEEPALIVE_WAIT, 1},
		{60000, 60000, 1, false, KEEPALIVE_PING, 30000}, {60000, 60000, 2, true, KEEPALIVE_WAIT, 30000},
		{60000, 89999, 2, true, KEEPALIVE_WAIT, 1}, {60000, 90000, 2, true, KEEPALIVE_DEAD, 0},
		{60000, 500000, 0, true, KEEPALIVE_REST, 0}, {0, 500000, 3, false, KEEPALIVE_REST, 0},
		{200000, 200000, 1, false, KEEPALIVE_PING, 30000}, {10000, 10000, 1, false, KEEPALIVE_PING, 5000},
		{10000, 15000, 1, true, KEEPALIVE_DEAD, 0}, {60000, 100, 2, true, KEEPALIVE_WAIT, 59900},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct keepalive next = keepalive_next(cases[i].limit, cases[i].quiet, cases[i].open, cases[i].pinged);

		if ((int)next.what != cases[i].what || next.wait != cases[i].wait)
			fail_msg("case %zu: %d %lld", i, (int)next.what, (long long)next.wait);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_login_requests_go_at_once),
		cmocka_unit_test(nothing_but_the_login_goes_before_the_proof),
		cmocka_unit_test(a_wrong_proof_ends_it_and_nothing_was_asked),
		cmocka_unit_test(a_name_without_a_password_leads_to_no_question),
		cmocka_unit_test(a_certificate_stands_for_the_login_until_the_box_says_otherwise),
		cmocka_unit_test(a_lost_connection_gives_every_request_its_outcome),
		cmocka_unit_test(the_next_connection_sends_nothing_again),
		cmocka_unit_test(the_next_connection_takes_no_weaker_login),
		cmocka_unit_test(a_typing_user_is_not_asked),
		cmocka_unit_test(nothing_follows_start_tls_until_it_is_answered),
		cmocka_unit_test(start_tls_goes_before_the_greeting_and_nothing_with_it),
		cmocka_unit_test(a_failed_early_try_is_followed_by_one_without),
		cmocka_unit_test(a_handshake_that_fails_early_is_tried_once_more),
		cmocka_unit_test(a_key_that_is_refused_is_not_tried_again),
		cmocka_unit_test(a_second_try_that_meets_no_box_reports_the_first),
		cmocka_unit_test(a_silent_early_try_leaves_time_for_another),
		cmocka_unit_test(an_address_that_hung_up_is_followed_by_one_that_is_asked_later),
		cmocka_unit_test(a_lost_connection_is_asked_early_again),
		cmocka_unit_test(a_refused_start_tls_ends_it),
		cmocka_unit_test(a_fatal_error_is_a_failure_though_all_is_answered),
		cmocka_unit_test(silence_is_pinged_and_then_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
