/* SPDX-License-Identifier: ISC */
/*
 * session_login: hello, the way into TLS, and the login (ptsh-protocol(7)).
 *
 * Owns what the box offers, the proof that it must give, and the replies that wait for it.  What to do when is
 * decided by the session's holder.
 */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"
#include "proto/session_parts.h"

/* --- hello --- */

static const struct { const char *type; enum auth_method method; } hello_methods[] = {
	{"none", AUTH_NONE}, {"login", AUTH_LOGIN}, {"login_cram_md6", AUTH_CRAM},
};

/* Takes one of the types offered: known ones go into the set, all into the text, as far as there is room. */
static void hello_type(struct session *s, struct json type, struct buf *text)
{
	for (size_t i = 0; i < sizeof hello_methods / sizeof *hello_methods; i++)
		if (json_is(type, hello_methods[i].type))
			s->hello.offered |= hello_methods[i].method;
	if (text->len > HELLO_TYPES)
		return;
	if (text->len)
		buf_puts(text, ", ");
	json_decode(type, text);
}

static int hello_types(struct session *s, struct json types)
{
	struct buf text = {0};
	struct json type;
	struct json_iter it = json_iterate(types);

	if (json_kind(types) == JSON_ARRAY)
		while (json_next(&it, NULL, &type))
			hello_type(s, type, &text);
	else
		json_decode(types, &text);
	if (text.failed) {
		buf_clear(&text);
		return session_fail_memory(s);
	}
	text.len = utf8_fits(buf_head(&text), text.len, HELLO_TYPES);
	memcpy(s->types, buf_head(&text), text.len);
	for (size_t i = 0; i < text.len; i++)
		if (!s->types[i])
			s->types[i] = '?';
	s->types[text.len] = '\0';
	s->hello.types = s->types;
	buf_clear(&text);
	return 0;
}

/* Takes the nonce, or notes why it is unusable. */
static int hello_nonce(struct session *s, struct json nonce)
{
	enum json_kind kind = json_kind(nonce);
	struct buf text = {0};
	int decoded = -1;

	if (kind == JSON_STRING) {
		json_decode(nonce, &text);
		if (!text.failed)
			decoded = base64_decode(&s->nonce, buf_head(&text), text.len);
	}
	bool failed = text.failed || s->nonce.failed;
	buf_clear(&text);
	if (failed)
		return session_fail_memory(s);
	s->hello.nonce_fault = s->nonce_fault;
	if (kind == JSON_NULL)
		snprintf(s->nonce_fault, sizeof s->nonce_fault, "it sends no nonce");
	else if (kind != JSON_STRING)
		snprintf(s->nonce_fault, sizeof s->nonce_fault, "its nonce is not a string");
	else if (decoded == -1)
		snprintf(s->nonce_fault, sizeof s->nonce_fault, "its nonce is not base64");
	else if (s->nonce.len < CRAM_NONCE_MIN)
		snprintf(s->nonce_fault, sizeof s->nonce_fault, "its nonce has %zu bytes; it must have %d or more", s->nonce.len,
		    CRAM_NONCE_MIN);
	else
		s->hello = (struct hello){s->hello.offered, s->hello.types, buf_head(&s->nonce), NULL, s->nonce.len};
	return 0;
}

int session_hello(struct session *s, struct message *m)
{
	uint64_t version;

	if (s->phase != PHASE_GREETING)
		return session_fail(s, STATUS_PROTOCOL, "hello from the box: it came a second time");
	if (!json_whole(message_value(&m->rest), true, &version) || version != 1)
		return session_fail(s, STATUS_PROTOCOL, "hello from the box: its protocol version is not 1");
	if (hello_types(s, message_value(&m->rest)) == -1 || hello_nonce(s, message_value(&m->rest)) == -1)
		return -1;
	s->phase = s->tls_asked ? PHASE_TLS_ASKED : PHASE_GREETED;
	s->hello_pending = true;
	return 0;
}

/* --- TLS --- */

