/* SPDX-License-Identifier: ISC */
/*
 * resolve: from a box's name to the addresses to try, without blocking.
 *
 * Threads ask the resolver, which cannot be interrupted, and answer through a pipe.  A look-up that is
 * no longer wanted ends by itself and cleans up after itself: nothing the caller has is touched then.
 */
#ifndef PTSH_NET_RESOLVE_H
#define PTSH_NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "net/address.h"

struct resolve;

/* Starts looking host up.  service: also ask DNS for the SRV records of this service (RFC 2782,
 * `_service._tcp.host`; the ports are those found there), or NULL.  NULL without memory or a thread: errno. */
struct resolve *resolve_start(const char *host, unsigned short port, const char *service);

/* Returns a descriptor that becomes readable when the answer has come. */
int resolve_fd(const struct resolve *r);

/* Gets the answer, once resolve_fd() is readable: sets *list to the addresses in the order to try them and returns 0; or -1 with
 * *e (STATUS_LOST; the text does not name the host).  *note: how they were found, in lines, if there is anything to report,
 * else NULL; the caller frees it. */
int resolve_take(struct resolve *r, struct address_list *list, char **note, struct error *e);

/* Also allowed before the answer has come. */
void resolve_free(struct resolve *r);

/* The resolver's own functions; tests put others here. */
struct resolve_functions {
	int (*getaddrinfo)(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);
	void (*freeaddrinfo)(struct addrinfo *found);
	/* Makes a query for SRV records; returns the length of the answer, or -1.  search: the name is short of its domain. */
	int (*srv)(const char *name, bool search, unsigned char *answer, int size);
};
extern struct resolve_functions resolve_functions;

#endif
