/* SPDX-License-Identifier: ISC */
/*
 * usage: how a request is typed, in one line.
 */
#include "lang/line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void put_upper(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++)
		buf_putc(out, (char)toupper((unsigned char)*name));
}

/* DEVICE|SWITCH...: the values themselves where they are few. */
static void put_values(struct buf *out, const struct arg *arg)
{
	size_t count = 0;

	for (const struct value_name *v = arg->values; v != NULL && v->name != NULL; v++)
		count++;
	if (count == 0 || count > 4) {
		put_upper(out, arg->name);
		return;
	}
	for (const struct value_name *v = arg->values; v->name != NULL; v++) {
		if (catalog_value(arg->values, v->value, strlen(v->value)) != v)	/* another name of a value */
			continue;
		if (v != arg->values)
			buf_putc(out, '|');
		buf_puts(out, v->name);
	}
}

/* NAME,DESCRIPTION: the members of a row; those that may be left out in brackets. */
static void put_row(struct buf *out, const struct field *fields, char separator)
{
	for (const struct field *f = fields; f->name != NULL; f++) {
		if (f->optional)
			buf_putc(out, '[');
		if (f != fields)
			buf_putc(out, f->type == ARG_BITS ? '/' : separator);
		put_upper(out, f->name);
		if (f->optional)
			buf_putc(out, ']');
	}
}

static void put_arg(struct buf *out, const struct arg *arg)
{
	switch (arg->type) {
	case ARG_LIST:
		put_values(out, arg);
		buf_puts(out, ",...");
		break;
	case ARG_ROWS:
		put_row(out, arg->fields, ',');
		buf_puts(out, "...");
		break;
	case ARG_PAIR:
		put_row(out, arg->fields, ' ');
		break;
	case ARG_OBJECT:
	case ARG_PAIRS:
		buf_puts(out, "NAME=VALUE...");
		break;
	case ARG_ROLES:
		buf_puts(out, "REALM=ROLE=none|read|write...");
		break;
	default:
		put_values(out, arg);
		if (arg->flags & ARG_MANY)
			buf_puts(out, "...");
		break;
	}
}

char *line_usage(const struct request *type)
{
	struct buf out = {0};
	bool in_order = true;

	buf_puts(&out, type->name);
	for (const struct arg *arg = type->args; arg->name != NULL; arg++) {
		bool required = (arg->flags & ARG_REQUIRED) != 0;
		bool several = arg->type == ARG_ROWS || arg->type == ARG_OBJECT || arg->type == ARG_PAIRS || arg->type == ARG_ROLES;

		buf_puts(&out, required ? " " : " [");
		/* An argument of several words is found by its name, and so are those after it. */
		in_order = in_order && (required || !several);
		if (!required && !in_order)
			buf_printf(&out, "--%s ", arg->name);
		put_arg(&out, arg);
		if (!required)
			buf_putc(&out, ']');
	}
	if (buf_string(&out) == NULL) {
		buf_clear(&out);
		return NULL;
	}
	return buf_steal(&out);
}
