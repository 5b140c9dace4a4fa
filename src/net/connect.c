/* SPDX-License-Identifier: ISC */
/*
 * connect: from a target to a connected descriptor.  See connect.h.
 *
 * Owns the order of steps: look up, dial, or a Unix socket and its owner, or a proxy command.  Knows no deadline
 * (its holder has one for all of it) and says nothing over the connection.
 */
#include "net/connect.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/address.h"
#include "net/dial.h"
#include "net/proxy.h"
#include "net/resolve.h"

enum { UNIX_RETRY_MS = 20 };

struct connect {
	struct loop *loop;
	const struct target *target;
	const struct reach *reach;
	const struct connect_ops *ops;
	void *ctx;
	char *name;			/* the target's, for messages */
	struct resolve *resolve;
	struct dial *dial;
	struct proxy proxy;
	struct loop_timer timer;	/* the start; a Unix socket whose queue is full */
};

static void connect_fail(struct connect *c, enum status status, const char *what, const char *why)
{
	struct error e;

	error_set(&e, status, "%s: %s: %s", c->name, what, why);
	c->ops->failed(c->ctx, &e);
}

static void connect_fail_errno(struct connect *c, const char *what)
{
	connect_fail(c, STATUS_LOST, what, strerror(errno));
}

/* --- over the network --- */

static void connect_on_dialled(void *ctx, int fd, const struct address *address)
{
	struct connect *c = ctx;
	struct buf why = {0};
	char text[ADDRESS_TEXT];

	if (fd == -1) {
		dial_describe(c->dial, &why);
		connect_fail(c, STATUS_LOST, "cannot connect",
		    buf_string(&why) != NULL ? buf_string(&why) : "out of memory");
		buf_clear(&why);
		return;
	}
	address_text(address, text);
	c->ops->connected(c->ctx, fd, address_is_loopback(address) ? CONNECT_LOOPBACK : CONNECT_NETWORK, text,
	    address_port(address));
}

static void connect_on_step(void *ctx, const char *text)
{
	struct connect *c = ctx;

	c->ops->step(c->ctx, text);
}

static void connect_dial(struct connect *c, struct address_list *list)
{
	struct buf text = {0};
	char address[ADDRESS_TEXT];

	buf_puts(&text, "connecting to ");
	for (size_t i = 0; i < list->count; i++) {
		address_text(&list->items[i], address);
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", address);
	}
	if (buf_string(&text) != NULL)
		c->ops->step(c->ctx, buf_string(&text));
	buf_clear(&text);
	c->dial = dial_start(c->loop, list, c->reach, connect_on_dialled, connect_on_step, c);
	address_list_clear(list);
	if (c->dial == NULL)
		connect_fail(c, STATUS_PROTOCOL, "cannot connect", "out of memory");
}

static void connect_on_resolved(void *ctx, int fd, short revents)
{
	struct connect *c = ctx;
	struct address_list list = {0};
	struct error e;
	char *note = NULL;

	(void)revents;
	loop_unwatch(c->loop, fd);
	int result = resolve_take(c->resolve, &list, &note, &e);
	resolve_free(c->resolve);
	c->resolve = NULL;
	for (char *rest = note, *line; (line = strsep(&rest, "\n")) != NULL;)
		if (*line != '\0')
			c->ops->step(c->ctx, line);
	free(note);
	if (result == -1)
		connect_fail(c, e.status, "cannot be looked up", e.text);
	else
		connect_dial(c, &list);
}

/* The service's name for SRV records: the part before `=number`, or the default's name. */
static char *connect_service(const struct target *t)
{
	const char *text = t->port_text != NULL ? t->port_text : "porttracker";

	return strndup(text, strcspn(text, "="));
}

static void connect_resolve(struct connect *c)
{
	const struct target *t = c->target;
	struct address_list list = {0};
	struct address address;
	char *service = NULL;

	if (t->host_is_address && address_parse(&address, t->host, t->port)) {
		if (address_list_add(&list, &address) == -1)
			connect_fail(c, STATUS_PROTOCOL, "cannot connect", "out of memory");
		else
			connect_dial(c, &list);
		return;
	}
	c->ops->step(c->ctx, "looking up the name");
	if (!t->port_is_number)
		service = connect_service(t);
	c->resolve = resolve_start(t->host, t->port, service);
	free(service);
	if (c->resolve == NULL)
		connect_fail_errno(c, "cannot be looked up");
	else if (loop_watch(c->loop, resolve_fd(c->resolve), POLLIN, connect_on_resolved, c) == -1)
		connect_fail(c, STATUS_PROTOCOL, "cannot be looked up", "out of memory");
}

/* --- a Unix socket --- */

static const char *connect_user_name(uid_t uid, char *text, size_t size)
{
	struct passwd entry, *found = NULL;
	char room[2048];

	if (getpwuid_r(uid, &entry, room, sizeof room, &found) == 0 && found != NULL)
		snprintf(text, size, "%s", found->pw_name);
	else
		snprintf(text, size, "%lu", (unsigned long)uid);
	return text;
}

