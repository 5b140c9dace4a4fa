/* SPDX-License-Identifier: ISC */
/*
 * session_large: a reply that is passed on while it arrives.
 *
 * Owns the scan of the line and the beginning of the one item that is incomplete; nothing else of a reply is held,
 * however long it is, and of an item that grows longer than SESSION_ITEM nothing either.  A line is large by its length
 * alone, so it makes no difference in which pieces it comes.
 */
#include <stdio.h>
#include <string.h>

#include "proto/session_parts.h"

static void *large_tag(const struct session *s)
{
	const struct pending *p = pending_find(&s->pending, s->large.id);

	return p ? p->tag : NULL;
}

/* --- handing on --- */

static void large_hand(struct session *s, struct json item, unsigned depth, bool first)
{
	if (s->ops->reply_item)
		s->ops->reply_item(s->ctx, large_tag(s), item, depth, first);
}

/* True if the item just reported is one whose elements were reported before. */
static bool large_is_container(const struct large *l)
{
	return l->mode == LARGE_ELEMENTS && l->scan.item_depth == 1 && l->scan.item_first == '[';
}

static void large_open(struct session *s)
{
	s->large.open = true;
	s->large.elements = 0;
	large_hand(s, (struct json){"", 0}, 1, true);
}

/* An item that the scan has reported; its text is not needed if its elements were passed on.  The first two are id
 * and status.  An operation may forget the request, or end the session: then there is no reader for the rest. */
static void large_item(struct session *s, struct json item)
{
	struct large *l = &s->large;

	if (l->scan.item_depth == 2) {
		if (!l->open)
			large_open(s);
		if (l->active && l->mode == LARGE_ELEMENTS)
			large_hand(s, item, 2, l->elements++ == 0);
		return;
	}
	if (l->values++ < 2)
		return;
	if (!large_is_container(l)) {
		large_hand(s, item, 1, l->values == 3);
		return;
	}
	if (!l->open)
		large_open(s);
	l->open = false;
	if (l->active && l->mode == LARGE_ELEMENTS)
		large_hand(s, (struct json){"", 0}, 1, false);
}

/* There is no memory for the item: the reply is lost, the session is not. */
static int large_lose(struct session *s)
{
	struct large *l = &s->large;
	struct pending *p = pending_find(&s->pending, l->id);
	struct error e;

	if (!p || p->kind != PENDING_REQUEST || !s->ops->reply_lost)
		return session_fail_memory(s);
	error_memory(&e);
	l->mode = LARGE_SKIP;
	p->kind = PENDING_REFUSED;
	s->open--;
	s->counters.replies++;
	buf_clear(&l->carry);
	s->ops->reply_lost(s->ctx, p->tag, &e);
	return 0;
}

/* --- the bytes of the line --- */

static int large_bad(struct session *s)
{
	return session_fail(s, STATUS_PROTOCOL, "message from the box: not JSON at offset %llu: %s",
	    (unsigned long long)s->large.scan.offset, s->large.scan.error);
}

static bool large_wants_items(const struct large *l)
{
	return l->mode == LARGE_VALUES || l->mode == LARGE_ELEMENTS;
}

/* len: the bytes of the item so far. */
static int large_check(struct session *s, uint64_t len)
{
	if (len <= s->max_reply)
		return 0;
	return session_fail(s, STATUS_PROTOCOL,
	    "reply from the box: one value in it is longer than %zu bytes (--max-reply)", s->max_reply);
}

static void large_hand_part(struct session *s, const char *text, size_t len, unsigned depth, bool last)
{
	if (s->large.active && large_wants_items(&s->large))
		s->ops->reply_part(s->ctx, large_tag(s), text, len, depth, last);
}

/* Passes on text[0..len) of an item that has grown too long to be held, after the part that was held. */
static void large_part(struct session *s, const char *text, size_t len, unsigned depth)
{
	struct large *l = &s->large;

	if (!l->parting && depth == 2 && !l->open)
		large_open(s);
	l->parting = true;
	if (l->carry.len > 0)
		large_hand_part(s, buf_head(&l->carry), l->carry.len, depth, false);
	buf_reset(&l->carry);
	large_hand_part(s, text, len, depth, false);
}

