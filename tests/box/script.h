/* SPDX-License-Identifier: ISC */
/*
 * script: plays a box that misbehaves as a file says.
 */
#ifndef BOX_SCRIPT_H
#define BOX_SCRIPT_H

#include <stdio.h>

#include "options.h"

/* Prints what a script may say. */
void script_print_help(FILE *out);

/* Plays o->script.  0: all steps done; 9: the client did not do as expected. */
int script_run(const struct options *o);

#endif
