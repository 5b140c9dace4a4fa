/* SPDX-License-Identifier: ISC */
/*
 * session: the life of a conversation: feeding, and requests.
 *
 * Bytes go in by session_feed(), which cuts them into lines and applies the limits; lines mean something in
 * session_message.c.  Does not know descriptors, clocks or terminals.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/session_parts.h"

/* --- life --- */

struct session *session_create(const struct session_ops *ops, void *ctx, size_t max_reply)
{
	struct session *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->ops = ops;
	s->ctx = ctx;
	s->max_reply = max_reply;
	s->whole = SESSION_WHOLE;
	s->phase = PHASE_GREETING;
	s->out.secret = true;
	s->next_id = 1;
	return s;
}

void session_set_whole(struct session *s, size_t whole)
{
	s->whole = whole;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	frame_clear(&s->frame);
	session_large_clear(s);
	session_login_clear(s);
	buf_clear(&s->nonce);
	buf_clear(&s->out);
	pending_clear(&s->pending);
	free(s);
}

enum session_phase session_phase(const struct session *s)
{
	return s->phase;
}

const struct hello *session_hello_seen(const struct session *s)
{
	return s->hello.types ? &s->hello : NULL;
}

bool session_is_secured(const struct session *s)
{
	return s->secured;
}

/* --- sending --- */

uint64_t session_request(struct session *s, const char *text, size_t len, void *tag)
{
	uint64_t id = s->next_id;

	if ((s->phase != PHASE_READY && s->phase != PHASE_LOGIN) || len < 2)
		return 0;
	if (session_queue(s, PENDING_REQUEST, tag, text + 1, len - 1, true) == -1)
		return 0;
	s->counters.requests++;
	return id;
}

struct session_counters session_counters(const struct session *s)
{
	struct session_counters c = s->counters;

	c.sent_bytes = s->queued - s->out.len;
	return c;
}

/* --- feeding --- */

/* Requests went along with the login: their replies may come before the login's. */
static bool feed_early(const struct session *s)
{
	return s->phase == PHASE_LOGIN && s->next_id > s->login_id + 1;
}

/* The longest line that may come now. */
static size_t feed_limit(const struct session *s)
{
	if (s->phase == PHASE_READY)
		return s->keep || s->max_reply < s->whole ? s->max_reply : s->whole;
	return feed_early(s) ? SESSION_HELD : SESSION_LINE_BEFORE;
}

/* Before login is complete everything counts; len: the bytes of the line so far. */
static int feed_before(struct session *s, size_t len)
{
	uint64_t limit = SESSION_BYTES_BEFORE;

	if (s->phase == PHASE_READY)
		return 0;
	if (feed_early(s))
		limit += SESSION_HELD;
	if (s->before + len > limit)
		return session_fail(s, STATUS_PROTOCOL, "message from the box: more than %llu bytes before login",
		    (unsigned long long)limit);
	return 0;
}

/* Refuses a greeting that is not an array: it is another service's, which may never send a LF.  Waits until the line ends, or
 * enough of it has come for the message. */
static int feed_greeting(struct session *s, const char *text, size_t len, bool ended)
{
	enum { SHOWN = 60 };
	char shown[SHOWN + 1];
	size_t i = message_blanks(text, len);

	text += i;
	len -= i;
	if (s->phase != PHASE_GREETING || len == 0 || text[0] == '[' || (!ended && len <= SHOWN))
		return 0;
	if (len > SHOWN)
		len = SHOWN;
	for (i = 0; i < len; i++)
		shown[i] = text[i] ? text[i] : '?';
	shown[len] = '\0';
	return session_fail(s, STATUS_PROTOCOL, "not a Porttracker box: it greets with \"%s\"", shown);
}

static int feed_line(struct session *s, const char *line, size_t len, size_t raw)
{
	s->keep = false;
	if (feed_before(s, raw) == -1 || feed_greeting(s, line, len, true) == -1)
		return -1;
	if (s->phase != PHASE_READY)
		s->before += raw;
	if (message_blanks(line, len) == len) {
		if (++s->blank > SESSION_BLANK_LINES)
			return session_fail(s, STATUS_PROTOCOL, "message from the box: more than %d blank lines",
			    SESSION_BLANK_LINES);
		return 0;
	}
	s->blank = 0;
	return session_line(s, line, len, false);
}

/* Handles a line that is longer than the limit. */
static int feed_long(struct session *s, struct frame_input *in, const char *line, size_t len)
{
	int result;

	if (s->phase != PHASE_READY)
		return feed_greeting(s, line, len, true) == -1 ? -1 : session_fail(s, STATUS_PROTOCOL,
		    "message from the box: longer than %zu bytes before login", len);
	if (s->keep)
		return session_fail(s, STATUS_PROTOCOL, "message from the box: longer than %zu bytes (--max-reply)", len);
	result = session_large_begin(s, line, len);
	if (s->large.active)
		frame_drop(&s->frame, in, len);
	return result;
}

/* Handles a line for which there is no memory. */
static int feed_memory(struct session *s, struct frame_input *in)
{
	size_t len = s->frame.held.len;
	int result;

	if (!s->keep || len == 0)
		return session_fail_memory(s);
	s->keep = false;
	result = session_large_lost(s, buf_head(&s->frame.held), len);
	frame_drop(&s->frame, in, len);
	return result;
}

/* Handles the next line, or the part of it that has come.  0, or -1 if it ended the session. */
static int feed_next(struct session *s, struct frame_input *in)
{
	const char *line;
	size_t len, raw;

	if (s->large.active)
		return session_large_feed(s, in);
	switch (frame_next(&s->frame, in, feed_limit(s), &line, &len, &raw)) {
	case FRAME_LINE:
		s->more = in->len > 0;
		return feed_line(s, line, len, raw);
	case FRAME_LONG:
		return feed_long(s, in, line, len);
	case FRAME_MEMORY:
		return feed_memory(s, in);
	case FRAME_MORE:
		break;
	}
	len = frame_held(&s->frame);
	if (feed_greeting(s, buf_head(&s->frame.held), len, false) == -1)
		return -1;
	return feed_before(s, len);
}

int session_feed(struct session *s, const char *bytes, size_t len, struct error *e)
{
	struct frame_input in = {bytes, len};

	if (s->phase != PHASE_ENDED)
		s->counters.received_bytes += len;
	while (in.len > 0 && s->phase != PHASE_ENDED) {
		if (s->phase == PHASE_TLS)
			session_fail(s, STATUS_TLS, "start_tls: unencrypted data after start_tls");
		else
			feed_next(s, &in);
	}
	/* Only now: the box may demand TLS in the same breath. */
	if (s->hello_pending && (s->phase == PHASE_GREETED || s->phase == PHASE_TLS_ASKED)) {
		s->hello_pending = false;
		s->ops->greeted(s->ctx, &s->hello);
	}
	if (s->failed) {
		*e = s->failure;
		return -1;
	}
	return 0;
}
