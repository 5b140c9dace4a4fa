/* SPDX-License-Identifier: ISC */
/*
 * login: what a client says to be let in.
 */
#ifndef BOX_LOGIN_H
#define BOX_LOGIN_H

#include "call.h"

/* Puts the connection's nonce, in base64, behind what is to be sent. */
void login_put_nonce(struct client *c);

/* Whether the request is a login for one of the types, with the right password; if so a reply is in out:
 * `,"sr"` or nothing. */
bool login_verify(const struct options *o, const void *nonce, size_t nonce_len, const char *type,
    const struct json *args, size_t n, struct buf *out);

#endif
