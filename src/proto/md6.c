/* SPDX-License-Identifier: ISC */
/*
 * md6: MD6-256 and HMAC over it.  Owns the arithmetic and wipes its memory; does not know what is hashed.
 *
 * Section numbers are those of "The MD6 hash function" (Rivest et al., 2008).  Data is cut into blocks of 512
 * bytes; each is compressed to 128, four of which make a block of the next level, up to the root.  A block is
 * compressed when another one must follow it, so that the last one of a level is known to be the last.
 */
#include "proto/md6.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	WORDS_Q = 15, WORDS_B = 64, WORDS_N = 89, WORDS_C = 16,	/* 2.2: constant, data, input, output */
	BLOCK = WORDS_B * 8, CHUNK = WORDS_C * 8,
	ROUNDS = 40 + MD6_BYTES * 8 / 4, STEPS = ROUNDS * WORDS_C,
	TREE = 64,	/* L, the mode parameter */
	WINDOW = 8 * WORDS_C,	/* steps between two moves of the words that are still needed; divides STEPS */
	LEVELS = 16	/* 512 * 4^15 bytes, 512 GiB, are more than a password or a challenge has */
};

/* Q: the fractional part of the square root of 6 (2.2). */
static const uint64_t md6_q[WORDS_Q] = {
	0x7311c2812425cfa0, 0x6432286434aac8e7, 0xb60450e9ef68b7c1, 0xe8fb23908d9f06f1, 0xdd2e76cba691e5bf,
	0x0cd0d63b2c30bc41, 0x1f8ccf6823058f8a, 0x54e5ed5b88e3775d, 0x4ad12aae0a6d6031, 0x3e7f16bb88222e0d,
	0x8af8671d3fb50c2c, 0x995ad1178bd25c31, 0xc878c1dd04c4b633, 0x3b72066c7a1552ac, 0x0d6f3522631effcb,
};

/* How far the steps of a round shift to the right and to the left (2.2). */
static const unsigned char shift_right[WORDS_C] = {10, 5, 13, 10, 11, 12, 2, 7, 14, 15, 7, 13, 11, 7, 6, 12};
static const unsigned char shift_left[WORDS_C] = {11, 24, 9, 16, 15, 9, 27, 15, 6, 2, 29, 8, 15, 5, 31, 9};

struct level {
	unsigned char block[BLOCK];
	size_t used;
	uint64_t index;		/* of the block, within the level */
};

struct md6 {
	uint64_t a[WORDS_N + WINDOW];
	size_t begun;			/* levels; the others are never touched */
	struct level levels[LEVELS];
};

static uint64_t get64(const unsigned char *p)
{
	uint64_t w = 0;

	for (int i = 0; i < 8; i++)
		w = w << 8 | p[i];
	return w;
}

static void put64(unsigned char *p, uint64_t w)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(w >> (56 - 8 * i));
}

/* 2.4: the compression loop over a[0..WORDS_N); the result is the last WORDS_C words of a.  Of the STEPS words that it makes the last
 * WORDS_N are kept. */
static void md6_compress(uint64_t a[static WORDS_N + WINDOW])
{
	uint64_t s = 0x0123456789abcdef;

	for (size_t done = 0, i = WORDS_N; done < STEPS; done += WORDS_C, i += WORDS_C) {
		if (i == WORDS_N + WINDOW) {
			memmove(a, a + WINDOW, WORDS_N * sizeof *a);
			i = WORDS_N;
		}
		for (size_t step = 0; step < WORDS_C; step++) {
			const uint64_t *t = a + i + step;
			uint64_t x = s ^ t[-89] ^ t[-17];

			x ^= (t[-18] & t[-21]) ^ (t[-31] & t[-67]);
			x ^= x >> shift_right[step];
			a[i + step] = x ^ x << shift_left[step];
		}
		s = (s << 1 | s >> 63) ^ (s & 0x7311c2812425cfa0);
	}
}

