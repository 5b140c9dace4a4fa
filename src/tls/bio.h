/* SPDX-License-Identifier: ISC */
/*
 * bio: the socket as OpenSSL sees it.
 *
 * OpenSSL's own BIO of a socket was tried in its place (OpenSSL 3.0, whose SSL_R_UNEXPECTED_EOF_WHILE_READING reports a missing
 * close_notify): it raises SIGPIPE, and after a failed write OpenSSL gives up the connection, so that the peer's last messages
 * cannot be read any more.  Here such a write seems to succeed.  OpenSSL also does not distinguish an end right after the header of a
 * record from one between records.
 */
#ifndef PTSH_TLS_BIO_H
#define PTSH_TLS_BIO_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/bio.h>

enum { TLS_BIO_HEAD = 16 };

struct tls_bio {
	int fd;			/* borrowed */
	BIO_METHOD *method;	/* owned */
	int write_errno;	/* why nothing can be written any more; 0 */
	int read_errno;		/* why nothing can be read any more; 0 */
	bool ended;		/* the peer has closed */
	unsigned char head[TLS_BIO_HEAD];	/* the first bytes that came: which protocol, and which version? */
	size_t head_len;
	unsigned char record[5];	/* header of the record that is coming in */
	size_t record_len, record_left;
};

/* Returns a BIO over b, which must live longer; NULL without memory. */
BIO *tls_bio_create(struct tls_bio *b, int fd);

/* Frees the method, once the BIO itself is freed. */
void tls_bio_clear(struct tls_bio *b);

/* True if the input so far ends inside a record. */
bool tls_bio_is_inside(const struct tls_bio *b);

#endif
