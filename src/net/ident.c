/* SPDX-License-Identifier: ISC */
/*
 * ident: the server of RFC 1413.  See ident.h.
 *
 * Owns the listening socket and its clients.  Does not know what a box is.
 */
#include "net/ident.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/target.h"

enum {
	OUT_FULL = 8192,	/* bytes unsent, before no more queries are read */
	REST = 1000,		/* ms of rest when no connection can be accepted */
	BACKLOG = 16,
};

struct ident_client {
	struct ident *ident;
	int fd;			/* -1: a free place */
	struct address local, peer;
	struct loop_timer slow;
	char line[IDENT_QUERY_MAX + 2];	/* the part of a query that has come; two for the end of the line */
	size_t len;
	struct buf out;
	bool ended;		/* closed when its answers have been sent */
};

struct ident {
	struct loop *loop;
	int fd;
	int64_t patience;
	const struct ident_ops *ops;
	void *ctx;
	struct loop_timer rest;
	struct ident_client clients[IDENT_CLIENTS];
};

/* --- text --- */

bool ident_user_valid(const char *user)
{
	size_t len = 0;

	for (; user[len] != '\0'; len++)
		if ((unsigned char)user[len] < ' ' || (unsigned char)user[len] > '~' || len == IDENT_USER_MAX)
			return false;
	return len > 0 && user[0] != ' ' && user[len - 1] != ' ';
}

static size_t skip_blanks(const char *text, size_t len, size_t at)
{
	while (at < len && (text[at] == ' ' || text[at] == '\t'))
		at++;
	return at;
}

/* Reads a number with blanks around it; returns where it ends, 0: no number.  Too large ones stay too large. */
static size_t read_port(const char *text, size_t len, size_t at, unsigned *port)
{
	size_t start = at = skip_blanks(text, len, at);

	*port = 0;
	for (; at < len && text[at] >= '0' && text[at] <= '9'; at++)
		if (*port < 100000000)
			*port = *port * 10 + (unsigned)(text[at] - '0');
	return at > start ? skip_blanks(text, len, at) : 0;
}

bool ident_read_query(const char *text, size_t len, unsigned ports[static 2])
{
	size_t at;

	ports[0] = ports[1] = 0;
	at = read_port(text, len, 0, &ports[0]);
	if (at == 0 || at == len || text[at] != ',')
		return false;
	at = read_port(text, len, at + 1, &ports[1]);
	return at == len && ports[0] > 0 && ports[0] <= 65535 && ports[1] > 0 && ports[1] <= 65535;
}

bool ident_where(const char *text, struct address *a, unsigned short *port)
{
	const char *colon = strrchr(text, ':'), *word = colon != NULL ? colon + 1 : text;
	char host[ADDRESS_TEXT];
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	unsigned long number = 0;

	*a = (struct address){0};
	if (word[0] == '\0')
		return false;
	if (word[strspn(word, "0123456789")] != '\0') {
		if ((*port = target_service(word)) == 0)
			return false;
	} else {
		for (; *word != '\0'; word++)
			if ((number = number * 10 + (unsigned long)(*word - '0')) > 65535)
				return false;
		*port = (unsigned short)number;
	}
	if (colon == NULL)
		return true;
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL) {
		return false;		/* is the last number a port, or a part of the address? */
	}
	if (len == 0 || len >= sizeof host)
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	return address_parse(a, host, *port);
}

/* --- sockets --- */

static int listen_at(const struct address *a, bool both)
{
	int fd = socket(a->sa.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, off = 0;

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if ((a->sa.any.sa_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? &off : &on, sizeof on) == -1) ||
	    bind(fd, &a->sa.any, a->len) == -1 || listen(fd, BACKLOG) == -1) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

int ident_listen(const struct address *a, unsigned short port, struct error *e)
{
	struct address any;
	int fd;

	if (a->len != 0) {
		fd = listen_at(a, false);
	} else {
		address_parse(&any, "::", port);
		fd = listen_at(&any, true);
		if (fd == -1 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL || errno == EINVAL)) {	/* no IPv6 here */
			address_parse(&any, "0.0.0.0", port);
			fd = listen_at(&any, false);
		}
	}
	if (fd == -1)
		error_set(e, STATUS_LOST, "port %u: %s", (unsigned)port, strerror(errno));
	return fd;
}

