/* SPDX-License-Identifier: ISC */
/*
 * values: how values are read, compared and shown, and the values of a change.
 *
 * Owns the rules of what can be undone, which values are equal and which are secret.
 */
#include "undo/undo_parts.h"

#include <string.h>

#include "proto/secret.h"

/* --- what can be undone --- */

/* Rows that assign something to a use: one column has few values, and each of them is a key. */
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

/* True if the change is about anything. */
bool undo_is_change(const struct undo_work *w)
{
	for (size_t i = w->gid_arg != NULL; i < REQUEST_ARGS; i++)
		if (w->args[i] != NULL && w->args[i]->child != NULL)
			return true;
	return false;
}

int undo_pair_at(const struct request *type)
{
	for (int i = 0; type != NULL && i < REQUEST_ARGS && type->args[i].name != NULL; i++)
		if (type->args[i].type == ARG_PAIR)
			return i;
	return -1;
}

bool undo_is_for_all(const struct undo_work *w)
{
	int at = undo_pair_at(w->type);

	return at != -1 && w->args[at] == NULL;
}

int undo_work_begin(struct undo_work *w, const struct request *type, const char *json, size_t len)
{
	const cJSON *v;
	struct json request;
	size_t at;

	*w = (struct undo_work){.type = type, .left.secret = true};
	if (type == NULL || type->reader == NULL || json_read(json, len, &request, &at) != NULL || json_kind(request) != JSON_ARRAY)
		return -1;
	tree_init();
	w->reader = catalog_find(type->reader, strlen(type->reader));
	w->request = tree_read(request);
	w->pool = cJSON_CreateArray();
	if (w->request == NULL || w->pool == NULL) {
		w->failed = true;
		return -1;
	}
	if ((v = w->request->child) == NULL)
		return -1;
	for (size_t i = 0; (v = v->next) != NULL; i++) {
		if (i == REQUEST_ARGS || type->args[i].name == NULL)
			return -1;
		if (!cJSON_IsNull(v))
			w->args[i] = v;
	}
	if (type->args[0].type == ARG_GID) {
		w->gid_arg = type->args;
		w->gid = w->args[0];
		if (!tree_is_scalar(w->gid))
			return -1;
	}
	return 0;
}

void undo_work_clear(struct undo_work *w)
{
	for (size_t i = 0; i < REQUEST_ARGS; i++)
		cJSON_Delete(w->parts[i]);
	cJSON_Delete(w->pool);
	cJSON_Delete(w->request);
	buf_clear(&w->left);
}

const cJSON *undo_keep(struct undo_work *w, cJSON *v)
{
	undo_add(w, w->pool, v);
	return w->failed ? NULL : v;
}

const cJSON *undo_name_of(struct undo_work *w, const cJSON *member)
{
	return undo_keep(w, cJSON_CreateString(member->string));
}

void undo_add(struct undo_work *w, cJSON *list, cJSON *item)
{
	if (tree_add(list, item) < 0)
		w->failed = true;
}

void undo_add_first(struct undo_work *w, cJSON **list, cJSON *item)
{
	if (*list == NULL)
		*list = cJSON_CreateArray();
	undo_add(w, *list, item);
}

/* --- the values of a reply --- */

const cJSON *undo_values(struct undo_work *w)
{
	struct json_iter it = w->reply;
	cJSON *values = cJSON_CreateArray();
	struct json v;

	while (json_next(&it, NULL, &v))
		undo_add(w, values, tree_read(v));
	return undo_keep(w, values);
}

const cJSON *undo_rows(struct undo_work *w)
{
	struct rows_hint hint = rows_hint(w->reader, NULL, 0, 0);
	struct rows_walk walk = rows_begin(&hint, w->reply);
	struct json row;
	cJSON *rows;

	if (w->rows != NULL)
		return w->rows;
	rows = cJSON_CreateArray();
	while (rows_next(&walk, &row))
		undo_add(w, rows, tree_read(row));
	w->rows = undo_keep(w, rows);
	return walk.bad ? w->rows = NULL : w->rows;
}

size_t undo_cells(const cJSON *row, const cJSON **cells, size_t max)
{
	const cJSON *v;
	size_t n = 0;

	if (!cJSON_IsArray(row))
		return 0;
	cJSON_ArrayForEach (v, row) {
		if (n < max)
			cells[n] = v;
		n++;
	}
	return n;
}