/* Compresses the block of a level, padded with zeros, into chunk. */
static void md6_block(struct md6 *m, size_t level, bool root, unsigned char chunk[static CHUNK])
{
	struct level *l = &m->levels[level];
	uint64_t padding = (BLOCK - l->used) * 8;

	memset(l->block + l->used, 0, BLOCK - l->used);
	memcpy(m->a, md6_q, sizeof md6_q);
	memset(m->a + WORDS_Q, 0, 8 * sizeof *m->a);	/* no key */
	m->a[23] = (uint64_t)(level + 1) << 56 | l->index;
	m->a[24] = (uint64_t)ROUNDS << 48 | (uint64_t)TREE << 40 | (uint64_t)root << 36 | padding << 20 |
	    MD6_BYTES * 8;
	for (size_t i = 0; i < WORDS_B; i++)
		m->a[25 + i] = get64(l->block + 8 * i);
	md6_compress(m->a);
	for (size_t i = 0; i < WORDS_C; i++)
		put64(chunk + 8 * i, m->a[WORDS_N + WINDOW - WORDS_C + i]);
	l->used = 0;
	l->index++;
}

static void md6_add(struct md6 *m, size_t level, const unsigned char *data, size_t len)
{
	struct level *l = &m->levels[level];

	if (level == m->begun) {
		l->used = l->index = 0;
		m->begun++;
	}
	while (len > 0) {
		size_t n = BLOCK - l->used;

		if (n == 0) {
			unsigned char chunk[CHUNK];

			md6_block(m, level, false, chunk);
			md6_add(m, level + 1, chunk, sizeof chunk);
			explicit_bzero(chunk, sizeof chunk);
			continue;
		}
		if (n > len)
			n = len;
		memcpy(l->block + l->used, data, n);
		l->used += n;
		data += n;
		len -= n;
	}
}

static void md6_start(struct md6 *m)
{
	m->begun = 0;
}

/* Wipes what was hashed. */
static void md6_finish(struct md6 *m, unsigned char hash[static MD6_BYTES])
{
	unsigned char chunk[CHUNK];
	size_t level = 0;

	/* A level of which nothing was compressed yet has one block: the root. */
	for (; m->levels[level].index > 0; level++) {
		md6_block(m, level, false, chunk);
		md6_add(m, level + 1, chunk, sizeof chunk);
	}
	md6_block(m, level, true, chunk);
	memcpy(hash, chunk + CHUNK - MD6_BYTES, MD6_BYTES);
	explicit_bzero(chunk, sizeof chunk);
	explicit_bzero(m, offsetof(struct md6, levels) + m->begun * sizeof *m->levels);
}

void md6_256(const void *data, size_t len, unsigned char hash[static MD6_BYTES])
{
	struct md6 m;

	md6_start(&m);
	md6_add(&m, 0, data, len);
	md6_finish(&m, hash);
}

/* One of HMAC's two hashes: of the key, each byte changed by pad, and the message. */
static void hmac_half(struct md6 *m, const unsigned char key[static MD6_HMAC_BLOCK], unsigned char pad,
    const void *message, size_t len, unsigned char hash[static MD6_BYTES])
{
	unsigned char padded[MD6_HMAC_BLOCK];

	for (size_t i = 0; i < sizeof padded; i++)
		padded[i] = key[i] ^ pad;
	md6_start(m);
	md6_add(m, 0, padded, sizeof padded);
	md6_add(m, 0, message, len);
	md6_finish(m, hash);
	explicit_bzero(padded, sizeof padded);
}

void md6_hmac(const void *key, size_t key_len, const void *message, size_t len, unsigned char mac[static MD6_BYTES])
{
	unsigned char block[MD6_HMAC_BLOCK] = {0}, inner[MD6_BYTES];
	struct md6 m;

	if (key_len > sizeof block)
		md6_256(key, key_len, block);
	else if (key_len > 0)
		memcpy(block, key, key_len);
	hmac_half(&m, block, 0x36, message, len, inner);
	hmac_half(&m, block, 0x5c, inner, sizeof inner, mac);
	explicit_bzero(block, sizeof block);
	explicit_bzero(inner, sizeof inner);
}
