/* SPDX-License-Identifier: ISC */
/*
 * login: what a client says to be let in.
 */
#include "login.h"

#include <string.h>

#include "answers.h"
#include "base/base64.h"
#include "proto/auth.h"

/* For a JSON string. */
static void put_base64(const struct client *c, struct buf *out, const void *data, size_t len, bool padded)
{
	enum { FOLD = 20 };
	struct buf text = {0};

	if (!c->box->o.fold_base64) {
		base64_encode(out, data, len, padded);
		return;
	}
	base64_encode(&text, data, len, true);
	for (size_t at = 0; at < text.len; at += FOLD)
		buf_printf(out, "%.*s\\n", FOLD, buf_string(&text) + at);
	buf_clear(&text);
}

void login_put_nonce(struct client *c)
{
	put_base64(c, &c->out, c->nonce, sizeof c->nonce, true);
}

/* --- login_cram_md6 --- */

/* The bytes that an argument stands for; false: it is no base64. */
static bool decode(struct json v, struct buf *bytes)
{
	struct buf text = {0};
	bool ok = json_kind(v) == JSON_STRING;

	json_decode(v, &text);
	/* The published client's encoder ends its lines. */
	for (size_t i = 0; i < text.len;)
		if (text.data[text.off + i] == '\n')
			memmove(text.data + text.off + i, text.data + text.off + i + 1, --text.len - i);
		else
			i++;
	ok = ok && base64_decode(bytes, buf_head(&text), text.len) == 0;
	buf_clear(&text);
	return ok;
}

static bool cram(const struct options *o, const void *nonce, size_t nonce_len, struct json cr, struct json cc,
    struct buf *out)
{
	struct buf response = {0}, client_nonce = {0};
	struct cram c;
	struct error e;
	bool ok = decode(cr, &response) && decode(cc, &client_nonce) &&
		  cram_compute(&c, o->user, strlen(o->user), o->password, strlen(o->password),
		      buf_head(&client_nonce), client_nonce.len, nonce, nonce_len, &e) == 0 &&
		  response.len == sizeof c.cr && memcmp(buf_head(&response), c.cr, sizeof c.cr) == 0;

	if (ok) {
		buf_puts(out, ",\"");
		base64_encode(out, c.sr, sizeof c.sr, false);
		buf_puts(out, "\"");
	}
	buf_clear(&response);
	buf_clear(&client_nonce);
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
    const struct json *args, size_t n, struct buf *out)
{
	if (n < 2 || !json_is(args[0], o->user))
		return false;
	if (strcmp(type, "login") == 0)
		return offered(o, BOX_LOGIN) && json_is(args[1], o->password);
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
