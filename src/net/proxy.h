/* SPDX-License-Identifier: ISC */
/*
 * proxy: a command that carries the bytes instead of a socket of our own (ssh's ProxyCommand).
 */
#ifndef PTSH_NET_PROXY_H
#define PTSH_NET_PROXY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"
#include "net/target.h"

struct proxy {
	pid_t pid;		/* 0: none */
	int fd;			/* a socket that is the command's standard input and output; the caller's to close */
	bool ended;
	int status;		/* of waitpid(), once ended */
};

/* Runs `/bin/sh -c command` with %h, %p and %% replaced.  The fd is non-blocking and close-on-exec.  It shares the
 * terminal, to ask for what it needs, but ^C is not for it.  0, or -1 with *e. */
int proxy_start(struct proxy *p, const char *command, const struct target *target, struct error *e);

/* Ends it, if it has not by itself (its end of the socket should be closed already), and leaves no zombie. Waits
 * PROXY_PATIENCE_MS at most. */
enum { PROXY_PATIENCE_MS = 200 };
void proxy_end(struct proxy *p);

/* Once its output has ended: true if it has failed, and how in text ("exit status 127"). */
bool proxy_failed(struct proxy *p, char *text, size_t size);

#endif
