/* SPDX-License-Identifier: ISC */
/*
 * complete_request: what may come next among the arguments of a request.
 *
 * The words before the place are given to the same walk that executes a line (lang/walk); what remains is to say which
 * values the argument found there knows.
 */
#include "lang/complete_parts.h"

#include <stdio.h>
#include <string.h>

#include "lang/parse.h"

/* --- values --- */

static void found_gid(void *arg, const char *gid, const char *name)
{
	offer_gid(arg, gid, name);
}

void complete_found(void *arg, const char *text, const char *help)
{
	offer_add(arg, text, help, OFFER_WORD);
}

static void put_gids(struct completing *c, enum gid_kind kind, bool nullable)
{
	if (nullable)
		offer_add(&c->offer, "null", "all of them", OFFER_RAW);
	if (c->context != NULL && c->context->gids != NULL)
		c->context->gids(c->context->ctx, kind, found_gid, &c->offer);
}

static void put_values(struct completing *c, const struct value_name *values)
{
	for (; values != NULL && values->name != NULL; values++)
		offer_add(&c->offer, values->name, values->help, OFFER_WORD);
}

void complete_files(struct completing *c, size_t start)
{
	offer_from(&c->offer, c->text, start, c->len);
	c->offer.files = true;
	offer_explain(&c->offer, "a file");
	if (c->context != NULL && c->context->files != NULL && c->offer.typed_text != NULL)
		c->context->files(c->context->ctx, c->offer.typed_text, complete_found, &c->offer);
}

/* Values of one kind, where a member or an argument begins at start. */
static void put_kind(struct completing *c, enum arg_type type, enum gid_kind gid, const struct value_name *values, bool nullable,
    size_t start)
{
	if (type == ARG_TEXT && start < c->len && c->text[start] == '@') {
		complete_files(c, start + 1);
		return;
	}
	offer_from(&c->offer, c->text, start, c->len);
	if (type == ARG_GID) {
		put_gids(c, gid, false);
		if (nullable)
			offer_add(&c->offer, "null", "none", OFFER_RAW);
	} else {
		put_values(c, values);
	}
}

static void put_member(struct completing *c, const struct arg *arg, const struct field *f, size_t start)
{
	struct arg member = {.type = f == NULL ? ARG_TEXT : f->type};

	offer_explain(&c->offer, "%s: %s: %s%s%s", arg->name, f == NULL ? "value" : f->name, arg_type_name(&member),
	    f == NULL ? "" : ": ", f == NULL ? "" : f->help);
	if (f != NULL)
		put_kind(c, f->type, f->gid, f->values, f->nullable, start);
}

/* True if a name is before the separator in one of an argument's words (or parts of the typed one). */
static bool used(struct completing *c, const struct given *given, const char *name)
{
	for (size_t i = given->first; given->given && i < given->first + given->count && i < c->count; i++) {
		const struct word *w = &c->words[i];
		struct buf text = {0};
		size_t at;
		bool same;

		same = word_decode(c->text, w->start, word_find(c->text, w->start, w->end, '='), &text, &at) == NULL &&
		    !text.failed && text.len == strlen(name) && memcmp(buf_head(&text), name, text.len) == 0;
		buf_clear(&text);
		if (same)
			return true;
	}
	return false;
}

static void put_names(struct completing *c, const struct field *fields, const struct given *given, size_t start)
{
	offer_from(&c->offer, c->text, start, c->len);
	for (const struct field *f = fields; f != NULL && f->name != NULL; f++)
		if (given == NULL || !used(c, given, f->name))
			offer_add(&c->offer, f->name, f->help, OFFER_NAME);
}

/* Returns the field named by text[start .. end), or NULL. */
static const struct field *named(const struct completing *c, const struct field *fields, size_t start, size_t end)
{
	struct buf text = {0};
	const struct field *f = NULL;
	size_t at;

	if (word_decode(c->text, start, end, &text, &at) == NULL && !text.failed)
		f = catalog_field(fields, buf_head(&text), text.len);
	if (f == NULL && fields != NULL && fields->unit == UNIT_PERMISSION)
		f = fields;
	buf_clear(&text);
	return f;
}

/* name=value */
static void put_assignment(struct completing *c, const struct arg *arg, const struct field *fields, const struct given *given,
    size_t start)
{
	size_t equals = word_find(c->text, start, c->len, '=');

	if (equals < c->len)
		put_member(c, arg, named(c, fields, start, equals), equals + 1);
	else
		put_names(c, fields, given, start);
}

/* realm=role=permission */
static void put_roles(struct completing *c, const struct arg *arg, size_t start)
{
	size_t equals = word_find(c->text, start, c->len, '=');

	if (equals < c->len) {
		put_assignment(c, arg, arg->fields, NULL, equals + 1);
		return;
	}
	offer_from(&c->offer, c->text, start, c->len);
	c->offer.equals = true;
	put_gids(c, arg->gid, false);
}

/* Offers the element after the last comma; those before it are not offered again. */
static void put_element(struct completing *c, const struct arg *arg, const struct field *fields, size_t start)
{
	struct word part = {start, start, false, true};
	size_t pos = start, last = start;

	while (word_part(c->text, &pos, c->len, ',', &part))
		last = part.start;
	offer_from(&c->offer, c->text, last, c->len);
	if (arg->element == ARG_GID)
		put_gids(c, arg->gid, (arg->flags & ARG_NULLABLE) && last == start);
	put_values(c, arg->values);
	for (const struct field *f = fields; f != NULL && f->name != NULL; f++)
		offer_add(&c->offer, f->name, f->help, OFFER_WORD);
	for (pos = start; word_part(c->text, &pos, c->len, ',', &part) && part.start < last; )
		offer_remove(&c->offer, c->text, part.start, part.end);
	c->offer.in_list = true;
}

