/* SPDX-License-Identifier: ISC */
/*
 * ident: asks the client's machine whose the connection is (RFC 1413).
 */
#ifndef BOX_IDENT_H
#define BOX_IDENT_H

#include "box.h"

/* Asks at the port of --ident; true: it is --user's.  Waits for the answer, up to two seconds. */
bool ident_knows(const struct client *c);

#endif
