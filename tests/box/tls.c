/* SPDX-License-Identifier: ISC */
/*
 * tls: OpenSSL on the side of the server.  Deliberately weak where the options ask for it: old boxes are.
 */
#include "tls.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "mem.h"

static _Noreturn void fail(const char *what)
{
	die("%s: %s", what, ERR_reason_error_string(ERR_peek_error()));
}

/* A fresh key and a certificate that it signs itself, as a box has before it gets another. */
static void use_own(SSL_CTX *ctx)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_EXTENSION *names =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
	X509_NAME *name;

	if (!key || !cert || !names)
		fail("certificate");
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 30L * 24 * 3600);
	X509_set_pubkey(cert, key);
	name = X509_get_subject_name(cert);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"ptsh-box", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	if (!X509_add_ext(cert, names, -1) || !X509_sign(cert, key, EVP_sha256()) ||
	    SSL_CTX_use_certificate(ctx, cert) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		fail("certificate");
	X509_EXTENSION_free(names);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static int version(const char *text)
{
	static const struct {
		const char *name;
		int version;
	} known[] = {
	    {"1.0", TLS1_VERSION}, {"1.1", TLS1_1_VERSION}, {"1.2", TLS1_2_VERSION}, {"1.3", TLS1_3_VERSION}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, text) == 0)
			return known[i].version;
	die("--tls-max: '%s' is none of 1.0, 1.1, 1.2, 1.3", text);
}

/* Accepts a client without a certificate, or with one that does not verify: it has to log in. */
static int any_certificate(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 1;
}

SSL_CTX *tls_context(const struct options *o)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx)
		fail("TLS");
	SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	if (o->tls_max)
		SSL_CTX_set_max_proto_version(ctx, version(o->tls_max));
	/* First, because its security level applies when a certificate is loaded. */
	if (SSL_CTX_set_cipher_list(ctx, o->ciphers) != 1)
		fail(o->ciphers);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (!o->cert)
		use_own(ctx);
	else if (SSL_CTX_use_certificate_chain_file(ctx, o->cert) != 1)
		fail(o->cert);
	else if (SSL_CTX_use_PrivateKey_file(ctx, o->key, SSL_FILETYPE_PEM) != 1)
		fail(o->key);
	if (o->client_ca) {
		if (SSL_CTX_load_verify_locations(ctx, o->client_ca, NULL) != 1)
			fail(o->client_ca);
		SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(o->client_ca));
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, any_certificate);
		SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"box", 3);
	}
	return ctx;
}

SSL *tls_create(SSL_CTX *ctx)
{
	SSL *ssl = SSL_new(ctx);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!ssl || !in || !out)
		die("out of memory");
	BIO_set_mem_eof_return(in, -1);
	BIO_set_mem_eof_return(out, -1);
	SSL_set_bio(ssl, in, out);
	SSL_set_accept_state(ssl);
	return ssl;
}

bool tls_describe(const SSL *ssl, char *text, size_t size)
{
	X509 *cert = SSL_get0_peer_certificate(ssl);
	char subject[200] = "";

	if (cert)
		X509_NAME_oneline(X509_get_subject_name(cert), subject, sizeof subject);
	snprintf(text, size, "%s %s %s%s", SSL_get_version(ssl), SSL_get_cipher_name(ssl), subject,
	    SSL_session_reused((SSL *)(uintptr_t)ssl) ? "resumed" : "");
	return cert && SSL_get_verify_result(ssl) == X509_V_OK;
}
