/* SPDX-License-Identifier: ISC */
/*
 * ident: answers queries for the owner of a connection (RFC 1413).
 *
 * Runs on the loop and never blocks.  The holder says which connections there are and which name to report; queries
 * that are too long or too slow end the asker's connection.
 */
#ifndef PTSH_NET_IDENT_H
#define PTSH_NET_IDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "net/address.h"
#include "net/loop.h"

enum {
	IDENT_PORT = 113,
	IDENT_QUERY_MAX = 1000,		/* bytes of a query without its end of line (RFC 1413, section 4) */
	IDENT_USER_MAX = 512,		/* of a user's name (section 6) */
	IDENT_CLIENTS = 8,		/* at once; others wait until one has gone */
	IDENT_PATIENCE = 30000,		/* ms for a query */
};

enum ident_answer { IDENT_NO_USER, IDENT_HIDDEN, IDENT_USER };

struct ident_ops {
	/* True if this address may send queries; checked again before each read. */
	bool (*welcome)(void *ctx, const struct address *peer);
	/* Finds the owner of the connection between an address and port of this machine and one of the client's.  IDENT_USER: *user,
	 * which must be ident_user_valid(). */
	enum ident_answer (*whose)(void *ctx, const struct address *local, const struct address *remote, const char **user);
	/* Reports an answer, for --verbose. */
	void (*answered)(void *ctx, const char *text);
};

struct ident;

/* Answers at fd, a listening TCP socket, which becomes its own.  patience: ms for a query.  NULL without memory; the
 * socket is closed then, too. */
struct ident *ident_create(struct loop *l, int fd, int64_t patience, const struct ident_ops *ops, void *ctx);
void ident_free(struct ident *in);

/* "113", "auth", "127.0.0.1:113", "[::1]:113": where to listen; without an address a->len is 0: everywhere.  False: not that. */
bool ident_where(const char *text, struct address *a, unsigned short *port);

/* Opens a listening socket there.  Returns it, or -1 with *e. */
int ident_listen(const struct address *a, unsigned short port, struct error *e);
/* Checks that an inherited descriptor is such a socket.  0, or -1 with *e. */
int ident_take(int fd, struct error *e);

/* Returns the port listened at. */
unsigned short ident_port(const struct ident *in);

/* True for printable ASCII of 1 .. IDENT_USER_MAX bytes. */
bool ident_user_valid(const char *user);

/* Reads a query without its end of line: "6193, 23".  False: no pair of ports; ports are then what could be read as
 * numbers, 0 where there was none. */
bool ident_read_query(const char *text, size_t len, unsigned ports[static 2]);

#endif
