/* SPDX-License-Identifier: ISC */
/*
 * members: arguments that have members: rows, objects, pairs, the roles of realms.
 *
 * The kind of a member is in the catalogue's fields; a name that is not among them is text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/parse.h"

static struct want want_member(const struct putting *a, const struct field *f)
{
	struct want want = {.arg = a->arg->name, .member = f->name, .type = f->type, .gid = f->gid, .values = f->values,
	    .secret = f->secret, .hides = a->arg->type == ARG_ROWS && putting_hides(a), .nullable = f->nullable,
	    .bits = f->unit == UNIT_SUBNET_FLAGS || f->unit == UNIT_CREDENTIAL_FLAGS};

	return want;
}

/* Complains about the name in `w`.  Leaves out its value, and all of it where the argument may have a secret. */
static int fail_name(struct parse *p, const struct putting *a, const struct word *w, const char *what)
{
	char typed[TYPED_MAX + 8];

	if (putting_hides(a))
		return parse_fail(p, w->start, "%s: %s: %s", a->type->name, a->arg->name, what);
	return parse_fail(p, w->start, "%s: %s: %s: %s", a->type->name, a->arg->name,
	    parse_typed(p->text, w->start, word_find(p->text, w->start, w->end, '='), typed), what);
}

/* --- rows --- */

static int fail_long_row(struct parse *p, const struct putting *a, const struct word *w)
{
	char what[64];
	size_t count = 0;

	while (a->fields[count].name != NULL)
		count++;
	snprintf(what, sizeof(what), "a row of at most %zu members", count);
	return putting_misfit(p, a, w, what);
}

/* The members of a row: each of its column's kind. */
static int put_row(struct parse *p, const struct putting *a, const struct word *w)
{
	const struct field *f = a->fields;
	struct word part;
	size_t pos = w->start;

	buf_putc(&p->line->json, '[');
	for (; word_part(p->text, &pos, w->end, ',', &part); f++) {
		struct want want;
		size_t slash;

		if (f->name == NULL)
			return fail_long_row(p, a, w);
		if (f != a->fields)
			buf_putc(&p->line->json, ',');
		/* 10.0.0.0/8 is two members. */
		if (f->type == ARG_SUBNET && (slash = word_find(p->text, part.start, part.end, '/')) < part.end) {
			struct word subnet = {part.start, slash, false, part.plain};

			want = want_member(a, f++);
			if (value_put(p, &want, &subnet) < 0)
				return -1;
			buf_putc(&p->line->json, ',');
			part.start = slash + 1;
		}
		want = want_member(a, f);
		want.row = w;
		if (value_put(p, &want, &part) < 0)
			return -1;
	}
	buf_putc(&p->line->json, ']');
	if (f->name != NULL && !f->optional)
		return parse_fail(p, w->start, "%s: %s: %s is missing in the row", a->type->name, a->arg->name, f->name);
	return 0;
}

static bool all_arrays(struct json v)
{
	struct json_iter it = json_iterate(v);
	struct json row;

	while (json_next(&it, NULL, &row))
		if (json_kind(row) != JSON_ARRAY)
			return false;
	return true;
}

static void mask_row(struct parse *p, const struct arg *arg, const struct word *w)
{
	if (catalog_arg_secret(arg))
		(void)parse_add_secret(p, w->start, w->end);
}

int members_put_rows(struct parse *p, const struct putting *a)
{
	struct json v;

	if (a->count == 1 && a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) == JSON_ARRAY && all_arrays(v))
			return putting_json(p, a, &v);
	}
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++) {
		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (a->words[i].json) {
			if (value_json(p, &a->want, &a->words[i], &v) < 0)
				return -1;
			if (json_kind(v) != JSON_ARRAY)
				return putting_misfit(p, a, &a->words[i], "a JSON array");
			mask_row(p, a->arg, &a->words[i]);
			value_put_compact(&p->line->json, v);
		} else if (put_row(p, a, &a->words[i]) < 0) {
			return -1;
		}
	}
	buf_putc(&p->line->json, ']');
	if (a->arg->flags & ARG_DELETES)
		p->line->deletes = true;
	return 0;
}

/* ip and poller: one row whose members are words. */
int members_put_pair(struct parse *p, const struct putting *a)
{
	const struct field *f = a->fields;
	struct json v;

	if (a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_ARRAY || json_count(v) != 2)
			return putting_misfit(p, a, a->words, "a list of two");
		return putting_json(p, a, &v);
	}
	if (a->count == 1 && word_find(p->text, a->words->start, a->words->end, ',') < a->words->end)
		return put_row(p, a, a->words);	/* written as the list it is */
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++, f++) {
		struct want want = want_member(a, f);

		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (value_put(p, &want, &a->words[i]) < 0)
			return -1;
	}
	buf_putc(&p->line->json, ']');
	if (f->name != NULL)
		return parse_fail(p, a->words[a->count - 1].end, "%s: %s: %s is missing", a->type->name, a->arg->name, f->name);
	return 0;
}

