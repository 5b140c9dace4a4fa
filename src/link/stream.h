/* SPDX-License-Identifier: ISC */
/*
 * stream: bytes through one connected socket, in clear or by TLS, and no caller needs to know which.
 *
 * Nothing here waits, and nothing raises SIGPIPE.
 */
#ifndef PTSH_LINK_STREAM_H
#define PTSH_LINK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "tls/tls.h"

struct stream {
	int fd;			/* owned; -1: none */
	struct tls *tls;	/* owned; NULL: in clear */
	bool read_wants_write;	/* what stopped the last read, and the last write */
	bool write_wants_read;
	uint64_t received, sent;	/* bytes of the user's, not of TLS's */
};

/* Takes fd: connected, non-blocking. */
void stream_init(struct stream *s, int fd);

/* From now on all is TLS's: takes tls, made for this stream's fd. */
void stream_use_tls(struct stream *s, struct tls *tls);

/* FLOW_DONE: the handshake is complete. */
enum flow stream_handshake(struct stream *s, struct error *e);

/* FLOW_DONE: *got bytes (at least one) are in bytes[0 .. size). */
enum flow stream_read(struct stream *s, char *bytes, size_t size, size_t *got, struct error *e);

/* *put bytes (perhaps none, perhaps fewer than len) have been sent, whatever is returned. FLOW_DONE: all. */
enum flow stream_write(struct stream *s, const char *bytes, size_t len, size_t *put, struct error *e);

/* What to wait for (POLLIN, POLLOUT) to go on reading, writing. */
short stream_events(const struct stream *s, bool reading, bool writing);

/* True if there is input that poll() does not know of. */
bool stream_has_more(const struct stream *s);

/* Notifies the peer, if that does not block, and frees all. */
void stream_close(struct stream *s);

#endif
