/* SPDX-License-Identifier: ISC */
/*
 * net_help: what the tests of net share: a channel's other end, and a holder that records every callback.
 */
#ifndef PTSH_TESTS_NET_HELP_H
#define PTSH_TESTS_NET_HELP_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "link/channel.h"

/* Opens a listening socket on loopback, at a port of the kernel's choosing. */
static inline int help_listen(int family, int backlog, unsigned short *port)
{
	struct sockaddr_storage room = {0};
	socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)&room;

		in->sin_family = AF_INET;
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		struct sockaddr_in6 *in = (struct sockaddr_in6 *)&room;

		in->sin6_family = AF_INET6;
		in->sin6_addr = in6addr_loopback;
	}
	*port = 0;
	assert_true(fd != -1);
	if (bind(fd, (struct sockaddr *)&room, len) == -1) {
		close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&room, &len), 0);
	*port = ntohs(family == AF_INET ? ((struct sockaddr_in *)&room)->sin_port :
	    ((struct sockaddr_in6 *)&room)->sin6_port);
	return fd;
}

/* Returns a port without a listener. */
static inline unsigned short help_closed_port(void)
{
	unsigned short port;

	close(help_listen(AF_INET, 1, &port));
	return port;
}

/* In a child: a test that fails leaves no process. */
static inline void help_die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts a process that accepts one connection and calls body with it. */
static inline pid_t help_serve(int listener, void (*body)(int fd))
{
	pid_t pid = fork();

	if (pid != 0) {
		close(listener);
		return pid;
	}
	help_die_with_parent();
	alarm(DEADLINE_S);
	signal(SIGPIPE, SIG_IGN);
	int fd = accept(listener, NULL, NULL);
	close(listener);
	if (fd == -1)
		_exit(1);
	body(fd);
	close(fd);
	_exit(0);
}

/* Ends a child of ours; returns its exit status, or -1 for a signal. */
static inline int help_end(pid_t pid, bool kill_it)
{
	int status;

	if (kill_it)
		kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void help_reset_on_close(int fd)
{
	struct linger linger = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static inline void help_write(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) == -1)
		_exit(1);
}

/* --- the holder of a channel --- */

struct holder {
	struct loop *loop;
	struct channel *channel;
	struct reach reach;
	struct channel_options o;
	struct target target;
	int connected, drained, secured, closed, asked;
	bool in_order;		/* closed(NULL) */
	struct error e;
	struct buf received, steps, warnings, question, out;
	const char *answers[4];	/* what ask() is answered, in turn; NULL: no terminal */
	/* Called in the callbacks, if set. */
	void (*on_received)(struct holder *h);
	void (*on_connected)(struct holder *h);
	void (*on_secured)(struct holder *h);
	bool inside;		/* a call to the channel is under way: no callback may come */
};

static inline void holder_step(void *ctx, const char *text)
{
	struct holder *h = ctx;

	buf_printf(&h->steps, "%s\n", text);
}

static inline void holder_warn(void *ctx, const char *text)
{
	struct holder *h = ctx;

	buf_printf(&h->warnings, "%s\n", text);
}

static inline bool holder_ask(void *ctx, const char *text, char *answer, size_t size)
{
	struct holder *h = ctx;
	const char *typed = h->answers[h->asked < 4 ? h->asked : 3];

	buf_puts(&h->question, text);
	if (typed == NULL)
		return false;
	h->asked++;
	snprintf(answer, size, "%s", typed);
	return true;
}

static inline void holder_connected(void *ctx)
{
	struct holder *h = ctx;

	assert_false(h->inside);
	h->connected++;
	if (h->on_connected != NULL)
		h->on_connected(h);
}

static inline void holder_received(void *ctx, const char *bytes, size_t len)
{
	struct holder *h = ctx;

	assert_false(h->inside);
	assert_int_equal(h->closed, 0);
	assert_true(len > 0);
	buf_put(&h->received, bytes, len);
	if (h->on_received != NULL)
		h->on_received(h);
}

static inline void holder_drained(void *ctx)
{
	struct holder *h = ctx;

	assert_false(h->inside);
	h->drained++;
}

static inline void holder_secured(void *ctx)
{
	struct holder *h = ctx;

	assert_false(h->inside);
	h->secured++;
	if (h->on_secured != NULL)
		h->on_secured(h);
}

static inline void holder_closed(void *ctx, const struct error *e)
{
	struct holder *h = ctx;

	assert_false(h->inside);
	assert_int_equal(h->closed, 0);
	h->closed++;
	h->in_order = e == NULL;
	if (e != NULL)
		h->e = *e;
}

static const struct channel_ops holder_ops = {holder_step, holder_warn, holder_ask, holder_connected,
    holder_received, holder_drained, holder_secured, holder_closed};

static inline void holder_init(struct holder *h, const char *target)
{
	struct error e;

	*h = (struct holder){.loop = loop_create()};
	if (target_parse(&h->target, target, NULL, &e) == -1)
		fail_msg("%s", e.text);
	h->o = (struct channel_options){.target = &h->target, .reach = &h->reach, .tls_min = 12};
}

static inline void holder_init_port(struct holder *h, const char *host, unsigned short port)
{
	char text[300];

	snprintf(text, sizeof text, "%s:%u", host, (unsigned)port);
	holder_init(h, text);
}

static inline void holder_open(struct holder *h)
{
	h->channel = channel_open(h->loop, &h->o, &holder_ops, h);
	assert_non_null(h->channel);
	assert_int_equal(h->connected + h->closed, 0);
}

static inline void holder_send(struct holder *h, const char *text)
{
	buf_puts(&h->out, text);
	h->inside = true;
	channel_send(h->channel, &h->out);
	h->inside = false;
}

/* Steps the loop until *counter has reached n.  False: it has not before the deadline. */
static inline bool holder_wait(struct holder *h, const int *counter, int n)
{
	int64_t end = loop_now() + DEADLINE_MS;

	while (*counter < n && loop_now() < end)
		loop_step(h->loop, end - loop_now());
	return *counter >= n;
}

static inline bool holder_wait_bytes(struct holder *h, size_t len)
{
	int64_t end = loop_now() + DEADLINE_MS;

	while (h->received.len < len && !h->closed && loop_now() < end)
		loop_step(h->loop, end - loop_now());
	return h->received.len >= len;
}

static inline void holder_clear(struct holder *h)
{
	h->inside = true;
	channel_free(h->channel);
	h->inside = false;
	loop_free(h->loop);
	target_clear(&h->target);
	buf_clear(&h->received);
	buf_clear(&h->steps);
	buf_clear(&h->warnings);
	buf_clear(&h->question);
	buf_clear(&h->out);
}

/* Asserts that the text of the error contains this. */
static inline void assert_says(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("`%s` is not in: %s", part, text);
}

#endif
