/* SPDX-License-Identifier: ISC */
/*
 * proxy: a command that carries the bytes instead of a socket of our own (ssh's ProxyCommand).
 */
#ifndef PTSH_NET_PROXY_H
#define PTSH_NET_PROXY_H

#include <stdbool.h>

#include "base/status.h"
#include "net/child.h"
#include "net/target.h"

struct proxy {
	struct child child;
	int fd;			/* a socket that is the command's standard input and output; the caller's to close */
};

/* Runs `/bin/sh -c command` with %h, %p and %% replaced.  The fd is non-blocking and close-on-exec.  It may use the
 * terminal, to ask for what it needs, until proxy_settled().  0, or -1 with *e. */
int proxy_start(struct proxy *p, struct loop *l, const char *command, const struct target *target, struct error *e);

/* The box has spoken: the terminal is ours again. */
void proxy_settled(struct proxy *p);

/* Ends all that the command has started (its end of the socket should be closed already).  Waits CHILD_PATIENCE_MS at
 * most. */
void proxy_end(struct proxy *p);

/* Once its output has ended: true if it has failed, and how in text ("exit status 127"). */
bool proxy_failed(struct proxy *p, char *text, size_t size);

#endif
