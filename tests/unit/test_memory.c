/* SPDX-License-Identifier: ISC */
/*
 * test_memory: a conversation in which the k-th allocation fails, for every k: nothing crashes or leaks, and every
 * request that was accepted has exactly one outcome.  And one whose memory is checked when it is freed: there is no
 * password in it.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/base64.h"
#include "lang/line.h"
#include "proto/session.h"
#include "term/history.h"

/* --- an allocator that fails on demand --- */

static volatile long fail_at = -1, allocations;	/* compilers optimise calls of malloc */

static const char *volatile needle;	/* text that no freed memory may contain */
static volatile unsigned found;

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static void look(void *p)
{
	if (needle && p && memmem(p, malloc_usable_size(p), needle, strlen(needle)))
		found++;
}

static int refused(void)
{
	return allocations++ == fail_at;
}

void *malloc(size_t size)
{
	return refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return refused() ? NULL : __libc_calloc(n, size);
}

/* It may leave a copy where it moves from. */
void *realloc(void *p, size_t size)
{
	look(p);
	return refused() ? NULL : __libc_realloc(p, size);
}

void free(void *p)
{
	look(p);
	__libc_free(p);
}
#endif

/* Not with sanitizers or valgrind, which have an allocator of their own. */
static bool has_own_allocator(void)
{
	long before = allocations;
	char *volatile p = malloc(1);

	free(p);
	return allocations != before;
}

/* --- the conversation --- */

enum { REQUESTS = 8 };

struct talk {
	struct session *session;
	enum large_mode mode;
	unsigned accepted[REQUESTS], outcomes[REQUESTS], lost;
};

static void outcome(struct talk *t, void *tag)
{
	t->outcomes[(uintptr_t)tag - 1]++;
}

static void talk_greeted(void *ctx, const struct hello *hello)
{
	(void)ctx;
	(void)hello;
}

static void talk_reply(void *ctx, void *tag, const struct reply *reply)
{
	(void)reply;
	outcome(ctx, tag);
}

static enum large_mode talk_large(void *ctx, void *tag, const char *text, size_t len)
{
	struct talk *t = ctx;

	(void)tag;
	(void)text;
	(void)len;
	return t->mode;
}

static void talk_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes)
{
	(void)bad_utf8;
	(void)bad_escapes;
	outcome(ctx, tag);
}

static void talk_lost(void *ctx, void *tag, const struct error *e)
{
	struct talk *t = ctx;

	assert_string_equal(e->text, "out of memory");
	outcome(t, tag);
	t->lost++;
}

static void talk_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	(void)sent;
	(void)partial;
	outcome(ctx, tag);
}

static const struct session_ops talk_ops = {.greeted = talk_greeted, .reply = talk_reply, .reply_large = talk_large,
    .reply_end = talk_end, .reply_lost = talk_lost, .unanswered = talk_unanswered};

static void ask(struct talk *t, unsigned i)
{
	if (session_request(t->session, "[\"ping\"]", 8, (void *)(uintptr_t)(i + 1)))
		t->accepted[i] = 1;
}

static int say(struct talk *t, const char *text, struct error *e)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i += 7)
		if (session_feed(t->session, text + i, len - i < 7 ? len - i : 7, e) == -1)
			return -1;
	return 0;
}

/* sr and filler are made before anything may fail. */
static void converse(struct talk *t, const char *sr, const char *filler, struct error *e)
{
	if (say(t, "[null,\"hello\",1,[\"login_cram_md6\"],\"YWVlYWJkZjQzMWEzYWM2\"]\n", e) == -1 ||
	    session_login(t->session, AUTH_CRAM, "user", "pass", "0123456789abcdefghijklmnopqrstuv", e) == -1)
		return;
	ask(t, 0);
	ask(t, 1);
	if (say(t, "[2,1,\"early\"]\n", e) == -1 || say(t, sr, e) == -1)
		return;
	for (unsigned i = 2; i < REQUESTS; i++)
		ask(t, i);
	if (say(t, "[3,0,\"no\"]\n[5,1,[\"", e) == -1 || say(t, filler, e) == -1 || say(t, "\",2],\"", e) == -1 ||
	    say(t, filler, e) == -1 || say(t, "\"]\n[4,1]\n", e) == -1)
		return;
	say(t, "[null,\"event\",\"x\"]\n[7,1,5]\n[6,1", e);
}

