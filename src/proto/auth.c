/* SPDX-License-Identifier: ISC */
/*
 * auth: what a login sends and what must come back, and which method may be used where.
 *
 * Owns the arithmetic of login_cram_md6 (ptsh-protocol(7)) and the table of what a channel's trust permits
 * (ptsh(1), TRUST).  Keeps nothing and wipes the values between password and answer.
 */
#include "proto/auth.h"

#include <string.h>

#include "base/buf.h"

/* --- login_cram_md6 --- */

/* Computes an HMAC whose key is a followed by b.  0, or -1 without memory. */
static int hmac_joined(const void *a, size_t a_len, const void *b, size_t b_len,
    const unsigned char message[static MD6_BYTES], unsigned char mac[static MD6_BYTES])
{
	struct buf key = {.secret = true};
	int result = -1;

	buf_put(&key, a, a_len);
	buf_put(&key, b, b_len);
	if (!key.failed) {
		md6_hmac(buf_head(&key), key.len, message, MD6_BYTES, mac);
		result = 0;
	}
	buf_clear(&key);
	return result;
}

static bool same_bytes(const unsigned char *a, const unsigned char *b, size_t len)
{
	volatile unsigned char difference = 0;

	for (size_t i = 0; i < len; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

int cram_compute(struct cram *c, const char *user, size_t user_len, const char *password, size_t password_len,
    const void *cc, size_t cc_len, const void *nonce, size_t nonce_len, struct error *e)
{
	unsigned char key[MD6_BYTES];
	int result = 0;

	if (!nonce || nonce_len < CRAM_NONCE_MIN)
		return error_set(e, STATUS_LOGIN, "login: the box sent no nonce of %d bytes or more for login_cram_md6",
		    CRAM_NONCE_MIN);
	md6_hmac(user, user_len, password, password_len, key);
	if (hmac_joined(cc, cc_len, nonce, nonce_len, key, c->cr) == -1 ||
	    hmac_joined(nonce, nonce_len, cc, cc_len, key, c->sr) == -1)
		result = error_memory(e);
	else if (same_bytes(c->cr, c->sr, MD6_BYTES))
		/* Then the box could prove itself by echoing what it was sent. */
		result = error_set(e, STATUS_LOGIN, "login: the box's nonce makes its proof the same as ours");
	if (result == -1)
		explicit_bzero(c, sizeof *c);
	explicit_bzero(key, sizeof key);
	return result;
}

bool cram_proves(const struct cram *c, const void *sr, size_t len)
{
	return len == MD6_BYTES && same_bytes(c->sr, sr, MD6_BYTES);
}

/* --- which method --- */

enum permission { YES, WARN, ONLY_NAMED, CLEAR_LOGIN };

/* The methods that a channel permits: by method none, cram, login.  ONLY_NAMED: if --auth names it; CLEAR_LOGIN: with
 * --clear-login; both warn. */
static const struct { enum permission none, cram, login; } permitted[] = {
	[TRUST_LOCAL_SOCKET] = {YES, YES, YES},
	[TRUST_LOOPBACK_LOW] = {YES, YES, YES},
	[TRUST_LOOPBACK] = {YES, YES, CLEAR_LOGIN},
	[TRUST_TLS] = {YES, YES, YES},
	[TRUST_TLS_UNKNOWN] = {ONLY_NAMED, WARN, CLEAR_LOGIN},
	[TRUST_CLEAR] = {ONLY_NAMED, WARN, CLEAR_LOGIN},
};

const char *auth_method_name(enum auth_method method)
{
	switch (method) {
	case AUTH_NONE:
		return "none";
	case AUTH_CRAM:
		return "cram";
	case AUTH_LOGIN:
		return "login";
	case AUTH_END:
		break;
	}
	return "unknown";
}

static enum permission auth_permission(enum auth_method method, enum channel_trust trust)
{
	switch (method) {
	case AUTH_NONE:
		return permitted[trust].none;
	case AUTH_CRAM:
		return permitted[trust].cram;
	case AUTH_LOGIN: case AUTH_END:
		break;
	}
	return permitted[trust].login;
}

/* Writes "none, cram" for a set. */
static void auth_list(unsigned set, struct buf *out)
{
	for (unsigned method = AUTH_NONE; method <= AUTH_LOGIN; method <<= 1)
		if (set & method)
			buf_printf(out, "%s%s", out->len ? ", " : "", auth_method_name((enum auth_method)method));
}

/* The option that permits it.  None where the channel is weaker than before, or than it must be after a handshake: an attacker
 * who caused that would profit. */
static const char *auth_way_out(const struct auth_case *in, const char *option)
{
	if (in->known)
		return ": the box used TLS before, and another process may be in between now";
	return in->trust == TRUST_TLS_UNKNOWN ? ": its key is not verified, and another process may be in between" : option;
}

static int auth_refuse(const struct auth_case *in, const enum auth_method *wanted, struct error *e)
{
	struct buf have = {0}, want = {0};
	const char *have_text, *want_text;
	unsigned set = 0;

	for (; *wanted; wanted++)
		set |= *wanted;
	auth_list(in->offered, &have);
	auth_list(set, &want);
	have_text = buf_string(&have);
	want_text = buf_string(&want);
	if (!have_text || !want_text)
		error_memory(e);
	else if (!in->offered)
		error_set(e, STATUS_LOGIN, "login: the box offers no usable method");
	else if (!(in->offered & set))
		error_set(e, STATUS_LOGIN, "login: the box offers %s, and --auth accepts only %s", have_text, want_text);
	else if (in->offered & set & AUTH_LOGIN)
		error_set(e, STATUS_LOGIN, "login: the box offers %s, and this channel is not trusted with a password"
		    " in clear text%s", have_text, auth_way_out(in, " (--clear-login permits it)"));
	else
		error_set(e, STATUS_LOGIN, "login: the box offers %s, and this channel is not trusted without a login%s", have_text,
		    auth_way_out(in, " (--auth none permits it)"));
	buf_clear(&have);
	buf_clear(&want);
	return -1;
}

int auth_choose(struct auth_choice *choice, const struct auth_case *in, struct error *e)
{
	static const enum auth_method with[] = {AUTH_CRAM, AUTH_LOGIN, AUTH_NONE, AUTH_END};
	static const enum auth_method without[] = {AUTH_NONE, AUTH_CRAM, AUTH_LOGIN, AUTH_END};
	const enum auth_method *wanted = in->wanted ? in->wanted : in->credentials ? with : without;

	for (const enum auth_method *m = wanted; *m; m++) {
		enum permission p = auth_permission(*m, in->trust);

		if (!(in->offered & *m) || (p == ONLY_NAMED && !in->wanted) || (p == CLEAR_LOGIN && !in->clear_login))
			continue;
		choice->method = *m;
		choice->warn = p != YES;
		return 0;
	}
	return auth_refuse(in, wanted, e);
}
