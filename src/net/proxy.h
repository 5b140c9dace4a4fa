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

/* Takes the terminal back: the box has sent something. */
void proxy_settled(struct proxy *p);

/* Ends all processes of the command (its end of the socket should be closed already).  Waits CHILD_PATIENCE_MS at
 * most. */
void proxy_end(struct proxy *p);

/* Call once its output has ended.  True if it has failed; text says how ("exit status 127"). */
bool proxy_failed(struct proxy *p, char *text, size_t size);

#endif
