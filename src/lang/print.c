/* SPDX-License-Identifier: ISC */
/*
 * print: a request, written as the line a user would type for it.
 *
 * Short forms are tried first; whether they mean the same is tested: the line is parsed and compared.  A request without a short
 * form is a raw array, which always means itself.
 */
#include <stdlib.h>
#include <string.h>

#include "lang/parse.h"
#include "lang/quoting.h"

/* A JSON string as a word. */
static bool put_string(struct buf *out, struct json v)
{
	struct buf text = {.secret = out->secret};

	if (json_kind(v) != JSON_STRING)
		return false;
	json_decode(v, &text);
	line_put_word(out, buf_head(&text), text.len);
	out->failed = out->failed || text.failed;
	buf_clear(&text);
	return true;
}

static bool put_number(struct buf *out, struct json v, const struct value_name *values)
{
	if (json_kind(v) != JSON_NUMBER)
		return false;
	for (; values != NULL && values->name != NULL; values++) {
		if (strlen(values->value) == v.len && memcmp(values->value, v.text, v.len) == 0) {
			buf_puts(out, values->name);
			return true;
		}
	}
	buf_put(out, v.text, v.len);
	return true;
}

/* Writes the elements of a list of strings, each after a sign if there is one. */
static bool put_strings(struct buf *out, struct json list, char sign, bool first)
{
	struct json_iter it;
	struct json v;

	if (json_kind(list) != JSON_ARRAY)
		return false;
	for (it = json_iterate(list); json_next(&it, NULL, &v); first = false) {
		if (!first)
			buf_putc(out, ',');
		if (sign != '\0')
			buf_putc(out, sign);
		if (!put_string(out, v))
			return false;
	}
	return true;
}

/* Two lists: -old,+new. */
static bool put_changes(struct buf *out, struct json_iter lists)
{
	struct json old, new, more;

	if (!json_next(&lists, NULL, &old) || !json_next(&lists, NULL, &new) || json_next(&lists, NULL, &more) ||
	    json_kind(old) != JSON_ARRAY || json_kind(new) != JSON_ARRAY || json_count(old) + json_count(new) == 0)
		return false;
	return put_strings(out, old, '-', true) && put_strings(out, new, '+', json_count(old) == 0);
}

/* The text of [[2,["text"]]], or false. */
static bool one_community(struct json v, struct json *text)
{
	struct json_iter it = json_iterate(v);
	struct json version, number, list, more;
	uint64_t n;

	if (json_kind(v) != JSON_ARRAY || !json_next(&it, NULL, &version) || json_next(&it, NULL, &more) ||
	    json_kind(version) != JSON_ARRAY)
		return false;
	it = json_iterate(version);
	if (!json_next(&it, NULL, &number) || !json_whole(number, false, &n) || n != 2 || !json_next(&it, NULL, &list) ||
	    json_next(&it, NULL, &more) || json_kind(list) != JSON_ARRAY)
		return false;
	it = json_iterate(list);
	return json_next(&it, NULL, text) && !json_next(&it, NULL, &more);
}

/* A member of a row, an object or pairs. */
static bool put_member(struct buf *out, const struct field *f, struct json v)
{
	struct json text;

	switch (f == NULL ? ARG_TEXT : f->type) {
	case ARG_NUMBER:
	case ARG_BITS:
		return put_number(out, v, f->values);
	case ARG_GID:
		if (f->nullable && json_kind(v) == JSON_NULL) {
			buf_puts(out, "null");
			return true;
		}
		return put_string(out, v);
	case ARG_CHANGES:
	case ARG_MACS:
		return json_kind(v) == JSON_ARRAY && put_changes(out, json_iterate(v));
	case ARG_CREDENTIALS:
		if (one_community(v, &text))
			return put_string(out, text);
		value_put_compact(out, v);
		return true;
	default:
		return put_string(out, v);
	}
}

/* Returns the field of a name in JSON, or NULL. */
static const struct field *field_of(const struct arg *arg, struct json name)
{
	struct buf text = {0};
	const struct field *f = NULL;

	json_decode(name, &text);
	if (!text.failed)
		f = catalog_field(arg->fields, buf_head(&text), text.len);
	/* A role that is not known is permitted like the others. */
	if (f == NULL && arg->fields != NULL && arg->fields->unit == UNIT_PERMISSION)
		f = arg->fields;
	buf_clear(&text);
	return f;
}

static bool put_row(struct buf *out, const struct field *f, struct json row, char separator)
{
	struct json_iter it;
	struct json v;
	bool first = true;

	if (json_kind(row) != JSON_ARRAY || json_count(row) == 0)
		return false;
	for (it = json_iterate(row); json_next(&it, NULL, &v); f++, first = false) {
		if (!first)
			buf_putc(out, separator);
		if (f->name == NULL || !put_member(out, f, v))
			return false;
	}
	return true;
}

