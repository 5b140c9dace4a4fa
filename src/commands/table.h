/* SPDX-License-Identifier: ISC */
/*
 * table: the table of ptsh's own commands: a row for each.
 */
#ifndef PTSH_COMMANDS_TABLE_H
#define PTSH_COMMANDS_TABLE_H

#include "run/command.h"

/* A row is the entry command_NAME, which the file that does it defines; sorted by name. */
#define COMMANDS(ROW) \
	ROW(alias) \
	ROW(connect) \
	ROW(each) \
	ROW(echo) \
	ROW(edit) \
	ROW(events) \
	ROW(find) \
	ROW(format) \
	ROW(help) \
	ROW(history) \
	ROW(jobs) \
	ROW(last) \
	ROW(on) \
	ROW(quit) \
	ROW(refresh) \
	ROW(set) \
	ROW(sleep) \
	ROW(snmp) \
	ROW(source) \
	ROW(status) \
	ROW(timing) \
	ROW(trace) \
	ROW(trust) \
	ROW(undo) \
	ROW(wait) \
	ROW(watch)

#define COMMAND_DECLARE(name) extern const struct command command_##name;
COMMANDS(COMMAND_DECLARE)

extern const struct command *const commands[];	/* ends with NULL */

#endif
