/* SPDX-License-Identifier: ISC */
/*
 * client: one connection of the simulated box: bytes in, bytes out, clear or TLS.
 *
 * TLS runs over memory, so that clear text after a start_tls is noticed.
 */
#include "client.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "box.h"
#include "clock.h"
#include "ident.h"
#include "login.h"
#include "requests.h"
#include "tls.h"

enum {
	READ_SIZE = 64 * 1024,
	READ_ROUNDS = 16,		/* then other clients get their turn */
	OUT_FULL = 16 * 1024 * 1024,	/* limit of unsent output; then reading stops */
	CIPHER_FULL = 256 * 1024,
	OUT_KEEP = 1024 * 1024,		/* of an empty buffer's memory */
};

/* --- out --- */

static struct buf *wire(struct client *c)
{
	return c->handshake ? &c->cipher : &c->out;
}

/* Moves what OpenSSL has written to the wire. */
static void collect(struct client *c)
{
	char bytes[READ_SIZE];
	int n;

	while ((n = BIO_read(SSL_get_wbio(c->ssl), bytes, sizeof bytes)) > 0)
		buf_put(&c->cipher, bytes, (size_t)n);
}

static void encrypt(struct client *c)
{
	while (c->secured && c->out.len > 0 && c->cipher.len < CIPHER_FULL) {
		size_t len = c->out.len < READ_SIZE ? c->out.len : READ_SIZE, n;

		ERR_clear_error();
		if (SSL_write_ex(c->ssl, buf_head(&c->out), len, &n) != 1)
			break;	/* memory takes everything: only an error gets here */
		buf_consume(&c->out, n);	/* a record at most, with partial writes */
		collect(c);
	}
	if (c->handshake)
		collect(c);
}

/* Returns how many bytes may be sent now: all, or those whose --latency has passed. */
static size_t released(struct client *c)
{
	uint64_t all = c->sent + wire(c)->len, now;

	if (c->box->o.latency_ms == 0)
		return wire(c)->len;
	now = clock_ms();
	if (all > c->wire) {
		*ITEM_ADD(&c->held) = (struct held){all, now + c->box->o.latency_ms};
		c->wire = all;
	}
	while (c->held.n > 0 && c->held.v[0].due <= now) {
		c->free = c->held.v[0].upto;
		ITEM_REMOVE(&c->held, 0);
	}
	return c->free > c->sent ? (size_t)(c->free - c->sent) : 0;
}

int client_wait(const struct client *c, uint64_t now)
{
	if (c->held.n == 0)
		return -1;
	return c->held.v[0].due > now ? (int)(c->held.v[0].due - now) : 0;
}

/* Sets the events for epoll: nothing is read from a client that does not read. */
static void listen_for(struct client *c, bool more)
{
	unsigned want = (c->out.len < OUT_FULL && !c->closing ? EPOLLIN : 0u) | (more ? EPOLLOUT : 0u);
	struct epoll_event event = {.events = want, .data.ptr = c};

	if (want != c->want && epoll_ctl(c->box->epoll, EPOLL_CTL_MOD, c->fd, &event) == 0)
		c->want = want;
}

void client_flush(struct client *c)
{
	size_t len;

	if (c->gone)
		return;
	while (encrypt(c), (len = released(c)) > 0) {
		ssize_t n = send(c->fd, buf_head(wire(c)), len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			client_drop(c, "reset");
			return;
		}
		buf_consume(wire(c), (size_t)n);
		c->sent += (uint64_t)n;
	}
	if (c->out.len == 0 && c->out.cap > OUT_KEEP)
		buf_clear(&c->out);
	if (c->closing && wire(c)->len == 0) {
		client_drop(c, c->end);
		return;
	}
	listen_for(c, len > 0);
}

/* --- in --- */

static void odd(struct client *c, const char *bytes, size_t len)
{
	box_log(c->box, c, "odd", bytes, len < 200 ? len : 200);
}

static void secure(struct client *c)
{
	char text[300];

	c->secured = true;
	if (tls_describe(c->ssl, text, sizeof text) && c->box->o.client_ca)
		c->authed = true;
	box_log(c->box, c, "tls", text, strlen(text));
	if (c->tls_id.len > 0)
		buf_printf(&c->out, "[%.*s,1]\n", (int)c->tls_id.len, buf_head(&c->tls_id));
	buf_clear(&c->tls_id);
}

/* Feeds TLS as much of the input as it takes. */
static void decrypt(struct client *c)
{
	int n;

	ERR_clear_error();
	if (!c->secured) {
		n = SSL_do_handshake(c->ssl);
		collect(c);
		if (n == 1) {
			secure(c);
		} else if (SSL_get_error(c->ssl, n) != SSL_ERROR_WANT_READ) {
			box_logf(
			    c->box, c, "odd", "handshake: %s", ERR_reason_error_string(ERR_peek_error()));
			client_close(c, "tls");
			return;
		} else {
			return;
		}
	}
	for (;;) {
		char *room = buf_reserve(&c->in, READ_SIZE);

		ERR_clear_error();
		n = SSL_read(c->ssl, room, READ_SIZE);
		if (n <= 0)
			break;
		buf_commit(&c->in, (size_t)n);
	}
	if (SSL_get_error(c->ssl, n) != SSL_ERROR_WANT_READ &&
	    SSL_get_error(c->ssl, n) != SSL_ERROR_ZERO_RETURN)
		client_close(c, "tls");
}

