/* SPDX-License-Identifier: ISC */
/*
 * connect: from a target to a descriptor that is connected to it, whichever way it is reached.
 */
#ifndef PTSH_NET_CONNECT_H
#define PTSH_NET_CONNECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "net/loop.h"
#include "net/reach.h"
#include "net/target.h"

enum connect_kind { CONNECT_NETWORK, CONNECT_LOOPBACK, CONNECT_UNIX, CONNECT_PROXY };

struct connect_ops {
	void (*step)(void *ctx, const char *text);
	/* fd is now the callee's: non-blocking, close-on-exec.  address is valid for this call. */
	void (*connected)(void *ctx, int fd, enum connect_kind kind, const char *address, unsigned short port);
	/* May free the connect. */
	void (*failed)(void *ctx, const struct error *e);
};

struct connect;

/* All operations come from the loop; target and reach are borrowed while it lives.  NULL without memory. */
struct connect *connect_start(struct loop *l, const struct target *target, const struct reach *reach,
    const struct connect_ops *ops, void *ctx);
/* Also ends the proxy command. */
void connect_free(struct connect *c);

/* Return how many other addresses could be tried instead of the one connected; and try the next.  False: none is left. */
size_t connect_left(const struct connect *c);
bool connect_next(struct connect *c);

/* Sets *e for a connect that has not ended in time. */
void connect_late(const struct connect *c, struct error *e);

/* Reports that the box has sent something: a proxy command needs the terminal no more. */
void connect_settled(struct connect *c);

/* Reports that the other side has ended the connection.  True if it was a proxy command that failed, with *e. */
bool connect_proxy_failed(struct connect *c, struct error *e);

#endif
