/* SPDX-License-Identifier: ISC */
/*
 * secret: the secrets in requests and replies, and both with it replaced.
 *
 * Where a shape is not the documented one, it hides too much rather than too little.
 */
#include "proto/secret.h"

#include <string.h>

#include "base/nearest.h"
#include "proto/rows.h"

static const char hidden[] = "\"***\"";

/* --- names and texts --- */

/* True if text begins with a word that marks the names of secrets. */
static bool begins_with_word(const char *text, size_t len)
{
	for (const char *const *word = catalog_secret_words; *word != NULL; word++) {
		size_t i = 0;

		while (i < len && (*word)[i] != '\0' && nearest_letter(text[i]) == (*word)[i])
			i++;
		if ((*word)[i] == '\0')
			return true;
	}
	return false;
}

bool secret_is_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (begins_with_word(name + i, len - i))
			return true;
	return false;
}

static bool is_name_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.';
}

size_t secret_in_text(const char *text, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++) {
		bool quoted = text[i - 1] == '"' || text[i - 1] == '\'';
		size_t end = quoted ? i - 1 : i, start = end;

		if (text[i] != '=' && !(text[i] == ':' && quoted))
			continue;
		while (start > 0 && is_name_char(text[start - 1]))
			start--;
		if (secret_is_name(text + start, end - start))
			return i + 1;
	}
	return len;
}

void secret_put_text(struct buf *out, const char *text, size_t len)
{
	size_t from = secret_in_text(text, len);

	buf_put(out, text, from);
	if (from < len)
		buf_puts(out, "***");
}

/* True if a name ends in a word for secrets: a password-file is none. */
static bool ends_in_secret(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (begins_with_word(name + i, len - i) && !begins_with_word(name + i, len - i - 1))
			return true;
	return false;
}

bool secret_is_between(const char *text, size_t len)
{
	return len == 1 && (text[0] == '=' || text[0] == ':');
}

bool secret_is_next(const char *text, size_t len, bool bare)
{
	size_t start = 0, end = len;

	while (start < end && text[start] == '-')
		start++;
	if (end > start && secret_is_between(text + end - 1, 1))
		end--;
	for (size_t i = start; i < end; i++)
		if (!is_name_char(text[i]))
			return false;
	return (bare || start > 0 || end < len) && ends_in_secret(text + start, end - start);
}

size_t secret_in_address(const char *text, size_t len)
{
	const char *slashes = memmem(text, len, "://", 3), *end = text + len, *user = slashes == NULL ? text : slashes + 3;
	const char *colon = memchr(user, ':', (size_t)(end - user));

	if (colon == NULL || colon == user || memrchr(colon + 1, '@', (size_t)(end - colon - 1)) == NULL ||
	    memchr(user, '@', (size_t)(colon - user)) != NULL || memchr(user, '/', (size_t)(colon - user)) != NULL)
		return len;
	return (size_t)(colon + 1 - text);
}

/* --- what the catalogue knows --- */

/* True if a member's name is a secret's, spelt well or badly. */
static bool is_secret_member(const struct field *fields, struct json key)
{
	struct buf name = {0};
	const struct field *f;
	const char *near;
	bool secret = true;

	json_decode(key, &name);
	if (!name.failed) {
		f = catalog_field(fields, buf_head(&name), name.len);
		if (f == NULL) {
			near = catalog_nearest_field(fields, buf_head(&name), name.len);
			f = near == NULL ? NULL : catalog_field(fields, near, strlen(near));
		}
		secret = f != NULL ? f->secret : secret_is_name(buf_head(&name), name.len);
	}
	buf_clear(&name);
	return secret;
}

static void secrets_in_row(const struct field *fields, struct json row, secret_found *found, void *ctx)
{
	struct json_iter it;
	struct json v;
	bool after_secret = false;	/* a secret: an entry whose shape is another may have it here */

	if (json_kind(row) != JSON_ARRAY) {
		found(ctx, row);
		return;
	}
	for (it = json_iterate(row); json_next(&it, NULL, &v); ) {
		if (fields->name == NULL || fields->secret || (after_secret && json_kind(v) != JSON_NUMBER))
			found(ctx, v);
		after_secret = after_secret || fields->name == NULL || fields->secret;
		if (fields->name != NULL)
			fields++;
	}
}

void secret_in_argument(const struct arg *arg, struct json v, secret_found *found, void *ctx)
{
	struct json_iter it;
	struct json key, inner;

	if (!catalog_arg_secret(arg)) {
		secret_anywhere(v, found, ctx);
		return;
	}
	if (arg->type == ARG_ROWS && json_kind(v) == JSON_ARRAY) {
		for (it = json_iterate(v); json_next(&it, NULL, &inner); )
			secrets_in_row(arg->fields, inner, found, ctx);
	} else if (arg->type == ARG_OBJECT && json_kind(v) == JSON_OBJECT) {
		for (it = json_iterate(v); json_next(&it, &key, &inner); )
			if (is_secret_member(arg->fields, key))
				found(ctx, inner);
			else
				secret_anywhere(inner, found, ctx);
	} else {
		found(ctx, v);
	}
}

