/* SPDX-License-Identifier: ISC */
/*
 * dial: from a list of addresses to one connected socket.  See dial.h.
 *
 * Owns the sockets until one has won.  Knows no names, no deadline (the caller frees it then) and nothing of
 * what is said over the socket.
 */
#include "net/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum attempt_state { ATTEMPT_UNTRIED, ATTEMPT_OPEN, ATTEMPT_FAILED, ATTEMPT_WON };

struct attempt {
	struct dial *dial;
	struct address address;
	enum attempt_state state;
	int fd;
	int failure;		/* errno */
	const char *call;	/* what failed, where it was not the connecting itself */
};

struct dial {
	struct loop *loop;
	struct address bind;		/* len 0: none */
	dial_callback *callback;
	dial_step *step;
	void *ctx;
	struct attempt *attempts;
	size_t count;
	struct loop_timer next;
};

static void dial_turn(void *ctx);

static void dial_close(struct dial *d, struct attempt *a)
{
	if (a->fd == -1)
		return;
	loop_unwatch(d->loop, a->fd);
	close(a->fd);
	a->fd = -1;
}

/* "192.0.2.1 port 55: Connection refused" */
static void put_attempt(const struct attempt *a, struct buf *out)
{
	char text[ADDRESS_TEXT];

	address_text(&a->address, text);
	buf_printf(out, "%s: ", text);
	if (a->state == ATTEMPT_OPEN)
		buf_puts(out, "no answer");
	else if (a->state == ATTEMPT_WON)
		buf_puts(out, "not a box");
	else if (a->call != NULL)
		buf_printf(out, "%s: %s", a->call, a->failure == EAFNOSUPPORT ? "of another address family" : strerror(a->failure));
	else
		buf_puts(out, strerror(a->failure));
}

static void dial_fail(struct dial *d, struct attempt *a, const char *call, int failure)
{
	dial_close(d, a);
	a->state = ATTEMPT_FAILED;
	a->call = call;
	a->failure = failure;

	struct buf text = {0};
	put_attempt(a, &text);
	if (buf_string(&text) != NULL)
		d->step(d->ctx, buf_string(&text));
	buf_clear(&text);
}

static void dial_win(struct dial *d, struct attempt *a)
{
	int fd = a->fd;

	loop_timer_stop(d->loop, &d->next);
	loop_unwatch(d->loop, fd);
	a->fd = -1;
	a->state = ATTEMPT_WON;
	for (size_t i = 0; i < d->count; i++)
		if (d->attempts[i].state == ATTEMPT_OPEN) {
			dial_close(d, &d->attempts[i]);
			d->attempts[i].state = ATTEMPT_UNTRIED;
		}
	d->callback(d->ctx, fd, &a->address);
}

static void dial_on_ready(void *ctx, int fd, short revents)
{
	struct attempt *a = ctx;
	struct dial *d = a->dial;
	int failure = 0;
	socklen_t len = sizeof failure;

	(void)revents;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &len) == -1)
		failure = errno;
	if (failure == 0) {
		dial_win(d, a);
		return;
	}
	dial_fail(d, a, NULL, failure);
	dial_turn(d);
}

/* Starts connecting.  True if connected already. */
static bool dial_attempt(struct dial *d, struct attempt *a)
{
	static const int on = 1;

	a->fd = socket(a->address.sa.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->fd == -1) {
		dial_fail(d, a, "socket", errno);
		return false;
	}
	a->state = ATTEMPT_OPEN;
	if (d->bind.len != 0) {
		/* Without its own port taken at bind(), many connections can share one local address. */
		setsockopt(a->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
		if (d->bind.sa.any.sa_family != a->address.sa.any.sa_family) {
			dial_fail(d, a, "--bind", EAFNOSUPPORT);
			return false;
		}
		if (bind(a->fd, &d->bind.sa.any, d->bind.len) == -1) {
			dial_fail(d, a, "--bind", errno);
			return false;
		}
	}
	if (connect(a->fd, &a->address.sa.any, a->address.len) == 0)
		return true;
	/* EINTR: connecting continues as after EINPROGRESS. */
	if (errno != EINPROGRESS && errno != EINTR)
		dial_fail(d, a, NULL, errno);
	else if (loop_watch(d->loop, a->fd, POLLOUT, dial_on_ready, a) == -1)
		dial_fail(d, a, "watching", ENOMEM);
	return false;
}

static void dial_note_next(struct dial *d, const struct attempt *a, bool open)
{
	char address[ADDRESS_TEXT], text[ADDRESS_TEXT + 80];

	address_text(&a->address, address);
	snprintf(text, sizeof text, "trying %s%s", address, open ? ", too: the one before has not answered yet" : "");
	d->step(d->ctx, text);
}

/* Starts the next attempt; when none is left and none is open, it has failed. */
static void dial_turn(void *ctx)
{
	struct dial *d = ctx;
	bool open = false;

	loop_timer_stop(d->loop, &d->next);
	for (size_t i = 0; i < d->count; i++) {
		struct attempt *a = &d->attempts[i];

		if (a->state == ATTEMPT_OPEN)
			open = true;
		if (a->state != ATTEMPT_UNTRIED)
			continue;
		if (i > 0)
			dial_note_next(d, a, open);
		if (dial_attempt(d, a)) {
			dial_win(d, a);
			return;
		}
		if (a->state == ATTEMPT_OPEN) {
			loop_timer_start(d->loop, &d->next, DIAL_DELAY_MS, dial_turn, d);
			return;
		}
	}
	if (!open)
		d->callback(d->ctx, -1, NULL);
}

struct dial *dial_start(struct loop *l, struct address_list *list, const struct reach *reach,
    dial_callback *callback, dial_step *step, void *ctx)
{
	struct dial *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->attempts = calloc(list->count + 1, sizeof *d->attempts);
	if (d->attempts == NULL) {
		free(d);
		return NULL;
	}
	d->loop = l;
	if (reach != NULL && reach->bind != NULL)	/* it has been checked */
		address_parse(&d->bind, reach->bind, 0);
	d->callback = callback;
	d->step = step;
	d->ctx = ctx;
	d->count = list->count;
	for (size_t i = 0; i < d->count; i++)
		d->attempts[i] = (struct attempt){.dial = d, .address = list->items[i], .fd = -1};
	address_list_clear(list);
	loop_timer_start(l, &d->next, 0, dial_turn, d);
	return d;
}

void dial_free(struct dial *d)
{
	if (d == NULL)
		return;
	loop_timer_stop(d->loop, &d->next);
	for (size_t i = 0; i < d->count; i++)
		dial_close(d, &d->attempts[i]);
	free(d->attempts);
	free(d);
}

size_t dial_left(const struct dial *d)
{
	size_t left = 0;

	for (size_t i = 0; i < d->count; i++)
		left += d->attempts[i].state == ATTEMPT_UNTRIED;
	return left;
}

bool dial_next(struct dial *d)
{
	if (dial_left(d) == 0)
		return false;
	loop_timer_start(d->loop, &d->next, 0, dial_turn, d);
	return true;
}

void dial_describe(const struct dial *d, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < d->count; i++) {
		if (d->attempts[i].state == ATTEMPT_UNTRIED)
			continue;
		buf_puts(out, first ? "" : "; ");
		first = false;
		put_attempt(&d->attempts[i], out);
	}
}
