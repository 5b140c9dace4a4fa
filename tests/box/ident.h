/* SPDX-License-Identifier: ISC */
/*
 * ident: asks the client's machine for the owner of the connection (RFC 1413).
 */
#ifndef BOX_IDENT_H
#define BOX_IDENT_H

#include "box.h"

/* Asks at the port of --ident and waits up to two seconds.  True if the owner is --user. */
bool ident_knows(const struct client *c);

#endif
