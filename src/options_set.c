/*
 * options_set: what changes while a session runs: another box, or one option.
 */
#include "options_table.h"

#include <stdlib.h>
#include <string.h>

static void swap_bytes(void *a, void *b, size_t len)
{
	char *x = a, *y = b;

	for (size_t i = 0; i < len; i++) {
		char c = x[i];

		x[i] = y[i];
		y[i] = c;
	}
}

#define SWAP(field) swap_bytes(&a->field, &b->field, sizeof(a->field))

/* Gives a, made for another box, what b's session holds: all that neither box's lines speak of. */
static void keep_session(struct options *a, struct options *b)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->size == 0 || row->scope == SCOPE_BOX || row->scope == SCOPE_LINK)
			continue;
		if (row->scope == SCOPE_SESSION
		    && (a->origins[i] == ORIGIN_BOXES || b->origins[i] == ORIGIN_BOXES))
			continue;
		swap_bytes((char *)a + row->offset, (char *)b + row->offset, row->size);
		if (row->offset == offsetof(struct options, events))
			SWAP(event_count);
		if (row->offset == offsetof(struct options, jobs))
			SWAP(jobs_set);
		SWAP(origins[i]);
	}
	/* What was run is not run again. */
	SWAP(inputs);
	SWAP(input_count);
	SWAP(given);
	SWAP(given_count);
	a->format_origin = options_origin(a, "output");
}

int options_set_box(struct options *o, const char *text, struct error *e)
{
	struct options fresh = {.no_rc = o->no_rc, .given = o->given, .given_count = o->given_count};
	int result;

	if (text[0] == '\0' || strcmp(text, "-") == 0)
		return error_set(e, STATUS_USAGE, "the name of the box is empty");
	result = options_put_together(&fresh, text, ORIGIN_COMMAND_LINE, false, e);
	fresh.given = NULL;
	fresh.given_count = 0;
	if (result == 0) {
		keep_session(&fresh, o);
		swap_bytes(&fresh, o, sizeof(fresh));
	}
	options_clear(&fresh);
	return result;
}

static const struct option_row *other_constant(const struct option_row *row)
{
	for (const struct option_row *other = option_rows; other->name != NULL; other++)
		if (other != row && other->kind == OPTION_CONSTANT && other->offset == row->offset)
			return other;
	return row;
}

static int set_switch(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	bool on = strcmp(value, "on") == 0;

	if (!on && strcmp(value, "off") != 0)
		return error_set(e, STATUS_USAGE, "%s is on or off", row->name);
	if (!on && row->kind == OPTION_CONSTANT)
		row = other_constant(row);
	else if (!on) {
		*(bool *)(void *)((char *)o + row->offset) = false;
		o->origins[row - option_rows] = ORIGIN_COMMAND_LINE;
		return 0;
	}
	return option_apply(o, row, NULL, ORIGIN_COMMAND_LINE, e);
}

/* So that the next .connect knows it too. */
static int remember(struct options *o, const struct option_row *row, const char *value, bool set, struct error *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->given_count; i++) {
		if (o->given[i].row == row)
			free(o->given[i].value);
		else
			o->given[kept++] = o->given[i];
	}
	o->given_count = kept;
	return set ? given_add(&o->given, &o->given_count, row, value, e) : 0;
}

int options_set(struct options *o, const char *name, const char *value, struct error *e)
{
	const struct option_row *row = option_find(name, strlen(name));
	char shown[OPTION_SHOWN + 8];

	if (row == NULL || row->scope == SCOPE_RUN || row->scope == SCOPE_BOX || row->kind == OPTION_EVENT)
		return error_set(e, STATUS_USAGE, "nothing called \"%s\" can be set in a session", option_shown(shown, name));
	if (row->argument == NULL) {
		if (set_switch(o, row, value, e) != 0)
			return -1;
		return row->scope == SCOPE_LINK ? remember(o, row, NULL, strcmp(value, "on") == 0, e) : 0;
	}
	if (option_apply(o, row, value, ORIGIN_COMMAND_LINE, e) != 0)
		return -1;
	o->format_origin = options_origin(o, "output");
	return row->scope == SCOPE_LINK ? remember(o, row, value, true, e) : 0;
}
