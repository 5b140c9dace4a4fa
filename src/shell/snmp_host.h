/*
 * snmp_host: from HOST[:PORT] to the address of an SNMP agent, without waiting for the resolver.
 */
#ifndef PTSH_SHELL_SNMP_HOST_H
#define PTSH_SHELL_SNMP_HOST_H

#include "net/address.h"
#include "net/loop.h"
#include "net/resolve.h"

struct snmp_host {
	struct loop *loop;
	struct resolve *resolve;
	struct loop_timer soon;
	int family;			/* AF_UNSPEC: any */
	struct address address;
	void (*done)(void *ctx, const struct address *a, const struct error *e);
	void *ctx;
};

/* Calls done() from the loop with the address (of several the first of IPv4, as Net-SNMP has it) or NULL and *e.  -1
 * with *e: text is no [udp:|udp6:]HOST[:PORT]. */
int snmp_host_find(struct snmp_host *h, struct loop *l, const char *text,
    void (*done)(void *ctx, const struct address *a, const struct error *e), void *ctx, struct error *e);
/* Forgets it; also when nothing was begun. */
void snmp_host_stop(struct snmp_host *h);

#endif
