/*
 * arguments: the words of a request become its arguments, each of the kind the catalogue says.
 *
 * lang/walk says which words belong to which argument, lang/value makes the single values; here is what lies between: lists,
 * rows, objects, pairs, what is missing and what is left out.
 */
#include "lang/parse.h"

#include <stdlib.h>
#include <string.h>

/* One argument being put. */
struct putting {
	const struct request *type;
	const struct arg *arg;
	const struct word *words;	/* its words */
	size_t count;
	const struct field *fields;	/* what it knows */
	struct want want;
};

static struct want want_of(const struct arg *arg)
{
	struct want want = {.arg = arg->name, .type = arg->type, .gid = arg->gid, .values = arg->values,
	    .secret = (arg->flags & ARG_SECRET) != 0};

	return want;
}

static struct want want_member(const struct arg *arg, const struct field *f)
{
	struct want want = {.arg = arg->name, .member = f->name, .type = f->type, .gid = f->gid, .values = f->values,
	    .secret = f->secret, .nullable = f->nullable};

	return want;
}

/* "REQUEST: ARGUMENT: WHAT, not TYPED"; what was typed is left out where it may be a secret. */
static int misfit(struct parse *p, const struct putting *a, const struct word *w, const char *what)
{
	char typed[TYPED_MAX + 8];

	if (catalog_arg_secret(a->arg))
		return parse_fail(p, w->start, "%s: %s: %s expected", a->type->name, a->arg->name, what);
	return parse_fail(p, w->start, "%s: %s: %s expected, not %s", a->type->name, a->arg->name, what,
	    parse_typed(p->text, w->start, w->end, typed));
}

static void found_secret(void *ctx, struct json secret)
{
	struct parse *p = ctx;
	size_t start = (size_t)(secret.text - p->text);

	/* Without memory the whole line is hidden: see parse_add_secret(). */
	(void)parse_add_secret(p, start, start + secret.len);
}

/* A whole argument that was typed as JSON of the right kind. */
static int put_json(struct parse *p, const struct putting *a, const struct json *v)
{
	mask_argument(a->arg, *v, found_secret, p);
	if ((a->arg->flags & ARG_DELETES) && json_kind(*v) == JSON_ARRAY && json_count(*v) > 0)
		p->line->deletes = true;
	value_put_compact(&p->line->json, *v);
	return p->line->json.failed ? parse_memory(p) : 0;
}

/* Notes a name that the catalogue does not know. */
static int note_unknown(struct parse *p, const struct putting *a, const char *name, size_t len)
{
	const char *near;
	char shown[TYPED_MAX + 8];

	if (!(a->arg->flags & ARG_OPEN) || a->fields == NULL || catalog_field(a->fields, name, len) != NULL)
		return 0;
	near = catalog_nearest_field(a->fields, name, len);
	parse_typed(name, 0, len, shown);
	if (near != NULL)
		return parse_add_note(p, "%s: %s: %s is unknown to ptsh and sent all the same (%s?)", a->type->name, a->arg->name,
		    shown, near);
	return parse_add_note(p, "%s: %s: %s is unknown to ptsh and sent all the same", a->type->name, a->arg->name, shown);
}

/* --- lists --- */

static int add_heading(struct parse *p, const struct putting *a, const char *name, size_t len)
{
	struct line *line = p->line;
	char **headings;

	if (!(a->arg->flags & ARG_HEADINGS))
		return 0;
	/* Room grows by doubling: whenever the count is a power of two, all is full. */
	if ((line->heading_count & (line->heading_count - 1)) == 0) {
		headings = realloc(line->headings, (line->heading_count == 0 ? 1 : line->heading_count * 2) * sizeof(*headings));
		if (headings == NULL)
			return parse_memory(p);
		line->headings = headings;
	}
	line->headings[line->heading_count] = strndup(name, len);
	if (line->headings[line->heading_count] == NULL)
		return parse_memory(p);
	line->heading_count++;
	return 0;
}

