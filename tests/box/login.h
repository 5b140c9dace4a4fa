/* SPDX-License-Identifier: ISC */
/*
 * login: the login requests of a client.
 */
#ifndef BOX_LOGIN_H
#define BOX_LOGIN_H

#include "call.h"
#include "md6.h"

/* Appends base64, padded or not, by OpenSSL. */
void login_put_base64(struct buf *out, const void *data, size_t len, bool padded);

/* Appends the connection's nonce, in base64, to its output. */
void login_put_nonce(struct client *c);

/* Computes what login_cram_md6 compares (ptsh-protocol(7)): cr comes from the client, sr goes to it. */
void login_cram(const struct buf *user, const struct buf *password, const struct buf *cc, const struct buf *nonce,
    unsigned char cr[DIGEST], unsigned char sr[DIGEST]);

/* True if the request is a login of one of the types with the right password; the reply is in out then:
 * `,"sr"` or nothing. */
bool login_verify(const struct options *o, const void *nonce, size_t nonce_len, const char *type,
    const cJSON *const *args, size_t n, struct buf *out);

#endif
