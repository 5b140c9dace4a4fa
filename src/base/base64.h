/* SPDX-License-Identifier: ISC */
/*
 * base64: RFC 4648, written with or without padding, read as leniently as RFC 2045 asks.
 */
#ifndef PTSH_BASE_BASE64_H
#define PTSH_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends the encoding of data; with or without `=` at its end. */
void base64_encode(struct buf *out, const void *data, size_t len, bool padded);

/* Appends the bytes that text[0..len) encodes.  White space anywhere is skipped (RFC 2045, section 6.8), padding may be missing
 * or incomplete, and bits left over are ignored.  Any other character, a lone last one, more padding than belongs there,
 * or anything but white space after it: -1, and out is as before. */
int base64_decode(struct buf *out, const char *text, size_t len);

#endif
