/* SPDX-License-Identifier: ISC */
/*
 * ident: one query, sent and waited for: the box under test has one client at that moment.
 */
#include "ident.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

enum { PATIENCE = 2000 };

static in_port_t *port_of(struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET ? &((struct sockaddr_in *)a)->sin_port : &((struct sockaddr_in6 *)a)->sin6_port;
}

static bool wait_for(int fd, short events, uint64_t end)
{
	struct pollfd p = {.fd = fd, .events = events};
	uint64_t now = clock_ms();

	return now < end && poll(&p, 1, (int)(end - now)) > 0;
}

/* Connects to the ident port of the peer, from the address that the peer is connected to. */
static int reach(struct sockaddr_storage local, struct sockaddr_storage peer, socklen_t len, int port, uint64_t end)
{
	int fd = socket(peer.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;
	socklen_t size = sizeof error;

	*port_of(&local) = 0;
	*port_of(&peer) = htons((uint16_t)port);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&local, len) == 0 &&
	    (connect(fd, (struct sockaddr *)&peer, len) == 0 || errno == EINPROGRESS) && wait_for(fd, POLLOUT, end) &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Returns the length of a complete answer, without its end of line; 0: incomplete. */
static size_t ask(int fd, unsigned theirs, unsigned ours, char *text, size_t size, uint64_t end)
{
	int n = snprintf(text, size, "%u , %u\r\n", theirs, ours);
	size_t len = 0;
	ssize_t got;

	if (send(fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		return 0;
	while (len < size - 1 && wait_for(fd, POLLIN, end) && (got = recv(fd, text + len, size - 1 - len, 0)) > 0) {
		char *lf = memchr(text + len, '\n', (size_t)got);

		len += (size_t)got;
		if (lf)
			return (size_t)(lf - text) - (lf > text && lf[-1] == '\r');
	}
	return 0;
}

bool ident_knows(const struct client *c)
{
	struct sockaddr_storage local, peer;
	socklen_t local_len = sizeof local, len = sizeof peer;
	uint64_t end = clock_ms() + PATIENCE;
	char text[1200] = "", wanted[600];
	size_t n = 0;
	int fd;

	if (c->box->o.ident < 0 || c->local || getsockname(c->fd, (struct sockaddr *)&local, &local_len) != 0 ||
	    getpeername(c->fd, (struct sockaddr *)&peer, &len) != 0)
		return false;
	unsigned theirs = ntohs(*port_of(&peer)), ours = ntohs(*port_of(&local));
	if ((fd = reach(local, peer, len, c->box->o.ident, end)) >= 0) {
		n = ask(fd, theirs, ours, text, sizeof text, end);
		close(fd);
	}
	text[n] = '\0';
	box_log(c->box, c, "ident", text, n);
	snprintf(wanted, sizeof wanted, "%u, %u : USERID : UNIX : %s", theirs, ours, c->box->o.user);
	return strcmp(text, wanted) == 0;
}
