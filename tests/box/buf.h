/* SPDX-License-Identifier: ISC */
/*
 * buf: bytes that grow at the end and are taken at the front.
 *
 * The box's own, as ptsh's buf is among what it tests.  Ends the box when there is no memory (mem).
 */
#ifndef BOX_BUF_H
#define BOX_BUF_H

#include <stddef.h>

/* Zeroed, it is empty and ready. */
struct buf {
	char *data;
	size_t off, len, cap;	/* the bytes are data[off .. off + len) */
};

static inline const char *buf_head(const struct buf *b)
{
	return b->data ? b->data + b->off : "";
}

/* Returns room for len bytes at the end; buf_commit() keeps what was written of them. */
char *buf_reserve(struct buf *b, size_t len);
static inline void buf_commit(struct buf *b, size_t len)
{
	b->len += len;
}

void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends the text as a JSON string. */
void buf_put_json(struct buf *b, const char *text);

const char *buf_string(struct buf *b);			/* followed by a NUL that does not count */
void buf_consume(struct buf *b, size_t len);		/* takes bytes away at the front */
void buf_truncate(struct buf *b, size_t len);		/* keeps so many */
void buf_clear(struct buf *b);				/* gives the memory back */

#endif
