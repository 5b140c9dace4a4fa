/* SPDX-License-Identifier: ISC */
/*
 * tls: OpenSSL on the side of the server.
 */
#ifndef BOX_TLS_H
#define BOX_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "options.h"

/* Sets TLS up as the options say; makes a certificate if they name none. */
SSL_CTX *tls_context(const struct options *o);

/* Creates a server's end over memory. */
SSL *tls_create(SSL_CTX *ctx);

/* "TLSv1.3 CIPHER SUBJECT" into text.  True if the client has a verified certificate. */
bool tls_describe(const SSL *ssl, char *text, size_t size);

#endif
