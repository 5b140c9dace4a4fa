/* SPDX-License-Identifier: ISC */
/*
 * session_log: a holder of a session that records every operation that is called, as lines of text.
 */
#ifndef PTSH_TESTS_SESSION_LOG_H
#define PTSH_TESTS_SESSION_LOG_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "proto/session.h"

struct holder {
	struct session *session;
	struct buf log;
	enum large_mode mode;		/* what reply_large answers */
	enum auth_method login;		/* not 0: greeted() logs in at once */
	bool tls_first;			/* greeted() asks for TLS */
	const char *forget, *end;	/* forgets the tag, or ends the session, when an operation comes for it */
	uint64_t forget_id;
	const char *request;		/* reply() sends this once */
	unsigned requests;		/* tags are "a", "b" ... */
	bool in_text;			/* the last operation was reply_text: bits are joined */
	size_t received;		/* lines */
	char sent[16384];		/* all messages queued */
	size_t sent_len;
};

static const char client_nonce[CRAM_CLIENT_NONCE + 1] = "0123456789abcdefghijklmnopqrstuv";

static const char *next_tag(struct holder *h)
{
	static const char *const tags[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"};

	return tags[h->requests++ % (sizeof tags / sizeof *tags)];
}

static void log_end_text(struct holder *h)
{
	if (h->in_text)
		buf_putc(&h->log, '\n');
	h->in_text = false;
}

static void log_json(struct holder *h, struct json v)
{
	buf_putc(&h->log, ' ');
	buf_put(&h->log, v.text, v.len);
}

static void log_rest(struct holder *h, struct json_iter it)
{
	struct json v;

	while (json_next(&it, NULL, &v))
		log_json(h, v);
	buf_putc(&h->log, '\n');
}

/* Does what a test has asked for inside an operation. */
static void log_meddle(struct holder *h, const char *tag)
{
	if (h->forget && tag && strcmp(h->forget, tag) == 0) {
		h->forget = NULL;
		session_forget(h->session, h->forget_id);
	}
	if (h->end && tag && strcmp(h->end, tag) == 0) {
		h->end = NULL;
		session_end(h->session);
	}
}

static void log_greeted(void *ctx, const struct hello *hello)
{
	struct holder *h = ctx;
	struct error e;

	log_end_text(h);
	buf_printf(&h->log, "greeted %s%s%s(%s) nonce %zu\n", hello->offered & AUTH_NONE ? "none " : "",
	    hello->offered & AUTH_CRAM ? "cram " : "", hello->offered & AUTH_LOGIN ? "login " : "", hello->types,
	    hello->nonce ? hello->nonce_len : 0);
	if (h->tls_first)
		session_start_tls(h->session);
	else if (h->login && session_login(h->session, h->login, "user", "pass", client_nonce, &e) == -1)
		buf_printf(&h->log, "login: %d %s\n", e.status, e.text);
}

static void log_tls(void *ctx)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_puts(&h->log, "tls\n");
}

static void log_tls_refused(void *ctx, struct json message)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_puts(&h->log, "tls refused");
	log_json(h, message);
	buf_putc(&h->log, '\n');
}

static void log_ready(void *ctx)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_puts(&h->log, "ready\n");
}

static void log_login_refused(void *ctx, struct json_iter reason)
{
	struct holder *h = ctx;
	struct json message = {"null", 4};

	(void)json_next(&reason, NULL, &message);

	log_end_text(h);
	buf_puts(&h->log, "login refused");
	log_json(h, message);
	buf_putc(&h->log, '\n');
}

static void log_reply(void *ctx, void *tag, const struct reply *reply)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "%s %s", (char *)tag, reply->ok ? "ok" : "failed");
	if (reply->bad_utf8)
		buf_printf(&h->log, " utf8=%llu", (unsigned long long)reply->bad_utf8);
	if (reply->bad_escapes)
		buf_printf(&h->log, " escapes=%llu", (unsigned long long)reply->bad_escapes);
	log_rest(h, reply->values);
	if (h->request) {
		session_request(h->session, h->request, strlen(h->request), (void *)next_tag(h));
		h->request = NULL;
	}
	log_meddle(h, tag);
}

static enum large_mode log_reply_large(void *ctx, void *tag, const char *text, size_t len)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "%s large %zu %.*s...\n", (char *)tag, len, len < 8 ? (int)len : 8, text);
	return h->mode;
}

static void log_reply_item(void *ctx, void *tag, struct json item, unsigned depth, bool first)
{
	struct holder *h = ctx;

	log_end_text(h);
	if (item.len == 0)
		buf_printf(&h->log, "%s %c\n", (char *)tag, first ? '[' : ']');
	else
		buf_printf(&h->log, "%s %s%s %.*s\n", (char *)tag, depth == 1 ? "value" : "element", first ? " 1st" : "",
		    (int)item.len, item.text);
	log_meddle(h, tag);
}

static void log_reply_text(void *ctx, void *tag, const char *text, size_t len, const uint64_t ended[static 3])
{
	struct holder *h = ctx;

	(void)ended;
	if (!h->in_text)
		buf_printf(&h->log, "%s text ", (char *)tag);
	h->in_text = true;
	buf_put(&h->log, text, len);
}

static void log_reply_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "%s end %llu %llu\n", (char *)tag, (unsigned long long)bad_utf8,
	    (unsigned long long)bad_escapes);
}

static void log_reply_lost(void *ctx, void *tag, const struct error *e)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "%s lost: %s\n", (char *)tag, e->text);
}

static void log_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "%s unanswered, %s%s\n", (char *)tag, sent ? "sent" : "unsent", partial ? ", partial" : "");
}

static void log_event(void *ctx, struct json name, struct json_iter args, const char *line, size_t len)
{
	struct holder *h = ctx;

	(void)line;
	log_end_text(h);
	buf_printf(&h->log, "event(%zu)", len);
	log_json(h, name);
	log_rest(h, args);
}

static void log_notice(void *ctx, enum notice_kind kind, struct json message, struct json_iter more, bool authenticated)
{
	static const char *const names[] = {"info", "error", "unknown"};
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "%s%s", authenticated ? "" : "unauthenticated ", names[kind]);
	log_json(h, message);
	log_rest(h, more);
}

static void log_late(void *ctx, uint64_t id, bool ok)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "late %llu %s\n", (unsigned long long)id, ok ? "ok" : "failed");
}

static void log_odd(void *ctx, const char *text)
{
	struct holder *h = ctx;

	log_end_text(h);
	buf_printf(&h->log, "odd: %s\n", text);
}

static void log_sending(void *ctx, const char *text, size_t len)
{
	struct holder *h = ctx;

	if (len + 1 > sizeof h->sent - h->sent_len)
		return;
	memcpy(h->sent + h->sent_len, text, len);
	h->sent_len += len;
	h->sent[h->sent_len++] = '\n';
}

static void log_received(void *ctx, const char *text, size_t len, void *tag)
{
	struct holder *h = ctx;

	(void)text;
	(void)len;
	(void)tag;
	h->received++;
}

static const struct session_ops log_ops = {
	.greeted = log_greeted, .tls = log_tls, .tls_refused = log_tls_refused, .ready = log_ready,
	.login_refused = log_login_refused, .reply = log_reply, .reply_large = log_reply_large,
	.reply_item = log_reply_item, .reply_text = log_reply_text, .reply_end = log_reply_end,
	.reply_lost = log_reply_lost, .unanswered = log_unanswered, .event = log_event, .notice = log_notice,
	.late = log_late, .odd = log_odd, .sending = log_sending, .received = log_received,
};

#endif
