/* SPDX-License-Identifier: ISC */
/*
 * base64: RFC 4648, written with padding, read with or without it.
 */
#ifndef PTSH_BASE_BASE64_H
#define PTSH_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends the encoding of data; with or without `=` at its end. */
void base64_encode(struct buf *out, const void *data, size_t len, bool padded);

/* Appends what text[0..len) stands for.  Padding may be there, whole or not at all; any other character,
 * white space too, a lone last character, or bits left over that are not zero: -1, and out is as before. */
int base64_decode(struct buf *out, const char *text, size_t len);

#endif
