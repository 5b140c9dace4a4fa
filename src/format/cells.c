/* SPDX-License-Identifier: ISC */
/*
 * cells: from a JSON value to the text of a cell.
 *
 * Owns how nested values, times, flags, permissions and raw octets are written for people.  Does not know formats,
 * widths and where the text goes.
 */
#include "format/cells.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mac.h"
#include "base/safe.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "format/clock.h"
#include "proto/secret.h"

enum { PIECE = 16 * 1024 };

void cell_put(struct sink *s, const char *text, size_t len, size_t (*how)(struct buf *, const char *, size_t))
{
	while (len > 0 && s->error == 0) {
		size_t n = utf8_fits(text, len, PIECE);

		how(&s->buf, text, n);
		sink_settle(s);
		text += n;
		len -= n;
	}
}

void cell_put_json(struct sink *s, const char *text, size_t len)
{
	if (s->terminal)
		cell_put(s, text, len, safe_put_json);
	else
		sink_put(s, text, len);
}

/* Appends a nested value without white space between its parts, harmless inside strings if it is shown; members that `type` has for
 * secrets as "***" if it is not NULL. */
static void cell_compact(struct buf *out, struct json v, const struct request *type, bool shown)
{
	/* Not an array's iterator, but a walk over tokens: depth costs nothing. */
	struct json_iter it = { v.text, v.text + v.len, false };

	while (it.next < it.end) {
		struct json string;

		if (json_is_space(*it.next)) {
			it.next++;
			continue;
		}
		if (*it.next != '"') {
			buf_putc(out, *it.next++);
			continue;
		}
		if (!json_next(&it, NULL, &string))
			return;
		if (shown)
			safe_put_json(out, string.text, string.len);
		else
			buf_put(out, string.text, string.len);
		while (it.next < it.end && json_is_space(*it.next))
			it.next++;
		if (type == NULL || it.next == it.end || *it.next != ':' || !secret_is_in_reply(type, string))
			continue;
		it.next++;
		if (json_next(&it, NULL, &string))
			buf_puts(out, json_kind(string) == JSON_NULL ? ":null" : ":\"***\"");
	}
}

void cell_text(struct buf *out, struct json v, const struct request *type, bool shown)
{
	switch (json_kind(v)) {
	case JSON_NULL:
		break;
	case JSON_STRING:
		json_decode(v, out);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		cell_compact(out, v, type, shown);
		break;
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER:
		buf_put(out, v.text, v.len);
		break;
	}
}

void cell_event_time(struct output *o, time_t when)
{
	buf_reset(&o->text);
	clock_put(&o->text, when, o->settings.utc, 'T');
	clock_put_offset(&o->text, when, o->settings.utc);
	sink_put(o->sink, buf_head(&o->text), o->text.len);
}

/* --- words --- */

/* Gets the text of a value that is written as it stands.  False: it is not. */
static bool simple(struct json v, struct json *text)
{
	enum json_kind kind = json_kind(v);

	*text = v;
	if (kind == JSON_STRING) {
		text->text++;
		text->len -= 2;
		return memchr(text->text, '\\', text->len) == NULL;
	}
	return kind == JSON_NUMBER || kind == JSON_TRUE || kind == JSON_FALSE;
}

static bool same(struct json text, const char *word)
{
	return strlen(word) == text.len && memcmp(word, text.text, text.len) == 0;
}

static bool small_number(struct json v, uint64_t *number)
{
	return json_whole(v, true, number) && *number < 1 << 16;
}

/* Writes epoch seconds; digits after the point are kept. */
static bool words_time(struct buf *out, struct json v, bool utc)
{
	struct json t;
	int64_t seconds = 0;
	size_t i, before = out->len;

	if (!simple(v, &t))
		return false;
	for (i = 0; i < t.len && t.text[i] >= '0' && t.text[i] <= '9'; i++) {
		if (i == 12)
			return false;
		seconds = seconds * 10 + (t.text[i] - '0');
	}
	if (i == 0 || (i < t.len && t.text[i] != '.'))
		return false;
	for (size_t k = i + 1; k < t.len; k++) {
		if (t.text[k] < '0' || t.text[k] > '9')
			return false;
	}
	clock_put(out, (time_t)seconds, utc, ' ');
	if (out->len == before)
		return false;
	buf_put(out, t.text + i, t.len - i);
	clock_put_offset(out, (time_t)seconds, utc);
	return true;
}

