/* SPDX-License-Identifier: ISC */
/*
 * channel: bytes to and from a box, however it is reached.
 *
 * Looks the name up (in a thread), tries its addresses (RFC 8305), or connects a Unix socket and checks its
 * owner, or starts a proxy command; carries bytes both ways with unsent data bounded by the caller; starts TLS
 * when asked to and decides which key to trust (tls/trust).  Never blocks, except for a question to the user.
 * All callbacks come from the loop, never from inside a call to the channel (except channel_accept_clear(), which
 * asks), and none comes after `closed` or channel_free().
 */
#ifndef PTSH_LINK_CHANNEL_H
#define PTSH_LINK_CHANNEL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/reach.h"
#include "net/target.h"
#include "proto/auth.h"
#include "tls/trust.h"

/* Borrowed for the life of the channel. */
struct channel_options {
	const struct target *target;
	const struct reach *reach;
	int64_t deadline;		/* loop_now() by which connecting and TLS must be done; 0: none */
	enum tls_mode tls;
	bool accept_new;
	const char *pin, *ca, *cert, *key;	/* NULL: none */
	int (*passphrase)(void *ctx, char *text, int size, struct error *e);	/* of key, as in struct tls_settings */
	void *passphrase_ctx;
	unsigned tls_min;		/* 10, 11, 12, 13 */
	const char *known_as;		/* the name to remember and verify by, or NULL */
	const char *known_boxes;	/* path, or NULL: nothing is remembered */
	struct trust_seen *seen;	/* the boxes this run has trusted, or NULL; written */
};

struct channel_ops {
	/* A step, for --verbose. */
	void (*step)(void *ctx, const char *text);
	/* Something to report to the user, whatever happens next. */
	void (*warn)(void *ctx, const char *text);
	/* Puts a question (text of several lines, the last one the question); the answer, a line without its LF, is
	 * written into answer[size]; end of input is an empty answer.  False: no terminal.  The channel's own
	 * deadline rests meanwhile; the holder's should, too.  May step the loop, may free the channel. */
	bool (*ask)(void *ctx, const char *text, char *answer, size_t size);
	/* Once an address; again for the next one, if this one has sent nothing (it hung up, or channel_next()). */
	void (*connected)(void *ctx);
	/* Bytes came, at least one.  May close the channel. */
	void (*received)(void *ctx, const char *bytes, size_t len);
	/* Unsent data has fallen below what channel_send() had left. */
	void (*drained)(void *ctx);
	/* The handshake is complete and the key is one to be trusted (or --tls insecure). */
	void (*secured)(void *ctx);
	/* Not connected, lost, or refused: e->status says which.  NULL: the box ended the connection in order. */
	void (*closed)(void *ctx, const struct error *e);
};

struct channel;

/* Starts connecting.  NULL without memory or a thread. */
struct channel *channel_open(struct loop *l, const struct channel_options *o, const struct channel_ops *ops,
    void *ctx);
void channel_free(struct channel *c);

/* Sends from the head of out and consumes what was sent; what the kernel does not take stays in out and is sent
 * when it does: out must live as long as the channel.  Errors are reported by `closed` after bytes
 * received were passed on. */
void channel_send(struct channel *c, struct buf *out);

/* Call when the box has not greeted: ends this connection and tries the next of its addresses, if one is left (false: none;
 * nothing has changed then, and the connection stays).  `connected` or `closed` comes later; what was to be sent is
 * forgotten.  Only before TLS. */
bool channel_next(struct channel *c);

/* When the greeting must have come so that the other addresses get their share of the deadline; 0: there are no others
 * left, the deadline itself counts. */
int64_t channel_greeting_due(const struct channel *c);

/* Stops (true) and resumes reading: back-pressure. */
void channel_hold(struct channel *c, bool hold);

/* Starts the TLS handshake now: the next byte each way is TLS's.  start: how this connection has come to it. */
void channel_start_tls(struct channel *c, enum known_start start);

/* Returns how far the channel is trusted at present; valid from `connected` on. */
enum channel_trust channel_trust(const struct channel *c);

/* Whether this box must be spoken to by TLS, by --tls or by what is remembered of it. */
enum channel_wants {
	WANTS_CLEAR,		/* --tls off; a box that is local or remembered as clear, and has never had TLS */
	WANTS_TLS,		/* TLS or nothing */
	WANTS_TLS_OR_ASK,	/* TLS; if the box has none, channel_accept_clear() decides */
};
enum channel_wants channel_wants(const struct channel *c);

/* True if the box may be asked for TLS before its greeting: it must use TLS, and has always started it when asked. */
bool channel_asks_early(const struct channel *c);
/* True if closed() was called or is about to be: the channel knows why it ends, better than a deadline of its holder's. */
bool channel_has_ended(const struct channel *c);

/* Remembers that a box asked early has not answered. */
void channel_note_late(struct channel *c);
/* True if the handshake is complete: then the way to TLS is no reason for the end of the connection. */
bool channel_shook_hands(const struct channel *c);

/* True if this box has been seen with TLS: --tls off is then worth a warning. */
bool channel_knows_tls(const struct channel *c);

/* Call when the box refuses TLS: asks, remembers.  0: continue in clear; -1 with *e (STATUS_TLS). */
int channel_accept_clear(struct channel *c, struct error *e);

/* The box demands TLS of its own accord.  0: channel_start_tls() is next; -1 with *e (STATUS_TLS): not with --tls off. */
int channel_accept_tls(struct channel *c, struct error *e);

/* True if the box, one that is trusted by its key, has asked for our certificate and got it. */
bool channel_shows_certificate(const struct channel *c);

/* Gets the two ends of an established TCP connection.  False: none, or not TCP. */
bool channel_endpoints(const struct channel *c, struct address *local, struct address *remote);

/* For .status; text fields are NULL where they do not apply, and live as long as the channel. */
struct channel_info {
	const char *address;		/* "192.0.2.1 port 55", or the path */
	const char *tls_version, *cipher;
	const char *key;		/* "RSA 2048" */
	const char *pin;		/* sha256//... */
	const char *verified_by;	/* "known_boxes line 3", "verified by ...", "--pin", "nothing" */
	const char *subject;
	int64_t not_after;		/* epoch seconds; 0 unknown */
	uint64_t received, sent;
};
void channel_info(const struct channel *c, struct channel_info *info);

#endif
