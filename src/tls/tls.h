/* SPDX-License-Identifier: ISC */
/*
 * tls: one TLS connection as the client, by OpenSSL, over a socket that does not block.
 *
 * Verifies nothing by itself: tls_look() reports the peer's certificate, tls/trust decides.  No function of OpenSSL is
 * called before tls_create().
 */
#ifndef PTSH_TLS_TLS_H
#define PTSH_TLS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "net/loop.h"
#include "tls/flow.h"
#include "tls/pin.h"

struct tls_settings {
	unsigned min;			/* 10, 11, 12, 13: the least version */
	unsigned best;			/* the best the box is remembered with, for messages; 0 unknown */
	const char *ca;			/* authorities, or NULL: the system's, if `authorities` */
	bool authorities;		/* true if any are wanted */
	const char *cert, *key;		/* ours, or NULL; key NULL: in cert's file */
	/* Writes the passphrase of an encrypted key: its length, or -1 with *e. */
	int (*passphrase)(void *ctx, char *text, int size, struct error *e);
	void *passphrase_ctx;
	struct loop *loop;		/* in which a file is waited for */
	int64_t until;			/* loop_now() by which the files must be read; 0: no limit */
	const char *name;		/* to verify by: a name, or an address in numbers; NULL: by no name */
};

/* What the peer has shown.  Texts are ASCII without control characters (others as \xNN). */
struct tls_peer {
	char pin[PIN_TEXT];		/* of its public key */
	char key[32];			/* "RSA 2048" */
	unsigned key_bits;		/* as strong as an RSA key of that many bits, roughly: 0, 1024, 2048 */
	char *subject, *issuer;
	char valid[40];			/* "2024-01-31 to 2034-01-31" */
	int64_t not_after;		/* epoch seconds; 0 unknown */
	bool in_time;			/* valid now */
	bool verified;			/* by an authority, for the name */
	const char *why_not;		/* static text, if not */
	unsigned version;		/* 10 .. 13 */
};

struct tls;

/* fd is borrowed.  NULL with *e: STATUS_USAGE for a file of the settings (STATUS_LOST: not read in time), else STATUS_TLS. */
struct tls *tls_create(const struct tls_settings *s, int fd, struct error *e);
void tls_free(struct tls *t);

/* wants_other: what is waited for is not the direction asked for (the handshake's is reading).  Errors are STATUS_TLS
 * while shaking hands, else STATUS_LOST; their text says what to do, if something can be done. */
enum flow tls_handshake(struct tls *t, bool *wants_other, struct error *e);
enum flow tls_read(struct tls *t, char *bytes, size_t size, size_t *got, bool *wants_other, struct error *e);
enum flow tls_write(struct tls *t, const char *bytes, size_t len, size_t *put, bool *wants_other, struct error *e);
bool tls_has_more(const struct tls *t);

/* Sends close_notify if that is possible at once. */
void tls_end(struct tls *t);

/* After the handshake.  0; or -1 with *e: no certificate, no memory. */
int tls_look(struct tls *t, struct tls_peer *peer, struct error *e);
void tls_peer_clear(struct tls_peer *peer);

/* True if the box has asked for our certificate, and got it. */
bool tls_shows_certificate(const struct tls *t);

const char *tls_version(const struct tls *t);	/* "TLSv1.3" */
const char *tls_cipher(const struct tls *t);

#endif