int session_start_tls(struct session *s)
{
	static const char text[] = "\"start_tls\"]";

	if ((s->phase != PHASE_GREETED && s->phase != PHASE_GREETING) || s->tls_asked || s->secured)
		return -1;
	/* No LF: the box takes the byte after the bracket for TLS's first. */
	if (session_queue(s, PENDING_TLS, NULL, text, sizeof text - 1, false) == -1)
		return -1;
	s->tls_asked = true;
	if (s->phase == PHASE_GREETED)
		s->phase = PHASE_TLS_ASKED;
	return 0;
}

bool session_asked_tls(const struct session *s)
{
	return s->tls_asked;
}

int session_tls_notification(struct session *s)
{
	if (s->secured)
		return session_fail(s, STATUS_PROTOCOL, "start_tls from the box: TLS is already used");
	/* Whether it is the answer is not known then, and the nonce and the types would come from inside TLS or from elsewhere. */
	if (s->phase == PHASE_GREETING && s->tls_asked)
		return session_fail(s, STATUS_PROTOCOL, "start_tls from the box: it comes before its greeting");
	if (s->more)
		return session_fail(s, STATUS_TLS, "start_tls: unencrypted data after start_tls");
	s->resume = s->phase == PHASE_TLS_ASKED ? PHASE_GREETED : s->phase;
	s->phase = PHASE_TLS;
	s->hello_pending = false;
	if (s->ops->tls)
		s->ops->tls(s->ctx);
	return 0;
}

void session_secured(struct session *s)
{
	if (s->phase != PHASE_TLS)
		return;
	s->secured = true;
	s->phase = s->resume;
}

int session_tls_reply(struct session *s, struct message *m)
{
	if (s->phase == PHASE_GREETING && !s->secured)
		return session_fail(s, STATUS_PROTOCOL, "reply to start_tls from the box: it comes before its greeting");
	session_answered(s, m->entry);
	/* Inside TLS it has no effect: whether TLS is used was decided by the handshake. */
	if (s->secured)
		return 0;
	if (m->ok)
		return session_fail(s, STATUS_TLS, "start_tls: the box accepted, but does not start TLS");
	/* A box that demands TLS by itself as well may be past asking. */
	if (s->phase != PHASE_TLS_ASKED)
		return 0;
	if (s->hello_pending)
		s->ops->greeted(s->ctx, &s->hello);
	s->hello_pending = s->tls_asked = false;
	s->phase = PHASE_GREETED;
	if (s->ops->tls_refused)
		s->ops->tls_refused(s->ctx, message_value(&m->rest));
	return 0;
}

/* --- login --- */

/* ,"base64" */
static void put_base64(struct buf *out, const void *data, size_t len, bool padded)
{
	buf_puts(out, ",\"");
	base64_encode(out, data, len, padded);
	buf_putc(out, '"');
}

/* Appends the name of the request that logs in, as a greeting offers it. */
static void put_type(struct buf *out, enum auth_method method)
{
	for (size_t i = 0; i < sizeof hello_methods / sizeof *hello_methods; i++)
		if (hello_methods[i].method == method)
			buf_printf(out, "\"%s\",", hello_methods[i].type);
}

static int login_text(struct session *s, struct buf *text, const char *user, const char *password,
    const void *client_nonce, struct error *e)
{
	bool cram = s->method == AUTH_CRAM;

	if (utf8_valid(user, strlen(user)) < strlen(user))
		return error_set(e, STATUS_USAGE, "user name: not UTF-8");
	if (!cram && utf8_valid(password, strlen(password)) < strlen(password))
		return error_set(e, STATUS_USAGE, "password: not UTF-8");
	put_type(text, s->method);
	json_put_string(text, user, strlen(user));
	if (!cram) {
		buf_putc(text, ',');
		json_put_string(text, password, strlen(password));
	} else {
		if (cram_compute(&s->cram, user, strlen(user), password, strlen(password), client_nonce,
		    CRAM_CLIENT_NONCE, s->hello.nonce, s->hello.nonce_len, e) == -1)
			return -1;
		put_base64(text, s->cram.cr, sizeof s->cram.cr, false);
		put_base64(text, client_nonce, CRAM_CLIENT_NONCE, true);
	}
	buf_putc(text, ']');
	return text->failed ? error_memory(e) : 0;
}

