/* SPDX-License-Identifier: ISC */
/*
 * oracle: what must be true of all text that may reach a terminal, whatever a box sent (no byte below 0x20 but
 * LF and TAB, no DEL, no C1, no bidi control, nothing that is not UTF-8).  Written apart from base/safe on purpose.
 */
#ifndef PTSH_FUZZ_ORACLE_H
#define PTSH_FUZZ_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline void oracle_fail(const char *what, const char *text, size_t len)
{
	fprintf(stderr, "oracle: %s in: ", what);
	fwrite(text, 1, len, stderr);
	fputc('\n', stderr);
	abort();
}

/* True if UTF-8 without controls but LF and TAB; crlf: also CR before LF (csv's ends of records); shown: without bidi controls. */
static inline void oracle_clean(const char *text, size_t len, bool crlf, bool shown)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;

	while (p < end) {
		uint32_t point = *p++;
		int more = point < 0x80 ? 0 : point >= 0xf0 ? 3 : point >= 0xe0 ? 2 : 1;

		if (point >= 0x80 && (point < 0xc2 || point > 0xf4))
			oracle_fail("stray byte", text, len);
		if (more > 0)
			point &= 0x3f >> more;
		for (int i = more; i > 0; i--) {
			if (p == end || (*p & 0xc0) != 0x80)
				oracle_fail("cut character", text, len);
			point = point << 6 | (*p++ & 0x3f);
		}
		if (point == '\r' && crlf && p < end && *p == '\n')
			continue;
		if ((point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point < 0xa0))
			oracle_fail("control", text, len);
		if (shown && (point == 0x61c || point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) ||
		    (point >= 0x2066 && point <= 0x2069)))
			oracle_fail("bidi", text, len);
		if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) || (more == 2 && point < 0x800) ||
		    (more == 3 && point < 0x10000))
			oracle_fail("not UTF-8", text, len);
	}
}

static inline void oracle_harmless(const char *text, size_t len, bool crlf)
{
	oracle_clean(text, len, crlf, true);
}

#endif
