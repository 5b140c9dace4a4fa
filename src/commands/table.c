/* SPDX-License-Identifier: ISC */
/*
 * table: the entries in the order of their rows.
 */
#include "commands/table.h"

#define COMMAND_ENTRY(name) &command_##name,

const struct command *const commands[] = {COMMANDS(COMMAND_ENTRY) NULL};
