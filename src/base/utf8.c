/* SPDX-License-Identifier: ISC */
/*
 * utf8: one character at a time, from bytes and back (RFC 3629, section 4).
 */
#include "base/utf8.h"

#include <string.h>

int utf8_decode(const char *text, size_t len, uint32_t *point)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;	/* what the second byte may be */
	uint32_t value;
	int need;

	if (p[0] < 0x80) {
		*point = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		need = 2;
		value = p[0] & 0x1f;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		need = 3;
		value = p[0] & 0x0f;
		if (p[0] == 0xe0)
			low = 0xa0;	/* else overlong */
		else if (p[0] == 0xed)
			high = 0x9f;	/* else a surrogate */
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		need = 4;
		value = p[0] & 0x07;
		if (p[0] == 0xf0)
			low = 0x90;
		else if (p[0] == 0xf4)
			high = 0x8f;	/* else above U+10FFFF */
	} else {
		return UTF8_INVALID;
	}
	for (int i = 1; i < need; i++) {
		if ((size_t)i == len)
			return UTF8_CUT;
		if (p[i] < low || p[i] > high)
			return UTF8_INVALID;
		value = value << 6 | (p[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*point = value;
	return need;
}

size_t utf8_valid(const char *text, size_t len)
{
	size_t i = 0;
	uint32_t point;
	int n;

	while (i < len) {
		while (i < len && (signed char)text[i] >= 0)
			i++;
		if (i == len || (n = utf8_decode(text + i, len - i, &point)) < 0)
			break;
		i += (size_t)n;
	}
	return i;
}

size_t utf8_whole(const char *text, size_t len)
{
	uint32_t point;

	for (size_t n = 1; n < UTF8_MAX && n <= len; n++)
		if (utf8_decode(text + len - n, n, &point) == UTF8_CUT)
			return len - n;
	return len;
}

size_t utf8_fits(const char *text, size_t len, size_t most)
{
	return len <= most ? len : utf8_whole(text, most);
}

size_t utf8_encode(uint32_t point, char out[static UTF8_MAX])
{
	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		point = 0xfffd;
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

size_t utf8_mark(const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";

	return len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
}
