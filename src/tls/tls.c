/* SPDX-License-Identifier: ISC */
/*
 * tls: one TLS connection as the client.  See tls.h.
 *
 * Owns OpenSSL's objects.  Knows no trust: OpenSSL verifies and continues in any case, and its result is
 * checked by tls/trust before a byte of ours is sent.
 */
#include "tls/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "tls/bio.h"
#include "tls/explain.h"
#include "tls/files.h"
#include "tls/tls_parts.h"

static int tls_out_of_memory(struct error *e)
{
	ERR_clear_error();
	return error_memory(e);
}

/* --- setting up --- */

/* Verifies and notes the result.  OpenSSL's own note says "verified" until it is set otherwise: where memory
 * fails before that, any certificate would pass.  The parameters, the name included, are copied once more: OpenSSL
 * does not check that its own copy was made, and without a name any name would pass. */
static int tls_verify(X509_STORE_CTX *store, void *arg)
{
	struct tls *t = arg;
	bool copied = X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(store), SSL_get0_param(t->ssl)) == 1;
	int result = copied ? X509_verify_cert(store) : 0;

	t->verify_error = copied ? X509_STORE_CTX_get_error(store) : X509_V_ERR_OUT_OF_MEM;
	t->verified = result == 1 && t->verify_error == X509_V_OK;
	return 1;
}

/* OpenSSL calls it when the box has asked for a certificate. */
static int tls_on_asked(SSL *ssl, void *arg)
{
	struct tls *t = arg;

	(void)ssl;
	t->asked = true;
	return 1;
}

static SSL_CTX *tls_context(struct tls *t, const struct tls_settings *s, struct error *e)
{
	static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	bool old = s->min < 12;

	if (ctx == NULL) {
		tls_out_of_memory(e);
		return NULL;
	}
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	    SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, tls_verify, t);
	if (s->cert != NULL)
		SSL_CTX_set_cert_cb(ctx, tls_on_asked, t);
	if (old) {
		/* What boxes of that age need, without the ciphers that encrypt nothing or authenticate no peer. */
		SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
		if (SSL_CTX_set_cipher_list(ctx, "DEFAULT:!aNULL:!eNULL:!EXPORT:!LOW:@SECLEVEL=0") != 1)
			goto memory;
	} else {
		/* Nothing weaker than 112 bits in a chain, whatever the system's default is. */
		X509_VERIFY_PARAM_set_auth_level(SSL_CTX_get0_param(ctx), 2);
		if (SSL_CTX_get_security_level(ctx) < 1)
			SSL_CTX_set_security_level(ctx, 1);
	}
	if (SSL_CTX_set_min_proto_version(ctx, versions[s->min - 10]) != 1)
		goto memory;
	if (tls_load_files(ctx, s, e) == 0)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
memory:
	SSL_CTX_free(ctx);
	tls_out_of_memory(e);
	return NULL;
}

/* Writes an address as certificates have it: without a zone, and IPv4 in four numbers.  False: it is a name. */
static bool tls_is_address(const char *name, char text[static INET6_ADDRSTRLEN])
{
	size_t len = strcspn(name, "%");
	struct in6_addr v6;
	struct in_addr v4;

	if (strchr(name, ':') == NULL)
		return inet_aton(name, &v4) == 1 && inet_ntop(AF_INET, &v4, text, INET6_ADDRSTRLEN) != NULL;
	if (len >= INET6_ADDRSTRLEN)
		return false;
	memcpy(text, name, len);
	text[len] = '\0';
	return inet_pton(AF_INET6, text, &v6) == 1;
}

static int tls_set_name(SSL *ssl, const char *name)
{
	char text[INET6_ADDRSTRLEN], host[256];
	size_t len = strlen(name);

	if (tls_is_address(name, text))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), text) == 1 ? 0 : -1;
	/* A final dot belongs to DNS, not to the name in a certificate. */
	if (len > 0 && name[len - 1] == '.')
		len--;
	snprintf(host, sizeof host, "%.*s", (int)len, name);
	/* RFC 9525: a name counts only in the fields for names, not in the free text of the subject (section 2). */
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1 ? 0 : -1;
}

struct tls *tls_create(const struct tls_settings *s, int fd, struct error *e)
{
	struct tls *t = calloc(1, sizeof *t);
	BIO *bio;

