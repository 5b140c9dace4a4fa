/* SPDX-License-Identifier: ISC */
/*
 * session_state: what a session has sent, which requests are open, and how it ends.
 *
 * Owns the output and the table of open requests; every other file of the session goes through it.  Knows no message
 * of the box.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/session_parts.h"

int session_fail(struct session *s, enum status status, const char *format, ...)
{
	char text[ERROR_TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	error_set(&s->failure, status, "%s", text);
	s->failed = true;
	s->phase = PHASE_ENDED;
	session_login_clear(s);
	return -1;
}

int session_fail_memory(struct session *s)
{
	struct error e;

	error_memory(&e);
	return session_fail(s, e.status, "%s", e.text);
}

/* Writes n at the end of head[size); where it begins. */
static char *queue_digits(char *head, size_t size, uint64_t n)
{
	char *p = head + size;

	do
		*--p = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	return p;
}

int session_queue(struct session *s, enum pending_kind kind, void *tag, const char *text, size_t len, bool lf)
{
	struct pending p = {.id = s->next_id, .start = s->queued, .tag = tag, .kind = kind};
	char digits[20], *first = queue_digits(digits, sizeof digits, p.id);
	size_t digits_len = (size_t)(digits + sizeof digits - first), head_len = digits_len + 2;
	char *room = buf_reserve(&s->out, head_len + len + 1);

	if (!room || pending_add(&s->pending, &p) == -1) {
		s->out.failed = false;	/* nothing was appended: what is queued is complete */
		return -1;
	}
	room[0] = '[';
	memcpy(room + 1, first, digits_len);
	room[head_len - 1] = ',';
	memcpy(room + head_len, text, len);
	len += head_len;
	room[len] = '\n';
	buf_commit(&s->out, len + lf);
	s->queued += len + lf;
	s->next_id++;
	if (kind == PENDING_REQUEST)
		s->open++;
	if (s->ops->sending)
		s->ops->sending(s->ctx, room, len);
	return 0;
}

bool session_sent(const struct session *s, const struct pending *p)
{
	return p->start < s->queued - s->out.len;
}

void session_answered(struct session *s, struct pending *entry)
{
	if (entry->kind == PENDING_REQUEST)
		s->open--;
	pending_remove(&s->pending, entry);
}

void session_login_clear(struct session *s)
{
	explicit_bzero(&s->cram, sizeof s->cram);
	s->login_id = 0;
	buf_clear(&s->early);
}

struct json message_value(struct json_iter *it)
{
	struct json v;

	if (!json_next(it, NULL, &v))
		v = (struct json){"null", 4};
	return v;
}

size_t session_end(struct session *s)
{
	struct pending_table t = s->pending;
	size_t incomplete = s->large.active ? (size_t)s->large.bytes : frame_held(&s->frame);
	bool handing = s->large.active && s->large.mode != LARGE_KEEP && s->large.mode != LARGE_SKIP;
	uint64_t partial = handing ? s->large.id : 0;

	if (s->unanswered_reported)
		return 0;
	s->unanswered_reported = true;
	s->phase = PHASE_ENDED;
	s->pending = (struct pending_table){0};
	s->open = 0;
	session_login_clear(s);
	session_large_clear(s);
	pending_finish(&t);
	for (size_t i = 0; i < t.count; i++) {
		const struct pending *p = &t.places[i];

		if (p->kind == PENDING_REQUEST)
			s->ops->unanswered(s->ctx, p->tag, session_sent(s, p), p->id == partial);
	}
	pending_clear(&t);
	return s->failed ? 0 : incomplete;
}

struct buf *session_output(struct session *s)
{
	return &s->out;
}

size_t session_open(const struct session *s)
{
	return s->open;
}

void session_forget(struct session *s, uint64_t id)
{
	struct pending *p = pending_find(&s->pending, id);

	if (!p || p->kind != PENDING_REQUEST)
		return;
	p->kind = PENDING_FORGOTTEN;
	s->open--;
	if (s->large.active && s->large.id == id)
		s->large.mode = LARGE_SKIP;	/* its carry is left alone: an operation may be reading it */
}

void session_large_clear(struct session *s)
{
	buf_clear(&s->large.carry);
	s->large.active = s->large.parting = false;
}
