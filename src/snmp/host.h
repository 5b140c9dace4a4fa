/* SPDX-License-Identifier: ISC */
/*
 * host: from HOST[:PORT] to the address of an SNMP agent, or to a connection with it, without blocking.
 */
#ifndef PTSH_SNMP_HOST_H
#define PTSH_SNMP_HOST_H

#include "net/address.h"
#include "net/dial.h"
#include "net/loop.h"
#include "net/resolve.h"

/* Takes fd, connected to the address by TCP; -1: UDP.  a is NULL: not found, and *e says why. */
typedef void snmp_host_done(void *ctx, const struct address *a, int fd, const struct error *e);

struct snmp_host {
	struct loop *loop;
	struct resolve *resolve;
	struct dial *dial;
	struct loop_timer timer;
	int64_t patience;		/* ms for connecting; 0: no limit */
	int family;			/* AF_UNSPEC: any */
	bool tcp;
	struct address address;
	snmp_host_done *done;
	void *ctx;
};

/* text: [udp:|udp6:|tcp:|tcp6:]HOST[:PORT].  Calls done() from the loop; of several addresses the first of IPv4 is used for
 * UDP, as Net-SNMP has it; by TCP all are tried.  0, or -1 with *e: another form. */
int snmp_host_find(struct snmp_host *h, struct loop *l, const char *text, int64_t patience, snmp_host_done *done, void *ctx,
    struct error *e);
/* Ends the search; also when none was begun. */
void snmp_host_stop(struct snmp_host *h);

#endif
