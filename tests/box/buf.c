/* SPDX-License-Identifier: ISC */
/*
 * buf: bytes that grow at the end and are taken at the front.
 */
#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { FIRST = 256 };

char *buf_reserve(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : FIRST;

	if (b->off > b->len && b->cap - b->len >= len) {
		/* Less than half of it is in use: moving that costs no more than what was taken. */
		memmove(b->data, b->data + b->off, b->len);
		b->off = 0;
	}
	if (len > SIZE_MAX / 4 || b->off + b->len > SIZE_MAX / 4)
		die("out of memory");
	while (cap < b->off + b->len + len)
		cap *= 2;
	if (cap > b->cap) {
		b->data = realloc(b->data, cap);
		if (!b->data)
			die("out of memory");
		b->cap = cap;
	}
	return b->data + b->off + b->len;
}

void buf_put(struct buf *b, const void *bytes, size_t len)
{
	if (len > 0)
		memcpy(buf_reserve(b, len), bytes, len);
	b->len += len;
}

void buf_putc(struct buf *b, char c)
{
	*buf_reserve(b, 1) = c;
	b->len++;
}

void buf_puts(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	buf_put(b, text, (size_t)n);
	free(text);
}

void buf_put_json(struct buf *b, const char *text)
{
	size_t plain;

	buf_putc(b, '"');
	for (; *text; text++) {
		for (plain = 0; (unsigned char)text[plain] >= ' ' && text[plain] != '"' && text[plain] != '\\'; plain++)
			;
		buf_put(b, text, plain);
		text += plain;
		if (!*text)
			break;
		if ((unsigned char)*text < ' ')
			buf_printf(b, "\\u%04x", (unsigned)*text);
		else
			buf_printf(b, "\\%c", *text);
	}
	buf_putc(b, '"');
}

const char *buf_string(struct buf *b)
{
	*buf_reserve(b, 1) = '\0';
	return buf_head(b);
}

void buf_consume(struct buf *b, size_t len)
{
	b->off += len;
	b->len -= len;
	if (b->len == 0)
		b->off = 0;
}

void buf_truncate(struct buf *b, size_t len)
{
	b->len = len;
}

void buf_clear(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}