/* The end of one. */
static void large_part_ended(struct session *s, const char *text, size_t len)
{
	struct large *l = &s->large;
	unsigned depth = l->scan.item_depth;

	l->parting = false;
	if (depth == 2)
		l->elements++;
	else
		l->values++;
	large_hand_part(s, text, len, depth, true);
}

/* The input ends at `end`, maybe inside an item: keeps the part that has come.  begin: of the input. */
static int large_carry(struct session *s, const char *begin, const char *end)
{
	struct large *l = &s->large;
	uint64_t start, len;
	unsigned depth = json_scan_inside(&l->scan, &start);

	if (depth == 0)
		return 0;
	len = l->scan.offset - start;
	if (large_check(s, len) == -1)
		return -1;
	/* Begun earlier, it takes all of this input. */
	if (l->carry.len == 0 && !l->parting)
		begin = end - len;
	if (l->parting || (len > SESSION_ITEM && l->values >= 2 && s->ops->reply_part)) {
		large_part(s, begin, (size_t)(end - begin), depth);
		return 0;
	}
	buf_put(&l->carry, begin, (size_t)(end - begin));
	return l->carry.failed ? large_lose(s) : 0;
}

/* An item ends at `end`.  begin: of the input. */
static int large_item_ended(struct session *s, const char *begin, const char *end)
{
	struct large *l = &s->large;
	size_t len = (size_t)(l->scan.offset - l->scan.item_start);

	if (!large_wants_items(l))
		return 0;
	if (large_is_container(l)) {
		large_item(s, (struct json){"", 0});
		return 0;
	}
	if (large_check(s, len) == -1)
		return -1;
	if (l->parting) {
		large_part_ended(s, begin, (size_t)(end - begin));
		return 0;
	}
	if (l->carry.len == 0) {
		large_item(s, (struct json){end - len, len});
		return 0;
	}
	buf_put(&l->carry, begin, (size_t)(end - begin));
	if (l->carry.failed)
		return large_lose(s);
	large_item(s, (struct json){buf_head(&l->carry), len});
	buf_reset(&l->carry);
	return 0;
}

/* Only white space may follow the array. */
static int large_tail(struct session *s, const char *p, size_t len)
{
	size_t blanks = message_blanks(p, len);

	if (blanks == len)
		return 0;
	return session_fail(s, STATUS_PROTOCOL, "message from the box: not JSON at offset %llu: something follows the array",
	    (unsigned long long)(s->large.bytes + blanks));
}

static void large_text(struct session *s, const char *p, size_t len)
{
	if (s->large.mode == LARGE_TEXT && len > 0 && s->ops->reply_text)
		s->ops->reply_text(s->ctx, large_tag(s), p, len, s->large.scan.ended);
}

/* Bytes of the line, without its LF. */
static int large_bytes(struct session *s, const char *p, size_t len)
{
	struct large *l = &s->large;
	const char *begin = p;

	while (len > 0 && !l->done) {
		size_t used;
		enum json_scan_result result = json_scan_feed(&l->scan, p, len, &used);

		large_text(s, p, used);
		p += used;
		len -= used;
		l->bytes += used;
		if (!l->active)
			return 0;
		switch (result) {
		case JSON_SCAN_BAD:
			return large_bad(s);
		case JSON_SCAN_DONE:
			l->done = true;
			break;
		case JSON_SCAN_ITEM:
			if (large_item_ended(s, begin, p) == -1)
				return -1;
			if (!l->active)
				return 0;
			break;
		case JSON_SCAN_MORE:
			return large_wants_items(l) ? large_carry(s, begin, p) : 0;
		}
	}
	if (large_tail(s, p, len) == -1)
		return -1;
	l->bytes += len;
	return 0;
}

static int large_end(struct session *s)
{
	struct large *l = &s->large;
	struct pending *p = pending_find(&s->pending, l->id);
	uint64_t bad_utf8 = l->scan.bad_utf8, bad_escapes = l->scan.bad_escapes;
	enum pending_kind kind = p ? p->kind : PENDING_REFUSED;
	void *tag = p ? p->tag : NULL;

	if (!l->done) {
		json_scan_end(&l->scan);
		return large_bad(s);
	}
	session_large_clear(s);
	if (l->id == 0) {
		message_odd(s, (struct json){l->name, strlen(l->name)});
		return 0;
	}
	if (p)
		session_answered(s, p);
	if (kind == PENDING_FORGOTTEN && s->ops->late)
		s->ops->late(s->ctx, l->id, l->ok);
	if (kind != PENDING_REQUEST)
		return 0;
	s->counters.replies++;
	if (s->ops->reply_end)
		s->ops->reply_end(s->ctx, tag, bad_utf8, bad_escapes);
	return 0;
}

