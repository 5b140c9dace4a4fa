/* SPDX-License-Identifier: ISC */
/*
 * identity: `--ident`: the box may ask who is at this end of its connection, and is told.
 */
#ifndef PTSH_LINK_IDENTITY_H
#define PTSH_LINK_IDENTITY_H

#include "term/shell.h"

/* Begins to listen, once; where that fails it is told, and work goes on.  Nothing without --ident. */
void identity_start(struct shell *sh);
void identity_free(struct shell *sh);

/* The port and the name, for .status; false: nobody is answered. */
bool identity_info(const struct shell *sh, unsigned short *port, const char **name);

#endif
