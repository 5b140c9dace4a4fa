/* SPDX-License-Identifier: ISC */
/*
 * auth: the arithmetic of login and the decision how to log in.  Sends nothing.
 */
#ifndef PTSH_PROTO_AUTH_H
#define PTSH_PROTO_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "proto/md6.h"

/* --- login_cram_md6 --- */

enum { CRAM_NONCE_MIN = 8, CRAM_CLIENT_NONCE = 32 };

/* The proof that the user knows the password, and the answer that the box must give.  Keep it in memory that is wiped. */
struct cram {
	unsigned char cr[MD6_BYTES];	/* sent */
	unsigned char sr[MD6_BYTES];	/* what the box must answer */
};

/* key = HMAC(user, password), cr = HMAC(cc + nonce, key), sr = HMAC(nonce + cc, key), the first operand being
 * HMAC's key.  0; or -1 with *e: nonce shorter than CRAM_NONCE_MIN, cr equal to sr, no memory. */
int cram_compute(struct cram *c, const char *user, size_t user_len, const char *password, size_t password_len,
    const void *cc, size_t cc_len, const void *nonce, size_t nonce_len, struct error *e);

/* True if the box's sr (decoded bytes) is the right one; takes constant time. */
bool cram_proves(const struct cram *c, const void *sr, size_t len);

/* --- which method --- */

enum auth_method { AUTH_END = 0, AUTH_NONE = 1, AUTH_CRAM = 2, AUTH_LOGIN = 4 };	/* also as a set */

/* How far a channel is trusted (ptsh(1), TRUST). */
enum channel_trust {
	TRUST_LOCAL_SOCKET,	/* a Unix socket of root, oneself or --peer-uid */
	TRUST_LOOPBACK_LOW,	/* loopback, port below 1024 */
	TRUST_LOOPBACK,		/* loopback, another port */
	TRUST_TLS,		/* TLS with a key that is verified or known */
	TRUST_TLS_UNKNOWN,	/* TLS with a key that is not verified: --tls insecure */
	TRUST_CLEAR,		/* no encryption over a network */
};

struct auth_choice {
	enum auth_method method;
	bool warn;		/* permitted, but warn: the channel is not trusted */
};

/* The input of the choice. */
struct auth_case {
	unsigned offered;		/* a set of enum auth_method: what the box accepts */
	enum channel_trust trust;
	bool credentials;		/* there is a source of a password; a user's name alone does not count */
	const enum auth_method *wanted;	/* --auth in its order, ended by AUTH_END; NULL: the default */
	bool clear_login;
	bool known;			/* the box is remembered as one with TLS */
};

/* Chooses among what the box offers.  AUTH_NONE in `wanted` permits it on any channel; the default is cram, login,
 * none with credentials, none first without.  0; or -1 with *e (STATUS_LOGIN) naming what is offered, and the option that
 * would permit it, but none where the channel must be better than it is. */
int auth_choose(struct auth_choice *choice, const struct auth_case *in, struct error *e);

/* Returns "none", "cram", "login": static text. */
const char *auth_method_name(enum auth_method method);

#endif
