/* SPDX-License-Identifier: ISC */
/*
 * columns: which columns each type of realm_query has.
 */
#ifndef BOX_COLUMNS_H
#define BOX_COLUMNS_H

enum query_type { QUERY_DEVICE, QUERY_SWITCH, QUERY_DETAIL, QUERY_TYPES };

#define DEVICE_COLUMNS(X)                                                                                    \
	X(vlanname) X(port_pktcount) X(linkduplex) X(port_mac) X(device_log_end) X(port_errorcount)           \
	X(vtpdomain) X(switch_ip) X(device_log_start) X(linkstatus) X(linkspeed) X(device_mac)                \
	X(history_device) X(linkadminduplex) X(ifname) X(device_comment) X(device_notes) X(vlan)              \
	X(device_dnsname) X(ifalias) X(switch_uid) X(ifdescr) X(linkadminstatus) X(port_error_percentage)     \
	X(device_ip)
#define SWITCH_COLUMNS(X)                                                                                    \
	X(number_ports) X(switch_action) X(switch_syslocation) X(free_ports_percentage)                       \
	X(switch_sysservices) X(switch_dnsname) X(history_switch) X(switch_log_end) X(switch_pollduration)    \
	X(switch_model) X(available_ports_percentage) X(switch_comment) X(ports_lastchange) X(switch_ip)      \
	X(switch_sysdescr) X(switch_notes) X(available_ports) X(poe_ports) X(switch_log_start) X(switch_uid)  \
	X(switch) X(free_ports)
#define DETAIL_COLUMNS(X)                                                                                    \
	X(port_pktcount) X(history_port) X(linkduplex) X(port_mac) X(port_comment) X(port_log_start)          \
	X(port_errorcount) X(port_log_end) X(detected_devices_current) X(linkstatus) X(linkspeed)             \
	X(linkadminduplex) X(ifname) X(port_action) X(poe_power) X(ifalias) X(switch_uid) X(poe_status)       \
	X(switch) X(ifdescr) X(linkadminstatus) X(port_error_percentage)

/* Every column once, whatever the types that have it. */
enum column {
#define COLUMN(name) C_##name,
	DEVICE_COLUMNS(COLUMN)
	C_number_ports, C_switch_action, C_switch_syslocation, C_free_ports_percentage, C_switch_sysservices,
	C_switch_dnsname, C_history_switch, C_switch_log_end, C_switch_pollduration, C_switch_model,
	C_available_ports_percentage, C_switch_comment, C_ports_lastchange, C_switch_sysdescr, C_switch_notes,
	C_available_ports, C_poe_ports, C_switch_log_start, C_switch, C_free_ports, C_history_port,
	C_port_comment, C_port_log_start, C_port_log_end, C_detected_devices_current, C_port_action, C_poe_power, C_poe_status
};

extern const char *const query_names[QUERY_TYPES + 1];

/* Returns the columns of a type, in the order of the protocol document; ends with NULL. */
const char *const *query_columns(enum query_type type);

/* Returns which of all columns that of a type is (its index in query_columns()). */
enum column column_of(enum query_type type, unsigned column);

#endif