int session_login(struct session *s, enum auth_method method, const char *user, const char *password,
    const void *client_nonce, struct error *e)
{
	struct buf text = {.secret = true};
	uint64_t id = s->next_id;
	int result;

	if (s->phase != PHASE_GREETED)
		return error_set(e, STATUS_USAGE, "login: not possible now");
	if (method != AUTH_NONE && !(s->hello.offered & method))
		return error_set(e, STATUS_LOGIN, "login: the box does not offer %s", auth_method_name(method));
	s->method = method;
	if (method == AUTH_NONE) {
		s->phase = PHASE_READY;
		if (s->ops->ready)
			s->ops->ready(s->ctx);
		return 0;
	}
	result = login_text(s, &text, user, password, client_nonce, e);
	if (result == 0 && session_queue(s, PENDING_LOGIN, NULL, buf_head(&text), text.len, true) == -1)
		result = error_memory(e);
	buf_clear(&text);
	if (result == -1) {
		session_login_clear(s);
		return -1;
	}
	s->login_id = id;
	s->phase = PHASE_LOGIN;
	return 0;
}

/* Checks that sr proves that the box knows the password.  0; or -1 when that has ended the session. */
static int login_check(struct session *s, struct json sr)
{
	struct buf text = {0}, bytes = {0};
	const char *fault = NULL;
	int decoded;

	if (json_kind(sr) != JSON_STRING)
		return session_fail(s, STATUS_LOGIN, "login: the box did not prove that it knows the password: it sent no proof");
	json_decode(sr, &text);
	decoded = text.failed ? -1 : base64_decode(&bytes, buf_head(&text), text.len);
	if (decoded == -1)
		fault = ": its proof is not base64";
	else if (!cram_proves(&s->cram, buf_head(&bytes), bytes.len))
		fault = bytes.len == MD6_BYTES ? "" : ": its proof has the wrong length";
	bool failed = text.failed || bytes.failed;
	buf_clear(&text);
	buf_clear(&bytes);
	if (failed)
		return session_fail_memory(s);
	if (fault != NULL)
		return session_fail(s, STATUS_LOGIN, "login: the box did not prove that it knows the password%s", fault);
	return 0;
}

/* Reports the requests that went along with a login that was refused: the box has not served them. */
static void login_drop_early(struct session *s)
{
	uint64_t end = s->next_id;

	for (uint64_t id = s->login_id + 1; id < end && s->phase != PHASE_ENDED; id++) {
		struct pending *p = pending_find(&s->pending, id);

		if (!p || (p->kind != PENDING_REQUEST && p->kind != PENDING_FORGOTTEN))
			continue;
		if (p->kind == PENDING_REQUEST) {
			s->open--;
			p->kind = PENDING_REFUSED;
			s->ops->unanswered(s->ctx, p->tag, session_sent(s, p), false);
		} else {
			p->kind = PENDING_REFUSED;
		}
	}
}

int session_login_reply(struct session *s, struct message *m)
{
	session_answered(s, m->entry);
	if (!m->ok) {
		explicit_bzero(&s->cram, sizeof s->cram);
		s->phase = PHASE_GREETED;
		buf_clear(&s->early);
		login_drop_early(s);
		if (s->phase == PHASE_GREETED && s->ops->login_refused)
			s->ops->login_refused(s->ctx, m->rest);
		return 0;
	}
	if (s->method == AUTH_CRAM && login_check(s, message_value(&m->rest)) == -1)
		return -1;
	explicit_bzero(&s->cram, sizeof s->cram);
	s->phase = PHASE_READY;
	if (s->ops->ready)
		s->ops->ready(s->ctx);
	return 0;
}
