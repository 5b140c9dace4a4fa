/* SPDX-License-Identifier: ISC */
/*
 * connection: what the link reports, passed on to the modules that need it.
 */
#ifndef PTSH_RUN_CONNECTION_H
#define PTSH_RUN_CONNECTION_H

#include "link/link.h"

/* For link_create(). */
extern const struct link_ops connection_ops;

#endif
