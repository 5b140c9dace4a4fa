/* SPDX-License-Identifier: ISC */
/*
 * explain: what went wrong in TLS, in words that say what to do.
 */
#ifndef PTSH_TLS_EXPLAIN_H
#define PTSH_TLS_EXPLAIN_H

#include "base/status.h"
#include "tls/tls.h"

/* Writes the first of OpenSSL's reasons, and a hint; empties its queue.  No hint names a version below the best that the box is
 * remembered with, nor any once the handshake is complete. */
void tls_error_explain(struct error *e, enum status status, const struct tls *t);

/* Returns the first reason alone: static text. */
const char *tls_error_reason(void);

#endif