int ident_take(int fd, struct error *e)
{
	struct address a = {.len = sizeof a.sa};
	int listens = 0;
	socklen_t len = sizeof listens;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == -1 || getsockname(fd, &a.sa.any, &a.len) == -1)
		return error_set(e, STATUS_USAGE, "descriptor %d: %s", fd, strerror(errno));
	if (!listens || (a.sa.any.sa_family != AF_INET && a.sa.any.sa_family != AF_INET6))
		return error_set(e, STATUS_USAGE, "descriptor %d: not a TCP socket that listens", fd);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == -1)
		return error_set(e, STATUS_USAGE, "descriptor %d: %s", fd, strerror(errno));
	return 0;
}

unsigned short ident_port(const struct ident *in)
{
	struct address a = {.len = sizeof a.sa};

	return getsockname(in->fd, &a.sa.any, &a.len) == 0 ? address_port(&a) : 0;
}

/* --- clients --- */

static void on_connection(void *ctx, int fd, short revents);
static void on_ready(void *ctx, int fd, short revents);

static bool is_full(const struct ident *in)
{
	for (size_t i = 0; i < IDENT_CLIENTS; i++)
		if (in->clients[i].fd == -1)
			return false;
	return true;
}

/* Listens while there is room; other clients wait in the kernel's queue. */
static void watch_listener(struct ident *in)
{
	(void)loop_watch(in->loop, in->fd, is_full(in) || in->rest.set ? 0 : POLLIN, on_connection, in);
}

static void ident_drop(struct ident_client *c)
{
	loop_timer_stop(c->ident->loop, &c->slow);
	loop_unwatch(c->ident->loop, c->fd);
	close(c->fd);
	buf_clear(&c->out);
	c->fd = -1;
	watch_listener(c->ident);
}

static void on_slow(void *ctx)
{
	ident_drop(ctx);
}

static void be_patient(struct ident_client *c)
{
	loop_timer_start(c->ident->loop, &c->slow, c->ident->patience, on_slow, c);
}

static void answer(struct ident_client *c, const char *query, size_t len)
{
	struct ident *in = c->ident;
	struct address local = c->local, remote = c->peer;
	const char *user = NULL;
	unsigned ports[2];
	size_t before = c->out.len;
	char text[IDENT_USER_MAX + 64];

	if (!ident_read_query(query, len, ports)) {
		buf_printf(&c->out, "%u, %u : ERROR : INVALID-PORT\r\n", ports[0], ports[1]);
	} else {
		address_set_port(&local, (unsigned short)ports[0]);
		address_set_port(&remote, (unsigned short)ports[1]);
		enum ident_answer found = in->ops->whose(in->ctx, &local, &remote, &user);
		buf_printf(&c->out, "%u, %u : %s%s\r\n", ports[0], ports[1],
		    found == IDENT_USER ? "USERID : UNIX : " : found == IDENT_HIDDEN ? "ERROR : HIDDEN-USER" : "ERROR : NO-USER",
		    found == IDENT_USER ? user : "");
	}
	if (c->out.failed)
		return;
	snprintf(text, sizeof text, "%.*s", (int)(c->out.len - before) - 2, buf_head(&c->out) + before);
	in->ops->answered(in->ctx, text);
}

/* Answers all complete queries.  False: a query is too long. */
static bool take_queries(struct ident_client *c)
{
	char *lf;

	while ((lf = memchr(c->line, '\n', c->len)) != NULL) {
		size_t len = (size_t)(lf - c->line), used = len + 1;

		if (len > 0 && c->line[len - 1] == '\r')
			len--;
		if (len > IDENT_QUERY_MAX)
			return false;
		answer(c, c->line, len);
		c->len -= used;
		memmove(c->line, c->line + used, c->len);
		be_patient(c);
	}
	return c->len < sizeof c->line;
}

