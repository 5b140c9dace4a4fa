/* SPDX-License-Identifier: ISC */
/*
 * test_auth: login_cram_md6 against the published vector and those made by the published modules
 * (tests/vectors/cram.tsv); which method is chosen where (ptsh(1), TRUST).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/base64.h"
#include "proto/auth.h"

static void the_published_vector(void **state)
{
	struct buf nonce = {0}, cc = {0}, cr = {0}, sr = {0};
	struct cram c;
	struct error e;

	(void)state;
	base64_decode(&nonce, "YWVlYWJkZjQzMWEzYWM2", 20);
	base64_decode(&cc, "ZmZiOTczMjE=", 12);
	assert_int_equal(cram_compute(&c, "user", 4, "pass", 4, buf_head(&cc), cc.len, buf_head(&nonce), nonce.len, &e), 0);
	base64_encode(&cr, c.cr, MD6_BYTES, false);
	base64_encode(&sr, c.sr, MD6_BYTES, false);
	assert_string_equal(buf_string(&cr), "5UJKUqehqBKwXiSk6RzYjsPWqivMJcEgE2crTLVyw04");
	assert_string_equal(buf_string(&sr), "gGKEpOuv5WuuQ7ZbwDWNIdyJtAnCimVN/faM5qWtOZM");
	buf_clear(&nonce);
	buf_clear(&cc);
	buf_clear(&cr);
	buf_clear(&sr);
}

static size_t from_hex(const char *hex, unsigned char *bytes)
{
	size_t n = strlen(hex) / 2;
	unsigned byte;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		bytes[i] = (unsigned char)byte;
	}
	return n;
}

enum { USER, PASSWORD, CC, NONCE, KEY, CR, SR, COLUMNS };

static void the_modules_vectors(void **state)
{
	FILE *f = fopen("tests/vectors/cram.tsv", "r");
	char line[4096];
	unsigned lines = 0, logins = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		unsigned char v[COLUMNS][1024], key[MD6_BYTES];
		size_t len[COLUMNS];
		char *rest = line;
		struct cram c;
		struct error e;

		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < COLUMNS; i++)
			len[i] = from_hex(strsep(&rest, "\t"), v[i]);
		md6_hmac(v[USER], len[USER], v[PASSWORD], len[PASSWORD], key);
		assert_memory_equal(key, v[KEY], MD6_BYTES);
		lines++;
		if (cram_compute(&c, (char *)v[USER], len[USER], (char *)v[PASSWORD], len[PASSWORD], v[CC], len[CC],
		    v[NONCE], len[NONCE], &e) == -1) {
			assert_true(len[NONCE] < CRAM_NONCE_MIN || memcmp(v[CR], v[SR], MD6_BYTES) == 0);
			continue;
		}
		assert_memory_equal(c.cr, v[CR], MD6_BYTES);
		assert_memory_equal(c.sr, v[SR], MD6_BYTES);
		logins++;
	}
	fclose(f);
	assert_true(lines >= 20 && logins >= 10);
}

static void a_short_nonce_is_refused(void **state)
{
	struct cram c;
	struct error e;

	(void)state;
	for (size_t len = 0; len < CRAM_NONCE_MIN; len++) {
		assert_int_equal(cram_compute(&c, "u", 1, "p", 1, "0123456789", 10, "abcdefgh", len, &e), -1);
		assert_int_equal(e.status, STATUS_LOGIN);
	}
	assert_int_equal(cram_compute(&c, "u", 1, "p", 1, "0123456789", 10, "abcdefgh", 8, &e), 0);
	assert_int_equal(cram_compute(&c, "u", 1, "p", 1, "0123456789", 10, NULL, 0, &e), -1);
}

/* cc equal to the nonce: both keys are the same, and the box could echo cr as its proof. */
static void a_proof_equal_to_ours_is_refused(void **state)
{
	static const unsigned char zero[2 * MD6_BYTES];
	struct cram c;
	struct error e;

	(void)state;
	assert_int_equal(cram_compute(&c, "u", 1, "p", 1, "abcdefgh", 8, "abcdefgh", 8, &e), -1);
	assert_int_equal(e.status, STATUS_LOGIN);
	assert_memory_equal(&c, zero, sizeof c);
}

