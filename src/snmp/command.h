/* SPDX-License-Identifier: ISC */
/*
 * command: `.snmp get | getnext | getbulk | walk | set`: an agent asked from the prompt.
 */
#ifndef PTSH_SNMP_COMMAND_H
#define PTSH_SNMP_COMMAND_H

#include "run/command.h"

enum command_result snmp_run(struct shell *sh, struct task *t, enum status *status);

/* For completion: what may stand first behind `.snmp`; and further on, behind the word `before`. */
void snmp_words_first(void (*found)(void *arg, const char *text, const char *help), void *arg);
void snmp_words_further(const char *operation, const char *before, void (*found)(void *arg, const char *text, const char *help),
    void *arg);

#endif
