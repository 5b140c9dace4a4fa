/* SPDX-License-Identifier: ISC */
/*
 * safe: text from a box made harmless.
 *
 * Owns the table of what a terminal must not be sent and the notation for it.  Refuses to know terminals, formats and
 * what the text means.
 */
#include "base/safe.h"

#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/utf8.h"

struct range { uint32_t first, last; };

/* Beyond ASCII; non-characters at the end of each plane are computed. */
static const struct range unsafe[] = {
	{0x0080, 0x009f},	/* C1 controls */
	{0x00ad, 0x00ad},	/* soft hyphen: shown by some, by others not */
	{0x034f, 0x034f},	/* combining grapheme joiner */
	{0x061c, 0x061c},	/* Arabic letter mark: bidi */
	{0x115f, 0x1160},	/* Hangul fillers */
	{0x17b4, 0x17b5},	/* Khmer vowels without a shape */
	{0x180b, 0x180f},	/* Mongolian variation selectors, vowel separator */
	{0x200b, 0x200f},	/* zero-width space, joiners; left-to-right and right-to-left marks */
	{0x2028, 0x202e},	/* line and paragraph separators; bidi embeddings and overrides */
	{0x2060, 0x206f},	/* word joiner, invisible operators, bidi isolates, deprecated format characters */
	{0x3164, 0x3164},	/* Hangul filler */
	{0xd800, 0xdfff},	/* surrogates: no characters at all */
	{0xfdd0, 0xfdef},	/* non-characters */
	{0xfe00, 0xfe0d},	/* variation selectors but those for text and emoji */
	{0xfeff, 0xfeff},	/* byte order mark, zero-width no-break space */
	{0xffa0, 0xffa0},	/* half-width Hangul filler */
	{0xfff0, 0xfffb},	/* unassigned invisible ones, interlinear annotation */
	{0x13430, 0x1343f},	/* Egyptian hieroglyph format controls */
	{0x16fe4, 0x16fe4},	/* Khitan small script filler */
	{0x1bca0, 0x1bca3},	/* shorthand format controls */
	{0x1d159, 0x1d159},	/* musical null note head */
	{0x1d173, 0x1d17a},	/* musical format controls */
	{0xe0000, 0xe0fff},	/* tags, variation selectors supplement, the rest of the invisible block */
};

bool safe_point(uint32_t point)
{
	size_t low = 0, high = sizeof unsafe / sizeof unsafe[0];

	if (point < 0x80)
		return point >= 0x20 && point != 0x7f;
	if ((point & 0xfffe) == 0xfffe || point > 0x10ffff)
		return false;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (point > unsafe[mid].last)
			low = mid + 1;
		else if (point < unsafe[mid].first)
			high = mid;
		else
			return false;
	}
	return true;
}

bool safe_text(const char *text, size_t len)
{
	uint32_t point;

	for (size_t i = 0; i < len; ) {
		int n = utf8_decode(text + i, len - i, &point);

		if (n < 0 || !safe_point(point))
			return false;
		i += (size_t)n;
	}
	return true;
}

/* Looks like the ordinary blank, or like nothing, and no script needs it within a word: pasted in, it joins words.  Joiners
 * (Persian, emoji), variation selectors and directional marks are not among them. */
bool safe_blank(uint32_t point)
{
	switch (point) {
	case '\v':
	case '\f':
	case 0x85:
	case 0xa0:
	case 0xad:
	case 0x115f:
	case 0x1160:
	case 0x1680:
	case 0x180e:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x2800:
	case 0x3000:
	case 0x3164:
	case 0xfeff:
	case 0xffa0:
		return true;
	default:
		return (point >= 0x2000 && point <= 0x200b) || (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f);
	}
}

enum { KEEP_BREAKS = 1, DOUBLE_SLASH = 2, DOUBLE_QUOTE = 4, SHOW_BLANKS = 8, CONTROLS_ONLY = 16 };

static void put_point(struct buf *out, uint32_t point)
{
	char text[16];
	int n;

	if (point == '\n' || point == '\t' || point == '\r')
		n = snprintf(text, sizeof text, "\\%c", point == '\n' ? 'n' : point == '\t' ? 't' : 'r');
	else if (point < 0x80)
		n = snprintf(text, sizeof text, "\\x%02x", (unsigned)point);
	else if (point <= 0xffff)
		n = snprintf(text, sizeof text, "\\u%04x", (unsigned)point);
	else
		n = snprintf(text, sizeof text, "\\U%08x", (unsigned)point);
	buf_put(out, text, (size_t)n);
}

static void put_byte(struct buf *out, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	char text[4] = { '\\', 'x', digits[byte >> 4], digits[byte & 15] };

	buf_put(out, text, sizeof text);
}