static void one_wrong_bit_proves_nothing(void **state)
{
	struct cram c;
	struct error e;
	unsigned char sr[MD6_BYTES + 1];

	(void)state;
	assert_int_equal(cram_compute(&c, "u", 1, "p", 1, "0123456789", 10, "abcdefgh", 8, &e), 0);
	memcpy(sr, c.sr, MD6_BYTES);
	sr[MD6_BYTES] = 0;
	assert_true(cram_proves(&c, sr, MD6_BYTES));
	assert_false(cram_proves(&c, sr, MD6_BYTES + 1));
	assert_false(cram_proves(&c, sr, MD6_BYTES - 1));
	assert_false(cram_proves(&c, sr, 0));
	for (unsigned bit = 0; bit < 8 * MD6_BYTES; bit++) {
		sr[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_false(cram_proves(&c, sr, MD6_BYTES));
		sr[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}

#define N AUTH_NONE
#define C AUTH_CRAM
#define L AUTH_LOGIN

static void methods_are_chosen_by_trust(void **state)
{
	static const enum auth_method none[] = {N, 0}, cram[] = {C, 0}, login[] = {L, 0}, login_first[] = {L, C, 0};
	static const struct {
		unsigned offered;
		enum channel_trust trust;
		bool credentials;
		const enum auth_method *wanted;
		bool clear_login;
		enum auth_method method;	/* 0: refused */
		bool warn;
		const char *hint;
	} cases[] = {
		{N | C | L, TRUST_LOCAL_SOCKET, 0, NULL, 0, N, 0, NULL},
		{N | C | L, TRUST_LOCAL_SOCKET, 1, NULL, 0, C, 0, NULL},
		{N | L, TRUST_LOCAL_SOCKET, 1, NULL, 0, L, 0, NULL},
		{N, TRUST_LOCAL_SOCKET, 1, NULL, 0, N, 0, NULL},
		{L, TRUST_LOOPBACK_LOW, 1, NULL, 0, L, 0, NULL},
		{L, TRUST_LOOPBACK, 1, NULL, 0, 0, 0, "--clear-login"},
		{L, TRUST_LOOPBACK, 1, NULL, 1, L, 1, NULL},
		{N | L, TRUST_LOOPBACK, 1, NULL, 0, N, 0, NULL},
		{N, TRUST_LOOPBACK, 0, NULL, 0, N, 0, NULL},
		{N | C | L, TRUST_TLS, 1, NULL, 0, C, 0, NULL},
		{N | L, TRUST_TLS, 1, NULL, 0, L, 0, NULL},
		{N | C | L, TRUST_TLS, 0, NULL, 0, N, 0, NULL},
		{C | L, TRUST_TLS, 0, NULL, 0, C, 0, NULL},
		{N | C | L, TRUST_TLS_UNKNOWN, 1, NULL, 0, C, 1, NULL},
		{L, TRUST_TLS_UNKNOWN, 1, NULL, 0, 0, 0, "may be in between"},
		{L, TRUST_TLS_UNKNOWN, 1, NULL, 1, L, 1, NULL},
		{N, TRUST_TLS_UNKNOWN, 1, NULL, 1, 0, 0, "may be in between"},
		{N, TRUST_TLS_UNKNOWN, 0, NULL, 0, 0, 0, "may be in between"},
		{N, TRUST_TLS_UNKNOWN, 0, none, 0, N, 1, NULL},
		{N | C | L, TRUST_CLEAR, 1, NULL, 0, C, 1, NULL},
		{L, TRUST_CLEAR, 1, NULL, 0, 0, 0, "--clear-login"},
		{L, TRUST_CLEAR, 1, login, 0, 0, 0, "--clear-login"},
		{L, TRUST_CLEAR, 1, login, 1, L, 1, NULL},
		{N, TRUST_CLEAR, 1, NULL, 0, 0, 0, "--auth none"},
		{N, TRUST_CLEAR, 1, none, 0, N, 1, NULL},
		{N | L, TRUST_CLEAR, 1, NULL, 0, 0, 0, "--clear-login"},
		{N | C | L, TRUST_TLS, 1, none, 0, N, 0, NULL},
		{N | C | L, TRUST_TLS, 1, login_first, 0, L, 0, NULL},
		{C, TRUST_TLS, 1, login_first, 0, C, 0, NULL},
		{N | L, TRUST_TLS, 1, cram, 0, 0, 0, "none, login, and --auth accepts only cram"},
		{0, TRUST_TLS, 1, NULL, 0, 0, 0, "no usable method"},
		{0, TRUST_LOCAL_SOCKET, 0, none, 0, 0, 0, "no usable method"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct auth_choice choice = {0};
		struct error e = {0};
		struct auth_case in = {cases[i].offered, cases[i].trust, cases[i].credentials, cases[i].wanted, cases[i].clear_login,
		    false};
		int result = auth_choose(&choice, &in, &e);

		if (choice.method != cases[i].method || choice.warn != cases[i].warn || result != (cases[i].method ? 0 : -1))
			fail_msg("case %zu: %d %d %d %s", i, result, choice.method, choice.warn, e.text);
		if (result == -1) {
			assert_int_equal(e.status, STATUS_LOGIN);
			if (!strstr(e.text, cases[i].hint))
				fail_msg("case %zu: %s", i, e.text);
		}
	}
}

/* A box that has used TLS, or a channel after a handshake: no message names the option that would weaken it. */
static void no_advice_to_weaken(void **state)
{
	static const enum channel_trust trusts[] = {TRUST_CLEAR, TRUST_LOOPBACK, TRUST_TLS_UNKNOWN};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof trusts / sizeof *trusts; i++) {
		struct auth_choice choice = {0};
		struct error e = {0};
		struct auth_case in = {.offered = i % 2 ? L : N, .trust = trusts[i / 2], .known = true};
		int result = auth_choose(&choice, &in, &e);

		if (in.trust == TRUST_LOOPBACK && in.offered == N) {
			assert_int_equal(choice.method, N);
			continue;
		}
		assert_int_equal(result, -1);
		if (strstr(e.text, "--") || !strstr(e.text, "in between"))
			fail_msg("%s", e.text);
	}
}

/* --- what is left on the stack --- */

enum { DEPTH = 96 * 1024 };	/* of the stack that is looked at */

/* How often the bytes are there, as they are or as words of the other byte order, which is how MD6 holds them. */
static unsigned occurrences(const unsigned char *in, size_t size, const unsigned char *bytes, size_t len)
{
	unsigned char swapped[64];
	unsigned found = 0;

	for (size_t i = 0; i < len; i++)
		swapped[i] = bytes[i / 8 * 8 + 7 - i % 8];
	for (size_t i = 0; i + len <= size; i++)
		found += memcmp(in + i, bytes, len) == 0 || memcmp(in + i, swapped, len) == 0;
	return found;
}

/* Copies what is below this function's frame, where others have been.  By way of the kernel: a memory checker would object
 * to reading it directly. */
__attribute__((noinline)) static void look_at_dead_stack(unsigned char *to)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char here;

	assert_int_not_equal(fd, -1);
	memset(to, 0, DEPTH);
	/* The stack has never been that deep: nothing to read. */
	for (size_t done = 0; done < DEPTH; done += 512)
		if (pread(fd, to + done, 512, (off_t)((uintptr_t)&here - DEPTH + done)) == -1)
			memset(to + done, 0, 512);
	close(fd);
}

/* A copy, to prove that it would be found. */
__attribute__((noinline)) static void leave_copy(const unsigned char *bytes, size_t len)
{
	unsigned char room[8192];

	memcpy(room + 100, bytes, len);
	__asm__ volatile("" : : "r"(room) : "memory");	/* the copy is kept */
}

/* So deep that the later search does not overwrite it. */
__attribute__((noinline)) static int compute_deep(struct cram *c, const char *password, struct error *e)
{
	char room[16384];

	__asm__ volatile("" : : "r"(room) : "memory");
	int result = cram_compute(c, "user", 4, password, strlen(password), "0123456789abcdef0123456789abcdef", 32, "12345678", 8, e);
	__asm__ volatile("" : : "r"(room) : "memory");
	return result;
}

static void neither_password_nor_key_is_left_on_the_stack(void **state)
{
	static const char password[] = "a password of 32 characters, yes";
	static unsigned char stack[DEPTH];
	unsigned char key[MD6_BYTES], pads[2][MD6_BYTES];
	struct cram c;
	struct error e;

	(void)state;
	md6_hmac("user", 4, password, 32, key);
	for (size_t i = 0; i < MD6_BYTES; i++) {
		pads[0][i] = key[i] ^ 0x36;
		pads[1][i] = key[i] ^ 0x5c;
	}
	leave_copy(key, sizeof key);
	look_at_dead_stack(stack);
	if (occurrences(stack, DEPTH, key, sizeof key) == 0)
		return;		/* a sanitizer keeps frames elsewhere (skip() is a failure in TAP) */
	leave_copy((const unsigned char *)"                                ", 32);
	assert_int_equal(compute_deep(&c, password, &e), 0);
	look_at_dead_stack(stack);
	assert_int_equal(occurrences(stack, DEPTH, key, sizeof key), 0);
	assert_int_equal(occurrences(stack, DEPTH, pads[0], sizeof pads[0]), 0);
	assert_int_equal(occurrences(stack, DEPTH, pads[1], sizeof pads[1]), 0);
	assert_int_equal(occurrences(stack, DEPTH, (const unsigned char *)password, 32), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vector),
		cmocka_unit_test(the_modules_vectors),
		cmocka_unit_test(a_short_nonce_is_refused),
		cmocka_unit_test(a_proof_equal_to_ours_is_refused),
		cmocka_unit_test(one_wrong_bit_proves_nothing),
		cmocka_unit_test(no_advice_to_weaken),
		cmocka_unit_test(methods_are_chosen_by_trust),
		cmocka_unit_test(neither_password_nor_key_is_left_on_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
