/* SPDX-License-Identifier: ISC */
/*
 * files: the authorities, the client certificate and its key, from the files that the user names.
 */
#ifndef PTSH_TLS_FILES_H
#define PTSH_TLS_FILES_H

#include <openssl/ssl.h>

#include "base/status.h"
#include "tls/tls.h"

/* Loads what the settings name into ctx; may ask for the passphrase.  0; or -1 with *e: STATUS_USAGE naming option and file, or
 * STATUS_LOST where a file was not read by s->until. */
int tls_load_files(SSL_CTX *ctx, const struct tls_settings *s, struct error *e);

#endif