/* Any user may have made the socket first (its usual path is under /tmp), so its owner must be one that the user would
 * trust with a password. */
static bool connect_peer_is_ours(struct connect *c, int fd)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	char name[64];
	struct error e;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1) {
		connect_fail(c, STATUS_TLS, "cannot get the socket's owner", strerror(errno));
		return false;
	}
	if (peer.uid == 0 || peer.uid == geteuid() || (c->reach->has_peer_uid && peer.uid == c->reach->peer_uid))
		return true;
	connect_user_name(peer.uid, name, sizeof name);
	error_set(&e, STATUS_TLS, "%s: the socket belongs to user %s, not to root or you; if that is right: --peer-uid %s",
	    c->name, name, name);
	c->ops->failed(c->ctx, &e);
	return false;
}

static void connect_unix(void *ctx)
{
	struct connect *c = ctx;
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const char *path = c->target->path;
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1) {
		connect_fail_errno(c, "socket");
		return;
	}
	/* target_parse() has checked the length of the path. */
	memcpy(un.sun_path, path, strnlen(path, sizeof un.sun_path - 1));
	if (connect(fd, (const struct sockaddr *)&un, sizeof un) == 0) {
		if (connect_peer_is_ours(c, fd))
			c->ops->connected(c->ctx, fd, CONNECT_UNIX, path, 0);
		else
			close(fd);
		return;
	}
	int failure = errno;
	close(fd);
	if (failure == EAGAIN || failure == EINTR) {
		/* Its queue is full; there is nothing to poll for. */
		loop_timer_start(c->loop, &c->timer, UNIX_RETRY_MS, connect_unix, c);
	} else if (failure == ECONNREFUSED && stat(path, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		connect_fail(c, STATUS_LOST, "cannot connect", "not a socket");
	} else if (failure == ENOENT && lstat(path, &st) == 0) {
		connect_fail(c, STATUS_LOST, "cannot connect", "a symbolic link to nothing");
	} else {
		errno = failure;
		connect_fail_errno(c, failure == ECONNREFUSED ? "nothing listens there" : "cannot connect");
	}
}

/* --- a proxy command --- */

static void connect_proxy(struct connect *c)
{
	struct error e;

	c->ops->step(c->ctx, "starting the proxy command");
	if (proxy_start(&c->proxy, c->loop, c->reach->proxy_command, c->target, &e) == -1) {
		c->ops->failed(c->ctx, &e);
		return;
	}
	int fd = c->proxy.fd;
	c->proxy.fd = -1;
	c->ops->connected(c->ctx, fd, CONNECT_PROXY, "the proxy command", c->target->port);
}

void connect_settled(struct connect *c)
{
	proxy_settled(&c->proxy);
}

bool connect_proxy_failed(struct connect *c, struct error *e)
{
	char text[64];

	if (!proxy_failed(&c->proxy, text, sizeof text))
		return false;
	error_set(e, STATUS_LOST, "%s: the proxy command failed: %s", c->name, text);
	return true;
}

/* --- all of them --- */

static void connect_begin(void *ctx)
{
	struct connect *c = ctx;

	struct address bind;

	if (c->reach->bind != NULL && !address_parse(&bind, c->reach->bind, 0)) {
		connect_fail(c, STATUS_USAGE, "--bind", "not an address in numbers");
		return;
	}
	if (c->reach->proxy_command != NULL)
		connect_proxy(c);
	else if (c->target->path != NULL)
		connect_unix(c);
	else
		connect_resolve(c);
}

struct connect *connect_start(struct loop *l, const struct target *target, const struct reach *reach,
    const struct connect_ops *ops, void *ctx)
{
	struct connect *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->loop = l;
	c->target = target;
	c->reach = reach;
	c->ops = ops;
	c->ctx = ctx;
	c->name = target_name(target);
	if (c->name == NULL) {
		free(c);
		return NULL;
	}
	loop_timer_start(l, &c->timer, 0, connect_begin, c);
	return c;
}

void connect_free(struct connect *c)
{
	if (c == NULL)
		return;
	loop_timer_stop(c->loop, &c->timer);
	if (c->resolve != NULL)
		loop_unwatch(c->loop, resolve_fd(c->resolve));
	resolve_free(c->resolve);
	dial_free(c->dial);
	proxy_end(&c->proxy);
	free(c->name);
	free(c);
}

size_t connect_left(const struct connect *c)
{
	return c->dial != NULL ? dial_left(c->dial) : 0;
}

bool connect_next(struct connect *c)
{
	return c->dial != NULL && dial_next(c->dial);
}

void connect_late(const struct connect *c, struct error *e)
{
	struct buf why = {0};

	if (c->resolve != NULL)
		buf_puts(&why, "the resolver has not answered");
	else if (c->dial != NULL)
		dial_describe(c->dial, &why);
	else
		buf_puts(&why, "no answer");
	error_set(e, STATUS_LOST, "%s: cannot connect in time: %s", c->name,
	    buf_string(&why) != NULL ? buf_string(&why) : "out of memory");
	buf_clear(&why);
}
