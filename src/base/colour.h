/* SPDX-License-Identifier: ISC */
/*
 * colour: what each kind of text looks like on a terminal.
 *
 * Only bold, reverse and those of the 8 basic colours that can be read on light and on dark grounds.  The caller knows whether there
 * is colour at all.
 */
#ifndef PTSH_BASE_COLOUR_H
#define PTSH_BASE_COLOUR_H

#include <stdbool.h>

enum colour {
	COLOUR_NAME,		/* a heading, the box in the prompt */
	COLOUR_FAILURE,
	COLOUR_NOTICE,		/* messages of ptsh */
	COLOUR_EVENT,
	COLOUR_STATE,		/* the session's state, in the prompt */
	COLOUR_ALARM,		/* a state that needs attention */
	COLOUR_NEW,		/* a value, after its old one */
};

/* Return the sequences around such text; "" without colour. */
const char *colour_begin(enum colour c, bool coloured);
const char *colour_end(bool coloured);

#endif
