/* SPDX-License-Identifier: ISC */
/*
 * complete: what may come next at a place in a line.
 *
 * The words before the place are given to the same walk that executes a line (lang/walk); what remains is to say which
 * values the argument found there knows.
 */
#include "lang/complete.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "lang/alias.h"
#include "lang/offer.h"
#include "lang/parse.h"

/* A line being completed, or the part of it that is a line of its own. */
struct completing {
	struct offer offer;
	const char *text;
	size_t len;
	const struct complete_context *context;

	struct word *words;		/* those before the place */
	size_t count, cap;
	struct word typed;		/* the text at the place: words may be open, or empty */
	bool over;			/* a comment has begun before the place */
	bool expanded;			/* out of an alias: its first word is no alias */
	bool within;			/* it is a line that a command runs: no command can be there */
};

static int add_word(struct completing *c, const struct word *w)
{
	struct word *words = array_room(c->words, c->count + 1, &c->cap, sizeof(*words));

	if (words == NULL)
		return -1;
	c->words = words;
	c->words[c->count++] = *w;
	return 0;
}

/* Splits text[from ..) into the words before the place and the text typed there.  1; 0: nothing can come there, as it is within
 * JSON, or (over) within a comment; -1 without memory. */
static int split_line(struct completing *c, size_t from)
{
	size_t pos = from;
	const char *why;
	enum word_found found;
	struct word w;

	c->count = 0;
	while ((found = word_next(c->text, c->len, &pos, &w, &why)) == WORD_FOUND && pos < c->len)
		if (add_word(c, &w) < 0)
			return -1;
	c->over = found == WORD_END && pos < c->len;
	if (found == WORD_END)
		w = (struct word){c->len, c->len, false, true};
	w.end = c->len;
	c->typed = w;
	return !c->over && (found != WORD_BAD || !w.json);
}

static bool is(const struct completing *c, const struct word *w, const char *text)
{
	size_t len = strlen(text);

	return w->end - w->start == len && memcmp(c->text + w->start, text, len) == 0;
}

/* --- values --- */

static void found_gid(void *arg, const char *gid, const char *name)
{
	offer_gid(arg, gid, name);
}

static void found_value(void *arg, const char *text, const char *help)
{
	offer_add(arg, text, help, OFFER_WORD);
}

