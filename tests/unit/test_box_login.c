/* SPDX-License-Identifier: ISC */
/*
 * test_box_login: the simulated box's own arithmetic of the login, against the published vectors, never against ptsh's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../box/login.h"

static void assert_hex(const unsigned char digest[DIGEST], const char *want)
{
	char hex[2 * DIGEST + 1];

	for (size_t i = 0; i < DIGEST; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, want);
}

static void digests_of_all_lengths(void **state)
{
	FILE *f = fopen("tests/vectors/md6.tsv", "r");
	unsigned char digest[DIGEST];
	char want[2 * DIGEST + 1];
	unsigned long n;
	unsigned lines = 0;

	(void)state;
	assert_non_null(f);
	for (; fscanf(f, "%lu %64s", &n, want) == 2; lines++) {
		unsigned char *data = malloc(n + 1);

		assert_non_null(data);
		for (unsigned long i = 0; i < n; i++)
			data[i] = (unsigned char)(7 * i + 3);
		md6(data, n, digest);
		assert_hex(digest, want);
		free(data);
	}
	fclose(f);
	assert_true(lines >= 16);
	md6("abc", 3, digest);
	assert_hex(digest, "230637d4e6845cf0d092b558e87625f03881dd53a7439da34cf3b94ed0d8b2c5");
}

static void put_hex(struct buf *out, const char *hex)
{
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		buf_putc(out, (char)byte);
}

static void responses_and_proofs(void **state)
{
	enum { USER, PASSWORD, CC, NONCE, KEY, CR, SR, COLUMNS };
	FILE *f = fopen("tests/vectors/cram.tsv", "r");
	char line[4096];
	unsigned lines = 0;

	(void)state;
	assert_non_null(f);
	for (; fgets(line, sizeof line, f); lines++) {
		struct buf in[KEY] = {{0}};
		unsigned char cr[DIGEST], sr[DIGEST];
		char *rest = line, *column[COLUMNS];

		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < COLUMNS; i++)
			assert_non_null(column[i] = strsep(&rest, "\t"));
		for (size_t i = 0; i < KEY; i++)
			put_hex(&in[i], column[i]);
		login_cram(&in[USER], &in[PASSWORD], &in[CC], &in[NONCE], cr, sr);
		assert_hex(cr, column[CR]);
		assert_hex(sr, column[SR]);
		for (size_t i = 0; i < KEY; i++)
			buf_clear(&in[i]);
	}
	fclose(f);
	assert_true(lines >= 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_of_all_lengths),
		cmocka_unit_test(responses_and_proofs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
