/* SPDX-License-Identifier: ISC */
/*
 * md6: MD6-256 (Rivest et al., "The MD6 hash function", 2008): 64-bit words, tree mode L = 64, no key,
 * 104 rounds; and HMAC (RFC 2104) over it with a block of 64 bytes, as the boxes use it.
 */
#ifndef PTSH_PROTO_MD6_H
#define PTSH_PROTO_MD6_H

#include <stddef.h>

enum { MD6_BYTES = 32, MD6_HMAC_BLOCK = 64 };

/* The hash of data[0..len).  Works in constant memory on the stack and wipes it. */
void md6_256(const void *data, size_t len, unsigned char hash[static MD6_BYTES]);

/* HMAC-MD6-256; a key longer than a block is replaced by its hash.  Likewise. */
void md6_hmac(const void *key, size_t key_len, const void *message, size_t len,
    unsigned char mac[static MD6_BYTES]);

#endif
