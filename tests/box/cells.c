/* SPDX-License-Identifier: ISC */
/*
 * cells: the values in the columns of a query.
 *
 * Hand-made formatting: a reply of two million cells is to take no longer than sending it.  A few values are
 * awkward on purpose: other scripts, control characters, a terminal's escape sequence.
 */
#include "cells.h"

#include <string.h>
#include <time.h>

/* --- writing a cell --- */

#define UPPER_DIGITS "0123456789ABCDEF"
#define HEX_DIGITS "0123456789abcdef"
static const char hex_digits[] = HEX_DIGITS;

static void say(struct cell *c, const char *text)
{
	c->text = text;
	c->len = strlen(text);
}

static void add(struct cell *c, const char *text)
{
	/* Byte by byte: they are short. */
	while (*text)
		c->room[c->len++] = *text++;
}

/* A number with leading zeros up to `width` digits. */
static void add_number(struct cell *c, uint64_t value, unsigned width)
{
	char digits[20];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while ((value /= 10) > 0 || n < width);
	while (n > 0)
		c->room[c->len++] = digits[--n];
}

static void number(struct cell *c, uint64_t value)
{
	c->kind = CELL_NUMBER;
	add_number(c, value, 1);
}

/* Hundredths, with both digits: 0.10 */
static void hundredths(struct cell *c, uint64_t value)
{
	c->kind = CELL_NUMBER;
	add_number(c, value / 100, 1);
	c->room[c->len++] = '.';
	add_number(c, value % 100, 2);
}

static void digits(struct cell *c, uint64_t value)
{
	add_number(c, value, 1);
}

static void nothing(struct cell *c)
{
	c->kind = CELL_NULL;
}

/* A time in 2025 as text, or raw as epoch seconds. */
static void moment(struct cell *c, uint64_t hash, bool raw)
{
	struct tm t = {.tm_year = 125, .tm_mon = (int)(hash % 10), .tm_mday = (int)(hash / 10 % 28) + 1,
	    .tm_hour = (int)(hash / 280 % 24), .tm_min = (int)(hash / 6720 % 60),
	    .tm_sec = (int)(hash / 403200 % 60)};

	if (raw) {
		number(c, (uint64_t)timegm(&t));
		return;
	}
	add(c, "2025-");
	add_number(c, (uint64_t)t.tm_mon + 1, 2);
	add(c, "-");
	add_number(c, (uint64_t)t.tm_mday, 2);
	add(c, " ");
	add_number(c, (uint64_t)t.tm_hour, 2);
	add(c, ":");
	add_number(c, (uint64_t)t.tm_min, 2);
	add(c, ":");
	add_number(c, (uint64_t)t.tm_sec, 2);
}

static void mac(struct cell *c, enum mac_style spelling, uint64_t hash, bool raw)
{
	static const struct {
		const char *digits;
		int group;		/* octets between two signs */
		char between;
	} styles[] = {
	    [MAC_COLON] = {HEX_DIGITS, 1, ':'}, [MAC_UPPER] = {UPPER_DIGITS, 1, ':'}, [MAC_DASH] = {UPPER_DIGITS, 1, '-'},
	    [MAC_DOT] = {HEX_DIGITS, 2, '.'}, [MAC_BARE] = {HEX_DIGITS, MAC_LEN, ' '}};
	static const unsigned char makers[][3] = {
	    {0x00, 0x1d, 0x60}, {0x00, 0x30, 0x42}, {0x00, 0x0b, 0x5f}, {0x3c, 0xd9, 0x2b}, {0xf0, 0x9f, 0xc2}};
	const unsigned char *maker = makers[hash % 5];
	unsigned char octets[MAC_LEN] = {maker[0], maker[1], maker[2], (unsigned char)(hash >> 16),
	    (unsigned char)(hash >> 8), (unsigned char)(hash >> 32)};

	if (raw) {
		c->kind = CELL_OCTETS;
		memcpy(c->room, octets, MAC_LEN);
		c->len = MAC_LEN;
		return;
	}
	for (int i = 0; i < MAC_LEN; i++) {
		if (i > 0 && i % styles[spelling].group == 0)
			c->room[c->len++] = styles[spelling].between;
		c->room[c->len++] = styles[spelling].digits[octets[i] >> 4];
		c->room[c->len++] = styles[spelling].digits[octets[i] & 15];
	}
}

/* The second address of a device with two; another device has only this one. */
static const char second_address[] = "192.0.2.33";

