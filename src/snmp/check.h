/* SPDX-License-Identifier: ISC */
/*
 * check: `.snmp check REALM HOST`: tries what the box would try, to see why a switch is not polled.
 */
#ifndef PTSH_SNMP_CHECK_H
#define PTSH_SNMP_CHECK_H

#include "run/command.h"

enum command_result snmp_check(struct shell *sh, struct task *t, enum status *status);

#endif
