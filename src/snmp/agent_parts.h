/*
 * agent_parts: what the files that know Net-SNMP share; nobody else includes this.
 */
#ifndef PTSH_SNMP_AGENT_PARTS_H
#define PTSH_SNMP_AGENT_PARTS_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>

#include "snmp/agent.h"

/* An answer is the library's PDU. */
static inline const netsnmp_pdu *agent_pdu(const struct agent_answer *a)
{
	return (const void *)a;
}

/* Has the library read its configuration and MIBs, once. */
void agent_library_start(void);

/* While something is being captured, what the library prints and logs goes nowhere; the end gives its first line, or "". */
struct agent_capture { int before, file; };
void agent_capture_begin(struct agent_capture *c);
void agent_capture_end(struct agent_capture *c, char *text, size_t size);

/* Whether there are MIBs that know the usual objects. */
bool agent_has_mibs(void);
void agent_put_oid(struct buf *out, const oid *ids, size_t len);

#endif
