/* SPDX-License-Identifier: ISC */
/*
 * value: the value of an option, in words.
 */
#include "options/table.h"

#include <string.h>

#include "format/formats.h"

static const char *choice_name(const struct option_row *row, int value)
{
	for (const struct option_choice *c = row->choices; c->name != NULL; c++)
		if (c->value == value)
			return c->name;
	return "";
}

static void put_events(const struct options *o, struct buf *out)
{
	for (size_t i = 0; i < o->event_count; i++)
		buf_printf(out, "%s%s", i > 0 ? "," : "", o->events[i]);
	buf_puts(out, o->event_count == 0 ? "none" : "");
}

static void put_text(const struct option_row *row, const char *text, struct buf *out)
{
	bool command = row->argument != NULL && strcmp(row->argument, "CMD") == 0;

	buf_puts(out, text == NULL ? "none" : command ? "set" : text);
}

void option_choices(const struct option_row *row, struct buf *out)
{
	if (row->kind == OPTION_FORMAT)
		formats_put(out);
	for (const struct option_choice *c = row->kind == OPTION_CHOICE ? row->choices : NULL; c != NULL && c->name != NULL; c++)
		buf_printf(out, "%s%s", c == row->choices ? "" : c[1].name == NULL ? " or " : ", ", c->name);
}

void option_describe(const struct option_row *row, struct buf *out)
{
	option_choices(row, out);
	if (row->help != NULL)
		buf_printf(out, "%s%s", out->len > 0 ? " " : "", row->help);
}

bool option_value(const struct options *o, const struct option_row *row, struct buf *out)
{
	const char *at = (const char *)o + row->offset;

	if (row->size == 0 || row->scope == SCOPE_RUN)
		return false;
	switch (row->kind) {
	case OPTION_FLAG:
		buf_puts(out, *(const bool *)at ? "on" : "off");
		return true;
	case OPTION_CHOICE:
		buf_puts(out, choice_name(row, *(const int *)(const void *)at));
		return true;
	case OPTION_SECONDS:
		buf_printf(out, "%g", *(const double *)(const void *)at);
		return true;
	case OPTION_SIZE:
		buf_printf(out, "%zu", *(const size_t *)(const void *)at);
		return true;
	case OPTION_NUMBER:
		buf_printf(out, "%u", *(const unsigned *)(const void *)at);
		return true;
	case OPTION_TEXT:
	case OPTION_FILE:
	case OPTION_PORT:
	case OPTION_OTHER:
		put_text(row, *(char *const *)(const void *)at, out);
		return true;
	case OPTION_EVENT:
		put_events(o, out);
		return true;
	default:
		return false;
	}
}
