/* SPDX-License-Identifier: ISC */
/*
 * fuzz_safe: any bytes made harmless in each way; what comes out is harmless, and tsv's has no line or cell break.
 */
#include <string.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "base/width.h"
#include "oracle.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static size_t (*const all[])(struct buf *, const char *, size_t) = { safe_put, safe_put_tsv, safe_put_csv_shown };
	const char *text = (const char *)data;
	struct buf out = {0}, quoted = {0};
	struct json v;
	size_t at = 0;

	for (size_t i = 0; i < 3; i++) {
		size_t bad, parts = 0;

		buf_reset(&out);
		bad = all[i](&out, text, size);
		oracle_harmless(buf_head(&out), out.len, false);
		if ((memchr(buf_head(&out), '\n', out.len) != NULL ||
		    memchr(buf_head(&out), '\t', out.len) != NULL))
			oracle_fail("break", buf_head(&out), out.len);
		if (width_text(buf_head(&out), out.len) > out.len * 2)
			oracle_fail("width", buf_head(&out), out.len);
		/* In pieces it must be the same. */
		for (at = 0; at < size; ) {
			size_t n = utf8_fits(text + at, size - at, 5);

			buf_reset(&quoted);
			parts += all[i](&quoted, text + at, n);
			at += n;
		}
		if (parts != bad)
			oracle_fail("pieces", buf_head(&out), out.len);
	}
	buf_reset(&quoted);
	json_put_string(&quoted, text, size);
	buf_reset(&out);
	safe_put_json(&out, buf_head(&quoted), quoted.len);
	oracle_harmless(buf_head(&out), out.len, false);
	if (json_read(buf_head(&out), out.len, &v, &at) != NULL)
		oracle_fail("not JSON", buf_head(&out), out.len);
	buf_clear(&out);
	buf_clear(&quoted);
	return 0;
}