/* An IPv4 address as text, or raw as four octets. */
static void address(struct cell *c, const char *text, bool raw)
{
	unsigned value = 0;

	if (!raw) {
		add(c, text);
		return;
	}
	c->kind = CELL_OCTETS;
	for (;; text++) {
		if (*text >= '0' && *text <= '9') {
			value = value * 10 + (unsigned)(*text - '0');
			continue;
		}
		c->room[c->len++] = (char)value;
		value = 0;
		if (!*text)
			return;
	}
}

/* 2001:DB8:0:N:0:0:0:1 in realm N. */
static void upper_ipv6(struct cell *c, unsigned realm, bool raw)
{
	if (raw) {
		static const char octets[16] = {0x20, 0x01, 0x0d, (char)0xb8, [15] = 1};

		c->kind = CELL_OCTETS;
		memcpy(c->room, octets, sizeof octets);
		c->room[7] = (char)realm;
		c->len = sizeof octets;
		return;
	}
	add(c, "2001:DB8:0:");
	add_number(c, realm, 1);
	add(c, ":0:0:0:1");
}

static void device_address(struct cell *c, const struct place *p, bool raw)
{
	const struct realm *r = p->realm;
	char ip[IP_TEXT];

	if (device_is(r, p->device, UPPER_IPV6)) {
		upper_ipv6(c, r->number, raw);
		return;
	}
	if (device_is(r, p->device, SECOND_ALONE)) {
		address(c, second_address, raw);
		return;
	}
	if (p->device_hash % 50 == 7 && !device_is(r, p->device, TWO_ADDRESSES)) {
		nothing(c);
		return;
	}
	device_ip(ip, r, p->device);
	address(c, ip, raw);
	if (device_is(r, p->device, TWO_ADDRESSES) && !raw) {
		add(c, " ");
		add(c, second_address);
	}
}

/* --- the data of a place --- */

static void domain(struct cell *c, const struct place *p)
{
	char room[IP_TEXT];

	add(c, ".");
	add(c, realm_domain(p->realm, room));
	add(c, ".example");
}

static void switch_name(struct cell *c, const struct place *p)
{
	add(c, "switch");
	add_number(c, p->sw + 1, 2);
	domain(c, p);
}

static void device_name(struct cell *c, const struct place *p)
{
	static const char *const kinds[] = {"pc-", "pc-", "laptop-", "phone-", "printer-", "ap-", "cam-"};

	if (p->device_hash % 29 == 3) {
		nothing(c);
		return;
	}
	add(c, kinds[p->device_hash % 7]);
	add_number(c, p->device + 1, 5);
	domain(c, p);
}

static void interface(struct cell *c, const struct place *p, const char *fast, const char *uplink)
{
	bool up = p->port > SWITCH_PORTS - 2;

	add(c, up ? uplink : fast);
	add_number(c, up ? p->port - (SWITCH_PORTS - 2) : p->port, 1);
}

static void alias(struct cell *c, const struct place *p)
{
	if (p->port > SWITCH_PORTS - 2) {
		add(c, "uplink");
		return;
	}
	if (p->sw == 0 && (p->port == DESK_BLANK || p->port == DESK_UNDERSCORE)) {
		add(c, p->port == DESK_BLANK ? "desk 7" : "desk_7");
		return;
	}
	if (p->port_hash % 5 == 0)
		return;
	add(c, p->port_hash % 11 == 0 ? "Büro " : "room ");
	add_number(c, p->port_hash / 64 % 400 + 1, 3);
}

static const char *device_comment(const struct place *p)
{
	switch (p->device) {
	case 3:
		return "Empfang, Erdgeschoß (Frau Müller)";
	case 5:
		return "会议室 3 的投影仪";
	case 7:
		return "moved \"temporarily\" in 2019 \\o/";
	case 11:
		return "reversed: \xe2\x80\xae drawkcab";
	}
	return "";
}

static const char *device_notes(const struct place *p)
{
	if (p->device == 9)
		return "first line\nsecond line\twith a tab";
	return p->device_hash % 40 == 0 ? "to be replaced" : "";
}

static const char *sysdescr(const struct place *p)
{
	static const char *const descr[] = {
	    "Cisco IOS Software, C2960 Software, Version 12.2(55)SE\r\nCompiled Thu 28-Jul-11",
	    "ProCurve J9021A Switch 2810-24G, revision N.11.25, ROM N.10.01",
	    "Juniper Networks, Inc. ex2200-24t-4g internet router, kernel JUNOS 12.3R6.6",
	    "ExtremeXOS (X440-24t) version 15.3.1.4 by release-manager"};

	if (p->sw == 1)
		return "\x1b[31mred\x1b[0m \x1b]0;title\x07 \xc2\x9b" "1m: a switch that thinks it is a terminal";
	return descr[p->switch_hash % 4];
}