/* Whether an element of a JSON list is of the list's kind. */
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
		return misfit(p, a, a->words, arg_type_name(a->arg));
	for (it = json_iterate(v); json_next(&it, NULL, &element); ) {
		struct word w = {(size_t)(element.text - p->text), (size_t)(element.text - p->text) + element.len, false, false};

		if (!element_fits(a->arg, element))
			return misfit(p, a, &w, arg_type_name(a->arg));
		if (json_kind(element) != JSON_STRING)
			continue;
		buf_reset(&p->scratch);
		json_decode(element, &p->scratch);
		if (p->scratch.failed)
			return parse_memory(p);
		if (note_unknown(p, a, buf_head(&p->scratch), p->scratch.len) < 0 ||
		    add_heading(p, a, buf_head(&p->scratch), p->scratch.len) < 0)
			return -1;
	}
	return put_json(p, a, &v);
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
	return misfit(p, a, a->words, a->arg->flags & ARG_DELETES ? "a list of what is to be deleted" : arg_type_name(a->arg));
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
			return misfit(p, a, a->words, arg_type_name(a->arg));
		if (part.start != a->words->start)
			buf_putc(&p->line->json, ',');
		if (value_put(p, &want, &part) < 0)
			return -1;
		if (a->fields != NULL && (note_unknown(p, a, buf_head(&p->scratch), p->scratch.len) < 0 ||
		    add_heading(p, a, buf_head(&p->scratch), p->scratch.len) < 0))
			return -1;
	}
	buf_putc(&p->line->json, ']');
	if (a->arg->flags & ARG_DELETES)
		p->line->deletes = true;
	return 0;
}

/* --- rows --- */

