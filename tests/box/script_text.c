/* SPDX-License-Identifier: ISC */
/*
 * script_text: the text of a step: numbers, escapes, and the ids and arguments of arrays received.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "script_parts.h"

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* Appends a character of at most 16 bits as UTF-8. */
static void put_character(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
	} else {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

/* Appends the escape at p, after its backslash; returns how many characters it has, 0 if it is none. */
static size_t put_escape(struct buf *out, const char *p)
{
	static const char from[] = "nrt\\$", to[] = "\n\r\t\\$";
	const char *known = *p ? strchr(from, *p) : NULL;
	size_t digits = *p == 'x' ? 2 : *p == 'u' ? 4 : 0;
	uint32_t value = 0;

	if (known) {
		buf_putc(out, to[known - from]);
		return 1;
	}
	for (size_t i = 1; i <= digits; i++) {
		if (hex(p[i]) < 0)
			return 0;
		value = value << 4 | (uint32_t)hex(p[i]);
	}
	if (digits == 2)
		buf_putc(out, (char)value);
	else if (digits == 4)
		put_character(out, value);
	return digits ? digits + 1 : 0;
}

/* Appends $id or $id3 at p; returns how many characters it has, 0 if it is none. */
static size_t put_id(struct script *s, struct buf *out, const char *p)
{
	size_t len = 3, n;
	char *end;

	if (strncmp(p, "$id", 3) != 0)
		return 0;
	n = s->ids.n;
	if (isdigit((unsigned char)p[3])) {
		n = strtoul(p + 3, &end, 10);
		len = (size_t)(end - p);
	}
	if (n == 0 || n > s->ids.n)
		script_unexpected(s, "%.*s: that array has not come", (int)len, p);
	buf_puts(out, s->ids.v[n - 1]);
	return len;
}

/* Appends $arg2 at p: the second argument of the last array, as JSON.  Returns how many characters it has, 0 if it is none. */
static size_t put_argument(struct script *s, struct buf *out, const char *p)
{
	const cJSON *v;
	char *end, *printed;

	if (strncmp(p, "$arg", 4) != 0 || !isdigit((unsigned char)p[4]))
		return 0;
	v = array_member(&s->peer.last, (int)strtoul(p + 4, &end, 10) + 1);
	if (!v)
		script_unexpected(s, "%.*s: the last array has no such argument", (int)(end - p), p);
	printed = array_print(v);
	buf_puts(out, printed);
	cJSON_free(printed);
	return (size_t)(end - p);
}

void script_expand(struct script *s, struct buf *out, const char *text, bool escapes)
{
	size_t n;

	while (*text) {
		if (escapes && *text == '\\') {
			n = put_escape(out, text + 1);
			if (n == 0)
				script_unexpected(s, "unknown escape at '%s'", text);
			text += n + 1;
		} else if ((n = put_id(s, out, text)) > 0 || (n = put_argument(s, out, text)) > 0) {
			text += n;
		} else {
			buf_putc(out, *text++);
		}
	}
}

unsigned long script_count(struct script *s, const char *text, const char **rest)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text)
		script_unexpected(s, "'%s' begins with no number", text);
	*rest = end + strspn(end, " \t");
	return n;
}
