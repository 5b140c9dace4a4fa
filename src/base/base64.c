/* SPDX-License-Identifier: ISC */
/*
 * base64: RFC 4648, section 4.
 */
#include "base/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, const void *data, size_t len, bool padded)
{
	const unsigned char *p = data;

	for (; len > 0; p += 3) {
		size_t n = len < 3 ? len : 3;
		unsigned bits = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);

		for (size_t i = 0; i < 4; i++)
			if (i <= n)
				buf_putc(out, alphabet[bits >> (18 - 6 * i) & 63]);
			else if (padded)
				buf_putc(out, '=');
		len -= n;
	}
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Not isspace(), which depends on the locale; NUL is no white space. */
static bool base64_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int base64_decode(struct buf *out, const char *text, size_t len)
{
	size_t before = out->len, digits = 0, padding = 0;
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < len; i++) {
		int value = base64_value(text[i]);

		if (base64_is_blank(text[i]))
			continue;
		if (text[i] == '=') {
			padding++;
			continue;
		}
		if (value < 0 || padding > 0)
			goto bad;
		digits++;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buf_putc(out, (char)(bits >> count & 0xff));
		}
	}
	if (digits % 4 != 1 && padding <= (4 - digits % 4) % 4)
		return 0;
bad:
	buf_truncate(out, before);
	return -1;
}
