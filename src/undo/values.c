/* SPDX-License-Identifier: ISC */
/*
 * values: what is read, compared and shown of values, whatever they belong to, and what a change holds of them.
 *
 * Owns the rules of what can be taken back, of what is the same and what is secret.
 */
#include "undo/undo_parts.h"

#include <string.h>

#include "lang/parse.h"

/* --- what can be taken back --- */

/* Rows that say what is used for what: one column has few values, and each of them is a place. */
static bool is_assignment(const struct arg *arg)
{
	for (const struct field *f = arg->fields; f != NULL && f->name != NULL; f++)
		if (f->values != NULL)
			return arg->type == ARG_ROWS;
	return false;
}

bool undo_possible(const struct request *type)
{
	bool deletes = false;

	if (type == NULL || type->kind != REQUEST_MODIFY || type->reader == NULL ||
	    catalog_find(type->reader, strlen(type->reader)) == NULL)
		return false;
	for (const struct arg *arg = type->args; arg->name != NULL; arg++) {
		switch (arg->type) {
		case ARG_GID:
			if (arg != type->args)
				return false;
			break;
		case ARG_OBJECT:
		case ARG_PAIRS:
		case ARG_ROLES:
		case ARG_PAIR:
			break;
		case ARG_LIST:
		case ARG_ROWS:
			if (arg->flags & ARG_DELETES) {
				/* Other lists hold gids and names of things that cannot be made again as they were. */
				if (arg->type == ARG_LIST && arg->element != ARG_ADDRESS)
					return false;
				deletes = true;
			} else if (!deletes && !is_assignment(arg)) {
				return false;
			}
			break;
		default:
			return false;
		}
	}
	return type->args[0].name != NULL;
}

/* --- the work --- */

/* Whether the change is about anything. */
bool undo_is_change(const struct undo_work *w)
{
	for (size_t i = w->gid_arg != NULL; i < REQUEST_ARGS; i++)
		if (w->args[i].text != NULL && json_count(w->args[i]) > 0)
			return true;
	return false;
}

