/* SPDX-License-Identifier: ISC */
/*
 * server: listens, and moves the bytes of all clients in one loop.
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "box.h"
#include "client.h"
#include "clock.h"
#include "events.h"
#include "tls.h"

enum { EPOLL_EVENTS = 64, BACKLOG = 128 };

/* --- listening --- */

static int listen_tcp(int family, int *port)
{
	struct sockaddr_in6 six = {
	    .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)*port), .sin6_addr = in6addr_loopback};
	struct sockaddr_in four = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)*port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr *address =
	    family == AF_INET ? (const struct sockaddr *)&four : (const struct sockaddr *)&six;
	socklen_t len = family == AF_INET ? sizeof four : sizeof six;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		die("socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, address, len) != 0 || listen(fd, BACKLOG) != 0)
		die("port %d: %s", *port, strerror(errno));
	len = sizeof four;
	if (family == AF_INET && getsockname(fd, (struct sockaddr *)&four, &len) == 0)
		*port = ntohs(four.sin_port);
	return fd;
}

static int listen_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof address.sun_path)
		die("%s: too long for a socket's path", path);
	memcpy(address.sun_path, path, strlen(path));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0)
		die("%s: %s", path, strerror(errno));
	return fd;
}

unsigned server_listen(
    const struct options *o, int fds[static LISTENERS], bool local[static LISTENERS], int *port)
{
	unsigned n = 0;

	*port = o->port;
	if (o->port >= 0) {
		local[n] = false;
		fds[n++] = listen_tcp(AF_INET, port);
		if (o->v6) {
			local[n] = false;
			fds[n++] = listen_tcp(AF_INET6, port);
		}
	}
	if (o->unix_path) {
		local[n] = true;
		fds[n++] = listen_unix(o->unix_path);
	}
	return n;
}

void server_announce(const struct options *o, int port)
{
	if (port >= 0)
		printf("port %d%s", port, o->unix_path ? " " : "");
	if (o->unix_path)
		printf("unix %s", o->unix_path);
	putchar('\n');
	if (fflush(stdout) != 0)
		die("standard output: %s", strerror(errno));
}

/* --- access --- */

/* What --allow names. */
struct network {
	int family;			/* 0: all */
	unsigned char address[16];
	unsigned bits;
};

/* Returns the number after the slash; more than any network has if it is none. */
static unsigned read_bits(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 3 && strspn(text, "0123456789") == len ? (unsigned)strtoul(text, NULL, 10) : 129;
}

static void read_network(struct network *n, const char *cidr)
{
	char text[INET6_ADDRSTRLEN] = "";
	size_t len;
	unsigned max;

	*n = (struct network){0};
	if (!cidr)
		return;
	len = strcspn(cidr, "/");
	if (len < sizeof text)
		memcpy(text, cidr, len);
	n->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	max = n->family == AF_INET ? 32 : 128;
	n->bits = cidr[len] == '/' ? read_bits(cidr + len + 1) : max;
	if (inet_pton(n->family, text, n->address) != 1 || n->bits > max)
		die("--allow: '%s' is no network", cidr);
}

static bool allowed(const struct network *n, const struct sockaddr_storage *peer)
{
	unsigned char mask = (unsigned char)(0xff00 >> n->bits % 8);
	const unsigned char *address = peer->ss_family == AF_INET
	    ? (const unsigned char *)&((const struct sockaddr_in *)peer)->sin_addr
	    : (const unsigned char *)&((const struct sockaddr_in6 *)peer)->sin6_addr;

	if (n->family == 0 || peer->ss_family == AF_UNIX)
		return true;
	return n->family == peer->ss_family && memcmp(address, n->address, n->bits / 8) == 0 &&
	    (n->bits % 8 == 0 || ((address[n->bits / 8] ^ n->address[n->bits / 8]) & mask) == 0);
}

/* Writes "127.0.0.1 port 40000"; nothing for a Unix socket. */
static void describe(const struct sockaddr_storage *peer, char *text, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "";
	const struct sockaddr_in *four = (const struct sockaddr_in *)peer;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)peer;
	bool v4 = peer->ss_family == AF_INET;

	text[0] = '\0';
	if (peer->ss_family == AF_UNIX)
		return;
	inet_ntop(peer->ss_family, v4 ? (const void *)&four->sin_addr : &six->sin6_addr, host, sizeof host);
	snprintf(text, size, "%s port %u", host, (unsigned)ntohs(v4 ? four->sin_port : six->sin6_port));
}

/* --- the loop --- */

enum watched { WATCH_TCP, WATCH_UNIX, WATCH_SIGNAL, WATCH_STDIN };

/* What the loop waits for besides clients. */
struct watch {
	enum watched what;
	int fd;
};

struct server {
	struct box box;
	struct network allow;
	struct watch watch[LISTENERS + 2];
	unsigned watches;
	bool ending;
};

static void watch(struct server *s, enum watched what, int fd)
{
	struct watch *w = &s->watch[s->watches++];
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = w};

	*w = (struct watch){what, fd};
	/* epoll refuses a regular file; it will not end either. */
	if (epoll_ctl(s->box.epoll, EPOLL_CTL_ADD, fd, &event) != 0 && what != WATCH_STDIN)
		die("epoll: %s", strerror(errno));
}

