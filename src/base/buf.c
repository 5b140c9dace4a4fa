/* SPDX-License-Identifier: ISC */
/*
 * buf: bytes that grow at the end and are consumed at the front.  Owns the memory; does not know what the
 * bytes mean.
 */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 64 };

/* realloc() would leave a copy where it moves from. */
static bool buf_grow_secret(struct buf *b, size_t cap)
{
	char *data = malloc(cap);

	if (!data)
		return false;
	if (b->data) {
		memcpy(data, b->data + b->off, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	b->off = 0;
	return true;
}

static bool buf_grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < BUF_FIRST ? BUF_FIRST : b->cap;
	char *data;

	/* Half as much again, so that the copying stays linear and a large reply wastes little. */
	while (cap < need) {
		if (cap > SIZE_MAX / 2)
			return false;
		cap += cap < 1024 * 1024 ? cap : cap / 2;
	}
	if (b->secret)
		return buf_grow_secret(b, cap);
	data = realloc(b->data, cap);
	if (!data)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

/* Moves the content to the front of the memory. */
static void buf_compact(struct buf *b)
{
	size_t off = b->off;

	if (off == 0)
		return;
	memmove(b->data, b->data + off, b->len);
	if (b->secret)
		explicit_bzero(b->data + b->len, off);
	b->off = 0;
}

/* Makes room for len more bytes after the content. */
static bool buf_room(struct buf *b, size_t len)
{
	size_t need;

	if (b->failed)
		return false;
	if (len <= b->cap - b->off - b->len)
		return true;
	if (len > SIZE_MAX / 2 - b->len) {
		b->failed = true;
		return false;
	}
	need = b->len + len;
	/* Moving costs what it frees at least, so that it stays linear. */
	if (b->off >= b->len)
		buf_compact(b);
	if (need <= b->cap - b->off)
		return true;
	if (!buf_grow(b, b->off + need)) {
		b->failed = true;
		return false;
	}
	return true;
}

const char *buf_head(const struct buf *b)
{
	return b->data ? b->data + b->off : "";
}

void buf_put(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0 || !buf_room(b, len))
		return;
	memcpy(b->data + b->off + b->len, bytes, len);
	b->len += len;
}

void buf_puts(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_putc_slow(struct buf *b, char c)
{
	if (!buf_room(b, 1))
		return;
	b->data[b->off + b->len++] = c;
}

void buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		b->failed = true;
		return;
	}
	if (!buf_room(b, (size_t)len + 1))
		return;
	vsnprintf(b->data + b->off + b->len, (size_t)len + 1, format, ap);
	b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(b, format, ap);
	va_end(ap);
}

char *buf_reserve(struct buf *b, size_t len)
{
	/* One byte at least: what is returned for no room must not be NULL. */
	if (!buf_room(b, len ? len : 1))
		return NULL;
	return b->data + b->off + b->len;
}

void buf_commit(struct buf *b, size_t len)
{
	b->len += len;
}

void buf_consume(struct buf *b, size_t len)
{
	if (len > b->len)
		len = b->len;
	if (len == 0)
		return;
	if (b->secret)
		explicit_bzero(b->data + b->off, len);
	b->off += len;
	b->len -= len;
	if (b->len == 0)
		b->off = 0;
}

void buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	if (b->secret)
		explicit_bzero(b->data + b->off + len, b->len - len);
	b->len = len;
}

const char *buf_string(struct buf *b)
{
	if (!buf_room(b, 1))
		return NULL;
	b->data[b->off + b->len] = '\0';
	return b->data + b->off;
}

char *buf_steal(struct buf *b)
{
	char *text;

	if (!buf_string(b)) {
		buf_clear(b);
		return NULL;
	}
	buf_compact(b);
	b->data[b->len] = '\0';
	text = b->data;
	*b = (struct buf){.secret = b->secret};
	return text;
}

void buf_forget(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

void buf_reset(struct buf *b)
{
	if (b->secret && b->data)
		explicit_bzero(b->data, b->cap);
	b->off = b->len = 0;
	b->failed = false;
}

void buf_clear(struct buf *b)
{
	buf_reset(b);
	free(b->data);
	b->data = NULL;
	b->cap = 0;
}
