/* SPDX-License-Identifier: ISC */
/*
 * buf: bytes that grow at the end and are consumed at the front.
 *
 * A buf of zero bytes (`struct buf b = {0};`) is empty and ready.  Appending never fails at the call: what
 * did not get memory sets `failed`, every later append is ignored, and the caller that passes the content on checks
 * it once.  A failed buf stays failed until it is cleared or reset.
 */
#ifndef PTSH_BASE_BUF_H
#define PTSH_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;	/* owned; NULL before the first append */
	size_t off;	/* bytes consumed at the front of data */
	size_t len;	/* bytes held, from data + off on */
	size_t cap;	/* bytes allocated */
	bool failed;	/* an append got no memory: the content is incomplete */
	bool secret;	/* memory is wiped when consumed, cut, freed, or left by growing */
};

/* Returns the bytes held: buf_head(b) .. buf_head(b) + b->len; never NULL.  Valid until the next change. */
const char *buf_head(const struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));

void buf_putc_slow(struct buf *b, char c);
static inline void buf_putc(struct buf *b, char c)
{
	if (!b->failed && b->off + b->len < b->cap)
		b->data[b->off + b->len++] = c;
	else
		buf_putc_slow(b, c);
}

/* Returns room for len more bytes after those held, or NULL (and failed is set).  Write into it, then commit what
 * was written: reading from a descriptor straight into a buf needs no second copy. */
char *buf_reserve(struct buf *b, size_t len);
void buf_commit(struct buf *b, size_t len);

/* Drops len (at most b->len) bytes at the front: no byte is moved, the room is used again when growing.  In a
 * secret buf they are wiped at once. */
void buf_consume(struct buf *b, size_t len);

/* Cuts the content to its first len bytes. */
void buf_truncate(struct buf *b, size_t len);

/* Returns the content as a string, with a NUL that is not counted.  NULL if the buf has failed.
 * String functions do not see bytes after a NUL in the content. */
const char *buf_string(struct buf *b);

/* Returns the content as a heap string that the caller frees (a secret by buf_forget()); the buf is empty
 * afterwards, also when NULL is returned: no memory, or the buf has failed. */
char *buf_steal(struct buf *b);

/* Wipes and frees a heap string that may hold a secret; NULL is ignored. */
void buf_forget(char *text);

void buf_reset(struct buf *b);	/* empties it; memory is kept (wiped if secret), failed forgotten */
void buf_clear(struct buf *b);	/* empties it; memory is freed; `secret` stays as it is */

#endif
