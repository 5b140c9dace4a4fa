/* SPDX-License-Identifier: ISC */
/*
 * proxy: a command that carries the bytes.  See proxy.h.
 *
 * Owns the command line and its socket.  link/stream uses the socket, net/child runs the command.
 */
#include "net/proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

/* A target's host is made of characters that mean nothing to a shell (target.c), except a zone's %, which is harmless
 * there. */
static char *proxy_expand(const char *command, const struct target *target, struct error *e)
{
	struct buf b = {0};
	char *text;

	for (const char *p = command; *p != '\0'; p++) {
		if (*p != '%') {
			buf_putc(&b, *p);
			continue;
		}
		switch (*++p) {
		case 'h':
			buf_puts(&b, target->host);
			break;
		case 'p':
			buf_printf(&b, "%u", (unsigned)target->port);
			break;
		case '%':
			buf_putc(&b, '%');
			break;
		default:
			buf_clear(&b);
			error_set(e, STATUS_USAGE, "--proxy-command: only %%h, %%p and %%%% are replaced, not %%%.*s",
			    *p != '\0' ? 1 : 0, p);
			return NULL;
		}
	}
	text = buf_steal(&b);
	if (text == NULL)
		error_memory(e);
	return text;
}

int proxy_start(struct proxy *p, struct loop *l, const char *command, const struct target *target, struct error *e)
{
	int pair[2], error = 0;

	*p = (struct proxy){.fd = -1};
	if (target->host == NULL)
		return error_set(e, STATUS_USAGE, "%s: a Unix socket cannot be used with --proxy-command", target->path);
	char *text = proxy_expand(command, target, e);
	if (text == NULL)
		return -1;
	/* One socket for both ways: unlike a pipe it can be written to without the risk of SIGPIPE. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		free(text);
		return error_set(e, STATUS_LOST, "--proxy-command: socketpair: %s", strerror(errno));
	}
	if (child_start(&p->child, text, pair[1], pair[1], CHILD_MAY_ASK | CHILD_INTERRUPTS) == -1)
		error = errno;
	free(text);
	close(pair[1]);
	if (error != 0) {
		close(pair[0]);
		return error_set(e, STATUS_LOST, "--proxy-command: cannot run /bin/sh: %s", strerror(error));
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	p->fd = pair[0];
	if (child_watch(&p->child, l, NULL, NULL) == -1) {
		proxy_end(p);
		close(pair[0]);
		return error_memory(e);
	}
	return 0;
}

void proxy_settled(struct proxy *p)
{
	child_settled(&p->child);
}

void proxy_end(struct proxy *p)
{
	child_end(&p->child);
}

bool proxy_failed(struct proxy *p, char *text, size_t size)
{
	return p->child.pid != 0 && child_wait(&p->child, CHILD_PATIENCE_MS) && child_failure(&p->child, text, size);
}
