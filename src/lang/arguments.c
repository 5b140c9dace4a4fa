/* SPDX-License-Identifier: ISC */
/*
 * arguments: the words of a request become its arguments, each of the kind the catalogue says.
 *
 * lang/walk says which words belong to which argument, lang/value makes the single values; here are lists, what takes
 * all the words that are left, missing arguments and those left out.
 */
#include "lang/parse.h"

#include <string.h>

static struct want want_of(const struct arg *arg)
{
	struct want want = {.arg = arg->name, .type = arg->type, .gid = arg->gid, .values = arg->values,
	    .secret = (arg->flags & ARG_SECRET) != 0};

	return want;
}

/* --- lists --- */

static int add_heading(struct parse *p, const struct putting *a, const char *name, size_t len)
{
	if (!(a->arg->flags & ARG_HEADINGS))
		return 0;
	return parse_add_text(p, &p->line->headings, &p->line->heading_count, name, len);
}

/* True if an element of a JSON list is of the list's kind. */
static bool element_fits(const struct arg *arg, struct json v)
{
	uint64_t number;

	if (arg->element == ARG_GID)
		return json_kind(v) == JSON_STRING || json_whole(v, false, &number);
	if (arg->element != ARG_WORD)
		return json_kind(v) == JSON_STRING;
	for (const struct value_name *value = arg->values; value->name != NULL; value++)
		if (json_is(v, value->value))
			return true;
	return false;
}

static int put_json_list(struct parse *p, const struct putting *a)
{
	struct json_iter it;
	struct json v, element;

	if (value_json(p, &a->want, a->words, &v) < 0)
		return -1;
	if (json_kind(v) != JSON_ARRAY)
		return putting_misfit(p, a, a->words, arg_type_phrase(a->arg));
	for (it = json_iterate(v); json_next(&it, NULL, &element); ) {
		struct word w = {(size_t)(element.text - p->text), (size_t)(element.text - p->text) + element.len, false, false};

		if (!element_fits(a->arg, element))
			return putting_misfit(p, a, &w, arg_type_phrase(a->arg));
		if (json_kind(element) != JSON_STRING)
			continue;
		buf_reset(&p->scratch);
		json_decode(element, &p->scratch);
		if (p->scratch.failed)
			return parse_memory(p);
		if (putting_note(p, a, buf_head(&p->scratch), p->scratch.len) < 0 ||
		    add_heading(p, a, buf_head(&p->scratch), p->scratch.len) < 0)
			return -1;
	}
	return putting_json(p, a, &v);
}

/* All the names that are known: `*` where the protocol has no null for it. */
static int put_all_names(struct parse *p, const struct putting *a)
{
	buf_putc(&p->line->json, '[');
	for (const struct field *f = a->fields; f->name != NULL; f++) {
		if (f != a->fields)
			buf_putc(&p->line->json, ',');
		json_put_string(&p->line->json, f->name, strlen(f->name));
		if (add_heading(p, a, f->name, strlen(f->name)) < 0)
			return -1;
	}
	buf_putc(&p->line->json, ']');
	return 0;
}

/* `null` and `*`: all of them.  False: the word is neither, or they mean nothing here. */
static bool is_all(const struct parse *p, const struct putting *a)
{
	if ((a->arg->flags & ARG_NULLABLE) && value_from_cell(p) && value_is(p, a->words, "''"))
		return true;
	return value_is(p, a->words, "*") || value_is(p, a->words, "null");
}

static int put_all(struct parse *p, const struct putting *a)
{
	if (a->arg->flags & ARG_NULLABLE) {
		buf_puts(&p->line->json, "null");
		return 0;
	}
	if (a->fields != NULL && value_is(p, a->words, "*"))
		return put_all_names(p, a);
	return putting_misfit(p, a, a->words, a->arg->flags & ARG_DELETES ? "a list of what to delete" :
	    arg_type_phrase(a->arg));
}

static int put_list(struct parse *p, const struct putting *a)
{
	struct want want = a->want;
	struct word part;
	size_t pos = a->words->start;

	if (a->words->json)
		return put_json_list(p, a);
	if (is_all(p, a))
		return put_all(p, a);
	want.type = a->arg->element;
	buf_putc(&p->line->json, '[');
	while (word_part(p->text, &pos, a->words->end, ',', &part)) {
		if (part.start == part.end)
			return putting_misfit(p, a, a->words, arg_type_phrase(a->arg));
		if (part.start != a->words->start)
			buf_putc(&p->line->json, ',');
		if ((a->fields != NULL && parse_check_hidden(p, &part) < 0) || value_put(p, &want, &part) < 0)
			return -1;
		if (a->fields != NULL && (putting_note(p, a, buf_head(&p->scratch), p->scratch.len) < 0 ||
		    add_heading(p, a, buf_head(&p->scratch), p->scratch.len) < 0))
			return -1;
	}
	buf_putc(&p->line->json, ']');
	if (a->arg->flags & ARG_DELETES)
		p->line->deletes = true;
	return 0;
}

/* --- any argument --- */

static int put_many(struct parse *p, const struct putting *a)
{
	for (size_t i = 0; i < a->count; i++) {
		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (parse_check_hidden(p, &a->words[i]) < 0 || value_put(p, &a->want, &a->words[i]) < 0 ||
		    putting_note(p, a, buf_head(&p->scratch), p->scratch.len) < 0)
			return -1;
	}
	return 0;
}

