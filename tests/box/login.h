/* SPDX-License-Identifier: ISC */
/*
 * login: what a client says to be let in.
 */
#ifndef BOX_LOGIN_H
#define BOX_LOGIN_H

#include "call.h"
#include "md6.h"

/* Appends base64, padded or not, by OpenSSL. */
void login_put_base64(struct buf *out, const void *data, size_t len, bool padded);

/* Puts the connection's nonce, in base64, behind what is to be sent. */
void login_put_nonce(struct client *c);

/* What login_cram_md6 compares (ptsh-protocol(7)): cr comes from the client, sr goes to it. */
void login_cram(const struct buf *user, const struct buf *password, const struct buf *cc, const struct buf *nonce,
    unsigned char cr[DIGEST], unsigned char sr[DIGEST]);

/* Whether the request is a login for one of the types, with the right password; if so a reply is in out:
 * `,"sr"` or nothing. */
bool login_verify(const struct options *o, const void *nonce, size_t nonce_len, const char *type,
    const cJSON *const *args, size_t n, struct buf *out);

#endif
