/* SPDX-License-Identifier: ISC */
/*
 * stream: bytes through one connected socket.  See stream.h.
 *
 * Owns the descriptor and TLS's state of it.  Knows no addresses, no messages and no trust.
 */
#include "link/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void stream_init(struct stream *s, int fd)
{
	*s = (struct stream){.fd = fd};
}

void stream_use_tls(struct stream *s, struct tls *tls)
{
	s->tls = tls;
	s->read_wants_write = s->write_wants_read = false;
}

enum flow stream_handshake(struct stream *s, struct error *e)
{
	/* Either direction may be the one waited for: both flags say so. */
	return tls_handshake(s->tls, &s->read_wants_write, e);
}

static enum flow stream_receive(struct stream *s, char *bytes, size_t size, size_t *got, struct error *e)
{
	ssize_t n;

	do
		n = recv(s->fd, bytes, size, 0);
	while (n == -1 && errno == EINTR);
	if (n > 0) {
		*got = (size_t)n;
		return FLOW_DONE;
	}
	if (n == 0)
		return FLOW_END;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return FLOW_WAIT;
	error_set(e, STATUS_LOST, "%s", strerror(errno));
	return FLOW_FAILED;
}

enum flow stream_read(struct stream *s, char *bytes, size_t size, size_t *got, struct error *e)
{
	enum flow flow;

	*got = 0;
	s->read_wants_write = false;
	flow = s->tls != NULL ? tls_read(s->tls, bytes, size, got, &s->read_wants_write, e) :
	    stream_receive(s, bytes, size, got, e);
	s->received += *got;
	return flow;
}

static enum flow stream_send(struct stream *s, const char *bytes, size_t len, size_t *put, struct error *e)
{
	while (*put < len) {
		ssize_t n = send(s->fd, bytes + *put, len - *put, MSG_NOSIGNAL);

		if (n >= 0) {
			*put += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return FLOW_WAIT;
		error_set(e, STATUS_LOST, "%s", strerror(errno));
		return FLOW_FAILED;
	}
	return FLOW_DONE;
}

enum flow stream_write(struct stream *s, const char *bytes, size_t len, size_t *put, struct error *e)
{
	enum flow flow;

	*put = 0;
	s->write_wants_read = false;
	flow = s->tls != NULL ? tls_write(s->tls, bytes, len, put, &s->write_wants_read, e) :
	    stream_send(s, bytes, len, put, e);
	s->sent += *put;
	return flow;
}

short stream_events(const struct stream *s, bool reading, bool writing)
{
	bool in = (reading && !s->read_wants_write) || (writing && s->write_wants_read);
	bool out = (writing && !s->write_wants_read) || (reading && s->read_wants_write);

	return (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
}

bool stream_has_more(const struct stream *s)
{
	return s->tls != NULL && tls_has_more(s->tls);
}

void stream_close(struct stream *s)
{
	if (s->tls != NULL) {
		tls_end(s->tls);
		tls_free(s->tls);
		s->tls = NULL;
	}
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}