/* Allows TLS records only after the handshake was announced; a client's start_tls may cross the box's own. */
static void take_tls(struct client *c, const char *bytes, size_t len)
{
	if (!c->secured && !c->tls_begun && c->in.len + len > 0 &&
	    (c->in.len > 0 || bytes[0] == '[')) {
		size_t used;

		buf_put(&c->in, bytes, len);
		if (!requests_crossed_start_tls(c, &used)) {
			odd(c, buf_head(&c->in), c->in.len);
			client_close(c, "tls");
			return;
		}
		if (used == 0)
			return;
		buf_consume(&c->in, used);
		c->tls_begun = c->in.len > 0;
		BIO_write(SSL_get_rbio(c->ssl), buf_head(&c->in), (int)c->in.len);
		buf_consume(&c->in, c->in.len);
	} else {
		c->tls_begun = true;
		BIO_write(SSL_get_rbio(c->ssl), bytes, (int)len);
	}
	decrypt(c);
	if (c->secured && !c->closing)
		requests_take(c);
}

static ssize_t take_some(struct client *c)
{
	char bytes[READ_SIZE], *room = bytes;
	ssize_t n;

	if (!c->handshake)
		room = buf_reserve(&c->in, READ_SIZE);
	n = recv(c->fd, room, READ_SIZE, 0);
	if (n <= 0)
		return n;
	if (c->handshake) {
		take_tls(c, bytes, (size_t)n);
	} else {
		buf_commit(&c->in, (size_t)n);
		requests_take(c);
	}
	return n;
}

void client_read(struct client *c)
{
	ssize_t n = 1;

	for (int i = 0; i < READ_ROUNDS && !c->closing && !c->gone && !c->more && c->out.len < OUT_FULL; i++) {
		n = take_some(c);
		if (n < READ_SIZE)
			break;
	}
	if (n == 0) {
		/* Sends the last replies: the client may have closed only its half. */
		client_close(c, "eof");
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_drop(c, "reset");
		return;
	}
	client_flush(c);
}

bool client_go_on(struct client *c)
{
	if (!c->more || c->gone || c->out.len >= OUT_FULL)
		return false;
	requests_take(c);
	client_flush(c);
	return c->more && c->out.len < OUT_FULL;
}

/* --- beginning and end --- */

void client_start_tls(struct client *c)
{
	c->ssl = tls_create(c->box->tls);
	/* Output queued so far is sent before the handshake, in clear. */
	buf_put(&c->cipher, buf_head(&c->out), c->out.len);
	buf_consume(&c->out, c->out.len);
	c->handshake = true;
}

static void hello(struct client *c)
{
	const struct options *o = &c->box->o;
	bool none = c->local || ident_knows(c);
	const char *sep = "";

	for (size_t i = 0; i < AUTH_TYPES && o->auth[i]; i++)
		none |= o->auth[i] == BOX_NONE;
	c->authed = none;
	buf_puts(&c->out, "[null,\"hello\",1,[");
	if (none) {
		buf_puts(&c->out, "\"none\"");
		sep = ",";
	}
	for (size_t i = 0; i < AUTH_TYPES && o->auth[i]; i++) {
		if (o->auth[i] == BOX_NONE)
			continue;
		buf_printf(&c->out, "%s\"%s\"", sep, box_auth_name(o->auth[i]));
		sep = ",";
	}
	buf_puts(&c->out, "],\"");
	login_put_nonce(c);
	buf_puts(&c->out, "\"]\n");
	if (o->tls == BOX_TLS_DEMAND && !c->local) {
		buf_puts(&c->out, "[null,\"start_tls\"]\n");
		client_start_tls(c);
	}
}

struct client *client_create(struct box *box, int fd, bool local, const char *from)
{
	struct client *c = mem_zero(sizeof *c);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	int on = 1;

	c->box = box;
	c->fd = fd;
	c->local = local;
	c->number = ++box->connections;
	c->want = EPOLLIN;
	if (!local)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (getrandom(c->nonce, sizeof c->nonce, 0) != sizeof c->nonce ||
	    epoll_ctl(box->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		die("a connection: %s", strerror(errno));
	TAILQ_INSERT_TAIL(&box->clients, c, link);
	box->connected++;
	box_log(box, c, "open", from, strlen(from));
	if (box->o.max_clients && box->connected > box->o.max_clients) {
		buf_puts(&c->out, "[null,\"error\",\"too many connections\"]\n");
		client_close(c, "box");
	} else {
		hello(c);
	}
	client_flush(c);
	return c;
}

void client_close(struct client *c, const char *why)
{
	if (c->closing)
		return;
	c->closing = true;
	c->end = why;
}

void client_drop(struct client *c, const char *why)
{
	if (c->gone)
		return;
	if (!c->end)
		c->end = why;
	c->gone = true;
}

void client_free(struct client *c)
{
	if (c->in.len > 0)
		box_log(c->box, c, "rest", buf_head(&c->in), c->in.len);
	box_log(c->box, c, "close", c->end, strlen(c->end));
	if (c->secured && SSL_shutdown(c->ssl) >= 0) {
		collect(c);
		(void)send(c->fd, buf_head(&c->cipher), c->cipher.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	TAILQ_REMOVE(&c->box->clients, c, link);
	c->box->connected--;
	close(c->fd);
	SSL_free(c->ssl);
	buf_clear(&c->in);
	buf_clear(&c->out);
	buf_clear(&c->cipher);
	buf_clear(&c->tls_id);
	free(c->held.v);
	free(c);
}