static bool put_rows(struct buf *out, const struct arg *arg, struct json v)
{
	struct json_iter it;
	struct json row;
	bool first = true;

	if (json_kind(v) != JSON_ARRAY || json_count(v) == 0)
		return false;
	for (it = json_iterate(v); json_next(&it, NULL, &row); first = false) {
		if (!first)
			buf_putc(out, ' ');
		if (!put_row(out, arg->fields, row, ','))
			return false;
	}
	return true;
}

static bool put_object(struct buf *out, const struct arg *arg, struct json v)
{
	struct json_iter it;
	struct json key, value;
	bool first = true;

	if (json_kind(v) != JSON_OBJECT || json_count(v) == 0)
		return false;
	for (it = json_iterate(v); json_next(&it, &key, &value); first = false) {
		if (!first)
			buf_putc(out, ' ');
		if (!put_string(out, key))
			return false;
		buf_putc(out, '=');
		if (!put_member(out, field_of(arg, key), value))
			return false;
	}
	return true;
}

/* ["name",value]; a list that changes has two values, or none. */
static bool put_name_value(struct buf *out, const struct arg *arg, struct json pair)
{
	struct json_iter it = json_iterate(pair);
	const struct field *f;
	struct json name, value, more;

	if (json_kind(pair) != JSON_ARRAY || !json_next(&it, NULL, &name) || !put_string(out, name))
		return false;
	f = field_of(arg, name);
	if (f != NULL && f->type == ARG_MACS) {
		if (it.next == it.end || json_count(pair) == 1)
			return true;
		buf_putc(out, '=');
		return put_changes(out, it);
	}
	buf_putc(out, '=');
	return json_next(&it, NULL, &value) && !json_next(&it, NULL, &more) && put_member(out, f, value);
}

static bool put_pairs(struct buf *out, const struct arg *arg, struct json v)
{
	struct json_iter it;
	struct json pair;
	bool first = true;

	if (json_kind(v) != JSON_ARRAY || json_count(v) == 0)
		return false;
	for (it = json_iterate(v); json_next(&it, NULL, &pair); first = false) {
		if (!first)
			buf_putc(out, ' ');
		if (!put_name_value(out, arg, pair))
			return false;
	}
	return true;
}

/* [[realm,[[role,permission]...]]...] */
static bool put_roles(struct buf *out, const struct arg *arg, struct json v)
{
	struct json_iter realms, it, roles;
	struct json entry, realm, list, pair;
	bool first = true;

	if (json_kind(v) != JSON_ARRAY || json_count(v) == 0)
		return false;
	for (realms = json_iterate(v); json_next(&realms, NULL, &entry); ) {
		it = json_iterate(entry);
		if (json_kind(entry) != JSON_ARRAY || json_count(entry) != 2 || !json_next(&it, NULL, &realm) ||
		    !json_next(&it, NULL, &list) || json_kind(list) != JSON_ARRAY)
			return false;
		for (roles = json_iterate(list); json_next(&roles, NULL, &pair); first = false) {
			if (!first)
				buf_putc(out, ' ');
			if (!put_string(out, realm))
				return false;
			buf_putc(out, '=');
			if (!put_name_value(out, arg, pair))
				return false;
		}
	}
	return true;
}

static bool put_list(struct buf *out, const struct arg *arg, struct json v)
{
	if ((arg->flags & ARG_NULLABLE) && json_kind(v) == JSON_NULL) {
		buf_puts(out, "null");
		return true;
	}
	return json_kind(v) == JSON_ARRAY && json_count(v) > 0 && put_strings(out, v, '\0', true);
}

/* An argument in its short form.  False: it has none, and something may have been written. */
static bool put_short(struct buf *out, const struct arg *arg, struct json v)
{
	switch (arg->type) {
	case ARG_NUMBER:
		return put_number(out, v, arg->values);
	case ARG_LIST:
		return put_list(out, arg, v);
	case ARG_ROWS:
		return put_rows(out, arg, v);
	case ARG_OBJECT:
		return put_object(out, arg, v);
	case ARG_PAIRS:
		return put_pairs(out, arg, v);
	case ARG_PAIR:
		return put_row(out, arg->fields, v, ' ');
	case ARG_ROLES:
		return put_roles(out, arg, v);
	default:
		return put_string(out, v);
	}
}

static bool is_filler(const struct arg *arg, struct json v)
{
	const char *fill = arguments_filler(arg);

	return !(arg->flags & ARG_REQUIRED) && strlen(fill) == v.len && memcmp(fill, v.text, v.len) == 0;
}

/* The words of a request that the catalogue knows; brief: arguments in their short forms, else JSON where they have that.  False:
 * such a line cannot be written. */