/* Sends what can be sent.  False: the client has closed. */
static bool push(struct ident_client *c)
{
	while (c->out.len > 0) {
		ssize_t n = send(c->fd, buf_head(&c->out), c->out.len, MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN;
		buf_consume(&c->out, (size_t)n);
	}
	return true;
}

static void on_ready(void *ctx, int fd, short revents)
{
	struct ident_client *c = ctx;
	ssize_t n = -1;
	/* A client that connected before the box's address was known may turn out not to be the box. */
	bool good = c->ident->ops->welcome(c->ident->ctx, &c->peer);

	if (good && revents & (POLLIN | POLLHUP | POLLERR) && !c->ended && c->out.len < OUT_FULL) {
		n = recv(fd, c->line + c->len, sizeof c->line - c->len, 0);
		if (n > 0) {
			c->len += (size_t)n;
			good = take_queries(c);
		} else if (n == 0) {
			c->ended = true;
		} else {
			good = errno == EAGAIN || errno == EINTR;
		}
	}
	if (!good || c->out.failed || !push(c) || (c->ended && c->out.len == 0)) {
		ident_drop(c);
		return;
	}
	short events = c->out.len > 0 ? POLLOUT : 0;
	if (!c->ended && c->out.len < OUT_FULL)
		events |= POLLIN;
	(void)loop_watch(c->ident->loop, fd, events, on_ready, c);
}

static void on_rested(void *ctx)
{
	watch_listener(ctx);
}

static void add_client(struct ident *in, int fd, const struct address *peer)
{
	struct ident_client *c = in->clients;

	while (c->fd != -1)
		c++;
	*c = (struct ident_client){.ident = in, .fd = fd, .peer = *peer, .local.len = sizeof c->local.sa};
	if (!in->ops->welcome(in->ctx, peer) || getsockname(fd, &c->local.sa.any, &c->local.len) == -1 ||
	    loop_watch(in->loop, fd, POLLIN, on_ready, c) == -1) {
		close(fd);
		c->fd = -1;
		return;
	}
	be_patient(c);
}

static void on_connection(void *ctx, int fd, short revents)
{
	struct ident *in = ctx;

	(void)revents;
	while (!is_full(in)) {
		struct address peer = {.len = sizeof peer.sa};
		int one = accept4(fd, &peer.sa.any, &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (one != -1) {
			add_client(in, one, &peer);
		} else if (errno != EINTR && errno != ECONNABORTED) {
			/* Without a descriptor to spare it would be reported again at once, and again. */
			if (errno != EAGAIN)
				loop_timer_start(in->loop, &in->rest, REST, on_rested, in);
			break;
		}
	}
	watch_listener(in);
}

/* --- the server --- */

struct ident *ident_create(struct loop *l, int fd, int64_t patience, const struct ident_ops *ops, void *ctx)
{
	struct ident *in = calloc(1, sizeof *in);

	if (in == NULL || loop_watch(l, fd, POLLIN, on_connection, in) == -1) {
		free(in);
		close(fd);
		return NULL;
	}
	in->loop = l;
	in->fd = fd;
	in->patience = patience;
	in->ops = ops;
	in->ctx = ctx;
	for (size_t i = 0; i < IDENT_CLIENTS; i++)
		in->clients[i] = (struct ident_client){.ident = in, .fd = -1};
	return in;
}

void ident_free(struct ident *in)
{
	if (in == NULL)
		return;
	for (size_t i = 0; i < IDENT_CLIENTS; i++)
		if (in->clients[i].fd != -1)
			ident_drop(&in->clients[i]);
	loop_timer_stop(in->loop, &in->rest);
	loop_unwatch(in->loop, in->fd);
	close(in->fd);
	free(in);
}