/* --- kinds of values --- */

bool undo_same(struct undo_work *w, const cJSON *a, const cJSON *b)
{
	int same = tree_same(a, b);

	w->failed = w->failed || same < 0;
	return same > 0;
}

const char *undo_text(struct undo_work *w, const cJSON *v)
{
	const char *text;

	buf_reset(&w->left);
	tree_text(v, &w->left);
	text = buf_string(&w->left);
	w->failed = w->failed || text == NULL;
	return text != NULL ? text : "";
}

bool undo_whole(struct undo_work *w, const cJSON *v, uint64_t *number)
{
	buf_reset(&w->left);
	tree_print(v, &w->left);
	w->failed = w->failed || w->left.failed;
	return json_whole((struct json){buf_head(&w->left), w->left.len}, true, number);
}

enum { STARS = 3 };	/* a text of that many stars or more is none */

static bool readable_within(struct undo_work *w, const cJSON *v)
{
	const cJSON *inner;
	size_t stars;

	if (tree_is_string(v)) {
		stars = strspn(undo_text(w, v), "*");
		return stars < STARS || stars < w->left.len;
	}
	cJSON_ArrayForEach (inner, v)
		if (!readable_within(w, inner))
			return false;
	return true;
}

bool undo_secret_readable(struct undo_work *w, const cJSON *secret)
{
	return secret != NULL && !cJSON_IsNull(secret) && !tree_is(secret, "") && readable_within(w, secret);
}

static void found_one(void *ctx, struct json secret)
{
	(void)secret;
	*(bool *)ctx = true;
}

bool undo_secret(struct undo_work *w, const struct arg *arg, const cJSON *name)
{
	bool secret = false;

	if (arg->type != ARG_OBJECT && catalog_arg_secret(arg))
		return true;
	if (!tree_is_string(name))
		return false;
	/* Names close to those of secrets are secret as well: proto/secret has the rule. */
	buf_reset(&w->left);
	buf_putc(&w->left, '{');
	tree_print(name, &w->left);
	buf_puts(&w->left, ":0}");
	if (w->left.failed)
		secret = w->failed = true;
	else
		secret_in_argument(arg, (struct json){buf_head(&w->left), w->left.len}, found_one, &secret);
	return secret;
}

const struct field *undo_field(struct undo_work *w, const struct field *fields, const cJSON *name)
{
	undo_text(w, name);
	return catalog_field(fields, buf_head(&w->left), w->left.len);
}

/* --- writing --- */

void undo_show_name(struct undo_work *w, const cJSON *name)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:/ ";
	const char *text = undo_text(w, name);

	if (*text != '\0' && strspn(text, good) == w->left.len)
		buf_puts(&w->u->changes, text);
	else
		tree_print(name, &w->u->changes);
}

void undo_show(struct undo_work *w, const struct field *f, const cJSON *v, bool secret)
{
	const struct value_name *n = f == NULL || !tree_is_scalar(v) ? NULL : f->values;

	if (!secret) {
		buf_reset(&w->left);
		tree_print(v, &w->left);
		secret = w->left.failed;
		w->failed = w->failed || w->left.failed;
		secret_anywhere((struct json){buf_head(&w->left), w->left.len}, found_one, &secret);
	}
	if (secret) {
		buf_puts(&w->u->changes, "***");
		return;
	}
	if (n != NULL)
		undo_text(w, v);
	for (; n != NULL && n->name != NULL; n++) {
		if (strlen(n->value) == w->left.len && memcmp(n->value, buf_head(&w->left), w->left.len) == 0) {
			buf_puts(&w->u->changes, n->name);
			return;
		}
	}
	tree_print(v, &w->u->changes);
}

void undo_show_made(struct undo_work *w, const cJSON *gid, const cJSON *name)
{
	buf_puts(&w->u->changes, gid == name ? "present" : "gid ");
	if (gid != name)
		undo_show_name(w, gid);
}

cJSON *undo_copy(const struct field *f, const cJSON *v)
{
	bool gid = f != NULL && f->type == ARG_GID && tree_is_number(v) && v->valuestring[strspn(v->valuestring, "0123456789")] == '\0';

	return gid ? cJSON_CreateString(v->valuestring) : tree_copy(v);
}
