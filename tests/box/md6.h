/* SPDX-License-Identifier: ISC */
/*
 * md6: MD6-256 and HMAC over it.
 *
 * The box's own arithmetic: its judgement of a login must not depend on ptsh's code.  Checked against published vectors.
 */
#ifndef BOX_MD6_H
#define BOX_MD6_H

#include <stddef.h>

enum { DIGEST = 32 };

void md6(const void *data, size_t len, unsigned char digest[DIGEST]);
void md6_hmac(const void *key, size_t key_len, const void *data, size_t len, unsigned char digest[DIGEST]);

#endif
