/* SPDX-License-Identifier: ISC */
/*
 * switch: to another box while a session runs.
 */
#include "options/table.h"

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

/* Gives a, made for another box, the settings of b's session: all that neither box's lines set. */
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

/* Swaps the two, but for what belongs to the session: that stays with o. */
static void exchange(struct options *o, struct options *other)
{
	keep_session(other, o);
	swap_bytes(other, o, sizeof(*o));
}

void options_restore(struct options *o, struct options *before)
{
	exchange(o, before);
	options_clear(before);
}

int options_set_box(struct options *o, const char *text, struct options *before, struct error *e)
{
	struct options fresh = {.no_rc = o->no_rc, .given = o->given, .given_count = o->given_count};
	int result;

	if (text[0] == '\0' || strcmp(text, "-") == 0)
		return error_set(e, STATUS_USAGE, "the name of the box is empty");
	result = options_put_together(&fresh, text, ORIGIN_COMMAND_LINE, false, e);
	fresh.given = NULL;
	fresh.given_count = 0;
	if (result == 0) {
		exchange(o, &fresh);
		*before = fresh;
		return 0;
	}
	options_clear(&fresh);
	return result;
}