int session_large_feed(struct session *s, struct frame_input *in)
{
	const char *p = in->bytes, *lf = memchr(p, '\n', in->len);
	size_t len = lf ? (size_t)(lf - p) : in->len;

	in->bytes += lf ? len + 1 : len;
	in->len -= lf ? len + 1 : len;
	if (large_bytes(s, p, len) == -1)
		return -1;
	return lf && s->large.active ? large_end(s) : 0;
}

/* --- the beginning --- */

/* Finds id and status at the beginning of a line that is not complete. */
static int large_head(struct session *s, const char *line, size_t len, struct message *m)
{
	struct json_scan scan;
	struct json part[2];
	size_t at = 0;

	json_scan_init(&scan, JSON_DEPTH);
	scan.report = 1;
	for (int i = 0; i < 2; i++) {
		size_t used;
		enum json_scan_result result = json_scan_feed(&scan, line + at, len - at, &used);

		at += used;
		if (result == JSON_SCAN_BAD) {
			s->large.scan = scan;
			return large_bad(s);
		}
		if (result != JSON_SCAN_ITEM)
			return session_fail(s, STATUS_PROTOCOL,
			    "message from the box: no id and status in its first %zu bytes", len);
		part[i] = (struct json){line + scan.item_start, (size_t)(scan.offset - scan.item_start)};
	}
	m->line = line;
	m->len = len;
	m->id = part[0];
	return message_head(s, m, part[1]);
}

static int large_start(struct session *s, const struct message *m, uint64_t id, enum large_mode mode)
{
	struct large *l = &s->large;

	*l = (struct large){.active = true, .mode = mode, .id = id, .ok = m->ok};
	snprintf(l->name, sizeof l->name, "%.*s", (int)(m->id.len < 40 ? m->id.len : 40), m->id.text);
	json_scan_init(&l->scan, JSON_DEPTH);
	l->scan.report = mode == LARGE_VALUES ? 1 : mode == LARGE_ELEMENTS ? 2 : 0;
	return large_bytes(s, m->line, m->len);
}

int session_large_begin(struct session *s, const char *line, size_t len)
{
	struct message m = {0};
	enum large_mode mode = LARGE_SKIP;
	void *tag = NULL;
	uint64_t id;

	if (large_head(s, line, len, &m) == -1)
		return -1;
	id = m.entry ? m.entry->id : 0;
	if (m.entry && m.entry->kind == PENDING_REQUEST && m.ok) {
		tag = m.entry->tag;
		mode = s->ops->reply_large ? s->ops->reply_large(s->ctx, tag, line, len) : LARGE_KEEP;
		if (s->phase == PHASE_ENDED)
			return 0;
		/* The operation may have forgotten it. */
		m.entry = pending_find(&s->pending, id);
		if (!m.entry || m.entry->kind != PENDING_REQUEST)
			mode = LARGE_SKIP;
	} else if (m.notification ||
	    (m.entry && m.entry->kind != PENDING_FORGOTTEN && m.entry->kind != PENDING_REFUSED)) {
		mode = LARGE_KEEP;
	}
	if (mode == LARGE_KEEP) {
		s->keep = true;
		return 0;
	}
	if (s->ops->received)
		s->ops->received(s->ctx, line, len, tag);
	return s->phase == PHASE_ENDED ? 0 : large_start(s, &m, id, mode);
}

int session_large_lost(struct session *s, const char *line, size_t len)
{
	struct message m = {0};
	uint64_t id;

	if (large_head(s, line, len, &m) == -1)
		return -1;
	id = m.entry ? m.entry->id : 0;
	s->large.id = id;
	if (large_lose(s) == -1)
		return -1;
	return s->phase == PHASE_ENDED ? 0 : large_start(s, &m, id, LARGE_SKIP);
}
