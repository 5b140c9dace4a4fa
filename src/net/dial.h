/* SPDX-License-Identifier: ISC */
/*
 * dial: from a list of addresses to one connected socket (RFC 8305, section 5).
 *
 * Attempts start 250 ms apart, or at once when one has failed; the first to connect wins, the others are closed, and
 * may be tried again by dial_next() if the winner turns out to be no box.
 */
#ifndef PTSH_NET_DIAL_H
#define PTSH_NET_DIAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/reach.h"

enum { DIAL_DELAY_MS = 250 };

struct dial;

/* For --verbose: the result for an address, and why the next one is tried.  Must not free the dial. */
typedef void dial_step(void *ctx, const char *text);

/* fd is connected, non-blocking, close-on-exec and now the callee's; or -1: no address is left. */
typedef void dial_callback(void *ctx, int fd, const struct address *address);

/* Takes the content of list (empty afterwards).  Of reach (it may be NULL) the local address is used.
 * The callback comes from the loop.  NULL without memory. */
struct dial *dial_start(struct loop *l, struct address_list *list, const struct reach *reach,
    dial_callback *callback, dial_step *step, void *ctx);
void dial_free(struct dial *d);

/* Dials on after a winner: calls back again with the next one.  False: none is left. */
bool dial_next(struct dial *d);
/* Returns how many are left after the winner. */
size_t dial_left(const struct dial *d);

/* Appends the result for each address so far: "192.0.2.1 port 55: Connection refused; ...". */
void dial_describe(const struct dial *d, struct buf *out);

#endif
