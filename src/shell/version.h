/* SPDX-License-Identifier: ISC */
/*
 * version: what this ptsh is, and what it stands on.
 */
#ifndef PTSH_SHELL_VERSION_H
#define PTSH_SHELL_VERSION_H

#include "format/sink.h"

void version_print(struct sink *out);

#endif