/* --- objects and pairs --- */

/* Returns the kind of the member of a name.  An unknown name that looks like a secret's is treated as one. */
static struct want want_named(const struct putting *a, const char *name, size_t len)
{
	const struct field *f = catalog_field(a->fields, name, len);
	const char *near;
	struct want want;

	if (f != NULL)
		return want_member(a, f);
	want = (struct want){.arg = a->arg->name, .member = "value", .type = ARG_TEXT};
	near = catalog_nearest_field(a->fields, name, len);
	want.secret = secret_is_name(name, len) || (near != NULL && catalog_field(a->fields, near, strlen(near))->secret);
	/* A role that is not known is given like the others. */
	if (a->fields->name != NULL && a->fields->unit == UNIT_PERMISSION) {
		want.type = ARG_NUMBER;
		want.values = a->fields->values;
	}
	return want;
}

/* Splits name=value; the decoded name is appended to json as a string and stays in *want. */
static int put_name(struct parse *p, const struct putting *a, const struct word *w, struct word *value, struct want *want)
{
	struct word name = {w->start, word_find(p->text, w->start, w->end, '='), false, false};

	if (w->json || name.start == name.end)
		return putting_misfit(p, a, w, "name=value");
	if (parse_check_hidden(p, &name) < 0 || value_decode(p, &name) < 0)
		return -1;
	*want = want_named(a, buf_head(&p->scratch), p->scratch.len);
	if (name.end == w->end && want->type != ARG_MACS && memchr(buf_head(&p->scratch), '=', p->scratch.len) != NULL)
		return parse_fail_language(p, w->start, "%s: %s: the = stands inside the quotes: quote only what follows it, "
		    "NAME='VALUE'", a->type->name, a->arg->name);
	if (name.end == w->end && want->type != ARG_MACS)
		return putting_misfit(p, a, w, "name=value");
	if (!(a->arg->flags & ARG_OPEN) && a->fields != NULL &&
	    catalog_field(a->fields, buf_head(&p->scratch), p->scratch.len) == NULL)
		return fail_name(p, a, w, "no such name");
	if (putting_note(p, a, buf_head(&p->scratch), p->scratch.len) < 0)
		return -1;
	json_put_string(&p->line->json, buf_head(&p->scratch), p->scratch.len);
	*value = (struct word){name.end < w->end ? name.end + 1 : w->end, w->end, false, w->plain};
	value->json = word_json_whole(p->text, value->start, w->end);
	return 0;
}

/* `name=a,secret=b`: the second would become part of the first, as text, and be seen wherever that is. */
static int check_comma(struct parse *p, const struct putting *a, const struct word *value)
{
	struct word part;
	size_t pos = value->start;

	for (bool first = true; value->plain && word_part(p->text, &pos, value->end, ',', &part); first = false) {
		size_t equals = word_find(p->text, part.start, part.end, '=');
		const char *name = p->text + part.start;

		if (first || equals == part.end)
			continue;
		if (secret_is_name(name, equals - part.start) || catalog_field(a->fields, name, equals - part.start) != NULL)
			return parse_fail(p, part.start, "%s: %s: %.*s= after a comma: separate members with blanks (quote the value if it "
			    "is all text)", a->type->name, a->arg->name, (int)(equals - part.start), name);
	}
	return 0;
}

/* Appends the value of a member whose name the catalogue may not know: JSON in brackets stays JSON. */
static int put_member(struct parse *p, const struct putting *a, const struct want *want, const struct word *value)
{
	struct json v;
	size_t at;

	if (want->type == ARG_TEXT && !value->json && !want->secret && check_comma(p, a, value) < 0)
		return -1;
	if (value->json && want->type == ARG_TEXT && !want->secret && strcmp(want->member, "value") == 0 &&
	    json_read(p->text + value->start, value->end - value->start, &v, &at) == NULL) {
		parse_secrets_anywhere(p, v);
		value_put_compact(&p->line->json, v);
		return 0;
	}
	return value_put(p, want, value);
}

/* The name in a word as it is typed: two spellings of one name are two names here. */
static int compare_names(const void *a, const void *b, void *ctx)
{
	const struct word *one = *(const struct word *const *)a, *two = *(const struct word *const *)b;
	const char *text = ctx;
	size_t one_len = word_find(text, one->start, one->end, '=') - one->start;
	size_t two_len = word_find(text, two->start, two->end, '=') - two->start;
	int order = memcmp(text + one->start, text + two->start, one_len < two_len ? one_len : two_len);

	return order != 0 ? order : one_len < two_len ? -1 : one_len > two_len;
}

