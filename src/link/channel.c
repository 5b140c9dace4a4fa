/* SPDX-License-Identifier: ISC */
/*
 * channel: bytes to and from a box.  See channel.h.
 *
 * Owns the connection from the first attempt to the end, the handshake, and what may happen on it when.  connect knows
 * how it is reached, stream how bytes move, judge.c which key to trust.
 *
 * The holder may free the channel in any callback: the memory stays until the outermost call is left (`depth`), and
 * after every callback `freed` is checked.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "link/channel_parts.h"

enum {
	CHANNEL_ROUNDS = 32,		/* reads before others get a turn */
	CHANNEL_GRACE_MS = 2000,	/* after a failed write, to read what may still come */
};

static void channel_on_ready(void *ctx, int fd, short revents);
static void channel_on_soon(void *ctx);
static void channel_soon(struct channel *c);

/* --- callbacks to the holder --- */

static void channel_destroy(struct channel *c)
{
	channel_clear_trust(c);
	free(c->address);
	free(c->name);
	free(c);
}

/* Calls from outside are counted: the holder may free the channel in any callback. */
static void channel_enter(struct channel *c)
{
	c->depth++;
}

static void channel_leave(struct channel *c)
{
	if (--c->depth == 0 && c->freed)
		channel_destroy(c);
}

/* --- the end --- */

/* Frees what a connection needs; what channel_info() returns stays. */
static void channel_release(struct channel *c)
{
	loop_timer_stop(c->loop, &c->deadline);
	loop_timer_stop(c->loop, &c->soon);
	loop_timer_stop(c->loop, &c->grace);
	if (c->stream.fd != -1)
		loop_unwatch(c->loop, c->stream.fd);
	stream_close(&c->stream);
	connect_free(c->connect);
	c->connect = NULL;
	c->out = NULL;
	c->events = 0;
}

/* Ends the channel; the holder is called back from the loop.  The first reason counts. */
static void channel_end(struct channel *c, const struct error *e)
{
	if (c->ending)
		return;
	c->ending = true;
	c->ended_well = e == NULL;
	if (e != NULL)
		c->end = *e;
	channel_soon(c);
}

bool channel_has_ended(const struct channel *c)
{
	return c->ending;
}

static void channel_end_text(struct channel *c, enum status status, const char *what, const char *why)
{
	struct error e;

	error_set(&e, status, "%s: %s%s%s", c->name, what, why[0] != '\0' ? ": " : "", why);
	channel_end(c, &e);
}

static void channel_report_end(struct channel *c)
{
	if (c->closed_reported)
		return;
	c->closed_reported = true;
	c->state = CHANNEL_ENDED;
	channel_release(c);
	c->ops->closed(c->ctx, c->ended_well ? NULL : &c->end);
}

static void channel_end_lost(struct channel *c, const struct error *why)
{
	channel_end_text(c, why->status, "connection lost", why->text);
}

/* The box has ended its side, or the connection is broken: nothing more comes. */
static void channel_end_read(struct channel *c, const struct error *why)
{
	struct error e;

	/* It has sent nothing: that was no box. */
	if (c->stream.received == 0 && connect_left(c->connect) > 0) {
		char text[320];

		snprintf(text, sizeof text, "%.100s: %.100s closed the connection without a greeting; trying the next address",
		    c->name, c->address);
		channel_warn(c, text);
		if (channel_next(c))
			return;
	}
	if (c->write_failed)
		channel_end_lost(c, &c->write_error);
	else if (connect_proxy_failed(c->connect, &e))
		channel_end(c, &e);
	else if (why != NULL)
		channel_end_lost(c, why);
	else
		channel_end(c, NULL);
}

static void channel_on_grace(void *ctx)
{
	struct channel *c = ctx;

	/* A channel that is held had no chance to read. */
	if (c->hold) {
		loop_timer_start(c->loop, &c->grace, CHANNEL_GRACE_MS, channel_on_grace, c);
		return;
	}
	channel_enter(c);
	channel_end_lost(c, &c->write_error);
	channel_leave(c);
}

/* --- what the loop waits for --- */

