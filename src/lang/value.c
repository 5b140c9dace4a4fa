/* SPDX-License-Identifier: ISC */
/*
 * value: one word, or a part of one, becomes one JSON value of the kind its place wants.
 */
#include "lang/parse.h"

#include <stdlib.h>
#include <string.h>

void value_put_compact(struct buf *out, struct json v)
{
	const char *text = v.text, *end = v.text + v.len;

	while (text < end) {
		const char *run = text;

		while (run < end && *run != '"' && *run != ' ' && *run != '\t' && *run != '\n' && *run != '\r')
			run++;
		buf_put(out, text, (size_t)(run - text));
		if (run < end && *run == '"') {
			text = run++;
			while (*run != '"')
				run += *run == '\\' ? 2 : 1;
			run++;
			buf_put(out, text, (size_t)(run - text));
		} else if (run < end) {
			run++;
		}
		text = run;
	}
}

static int put_gid(struct parse *p, const struct want *want, const struct word *w)
{
	const char *head;
	size_t offset;

	if (want->nullable && value_is(p, w, "null")) {
		buf_puts(&p->line->json, "null");
		return 0;
	}
	if (w->json || value_decode(p, w) < 0)
		return w->json ? value_misfit(p, want, w) : -1;
	head = buf_head(&p->scratch);
	if (p->scratch.len == 0 && want->nullable && value_from_cell(p)) {
		buf_puts(&p->line->json, "null");
		return 0;
	}
	if (p->scratch.len == 0 || memchr(head, '\0', p->scratch.len) != NULL)
		return value_misfit(p, want, w);
	offset = p->line->json.len;
	if (value_put_scratch(p) < 0)
		return -1;
	if (value_all_digits(head, p->scratch.len))
		return 0;
	return parse_add_lookup(p, want->gid, offset, p->line->json.len - offset, head, p->scratch.len);
}

/* include+ping: what tables show for several bits.  False: text is not that. */
static bool bits_of(const struct value_name *values, const char *text, size_t len, unsigned long *bits)
{
	const char *end = text + len, *plus;

	for (*bits = 0; text <= end; text = plus + 1) {
		const struct value_name *value;

		plus = memchr(text, '+', (size_t)(end - text));
		plus = plus == NULL ? end : plus;
		value = catalog_value(values, text, (size_t)(plus - text));
		if (value != NULL)
			*bits |= strtoul(value->value, NULL, 10);
		else if (value_all_digits(text, (size_t)(plus - text)) && plus - text < 6)
			*bits |= strtoul(text, NULL, 10);
		else
			return false;
	}
	return true;
}

static int put_number(struct parse *p, const struct want *want, const struct word *w)
{
	const struct value_name *value;
	struct json v;
	size_t at;
	const char *head;
	unsigned long bits;

	if (w->json || value_decode(p, w) < 0)
		return w->json ? value_misfit(p, want, w) : -1;
	head = buf_head(&p->scratch);
	value = catalog_value(want->values, head, p->scratch.len);
	if (value != NULL) {
		buf_puts(&p->line->json, value->value);
		return 0;
	}
	if (want->bits && memchr(head, '+', p->scratch.len) != NULL && buf_string(&p->scratch) != NULL &&
	    bits_of(want->values, head, p->scratch.len, &bits)) {
		buf_printf(&p->line->json, "%lu", bits);
		return 0;
	}
	if (p->scratch.len == 0 || json_read(head, p->scratch.len, &v, &at) != NULL || json_kind(v) != JSON_NUMBER ||
	    v.len != p->scratch.len)
		return value_misfit(p, want, w);
	buf_put(&p->line->json, v.text, v.len);
	return 0;
}

static int put_word(struct parse *p, const struct want *want, const struct word *w)
{
	const struct value_name *value;

	if (w->json || value_decode(p, w) < 0)
		return w->json ? value_misfit(p, want, w) : -1;
	value = catalog_value(want->values, buf_head(&p->scratch), p->scratch.len);
	if (value == NULL)
		return value_misfit(p, want, w);
	json_put_string(&p->line->json, value->value, strlen(value->value));
	return 0;
}

/* The elements of -old,+new that begin with a sign, as one list. */
static int put_signed(struct parse *p, const struct want *want, const struct word *w, char sign, size_t *count)
{
	struct word part;
	size_t pos = w->start;

	*count = 0;
	buf_putc(&p->line->json, '[');
	while (word_part(p->text, &pos, w->end, ',', &part)) {
		char first = part.start < part.end ? p->text[part.start] : '\0';

		if (first != '+' && first != '-')
			return value_misfit(p, want, &part);
		if (first != sign)
			continue;
		part.start++;
		if (value_decode(p, &part) < 0)
			return -1;
		if (p->scratch.len == 0)
			return value_misfit(p, want, &part);
		if ((*count)++ > 0)
			buf_putc(&p->line->json, ',');
		if ((want->type == ARG_MACS ? network_put_blocked(p, want, &part) : value_put_scratch(p)) < 0)
			return -1;
	}
	buf_putc(&p->line->json, ']');
	return 0;
}