static const char *model(const struct place *p)
{
	static const char *const models[] = {"WS-C2960-24TT-L", "J9021A", "EX2200-24T-4G", "X440-24t"};

	return models[p->switch_hash % 4];
}

static unsigned used_ports(const struct place *p)
{
	size_t first = p->sw * DEVICES_PER_SWITCH, left = p->realm->devices - first;

	/* The two uplinks, less the one that is gone. */
	return (left < DEVICES_PER_SWITCH ? (unsigned)left : DEVICES_PER_SWITCH) + 2 -
	    device_is(p->realm, first + GONE, GONE);
}

static const char *vlan_name(uint64_t hash)
{
	static const char *const names[] = {"default", "Büro", "voice", "WLAN-Gäste", "printers", "管理"};

	return names[hash % 6];
}

/* Counts devices on the port; the first uplink of a switch leads to the devices of all others. */
static uint64_t detected(const struct place *p)
{
	size_t own = used_ports(p) - 2;

	if (p->port != SWITCH_PORTS - 1)
		return p->occupied;
	return p->realm->devices > own ? p->realm->devices - own : p->realm->devices;
}

/* --- columns --- */

static void make_port(struct cell *c, const struct place *p, enum column column, bool raw)
{
	bool up = p->occupied || p->port > SWITCH_PORTS - 2;

	switch (column) {
	case C_port_pktcount:
		number(c, up ? p->port_hash % 100000000000 : 0);
		return;
	case C_port_errorcount:
		number(c, p->port_hash % 13 == 0 ? p->port_hash / 13 % 500 : 0);
		return;
	case C_port_error_percentage:
		hundredths(c, p->port_hash % 13 == 0 ? p->port_hash / 13 % 500 / 5 : 0);
		return;
	case C_linkduplex:
		say(c, p->port_hash % 17 == 0 ? "half" : "full");
		return;
	case C_linkadminduplex:
		say(c, "auto");
		return;
	case C_linkstatus:
		say(c, up ? "up" : "down");
		return;
	case C_linkadminstatus:
		say(c, p->port == 24 ? "down" : "up");
		return;
	case C_linkspeed:
		number(c, p->port > SWITCH_PORTS - 2 ? 1000000000 : 100000000);
		return;
	case C_port_mac:
		mac(c, p->macs, p->port_hash / 5 * 5, raw);
		return;
	case C_ifname:
		interface(c, p, "Fa0/", "Gi0/");
		return;
	case C_ifdescr:
		interface(c, p, "FastEthernet0/", "GigabitEthernet0/");
		return;
	case C_ifalias:
		alias(c, p);
		return;
	case C_history_port:
		number(c, p->version != 0);
		return;
	case C_port_comment:
		say(c, p->sw == 0 && p->port == 2 ? "Kabel defekt – ausgetauscht" : "");
		return;
	case C_port_log_start:
		moment(c, p->port_hash, raw);
		return;
	case C_port_log_end:
		if (p->version)
			moment(c, p->port_hash / 3, raw);
		else
			nothing(c);
		return;
	case C_detected_devices_current:
		number(c, detected(p));
		return;
	case C_port_action:
		say(c, "P");
		return;
	case C_poe_power:
		if (p->occupied && p->device_hash % 7 == 3)
			hundredths(c, 380 + p->port_hash % 900);
		else
			nothing(c);
		return;
	case C_poe_status:
		say(c, !p->occupied ? "searching" : p->device_hash % 7 == 3 ? "delivering" : "disabled");
		return;
	default:
		return;
	}
}

