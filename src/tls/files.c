/* SPDX-License-Identifier: ISC */
/*
 * files: the authorities, the client certificate and its key.  See files.h.
 *
 * Each file is read once, whole and in a thread: it may be a FIFO, or lie on a file system that hangs.  OpenSSL gets the bytes
 * and opens nothing.
 */
#include "tls/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "net/file.h"
#include "net/thread.h"
#include "tls/explain.h"

enum {
	FILE_MAX = 64 * 1024 * 1024,	/* bytes; the authorities of a whole system are a quarter of a MiB */
};

/* --- reading --- */

struct reading {
	char *path;
	struct buf bytes;
	int error;
};

static void reading_free(void *arg)
{
	struct reading *r = arg;

	buf_clear(&r->bytes);
	free(r->path);
	free(r);
}

static void reading_call(void *arg)
{
	struct reading *r = arg;
	int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1 || file_slurp(fd, FILE_MAX, &r->bytes) == -1)
		r->error = errno;
	if (fd != -1)
		close(fd);
}

static int reading_error(struct error *e, const char *option, const char *path, int error)
{
	if (error == ENOMEM)
		return error_memory(e);
	if (error == ETIMEDOUT)
		return error_set(e, STATUS_LOST, "%s %s: cannot be read in time (--connect-timeout)", option, path);
	if (error == EISDIR && strcmp(option, "--ca") == 0)
		return error_set(e, STATUS_USAGE, "--ca %s: a folder; name a file with the authorities' certificates", path);
	return error_set(e, STATUS_USAGE, "%s %s: %s", option, path, error == EINTR ? "interrupted" : strerror(error));
}

/* The file's content into *out, which is secret: it may hold a key. */
static int read_file(const struct tls_settings *s, const char *option, const char *path, struct buf *out, struct error *e)
{
	struct reading *r = calloc(1, sizeof *r);
	int64_t left = s->until - loop_now();
	int error;

	if (r == NULL)
		return error_memory(e);
	r->bytes.secret = true;
	if ((r->path = strdup(path)) == NULL) {
		reading_free(r);
		return error_memory(e);
	}
	if (thread_call(s->loop, reading_call, reading_free, r, s->until == 0 ? -1 : left > 0 ? left : 0) == -1)
		return reading_error(e, option, path, errno);
	*out = r->bytes;
	r->bytes = (struct buf){0};
	buf_consume(out, utf8_mark(buf_head(out), out->len));	/* PEM is text */
	error = r->error;
	reading_free(r);
	if (error == 0)
		return 0;
	buf_clear(out);
	return reading_error(e, option, path, error);
}

/* --- loading --- */

/* What a file must have, as PEM names it. */
static const char certificate[] = "CERTIFICATE", private_key[] = "PRIVATE KEY";

static bool has_pem(const struct buf *bytes, const char *text)
{
	return memmem(buf_head(bytes), bytes->len, text, strlen(text)) != NULL;
}

/* Says what is wrong with a file, from its content or OpenSSL's queue, which it empties. */
static int pem_error(struct error *e, const char *option, const char *path, const struct buf *bytes, const char *wanted)
{
	const char *why = tls_error_reason();
	char mark[32];

	snprintf(mark, sizeof mark, "%s-----", wanted);
	if (!has_pem(bytes, "-----BEGIN "))
		why = "it has nothing in PEM form (openssl x509 -inform DER and openssl pkcs12 convert other forms)";
	else if (!has_pem(bytes, mark))
		why = wanted == certificate ? "it has no certificate" : strcmp(option, "--key") == 0 ? "it has no private key" :
		    "it has no private key: name its file with --key";
	error_set(e, STATUS_USAGE, "%s %s: %s", option, path, why);
	ERR_clear_error();
	return -1;
}

static BIO *bio_of(struct buf *bytes)
{
	return bytes->len > 0 ? BIO_new_mem_buf(buf_head(bytes), (int)bytes->len) : BIO_new_mem_buf("", 0);
}

/* Never asks: no certificate is encrypted, and nothing else in the file is read. */
static int no_passphrase(char *text, int size, int writing, void *arg)
{
	(void)text, (void)size, (void)writing, (void)arg;
	return -1;
}

/* Every certificate and revocation list of the file; 1, or 0 with OpenSSL's errors. */
static int put_authorities(SSL_CTX *ctx, BIO *in)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	STACK_OF(X509_INFO) *infos = PEM_X509_INFO_read_bio(in, NULL, no_passphrase, NULL);
	int found = 0, good = infos != NULL;

	for (int i = 0; good && i < sk_X509_INFO_num(infos); i++) {
		const X509_INFO *info = sk_X509_INFO_value(infos, i);

		if (info->x509 != NULL)
			good = X509_STORE_add_cert(store, info->x509);
		if (good && info->crl != NULL)
			good = X509_STORE_add_crl(store, info->crl);
		found += info->x509 != NULL || info->crl != NULL;
	}
	sk_X509_INFO_pop_free(infos, X509_INFO_free);
	if (good && found == 0)
		ERR_raise(ERR_LIB_PEM, PEM_R_NO_START_LINE);
	return good && found > 0;
}