int undo_work_begin(struct undo_work *w, const struct request *type, const char *json, size_t len)
{
	struct json_iter it;
	struct json v;
	size_t at;

	*w = (struct undo_work){.type = type};
	if (!undo_possible(type) || json_read(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY)
		return -1;
	w->reader = catalog_find(type->reader, strlen(type->reader));
	w->left.secret = w->right.secret = true;
	for (size_t i = 0; i < REQUEST_ARGS; i++)
		w->parts[i].secret = true;
	it = json_iterate(v);
	if (!json_next(&it, NULL, &v))
		return -1;
	for (size_t i = 0; json_next(&it, NULL, &v); i++) {
		if (i == REQUEST_ARGS || type->args[i].name == NULL)
			return -1;
		if (json_kind(v) != JSON_NULL)
			w->args[i] = v;
	}
	if (type->args[0].type == ARG_GID) {
		w->gid_arg = type->args;
		w->gid = w->args[0];
		if (w->gid.text == NULL || !undo_is_scalar(w->gid))
			return -1;
	}
	return 0;
}

void undo_work_clear(struct undo_work *w)
{
	for (size_t i = 0; i < REQUEST_ARGS; i++)
		buf_clear(&w->parts[i]);
	buf_clear(&w->left);
	buf_clear(&w->right);
}

/* --- what a reply holds --- */

struct rows_walk undo_rows(const struct undo_work *w)
{
	struct rows_hint hint = rows_hint(w->reader, NULL, 0, 0);

	return rows_begin(&hint, w->reply);
}

size_t undo_cells(struct json row, struct json *cells, size_t max)
{
	struct json_iter it = json_iterate(row);
	struct json v;
	size_t n = 0;

	if (json_kind(row) != JSON_ARRAY)
		return 0;
	for (; json_next(&it, NULL, &v); n++)
		if (n < max)
			cells[n] = v;
	return n;
}

/* --- what values are --- */

bool undo_is_scalar(struct json v)
{
	enum json_kind kind = json_kind(v);

	return kind != JSON_NULL && kind != JSON_ARRAY && kind != JSON_OBJECT;
}

static bool same_members(struct undo_work *w, struct json a, struct json b)
{
	struct json_iter one = json_iterate(a), other = json_iterate(b);
	struct json key = {0}, v, other_key = {0}, other_v;
	bool object = json_kind(a) == JSON_OBJECT;

	while (json_next(&one, &key, &v)) {
		if (!json_next(&other, &other_key, &other_v) || (object && !undo_same(w, key, other_key)) ||
		    !undo_same(w, v, other_v))
			return false;
	}
	return !json_next(&other, NULL, &other_v);
}

bool undo_same(struct undo_work *w, struct json a, struct json b)
{
	bool one = undo_is_scalar(a), other = undo_is_scalar(b);

	if (one != other || (!one && json_kind(a) != json_kind(b)))
		return false;
	if (!one)
		return json_kind(a) == JSON_NULL || same_members(w, a, b);
	buf_reset(&w->left);
	buf_reset(&w->right);
	json_decode(a, &w->left);
	json_decode(b, &w->right);
	if (w->left.failed || w->right.failed)
		w->failed = true;
	return w->left.len == w->right.len && memcmp(buf_head(&w->left), buf_head(&w->right), w->left.len) == 0;
}

enum { STARS = 3 };	/* a text of that many stars or more is none */

static bool told_within(struct undo_work *w, struct json v)
{
	struct json_iter it = json_iterate(v);
	struct json inner;
	size_t stars = 0;

	if (json_kind(v) == JSON_STRING) {
		buf_reset(&w->left);
		json_decode(v, &w->left);
		w->failed = w->failed || w->left.failed;
		while (stars < w->left.len && buf_head(&w->left)[stars] == '*')
			stars++;
		return stars < STARS || stars < w->left.len;
	}
	while (json_next(&it, NULL, &inner))
		if (!told_within(w, inner))
			return false;
	return true;
}

bool undo_secret_readable(struct undo_work *w, struct json secret)
{
	return json_kind(secret) != JSON_NULL && secret.len > 0 && !json_is(secret, "") && told_within(w, secret);
}

static void found_one(void *ctx, struct json secret)
{
	(void)secret;
	*(bool *)ctx = true;
}

bool undo_secret(struct undo_work *w, const struct arg *arg, struct json name)
{
	struct buf member = {0};
	bool secret = false;

	if (arg->type != ARG_OBJECT && catalog_arg_secret(arg))
		return true;
	if (json_kind(name) != JSON_STRING)
		return false;
	/* Names that are nearly those of secrets are secret as well: the one rule for that is proto/secret's. */
	buf_putc(&member, '{');
	buf_put(&member, name.text, name.len);
	buf_puts(&member, ":0}");
	if (member.failed)
		secret = w->failed = true;
	else
		secret_in_argument(arg, (struct json){buf_head(&member), member.len}, found_one, &secret);
	buf_clear(&member);
	return secret;
}

const struct field *undo_field(struct undo_work *w, const struct field *fields, struct json name)
{
	buf_reset(&w->left);
	json_decode(name, &w->left);
	w->failed = w->failed || w->left.failed;
	return catalog_field(fields, buf_head(&w->left), w->left.len);
}

/* --- writing --- */

void undo_show_name(struct undo_work *w, struct json name)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:/ ";
	bool plain;

	buf_reset(&w->left);
	json_decode(name, &w->left);
	w->failed = w->failed || w->left.failed;
	plain = w->left.len > 0;
	for (size_t i = 0; i < w->left.len && plain; i++)
		plain = memchr(good, buf_head(&w->left)[i], sizeof good - 1) != NULL;
	if (plain)
		buf_put(&w->u->changes, buf_head(&w->left), w->left.len);
	else
		value_put_compact(&w->u->changes, name);
}

void undo_show(struct undo_work *w, const struct field *f, struct json v, bool secret)
{
	const struct value_name *n = f == NULL || !undo_is_scalar(v) ? NULL : f->values;

	if (!secret)
		secret_anywhere(v, found_one, &secret);
	if (secret) {
		buf_puts(&w->u->changes, "***");
		return;
	}
	buf_reset(&w->left);
	if (n != NULL)
		json_decode(v, &w->left);
	for (; n != NULL && n->name != NULL; n++) {
		if (strlen(n->value) == w->left.len && memcmp(n->value, buf_head(&w->left), w->left.len) == 0) {
			buf_puts(&w->u->changes, n->name);
			return;
		}
	}
	value_put_compact(&w->u->changes, v);
}

void undo_put(struct buf *out, const struct field *f, struct json v)
{
	bool digits = f != NULL && f->type == ARG_GID && json_kind(v) == JSON_NUMBER;

	for (size_t i = 0; i < v.len && digits; i++)
		digits = v.text[i] >= '0' && v.text[i] <= '9';
	if (digits)
		buf_putc(out, '"');
	value_put_compact(out, v);
	if (digits)
		buf_putc(out, '"');
}