static int put_given(struct parse *p, const struct putting *a)
{
	if (a->arg->flags & ARG_MANY)
		return put_many(p, a);
	switch (a->arg->type) {
	case ARG_LIST:
		return put_list(p, a);
	case ARG_ROWS:
		return members_put_rows(p, a);
	case ARG_OBJECT:
		return members_put_object(p, a);
	case ARG_PAIRS:
		return members_put_pairs(p, a);
	case ARG_PAIR:
		return members_put_pair(p, a);
	case ARG_ROLES:
		return members_put_roles(p, a);
	default:
		return value_put(p, &a->want, a->words);
	}
}

/* The empty value of its kind. */
const char *arguments_filler(const struct arg *arg)
{
	switch (arg->type) {
	case ARG_NUMBER:
		return "0";
	case ARG_OBJECT:
		return "{}";
	case ARG_LIST:
	case ARG_ROWS:
	case ARG_PAIRS:
	case ARG_PAIR:
	case ARG_ROLES:
		return "[]";
	default:
		return "\"\"";
	}
}

/* Assigns words to arguments; reports those that do not fit. */
static int assign(struct parse *p, struct walk *walk)
{
	const struct request *type = walk->type;
	char typed[TYPED_MAX + 8];

	for (size_t i = 1; i < p->word_count; i++) {
		struct word *w = &p->words[i], whole = *w;
		int arg;

		switch (walk_take(walk, w, i, &arg)) {
		case WALK_ARGUMENT:
		case WALK_NAME:
		case WALK_OVER:
			break;
		case WALK_SURPLUS:
			if (catalog_secret(type))
				return parse_fail(p, whole.start, "%s: too many arguments", type->name);
			return parse_fail(p, whole.start, "%s: too many arguments: %s", type->name,
			    parse_typed(p->text, whole.start, whole.end, typed));
		case WALK_UNKNOWN:
			whole.end = word_find(p->text, whole.start, whole.end, '=');
			return parse_fail(p, whole.start, "%s: %s: no such argument", type->name,
			    parse_typed(p->text, whole.start, whole.end, typed));
		case WALK_TWICE:
			return parse_fail(p, whole.start, "%s: %s is given twice", type->name, type->args[arg].name);
		case WALK_NO_VALUE:
			return parse_fail(p, whole.start, "%s: --%s needs %s", type->name, type->args[arg].name,
			    arg_type_phrase(&type->args[arg]));
		}
	}
	if (walk->named)
		return parse_fail_missing(p, "%s: --%s needs %s", type->name, type->args[walk->open].name,
		    arg_type_phrase(&type->args[walk->open]));
	return 0;
}

/* Reports missing arguments. */
static int check_missing(struct parse *p, const struct walk *walk)
{
	bool some = false;
	const struct arg *first = NULL;

	for (int i = 0; walk->type->args[i].name != NULL; i++) {
		const struct arg *arg = &walk->type->args[i];

		if ((arg->flags & ARG_REQUIRED) && !walk->args[i].given)
			return parse_fail_missing(p, "%s: %s (%s) is missing", walk->type->name, arg->name, arg_type_name(arg));
		if ((arg->flags & ARG_SOME) && first == NULL)
			first = arg;
		some = some || ((arg->flags & ARG_SOME) && walk->args[i].given);
	}
	if (first != NULL && !some)
		return parse_fail_missing(p, "%s: nothing to do: give %s (%s) or another argument", walk->type->name,
		    first->name, arg_type_name(first));
	return 0;
}

/* #word in the place of a text may have been meant as that text: a password or a directory must not get lost. */
static int check_comment(struct parse *p, const struct walk *walk)
{
	int next = walk->names_over ? WALK_NONE : walk_next(walk);
	const struct arg *arg = next == WALK_NONE ? NULL : &walk->type->args[next];

	if (!p->line->comment || arg == NULL || arg->type != ARG_TEXT || (arg->flags & ARG_MANY) || p->over + 1 >= p->len ||
	    word_skip_blanks(p->text, p->len, p->over + 1) != p->over + 1)
		return 0;
	return parse_fail(p, p->over, "%s: the comment begins where %s (%s) may stand: put a blank after #, or quote it if it is text",
	    walk->type->name, arg->name, arg_type_name(arg));
}

int arguments_put(struct parse *p, const struct request *type)
{
	const struct value_name *of_type = NULL;
	struct walk walk;
	int last = WALK_NONE;

	walk_init(&walk, type, p->text);
	if (assign(p, &walk) < 0 || check_missing(p, &walk) < 0 || check_comment(p, &walk) < 0)
		return -1;
	for (int i = 0; type->args[i].name != NULL; i++)
		if (walk.args[i].given)
			last = i;
	for (int i = 0; i <= last; i++) {
		struct putting a = {type, &type->args[i], &p->words[walk.args[i].first], walk.args[i].count, NULL,
		    want_of(&type->args[i])};

		buf_putc(&p->line->json, ',');
		if (!walk.args[i].given) {
			buf_puts(&p->line->json, arguments_filler(a.arg));
			continue;
		}
		a.fields = catalog_fields(type, a.arg, of_type != NULL ? of_type->value : NULL);
		if (catalog_arg_secret(a.arg))
			p->line->secret = true;
		if (put_given(p, &a) < 0)
			return -1;
		if (a.arg->type == ARG_WORD)
			of_type = catalog_value(a.arg->values, buf_head(&p->scratch), p->scratch.len);
	}
	return p->line->json.failed ? parse_memory(p) : 0;
}
