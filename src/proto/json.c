/* SPDX-License-Identifier: ISC */
/*
 * json: whole texts, walking over what the scanner has accepted, decoding, and writing strings.
 *
 * Borrows everything, copies nothing but decoded strings.  The walk trusts that its text was validated, yet
 * never leaves it.
 */
#include "proto/json.h"

#include <endian.h>
#include <string.h>

#include "base/utf8.h"

static inline const char *skip_space(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ' && json_is_space(*p))
		p++;
	return p;
}

/* --- whole texts --- */

/* strict: text that is not Unicode is refused. */
static const char *read_whole(const char *text, size_t len, bool strict, struct json *v, size_t *at)
{
	struct json_scan s;
	const char *begin = skip_space(text, text + len), *end;
	size_t used;

	json_scan_init(&s, JSON_DEPTH);
	if (json_scan_feed(&s, begin, (size_t)(text + len - begin), &used) == JSON_SCAN_BAD ||
	    json_scan_end(&s) == JSON_SCAN_BAD) {
		*at = (size_t)(begin - text) + (size_t)s.offset;
		return s.error;
	}
	if (strict && (s.bad_utf8 || s.bad_escapes)) {
		*at = (size_t)(begin - text) + (size_t)s.bad_at;
		return s.bad_utf8 ? "not UTF-8" : "half of a surrogate pair";
	}
	v->text = begin;
	v->len = used;
	end = skip_space(begin + used, text + len);
	if (end < text + len) {
		*at = (size_t)(end - text);
		return "more than one value";
	}
	return NULL;
}

const char *json_read(const char *text, size_t len, struct json *v, size_t *at)
{
	return read_whole(text, len, true, v, at);
}

const char *json_read_received(const char *text, size_t len, struct json *v, size_t *at)
{
	return read_whole(text, len, false, v, at);
}

enum json_kind json_kind(struct json v)
{
	switch (v.len ? v.text[0] : 'n') {
	case 'n':
		return JSON_NULL;
	case 'f':
		return JSON_FALSE;
	case 't':
		return JSON_TRUE;
	case '"':
		return JSON_STRING;
	case '[':
		return JSON_ARRAY;
	case '{':
		return JSON_OBJECT;
	}
	return JSON_NUMBER;
}

/* --- walking --- */

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Skips from after a string's opening quote to after its closing one. */
static const char *skip_string(const char *p, const char *end)
{
	while (p < end) {
		while (end - p >= 8) {
			uint64_t w, q, b, stops;

			memcpy(&w, p, sizeof w);
			w = le64toh(w);
			q = w ^ EACH('"');
			b = w ^ EACH('\\');
			stops = (((q - EACH(1)) & ~q) | ((b - EACH(1)) & ~b)) & EACH(0x80);
			if (stops) {
				p += __builtin_ctzll(stops) / 8;
				break;
			}
			p += 8;
		}
		if (p == end)
			break;
		if (*p == '"')
			return p + 1;
		p += *p == '\\' && end - p >= 2 ? 2 : 1;
	}
	return end;
}

static const char *skip_container(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		switch (*p++) {
		case '"':
			p = skip_string(p, end);
			break;
		case '[': case '{':
			depth++;
			break;
		case ']': case '}':
			if (--depth == 0)
				return p;
		}
	}
	return end;
}

