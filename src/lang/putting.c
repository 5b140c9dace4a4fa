/* SPDX-License-Identifier: ISC */
/*
 * putting: the steps that arguments of every kind share: the message for a wrong value, JSON copied, unknown names.
 *
 * Knows no kind of argument: lang/arguments and lang/members do.
 */
#include "lang/parse.h"

bool putting_hides(const struct putting *a)
{
	return catalog_arg_secret(a->arg) || (a->arg->type == ARG_ROWS && catalog_secret(a->type));
}

int putting_misfit(struct parse *p, const struct putting *a, const struct word *w, const char *what)
{
	char typed[TYPED_MAX + 8];

	if (putting_hides(a))
		return parse_fail(p, w->start, "%s: %s must be %s", a->type->name, a->arg->name, what);
	return parse_fail(p, w->start, "%s: %s must be %s, not %s", a->type->name, a->arg->name, what,
	    parse_typed(p->text, w->start, w->end, typed));
}

int putting_json(struct parse *p, const struct putting *a, const struct json *v)
{
	parse_secrets_in(p, a->arg, *v);
	if ((a->arg->flags & ARG_DELETES) && json_kind(*v) == JSON_ARRAY && json_count(*v) > 0)
		p->line->deletes = true;
	value_put_compact(&p->line->json, *v);
	return p->line->json.failed ? parse_memory(p) : 0;
}

int putting_note(struct parse *p, const struct putting *a, const char *name, size_t len)
{
	const char *near;
	char shown[TYPED_MAX + 8];

	if (!(a->arg->flags & ARG_OPEN) || a->fields == NULL || catalog_field(a->fields, name, len) != NULL ||
	    p->line->note_count > PARSE_NOTES)
		return 0;
	if (p->line->note_count == PARSE_NOTES)
		return parse_add_note(p, "%s: more names are unknown to ptsh; sending them anyway", a->type->name);
	near = catalog_nearest_field(a->fields, name, len);
	parse_typed(name, 0, len, shown);
	if (near != NULL)
		return parse_add_note(p, "%s: %s: %s is unknown to ptsh; sending it anyway (%s?)", a->type->name, a->arg->name,
		    shown, near);
	return parse_add_note(p, "%s: %s: %s is unknown to ptsh; sending it anyway", a->type->name, a->arg->name, shown);
}
