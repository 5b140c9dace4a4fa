/* SPDX-License-Identifier: ISC */
/*
 * objects: the names of the usual objects, known without MIB files.
 */
#ifndef PTSH_SNMP_OBJECTS_H
#define PTSH_SNMP_OBJECTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "snmp/agent.h"

/* "ifDescr.1", "sysDescr.0", "IF-MIB::ifTable": its numbers.  False: not one of these names. */
bool objects_find(struct agent_oid *o, const char *text);

/* Appends the name with the numbers after it: "ifDescr.1".  False: none of these objects. */
bool objects_put(struct buf *out, const struct agent_oid *o);

/* Calls found() with each name. */
void objects_each(void (*found)(void *ctx, const char *name), void *ctx);

#endif
