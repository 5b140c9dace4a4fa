/* SPDX-License-Identifier: ISC */
/*
 * peer: the client of a script, one at a time, in blocking steps with a deadline.
 */
#ifndef BOX_PEER_H
#define BOX_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "box.h"
#include "server.h"

struct peer {
	struct box box;			/* options, log and TLS of the box */
	struct client as;		/* its name in the log */
	int listeners[LISTENERS];
	bool local[LISTENERS];
	unsigned n;
	int fd;				/* -1: none */
	SSL *ssl;			/* NULL: clear */
	bool cut;			/* it has closed: output is dropped */
	bool asked_tls;			/* the last array was start_tls: not even a LF may follow */
	struct buf in;
	struct arrays arrays;
	struct array last;		/* arrays received */
	size_t chunk;			/* bytes a segment; 0: as they come */
	unsigned chunk_ms, deadline_ms;
};

enum peer_result { PEER_OK, PEER_EOF, PEER_LATE, PEER_BAD };

/* Waits for the next connection. */
enum peer_result peer_accept(struct peer *p);

/* Sends; drops it when the client has closed. */
enum peer_result peer_send(struct peer *p, const char *bytes, size_t len);

/* Sends outside TLS, as a man in the middle would. */
enum peer_result peer_inject(struct peer *p, const char *bytes, size_t len);

/* Waits for one array; *array is valid until the next call. */
enum peer_result peer_receive(struct peer *p, const struct array **array);

/* Does the handshake; everything later is TLS.  PEER_BAD: it failed, *why says why. */
enum peer_result peer_start_tls(struct peer *p, const char **why);

/* Waits until the client hangs up, reading nothing.  False: ms have passed. */
bool peer_wait(struct peer *p, unsigned ms);

void peer_shutdown(struct peer *p);
void peer_close(struct peer *p, bool reset);

#endif
