/* SPDX-License-Identifier: ISC */
/*
 * script: plays a box that misbehaves as described in a file.
 */
#ifndef BOX_SCRIPT_H
#define BOX_SCRIPT_H

#include <stdio.h>

#include "options.h"

/* Prints the language of scripts. */
void script_print_help(FILE *out);

/* Plays o->script.  Returns 0: all steps done; 9: the client did something else. */
int script_run(const struct options *o);

#endif
