/* SPDX-License-Identifier: ISC */
/*
 * session_message: the meaning of a line from the box and whether it may come now (ptsh-protocol(7)).
 *
 * Owns the shape of messages and their routing.  Before login the rules are strict, because what arrives then may
 * come from any machine: a message not asked for ends the session.
 */
#include <stdio.h>
#include <string.h>

#include "proto/session_parts.h"

enum { SHOWN_ID = 40 };

static int shown_len(struct json v)
{
	return v.len < SHOWN_ID ? (int)v.len : SHOWN_ID;
}

/* --- taking a line apart --- */

int message_head(struct session *s, struct message *m, struct json status)
{
	uint64_t id;

	switch (json_kind(m->id)) {
	case JSON_NULL:
		m->notification = true;
		return 0;
	case JSON_NUMBER:
		m->entry = json_whole(m->id, false, &id) ? pending_find(&s->pending, id) : NULL;
		break;
	case JSON_STRING:
		break;	/* ours are numbers */
	default:
		return session_fail(s, STATUS_PROTOCOL, "message from the box: its id is neither a number nor a string");
	}
	m->ok = status.len == 1 && status.text[0] == '1';
	if (!m->ok && (status.len != 1 || status.text[0] != '0'))
		return session_fail(s, STATUS_PROTOCOL, "reply %.*s from the box: its status is neither 1 nor 0",
		    shown_len(m->id), m->id.text);
	return 0;
}

/* Validates the line and finds where its array is. */
static int message_scan(struct session *s, struct message *m, struct json *array)
{
	struct json_scan scan;
	size_t used, begin = message_blanks(m->line, m->len);

	if (begin == m->len || m->line[begin] != '[')
		return session_fail(s, STATUS_PROTOCOL, "message from the box: not a JSON array");
	json_scan_init(&scan, JSON_DEPTH);
	if (json_scan_feed(&scan, m->line + begin, m->len - begin, &used) != JSON_SCAN_DONE) {
		json_scan_end(&scan);
		return session_fail(s, STATUS_PROTOCOL, "message from the box: not JSON at offset %llu: %s",
		    (unsigned long long)(begin + scan.offset), scan.error);
	}
	*array = (struct json){m->line + begin, used};
	used += begin;
	used += message_blanks(m->line + used, m->len - used);
	if (used < m->len)
		return session_fail(s, STATUS_PROTOCOL,
		    "message from the box: not JSON at offset %zu: something follows the array", used);
	m->bad_utf8 = scan.bad_utf8;
	m->bad_escapes = scan.bad_escapes;
	return 0;
}

static int message_parse(struct session *s, struct message *m)
{
	struct json array = {0}, second = {"", 0};
	bool has_second;

	if (message_scan(s, m, &array) == -1)
		return -1;
	m->rest = json_iterate(array);
	if (!json_next(&m->rest, NULL, &m->id))
		return session_fail(s, STATUS_PROTOCOL, "message from the box: an empty array");
	has_second = json_next(&m->rest, NULL, &second);
	if (message_head(s, m, has_second ? second : (struct json){"", 0}) == -1)
		return -1;
	if (!m->notification)
		return 0;
	if (!has_second || json_kind(second) != JSON_STRING)
		return session_fail(s, STATUS_PROTOCOL, "notification from the box: its type is not a string");
	m->type = second;
	return 0;
}

/* --- notifications --- */

static void message_notice(struct session *s, enum notice_kind kind, struct message *m)
{
	struct json message = kind == NOTICE_UNKNOWN ? m->type : message_value(&m->rest);

	if (s->ops->notice)
		s->ops->notice(s->ctx, kind, message, m->rest, s->phase == PHASE_READY);
}

static int message_notification(struct session *s, struct message *m)
{
	if (json_is(m->type, "hello"))
		return session_hello(s, m);
	if (json_is(m->type, "start_tls"))
		return session_tls_notification(s);
	if (json_is(m->type, "info")) {
		message_notice(s, NOTICE_INFO, m);
	} else if (json_is(m->type, "error")) {
		message_notice(s, NOTICE_ERROR, m);
	} else if (s->phase != PHASE_READY) {
		return session_fail(s, STATUS_PROTOCOL, "notification %.*s from the box: not allowed before login",
		    shown_len(m->type), m->type.text);
	} else if (json_is(m->type, "event")) {
		s->counters.events++;
		if (s->ops->event) {
			struct json name = message_value(&m->rest);

			s->ops->event(s->ctx, name, m->rest, m->line, m->len);
		}
	} else {
		message_notice(s, NOTICE_UNKNOWN, m);
	}
	return 0;
}