static bool put_known(struct buf *out, const struct request *type, struct json_iter args, bool brief)
{
	const struct arg *arg = type->args;
	bool by_name = false;
	struct json v;

	for (; json_next(&args, NULL, &v); arg++) {
		size_t before = out->len;

		if (arg->name == NULL)
			return false;
		if (is_filler(arg, v) && args.next != args.end) {
			by_name = true;
			continue;
		}
		buf_putc(out, ' ');
		if (by_name)
			buf_printf(out, "--%s ", arg->name);
		if (!brief || !put_short(out, arg, v)) {
			buf_truncate(out, before);
			buf_putc(out, ' ');
			if (by_name)
				buf_printf(out, "--%s ", arg->name);
			if (json_kind(v) == JSON_ARRAY || json_kind(v) == JSON_OBJECT)
				value_put_compact(out, v);
			else if (!put_short(out, arg, v))
				return false;
		}
		/* After an argument that takes all words, the next is found by its name. */
		by_name = by_name || arg->type == ARG_ROWS || arg->type == ARG_OBJECT || arg->type == ARG_PAIRS ||
		    arg->type == ARG_ROLES;
		if (arg->flags & ARG_MANY)
			arg--;
	}
	return true;
}

/* Writes the words after a type that the catalogue does not know. */
static void put_unknown(struct buf *out, struct json_iter args)
{
	struct json v, number;
	size_t at;

	while (json_next(&args, NULL, &v)) {
		struct buf text = {0};

		buf_putc(out, ' ');
		if (json_kind(v) != JSON_STRING) {
			value_put_compact(out, v);
			continue;
		}
		json_decode(v, &text);
		if (json_read(buf_head(&text), text.len, &number, &at) == NULL)
			quoting_put_text(out, buf_head(&text), text.len);
		else
			line_put_word(out, buf_head(&text), text.len);
		out->failed = out->failed || text.failed;
		buf_clear(&text);
	}
}

/* Strings in one spelling, no white space: the same for what means the same. */
static void put_canonical(struct buf *out, struct json v)
{
	struct buf text = {.secret = out->secret};
	const char *from = v.text, *end = v.text + v.len;

	while (from < end) {
		const char *run = memchr(from, '"', (size_t)(end - from));
		struct json string;

		if (run == NULL)
			run = end;
		buf_put(out, from, (size_t)(run - from));
		if (run == end)
			break;
		string.text = run++;
		while (*run != '"')
			run += *run == '\\' ? 2 : 1;
		from = run + 1;
		string.len = (size_t)(from - string.text);
		buf_reset(&text);
		json_decode(string, &text);
		json_put_string(out, buf_head(&text), text.len);
		out->failed = out->failed || text.failed;
	}
	buf_clear(&text);
}

/* Checks that a line means the (canonical) JSON; if so appends it to out.  1, 0, or -1 without memory. */
static int try_line(struct buf *out, struct buf *text, const struct buf *json, bool masked)
{
	struct buf again = {.secret = json->secret};
	struct error e;
	struct line line;
	char *usage;
	size_t at;
	int same = 0;

	if (text->failed)
		return -1;
	if (line_parse(&line, buf_head(text), text->len, NULL, &e, &usage, &at) == 0) {
		put_canonical(&again, (struct json){buf_head(&line.json), line.json.len});
		same = line.kind == LINE_REQUEST && again.len == json->len &&
		    memcmp(buf_head(&again), buf_head(json), json->len) == 0;
		if (again.failed || out->failed)
			same = -1;
		else if (same && masked)
			buf_puts(out, line.masked);
		else if (same)
			buf_put(out, buf_head(text), text->len);
	} else if (e.status != STATUS_USAGE) {
		same = -1;
	}
	free(usage);
	buf_clear(&again);
	line_clear(&line);
	return same;
}

int line_print(struct buf *out, const char *json, size_t len, bool masked)
{
	struct buf compact = {.secret = true}, canonical = {.secret = true}, text = {.secret = true};
	const struct request *type = NULL;
	struct json_iter it;
	struct json v, name;
	size_t at;
	int done = -1;

	if (json_read(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY)
		return -1;
	value_put_compact(&compact, v);
	put_canonical(&canonical, (struct json){buf_head(&compact), compact.len});
	for (int attempt = 0; attempt < 3 && !compact.failed && !canonical.failed; attempt++) {
		bool fits = true;

		buf_reset(&text);
		it = json_iterate((struct json){buf_head(&compact), compact.len});
		if (attempt == 2) {
			buf_put(&text, buf_head(&compact), compact.len);
		} else if (!json_next(&it, NULL, &name) || !put_string(&text, name)) {
			break;
		} else {
			type = catalog_find(buf_head(&text), text.len);
			if (type != NULL)
				fits = put_known(&text, type, it, attempt == 0);
			else
				put_unknown(&text, it);
		}
		done = fits ? try_line(out, &text, &canonical, masked) : 0;
		if (done != 0)
			break;
	}
	buf_clear(&compact);
	buf_clear(&canonical);
	buf_clear(&text);
	return done == 1 && !out->failed ? 0 : -1;
}