int value_put_changes(struct parse *p, const struct want *want, const struct word *w)
{
	struct json_iter lists;
	struct json v, list;
	size_t count = 0;

	if (w->json) {
		if (value_json(p, want, w, &v) < 0)
			return -1;
		lists = json_iterate(v);
		for (; json_next(&lists, NULL, &list); count++) {
			if (json_kind(v) != JSON_ARRAY || json_kind(list) != JSON_ARRAY || count == 2)
				return value_misfit(p, want, w);
			if (count == 0 && json_count(list) > 0)
				p->line->deletes = true;
			if (count == 1)
				buf_putc(&p->line->json, ',');
			value_put_compact(&p->line->json, list);
		}
		return count == 2 ? 0 : value_misfit(p, want, w);
	}
	if ((want->type == ARG_MACS && parse_check_hidden(p, w) < 0) || put_signed(p, want, w, '-', &count) < 0)
		return -1;
	if (count > 0)
		p->line->deletes = true;
	buf_putc(&p->line->json, ',');
	return put_signed(p, want, w, '+', &count);
}

/* As the box lists them, or one community of SNMP v2. */
static int put_credentials(struct parse *p, const struct want *want, const struct word *w)
{
	struct want community = *want;
	struct json v;

	if (w->json) {
		if (parse_add_secret(p, w->start, w->end) < 0 || value_json(p, want, w, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_ARRAY)
			return value_misfit(p, want, w);
		value_put_compact(&p->line->json, v);
		return 0;
	}
	community.type = ARG_TEXT;
	community.asked = "SNMP community";
	buf_puts(&p->line->json, "[[2,[");
	if (value_put_text(p, &community, w) < 0)
		return -1;
	buf_puts(&p->line->json, "]]]");
	return 0;
}

/* True for what is no text but stands for something: a gid, a number, an address...  (value_put_changes() checks ARG_MACS.) */
static bool is_token(enum arg_type type)
{
	return type == ARG_GID || type == ARG_NUMBER || type == ARG_WORD || type == ARG_ADDRESS || type == ARG_SUBNET || type == ARG_BITS ||
	    type == ARG_HOST || type == ARG_MAC;
}

int value_put(struct parse *p, const struct want *want, const struct word *w)
{
	if (is_token(want->type) && parse_check_hidden(p, w) < 0)
		return -1;
	switch (want->type) {
	case ARG_TEXT:
		return value_put_text(p, want, w);
	case ARG_ADDRESS:
	case ARG_SUBNET:
		return network_put_address(p, want, w);
	case ARG_HOST:
		return network_put_host(p, want, w);
	case ARG_BITS:
		return network_put_bits(p, want, w);
	case ARG_MAC:
		return network_put_mac(p, want, w);
	case ARG_GID:
		return put_gid(p, want, w);
	case ARG_NUMBER:
		return put_number(p, want, w);
	case ARG_WORD:
		return put_word(p, want, w);
	case ARG_CREDENTIALS:
		return put_credentials(p, want, w);
	case ARG_CHANGES:
	case ARG_MACS:
		buf_putc(&p->line->json, '[');
		if (value_put_changes(p, want, w) < 0)
			return -1;
		buf_putc(&p->line->json, ']');
		return 0;
	case ARG_LIST:
	case ARG_ROWS:
	case ARG_OBJECT:
	case ARG_PAIRS:
	case ARG_PAIR:
	case ARG_ROLES:
		break;
	}
	return value_misfit(p, want, w);
}

int value_named_secret(struct parse *p, const struct word *w)
{
	const char *text = p->text + w->start;
	size_t len = w->end - w->start, from = secret_in_text(text, len);

	if (!w->plain && !w->json) {
		if (value_decode(p, w) < 0)
			return -1;
		from = secret_in_text(buf_head(&p->scratch), p->scratch.len) < p->scratch.len ? 0 : len;
	}
	if (from == len || w->json || (from + 1 == len && text[from] == '?') || (from > 0 && text[from] == '@'))
		return 0;
	p->line->secret = true;
	/* With quotes in it positions are not those of the text. */
	return parse_add_secret(p, w->start + from, w->end);
}