/* --- replies --- */

void message_odd(struct session *s, struct json id)
{
	char text[SHOWN_ID + 100];
	uint64_t number;
	bool given = json_kind(id) == JSON_NUMBER && json_whole(id, false, &number) && number && number < s->next_id;

	s->counters.odd++;
	snprintf(text, sizeof text, "reply %.*s from the box: %s, ignored", shown_len(id), id.text,
	    given ? "answered before" : "never asked for");
	if (s->ops->odd)
		s->ops->odd(s->ctx, text);
}

/* Keeps a reply that has overtaken the one to the login, until the box has proved itself. */
static int message_hold(struct session *s, const struct message *m)
{
	if (s->early.len + m->len + 1 > SESSION_HELD)
		return session_fail(s, STATUS_PROTOCOL,
		    "replies from the box: more than %d bytes before that to the login", SESSION_HELD);
	buf_put(&s->early, m->line, m->len);
	buf_putc(&s->early, '\n');
	return s->early.failed ? session_fail_memory(s) : 0;
}

/* Handles the replies that came before the one to the login. */
static int message_replay(struct session *s)
{
	struct buf early = s->early;
	const char *line = buf_head(&early), *end = line + early.len;
	int result = 0;

	s->early = (struct buf){0};
	while (line < end && result == 0 && s->phase == PHASE_READY) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));

		result = session_line(s, line, (size_t)(lf - line), true);
		line = lf + 1;
	}
	buf_clear(&early);
	return result;
}

static int message_reply(struct session *s, struct message *m)
{
	struct reply reply = {.ok = m->ok, .line = m->line, .len = m->len, .values = m->rest, .bad_utf8 = m->bad_utf8,
	    .bad_escapes = m->bad_escapes};
	struct pending *p = m->entry;
	uint64_t id = p->id;
	void *tag = p->tag;

	switch (p->kind) {
	case PENDING_LOGIN:
		if (session_login_reply(s, m) == -1)
			return -1;
		return s->phase == PHASE_READY ? message_replay(s) : 0;
	case PENDING_TLS:
		return session_tls_reply(s, m);
	case PENDING_REFUSED:
		session_answered(s, p);
		return 0;
	case PENDING_FORGOTTEN:
		if (s->phase != PHASE_READY)
			return message_hold(s, m);
		session_answered(s, p);
		if (s->ops->late)
			s->ops->late(s->ctx, id, m->ok);
		return 0;
	case PENDING_REQUEST:
		break;
	}
	if (s->phase != PHASE_READY)
		return message_hold(s, m);
	session_answered(s, p);
	s->counters.replies++;
	s->ops->reply(s->ctx, tag, &reply);
	return 0;
}

/* True if the message must wait for the login's answer. */
static bool message_waits(const struct session *s, const struct message *m)
{
	return s->phase == PHASE_LOGIN && m->entry && (m->entry->kind == PENDING_REQUEST ||
	    m->entry->kind == PENDING_FORGOTTEN);
}

int session_line(struct session *s, const char *line, size_t len, bool again)
{
	struct message m = {.line = line, .len = len};
	int parsed = message_parse(s, &m);
	bool ours = parsed == 0 && m.entry && m.entry->kind == PENDING_REQUEST;

	if (s->ops->received && !again)
		s->ops->received(s->ctx, line, len, ours ? m.entry->tag : NULL);
	if (parsed == -1)
		return -1;
	if (s->phase == PHASE_ENDED)
		return 0;
	if ((m.bad_utf8 || m.bad_escapes) && s->phase != PHASE_READY && !message_waits(s, &m))
		return session_fail(s, STATUS_PROTOCOL, "message from the box: not UTF-8, before login");
	if (m.notification)
		return message_notification(s, &m);
	if (m.entry)
		return message_reply(s, &m);
	if (s->phase != PHASE_READY)
		return session_fail(s, STATUS_PROTOCOL, "reply %.*s from the box: never asked for, before login",
		    shown_len(m.id), m.id.text);
	message_odd(s, m.id);
	return 0;
}
