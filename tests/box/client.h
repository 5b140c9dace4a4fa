/* SPDX-License-Identifier: ISC */
/*
 * client: one connection: bytes in, bytes out, clear or TLS.  Knows no request.
 */
#ifndef BOX_CLIENT_H
#define BOX_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct box;
struct client;

/* Takes fd, sends the greeting.  from: the peer, for the log. */
struct client *client_create(struct box *box, int fd, bool local, const char *from);
void client_free(struct client *c);

/* Answers requests left for a later turn.  True if there are more, and room for the answers. */
bool client_go_on(struct client *c);

/* Handle a readable, or writable, socket. */
void client_read(struct client *c);
void client_flush(struct client *c);

/* Starts TLS: what is in `out` is sent in clear, the next byte belongs to the handshake. */
void client_start_tls(struct client *c);

/* End the connection, after all output that can be sent; or at once. */
void client_close(struct client *c, const char *why);
void client_drop(struct client *c, const char *why);

/* Returns the ms until bytes held back may be sent, or -1. */
int client_wait(const struct client *c, uint64_t now);

#endif
