/*
 * pin: the fingerprint of a public key as text.  See pin.h.  Computes no hash and knows no certificate.
 */
#include "net/pin.h"

#include <string.h>

#include "proto/base64.h"
#include "proto/buf.h"

static const char pin_prefix[] = "sha256//";

void pin_write(char text[static PIN_TEXT], const unsigned char hash[static PIN_HASH])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *p = text + sizeof pin_prefix - 1;

	/* Into a place of its own and without a buf: it cannot fail here, where failing would mean trusting. */
	memcpy(text, pin_prefix, sizeof pin_prefix);
	for (size_t i = 0; i < PIN_HASH; i += 3) {
		unsigned second = i + 1 < PIN_HASH ? hash[i + 1] : 0, third = i + 2 < PIN_HASH ? hash[i + 2] : 0;
		unsigned bits = (unsigned)hash[i] << 16 | second << 8 | third;

		*p++ = digits[bits >> 18];
		*p++ = digits[bits >> 12 & 63];
		*p++ = digits[bits >> 6 & 63];
		*p++ = i + 2 < PIN_HASH ? digits[bits & 63] : '=';
	}
	*p = '\0';
}

bool pin_read(unsigned char hash[static PIN_HASH], const char *text, size_t len, bool bare)
{
	struct buf b = {0};
	bool ok;

	if (len >= sizeof pin_prefix - 1 && memcmp(text, pin_prefix, sizeof pin_prefix - 1) == 0) {
		text += sizeof pin_prefix - 1;
		len -= sizeof pin_prefix - 1;
	} else if (!bare) {
		return false;
	}
	ok = base64_decode(&b, text, len) == 0 && !b.failed && b.len == PIN_HASH;
	if (ok)
		memcpy(hash, buf_head(&b), PIN_HASH);
	buf_clear(&b);
	return ok;
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