static void put_row(struct completing *c, const struct arg *arg, size_t start)
{
	const struct field *f = arg->fields;
	struct word part;
	size_t pos = start;

	while (word_part(c->text, &pos, c->len, ',', &part) && pos <= c->len && f->name != NULL)
		f += 1 + (f->type == ARG_SUBNET && word_find(c->text, part.start, part.end, '/') < part.end);
	if (f->name == NULL)
		return;
	put_member(c, arg, f, part.start);
	c->offer.in_list = true;
}

static void put_argument(struct completing *c, const struct walk *walk, int index, const char *type, size_t start)
{
	const struct arg *arg = &walk->type->args[index];
	const struct field *fields = catalog_fields(walk->type, arg, type);
	const struct given *given = &walk->args[index];

	offer_explain(&c->offer, "%s: %s, %s: %s", arg->name, arg_type_name(arg), arg->flags & ARG_REQUIRED ? "required" :
	    "optional", arg->help);
	if (start < c->len && (c->text[start] == '[' || c->text[start] == '{'))
		return;
	switch (arg->type) {
	case ARG_LIST:
		put_element(c, arg, fields, start);
		break;
	case ARG_ROWS:
		put_row(c, arg, start);
		break;
	case ARG_OBJECT:
	case ARG_PAIRS:
		put_assignment(c, arg, fields, given, start);
		break;
	case ARG_PAIR:
		put_member(c, arg, &fields[given->count < 2 ? given->count : 0], start);
		break;
	case ARG_ROLES:
		put_roles(c, arg, start);
		break;
	default:
		put_kind(c, arg->type, arg->gid, arg->values, false, start);
		for (const struct field *f = fields; f != NULL && f->name != NULL; f++)
			offer_add(&c->offer, f->name, f->help, strcmp(f->name, "*") == 0 ? OFFER_RAW : OFFER_WORD);
		break;
	}
}

/* --- a request --- */

/* --name, for the arguments not yet given. */
static void put_argument_names(struct completing *c, const struct walk *walk)
{
	for (int i = 0; walk->type->args[i].name != NULL; i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", walk->type->args[i].name);
		if (!walk->args[i].given)
			offer_add(&c->offer, name, walk->type->args[i].help, OFFER_RAW);
	}
}

/* The value of the argument that decides what the others know (realm_query's type), or NULL. */
static const char *type_given(const struct completing *c, const struct walk *walk)
{
	for (int i = 0; walk->type->args[i].name != NULL; i++) {
		const struct given *given = &walk->args[i];
		const struct value_name *value;

		if (walk->type->args[i].type != ARG_WORD || !given->given || given->first >= c->count)
			continue;
		value = catalog_value(walk->type->args[i].values, c->text + c->words[given->first].start,
		    c->words[given->first].end - c->words[given->first].start);
		if (value != NULL)
			return value->value;
	}
	return NULL;
}

void complete_arguments(struct completing *c, const struct request *type)
{
	struct word *typed = &c->typed;
	struct walk walk, after;
	int index, next;

	walk_init(&walk, type, c->text);
	for (size_t i = 1; i < c->count; i++) {
		enum walk_step step = walk_take(&walk, &c->words[i], i, &index);

		if (step != WALK_ARGUMENT && step != WALK_NAME && step != WALK_OVER)
			return;
	}
	if (!walk.names_over && typed->end - typed->start >= 2 && memcmp(c->text + typed->start, "--", 2) == 0 && !walk.named) {
		if (word_find(c->text, typed->start, typed->end, '=') == typed->end) {
			offer_from(&c->offer, c->text, typed->start, c->len);
			offer_explain(&c->offer, "the name of an argument");
			put_argument_names(c, &walk);
		} else if (walk_take(&walk, typed, c->count, &index) == WALK_NAME) {
			walk.args[index].count = 0;
			put_argument(c, &walk, index, type_given(c, &walk), typed->start);
		}
		return;
	}
	next = walk_next(&walk);
	if (next == WALK_NONE) {
		offer_explain(&c->offer, "nothing more");
		return;
	}
	put_argument(c, &walk, next, type_given(c, &walk), typed->start);
	/* What takes any number of words may also be over. */
	if (walk.open == next && !walk.named && walk.args[next].count > 0 && type->args[next].type != ARG_ROWS &&
	    !(type->args[next].flags & ARG_MANY) && type->args[next].type != ARG_PAIR &&
	    word_find(c->text, typed->start, typed->end, '=') == typed->end) {
		after = walk;
		after.open = WALK_NONE;
		next = walk_next(&after);
		if (next != WALK_NONE && type->args[next].type != ARG_OBJECT && type->args[next].type != ARG_PAIRS &&
		    type->args[next].type != ARG_ROLES)
			put_argument(c, &after, next, type_given(c, &walk), typed->start);
	}
	/* Where a gid must be and none is known here, the argument's name would be all there is, and be inserted. */
	if (c->offer.count == 0 && next != WALK_NONE && type->args[next].type == ARG_GID && type->args[next].flags & ARG_REQUIRED)
		return;
	if (typed->start == typed->end && !walk.named && !walk.names_over && (c->offer.count == 0 || walk.open == next))
		put_argument_names(c, &walk);
}
