/* SPDX-License-Identifier: ISC */
/*
 * identity: `--ident`: answers when the box asks for the user at this end of its connection.
 */
#ifndef PTSH_LINK_IDENTITY_H
#define PTSH_LINK_IDENTITY_H

#include "term/shell.h"

/* Starts listening, once; a failure is reported and work continues.  Does nothing without --ident. */
void identity_start(struct shell *sh);
void identity_free(struct shell *sh);

/* The port and the name, for .status; false: not listening. */
bool identity_info(const struct shell *sh, unsigned short *port, const char **name);

#endif
