/* SPDX-License-Identifier: ISC */
/*
 * bio: the socket as OpenSSL sees it.  See bio.h.  Looks at no more than the headers of records.
 */
#include "tls/bio.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Numbers from BIO_get_new_index() run out after a hundred connections; this one is not used by OpenSSL itself. */
enum { TLS_BIO_TYPE = 0x7f };

/* Follows the records (RFC 8446, section 5.1: type, version, length) through the input. */
static void tls_bio_follow(struct tls_bio *b, const unsigned char *bytes, size_t len)
{
	size_t head = sizeof b->head - b->head_len < len ? sizeof b->head - b->head_len : len;

	memcpy(b->head + b->head_len, bytes, head);
	b->head_len += head;
	while (len > 0) {
		if (b->record_len < sizeof b->record) {
			b->record[b->record_len++] = *bytes++;
			len--;
			if (b->record_len == sizeof b->record)
				b->record_left = (size_t)b->record[3] << 8 | b->record[4];
		} else {
			size_t n = b->record_left < len ? b->record_left : len;

			b->record_left -= n;
			bytes += n;
			len -= n;
		}
		if (b->record_len == sizeof b->record && b->record_left == 0)
			b->record_len = 0;
	}
}

static int tls_bio_read(BIO *bio, char *bytes, int size)
{
	struct tls_bio *b = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	do
		n = recv(b->fd, bytes, (size_t)size, 0);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		tls_bio_follow(b, (const unsigned char *)bytes, (size_t)n);
	else if (n == 0)
		b->ended = true;
	else if (errno == EAGAIN || errno == EWOULDBLOCK)
		BIO_set_retry_read(bio);
	else
		b->read_errno = errno;
	return (int)n;
}

static int tls_bio_write(BIO *bio, const char *bytes, int len)
{
	struct tls_bio *b = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	if (b->write_errno != 0)
		return len;
	do
		n = send(b->fd, bytes, (size_t)len, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	if (n >= 0)
		return (int)n;
	if (errno == EAGAIN || errno == EWOULDBLOCK) {
		BIO_set_retry_write(bio);
		return -1;
	}
	b->write_errno = errno;
	return len;
}

static long tls_bio_control(BIO *bio, int command, long number, void *pointer)
{
	const struct tls_bio *b = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return b->ended;
	default:
		return 0;
	}
}

BIO *tls_bio_create(struct tls_bio *b, int fd)
{
	BIO *bio;

	*b = (struct tls_bio){.fd = fd};
	b->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | TLS_BIO_TYPE, "socket");
	if (b->method == NULL)
		return NULL;
	BIO_meth_set_read(b->method, tls_bio_read);
	BIO_meth_set_write(b->method, tls_bio_write);
	BIO_meth_set_ctrl(b->method, tls_bio_control);
	bio = BIO_new(b->method);
	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, b);
	BIO_set_init(bio, 1);
	return bio;
}

void tls_bio_clear(struct tls_bio *b)
{
	BIO_meth_free(b->method);
	b->method = NULL;
}

bool tls_bio_is_inside(const struct tls_bio *b)
{
	return b->record_len > 0;
}