static void make_switch(struct cell *c, const struct place *p, enum column column, bool raw)
{
	char ip[IP_TEXT];
	unsigned used = used_ports(p);

	switch (column) {
	case C_switch:
		number(c, p->sw + 1);
		return;
	case C_switch_uid: case C_switch_dnsname:
		switch_name(c, p);
		return;
	case C_switch_ip:
		switch_ip(ip, p->realm, p->sw);
		address(c, ip, raw);
		return;
	case C_number_ports:
		digits(c, SWITCH_PORTS);
		return;
	case C_free_ports: case C_available_ports:
		digits(c, SWITCH_PORTS - used);
		return;
	case C_free_ports_percentage: case C_available_ports_percentage:
		digits(c, (SWITCH_PORTS - used) * 100 / SWITCH_PORTS);
		return;
	case C_switch_action:
		say(c, "S");
		return;
	case C_switch_syslocation:
		say(c, p->sw % 5 == 2 ? "Zürich, Gebäude 4, Keller" : "rack 2");
		return;
	case C_switch_sysservices:
		number(c, 78);
		return;
	case C_history_switch:
		number(c, p->version != 0);
		return;
	case C_switch_log_start: case C_ports_lastchange:
		moment(c, p->switch_hash, raw);
		return;
	case C_switch_log_end:
		nothing(c);
		return;
	case C_switch_pollduration:
		hundredths(c, 20 + p->switch_hash % 300);
		return;
	case C_switch_model:
		say(c, model(p));
		return;
	case C_switch_sysdescr:
		say(c, sysdescr(p));
		return;
	case C_switch_comment:
		say(c, p->sw == 0 ? "核心交换机" : "");
		return;
	case C_switch_notes:
		say(c, p->sw == 2 ? "UPS battery\r\nreplaced" : "");
		return;
	case C_poe_ports:
		digits(c, p->switch_hash % 3 == 0 ? 24 : 0);
		return;
	default:
		return;
	}
}

static void make_device(struct cell *c, const struct place *p, enum column column, bool raw)
{
	char room[IP_TEXT];

	switch (column) {
	case C_device_mac:
		mac(c, p->macs, p->device_hash, raw);
		return;
	case C_device_ip:
		device_address(c, p, raw);
		return;
	case C_device_dnsname:
		device_name(c, p);
		return;
	case C_device_comment:
		say(c, device_comment(p));
		return;
	case C_device_notes:
		say(c, device_notes(p));
		return;
	case C_device_log_start:
		moment(c, p->device_hash + p->version, raw);
		return;
	case C_device_log_end:
		if (p->version)
			moment(c, p->device_hash / 7 + p->version, raw);
		else
			nothing(c);
		return;
	case C_history_device:
		number(c, p->version != 0);
		return;
	case C_vlan:
		number(c, p->device_hash % 6 == 0 ? 1 : p->device_hash % 6 * 10);
		return;
	case C_vlanname:
		say(c, vlan_name(p->device_hash));
		return;
	case C_vtpdomain:
		add(c, realm_domain(p->realm, room));
		return;
	default:
		return;
	}
}

void cell_make(struct cell *cell, const struct place *p, enum query_type type, unsigned column, bool raw)
{
	enum column which = column_of(type, column);

	cell->kind = CELL_TEXT;
	cell->text = cell->room;
	cell->len = 0;
	switch (which) {
	case C_device_mac: case C_device_ip: case C_device_dnsname: case C_device_comment: case C_device_notes:
	case C_device_log_start: case C_device_log_end: case C_history_device: case C_vlan: case C_vlanname:
	case C_vtpdomain:
		make_device(cell, p, which, raw);
		return;
	case C_port_pktcount: case C_port_errorcount: case C_port_error_percentage: case C_linkduplex:
	case C_linkadminduplex: case C_linkstatus: case C_linkadminstatus: case C_linkspeed: case C_port_mac:
	case C_ifname: case C_ifdescr: case C_ifalias: case C_history_port: case C_port_comment:
	case C_port_log_start: case C_port_log_end: case C_detected_devices_current: case C_port_action:
	case C_poe_power: case C_poe_status:
		make_port(cell, p, which, raw);
		return;
	default:
		make_switch(cell, p, which, raw);
	}
}

static char *write_escape(char *at, unsigned char c)
{
	memcpy(at, "\\u00", 4);
	at[4] = hex_digits[c >> 4];
	at[5] = hex_digits[c & 15];
	return at + 6;
}

/* Octets become the characters of the same numbers: \u0000B\u0006D^ */
char *cell_write(char *at, const struct cell *cell)
{
	size_t i;

	switch (cell->kind) {
	case CELL_NULL:
		memcpy(at, "null", 4);
		return at + 4;
	case CELL_NUMBER:
		memcpy(at, cell->text, cell->len);
		return at + cell->len;
	case CELL_TEXT: case CELL_OCTETS:
		break;
	}
	*at++ = '"';
	for (i = 0; i < cell->len; i++) {
		unsigned char c = (unsigned char)cell->text[i];

		if (c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && cell->kind == CELL_OCTETS))
			at = write_escape(at, c);
		else
			*at++ = (char)c;
	}
	*at++ = '"';
	return at;
}