/* Complains about a name that is given twice. */
static int check_names(struct parse *p, const struct putting *a)
{
	const struct word *few[16], **words = few, *twice = NULL;

	if (a->count > sizeof(few) / sizeof(few[0]))
		words = malloc(a->count * sizeof(*words));
	if (words == NULL)
		return parse_memory(p);
	for (size_t i = 0; i < a->count; i++)
		words[i] = &a->words[i];
	qsort_r(words, a->count, sizeof(*words), compare_names, (void *)(uintptr_t)p->text);
	for (size_t i = 1; i < a->count && twice == NULL; i++)
		if (compare_names(&words[i - 1], &words[i], (void *)(uintptr_t)p->text) == 0)
			twice = words[i]->start > words[i - 1]->start ? words[i] : words[i - 1];
	if (words != few)
		free(words);
	return twice == NULL ? 0 : fail_name(p, a, twice, "name given twice");
}

static bool is_object(struct json v)
{
	return json_kind(v) == JSON_OBJECT;
}

static bool is_pairs(struct json v)
{
	return json_kind(v) == JSON_ARRAY && all_arrays(v);
}

/* An argument that may be JSON.  1: it is not, but names with values, each once; 0: it is, and has been put; -1. */
static int put_whole(struct parse *p, const struct putting *a, bool (*fits)(struct json v), const char *what)
{
	struct json v;

	if (!a->words->json)
		return check_names(p, a) < 0 ? -1 : 1;
	if (value_json(p, &a->want, a->words, &v) < 0)
		return -1;
	return fits(v) ? putting_json(p, a, &v) : putting_misfit(p, a, a->words, what);
}

int members_put_object(struct parse *p, const struct putting *a)
{
	struct word value;
	struct want want;
	int whole = put_whole(p, a, is_object, "name=value or an object");

	if (whole != 1)
		return whole;
	buf_putc(&p->line->json, '{');
	for (size_t i = 0; i < a->count; i++) {
		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (put_name(p, a, &a->words[i], &value, &want) < 0)
			return -1;
		buf_putc(&p->line->json, ':');
		if (put_member(p, a, &want, &value) < 0)
			return -1;
	}
	buf_putc(&p->line->json, '}');
	return 0;
}

int members_put_pairs(struct parse *p, const struct putting *a)
{
	struct word value;
	struct want want;
	int whole = put_whole(p, a, is_pairs, "name=value or a list of pairs");

	if (whole != 1)
		return whole;
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++) {
		buf_puts(&p->line->json, i > 0 ? ",[" : "[");
		if (put_name(p, a, &a->words[i], &value, &want) < 0)
			return -1;
		if (value.start == a->words[i].end && p->text[value.start - 1] != '=') {
			p->line->deletes = true;	/* no lists: all are deleted */
		} else {
			buf_putc(&p->line->json, ',');
			if ((want.type == ARG_MACS ? value_put_changes(p, &want, &value) : put_member(p, a, &want, &value)) < 0)
				return -1;
		}
		buf_putc(&p->line->json, ']');
	}
	buf_putc(&p->line->json, ']');
	return 0;
}

/* realm=role=permission; consecutive words of one realm become one entry. */
int members_put_roles(struct parse *p, const struct putting *a)
{
	const struct word *before = NULL;
	struct json v;

	if (a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_ARRAY || !all_arrays(v))
			return putting_misfit(p, a, a->words, arg_type_phrase(a->arg));
		return putting_json(p, a, &v);
	}
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++) {
		const struct word *w = &a->words[i];
		struct word realm = {w->start, word_find(p->text, w->start, w->end, '='), false, false};
		struct word role = {realm.end + 1, w->end, false, false}, value;
		struct want want = a->want;
		size_t len = realm.end - realm.start;

		if (realm.end >= w->end)
			return putting_misfit(p, a, w, arg_type_phrase(a->arg));
		if (before != NULL && before->end - before->start > len && p->text[before->start + len] == '=' &&
		    memcmp(p->text + before->start, p->text + w->start, len) == 0) {
			buf_truncate(&p->line->json, p->line->json.len - 2);
			buf_putc(&p->line->json, ',');
		} else {
			buf_puts(&p->line->json, before != NULL ? ",[" : "[");
			want.type = ARG_GID;
			if (value_put(p, &want, &realm) < 0)
				return -1;
			buf_puts(&p->line->json, ",[");
		}
		buf_putc(&p->line->json, '[');
		if (put_name(p, a, &role, &value, &want) < 0)
			return -1;
		buf_putc(&p->line->json, ',');
		if (value_put(p, &want, &value) < 0)
			return -1;
		buf_puts(&p->line->json, "]]]");
		before = w;
	}
	buf_putc(&p->line->json, ']');
	return 0;
}