void secret_in_arguments(const struct request *type, struct json_iter args, secret_found *found, void *ctx)
{
	const struct arg *arg = type->args;
	struct json v;

	while (json_next(&args, NULL, &v)) {
		if (arg->name == NULL) {
			if (catalog_secret(type))
				found(ctx, v);
			else
				secret_anywhere(v, found, ctx);
			continue;
		}
		secret_in_argument(arg, v, found, ctx);
		arg++;
	}
}

/* --- what the catalogue does not know --- */

bool secret_has_key(struct json v)
{
	static const char mark[] = "PRIVATE KEY";

	return memmem(v.text, v.len, mark, sizeof(mark) - 1) != NULL;
}

/* True if the decoded text of a name, or of a whole string, says so. */
static bool decodes_to_secret(struct json string, bool name)
{
	struct buf text = {.secret = true};
	bool secret;

	if (!name && memchr(string.text, '=', string.len) == NULL && memchr(string.text, '\\', string.len) == NULL)
		return false;
	json_decode(string, &text);
	secret = text.failed || (name ? secret_is_name(buf_head(&text), text.len) :
	    secret_in_text(buf_head(&text), text.len) < text.len);
	buf_clear(&text);
	return secret;
}

void secret_anywhere(struct json v, secret_found *found, void *ctx)
{
	struct json_iter it;
	struct json key, inner;
	bool pair = false;

	switch (json_kind(v)) {
	case JSON_STRING:
		if (secret_has_key(v) || decodes_to_secret(v, false))
			found(ctx, v);
		break;
	case JSON_OBJECT:
		for (it = json_iterate(v); json_next(&it, &key, &inner); ) {
			if (decodes_to_secret(key, true))
				found(ctx, inner);
			else
				secret_anywhere(inner, found, ctx);
		}
		break;
	case JSON_ARRAY:
		for (it = json_iterate(v); json_next(&it, NULL, &inner); ) {
			if (pair)
				found(ctx, inner);
			else
				secret_anywhere(inner, found, ctx);
			pair = json_kind(inner) == JSON_STRING && decodes_to_secret(inner, true);
		}
		break;
	default:
		break;
	}
}

void secret_in_unknown(struct json_iter args, secret_found *found, void *ctx)
{
	struct buf text = {.secret = true};
	struct json v;
	bool next = false;

	while (json_next(&args, NULL, &v)) {
		buf_reset(&text);
		if (json_kind(v) == JSON_STRING)
			json_decode(v, &text);
		if (next && !text.failed && secret_is_between(buf_head(&text), text.len))
			continue;
		if (next || text.failed)
			found(ctx, v);
		else
			secret_anywhere(v, found, ctx);
		next = !next && (text.failed || secret_is_next(buf_head(&text), text.len, true));
	}
	buf_clear(&text);
}

/* --- a message with its secrets replaced --- */

struct masking {
	struct buf *out;
	const char *from;	/* what is before it has been copied */
};

static void mask_one(void *ctx, struct json secret)
{
	struct masking *m = ctx;

	buf_put(m->out, m->from, (size_t)(secret.text - m->from));
	buf_puts(m->out, hidden);
	m->from = secret.text + secret.len;
}

/* Masks everything. */
static void replace_all(struct json_iter args, struct masking *m)
{
	struct json v;

	while (json_next(&args, NULL, &v))
		mask_one(m, v);
}

void secret_mask_value(struct buf *out, struct json v, bool whole)
{
	struct masking m = {out, v.text};

	if (whole)
		mask_one(&m, v);
	else
		secret_anywhere(v, mask_one, &m);
	buf_put(out, m.from, (size_t)(v.text + v.len - m.from));
}

/* Finds the request that a value names (near: it is misspelt), or NULL.  Without memory *failed is set. */
static const struct request *type_of(struct json v, bool *near, bool *failed)
{
	struct buf name = {0};
	const struct request *type = NULL;
	const char *known;

	*near = false;
	if (json_kind(v) != JSON_STRING)
		return NULL;
	json_decode(v, &name);
	if (!name.failed) {
		type = catalog_find(buf_head(&name), name.len);
		known = type != NULL ? NULL : catalog_nearest(buf_head(&name), name.len);
		if (known != NULL) {
			type = catalog_find(known, strlen(known));
			*near = true;
		}
	}
	*failed = *failed || name.failed;
	buf_clear(&name);
	return type;
}

