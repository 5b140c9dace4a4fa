/* SPDX-License-Identifier: ISC */
/*
 * pin: the fingerprint of a public key, as curl writes it: `sha256//` and the BASE64 of SHA-256 over the key's
 * SubjectPublicKeyInfo (RFC 7469, section 2.4).
 */
#ifndef PTSH_TLS_PIN_H
#define PTSH_TLS_PIN_H

#include <stdbool.h>
#include <stddef.h>

enum { PIN_HASH = 32, PIN_TEXT = 53 };	/* its NUL included */

void pin_write(char text[static PIN_TEXT], const unsigned char hash[static PIN_HASH]);

/* True if text[0..len) is one pin; with or without the final `=`, and without `sha256//` if bare. */
bool pin_read(unsigned char hash[static PIN_HASH], const char *text, size_t len, bool bare);

/* True if text is one pin or several, separated by `;`. */
bool pin_list_valid(const char *text);

/* True if pin, as written by pin_write(), is one of the list. */
bool pin_list_has(const char *text, const char *pin);

#endif
