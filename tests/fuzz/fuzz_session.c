/* SPDX-License-Identifier: ISC */
/*
 * fuzz_session: any conversation.  The input is what the box sends, mixed with calls of the caller: 0xfe and a
 * letter, see act().  Fed whole and in pieces the results must be the same; every request has one outcome; before the
 * login is proved nothing is passed on.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/session_log.h"
#include "base/base64.h"

#define CHECK(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS = 200, MARK = 0xfe };

struct fuzz {
	struct holder h;	/* first: the operations of session_log get it as their context */
	enum auth_method method;
	bool in_clear;		/* a clear-text login was sent; after a refusal another may follow */
	bool early;		/* start_tls was sent before the greeting */
	bool proved, ready, ended, forgotten[REQUESTS];
	unsigned outcomes[REQUESTS], asked;
	uint64_t ids[REQUESTS];
};

/* Tags point into this array; the index is the request's number. */
static char tags[REQUESTS][2];

static void outcome(struct fuzz *f, const void *tag)
{
	size_t i = (size_t)((const char *)tag - tags[0]) / sizeof tags[0];

	CHECK(i < REQUESTS);
	f->outcomes[i]++;
	CHECK(!f->forgotten[i]);
}

static void fuzz_greeted(void *ctx, const struct hello *hello)
{
	struct fuzz *f = ctx;

	CHECK(hello == session_hello_seen(f->h.session) && strlen(hello->types) <= 200);
	CHECK(session_phase(f->h.session) == (f->early ? PHASE_TLS_ASKED : PHASE_GREETED));
}

/* When it comes depends on the pieces: with more in one piece it is an error before the handshake. */
static void fuzz_tls(void *ctx)
{
	struct fuzz *f = ctx;

	CHECK(session_phase(f->h.session) == PHASE_TLS);
}

static void fuzz_ready(void *ctx)
{
	struct fuzz *f = ctx;

	CHECK(!f->ready);
	CHECK(f->method != AUTH_CRAM || f->proved);
	f->ready = true;
	log_ready(ctx);
}

static void fuzz_reply(void *ctx, void *tag, const struct reply *reply)
{
	struct fuzz *f = ctx;

	CHECK(f->ready && !f->ended);
	outcome(f, tag);
	log_reply(ctx, tag, reply);
}

static enum large_mode fuzz_large(void *ctx, void *tag, const char *text, size_t len)
{
	CHECK(((struct fuzz *)ctx)->ready);
	return log_reply_large(ctx, tag, text, len);
}

static void fuzz_item(void *ctx, void *tag, struct json item, unsigned depth, bool first)
{
	struct json v;
	size_t at;

	CHECK(((struct fuzz *)ctx)->ready);
	/* What is passed on is JSON, except for bad UTF-8. */
	if (item.len) {
		const char *error = json_read(item.text, item.len, &v, &at);

		CHECK(!error || strcmp(error, "not UTF-8") == 0 || strcmp(error, "half of a surrogate pair") == 0);
	}
	log_reply_item(ctx, tag, item, depth, first);
}

static void fuzz_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes)
{
	outcome(ctx, tag);
	log_reply_end(ctx, tag, bad_utf8, bad_escapes);
}

static void fuzz_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	outcome(ctx, tag);
	log_unanswered(ctx, tag, sent, partial);
}

static void fuzz_event(void *ctx, struct json name, struct json_iter args, const char *line, size_t len)
{
	CHECK(((struct fuzz *)ctx)->ready);
	log_event(ctx, name, args, line, len);
}

static void fuzz_notice(void *ctx, enum notice_kind kind, struct json message, struct json_iter more, bool authenticated)
{
	CHECK(authenticated == ((struct fuzz *)ctx)->ready);
	CHECK(authenticated || kind != NOTICE_UNKNOWN);
	log_notice(ctx, kind, message, more, authenticated);
}

static void fuzz_late(void *ctx, uint64_t id, bool ok)
{
	CHECK(((struct fuzz *)ctx)->ready);
	log_late(ctx, id, ok);
}

static void fuzz_odd(void *ctx, const char *text)
{
	CHECK(((struct fuzz *)ctx)->ready);
	log_odd(ctx, text);
}

static void fuzz_ops(struct session_ops *ops)
{
	*ops = log_ops;
	ops->greeted = fuzz_greeted;
	ops->tls = fuzz_tls;
	ops->ready = fuzz_ready;
	ops->reply = fuzz_reply;
	ops->reply_large = fuzz_large;
	ops->reply_item = fuzz_item;
	ops->reply_end = fuzz_end;
	ops->unanswered = fuzz_unanswered;
	ops->event = fuzz_event;
	ops->notice = fuzz_notice;
	ops->late = fuzz_late;
	ops->odd = fuzz_odd;
}

/* False: it has failed. */
static bool feed(struct fuzz *f, const char *bytes, size_t len, size_t chunk)
{
	struct error e;

	for (size_t i = 0; i < len; i += chunk) {
		size_t n = len - i < chunk ? len - i : chunk;
		char *copy = malloc(n);	/* exactly as long: reading beyond is seen */
		int result;

		CHECK(copy);
		memcpy(copy, bytes + i, n);
		result = session_feed(f->h.session, copy, n, &e);
		free(copy);
		if (result == -1) {
			CHECK(!strchr(e.text, '\n') && session_phase(f->h.session) == PHASE_ENDED);
			log_end_text(&f->h);
			/* A message both too long and not JSON is reported by the fault that comes first in that piece. */
			if (strstr(e.text, "one value in it is longer") || strstr(e.text, "not JSON"))
				buf_puts(&f->h.log, "error: bad or too long\n");
			else
				buf_printf(&f->h.log, "error %d %s\n", e.status, e.text);
			return false;
		}
	}
	return true;
}

