/* SPDX-License-Identifier: ISC */
/*
 * command: `.snmp get | getnext | getbulk | walk | set`: an agent asked from the prompt.
 */
#ifndef PTSH_SNMP_COMMAND_H
#define PTSH_SNMP_COMMAND_H

#include "run/command.h"

extern const struct command command_snmp;

#endif
