/* SPDX-License-Identifier: ISC */
/*
 * pin: the fingerprint of a public key as text.  See pin.h.  Computes no hash and knows no certificate.
 */
#include "tls/pin.h"

#include <string.h>

static const char pin_prefix[] = "sha256//";
static const char pin_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void pin_write(char text[static PIN_TEXT], const unsigned char hash[static PIN_HASH])
{
	char *p = text + sizeof pin_prefix - 1;

	/* Into a place of its own and without a buf: it cannot fail here, where failing would mean trusting. */
	memcpy(text, pin_prefix, sizeof pin_prefix);
	for (size_t i = 0; i < PIN_HASH; i += 3) {
		unsigned second = i + 1 < PIN_HASH ? hash[i + 1] : 0, third = i + 2 < PIN_HASH ? hash[i + 2] : 0;
		unsigned bits = (unsigned)hash[i] << 16 | second << 8 | third;

		*p++ = pin_digits[bits >> 18];
		*p++ = pin_digits[bits >> 12 & 63];
		*p++ = pin_digits[bits >> 6 & 63];
		*p++ = i + 2 < PIN_HASH ? pin_digits[bits & 63] : '=';
	}
	*p = '\0';
}

/* Needs no memory either: without any, every pin would be a wrong one. */
bool pin_read(unsigned char hash[static PIN_HASH], const char *text, size_t len, bool bare)
{
	enum { DIGITS = (PIN_HASH * 8 + 5) / 6 };
	unsigned char bytes[PIN_HASH];
	unsigned bits = 0, have = 0;
	size_t n = 0;

	if (len >= sizeof pin_prefix - 1 && memcmp(text, pin_prefix, sizeof pin_prefix - 1) == 0) {
		text += sizeof pin_prefix - 1;
		len -= sizeof pin_prefix - 1;
	} else if (!bare) {
		return false;
	}
	if (len == DIGITS + 1 && text[DIGITS] == '=')
		len--;
	if (len != DIGITS)
		return false;
	for (size_t i = 0; i < DIGITS; i++) {
		const char *digit = memchr(pin_digits, text[i], sizeof pin_digits - 1);

		if (digit == NULL)
			return false;
		bits = bits << 6 | (unsigned)(digit - pin_digits);
		have += 6;
		if (have >= 8 && n < PIN_HASH)
			bytes[n++] = (unsigned char)(bits >> (have -= 8));
	}
	if ((bits & 3) != 0)	/* the spare bits have no meaning, so they are 0 */
		return false;
	memcpy(hash, bytes, PIN_HASH);
	return true;
}

bool pin_list_valid(const char *text)
{
	unsigned char hash[PIN_HASH];

	for (;;) {
		size_t len = strcspn(text, ";");

		if (!pin_read(hash, text, len, false))
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

bool pin_list_has(const char *text, const char *pin)
{
	unsigned char one[PIN_HASH], wanted[PIN_HASH];

	if (!pin_read(wanted, pin, strlen(pin), false))
		return false;
	for (;;) {
		size_t len = strcspn(text, ";");

		if (pin_read(one, text, len, false) && memcmp(one, wanted, PIN_HASH) == 0)
			return true;
		if (text[len] == '\0')
			return false;
		text += len + 1;
	}
}