static size_t put_as(struct buf *out, const char *text, size_t len, unsigned how)
{
	unsigned char stop = how & DOUBLE_SLASH ? '\\' : how & DOUBLE_QUOTE ? '"' : 0;
	unsigned char also = how & DOUBLE_SLASH && how & DOUBLE_QUOTE ? '"' : stop;
	size_t i = 0, kept = 0, bad = 0;	/* text[kept .. i) is safe and not yet written */

	while (i < len) {
		unsigned char c = (unsigned char)text[i];
		uint32_t point;
		int n;

		if (scan_plain(c) && c != stop && c != also) {
			size_t run = scan_plain_run(text + i, len - i, stop);
			const char *other = also != stop ? memchr(text + i, also, run) : NULL;

			i += other != NULL ? (size_t)(other - (text + i)) : run;
			continue;
		}
		if (c < 0x80) {
			if ((c == '\n' || c == '\t') && how & KEEP_BREAKS) {
				i++;
				continue;
			}
			buf_put(out, text + kept, i - kept);
			if (stop != 0 && (c == stop || c == also)) {
				buf_putc(out, (char)c);
				buf_putc(out, (char)c);
			} else {
				put_point(out, c);
			}
			kept = ++i;
			continue;
		}
		n = utf8_decode(text + i, len - i, &point);
		if (n > 0 && (how & CONTROLS_ONLY ? point > 0x9f : safe_point(point) && !(how & SHOW_BLANKS && safe_blank(point)))) {
			i += (size_t)n;
			continue;
		}
		buf_put(out, text + kept, i - kept);
		if (n > 0) {
			put_point(out, point);
		} else {
			put_byte(out, c);
			bad++;
		}
		i += n > 0 ? (size_t)n : 1;
		kept = i;
	}
	buf_put(out, text + kept, len - kept);
	return bad;
}

size_t safe_put(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, 0);
}

size_t safe_put_message(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, SHOW_BLANKS);
}

size_t safe_put_tsv(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, DOUBLE_SLASH);
}

size_t safe_put_tsv_file(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, DOUBLE_SLASH | CONTROLS_ONLY);
}

size_t safe_put_csv_file(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, KEEP_BREAKS | DOUBLE_QUOTE | CONTROLS_ONLY);
}

size_t safe_put_csv_escaped(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, KEEP_BREAKS | DOUBLE_QUOTE | DOUBLE_SLASH | CONTROLS_ONLY);
}

static bool hex_digits(const char *text, const char *end, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text + i >= end || strchr("0123456789abcdef", text[i]) == NULL || text[i] == '\0')
			return false;
	return true;
}

/* True if text looks like one of the escapes that put_point() and put_byte() write. */
static bool like_escape(const char *text, const char *end)
{
	char c = text < end ? *text : '\0';

	return c == '\\' || c == 'r' || (c == 'x' && hex_digits(text + 1, end, 2)) || (c == 'u' && hex_digits(text + 1, end, 4));
}

bool safe_csv_needs_escapes(const char *text, size_t len)
{
	uint32_t point;

	for (size_t i = 0; i < len; ) {
		unsigned char c = (unsigned char)text[i];
		int n;

		if (c < 0x80) {
			if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || (c == '\\' && like_escape(text + i + 1, text + len)))
				return true;
			i++;
			continue;
		}
		n = utf8_decode(text + i, len - i, &point);
		if (n < 0 || point <= 0x9f)
			return true;
		i += (size_t)n;
	}
	return false;
}

size_t safe_put_csv_shown(struct buf *out, const char *text, size_t len)
{
	return put_as(out, text, len, DOUBLE_QUOTE);
}

static void put_json_point(struct buf *out, uint32_t point)
{
	if (point > 0xffff)
		buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((point - 0x10000) >> 10)),
		    (unsigned)(0xdc00 + ((point - 0x10000) & 0x3ff)));
	else
		buf_printf(out, "\\u%04x", (unsigned)point);
}

/* Returns the bytes at text that one U+FFFD replaces: the longest beginning of a character, else a single byte. */
static size_t bad_length(const char *text, size_t len)
{
	uint32_t point;
	size_t n;

	for (n = len < 3 ? len : 3; n > 1; n--) {
		if (utf8_decode(text, n, &point) == UTF8_CUT)
			return n;
	}
	return 1;
}

size_t safe_put_json(struct buf *out, const char *text, size_t len)
{
	size_t i = 0, kept = 0, bad = 0;

	/* In valid JSON what is not ASCII, and DEL, stands inside a string, and a control only between values. */
	while (i < len) {
		unsigned char c = (unsigned char)text[i];
		uint32_t point;
		int n;

		if (scan_plain(c)) {
			i += scan_plain_run(text + i, len - i, 0);
			continue;
		}
		if (c == '\t') {
			i++;
			continue;
		}
		if (c < 0x80) {
			buf_put(out, text + kept, i - kept);
			if (c == 0x7f)
				put_json_point(out, c);
			else
				buf_putc(out, ' ');
			kept = ++i;
			continue;
		}
		n = utf8_decode(text + i, len - i, &point);
		if (n > 0 && safe_point(point)) {
			i += (size_t)n;
			continue;
		}
		buf_put(out, text + kept, i - kept);
		if (n > 0) {
			put_json_point(out, point);
			i += (size_t)n;
		} else {
			size_t skipped = bad_length(text + i, len - i);

			buf_put(out, "\xef\xbf\xbd", 3);
			bad += skipped;
			i += skipped;
		}
		kept = i;
	}
	buf_put(out, text + kept, len - kept);
	return bad;
}
