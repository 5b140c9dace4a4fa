/* SPDX-License-Identifier: ISC */
/*
 * tls_parts: what the two halves of tls share: tls.c moves bytes, peer.c looks at certificates.
 */
#ifndef PTSH_TLS_TLS_PARTS_H
#define PTSH_TLS_TLS_PARTS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "tls/bio.h"

struct tls {
	SSL_CTX *ctx;
	SSL *ssl;
	struct tls_bio bio;
	unsigned min, best;	/* as in struct tls_settings */
	bool has_name;		/* there is one to verify by */
	bool verified;		/* by an authority, and for that name */
	int verify_error;
	bool complete;		/* the handshake is */
	bool asked;		/* the box wanted our certificate, and there is one */
	bool over;		/* the peer has sent close_notify, or a fatal error of OpenSSL */
};

#endif