static void found_raw(void *arg, const char *name, const char *help)
{
	offer_add(arg, name, help, OFFER_RAW);
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

static void put_files(struct completing *c, size_t start)
{
	offer_from(&c->offer, c->text, start, c->len);
	c->offer.files = true;
	offer_explain(&c->offer, "a file");
	if (c->context != NULL && c->context->files != NULL && c->offer.typed_text != NULL)
		c->context->files(c->context->ctx, c->offer.typed_text, found_value, &c->offer);
}

/* Values of one kind, where a member or an argument begins at start. */
static void put_kind(struct completing *c, enum arg_type type, enum gid_kind gid, const struct value_name *values, bool nullable,
    size_t start)
{
	if (type == ARG_TEXT && start < c->len && c->text[start] == '@') {
		put_files(c, start + 1);
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

static void complete_arguments(struct completing *c, const struct request *type)
{
	struct word *typed = &c->typed;
	struct walk walk, behind;
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
		behind = walk;
		behind.open = WALK_NONE;
		next = walk_next(&behind);
		if (next != WALK_NONE && type->args[next].type != ARG_OBJECT && type->args[next].type != ARG_PAIRS &&
		    type->args[next].type != ARG_ROLES)
			put_argument(c, &behind, next, type_given(c, &walk), typed->start);
	}
	/* Where a gid must be and none is known here, the argument's name would be all there is, and be inserted. */
	if (c->offer.count == 0 && next != WALK_NONE && type->args[next].type == ARG_GID && type->args[next].flags & ARG_REQUIRED)
		return;
	if (typed->start == typed->end && !walk.named && !walk.names_over && (c->offer.count == 0 || walk.open == next))
		put_argument_names(c, &walk);
}

static int complete_line(struct completing *c, size_t from);

static void put_files_too(struct completing *c)
{
	c->offer.files = true;
	if (c->context->files != NULL && c->offer.typed_text != NULL)
		c->context->files(c->context->ctx, c->offer.typed_text, found_value, &c->offer);
}

static void explain_command(struct completing *c, const char *command)
{
	struct buf usage = {0};

	if (c->context->command_usage == NULL)
		return;
	c->context->command_usage(c->context->ctx, command, &usage);
	if (usage.len > 0 && buf_string(&usage) != NULL)
		offer_explain(&c->offer, "%s", buf_string(&usage));
	buf_clear(&usage);
}

/* Where the place begins that is being typed, "{na"; the end: none is. */
static size_t open_place(const struct completing *c)
{
	size_t i = c->len;

	while (i > 0 && (isalnum((unsigned char)c->text[i - 1]) || strchr("_*", c->text[i - 1]) != NULL))
		i--;
	return i > 0 && c->text[i - 1] == '{' ? i - 1 : c->len;
}

/* Offers the {places} of a line that a command runs later. */
static bool put_places(struct completing *c, char *const *words, size_t count)
{
	size_t brace = open_place(c), from = c->words[0].end;
	char *rest;

	if (brace == c->len || c->context->command_places == NULL)
		return false;
	if ((rest = strndup(c->text + from, c->len - from)) == NULL) {
		c->offer.failed = true;
		return false;
	}
	offer_forget(&c->offer);
	offer_from(&c->offer, c->text, brace, c->len);
	c->context->command_places(c->context->ctx, words, count, rest + word_skip_blanks(rest, c->len - from, 0), found_raw, &c->offer);
	offer_explain(&c->offer, "what stands for a cell, or an argument");
	c->offer.in_list = true;
	free(rest);
	return c->offer.count > 0;
}

/* The words of a command, up to a line within it; they are read by words[], as c->words goes with that line. */
static int complete_words(struct completing *c, char *const *words, size_t count)
{
	if (put_places(c, words, count))
		return 0;
	for (size_t i = 1; i <= count; i++) {
		const struct word *w = i < count ? &c->words[i] : &c->typed;

		/* After -- a line begins, if this is a command that takes one. */
		c->within = true;
		if (i < count && is(c, w, "--"))
			return complete_line(c, w->end);
		offer_from(&c->offer, c->text, w->start, w->end);
		switch (c->context->command_word(c->context->ctx, words, count, i, found_value, &c->offer)) {
		case PLACE_WHOLE:
			c->within = false;
			return complete_line(c, w->start);
		case PLACE_LINE:
			while (i < count && !is(c, &c->words[i], "--"))
				i++;
			return complete_line(c, i < count ? c->words[i].end : w->start);
		case PLACE_FILE:
			if (i == count)
				put_files_too(c);
			break;
		case PLACE_WORD:
			break;
		}
		if (i < count)
			offer_forget(&c->offer);
	}
	explain_command(c, words[0]);
	return 0;
}

static int complete_command(struct completing *c)
{
	size_t count = c->count, at;
	char **words;
	int result = -1;

	if (c->context == NULL || c->context->command_word == NULL)
		return 0;
	if ((words = calloc(count, sizeof *words)) == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct buf text = {0};
		word_decode(c->text, c->words[i].start, c->words[i].end, &text, &at);	/* a wrong one is empty */
		if ((words[i] = text.failed ? NULL : buf_steal(&text)) == NULL) {
			buf_clear(&text);
			goto out;
		}
	}
	result = complete_words(c, words, count);
out:
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
	return result;
}

static void complete_first(struct completing *c)
{
	offer_from(&c->offer, c->text, c->typed.start, c->len);
	offer_explain(&c->offer, c->within ? "a request" : "a request, or a command with its dot");
	for (size_t i = 0; i < catalog_len; i++)
		offer_add(&c->offer, catalog[i].name, catalog[i].help, OFFER_WORD);
	if (!c->within && c->context != NULL && c->context->commands != NULL)
		c->context->commands(c->context->ctx, found_raw, &c->offer);
	if (c->context != NULL && c->context->aliases != NULL)
		c->context->aliases(c->context->ctx, found_value, &c->offer);
}

/* After a line's words: true if there is a redirection, or the `&` of a request (and its candidates have been offered). */
static bool behind_words(struct completing *c)
{
	bool command = c->text[c->words[0].start] == '.';

	for (size_t i = 1; i < c->count; i++) {
		bool file = is(c, &c->words[i], ">") || is(c, &c->words[i], ">>");

		if (file && i + 1 == c->count)
			put_files(c, c->typed.start);
		else if (file || is(c, &c->words[i], "|") || (!command && is(c, &c->words[i], "&")))
			offer_explain(&c->offer, is(c, &c->words[i], "|") ? "a command of the shell" : "nothing more");
		else
			continue;
		return true;
	}
	return false;
}

/* The name of a raw request, a string in JSON: ["realm_in */
static void complete_raw(struct completing *c, size_t bracket)
{
	size_t start = word_skip_blanks(c->text, c->len, bracket + 1);

	if (start < c->len && (c->text[start] != '"' || memchr(c->text + start + 1, '"', c->len - start - 1) != NULL))
		return;
	offer_from(&c->offer, c->text, start, c->len);
	offer_explain(&c->offer, "a request's name, as a JSON string");
	for (size_t i = 0; i < catalog_len; i++) {
		char name[64];

		snprintf(name, sizeof(name), start < c->len ? "%s" : "\"%s\"", catalog[i].name);
		offer_add(&c->offer, name, catalog[i].help, start < c->len ? OFFER_WORD : OFFER_RAW);
	}
	c->offer.in_list = true;
}

/* An alias's argument is completed in the expanded line, where it is used; the cursor is at its end. */
static int complete_alias(struct completing *c, const struct alias *a)
{
	struct completing inner = *c;
	struct buf text = {0};
	struct error e;
	size_t place, typed = c->typed.end - c->typed.start;
	int result = 0;

	if (alias_expand(a, c->text, c->words + 1, c->count - 1, (unsigned)c->count, &text, NULL, &e) == -1) {
		buf_clear(&text);
		return 0;
	}
	place = text.len;
	buf_put(&text, c->text + c->typed.start, typed);
	inner.text = buf_head(&text);
	inner.len = text.len;
	inner.words = NULL;
	inner.count = inner.cap = 0;
	inner.expanded = true;
	if (!text.failed && c->count <= UINT_MAX)
		result = complete_line(&inner, 0);
	c->offer = inner.offer;
	/* The text before the argument in its word is not typed here. */
	c->offer.start = c->typed.start + (c->offer.start > place ? c->offer.start - place : 0);
	if (inner.offer.start < place)
		offer_forget(&c->offer);
	free(inner.words);
	buf_clear(&text);
	return result;
}

static int complete_line(struct completing *c, size_t from)
{
	const struct alias *alias = NULL;
	const struct request *type;
	struct buf name = {0};
	size_t at;
	int result;

	offer_forget(&c->offer);
	from = word_skip_blanks(c->text, c->len, from);
	if (from + 1 < c->len && c->text[from] == '-' && word_skip_blanks(c->text, c->len, from + 1) > from + 1)
		from = word_skip_blanks(c->text, c->len, from + 1);
	if (from < c->len && c->text[from] == '[') {
		complete_raw(c, from);
		return 0;
	}
	result = split_line(c, from);
	if (result < 0)
		return -1;
	if (c->over)
		return 0;
	if (c->count == 0) {
		if (result == 1)
			complete_first(c);
		return 0;
	}
	if (behind_words(c))
		return 0;
	if (c->text[c->words[0].start] == '.')
		return complete_command(c);
	if (word_decode(c->text, c->words[0].start, c->words[0].end, &name, &at) == NULL && !name.failed) {
		type = catalog_find(buf_head(&name), name.len);
		if (type != NULL)
			complete_arguments(c, type);
		else if (!c->expanded && c->context != NULL && c->context->find_alias != NULL)
			alias = c->context->find_alias(c->context->ctx, buf_head(&name), name.len);
	}
	buf_clear(&name);
	return alias != NULL ? complete_alias(c, alias) : 0;
}

int complete(struct completion *completion, const char *text, size_t len, const struct complete_context *context)
{
	struct completing c = {.text = text, .len = len, .context = context};
	int result = 0;

	memset(completion, 0, sizeof(*completion));
	offer_from(&c.offer, text, len, len);
	if (word_valid(text, len) == len)
		result = complete_line(&c, 0);
	if (result == 0)
		result = offer_finish(&c.offer, completion);
	offer_clear(&c.offer);
	free(c.words);
	if (result < 0)
		completion_clear(completion);
	return result;
}

void completion_clear(struct completion *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->candidates[i].text);
		free(c->candidates[i].help);
	}
	free(c->candidates);
	free(c->explain);
	free(c->append);
	memset(c, 0, sizeof(*c));
}

size_t completion_common(const struct completion *c)
{
	size_t common = c->count == 0 ? 0 : strlen(c->candidates[0].text);

	for (size_t i = 1; i < c->count; i++) {
		size_t same = 0;

		while (same < common && c->candidates[i].text[same] == c->candidates[0].text[same])
			same++;
		common = same;
	}
	return c->count == 0 ? 0 : utf8_fits(c->candidates[0].text, strlen(c->candidates[0].text), common);
}