/* The first certificate is ours, the others lead from it to its authority; 1, or 0 with OpenSSL's errors. */
static int put_certificates(SSL_CTX *ctx, BIO *in)
{
	X509 *cert = PEM_read_bio_X509_AUX(in, NULL, no_passphrase, NULL);
	int good = cert != NULL && SSL_CTX_use_certificate(ctx, cert) == 1;

	X509_free(cert);
	if (!good || SSL_CTX_clear_chain_certs(ctx) != 1)
		return 0;
	while ((cert = PEM_read_bio_X509(in, NULL, no_passphrase, NULL)) != NULL)
		if (SSL_CTX_add0_chain_cert(ctx, cert) != 1) {
			X509_free(cert);
			return 0;
		}
	if (ERR_GET_LIB(ERR_peek_last_error()) != ERR_LIB_PEM || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return 0;
	ERR_clear_error();
	return 1;
}

struct asking {
	const struct tls_settings *s;
	struct error *e;
	bool asked, refused;	/* a passphrase was wanted; there is none, and *e says why */
};

static int ask_passphrase(char *text, int size, int writing, void *arg)
{
	struct asking *a = arg;
	int len;

	(void)writing;
	if (a->asked)			/* OpenSSL tries another reader of keys with the same question */
		return -1;
	len = a->s->passphrase != NULL ? a->s->passphrase(a->s->passphrase_ctx, text, size, a->e) : -1;
	a->asked = true;
	a->refused = len < 0 && a->s->passphrase != NULL;
	return len;
}

/* OpenSSL would ask for a passphrase on the terminal by itself. */
static int load_key(SSL_CTX *ctx, const struct tls_settings *s, const char *option, const char *path, BIO *in,
    const struct buf *bytes, struct error *e)
{
	struct asking a = {.s = s, .e = e};
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, ask_passphrase, &a);
	bool good = key != NULL && SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	if (key == NULL && a.asked) {
		ERR_clear_error();
		return a.refused ? -1 : error_set(e, STATUS_USAGE, "%s %s: cannot be decrypted: the passphrase is wrong", option, path);
	}
	return good ? 0 : pem_error(e, option, path, bytes, private_key);
}

static int load_authorities(SSL_CTX *ctx, const struct tls_settings *s, struct error *e)
{
	struct buf bytes = {0};
	BIO *in;
	int result;

	if (read_file(s, "--ca", s->ca, &bytes, e) == -1)
		return -1;
	in = bio_of(&bytes);
	result = in != NULL && put_authorities(ctx, in) == 1 ? 0 : pem_error(e, "--ca", s->ca, &bytes, certificate);
	BIO_free(in);
	buf_clear(&bytes);
	return result;
}

/* The key is in a file of its own, or in the certificate's, which is read only once. */
static int load_certificate(SSL_CTX *ctx, const struct tls_settings *s, struct error *e)
{
	struct buf cert = {0}, key = {0};
	BIO *cert_in = NULL, *key_in = NULL;
	int result = -1;

	if (read_file(s, "--cert", s->cert, &cert, e) == -1 || (s->key != NULL && read_file(s, "--key", s->key, &key, e) == -1))
		goto end;
	cert_in = bio_of(&cert);
	key_in = bio_of(s->key != NULL ? &key : &cert);
	if (cert_in == NULL || key_in == NULL)
		result = error_memory(e);
	else if (put_certificates(ctx, cert_in) != 1)
		result = pem_error(e, "--cert", s->cert, &cert, certificate);
	else
		result = load_key(ctx, s, s->key != NULL ? "--key" : "--cert", s->key != NULL ? s->key : s->cert, key_in,
		    s->key != NULL ? &key : &cert, e);
end:
	BIO_free(cert_in);
	BIO_free(key_in);
	buf_clear(&cert);
	buf_clear(&key);
	return result;
}

int tls_load_files(SSL_CTX *ctx, const struct tls_settings *s, struct error *e)
{
	if (s->ca != NULL && load_authorities(ctx, s, e) == -1)
		return -1;
	if (s->ca == NULL && s->authorities)
		SSL_CTX_set_default_verify_paths(ctx);
	if (s->cert == NULL && s->key != NULL)
		return error_set(e, STATUS_USAGE, "--key %s: --cert is missing", s->key);
	if (s->cert != NULL && load_certificate(ctx, s, e) == -1)
		return -1;
	ERR_clear_error();
	return 0;
}
