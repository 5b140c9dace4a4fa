/* SPDX-License-Identifier: ISC */
/*
 * objects: the names of the usual objects, known without MIB files.
 */
#ifndef PTSH_SNMP_OBJECTS_H
#define PTSH_SNMP_OBJECTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "snmp/agent.h"

/* Reads "1.3.6.1", "ifDescr.1", "IF-MIB::ifTable".  False: neither numbers nor one of these names; *o is undefined then. */
bool objects_find(struct agent_oid *o, const char *text);

/* True if o is root or below it. */
bool objects_within(const struct agent_oid *o, const struct agent_oid *root);
/* < 0, 0, > 0: the order of a walk. */
int objects_compare(const struct agent_oid *a, const struct agent_oid *b);

/* Appends the name with the numbers after it: "ifDescr.1".  False: none of these objects. */
bool objects_put(struct buf *out, const struct agent_oid *o);

/* Calls found() with each name. */
void objects_each(void (*found)(void *ctx, const char *name), void *ctx);

#endif
