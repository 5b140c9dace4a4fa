/* SPDX-License-Identifier: ISC */
/*
 * peer: the client of a script, one at a time, in blocking steps with a deadline.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "clock.h"
#include "tls.h"

enum { READ_SIZE = 64 * 1024 };

/* Waits for events.  False: the deadline has passed. */
static bool wait_for(int fd, short events, uint64_t deadline)
{
	struct pollfd pfd = {.fd = fd, .events = events};
	uint64_t now;

	while ((now = clock_ms()) < deadline)
		if (poll(&pfd, 1, (int)(deadline - now)) > 0)
			return true;
	return false;
}

static uint64_t deadline(const struct peer *p)
{
	return clock_ms() + p->deadline_ms;
}

enum peer_result peer_accept(struct peer *p)
{
	struct pollfd pfd[LISTENERS];
	int on = 1;

	for (unsigned i = 0; i < p->n; i++)
		pfd[i] = (struct pollfd){.fd = p->listeners[i], .events = POLLIN};
	if (poll(pfd, p->n, (int)p->deadline_ms) <= 0)
		return PEER_LATE;
	for (unsigned i = 0; i < p->n; i++) {
		if (!pfd[i].revents)
			continue;
		p->fd = accept4(p->listeners[i], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (p->fd < 0)
			return PEER_LATE;
		p->as.local = p->local[i];
		break;
	}
	if (!p->as.local)
		setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	p->as.secured = p->cut = false;
	p->as.number = ++p->box.connections;
	p->arrays = (struct arrays){0};
	box_log(&p->box, &p->as, "open", "", 0);
	return PEER_OK;
}

/* --- sending --- */

/* Writes once.  Returns the bytes written, 0: wait for *events, -1: the client has gone. */
static ssize_t write_some(struct peer *p, const char *bytes, size_t len, short *events)
{
	ssize_t n;
	int result;

	*events = POLLOUT;
	if (!p->ssl) {
		n = send(p->fd, bytes, len, MSG_NOSIGNAL);
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : n;
	}
	ERR_clear_error();
	result = SSL_write(p->ssl, bytes, len > 16384 ? 16384 : (int)len);
	if (result > 0)
		return result;
	switch (SSL_get_error(p->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		*events = POLLIN;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		return 0;
	default:
		return -1;
	}
}

enum peer_result peer_send(struct peer *p, const char *bytes, size_t len)
{
	uint64_t end = deadline(p);
	short events;

	while (len > 0 && !p->cut) {
		size_t part = p->chunk && p->chunk < len ? p->chunk : len;
		ssize_t n = write_some(p, bytes, part, &events);

		if (n < 0) {
			p->cut = true;
		} else if (n == 0) {
			if (!wait_for(p->fd, events, end))
				return PEER_LATE;
		} else {
			bytes += n;
			len -= (size_t)n;
			if (p->chunk && p->chunk_ms && len > 0)
				poll(NULL, 0, (int)p->chunk_ms);
			end = deadline(p);
		}
	}
	return PEER_OK;
}

enum peer_result peer_inject(struct peer *p, const char *bytes, size_t len)
{
	SSL *ssl = p->ssl;
	enum peer_result result;

	p->ssl = NULL;
	result = peer_send(p, bytes, len);
	p->ssl = ssl;
	return result;
}

/* --- receiving --- */

/* Reads once, as write_some() writes; -1: the client sends no more. */
static ssize_t read_some(struct peer *p, short *events)
{
	char *room = buf_reserve(&p->in, READ_SIZE);
	ssize_t n;
	int result;

	*events = POLLIN;
	if (!p->ssl) {
		n = recv(p->fd, room, READ_SIZE, 0);
		if (n > 0)
			buf_commit(&p->in, (size_t)n);
		return n > 0 ? n : n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
	}
	ERR_clear_error();
	result = SSL_read(p->ssl, room, READ_SIZE);
	if (result > 0) {
		buf_commit(&p->in, (size_t)result);
		return result;
	}
	switch (SSL_get_error(p->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*events = POLLOUT;
		return 0;
	default:
		return -1;
	}
}

enum peer_result peer_receive(struct peer *p, const struct array **array)
{
	uint64_t end = deadline(p);
	enum arrays_result result;
	const char *error;
	short events;

	array_clear(&p->last);
	while ((result = arrays_next(&p->arrays, &p->in, &p->last, &error)) == ARRAYS_MORE) {
		ssize_t n = read_some(p, &events);

		if (n < 0)
			return PEER_EOF;
		if (n == 0 && !wait_for(p->fd, events, end))
			return PEER_LATE;
	}
	if (result == ARRAYS_BAD) {
		box_log(&p->box, &p->as, "odd", buf_head(&p->in), p->in.len < 200 ? p->in.len : 200);
		return PEER_BAD;
	}
	*array = &p->last;
	box_log(&p->box, &p->as, "recv", p->last.text, p->last.len);
	p->asked_tls = memmem(p->last.text, p->last.len, "\"start_tls\"]", 12) != NULL;
	/* The bytes stay valid until the next read. */
	buf_consume(&p->in, p->last.len);
	return PEER_OK;
}

bool peer_wait(struct peer *p, unsigned ms)
{
	struct pollfd pfd = {.fd = p->fd, .events = POLLRDHUP};
	uint64_t end = clock_ms() + ms, now;

	while ((now = clock_ms()) < end)
		if (poll(&pfd, 1, (int)(end - now)) > 0)
			return true;
	return false;
}

/* --- TLS --- */

enum peer_result peer_start_tls(struct peer *p, const char **why)
{
	uint64_t end = deadline(p);
	char text[300];
	int n;

	/* After other requests CR and LF mean nothing. */
	while (!p->asked_tls && p->in.len > 0 && strchr("\r\n", *buf_head(&p->in)))
		buf_consume(&p->in, 1);
	*why = "bytes came before the handshake";
	if (p->in.len > 0) {
		box_log(&p->box, &p->as, "odd", buf_head(&p->in), p->in.len < 200 ? p->in.len : 200);
		return PEER_BAD;
	}
	if (!p->box.tls)
		p->box.tls = tls_context(&p->box.o);
	p->ssl = SSL_new(p->box.tls);
	if (!p->ssl || SSL_set_fd(p->ssl, p->fd) != 1)
		die("out of memory");
	for (;;) {
		ERR_clear_error();
		n = SSL_accept(p->ssl);
		if (n == 1)
			break;
		n = SSL_get_error(p->ssl, n);
		if (n != SSL_ERROR_WANT_READ && n != SSL_ERROR_WANT_WRITE) {
			*why = ERR_peek_error() ? ERR_reason_error_string(ERR_peek_error())
						: "the connection ended";
			box_logf(&p->box, &p->as, "odd", "handshake: %s", *why);
			return PEER_BAD;
		}
		if (!wait_for(p->fd, n == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, end))
			return PEER_LATE;
	}
	p->as.secured = true;
	tls_describe(p->ssl, text, sizeof text);
	box_log(&p->box, &p->as, "tls", text, strlen(text));
	return PEER_OK;
}

/* --- the end --- */

void peer_shutdown(struct peer *p)
{
	if (p->ssl)
		SSL_shutdown(p->ssl);
	shutdown(p->fd, SHUT_WR);
}

void peer_close(struct peer *p, bool reset)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	char bytes[READ_SIZE];

	if (p->fd < 0)
		return;
	if (reset)
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	else if (!p->ssl)
		/* Reads what is there first: closing with unread bytes sends a reset. */
		while (recv(p->fd, bytes, sizeof bytes, 0) > 0)
			;
	if (p->in.len > 0)
		box_log(&p->box, &p->as, "rest", buf_head(&p->in), p->in.len);
	box_log(&p->box, &p->as, "close", "box", 3);
	SSL_free(p->ssl);
	p->ssl = NULL;
	close(p->fd);
	p->fd = -1;
	buf_consume(&p->in, p->in.len);
	array_clear(&p->last);
}
