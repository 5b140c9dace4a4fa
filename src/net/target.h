/* SPDX-License-Identifier: ISC */
/*
 * target: the parts of a box's address as the user writes it.  Nothing is looked up but services, in /etc/services.
 */
#ifndef PTSH_NET_TARGET_H
#define PTSH_NET_TARGET_H

#include <stdbool.h>

#include "base/status.h"

struct target {
	char *user;		/* before @, or NULL */
	char *path;		/* a Unix socket; else NULL */
	char *host;		/* name or address, without brackets, IPv6 as inet_pton(3) takes it; NULL with path */
	char *port_text;	/* as written; NULL: the default porttracker=55 */
	unsigned short port;	/* host order */
	bool port_is_number;	/* written as a number: no SRV look-up */
	bool host_is_address;	/* IPv4 in any form of inet_aton(3), or IPv6 */
};

/* Takes `[user@]host[:port]`, `[user@][v6]:port`, an IPv6 address without brackets if it cannot be one with a port, or a path
 * with `/`; port overrides the text's if not NULL.  0; or -1 with *e (STATUS_USAGE). */
int target_parse(struct target *t, const char *text, const char *port, struct error *e);
void target_clear(struct target *t);

/* Returns the port of a TCP service of /etc/services; 0: not listed. */
unsigned short target_service(const char *name);

/* Returns "host:port" (v6 in brackets) or the path, for messages and known_boxes.  The caller frees it. */
char *target_name(const struct target *t);

#endif
