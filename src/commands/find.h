/* SPDX-License-Identifier: ISC */
/*
 * find: `.find`: searches all realms for the switch port of a device.
 */
#ifndef PTSH_COMMANDS_FIND_H
#define PTSH_COMMANDS_FIND_H

#include "term/shell.h"

/* Forgets what was learned about the box. */
void find_free(struct shell *sh);

#endif