	if (t == NULL) {
		error_memory(e);
		return NULL;
	}
	ERR_clear_error();
	t->min = s->min;
	t->best = s->best;
	t->has_name = s->name != NULL;
	t->verify_error = X509_V_ERR_UNSPECIFIED;
	t->ctx = tls_context(t, s, e);
	if (t->ctx == NULL) {
		tls_free(t);
		return NULL;
	}
	t->ssl = SSL_new(t->ctx);
	bio = tls_bio_create(&t->bio, fd);
	if (t->ssl == NULL || bio == NULL || (s->name != NULL && tls_set_name(t->ssl, s->name) == -1)) {
		BIO_free(bio);
		tls_free(t);
		tls_out_of_memory(e);
		return NULL;
	}
	SSL_set_bio(t->ssl, bio, bio);
	SSL_set_connect_state(t->ssl);
	return t;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	SSL_CTX_free(t->ctx);
	tls_bio_clear(&t->bio);
	free(t);
}

/* --- moving bytes --- */

/* What a call of OpenSSL that did not succeed means.  own: the direction that the caller waits for anyway. */
static enum flow tls_result(struct tls *t, int result, int own, bool *wants_other, struct error *e)
{
	int why = SSL_get_error(t->ssl, result);

	*wants_other = false;
	switch (why) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		*wants_other = why != own;
		return FLOW_WAIT;
	case SSL_ERROR_ZERO_RETURN:
		t->over = true;
		return FLOW_END;
	default:
		break;
	}
	t->over = true;
	enum status status = t->complete ? STATUS_LOST : STATUS_TLS;
	/* A failed write takes the socket's error with it: to the next read, a reset looks like an end.  EPIPE is one. */
	int broken = t->bio.read_errno;
	if (broken == 0 && !t->complete && t->bio.write_errno != EPIPE)
		broken = t->bio.write_errno;
	if (broken != 0) {
		error_set(e, status, "%s", strerror(broken));
	} else if (t->complete && t->bio.ended) {
		/* FIN without close_notify.  Between two records it may be an end like any other: the caller that still waits for
		 * a reply notices that it did not come. */
		if (!tls_bio_is_inside(&t->bio)) {
			ERR_clear_error();
			return FLOW_END;
		}
		error_set(e, status, "cut off inside a TLS record");
	} else if (ERR_peek_error() != 0) {
		tls_error_explain(e, status, t);
	} else {
		error_set(e, status, "out of memory");
	}
	ERR_clear_error();
	return FLOW_FAILED;
}

enum flow tls_handshake(struct tls *t, bool *wants_other, struct error *e)
{
	ERR_clear_error();
	int result = SSL_do_handshake(t->ssl);
	if (result != 1)
		return tls_result(t, result, SSL_ERROR_WANT_READ, wants_other, e);
	*wants_other = false;
	if (t->bio.write_errno != 0) {
		error_set(e, STATUS_TLS, "%s", strerror(t->bio.write_errno));
		return FLOW_FAILED;
	}
	t->complete = true;
	return FLOW_DONE;
}

enum flow tls_read(struct tls *t, char *bytes, size_t size, size_t *got, bool *wants_other, struct error *e)
{
	*got = 0;
	*wants_other = false;
	if (t->over)
		return FLOW_END;
	ERR_clear_error();
	if (SSL_read_ex(t->ssl, bytes, size, got) == 1)
		return FLOW_DONE;
	*got = 0;
	return tls_result(t, 0, SSL_ERROR_WANT_READ, wants_other, e);
}

enum flow tls_write(struct tls *t, const char *bytes, size_t len, size_t *put, bool *wants_other, struct error *e)
{
	size_t n;

	*put = 0;
	*wants_other = false;
	while (*put < len) {
		/* The error already found says why. */
		if (t->over) {
			error_set(e, STATUS_LOST, "TLS has ended");
			return FLOW_FAILED;
		}
		ERR_clear_error();
		int result = SSL_write_ex(t->ssl, bytes + *put, len - *put, &n);
		if (t->bio.write_errno != 0) {
			error_set(e, STATUS_LOST, "%s", strerror(t->bio.write_errno));
			return FLOW_FAILED;
		}
		if (result != 1) {
			enum flow flow = tls_result(t, result, SSL_ERROR_WANT_WRITE, wants_other, e);

			if (flow == FLOW_END)
				error_set(e, STATUS_LOST, "the box has ended TLS");
			return flow == FLOW_END ? FLOW_FAILED : flow;
		}
		*put += n;
	}
	return FLOW_DONE;
}

bool tls_has_more(const struct tls *t)
{
	return SSL_has_pending(t->ssl) == 1;
}

void tls_end(struct tls *t)
{
	if (t->complete && !t->over && t->bio.write_errno == 0) {
		ERR_clear_error();
		SSL_shutdown(t->ssl);
		ERR_clear_error();
	}
}

bool tls_shows_certificate(const struct tls *t)
{
	return t->complete && t->asked;
}

const char *tls_version(const struct tls *t)
{
	return SSL_get_version(t->ssl);
}

const char *tls_cipher(const struct tls *t)
{
	return SSL_get_cipher_name(t->ssl);
}