static void channel_watch(struct channel *c)
{
	short events = 0;

	if (c->freed || c->stream.fd == -1)
		return;
	if (c->state == CHANNEL_OPEN && !c->ending)
		events = stream_events(&c->stream, !c->hold, c->out != NULL && c->out->len > 0 && !c->write_failed);
	else if (c->state == CHANNEL_SHAKING && !c->ending)
		events = stream_events(&c->stream, true, false);
	if (events == c->events)
		return;
	c->events = events;
	if (loop_watch(c->loop, c->stream.fd, events, channel_on_ready, c) == -1)
		channel_end_text(c, STATUS_PROTOCOL, "out of memory", "");
}

/* --- moving bytes --- */

static void channel_push(struct channel *c)
{
	size_t put;

	while (c->out != NULL && c->out->len > 0 && !c->write_failed) {
		enum flow flow = stream_write(&c->stream, buf_head(c->out), c->out->len, &put, &c->write_error);

		buf_consume(c->out, put);
		if (flow == FLOW_FAILED) {
			/* Text that the box has sent before it closed must still be read. */
			c->write_failed = true;
			loop_timer_start(c->loop, &c->grace, CHANNEL_GRACE_MS, channel_on_grace, c);
		}
		if (flow != FLOW_DONE)
			break;
	}
}

void channel_send(struct channel *c, struct buf *out)
{
	c->out = out;
	if (c->state == CHANNEL_OPEN && !c->ending)
		channel_push(c);
	c->left = out->len;
	channel_watch(c);
}

static void channel_drain(struct channel *c)
{
	channel_push(c);
	if (c->out == NULL || c->out->len >= c->left)
		return;
	c->left = c->out->len;
	if (c->ops->drained != NULL)
		c->ops->drained(c->ctx);
}

static bool channel_may_read(const struct channel *c)
{
	return c->state == CHANNEL_OPEN && !c->hold && !c->ending && !c->freed;
}

/* Reads all there is, within bounds: poll() does not report what TLS already holds. */
static void channel_pull(struct channel *c)
{
	struct error e;
	size_t got;

	for (unsigned round = 0; channel_may_read(c); round++) {
		if (round == CHANNEL_ROUNDS) {
			channel_soon(c);
			return;
		}
		enum flow flow = stream_read(&c->stream, c->bytes, sizeof c->bytes, &got, &e);
		if (flow == FLOW_WAIT)
			return;
		if (flow != FLOW_DONE) {
			channel_end_read(c, flow == FLOW_FAILED ? &e : NULL);
			return;
		}
		connect_settled(c->connect);
		bool short_read = c->stream.tls == NULL && got < sizeof c->bytes;
		c->ops->received(c->ctx, c->bytes, got);
		if (short_read)
			return;
	}
}

void channel_hold(struct channel *c, bool hold)
{
	if (c->hold == hold)
		return;
	c->hold = hold;
	if (!hold && c->state == CHANNEL_OPEN && stream_has_more(&c->stream))
		channel_soon(c);
	channel_watch(c);
}

/* --- the deadline --- */

static void channel_on_deadline(void *ctx)
{
	struct channel *c = ctx;
	struct error e;

	channel_enter(c);
	if (c->state == CHANNEL_CONNECTING) {
		connect_late(c->connect, &e);
		channel_end(c, &e);
	} else {
		channel_end_text(c, STATUS_TLS, "the TLS handshake was not answered in time", "");
	}
	channel_leave(c);
}

static void channel_set_deadline(struct channel *c)
{
	if (c->o->deadline != 0)
		loop_timer_start(c->loop, &c->deadline, c->o->deadline - loop_now(), channel_on_deadline, c);
}

/* --- the way into TLS --- */

