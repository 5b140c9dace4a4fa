/* SPDX-License-Identifier: ISC */
/*
 * fold: text compared without regard to upper and lower case, in any script and whatever the locale is.
 */
#include "base/fold.h"

#include <locale.h>
#include <wctype.h>

#include "base/utf8.h"

/* Asks the C library's table of Unicode, which only a UTF-8 locale opens; without it ASCII alone is folded. */
static wint_t fold_point(uint32_t point)
{
	static locale_t unicode;

	if (point < 0x80)
		return (wint_t)fold_ascii((char)point);
	if (unicode == (locale_t)0 && (unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)) == (locale_t)0)
		return point;
	return towlower_l((wint_t)point, unicode);
}

void fold_put(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t point;
		int n = utf8_decode(text + i, len - i, &point);
		char bytes[UTF8_MAX];

		if (n <= 0) {
			buf_putc(out, text[i++]);
			continue;
		}
		i += (size_t)n;
		buf_put(out, bytes, utf8_encode((uint32_t)fold_point(point), bytes));
	}
}

static bool any_text(char c)
{
	return c == '*' || c == '%';
}

bool fold_matches(const char *text, size_t len, const char *pattern, size_t pattern_len)
{
	size_t t = 0, p = 0, back = 0, star = 0;	/* star: after the last one, 0 none yet */

	while (t < len) {
		if (p < pattern_len && any_text(pattern[p])) {
			star = ++p;
			back = t;
		} else if (p < pattern_len && pattern[p] == text[t]) {
			p++;
			t++;
		} else if (star > 0) {
			p = star;
			t = ++back;
		} else {
			return false;
		}
	}
	while (p < pattern_len && any_text(pattern[p]))
		p++;
	return p == pattern_len;
}