static void accept_all(struct server *s, const struct watch *w)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer;
	int fd;

	while ((fd = accept4(w->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		char from[INET6_ADDRSTRLEN + 16];

		describe(&peer, from, sizeof from);
		if (allowed(&s->allow, &peer)) {
			client_create(&s->box, fd, w->what == WATCH_UNIX, from);
		} else {
			box_log(&s->box, NULL, "refused", from, strlen(from));
			close(fd);
		}
		len = sizeof peer;
	}
}

static void handle_watch(struct server *s, const struct watch *w)
{
	char bytes[512];

	switch (w->what) {
	case WATCH_TCP: case WATCH_UNIX:
		accept_all(s, w);
		return;
	case WATCH_SIGNAL:
		s->ending = true;
		return;
	case WATCH_STDIN:
		s->ending = read(w->fd, bytes, sizeof bytes) == 0;
		return;
	}
}

static void handle_client(struct client *c, unsigned events)
{
	if (c->gone)
		return;
	if (events & EPOLLIN)
		client_read(c);
	else if (events & (EPOLLERR | EPOLLHUP))
		client_drop(c, "reset");
	if (events & EPOLLOUT)
		client_flush(c);
}

/* Frees clients that have closed; with --once, ends the box with the last one. */
static void sweep(struct server *s)
{
	struct client *c, *next;

	for (c = TAILQ_FIRST(&s->box.clients); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!c->gone)
			continue;
		client_free(c);
		if (s->box.o.once && TAILQ_EMPTY(&s->box.clients))
			s->ending = true;
	}
}

static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Does what is due; returns the ms until more is, or -1. */
static int work(struct box *box)
{
	uint64_t now = clock_ms();
	struct client *c;
	struct job *job;
	int wait;

	jobs_run(box, now);
	wait = events_flood(box, now);
	if ((job = TAILQ_FIRST(&box->jobs)))
		wait = sooner(wait, job->due > now ? (int)(job->due - now) : 0);
	TAILQ_FOREACH (c, &box->clients, link)
		if (client_go_on(c))
			wait = 0;
	if (box->o.latency_ms == 0)
		return wait;
	TAILQ_FOREACH (c, &box->clients, link) {
		if (client_wait(c, now) == 0)
			client_flush(c);
		wait = sooner(wait, client_wait(c, now));
	}
	return wait;
}

static void loop(struct server *s)
{
	struct epoll_event events[EPOLL_EVENTS];
	const struct watch *end = s->watch + s->watches;

	while (!s->ending) {
		int wait = work(&s->box), n;

		sweep(s);
		if (s->ending)
			break;
		n = epoll_wait(s->box.epoll, events, EPOLL_EVENTS, wait);
		if (n < 0 && errno != EINTR)
			die("epoll: %s", strerror(errno));
		for (int i = 0; i < n; i++) {
			struct watch *w = events[i].data.ptr;

			if (w >= s->watch && w < end)
				handle_watch(s, w);
			else
				handle_client(events[i].data.ptr, events[i].events);
		}
		sweep(s);
	}
}

/* Signals that end it, except those ignored at its start (^C is for the ptsh beside it): a blocked signal is read here
 * although it is ignored. */
static int signals(void)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction old;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		die("signalfd: %s", strerror(errno));
	return fd;
}

static void shut_down(struct server *s)
{
	struct client *c;

	TAILQ_FOREACH (c, &s->box.clients, link)
		client_drop(c, "box");
	sweep(s);
	for (unsigned i = 0; i < s->watches; i++)
		if (s->watch[i].what != WATCH_STDIN)
			close(s->watch[i].fd);
	if (s->box.o.unix_path)
		unlink(s->box.o.unix_path);
	jobs_clear(&s->box.jobs);
	model_clear(&s->box.model);
	SSL_CTX_free(s->box.tls);
	if (s->box.log)
		fclose(s->box.log);
	close(s->box.epoll);
}

int server_run(const struct options *o)
{
	struct server s = {.box.o = *o, .box.epoll = epoll_create1(EPOLL_CLOEXEC)};
	int fds[LISTENERS], port;
	bool local[LISTENERS];
	unsigned n;

	TAILQ_INIT(&s.box.clients);
	TAILQ_INIT(&s.box.jobs);
	read_network(&s.allow, o->allow);
	if (o->log && !(s.box.log = fopen(o->log, "ae")))
		die("%s: %s", o->log, strerror(errno));
	if (o->tls != BOX_TLS_OFF)
		s.box.tls = tls_context(o);
	model_init(&s.box.model, o);
	watch(&s, WATCH_SIGNAL, signals());
	if (o->stdin_guard)
		watch(&s, WATCH_STDIN, STDIN_FILENO);
	n = server_listen(o, fds, local, &port);
	for (unsigned i = 0; i < n; i++)
		watch(&s, local[i] ? WATCH_UNIX : WATCH_TCP, fds[i]);
	server_announce(o, port);
	loop(&s);
	shut_down(&s);
	return 0;
}
