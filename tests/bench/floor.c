/* SPDX-License-Identifier: ISC */
/*
 * floor: the least that a client must cost: no options, no checks, one host, one way to log in.
 *
 *	floor PORT		logs in and sends a ping in one write, prints the reply
 *	floor PORT tls		the same in TLS, asked for; any certificate is accepted
 *	floor PORT early	the same, asked for before the greeting has come
 *	floor PORT N [WINDOW]	logs in, writes N ready-made pings, at most WINDOW of them unanswered, counts the replies
 *
 * The user is admin, the password PTSH_PASSWORD.  Linked to the libraries that ptsh is linked to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "base/base64.h"
#include "proto/auth.h"

static const char user[] = "admin";
static SSL *ssl;		/* NULL: in clear */

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int dial(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof a) == -1)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static void put(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = ssl != NULL ? SSL_write(ssl, bytes, (int)len) : write(fd, bytes, len);
		if (n <= 0)
			die("write");
		bytes += n;
		len -= (size_t)n;
	}
}

/* Reads until there are `lines` line ends in text. */
static size_t take(int fd, char *text, size_t size, int lines)
{
	size_t len = 0;

	while (lines > 0) {
		size_t room = size - 1 - len;
		ssize_t n = ssl != NULL ? SSL_read(ssl, text + len, (int)room) : read(fd, text + len, room);
		if (n <= 0)
			die("read");
		for (ssize_t i = 0; i < n; i++)
			lines -= text[len + (size_t)i] == '\n';
		len += (size_t)n;
	}
	text[len] = '\0';
	return len;
}

static void ask_tls(int fd)
{
	put(fd, "[1,\"start_tls\"]", 15);
}

/* The clear text of the box has ended with the line that agrees. */
static void start_tls(int fd)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *s = ctx != NULL ? SSL_new(ctx) : NULL;

	if (s == NULL || SSL_set_fd(s, fd) != 1 || SSL_connect(s) != 1)
		die("TLS");
	ssl = s;
}

/* Sends the login with what may go with it. */
static void put_login(int fd, const char *hello, const char *more)
{
	struct buf nonce = {0}, out = {0};
	struct cram c;
	struct error e;
	unsigned char cc[CRAM_CLIENT_NONCE];
	const char *password = getenv("PTSH_PASSWORD"), *end = strrchr(hello, '"'), *begin = end;

	while (begin != NULL && begin > hello && begin[-1] != '"')
		begin--;
	if (begin == NULL || password == NULL || base64_decode(&nonce, begin, (size_t)(end - begin)) == -1 ||
	    getrandom(cc, sizeof cc, 0) != sizeof cc ||
	    cram_compute(&c, user, strlen(user), password, strlen(password), cc, sizeof cc, buf_head(&nonce), nonce.len, &e) == -1)
		die("login");
	buf_printf(&out, "[2,\"login_cram_md6\",\"%s\",\"", user);
	base64_encode(&out, c.cr, sizeof c.cr, false);
	buf_puts(&out, "\",\"");
	base64_encode(&out, cc, sizeof cc, true);
	buf_printf(&out, "\"]%s", more);
	put(fd, buf_head(&out), out.len);
	buf_clear(&nonce);
	buf_clear(&out);
}

/* Writes every ping once, as many as may be written before anything is read. */
static void ping_many(int fd, unsigned long n, unsigned long window)
{
	static char text[1 << 16];
	struct buf out = {0};
	size_t *ends = calloc(n + 1, sizeof *ends), at = 0;
	unsigned long answered = 0;

	for (unsigned long i = 0; i < n; i++) {
		buf_printf(&out, "[%lu,\"ping\"]\n", i + 3);
		if (ends != NULL)
			ends[i + 1] = out.len;
	}
	if (ends == NULL || out.failed)
		die("memory");
	while (answered < n) {
		size_t most = ends[answered + window < n ? answered + window : n];
		struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (at < most ? POLLOUT : 0))};
		if (poll(&p, 1, -1) == -1)
			die("poll");
		if (p.revents & POLLOUT) {
			ssize_t sent = send(fd, buf_head(&out) + at, most - at, MSG_DONTWAIT);
			if (sent == -1 && errno != EAGAIN)
				die("send");
			at += sent > 0 ? (size_t)sent : 0;
		}
		if (p.revents & (POLLIN | POLLHUP)) {
			ssize_t got = read(fd, text, sizeof text);
			if (got <= 0)
				die("read");
			for (const char *lf = text; (lf = memchr(lf, '\n', (size_t)(text + got - lf))) != NULL; lf++)
				answered++;
		}
	}
	free(ends);
	buf_clear(&out);
}

int main(int argc, char **argv)
{
	static char text[4096], answer[4096];
	bool early = argc > 2 && strcmp(argv[2], "early") == 0, tls = early || (argc > 2 && strcmp(argv[2], "tls") == 0);
	unsigned long n = argc > 2 && !tls ? strtoul(argv[2], NULL, 10) : 0;
	int fd = dial(argc > 1 ? atoi(argv[1]) : 0);

	if (early)
		ask_tls(fd);
	take(fd, text, sizeof text, early ? 2 : 1);
	text[strcspn(text, "\n")] = '\0';
	if (n == 0) {
		if (tls && !early) {
			ask_tls(fd);
			take(fd, answer, sizeof answer, 1);
		}
		if (tls)
			start_tls(fd);
		put_login(fd, text, "[3,\"ping\"]\n");
		take(fd, text, sizeof text, tls ? 3 : 2);	/* in TLS the answer to start_tls comes first */
		puts(strstr(text, "[3,"));
	} else {
		put_login(fd, text, "");
		take(fd, text, sizeof text, 1);
		ping_many(fd, n, argc > 3 ? strtoul(argv[3], NULL, 10) : n);
		printf("%lu\n", n);
	}
	close(fd);
	return 0;
}
