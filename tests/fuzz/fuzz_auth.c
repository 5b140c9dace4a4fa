/* SPDX-License-Identifier: ISC */
/*
 * fuzz_auth: base64 of any kind, as itself and as hello's nonce; and the login's arithmetic over any bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/session_log.h"
#include "base/base64.h"

#define CHECK(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Checks that decoded text is encoded to the same digits, blanks and padding apart; the last digit may have unused bits. */
static void check_base64(const char *text, size_t len, struct buf *bytes)
{
	struct buf again = {0}, digits = {0};
	size_t kept;

	CHECK(base64_decode(bytes, text, len) == 0 || bytes->len == 0);
	base64_encode(&again, buf_head(bytes), bytes->len, false);
	for (size_t i = 0; i < len; i++)
		if (text[i] != '=' && text[i] != ' ' && (text[i] < '\t' || text[i] > '\r'))
			buf_putc(&digits, text[i]);
	kept = again.len % 4 == 0 ? again.len : again.len - 1;
	if (bytes->len > 0)
		CHECK(again.len == digits.len && memcmp(buf_head(&again), buf_head(&digits), kept) == 0);
	buf_clear(&again);
	buf_clear(&digits);
}

static void check_encode(const char *data, size_t len)
{
	struct buf text = {0}, back = {0};

	for (int padded = 0; padded < 2; padded++) {
		base64_encode(&text, data, len, padded);
		CHECK(!padded || text.len % 4 == 0);
		CHECK(base64_decode(&back, buf_head(&text), text.len) == 0);
		CHECK(back.len == len && memcmp(buf_head(&back), data, len) == 0);
		buf_reset(&text);
		buf_reset(&back);
	}
	buf_clear(&text);
	buf_clear(&back);
}

/* Checks the text as a nonce: used if it decodes to enough bytes, else ignored. */
static void check_nonce(const char *text, size_t len, const struct buf *bytes)
{
	struct holder h = {0};
	struct buf line = {0};
	struct error e;

	h.session = session_create(&log_ops, &h, 4096);
	CHECK(h.session);
	buf_puts(&line, "[null,\"hello\",1,[\"login_cram_md6\"],");
	json_put_string(&line, text, len);
	buf_puts(&line, "]\n");
	if (session_feed(h.session, buf_head(&line), line.len, &e) == 0) {
		const struct hello *hello = session_hello_seen(h.session);

		CHECK(hello && (hello->nonce != NULL) == (bytes->len >= CRAM_NONCE_MIN));
		if (hello->nonce)
			CHECK(hello->nonce_len == bytes->len && memcmp(hello->nonce, buf_head(bytes), bytes->len) == 0);
		CHECK((session_login(h.session, AUTH_CRAM, "user", "pass", client_nonce, &e) == 0) ==
		    (hello->nonce != NULL));
	}
	session_free(h.session);
	buf_clear(&h.log);
	buf_clear(&line);
}

/* Checks that both sides of the login get the same proof, and only with the same password. */
static void check_cram(const char *data, size_t len)
{
	size_t cut = len / 3;
	struct cram c, other;
	struct error e;

	if (cram_compute(&c, data, cut, data + cut, cut, client_nonce, CRAM_CLIENT_NONCE, data + 2 * cut, len - 2 * cut,
	    &e) == -1) {
		CHECK(len - 2 * cut < CRAM_NONCE_MIN || (len - 2 * cut == CRAM_CLIENT_NONCE));
		return;
	}
	CHECK(cram_proves(&c, c.sr, MD6_BYTES) && !cram_proves(&c, c.cr, MD6_BYTES));
	CHECK(cram_compute(&other, data, cut, "another", 7, client_nonce, CRAM_CLIENT_NONCE, data + 2 * cut, len - 2 * cut,
	    &e) == 0);
	CHECK(!cram_proves(&other, c.sr, MD6_BYTES) || (cut == 7 && memcmp(data + cut, "another", 7) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct buf bytes = {0};

	CHECK(text);
	memcpy(text, data, size);
	check_base64(text, size, &bytes);
	check_nonce(text, size, &bytes);
	check_encode(text, size);
	check_cram(text, size);
	buf_clear(&bytes);
	free(text);
	return 0;
}
