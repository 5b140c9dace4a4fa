/* SPDX-License-Identifier: ISC */
/*
 * login: the login requests of a client.
 */
#include "login.h"

#include <string.h>

#include <openssl/evp.h>

#include "answers.h"

void login_put_base64(struct buf *out, const void *data, size_t len, bool padded)
{
	char *text = buf_reserve(out, (len + 2) / 3 * 4 + 1);
	int n = EVP_EncodeBlock((unsigned char *)text, data, (int)len);

	while (!padded && n > 0 && text[n - 1] == '=')
		n--;
	buf_commit(out, (size_t)n);
}

void login_put_nonce(struct client *c)
{
	enum { FOLD = 20 };
	struct buf text = {0};

	login_put_base64(&text, c->nonce, sizeof c->nonce, true);
	if (!c->box->o.fold_base64)
		buf_puts(&c->out, buf_string(&text));
	else
		for (size_t at = 0; at < text.len; at += FOLD)
			buf_printf(&c->out, "%.*s\\n", FOLD, buf_string(&text) + at);
	buf_clear(&text);
}

/* --- login_cram_md6 --- */

/* Decodes an argument.  False: not base64. */
static bool decode(const cJSON *v, struct buf *bytes)
{
	struct buf text = {0};
	size_t pads = 0;
	int n = -1;

	/* The published client's encoder adds line ends. */
	for (const char *p = cJSON_IsString(v) ? v->valuestring : ""; *p; p++)
		if (*p != '\n')
			buf_putc(&text, *p);
	while (text.len > 0 && buf_head(&text)[text.len - 1] == '=')
		buf_truncate(&text, text.len - 1);
	for (; text.len % 4 != 0 && pads < 2; pads++)
		buf_putc(&text, '=');
	/* OpenSSL counts padding as data. */
	if (text.len > 0 && text.len % 4 == 0)
		n = EVP_DecodeBlock((unsigned char *)buf_reserve(bytes, text.len), (const unsigned char *)buf_head(&text), (int)text.len);
	if (n >= 0)
		buf_commit(bytes, (size_t)n - pads);
	buf_clear(&text);
	return n >= 0;
}

static void mac_of_both(const struct buf *one, const struct buf *other, const unsigned char key[DIGEST], unsigned char mac[DIGEST])
{
	struct buf both = {0};

	buf_put(&both, buf_head(one), one->len);
	buf_put(&both, buf_head(other), other->len);
	md6_hmac(buf_head(&both), both.len, key, DIGEST, mac);
	buf_clear(&both);
}

void login_cram(const struct buf *user, const struct buf *password, const struct buf *cc, const struct buf *nonce,
    unsigned char cr[DIGEST], unsigned char sr[DIGEST])
{
	unsigned char key[DIGEST];

	md6_hmac(buf_head(user), user->len, buf_head(password), password->len, key);
	mac_of_both(cc, nonce, key, cr);
	mac_of_both(nonce, cc, key, sr);
}

static bool cram(const struct options *o, const void *nonce, size_t nonce_len, const cJSON *response, const cJSON *client_nonce,
    struct buf *out)
{
	struct buf theirs = {0}, cc = {0}, user = {0}, password = {0}, ours = {0};
	unsigned char cr[DIGEST], sr[DIGEST];
	bool ok = decode(response, &theirs) && decode(client_nonce, &cc);

	buf_puts(&user, o->user);
	buf_puts(&password, o->password);
	buf_put(&ours, nonce, nonce_len);
	login_cram(&user, &password, &cc, &ours, cr, sr);
	ok = ok && theirs.len == sizeof cr && memcmp(buf_head(&theirs), cr, sizeof cr) == 0;
	if (ok) {
		buf_puts(out, ",\"");
		login_put_base64(out, sr, sizeof sr, false);
		buf_puts(out, "\"");
	}
	buf_clear(&theirs);
	buf_clear(&cc);
	buf_clear(&user);
	buf_clear(&password);
	buf_clear(&ours);
	return ok;
}

/* --- which --- */

static bool offered(const struct options *o, enum box_auth type)
{
	for (size_t i = 0; i < AUTH_TYPES; i++)
		if (o->auth[i] == type)
			return true;
	return false;
}

bool login_verify(const struct options *o, const void *nonce, size_t nonce_len, const char *type,
    const cJSON *const *args, size_t n, struct buf *out)
{
	if (n < 2 || !call_is(args[0], o->user))
		return false;
	if (strcmp(type, "login") == 0)
		return offered(o, BOX_LOGIN) && call_is(args[1], o->password);
	return offered(o, BOX_CRAM) && n >= 3 && cram(o, nonce, nonce_len, args[1], args[2], out);
}

enum call_result answer_login(struct call *c)
{
	struct client *client = c->client;
	const char *user;

	if (call_text(c, 0, "user", &user) != 0)
		return CALL_FAILED;
	if (!login_verify(&c->box->o, client->nonce, sizeof client->nonce, c->type, c->args, c->n, c->out))
		return call_fail(c, "login failed for '%s': wrong user, password or method", user);
	client->authed = true;
	box_logf(c->box, client, "login", "%s %s", c->type, user);
	return CALL_OK;
}