static inline const char *skip_value(const char *p, const char *end)
{
	static const bool ends[256] = {[' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, [','] = true,
	    [']'] = true, ['}'] = true};

	switch (*p) {
	case '"':
		return skip_string(p + 1, end);
	case '[': case '{':
		return skip_container(p, end);
	}
	for (; end - p >= 4; p += 4) {
		if (ends[(unsigned char)p[0]])
			return p;
		if (ends[(unsigned char)p[1]])
			return p + 1;
		if (ends[(unsigned char)p[2]])
			return p + 2;
		if (ends[(unsigned char)p[3]])
			return p + 3;
	}
	while (p < end && !ends[(unsigned char)*p])
		p++;
	return p;
}

struct json_iter json_iterate(struct json container)
{
	struct json_iter it = {"", "", false};

	if (container.len < 2 || (container.text[0] != '[' && container.text[0] != '{'))
		return it;
	it.object = container.text[0] == '{';
	it.next = container.text + 1;
	it.end = container.text + container.len - 1;
	return it;
}

/* From a member's name to its value. */
static const char *skip_name(const char *p, const char *end, struct json *key)
{
	const char *name = p;

	p = skip_value(p, end);
	if (key)
		*key = (struct json){name, (size_t)(p - name)};
	p = skip_space(p, end);
	return p < end ? skip_space(p + 1, end) : p;	/* the colon */
}

bool json_next(struct json_iter *it, struct json *key, struct json *v)
{
	const char *end = it->end, *p = skip_space(it->next, end);

	if (p < end && *p == ',')
		p = skip_space(p + 1, end);
	if (it->object && p < end)
		p = skip_name(p, end, key);
	it->next = p;
	if (p == end)
		return false;
	v->text = p;
	it->next = skip_value(p, end);
	v->len = (size_t)(it->next - p);
	return v->len > 0;		/* else no value begins here */
}

size_t json_count(struct json container)
{
	struct json_iter it = json_iterate(container);
	struct json v;
	size_t n = 0;

	while (json_next(&it, NULL, &v))
		n++;
	return n;
}

/* --- strings --- */

static unsigned hex4(const char *p)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)p[i];

		value = value << 4 | (c <= '9' ? c - 0x30u : (c | 0x20u) - 'a' + 10u);
	}
	return value;
}

/* Decodes the escape at p (a backslash) into out and returns its bytes; *len of them. */
static const char *decode_escape(const char *p, const char *end, char out[static UTF8_MAX], size_t *len)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *known;
	unsigned point;

	*len = 1;
	if (end - p < 2) {
		out[0] = *p;
		return end;
	}
	if (p[1] != 'u' || end - p < 6) {
		known = strchr(from, p[1]);
		out[0] = known && *known ? to[known - from] : p[1];
		return p + 2;
	}
	point = hex4(p + 2);
	p += 6;
	if (point >= 0xd800 && point <= 0xdbff && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		unsigned low = hex4(p + 2);

		if (low >= 0xdc00 && low <= 0xdfff) {
			point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
			p += 6;
		}
	}
	*len = utf8_encode(point, out);	/* a lone half becomes U+FFFD there */
	return p;
}

void json_decode(struct json string, struct buf *out)
{
	if (json_kind(string) == JSON_STRING)
		json_decode_inside(string.text + 1, string.len - 2, out);
	else
		buf_put(out, string.text, string.len);
}

void json_decode_text(struct json v, struct buf *text)
{
	struct buf raw = {0};
	const char *p, *end, *nul;

	json_decode(v, &raw);
	end = buf_head(&raw) + raw.len;
	for (p = buf_head(&raw); p < end && (nul = memchr(p, '\0', (size_t)(end - p))) != NULL; p = nul + 1) {
		buf_put(text, p, (size_t)(nul - p));
		buf_puts(text, "\\x00");
	}
	buf_put(text, p, (size_t)(end - p));
	text->failed |= raw.failed;
	buf_clear(&raw);
}

void json_decode_inside(const char *text, size_t len, struct buf *out)
{
	const char *p = text, *end = text + len;

	while (p < end) {
		const char *stop = memchr(p, '\\', (size_t)(end - p));
		char bytes[UTF8_MAX];
		size_t decoded;

		buf_put(out, p, (size_t)((stop ? stop : end) - p));
		if (!stop)
			return;
		p = decode_escape(stop, end, bytes, &decoded);
		buf_put(out, bytes, decoded);
	}
}

