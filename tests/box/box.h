/* SPDX-License-Identifier: ISC */
/*
 * box: what the parts of the running box share: its options, its model, its clients and its work in progress.
 */
#ifndef BOX_BOX_H
#define BOX_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/queue.h>

#include <openssl/ssl.h>

#include "arrays.h"
#include "buf.h"
#include "jobs.h"
#include "mem.h"
#include "model.h"
#include "options.h"

enum { NONCE_LEN = 16 };

/* Events a client may subscribe to, as a set. */
enum event {
	EVENT_DISCOVER_START = 1,
	EVENT_DISCOVER_STOP = 2,
	EVENT_POLL_START = 4,
	EVENT_POLL_STOP = 8,
	EVENT_ALL = 16,
};

/* Bytes of the wire up to `upto` (counted from the connection's beginning) may leave at `due`. */
struct held {
	uint64_t upto, due;
};

struct client {
	TAILQ_ENTRY(client) link;
	struct box *box;
	int fd;
	unsigned number;		/* of the connection, from 1 */
	bool local;			/* came by the Unix socket */
	bool authed;			/* may send requests */
	bool closing;			/* closed when its output has been sent */
	bool gone;			/* the loop will free it */
	const char *end;		/* why, for the log */
	unsigned events;		/* subscribed: set of enum event */
	unsigned char nonce[NONCE_LEN];

	struct buf in;			/* clear text received, not yet used */
	struct arrays arrays;		/* how far the one at the head of `in` has come */
	bool more;			/* requests in `in` wait until other clients have had their turn */
	struct buf out;			/* clear text to be sent */

	SSL *ssl;			/* NULL: clear */
	bool secured;			/* the handshake is done */
	bool handshake;			/* it began: what arrives is TLS */
	bool tls_begun;			/* a byte of the handshake has come: all after it are TLS */
	struct buf tls_id;		/* id of the start_tls to be answered inside; empty: none */
	struct buf cipher;		/* TLS bytes to be sent */

	uint64_t sent, free, wire;	/* bytes sent; that may be; put on the wire in all: for --latency */
	ITEMS(struct held) held;
	unsigned want;			/* the events set in epoll */
};

TAILQ_HEAD(clients, client);

struct box {
	struct options o;
	struct model model;
	struct jobs jobs;
	struct clients clients;
	unsigned connections;		/* so far */
	unsigned connected;		/* now */
	int epoll;
	SSL_CTX *tls;
	FILE *log;
	uint64_t flood_next;		/* ms: when events of --events are due again */
	double flood_debt;		/* fractions of an event */
	size_t flood_realm;
};

/* A line of the log (see --help); text may hold any byte.  c is NULL before a peer has become a client. */
void box_log(struct box *box, const struct client *c, const char *what, const char *text, size_t len);
void box_logf(struct box *box, const struct client *c, const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