/* Returns the answer of a box that knows the password to login number `id`. */
static bool prove(struct fuzz *f, unsigned id, size_t chunk)
{
	const struct hello *hello = session_hello_seen(f->h.session);
	struct buf text = {0};
	struct cram c;
	struct error e;
	bool ok = true;

	if (!hello || !hello->nonce || cram_compute(&c, "user", 4, "pass", 4, client_nonce, CRAM_CLIENT_NONCE,
	    hello->nonce, hello->nonce_len, &e) == -1)
		return true;
	f->proved = true;
	buf_printf(&text, "[%u,1,\"", id);
	base64_encode(&text, c.sr, MD6_BYTES, id & 1);
	buf_puts(&text, "\"]\n");
	ok = feed(f, buf_head(&text), text.len, chunk);
	buf_clear(&text);
	return ok;
}

static void login(struct fuzz *f, enum auth_method method)
{
	enum auth_method before = f->method;
	struct error e;

	f->method = method;	/* none is ready() before session_login() returns */
	if (session_login(f->h.session, method, "user", "pass", client_nonce, &e) == -1)
		f->method = before;
	else
		f->in_clear |= method == AUTH_LOGIN;
	if (method == AUTH_NONE && session_phase(f->h.session) == PHASE_READY)
		CHECK(f->ready);
}

static void ask(struct fuzz *f)
{
	enum session_phase phase = session_phase(f->h.session);
	size_t before = session_output(f->h.session)->len;
	uint64_t id;

	if (f->asked == REQUESTS)
		return;
	id = session_request(f->h.session, "[\"ping\"]", 8, tags[f->asked]);
	CHECK((id != 0) == (phase == PHASE_READY || phase == PHASE_LOGIN));
	CHECK(id || session_output(f->h.session)->len == before);
	if (id)
		f->ids[f->asked++] = id;
}

static bool act(struct fuzz *f, unsigned char action, unsigned char arg, size_t chunk)
{
	switch (action) {
	case 'n':
		login(f, AUTH_NONE);
		break;
	case 'c':
		login(f, AUTH_CRAM);
		break;
	case 'l':
		login(f, AUTH_LOGIN);
		break;
	case 'p':
		return prove(f, arg & 7, chunk);
	case 't':
		f->early |= session_phase(f->h.session) == PHASE_GREETING;
		session_start_tls(f->h.session);
		break;
	case 's':
		session_secured(f->h.session);
		break;
	case 'r':
		ask(f);
		break;
	case 'f':
		for (unsigned i = 0; i < f->asked; i++)
			if (f->ids[i] == arg && !f->outcomes[i]) {
				session_forget(f->h.session, arg);
				f->forgotten[i] = true;
			}
		break;
	case 'd':
		buf_consume(session_output(f->h.session), arg);
		break;
	case 'm':
		f->h.mode = (enum large_mode)(arg % 5);
		break;
	}
	return true;
}

static void run(struct fuzz *f, const struct session_ops *ops, const uint8_t *data, size_t size, size_t chunk)
{
	size_t whole = 8 + (size > 0 ? data[0] : 0), i = 1;
	bool going = true;

	memset(f, 0, sizeof *f);
	f->h.session = session_create(ops, f, whole * 4);
	CHECK(f->h.session);
	session_set_whole(f->h.session, whole);
	while (going && i < size) {
		const uint8_t *mark = memchr(data + i, MARK, size - i);
		size_t end = mark ? (size_t)(mark - data) : size;

		going = feed(f, (const char *)data + i, end - i, chunk);
		i = end;
		if (going && mark && size - i >= 3)
			going = act(f, data[i + 1], data[i + 2], chunk);
		if (mark)
			i += 3;
	}
	f->ended = true;
	log_end_text(&f->h);
	buf_printf(&f->h.log, "discarded %zu\n", session_end(f->h.session));
	CHECK(session_open(f->h.session) == 0);
	for (unsigned k = 0; k < f->asked; k++)
		CHECK(f->outcomes[k] == !f->forgotten[k]);
	if (!f->in_clear)
		CHECK(!memmem(f->h.sent, f->h.sent_len, "\"pass\"", 6));
	session_free(f->h.session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t chunks[] = {1, 3, 17};
	struct session_ops ops;
	struct fuzz whole, split;

	fuzz_ops(&ops);
	for (size_t i = 0; i < REQUESTS; i++)
		tags[i][0] = (char)('a' + i % 26);
	run(&whole, &ops, data, size, SIZE_MAX / 2);
	for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
		run(&split, &ops, data, size, chunks[i]);
		if (strcmp(buf_string(&whole.h.log), buf_string(&split.h.log)) != 0) {
			fprintf(stderr, "whole:\n%s\nin pieces of %zu:\n%s\n", buf_string(&whole.h.log), chunks[i],
			    buf_string(&split.h.log));
			abort();
		}
		buf_clear(&split.h.log);
	}
	buf_clear(&whole.h.log);
	return 0;
}
