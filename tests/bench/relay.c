/* SPDX-License-Identifier: ISC */
/*
 * relay: a long link to a port of this machine, for one connection after the other, and a count of what crosses it.
 *
 *	relay PORT MS [CONNECTIONS]
 *
 * Prints "port N" when it is ready.  Connecting and every byte, in either direction, take MS.  After so many connections (1) it
 * prints "flights F writes W" and ends: writes are the client's, flights those before which something from the box had reached
 * it since its last one, and after which more did.  However slow the machine is, a client has waited for the greeting and for F
 * more round trips.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct piece {
	STAILQ_ENTRY(piece) link;
	int64_t due;
	size_t len;		/* 0: the end */
	char bytes[];
};

/* One direction: from one descriptor to the other. */
struct way {
	int from, to;
	bool ended;
	STAILQ_HEAD(, piece) pieces;
};

static int64_t delay;
static unsigned long flights, answered, writes;
static bool news;	/* something has reached the client since it wrote */

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void take(struct way *w, bool client)
{
	static char bytes[1 << 16];
	ssize_t n = read(w->from, bytes, sizeof bytes);
	struct piece *p = malloc(sizeof *p + (n > 0 ? (size_t)n : 0));

	if (p == NULL)
		die("memory");
	p->due = now() + delay;
	p->len = n > 0 ? (size_t)n : 0;
	memcpy(p->bytes, bytes, p->len);
	STAILQ_INSERT_TAIL(&w->pieces, p, link);
	w->ended = p->len == 0;
	if (client && p->len > 0) {
		flights += news;
		writes++;
		news = false;
	}
}

/* Passes on what is due.  False: the end has been passed on. */
static bool pass(struct way *w, bool to_client)
{
	struct piece *p;

	while ((p = STAILQ_FIRST(&w->pieces)) != NULL && p->due <= now()) {
		STAILQ_REMOVE_HEAD(&w->pieces, link);
		if (p->len == 0) {
			free(p);
			return false;
		}
		if (send(w->to, p->bytes, p->len, MSG_NOSIGNAL) == -1 && errno != EPIPE && errno != ECONNRESET)
			die("send");
		if (to_client) {
			news = true;
			answered = flights;
		}
		free(p);
	}
	return true;
}

static void clear(struct way *w)
{
	struct piece *p;

	while ((p = STAILQ_FIRST(&w->pieces)) != NULL) {
		STAILQ_REMOVE_HEAD(&w->pieces, link);
		free(p);
	}
}

/* The box accepts when the client has been connected for as long as its bytes take; what it writes meanwhile is under way. */
static int dial(struct way *up, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
	int64_t due = now() + delay, left;
	int box = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	while ((left = due - now()) > 0) {
		struct pollfd p = {.fd = up->ended ? -1 : up->from, .events = POLLIN};
		struct timespec t = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
		if (ppoll(&p, 1, &t, NULL) == -1)
			die("poll");
		if (p.revents)
			take(up, true);
	}
	if (box == -1 || connect(box, (struct sockaddr *)&a, sizeof a) == -1)
		die("connect");
	setsockopt(box, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return box;
}

static void relay(int client, int port)
{
	struct way up = {.from = client}, down = {.to = client};
	int box;

	STAILQ_INIT(&up.pieces);
	STAILQ_INIT(&down.pieces);
	news = false;
	box = up.to = down.from = dial(&up, port);
	do {
		struct pollfd p[2] = {
			{.fd = up.ended ? -1 : client, .events = POLLIN}, {.fd = down.ended ? -1 : box, .events = POLLIN},
		};
		int64_t due = INT64_MAX, left;
		if (!STAILQ_EMPTY(&up.pieces))
			due = STAILQ_FIRST(&up.pieces)->due;
		if (!STAILQ_EMPTY(&down.pieces) && STAILQ_FIRST(&down.pieces)->due < due)
			due = STAILQ_FIRST(&down.pieces)->due;
		left = due == INT64_MAX ? 0 : due - now();
		struct timespec t = {.tv_sec = left > 0 ? left / 1000000 : 0, .tv_nsec = left > 0 ? left % 1000000 * 1000 : 0};
		if (ppoll(p, 2, due == INT64_MAX ? NULL : &t, NULL) == -1)
			die("poll");
		if (p[0].revents)
			take(&up, true);
		if (p[1].revents)
			take(&down, false);
	} while (pass(&up, false) && pass(&down, true));
	clear(&up);
	clear(&down);
	close(box);
	close(client);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof a;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client, on = 1;

	if (argc < 3)
		return 2;
	delay = strtoll(argv[2], NULL, 10) * 1000;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) == -1 || listen(listener, 1) == -1 ||
	    getsockname(listener, (struct sockaddr *)&a, &len) == -1)
		die("listen");
	printf("port %d\n", ntohs(a.sin_port));
	fflush(stdout);
	for (int left = argc > 3 ? atoi(argv[3]) : 1; left > 0; left--) {
		if ((client = accept(listener, NULL, NULL)) == -1)
			die("accept");
		setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		relay(client, atoi(argv[1]));
	}
	printf("flights %lu writes %lu\n", answered, writes);
	return 0;
}