static void every_allocation_may_fail(void **state)
{
	static const enum large_mode modes[] = {LARGE_KEEP, LARGE_VALUES, LARGE_ELEMENTS, LARGE_TEXT};
	static char filler[3000], sr[200];
	struct buf text = {0};
	struct cram c;
	struct error e;
	unsigned lost = 0;

	(void)state;
	if (!has_own_allocator())
		return;		/* (skip() is a failure in TAP) */
	memset(filler, 'x', sizeof filler - 1);
	assert_int_equal(cram_compute(&c, "user", 4, "pass", 4, "0123456789abcdefghijklmnopqrstuv", 32,
	    "aeeabdf431a3ac6", 15, &e), 0);
	base64_encode(&text, c.sr, MD6_BYTES, false);
	snprintf(sr, sizeof sr, "[1,1,\"%s\"]\n", buf_string(&text));
	buf_clear(&text);
	for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
		long needed = 1;

		for (long k = -1; k < needed; k++) {
			struct talk t = {.mode = modes[m]};

			allocations = 0;
			fail_at = k;
			t.session = session_create(&talk_ops, &t, 100000);
			if (t.session) {
				session_set_whole(t.session, 100);
				converse(&t, sr, filler, &e);
				session_end(t.session);
				session_free(t.session);
			}
			fail_at = -1;
			if (k == -1) {
				needed = allocations;
				assert_true(t.accepted[REQUESTS - 1] && needed > 10);
			}
			for (unsigned i = 0; i < REQUESTS; i++)
				if (t.accepted[i] != t.outcomes[i])
					fail_msg("allocation %ld, request %u: %u outcomes", k, i, t.outcomes[i]);
			lost += t.lost;
		}
	}
	/* A reply for which there is no memory does not end the session. */
	assert_true(lost > 3);
}

/* The length of the user's name moves the password to every position in the buffers it passes through. */
static void memory_that_is_given_back_holds_no_password(void **state)
{
	static const struct session_ops ops = {.greeted = talk_greeted};
	char user[201], *again;
	struct error e;

	(void)state;
	if (!has_own_allocator())
		return;
	needle = "correct horse battery staple";
	again = strdup(needle);
	free(again);
	assert_int_equal(found, 1);	/* it is searched for */
	found = 0;
	for (size_t len = 1; len < sizeof user; len++) {
		struct session *s = session_create(&ops, NULL, 100000);

		memset(user, 'u', len);
		user[len] = '\0';
		assert_non_null(s);
		assert_int_equal(session_feed(s, "[null,\"hello\",1,[\"login\"]]\n", 28, &e), 0);
		assert_int_equal(session_login(s, AUTH_LOGIN, user, needle, NULL, &e), 0);
		assert_true(session_request(s, "[\"ping\"]", 8, NULL) > 0);
		buf_consume(session_output(s), len);
		assert_true(session_request(s, "[\"ping\"]", 8, NULL) > 0);
		buf_consume(session_output(s), len % 3 ? session_output(s)->len : 0);
		session_free(s);
	}
	needle = NULL;
	assert_int_equal(found, 0);
}

/* Pushed out of a full history, and with the history itself. */
static void a_forgotten_line_of_the_history_is_wiped(void **state)
{
	char other[24];
	struct error e;
	bool failed;
	struct history *h;

	(void)state;
	if (!has_own_allocator())
		return;
	h = history_open(NULL, &e, &failed);
	assert_non_null(h);
	needle = "grandma's community";
	found = 0;
	history_add(h, "realm_snmp_credential_list_modify 5 --add 10.0.0.0,8,\"grandma's community\",1", "?");
	for (int i = 0; i < HISTORY_LINES; i++) {
		snprintf(other, sizeof other, "log %d", i);
		history_add(h, other, other);
	}
	history_add(h, "log \"grandma's community\"", "?");
	history_free(h);
	needle = NULL;
	assert_int_equal(found, 0);
}

static enum command_secret long_word(const char *word, size_t *from)
{
	*from = 0;
	return strlen(word) > 15 ? SECRET_HERE : SECRET_NONE;
}

static const struct command_word *any_command(void *ctx, const char *name, size_t len, struct error *e)
{
	static const struct command_word command = {.name = "x", .takes_line = true, .secret = long_word};

	(void)ctx, (void)name, (void)len, (void)e;
	return &command;
}

/* The words of a command, and the line that it takes, may have secrets in them. */
static void a_command_is_wiped_when_it_has_been_run(void **state)
{
	static const char *const lines[] = {
		".snmp get -v3 -u joe -A tulips-in-amsterdam 127.0.0.1 sysDescr.0", ".connect admin:tulips-in-amsterdam@core",
		".on realm_poll_stop -- set_license tulips-in-amsterdam", ".each realm_info gid -- box_new {gid} 'tulips-in-amsterdam' # x",
	};
	const struct line_context context = {.find_command = any_command};
	struct line line;
	struct error e;
	char *usage = NULL;
	size_t at;

	(void)state;
	if (!has_own_allocator())
		return;
	found = 0;
	needle = "tulips-in-amsterdam";
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		assert_int_equal(line_parse(&line, lines[i], strlen(lines[i]), &context, &e, &usage, &at), 0);
		line_clear(&line);
	}
	needle = NULL;
	assert_int_equal(found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(memory_that_is_given_back_holds_no_password),
		cmocka_unit_test(a_forgotten_line_of_the_history_is_wiped),
		cmocka_unit_test(a_command_is_wiped_when_it_has_been_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
