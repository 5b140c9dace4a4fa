/* SPDX-License-Identifier: ISC */
/*
 * fuzz_safe: any bytes made harmless in each way; the result is harmless, has no line or cell break where none may be, and
 * can be undone where the format promises it.
 */
#include <string.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "base/width.h"
#include "oracle.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* shown: for a terminal; breaks: LF and TAB stay; slashes, quotes: written twice. */
static const struct way {
	const char *name;
	size_t (*put)(struct buf *, const char *, size_t);
	bool shown, breaks, slashes, quotes;
} ways[] = {
	{ "plain", safe_put, true, false, false, false },
	{ "message", safe_put_message, true, false, false, false },
	{ "tsv", safe_put_tsv, true, false, true, false },
	{ "csv", safe_put_csv_shown, true, false, false, true },
	{ "tsv file", safe_put_tsv_file, false, false, true, false },
	{ "csv file", safe_put_csv_file, false, true, false, true },
	{ "csv escaped", safe_put_csv_escaped, false, true, true, true },
};

static uint32_t digits(const char *text, size_t n)
{
	char hex[9] = "";

	memcpy(hex, text, n);
	return (uint32_t)strtoul(hex, NULL, 16);
}

static void put_utf8(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_putc(out, (char)point);
	} else if (point < 0x800) {
		buf_putc(out, (char)(0xc0 | point >> 6));
		buf_putc(out, (char)(0x80 | (point & 0x3f)));
	} else if (point < 0x10000) {
		buf_putc(out, (char)(0xe0 | point >> 12));
		buf_putc(out, (char)(0x80 | (point >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (point & 0x3f)));
	} else {
		buf_putc(out, (char)(0xf0 | point >> 18));
		buf_putc(out, (char)(0x80 | (point >> 12 & 0x3f)));
		buf_putc(out, (char)(0x80 | (point >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (point & 0x3f)));
	}
}

/* Reads the escape after a backslash as the manual page says; returns its length. */
static size_t undo_escape(struct buf *out, const char *text, size_t len)
{
	static const char letters[] = "n\nt\tr\r\\\\";
	const char *letter;
	size_t n;

	if (len == 0)
		oracle_fail("lone backslash", text, len);
	for (letter = letters; *letter != '\0' && *letter != *text; letter += 2)
		;
	if (*letter != '\0') {
		buf_putc(out, letter[1]);
		return 1;
	}
	n = *text == 'x' ? 2 : *text == 'u' ? 4 : *text == 'U' ? 8 : 0;
	if (n == 0 || len <= n)
		oracle_fail("not an escape", text, len);
	if (*text == 'x')
		buf_putc(out, (char)digits(text + 1, n));
	else
		put_utf8(out, digits(text + 1, n));
	return n + 1;
}

/* Decodes the text as a reader of the format does, to the bytes it was made of. */
static void check_undone(const struct way *way, const struct buf *written, const char *data, size_t size)
{
	const char *text = buf_head(written);
	struct buf out = {0};

	for (size_t i = 0; i < written->len; ) {
		char c = text[i++];

		if (way->slashes && c == '\\') {
			i += undo_escape(&out, text + i, written->len - i);
		} else {
			if (way->quotes && c == '"' && (i == written->len || text[i++] != '"'))
				oracle_fail("a single quote", text, written->len);
			buf_putc(&out, c);
		}
	}
	if (out.len != size || (size != 0 && memcmp(buf_head(&out), data, size) != 0))
		oracle_fail(way->name, text, written->len);
	buf_clear(&out);
}

static void check(const struct way *way, const char *text, size_t size)
{
	struct buf out = {0}, piece = {0};
	size_t bad = way->put(&out, text, size), parts = 0;

	oracle_clean(buf_head(&out), out.len, false, way->shown);
	if (!way->breaks && out.len != 0 && (memchr(buf_head(&out), '\n', out.len) != NULL || memchr(buf_head(&out), '\t', out.len) != NULL))
		oracle_fail("break", buf_head(&out), out.len);
	if (width_text(buf_head(&out), out.len) > out.len * 2)
		oracle_fail("width", buf_head(&out), out.len);
	/* In pieces the result must be the same. */
	for (size_t at = 0; at < size; ) {
		size_t n = utf8_fits(text + at, size - at, 5);

		parts += way->put(&piece, text + at, n);
		at += n;
	}
	if (parts != bad || piece.len != out.len || (out.len != 0 && memcmp(buf_head(&piece), buf_head(&out), out.len) != 0))
		oracle_fail("pieces", buf_head(&out), out.len);
	/* A csv field without escapes is read as it is. */
	if (way->slashes || (way->put == safe_put_csv_file && !safe_csv_needs_escapes(text, size)))
		check_undone(way, &out, text, size);
	buf_clear(&out);
	buf_clear(&piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct buf out = {0}, quoted = {0};
	struct json v;
	size_t at = 0;

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		check(&ways[i], text, size);
	json_put_string(&quoted, text, size);
	safe_put_json(&out, buf_head(&quoted), quoted.len);
	oracle_harmless(buf_head(&out), out.len, false);
	if (json_read(buf_head(&out), out.len, &v, &at) != NULL)
		oracle_fail("not JSON", buf_head(&out), out.len);
	buf_clear(&out);
	buf_clear(&quoted);
	return 0;
}