size_t json_decode_whole(const char *text, size_t len)
{
	const char *p = text, *end = text + len, *escape;

	while ((escape = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		char bytes[UTF8_MAX];
		size_t decoded;

		/* Two of six bytes may belong together. */
		if (end - escape < 12)
			return (size_t)(escape - text);
		p = decode_escape(escape, end, bytes, &decoded);
	}
	return (size_t)(p - text) + utf8_whole(p, (size_t)(end - p));
}

bool json_is(struct json v, const char *text)
{
	size_t left = strlen(text);
	const char *p = v.text + 1, *end = v.text + v.len - 1;

	if (json_kind(v) != JSON_STRING)
		return false;
	while (p < end) {
		char bytes[UTF8_MAX] = {*p};
		size_t len = 1;

		if (*p == '\\')
			p = decode_escape(p, end, bytes, &len);
		else
			p++;
		if (len > left || memcmp(bytes, text, len) != 0)
			return false;
		text += len;
		left -= len;
	}
	return left == 0;
}

/* --- numbers --- */

/* The exponent written at p ("e+5"), or 0; far outside of what matters it stays at a limit. */
static long long read_exponent(const char *p, const char *end)
{
	long long value = 0;
	bool negative;

	if (p == end || (*p != 'e' && *p != 'E'))
		return 0;
	p++;
	negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end; p++)
		if (value < 1000000000000000)
			value = value * 10 + (*p - '0');
	return negative ? -value : value;
}

/* Takes digit after digit of a mantissa; zeros are only counted until another digit follows them.  False: the
 * number has more than 16 digits. */
static bool mantissa_digit(char c, uint64_t *value, unsigned *count, long long *zeros)
{
	if (c == '0') {
		if (*count)
			++*zeros;
		return true;
	}
	if (*zeros > 16 || *count + (unsigned)*zeros + 1 > 16)
		return false;
	for (; *zeros > 0; --*zeros, ++*count)
		*value *= 10;
	*value = *value * 10 + (uint64_t)(c - '0');
	++*count;
	return true;
}

bool json_whole(struct json v, bool soft, uint64_t *number)
{
	const char *p = v.text, *end = v.text + v.len;
	uint64_t value = 0;
	unsigned count = 0;
	long long zeros = 0, exponent, fraction = 0;

	if (json_kind(v) == JSON_STRING && soft) {
		p++;
		end--;
		for (const char *c = p; c < end; c++)
			if (*c < '0' || *c > '9')
				return false;
	} else if (json_kind(v) != JSON_NUMBER) {
		return false;
	}
	/* Most are a few digits: every reply has one in front. */
	for (*number = 0; p + count < end && count < 15 && p[count] >= '0' && p[count] <= '9'; count++)
		*number = *number * 10 + (uint64_t)(p[count] - '0');
	if (count > 0 && p + count == end)
		return true;
	count = 0;
	if (p == end || *p == '-')
		return false;
	for (bool point = false; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (point)
			fraction++;
		if (!mantissa_digit(*p, &value, &count, &zeros))
			return false;
	}
	*number = 0;
	if (value == 0)
		return true;
	/* value * 10^exponent, value not ending in 0 */
	exponent = read_exponent(p, end) - fraction + zeros;
	if (exponent < 0 || exponent + count > 16)
		return false;
	for (; exponent > 0; exponent--)
		value *= 10;
	*number = value;
	return value <= (uint64_t)1 << 53;
}

/* --- writing --- */

void json_put_string(struct buf *out, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[6] = {'\\', (char)c};
		size_t n = 2;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		switch (c) {
		case '"': case '\\':
			break;
		case '\b':
			escape[1] = 'b';
			break;
		case '\f':
			escape[1] = 'f';
			break;
		case '\n':
			escape[1] = 'n';
			break;
		case '\r':
			escape[1] = 'r';
			break;
		case '\t':
			escape[1] = 't';
			break;
		default:
			memcpy(escape, "\\u00", 4);	/* NOLINT(bugprone-not-null-terminated-result): a length goes with it */
			escape[4] = hex[c >> 4];
			escape[5] = hex[c & 15];
			n = 6;
		}
		buf_put(out, text + from, i - from);
		buf_put(out, escape, n);
		explicit_bzero(escape, sizeof escape);
		from = i + 1;
	}
	buf_put(out, text + from, len - from);
	buf_putc(out, '"');
}

void json_put_array(struct buf *out, const struct json *values, size_t count)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		buf_put(out, values[i].text, values[i].len);
	}
	buf_putc(out, ']');
}
