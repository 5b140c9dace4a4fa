/* SPDX-License-Identifier: ISC */
/*
 * set: what `.set` shows and changes.
 */
#ifndef PTSH_COMMANDS_SET_H
#define PTSH_COMMANDS_SET_H

#include "run/command.h"

enum command_result settings_run(struct shell *sh, struct task *t, enum status *status);
/* Calls found() for each setting's name, or for the values of one. */
void settings_each(void (*found)(void *, const char *text, const char *help), void *arg);
bool settings_values(const char *name, void (*found)(void *, const char *text, const char *help), void *arg);

#endif
