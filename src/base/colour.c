/* SPDX-License-Identifier: ISC */
/*
 * colour: see colour.h.
 */
#include "base/colour.h"

const char *colour_begin(enum colour c, bool coloured)
{
	static const char *const sequences[] = {
		[COLOUR_NAME] = "\033[1m", [COLOUR_FAILURE] = "\033[31m", [COLOUR_NOTICE] = "\033[36m", [COLOUR_EVENT] = "\033[36m",
		[COLOUR_STATE] = "\033[35m", [COLOUR_ALARM] = "\033[31m", [COLOUR_NEW] = "\033[1m",
	};

	return coloured ? sequences[c] : "";
}

const char *colour_end(bool coloured)
{
	return coloured ? "\033[m" : "";
}