/* The members of a row: each of its column's kind. */
static int put_row(struct parse *p, const struct putting *a, const struct word *w)
{
	const struct field *f = a->fields;
	struct word part;
	size_t pos = w->start;

	buf_putc(&p->line->json, '[');
	for (; word_part(p->text, &pos, w->end, ',', &part); f++) {
		struct want want;

		if (f->name == NULL)
			return misfit(p, a, w, "no more than its members in a row");
		want = want_member(a->arg, f);
		if (f != a->fields)
			buf_putc(&p->line->json, ',');
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

static int put_rows(struct parse *p, const struct putting *a)
{
	struct json v;

	if (a->count == 1 && a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) == JSON_ARRAY && all_arrays(v))
			return put_json(p, a, &v);
	}
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++) {
		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (a->words[i].json) {
			if (value_json(p, &a->want, &a->words[i], &v) < 0)
				return -1;
			if (json_kind(v) != JSON_ARRAY)
				return misfit(p, a, &a->words[i], "a row");
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
static int put_pair(struct parse *p, const struct putting *a)
{
	const struct field *f = a->fields;
	struct json v;

	if (a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_ARRAY || json_count(v) != 2)
			return misfit(p, a, a->words, "a list of two");
		return put_json(p, a, &v);
	}
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++, f++) {
		struct want want = want_member(a->arg, f);

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

/* What the member of a name wants.  A name that is not known, but looks like a secret's, is treated as one. */
static struct want want_named(const struct putting *a, const char *name, size_t len)
{
	const struct field *f = catalog_field(a->fields, name, len);
	const char *near;
	struct want want;

	if (f != NULL)
		return want_member(a->arg, f);
	want = (struct want){.arg = a->arg->name, .member = "value", .type = ARG_TEXT};
	near = catalog_nearest_field(a->fields, name, len);
	if (near != NULL)
		want.secret = catalog_field(a->fields, near, strlen(near))->secret;
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
		return misfit(p, a, w, "name=value");
	if (value_decode(p, &name) < 0)
		return -1;
	*want = want_named(a, buf_head(&p->scratch), p->scratch.len);
	if (name.end == w->end && want->type != ARG_MACS)
		return misfit(p, a, w, "name=value");
	if (!(a->arg->flags & ARG_OPEN) && a->fields != NULL &&
	    catalog_field(a->fields, buf_head(&p->scratch), p->scratch.len) == NULL)
		return misfit(p, a, w, "one of its names");
	if (note_unknown(p, a, buf_head(&p->scratch), p->scratch.len) < 0)
		return -1;
	json_put_string(&p->line->json, buf_head(&p->scratch), p->scratch.len);
	*value = (struct word){name.end < w->end ? name.end + 1 : w->end, w->end, false, w->plain};
	value->json = value->start < w->end && (p->text[value->start] == '[' || p->text[value->start] == '{') &&
	    word_json_end(p->text, value->start, w->end) == w->end;
	return 0;
}

/* The value of a member whose name the catalogue may not know: JSON in brackets stays JSON. */
static int put_member(struct parse *p, const struct want *want, const struct word *value)
{
	struct json v;
	size_t at;

	if (value->json && want->type == ARG_TEXT && !want->secret && strcmp(want->member, "value") == 0 &&
	    json_read(p->text + value->start, value->end - value->start, &v, &at) == NULL) {
		value_put_compact(&p->line->json, v);
		return 0;
	}
	return value_put(p, want, value);
}

/* Whether the same name stands in an earlier word; names are compared as typed. */
static bool named_before(const struct parse *p, const struct putting *a, size_t i)
{
	const struct word *w = &a->words[i];
	size_t len = word_find(p->text, w->start, w->end, '=') - w->start;

	for (size_t j = 0; j < i; j++) {
		const struct word *earlier = &a->words[j];

		if (earlier->end - earlier->start >= len && memcmp(p->text + earlier->start, p->text + w->start, len) == 0 &&
		    (earlier->start + len == earlier->end || p->text[earlier->start + len] == '='))
			return true;
	}
	return false;
}

static int put_object(struct parse *p, const struct putting *a)
{
	struct word value;
	struct want want;
	struct json v;

	if (a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_OBJECT)
			return misfit(p, a, a->words, "name=value or an object");
		return put_json(p, a, &v);
	}
	buf_putc(&p->line->json, '{');
	for (size_t i = 0; i < a->count; i++) {
		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (put_name(p, a, &a->words[i], &value, &want) < 0)
			return -1;
		if (named_before(p, a, i))
			return misfit(p, a, &a->words[i], "each name once");
		buf_putc(&p->line->json, ':');
		if (put_member(p, &want, &value) < 0)
			return -1;
	}
	buf_putc(&p->line->json, '}');
	return 0;
}

static int put_pairs(struct parse *p, const struct putting *a)
{
	struct word value;
	struct want want;
	struct json v;

	if (a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_ARRAY || !all_arrays(v))
			return misfit(p, a, a->words, "name=value or a list of pairs");
		return put_json(p, a, &v);
	}
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++) {
		buf_puts(&p->line->json, i > 0 ? ",[" : "[");
		if (put_name(p, a, &a->words[i], &value, &want) < 0)
			return -1;
		if (named_before(p, a, i))
			return misfit(p, a, &a->words[i], "each name once");
		if (value.start == a->words[i].end && p->text[value.start - 1] != '=') {
			p->line->deletes = true;	/* no lists: all are deleted */
		} else {
			buf_putc(&p->line->json, ',');
			if ((want.type == ARG_MACS ? value_put_changes(p, &want, &value) : put_member(p, &want, &value)) < 0)
				return -1;
		}
		buf_putc(&p->line->json, ']');
	}
	buf_putc(&p->line->json, ']');
	return 0;
}

