/* SPDX-License-Identifier: ISC */
/*
 * agent_parts: what the files that know Net-SNMP share; no other file includes this.
 */
#ifndef PTSH_SNMP_AGENT_PARTS_H
#define PTSH_SNMP_AGENT_PARTS_H

/* Decides whether there is SNMP: Net-SNMP's headers are there, its library is too (the build names it), and the build does
 * not say NO_SNMP.  Without it, agent*.c are empty; with it, absent.c is. */
#if !defined NO_SNMP && defined AGENT_SONAME && __has_include(<net-snmp/net-snmp-config.h>)
#define AGENT_NET_SNMP
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/library/snmpSocketBaseDomain.h>
#include <net-snmp/library/snmpTCPBaseDomain.h>
#endif

/* Included after the library's headers, which have macros of the names of its members. */
#include "snmp/agent.h"

#ifdef AGENT_NET_SNMP

/* The functions of the library that are used.  It is loaded when it is needed first: linking it would cost every start of ptsh a twelfth
 * of what a ping takes. */
#define AGENT_FUNCTIONS(f) \
	f(get_tree) f(get_tree_head) f(init_snmp) f(netsnmp_ds_get_boolean) f(netsnmp_ds_set_boolean) f(netsnmp_get_version) \
	f(netsnmp_large_fd_set_cleanup) f(netsnmp_large_fd_set_init) f(netsnmp_large_fd_setfd) f(netsnmp_parse_args) \
	f(netsnmp_register_loghandler) f(netsnmp_socketbase_close) f(netsnmp_tcpbase_recv) f(netsnmp_tcpbase_send) \
	f(set_persistent_directory) f(snmp_add_null_var) f(snmp_add_var) f(snmp_api_errstring) \
	f(snmp_clone_pdu) f(snmp_free_pdu) f(snmp_parse_oid) f(snmp_pdu_create) f(snmp_register_callback) f(snmp_sess_add) \
	f(snmp_sess_async_send) f(snmp_sess_close) f(snmp_sess_error) f(snmp_sess_open) f(snmp_sess_read2) f(snmp_sess_select_info2) f(snmp_sess_session) \
	f(snmp_sess_timeout) f(snmp_sess_transport) f(snmpv3_get_report_type) f(sprint_realloc_objid) f(sprint_realloc_value) \
	f(usm_add_user) f(usm_create_user_from_session) f(usm_free_user) f(usm_get_user) f(usm_remove_user)
#define AGENT_POINTER(name) __typeof__(name) *name;
struct agent_functions { AGENT_FUNCTIONS(AGENT_POINTER) };
extern struct agent_functions lib;	/* valid after agent_library_start() */

/* An answer is the library's PDU. */
static inline const netsnmp_pdu *agent_pdu(const struct agent_answer *a)
{
	return (const void *)a;
}

/* While something is being captured, what the library prints and logs goes nowhere; the end gives its first line, or "". */
struct agent_capture { int before, file; };
void agent_capture_begin(struct agent_capture *c);
void agent_capture_end(struct agent_capture *c, char *text, size_t size);

/* agent_session.c: what agent_open() says of to, fd and options.  Returns a session of the library, or NULL with *e. */
void *agent_session(const struct address *to, int fd, char **options, size_t count, struct error *e);

void agent_put_oid(struct buf *out, const oid *ids, size_t len);

#endif /* AGENT_NET_SNMP */

#endif
