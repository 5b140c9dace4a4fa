/* SPDX-License-Identifier: ISC */
/*
 * separated: what csv and tsv share: headings and events as rows of cells with a separator between them.
 */
#include "format/separated.h"

#include "format/cells.h"

void separated_begin(struct output *o)
{
	const struct separated *how = o->format->separated;

	if (!o->header || o->columns == 0)
		return;
	for (size_t i = 0; i < o->columns; i++) {
		if (i > 0)
			sink_putc(o->sink, how->separator);
		buf_reset(&o->text);
		front_heading(o, i, &o->text);
		if (o->text.failed)
			front_failed(o);
		how->text(o, buf_head(&o->text), o->text.len);
	}
	sink_puts(o->sink, how->end);
}

void separated_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation, const char *line,
    size_t len)
{
	const struct separated *how = o->format->separated;
	struct json v;

	(void)annotation, (void)line, (void)len;
	cell_event_time(o, when);
	sink_putc(o->sink, how->separator);
	sink_puts(o->sink, "event");
	sink_putc(o->sink, how->separator);
	how->value(o, name);
	while (json_next(&args, NULL, &v)) {
		sink_putc(o->sink, how->separator);
		how->value(o, v);
	}
	sink_puts(o->sink, how->end);
}
