/* SPDX-License-Identifier: ISC */
/*
 * peer: what the peer's certificate says, as plain data.  See tls.h.
 *
 * Everything but the key is only the peer's claim.  Text comes out harmless: ASCII, with every other byte as \xNN.
 */
#include "tls/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "tls/tls_parts.h"

enum { TLS_PEER_TEXT = 300 };	/* characters of a name that are shown */

static int tls_peer_pin(X509 *cert, char pin[static PIN_TEXT])
{
	unsigned char *der = NULL, hash[PIN_HASH];
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

	if (len <= 0)
		return -1;
	bool ok = EVP_Digest(der, (size_t)len, hash, NULL, EVP_sha256(), NULL) == 1;
	OPENSSL_free(der);
	if (ok)
		pin_write(pin, hash);
	return ok ? 0 : -1;
}

/* As strong as an RSA key of so many bits: RSA by its length, the usual measure; others by their
 * strength. */
static unsigned tls_key_bits(const EVP_PKEY *key)
{
	int security = EVP_PKEY_get_security_bits(key);

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return (unsigned)EVP_PKEY_get_bits(key);
	return security >= 112 ? 2048 : security >= 80 ? 1024 : 0;
}

static void tls_peer_key(X509 *cert, struct tls_peer *peer)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	char group[24] = "";
	size_t len;

	if (key == NULL) {
		snprintf(peer->key, sizeof peer->key, "of an unknown kind");
		return;
	}
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, &len) == 1)
		snprintf(peer->key, sizeof peer->key, "EC %s", group);
	else
		snprintf(peer->key, sizeof peer->key, "%.20s %d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
	peer->key_bits = tls_key_bits(key);
}

/* True if an authority on the way to the verdict has a key that can be broken: with old TLS, OpenSSL takes those. */
static bool tls_peer_weak_chain(const SSL *ssl)
{
	STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);

	for (int i = 1; i < sk_X509_num(chain); i++) {
		const EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(chain, i));

		if (key == NULL || tls_key_bits(key) < 1024)
			return true;
	}
	return chain == NULL;
}

static char *tls_peer_name(X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf out = {0};
	char *bytes;

	if (bio == NULL)
		return NULL;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB &
	    ~(unsigned long)ASN1_STRFLGS_ESC_CTRL) < 0) {
		BIO_free(bio);
		return NULL;
	}
	long len = BIO_get_mem_data(bio, &bytes);
	for (long i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (out.len > TLS_PEER_TEXT) {
			buf_puts(&out, "...");
			break;
		}
		if (byte >= 0x20 && byte < 0x7f)
			buf_putc(&out, (char)byte);
		else
			buf_printf(&out, "\\x%02x", byte);
	}
	BIO_free(bio);
	if (out.len == 0)
		buf_puts(&out, "(empty)");
	return buf_steal(&out);
}

static bool tls_peer_time(const ASN1_TIME *when, char text[static 16], int64_t *seconds)
{
	struct tm tm;

	if (when == NULL || ASN1_TIME_to_tm(when, &tm) != 1 || strftime(text, 16, "%Y-%m-%d", &tm) == 0) {
		snprintf(text, 16, "?");
		return false;
	}
	*seconds = (int64_t)timegm(&tm);
	return true;
}

static void tls_peer_dates(X509 *cert, struct tls_peer *peer)
{
	char from[16], to[16];
	int64_t start = 0, now = (int64_t)time(NULL);
	bool has_start = tls_peer_time(X509_get0_notBefore(cert), from, &start);
	bool has_end = tls_peer_time(X509_get0_notAfter(cert), to, &peer->not_after);

	snprintf(peer->valid, sizeof peer->valid, "%s to %s", from, to);
	peer->in_time = has_start && has_end && start <= now && now <= peer->not_after;
}

static unsigned tls_peer_version(const SSL *ssl)
{
	switch (SSL_version(ssl)) {
	case TLS1_3_VERSION:
		return 13;
	case TLS1_2_VERSION:
		return 12;
	case TLS1_1_VERSION:
		return 11;
	default:
		return 10;
	}
}

static void tls_peer_verdict(const struct tls *t, struct tls_peer *peer)
{
	if (t->verified && t->has_name && tls_peer_weak_chain(t->ssl))
		peer->why_not = "an authority's key is too weak to prove anything";
	else if (t->verified && t->has_name)
		peer->verified = true;
	else if (t->verified)
		peer->why_not = "no name to verify";
	else
		peer->why_not = X509_verify_cert_error_string(t->verify_error);
}

int tls_look(struct tls *t, struct tls_peer *peer, struct error *e)
{
	X509 *cert = SSL_get0_peer_certificate(t->ssl);

	*peer = (struct tls_peer){0};
	if (cert == NULL)
		return error_set(e, STATUS_TLS, "the box sent no certificate");
	ERR_clear_error();
	peer->version = tls_peer_version(t->ssl);
	tls_peer_key(cert, peer);
	tls_peer_dates(cert, peer);
	tls_peer_verdict(t, peer);
	peer->subject = tls_peer_name(X509_get_subject_name(cert));
	peer->issuer = tls_peer_name(X509_get_issuer_name(cert));
	if (tls_peer_pin(cert, peer->pin) == -1 || peer->subject == NULL || peer->issuer == NULL) {
		tls_peer_clear(peer);
		ERR_clear_error();
		return error_memory(e);
	}
	ERR_clear_error();
	return 0;
}

void tls_peer_clear(struct tls_peer *peer)
{
	free(peer->subject);
	free(peer->issuer);
	*peer = (struct tls_peer){0};
}
