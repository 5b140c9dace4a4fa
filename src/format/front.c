/* SPDX-License-Identifier: ISC */
/*
 * front: what every format does with an output.
 */
#include "format/front.h"

#include <errno.h>

void front_heading(const struct output *o, size_t i, struct buf *out)
{
	if (i < o->heading_count)
		buf_puts(out, o->headings[i].name);
	else
		buf_printf(out, "%zu", i + 1);
}

void front_failed(struct output *o)
{
	if (o->sink->error == 0)
		o->sink->error = ENOMEM;
}
