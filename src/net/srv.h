/* SPDX-License-Identifier: ISC */
/*
 * srv: DNS SRV records (RFC 2782): read from an answer and put in the order to try them.
 */
#ifndef PTSH_NET_SRV_H
#define PTSH_NET_SRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SRV_RECORDS = 16, SRV_NAME = 256 };

struct srv {
	unsigned short priority, weight, port;
	char target[SRV_NAME];		/* without the final dot */
};

struct srv_list {
	struct srv items[SRV_RECORDS];	/* more records of an answer are not used */
	size_t count;
	bool nowhere;			/* the domain says that it does not have the service (target ".") */
};

/* Reads a DNS answer.  An invalid answer, or one without such a record, gives an empty list. */
void srv_read(struct srv_list *list, const unsigned char *answer, size_t len);

/* Orders by priority, and within one at random by the weights.  below(n) is a random number < n. */
void srv_order(struct srv_list *list, uint32_t (*below)(uint32_t n));

#endif
