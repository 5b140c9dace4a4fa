/* SPDX-License-Identifier: ISC */
/*
 * md6: MD6-256 and HMAC over it, after "The MD6 hash function" (Rivest et al., 2008).
 *
 * Written to be short: a level of the tree at a time, all of it in memory.
 */
#include "md6.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { Q = 15, IN = 89, OUT = 16, DATA = 64, BITS = DIGEST * 8, ROUNDS = 40 + BITS / 4, MODE = 64 };

/* The fraction of the square root of 6. */
static const uint64_t root[Q] = {
	0x7311c2812425cfa0, 0x6432286434aac8e7, 0xb60450e9ef68b7c1, 0xe8fb23908d9f06f1, 0xdd2e76cba691e5bf, 0x0cd0d63b2c30bc41,
	0x1f8ccf6823058f8a, 0x54e5ed5b88e3775d, 0x4ad12aae0a6d6031, 0x3e7f16bb88222e0d, 0x8af8671d3fb50c2c, 0x995ad1178bd25c31,
	0xc878c1dd04c4b633, 0x3b72066c7a1552ac, 0x0d6f3522631effcb,
};

static const struct { int right, left; } shifts[OUT] = {
	{10, 11}, {5, 24}, {13, 9}, {10, 16}, {11, 15}, {12, 9}, {2, 27}, {7, 15},
	{14, 6}, {15, 2}, {7, 29}, {13, 8}, {11, 15}, {7, 5}, {6, 31}, {12, 9},
};

/* One block of a level becomes OUT words.  padding: bits at its end that are not data. */
static void compress(const uint64_t data[DATA], unsigned level, uint64_t index, bool last, unsigned padding, uint64_t out[OUT])
{
	uint64_t a[IN + ROUNDS * OUT] = {0}, s = 0x0123456789abcdef;
	size_t n = IN;

	memcpy(a, root, sizeof root);
	/* No key: eight words of 0. */
	a[Q + 8] = (uint64_t)level << 56 | index;
	a[Q + 9] = (uint64_t)ROUNDS << 48 | (uint64_t)MODE << 40 | (uint64_t)last << 36 | (uint64_t)padding << 20 | BITS;
	memcpy(a + Q + 10, data, DATA * sizeof *data);
	for (int round = 0; round < ROUNDS; round++) {
		for (int step = 0; step < OUT; step++, n++) {
			uint64_t x = s ^ a[n - IN] ^ a[n - 17] ^ (a[n - 18] & a[n - 21]) ^ (a[n - 31] & a[n - 67]);

			x ^= x >> shifts[step].right;
			a[n] = x ^ x << shifts[step].left;
		}
		s = (s << 1 | s >> 63) ^ (s & root[0]);
	}
	memcpy(out, a + n - OUT, OUT * sizeof *out);
}

void md6(const void *data, size_t len, unsigned char digest[DIGEST])
{
	const unsigned char *bytes = data;
	size_t blocks = len / (DATA * 8) + (len % (DATA * 8) > 0 || len == 0), bits = len * 8;
	uint64_t *words = mem_zero(blocks * DATA * sizeof *words), *above;

	for (size_t i = 0; i < len; i++)
		words[i / 8] |= (uint64_t)bytes[i] << (56 - i % 8 * 8);
	for (unsigned level = 1;; level++) {
		/* The last block is filled up with 0. */
		above = mem_zero((blocks * OUT + DATA) * sizeof *above);
		for (size_t i = 0; i < blocks; i++) {
			size_t left = bits - i * DATA * 64;

			compress(words + i * DATA, level, i, blocks == 1, left < DATA * 64 ? (unsigned)(DATA * 64 - left) : 0,
			    above + i * OUT);
		}
		free(words);
		words = above;
		if (blocks == 1)
			break;
		bits = blocks * OUT * 64;
		blocks = (blocks * OUT + DATA - 1) / DATA;
	}
	for (size_t i = 0; i < DIGEST; i++)
		digest[i] = (unsigned char)(words[OUT - DIGEST / 8 + i / 8] >> (56 - i % 8 * 8));
	free(words);
}

/* RFC 2104; the boxes' blocks have 64 bytes. */
void md6_hmac(const void *key, size_t key_len, const void *data, size_t len, unsigned char digest[DIGEST])
{
	enum { BLOCK = 64 };
	unsigned char pad[BLOCK] = {0}, outer[BLOCK + DIGEST], *inner = mem_zero(BLOCK + len);

	if (key_len > BLOCK)
		md6(key, key_len, pad);
	else if (key_len > 0)
		memcpy(pad, key, key_len);
	for (int i = 0; i < BLOCK; i++) {
		inner[i] = pad[i] ^ 0x36;
		outer[i] = pad[i] ^ 0x5c;
	}
	if (len > 0)
		memcpy(inner + BLOCK, data, len);
	md6(inner, BLOCK + len, outer + BLOCK);
	md6(outer, sizeof outer, digest);
	free(inner);
}