/* Names for bits; bits without a name as a number. */
static bool words_bits(struct buf *out, struct json v, const char *const names[], size_t count, const char *none)
{
	uint64_t number;
	const char *between = "";

	if (!small_number(v, &number))
		return false;
	for (size_t bit = 0; bit < count; bit++) {
		if (names[bit] != NULL && number & UINT64_C(1) << bit) {
			buf_printf(out, "%s%s", between, names[bit]);
			between = "+";
			number &= ~(UINT64_C(1) << bit);
		} else if (bit == 0 && none != NULL && !(number & 1)) {
			buf_puts(out, none);
			between = "+";
		}
	}
	if (number != 0)
		buf_printf(out, "%s%" PRIu64, between, number);
	return true;
}

enum { OCTETS_MOST = 16 };

/* Reads the octets of a raw value, each a character below U+0100: returns how many, or 0 if it is none. */
static size_t raw_octets(struct json v, unsigned char octets[static OCTETS_MOST], struct buf *text)
{
	const char *p;
	size_t i = 0, count = 0;
	uint32_t point;
	int n;

	if (json_kind(v) != JSON_STRING || v.len > 2 + OCTETS_MOST * 6)
		return 0;
	buf_reset(text);
	json_decode(v, text);
	p = buf_head(text);
	for (; i < text->len; i += (size_t)n) {
		n = utf8_decode(p + i, text->len - i, &point);
		if (n <= 0 || point > 0xff || count == OCTETS_MOST)
			return 0;
		octets[count++] = (unsigned char)point;
	}
	return text->failed ? 0 : count;
}

/* Six octets in a column of MACs, four or sixteen in one of addresses (unless they are the text of one: 1::1). */
static bool words_octets(struct buf *out, struct json v, bool mac)
{
	unsigned char octets[OCTETS_MOST], address[OCTETS_MOST];
	char shown[INET6_ADDRSTRLEN];
	struct buf text = {0};
	const char *typed;
	size_t count;

	count = raw_octets(v, octets, &text);
	typed = buf_string(&text);
	shown[0] = '\0';
	if (mac && count == MAC_OCTETS)
		mac_format(octets, false, shown);
	else if (!mac && (count == 4 || count == 16) && typed != NULL && inet_pton(AF_INET6, typed, address) != 1)
		inet_ntop(count == 4 ? AF_INET : AF_INET6, octets, shown, sizeof shown);
	out->failed |= text.failed;
	buf_clear(&text);
	buf_puts(out, shown);
	return shown[0] != '\0';
}

static bool words_named(struct buf *out, struct json v, const struct value_name *values)
{
	struct json t;

	if (values == NULL || !simple(v, &t))
		return false;
	for (; values->name != NULL; values++) {
		if (same(t, values->value)) {
			buf_puts(out, values->name);
			return true;
		}
	}
	return false;
}

bool cell_words(struct buf *out, struct json v, const struct heading *heading, bool utc)
{
	static const char *const seed[] = { NULL, "by hand" };
	static const char *const subnet[] = { "include", "ping" };
	static const char *const ping[] = { NULL, "ping" };
	static const char *const credential[] = { "include" };

	if (json_kind(v) == JSON_NULL)
		return false;
	switch (heading->unit) {
	case UNIT_TIME:
		return words_time(out, v, utc);
	case UNIT_FLAG:
	case UNIT_PERMISSION:
		return words_named(out, v, heading->values);
	case UNIT_SEED_FLAGS:
		return words_bits(out, v, seed, 2, NULL);
	case UNIT_SUBNET_FLAGS:
		/* Some boxes write the second flag as a column of its own. */
		if (heading->name != NULL && strcmp(heading->name, "ping") == 0)
			return words_bits(out, v, ping, 2, NULL);
		return words_bits(out, v, subnet, 2, "exclude");
	case UNIT_CREDENTIAL_FLAGS:
		return words_bits(out, v, credential, 1, "exclude");
	case UNIT_SECRET:
		buf_puts(out, "***");
		return true;
	case UNIT_MAC:
	case UNIT_ADDRESS:
		return words_octets(out, v, heading->unit == UNIT_MAC);
	case UNIT_NONE:
	case UNIT_GID:
		break;
	}
	return words_named(out, v, heading->values);
}
