/*
 * snmp: `.snmp get | getnext | getbulk | walk | set`: an agent asked from the prompt.
 */
#ifndef PTSH_SHELL_SNMP_H
#define PTSH_SHELL_SNMP_H

#include "shell/commands.h"

enum command_result snmp_run(struct shell *sh, struct task *t, enum status *status);

/* The words behind `.snmp`, ended by NULL. */
extern const char *const snmp_operations[];

#endif
