/* SPDX-License-Identifier: ISC */
/*
 * test_md6: against digests made by the published modules (tests/vectors/md6.tsv) and the published one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/md6.h"

static void to_hex(const unsigned char *bytes, size_t len, char *hex)
{
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void the_published_digest_of_abc(void **state)
{
	unsigned char hash[MD6_BYTES];
	char hex[2 * MD6_BYTES + 1];

	(void)state;
	md6_256("abc", 3, hash);
	to_hex(hash, sizeof hash, hex);
	assert_string_equal(hex, "230637d4e6845cf0d092b558e87625f03881dd53a7439da34cf3b94ed0d8b2c5");
}

static void digests_of_all_lengths(void **state)
{
	FILE *f = fopen("tests/vectors/md6.tsv", "r");
	char want[2 * MD6_BYTES + 1], hex[2 * MD6_BYTES + 1];
	unsigned long n;
	unsigned lines = 0;

	(void)state;
	assert_non_null(f);
	while (fscanf(f, "%lu %64s", &n, want) == 2) {
		unsigned char *data = malloc(n + 1), hash[MD6_BYTES];

		assert_non_null(data);
		for (unsigned long i = 0; i < n; i++)
			data[i] = (unsigned char)(7 * i + 3);
		md6_256(data, n, hash);
		to_hex(hash, sizeof hash, hex);
		if (strcmp(hex, want) != 0)
			fail_msg("%lu bytes: %s", n, hex);
		free(data);
		lines++;
	}
	fclose(f);
	assert_true(lines >= 16);
}

/* One level more than the vectors reach; the digest is that of a second implementation, written recursively. */
static void a_million_bytes(void **state)
{
	enum { N = 1000003 };
	unsigned char *data = malloc(N), hash[MD6_BYTES];
	char hex[2 * MD6_BYTES + 1];

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < N; i++)
		data[i] = (unsigned char)(7 * i + 3);
	md6_256(data, N, hash);
	to_hex(hash, sizeof hash, hex);
	assert_string_equal(hex, "4b1a23160ef7ac4d5b61a6046046b53e25e22eb21ca4fac52b41116dbbddd305");
	free(data);
}

/* RFC 2104: a key up to a block is used as it is, one longer is hashed first. */
static void a_long_key_is_replaced_by_its_hash(void **state)
{
	unsigned char key[65], hashed[MD6_BYTES], a[MD6_BYTES], b[MD6_BYTES];

	(void)state;
	memset(key, 'k', sizeof key);
	md6_256(key, 65, hashed);
	md6_hmac(key, 65, "m", 1, a);
	md6_hmac(hashed, sizeof hashed, "m", 1, b);
	assert_memory_equal(a, b, sizeof a);
	md6_256(key, 64, hashed);
	md6_hmac(key, 64, "m", 1, a);
	md6_hmac(hashed, sizeof hashed, "m", 1, b);
	assert_memory_not_equal(a, b, sizeof a);
	md6_hmac(NULL, 0, "", 0, a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_digest_of_abc),
		cmocka_unit_test(digests_of_all_lengths),
		cmocka_unit_test(a_million_bytes),
		cmocka_unit_test(a_long_key_is_replaced_by_its_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