int secret_mask_request(struct buf *out, const char *json, size_t len)
{
	struct masking m = {out, json};
	const struct request *type;
	struct json_iter it;
	struct json v;
	size_t at;
	bool near = false, failed = false;

	if (json_read(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY) {
		buf_puts(out, hidden);
		return out->failed ? -1 : 0;
	}
	it = json_iterate(v);
	type = json_next(&it, NULL, &v) ? type_of(v, &near, &failed) : NULL;
	if ((type == NULL || near) && it.next != it.end) {
		struct json_iter rest = it;
		const struct request *second = json_next(&rest, NULL, &v) ? type_of(v, &near, &failed) : NULL;

		if (second != NULL) {
			type = second;
			it = rest;
		}
	}
	if (failed)
		return -1;
	if (type != NULL && near && catalog_secret(type))
		replace_all(it, &m);
	else if (type != NULL)
		secret_in_arguments(type, it, mask_one, &m);
	else
		secret_in_unknown(it, mask_one, &m);
	buf_put(out, m.from, len - (size_t)(m.from - json));
	return out->failed ? -1 : 0;
}

/* --- replies --- */

/* Masks a row whose columns are known.  From the first secret one on only numbers are harmless: versions are shown in one list, and side
 * by side (ptsh-protocol(7)); before it, nothing but single values. */
static void mask_row(const struct field *fields, struct json row, struct masking *m)
{
	struct json_iter it = json_iterate(row);
	struct json cell;
	bool secret = false;

	if (json_kind(row) != JSON_ARRAY) {
		if (json_kind(row) != JSON_NUMBER)
			mask_one(m, row);
		return;
	}
	while (json_next(&it, NULL, &cell)) {
		enum json_kind kind = json_kind(cell);

		secret = secret || (fields->name != NULL && fields->unit == UNIT_SECRET);
		if (secret ? kind != JSON_NUMBER : kind == JSON_ARRAY || kind == JSON_OBJECT)
			mask_one(m, cell);
		if (fields->name != NULL)
			fields++;
	}
}

/* Masks the reply to a request with secret columns in fixed places.  What is no such row is hidden whole. */
static void mask_rows(const struct request *type, struct json_iter values, struct masking *m)
{
	struct rows_hint hint = rows_hint(type, NULL, 0, 0);
	enum rows_mode mode = rows_decide(&hint, values, false);
	struct json_iter it;
	struct json v, row;
	bool first = true;

	for (; json_next(&values, NULL, &v); first = false) {
		if (mode == ROWS_VALUES)
			mask_row(type->reply, v, m);
		else if (mode == ROWS_ELEMENTS && first && json_kind(v) == JSON_ARRAY)
			for (it = json_iterate(v); json_next(&it, NULL, &row); )
				mask_row(type->reply, row, m);
		else if (json_kind(v) != JSON_NUMBER)
			mask_one(m, v);
	}
}

bool secret_is_in_reply(const struct request *type, struct json key)
{
	for (size_t i = 0; i < catalog_len; i++) {
		const struct request *r = &catalog[i];

		if (r->reader == NULL || strcmp(r->reader, type->name) != 0)
			continue;
		for (const struct arg *a = r->args; a < r->args + REQUEST_ARGS && a->name != NULL; a++) {
			for (const struct field *f = a->fields; f != NULL && f->name != NULL; f++) {
				if (f->secret && json_is(key, f->name))
					return true;
			}
		}
	}
	return false;
}

/* True if the values can be a refusal's: texts and numbers. */
static bool is_refusal(struct json_iter values)
{
	struct json v;

	while (json_next(&values, NULL, &v))
		if (json_kind(v) == JSON_ARRAY || json_kind(v) == JSON_OBJECT)
			return false;
	return true;
}

bool secret_in_replies(const struct request *type)
{
	const struct field *f = type == NULL ? NULL : type->reply;

	while (f != NULL && f->name != NULL && f->unit != UNIT_SECRET)
		f++;
	return type == NULL || (f != NULL && f->name != NULL);
}

/* Appends text that cannot be taken apart (not JSON, or the beginning of a large reply), up to a word that marks a secret's name. */
static void put_unread(struct buf *out, const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && !begins_with_word(text + n, len - n))
		n++;
	buf_put(out, text, n);
	if (n < len)
		buf_puts(out, "***");
}

int secret_mask_reply(struct buf *out, const struct request *type, const char *json, size_t len)
{
	struct masking m = {out, json};
	struct json_iter it;
	struct json v;
	size_t at;
	bool chosen = false, secret = type != NULL && secret_in_replies(type);

	for (const struct arg *arg = type == NULL ? NULL : type->args; arg != NULL && arg->name != NULL; arg++)
		chosen = chosen || (arg->flags & ARG_HEADINGS);
	if (json_read_received(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY) {
		if (secret || secret_has_key((struct json){json, len}))
			buf_puts(out, hidden);
		else
			put_unread(out, json, len);
		return out->failed ? -1 : 0;
	}
	it = json_iterate(v);
	if (!json_next(&it, NULL, &v) || !json_next(&it, NULL, &v))
		it.next = it.end;
	if (secret && !chosen && !(json_kind(v) == JSON_NUMBER && v.text[0] == '0' && is_refusal(it)))
		mask_rows(type, it, &m);
	else
		while (json_next(&it, NULL, &v))
			secret_anywhere(v, mask_one, &m);
	buf_put(out, m.from, len - (size_t)(m.from - json));
	return out->failed ? -1 : 0;
}