/* realm=role=permission; words of one realm behind each other become one entry. */
static int put_roles(struct parse *p, const struct putting *a)
{
	const struct word *before = NULL;
	struct json v;

	if (a->words->json) {
		if (value_json(p, &a->want, a->words, &v) < 0)
			return -1;
		if (json_kind(v) != JSON_ARRAY || !all_arrays(v))
			return misfit(p, a, a->words, arg_type_name(a->arg));
		return put_json(p, a, &v);
	}
	buf_putc(&p->line->json, '[');
	for (size_t i = 0; i < a->count; i++) {
		const struct word *w = &a->words[i];
		struct word realm = {w->start, word_find(p->text, w->start, w->end, '='), false, false};
		struct word role = {realm.end + 1, w->end, false, false}, value;
		struct want want = a->want;
		size_t len = realm.end - realm.start;

		if (realm.end >= w->end)
			return misfit(p, a, w, arg_type_name(a->arg));
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

/* --- all of them --- */

static int put_many(struct parse *p, const struct putting *a)
{
	for (size_t i = 0; i < a->count; i++) {
		if (i > 0)
			buf_putc(&p->line->json, ',');
		if (value_put(p, &a->want, &a->words[i]) < 0 ||
		    note_unknown(p, a, buf_head(&p->scratch), p->scratch.len) < 0)
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
		return put_rows(p, a);
	case ARG_OBJECT:
		return put_object(p, a);
	case ARG_PAIRS:
		return put_pairs(p, a);
	case ARG_PAIR:
		return put_pair(p, a);
	case ARG_ROLES:
		return put_roles(p, a);
	default:
		return value_put(p, &a->want, a->words);
	}
}

/* What stands for an argument that is skipped: the empty value of its kind. */
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

/* Which words are whose; complains about what does not fit. */
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
			return parse_fail(p, whole.start, "%s: too many arguments: there is none for %s", type->name,
			    parse_typed(p->text, whole.start, whole.end, typed));
		case WALK_UNKNOWN:
			whole.end = word_find(p->text, whole.start, whole.end, '=');
			return parse_fail(p, whole.start, "%s: there is no argument %s", type->name,
			    parse_typed(p->text, whole.start, whole.end, typed));
		case WALK_TWICE:
			return parse_fail(p, whole.start, "%s: %s is given twice", type->name, type->args[arg].name);
		case WALK_NO_VALUE:
			return parse_fail(p, whole.start, "%s: %s: %s expected behind --%s", type->name, type->args[arg].name,
			    arg_type_name(&type->args[arg]), type->args[arg].name);
		}
	}
	if (walk->named)
		return parse_fail(p, p->words[p->word_count - 1].end, "%s: %s: %s expected behind --%s", type->name,
		    type->args[walk->open].name, arg_type_name(&type->args[walk->open]), type->args[walk->open].name);
	return 0;
}

/* What has to be there and is not. */
static int check_missing(struct parse *p, const struct walk *walk)
{
	size_t end = p->words[p->word_count - 1].end;
	bool some = false;
	const struct arg *first = NULL;

	for (int i = 0; walk->type->args[i].name != NULL; i++) {
		const struct arg *arg = &walk->type->args[i];

		if ((arg->flags & ARG_REQUIRED) && !walk->args[i].given)
			return parse_fail(p, end, "%s: %s (%s) is missing", walk->type->name, arg->name, arg_type_name(arg));
		if ((arg->flags & ARG_SOME) && first == NULL)
			first = arg;
		some = some || ((arg->flags & ARG_SOME) && walk->args[i].given);
	}
	if (first != NULL && !some)
		return parse_fail(p, end, "%s: there is nothing to do: %s (%s) or another argument is missing", walk->type->name,
		    first->name, arg_type_name(first));
	return 0;
}

int arguments_put(struct parse *p, const struct request *type)
{
	const struct value_name *of_type = NULL;
	struct walk walk;
	int last = WALK_NONE;

	walk_init(&walk, type, p->text);
	if (assign(p, &walk) < 0 || check_missing(p, &walk) < 0)
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
