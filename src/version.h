/*
 * version: what this ptsh is, and what it stands on.
 */
#ifndef PTSH_VERSION_H
#define PTSH_VERSION_H

#include "out/sink.h"

void version_print(struct sink *out);

#endif
