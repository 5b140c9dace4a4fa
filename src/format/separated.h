/* SPDX-License-Identifier: ISC */
/*
 * separated: what csv and tsv share: headings and events as rows of cells with a separator between them.
 */
#ifndef PTSH_FORMAT_SEPARATED_H
#define PTSH_FORMAT_SEPARATED_H

#include "format/front.h"

/* What distinguishes one from the other. */
struct separated {
	char separator;
	const char *end;	/* of a row */
	void (*text)(struct output *o, const char *text, size_t len);	/* a cell of plain text */
	void (*value)(struct output *o, struct json v);
};

/* Begin() and event() of a format that has `separated`: the row of headings, if one is shown; TIME, event, NAME, ARGUMENT... */
void separated_begin(struct output *o);
void separated_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation, const char *line,
    size_t len);

#endif
