/* SPDX-License-Identifier: ISC */
/*
 * set: the settings of a session, for .status.
 */
#ifndef PTSH_COMMANDS_SET_H
#define PTSH_COMMANDS_SET_H

#include "run/task.h"

/* Calls found() for each setting with its value and where that came from. */
void set_each(struct shell *sh, void (*found)(void *arg, const char *name, const char *value, enum origin origin), void *arg);
bool set_knows(const char *name);

/* Where what t sets comes from: typed, or a line of rc. */
enum origin set_origin(const struct shell *sh, const struct task *t);

#endif