void channel_start_tls(struct channel *c, enum known_start start)
{
	struct error e;
	char name[256];

	if (c->state != CHANNEL_OPEN || c->stream.tls != NULL)
		return;
	c->state = CHANNEL_SHAKING;
	if (channel_load_trust(c, &e) == -1) {
		channel_end(c, &e);
		return;
	}
	trust_note_start(&c->trust, start);
	struct tls_settings settings = {.min = c->o->tls_min, .ca = c->o->ca, .cert = c->o->cert, .key = c->o->key,
	    .passphrase = c->o->passphrase, .passphrase_ctx = c->o->passphrase_ctx, .loop = c->loop, .until = c->o->deadline,
	    .name = channel_verify_name(c, name), .best = trust_best(&c->trust),
	    .authorities = trust_needs_authority(&c->trust)};
	struct tls *tls = tls_create(&settings, c->stream.fd, &e);
	if (tls == NULL) {
		channel_end(c, &e);
		return;
	}
	stream_use_tls(&c->stream, tls);
	channel_set_deadline(c);
	channel_soon(c);
}

/* The handshake is complete: is it the box? */
static void channel_judge(struct channel *c)
{
	struct error e;
	char text[256];

	c->state = CHANNEL_JUDGING;
	loop_timer_stop(c->loop, &c->deadline);
	channel_watch(c);
	c->tls_version = tls_version(c->stream.tls);
	c->cipher = tls_cipher(c->stream.tls);
	snprintf(text, sizeof text, "%s, %s", c->tls_version, c->cipher);
	channel_step(c, text);
	if (tls_look(c->stream.tls, &c->peer, &e) == -1) {
		channel_end_text(c, e.status, "TLS", e.text);
		return;
	}
	if (trust_judge(&c->trust, &c->peer, &c->trusted, &e) == -1) {
		channel_end(c, &e);
		return;
	}
	if (c->freed)
		return;
	if (c->trusted)
		trust_remember_start(&c->trust);
	c->secured = true;
	c->state = CHANNEL_OPEN;
	snprintf(text, sizeof text, "its key, %s, is verified: %s", c->peer.pin, c->trust.verified_by);
	channel_step(c, text);
	c->ops->secured(c->ctx);
}

/* Continues the handshake; when it is complete, judges the peer.  The state is OPEN if that went well. */
static void channel_shake(struct channel *c)
{
	struct error e;

	switch (stream_handshake(&c->stream, &e)) {
	case FLOW_DONE:
		channel_judge(c);
		break;
	case FLOW_WAIT:
		break;
	case FLOW_END:
	case FLOW_FAILED:
		channel_end_text(c, e.status, "TLS", e.text);
		break;
	}
}

int channel_accept_clear(struct channel *c, struct error *e)
{
	int result;

	if (channel_wants(c) == WANTS_CLEAR)
		return 0;
	channel_enter(c);
	result = channel_load_trust(c, e) == -1 ? -1 : trust_accept_clear(&c->trust, e);
	if (c->freed)
		result = error_set(e, STATUS_TLS, "the connection is gone");
	channel_leave(c);
	return result;
}

int channel_accept_tls(struct channel *c, struct error *e)
{
	if (c->o->tls != TLS_OFF)
		return 0;
	return error_set(e, STATUS_TLS, "%s: the box demands TLS: remove --tls off", c->name);
}

/* --- from the loop --- */

static void channel_continue(struct channel *c)
{
	if (c->ending) {
		channel_report_end(c);
	} else {
		if (c->state == CHANNEL_SHAKING && c->stream.tls != NULL)
			channel_shake(c);
		/* Also right after the handshake: the box may have sent something with it. */
		if (c->state == CHANNEL_OPEN && !c->freed) {
			channel_drain(c);
			channel_pull(c);
		}
	}
	channel_watch(c);
}

static void channel_soon(struct channel *c)
{
	loop_timer_start(c->loop, &c->soon, 0, channel_on_soon, c);
}

static void channel_on_soon(void *ctx)
{
	struct channel *c = ctx;

	channel_enter(c);
	channel_continue(c);
	channel_leave(c);
}

static void channel_on_ready(void *ctx, int fd, short revents)
{
	(void)fd;
	(void)revents;
	channel_on_soon(ctx);
}

