/* SPDX-License-Identifier: ISC */
/*
 * mem: allocation that ends the box when it fails, and lists that grow.
 */
#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *format, ...)
{
	va_list ap;

	fputs("box: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

void *mem_zero(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		die("out of memory");
	return p;
}

char *mem_copy(const char *text, size_t len)
{
	char *copy = mem_zero(len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *mem_string(const char *text)
{
	return text ? mem_copy(text, strlen(text)) : NULL;
}

void *mem_room(void *items, size_t n, size_t *cap, size_t size)
{
	if (n == *cap) {
		*cap = *cap ? *cap * 2 : 4;
		if (*cap > SIZE_MAX / size || !(items = realloc(items, *cap * size)))
			die("out of memory");
	}
	memset((char *)items + n * size, 0, size);
	return items;
}

void mem_close(void *items, size_t i, size_t *n, size_t size)
{
	char *at = (char *)items + i * size;

	memmove(at, at + size, (--*n - i) * size);
}
