/* SPDX-License-Identifier: ISC */
/*
 * tls_help: certificates made for the test, and a TLS server for the client to meet.
 */
#ifndef PTSH_TESTS_TLS_HELP_H
#define PTSH_TESTS_TLS_HELP_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "net_help.h"

static char folder[] = "/tmp/ptsh-tls-XXXXXX";

static inline const char *in_folder(const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

struct cert_spec {
	const char *name;	/* NAME.pem: the certificate, its issuer's, its key */
	const char *key;	/* "rsa2048", "rsa1024", "rsa512", "ec", "ec2" */
	const char *issuer;	/* another's name, or NULL: itself */
	const char *cn;
	int cn_len;		/* 0: a string, with its length */
	const char *san;	/* or NULL */
	const char *eku;	/* or NULL */
	int from, to;		/* days from now */
	const char *digest;	/* NULL: sha256 */
	bool authority;
};

static struct made {
	const char *name;
	EVP_PKEY *key;
	X509 *cert;
} made[32];
static size_t made_count;
static struct { const char *name; EVP_PKEY *key; } keys[8];

static inline EVP_PKEY *tls_key(const char *name)
{
	size_t i = 0;

	for (; keys[i].name != NULL; i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	keys[i].name = name;
	keys[i].key = name[0] == 'e' ? EVP_EC_gen("P-256") : EVP_RSA_gen((unsigned)atoi(name + 3));
	assert_non_null(keys[i].key);
	return keys[i].key;
}

static inline struct made *tls_made(const char *name)
{
	for (size_t i = 0; i < made_count; i++)
		if (strcmp(made[i].name, name) == 0)
			return &made[i];
	fail_msg("no certificate %s", name);
	return NULL;
}

static inline void tls_extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

static inline void tls_make(const struct cert_spec *s)
{
	struct made *m = &made[made_count], *issuer;
	static long serial = 1000;
	char file[64];

	*m = (struct made){s->name, tls_key(s->key), X509_new()};
	made_count++;
	issuer = s->issuer != NULL ? tls_made(s->issuer) : m;
	X509_set_version(m->cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(m->cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(m->cert), (long)s->from * 86400);
	X509_gmtime_adj(X509_getm_notAfter(m->cert), (long)s->to * 86400);
	X509_set_pubkey(m->cert, m->key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(m->cert), "CN", MBSTRING_UTF8, (const unsigned char *)s->cn,
	    s->cn_len != 0 ? s->cn_len : -1, -1, 0);
	X509_set_issuer_name(m->cert, X509_get_subject_name(issuer->cert));
	if (s->authority)
		tls_extend(m->cert, issuer->cert, NID_basic_constraints, "critical,CA:TRUE");
	if (s->san != NULL)
		tls_extend(m->cert, issuer->cert, NID_subject_alt_name, s->san);
	if (s->eku != NULL)
		tls_extend(m->cert, issuer->cert, NID_ext_key_usage, s->eku);
	assert_true(X509_sign(m->cert, issuer->key, EVP_get_digestbyname(s->digest != NULL ? s->digest : "SHA256")) > 0);
	snprintf(file, sizeof file, "%s.pem", s->name);
	FILE *f = fopen(in_folder(file), "w");
	assert_non_null(f);
	PEM_write_X509(f, m->cert);
	if (issuer != m)
		PEM_write_X509(f, issuer->cert);
	PEM_write_PrivateKey(f, m->key, NULL, NULL, 0, NULL, NULL);
	assert_int_equal(fclose(f), 0);
}

/* The pin, computed in another way than by ptsh: by the openssl command line. */
static inline void tls_pin(const char *name, char pin[static 64])
{
	char command[512];

	snprintf(command, sizeof command, "openssl x509 -in %s/%s.pem -noout -pubkey | openssl pkey -pubin -outform DER |"
	    " openssl dgst -sha256 -binary | openssl base64", folder, name);
	FILE *f = popen(command, "r");
	snprintf(pin, 64, "sha256//");
	assert_non_null(fgets(pin + 8, 64 - 8, f));
	pclose(f);
	pin[strcspn(pin, "\n")] = '\0';
	assert_int_equal(strlen(pin), 52);
}

/* --- the server --- */

static struct {
	const char *cert;		/* name */
	int min, max;			/* TLS1_VERSION... ; 0: default */
	const char *ciphers;
	void (*talk)(SSL *ssl, int fd);
	const char *client_ca;		/* demand a certificate by that authority */
} server;

static inline void server_run(int fd)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char file[64];

	snprintf(file, sizeof file, "%s.pem", server.cert);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, server.min != 0 ? server.min : TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ctx, server.max);
	SSL_CTX_set_cipher_list(ctx, server.ciphers != NULL ? server.ciphers : "ALL:@SECLEVEL=0");
	if (SSL_CTX_use_certificate_chain_file(ctx, in_folder(file)) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, in_folder(file), SSL_FILETYPE_PEM) != 1)
		_exit(2);
	if (server.client_ca != NULL) {
		snprintf(file, sizeof file, "%s.pem", server.client_ca);
		SSL_CTX_load_verify_file(ctx, in_folder(file));
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
	SSL *ssl = SSL_new(ctx);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) != 1)
		_exit(2);
	server.talk(ssl, fd);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
}

/* Starts the server, a holder that connects and shakes hands at once; mode, ca... are set in h->o before. */
static inline void start_tls_now(struct holder *h)
{
	h->inside = true;
	channel_start_tls(h->channel, START_ASKED);
	h->inside = false;
}

#endif