static void channel_set_tcp_options(struct channel *c, int fd)
{
	int on = 1, idle = (int)c->o->reach->keepalive, interval = idle / 3 > 0 ? idle / 3 : 1, count = 3;
	unsigned user_timeout = (unsigned)idle * 1000 + 30000;

	/* None of them is worth failing for. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (idle <= 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
}

static void channel_on_connected(void *ctx, int fd, enum connect_kind kind, const char *address, unsigned short port)
{
	struct channel *c = ctx;
	char text[256];
	struct error e;

	channel_enter(c);
	loop_timer_stop(c->loop, &c->deadline);
	stream_init(&c->stream, fd);
	c->kind = kind;
	c->port = port;
	free(c->address);
	c->address = strdup(address);
	if (kind == CONNECT_NETWORK || kind == CONNECT_LOOPBACK)
		channel_set_tcp_options(c, fd);
	c->state = CHANNEL_OPEN;
	snprintf(text, sizeof text, "connected to %s", address);
	channel_step(c, text);
	/* The memory of boxes decides channel_wants(), so a file that cannot be trusted ends it here. */
	if (c->address == NULL)
		channel_end_text(c, STATUS_PROTOCOL, "out of memory", "");
	else if (channel_asks_memory(c) && channel_load_trust(c, &e) == -1)
		channel_end(c, &e);
	else if (!c->freed)
		c->ops->connected(c->ctx);
	channel_watch(c);
	channel_leave(c);
}

static void channel_on_failed(void *ctx, const struct error *e)
{
	struct channel *c = ctx;

	channel_end(c, e);
}

static const struct connect_ops channel_connect_ops = {channel_step, channel_on_connected, channel_on_failed};

/* --- opening and freeing --- */

struct channel *channel_open(struct loop *l, const struct channel_options *o, const struct channel_ops *ops, void *ctx)
{
	struct channel *c = malloc(sizeof *c);

	if (c == NULL)
		return NULL;
	memset(c, 0, offsetof(struct channel, bytes));
	c->loop = l;
	c->o = o;
	c->ops = ops;
	c->ctx = ctx;
	c->stream.fd = -1;
	c->name = target_name(o->target);
	if (c->name != NULL)
		c->connect = connect_start(l, o->target, o->reach, &channel_connect_ops, c);
	if (c->connect == NULL) {
		channel_destroy(c);
		return NULL;
	}
	channel_set_deadline(c);
	return c;
}

void channel_free(struct channel *c)
{
	if (c == NULL)
		return;
	channel_release(c);
	c->state = CHANNEL_ENDED;
	c->freed = c->closed_reported = c->ending = true;
	if (c->depth == 0)
		channel_destroy(c);
}

bool channel_next(struct channel *c)
{
	if (c->state != CHANNEL_OPEN || c->ending || c->stream.tls != NULL || !connect_next(c->connect))
		return false;
	loop_unwatch(c->loop, c->stream.fd);
	stream_close(&c->stream);
	loop_timer_stop(c->loop, &c->soon);
	loop_timer_stop(c->loop, &c->grace);
	c->events = 0;
	c->out = NULL;
	c->hold = c->write_failed = false;
	c->state = CHANNEL_CONNECTING;
	channel_set_deadline(c);
	return true;
}

int64_t channel_greeting_due(const struct channel *c)
{
	int64_t now = loop_now(), left = c->connect != NULL ? (int64_t)connect_left(c->connect) : 0;

	if (left == 0)
		return 0;
	return now + (c->o->deadline != 0 ? (c->o->deadline - now) / (left + 1) : 10000);
}

/* --- its state, for .status --- */

bool channel_shows_certificate(const struct channel *c)
{
	return c->secured && c->trusted && c->stream.tls != NULL && tls_shows_certificate(c->stream.tls);
}

bool channel_endpoints(const struct channel *c, struct address *local, struct address *remote)
{
	return (c->kind == CONNECT_NETWORK || c->kind == CONNECT_LOOPBACK) && address_ends(c->stream.fd, local, remote);
}

void channel_info(const struct channel *c, struct channel_info *info)
{
	*info = (struct channel_info){.address = c->address, .received = c->stream.received, .sent = c->stream.sent};
	if (!c->secured)
		return;
	info->tls_version = c->tls_version;
	info->cipher = c->cipher;
	info->key = c->peer.key;
	info->pin = c->peer.pin;
	info->verified_by = c->trust.verified_by;
	info->subject = c->peer.subject;
	info->not_after = c->peer.not_after;
}
