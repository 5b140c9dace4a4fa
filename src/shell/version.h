/* SPDX-License-Identifier: ISC */
/*
 * version: the version of this ptsh, and of its libraries.
 */
#ifndef PTSH_SHELL_VERSION_H
#define PTSH_SHELL_VERSION_H

#include "format/sink.h"

/* Writes the text of --version. */
void version_print(struct sink *out);

#endif
