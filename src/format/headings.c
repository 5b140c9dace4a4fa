/* SPDX-License-Identifier: ISC */
/*
 * headings: the names of the columns of a reply, and the kinds of their cells.
 *
 * Owns the choice between what was asked for, what the catalogue documents and what the rows show.  Does not know
 * formats.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "format/front.h"

static bool chooses_headings(const struct request *type)
{
	for (size_t i = 0; i < REQUEST_ARGS && type->args[i].name != NULL; i++) {
		if (type->args[i].flags & ARG_HEADINGS)
			return true;
	}
	return false;
}

static const struct field members[] = { { .name = "name" }, { .name = "value" }, {0} };

/* The headings by the reply's shape when the catalogue names no columns. */
static const struct field *shape_fields(const struct request *type)
{
	if (type == NULL || type->reply != NULL)
		return type == NULL ? NULL : type->reply;
	return type->shape == REPLY_OBJECT ? members : NULL;
}

static bool headings_at(const struct reply_about *about, size_t i, struct heading *h)
{
	const struct field *f = about->type == NULL ? NULL : about->type->reply;

	*h = (struct heading){0};
	if (about->headings != NULL && about->heading_count > 0) {
		if (i >= about->heading_count)
			return false;
		h->name = about->headings[i];
		f = catalog_field(f, h->name, strlen(h->name));
	} else {
		f = shape_fields(about->type);
		for (size_t k = 0; k < i && f != NULL && f->name != NULL; k++)
			f++;
		if (f == NULL || f->name == NULL)
			return false;
		h->name = f->name;
	}
	if (f != NULL) {
		h->unit = f->unit;
		h->values = f->values;
	}
	return true;
}

size_t output_headings(const struct reply_about *about, struct heading *headings, size_t max)
{
	struct heading h;
	size_t count = 0;

	for (; headings_at(about, count, &h); count++) {
		if (count < max)
			headings[count] = h;
	}
	return count;
}

bool headings_add(struct output *o, struct heading h, bool copy)
{
	struct heading *headings = array_room(o->headings, o->heading_count + 1, &o->heading_room, sizeof *headings);

	if (headings == NULL)
		return false;
	o->headings = headings;
	if (o->heading_count == 0)
		o->headings_copied = copy;
	if (o->headings_copied)
		h.name = strdup(h.name);
	if (h.name == NULL)
		return false;
	o->headings[o->heading_count++] = h;
	o->columns = o->heading_count;
	return true;
}

static void cut_headings(struct output *o, size_t count)
{
	while (o->heading_count > count) {
		o->heading_count--;
		if (o->headings_copied)
			free((char *)(uintptr_t)o->headings[o->heading_count].name);
	}
	o->columns = o->heading_count;
}

void headings_clear(struct output *o)
{
	cut_headings(o, 0);
	o->documented = NULL;
}

bool headings_begin(struct output *o, const struct reply_about *about)
{
	bool asked = about->headings != NULL && about->heading_count > 0;
	struct heading h;

	if (!asked && about->type != NULL && about->type == o->documented) {
		o->heading_count = o->columns = o->documented_count;
		return true;
	}
	headings_clear(o);
	while (headings_at(about, o->heading_count, &h))
		if (!headings_add(o, h, false))
			return false;
	if (!asked) {
		o->documented = about->type;
		o->documented_count = o->heading_count;
	}
	return true;
}

void headings_match(struct output *o, struct json_iter values, bool cut)
{
	size_t cells;

	if (chooses_headings(o->type)) {
		/* The catalogue's fields are what may be asked for, not what comes if nothing is. */
		cells = rows_first(o->mode, values, cut);
		if (cells != 0 && cells != o->heading_count)
			cut_headings(o, 0);
		return;
	}
	cells = rows_longest(&o->hint, o->mode, values);
	if (cells > 0)
		cut_headings(o, cells);
}
