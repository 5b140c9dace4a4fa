/* SPDX-License-Identifier: ISC */
/*
 * objects: the names of the system and interfaces groups (RFC 3418, RFC 2863).  See objects.h.
 *
 * Debian ships no MIB files with them.  Knows numbers and names, no library.
 */
#include "snmp/objects.h"

#include <stdint.h>
#include <string.h>

enum { DEPTH = 4 };	/* numbers after mib-2, at most */

static const unsigned long mib2[] = {1, 3, 6, 1, 2, 1};

enum { MIB2 = sizeof mib2 / sizeof mib2[0] };

/* The numbers after mib-2, 0 from its end on; a group comes before its members. */
static const struct { const char *name; unsigned char ids[DEPTH]; } objects[] = {
	{"system", {1}}, {"sysDescr", {1, 1}}, {"sysObjectID", {1, 2}}, {"sysUpTime", {1, 3}}, {"sysContact", {1, 4}},
	{"sysName", {1, 5}}, {"sysLocation", {1, 6}}, {"sysServices", {1, 7}},
	{"sysORLastChange", {1, 8}}, {"sysORTable", {1, 9}}, {"sysOREntry", {1, 9, 1}}, {"sysORIndex", {1, 9, 1, 1}},
	{"sysORID", {1, 9, 1, 2}}, {"sysORDescr", {1, 9, 1, 3}}, {"sysORUpTime", {1, 9, 1, 4}},
	{"interfaces", {2}}, {"ifNumber", {2, 1}}, {"ifTable", {2, 2}}, {"ifEntry", {2, 2, 1}}, {"ifIndex", {2, 2, 1, 1}},
	{"ifDescr", {2, 2, 1, 2}}, {"ifType", {2, 2, 1, 3}}, {"ifMtu", {2, 2, 1, 4}}, {"ifSpeed", {2, 2, 1, 5}},
	{"ifPhysAddress", {2, 2, 1, 6}}, {"ifAdminStatus", {2, 2, 1, 7}}, {"ifOperStatus", {2, 2, 1, 8}},
	{"ifLastChange", {2, 2, 1, 9}}, {"ifInOctets", {2, 2, 1, 10}}, {"ifInUcastPkts", {2, 2, 1, 11}},
	{"ifInNUcastPkts", {2, 2, 1, 12}}, {"ifInDiscards", {2, 2, 1, 13}}, {"ifInErrors", {2, 2, 1, 14}},
	{"ifInUnknownProtos", {2, 2, 1, 15}}, {"ifOutOctets", {2, 2, 1, 16}}, {"ifOutUcastPkts", {2, 2, 1, 17}},
	{"ifOutNUcastPkts", {2, 2, 1, 18}}, {"ifOutDiscards", {2, 2, 1, 19}}, {"ifOutErrors", {2, 2, 1, 20}},
	{"ifOutQLen", {2, 2, 1, 21}}, {"ifSpecific", {2, 2, 1, 22}},
	{"ifMIB", {31}}, {"ifMIBObjects", {31, 1}}, {"ifXTable", {31, 1, 1}}, {"ifXEntry", {31, 1, 1, 1}},
};

/* The columns of ifXEntry, from 1. */
static const char *const columns[] = {
	"ifName", "ifInMulticastPkts", "ifInBroadcastPkts", "ifOutMulticastPkts", "ifOutBroadcastPkts", "ifHCInOctets",
	"ifHCInUcastPkts", "ifHCInMulticastPkts", "ifHCInBroadcastPkts", "ifHCOutOctets", "ifHCOutUcastPkts",
	"ifHCOutMulticastPkts", "ifHCOutBroadcastPkts", "ifLinkUpDownTrapEnable", "ifHighSpeed", "ifPromiscuousMode",
	"ifConnectorPresent", "ifAlias", "ifCounterDiscontinuityTime",
};

enum { OBJECTS = sizeof objects / sizeof objects[0], COLUMNS = sizeof columns / sizeof columns[0], ROW = OBJECTS - 1 };

static void append(struct agent_oid *o, unsigned long id)
{
	o->ids[o->len++] = id;
}

static void numbers_of(struct agent_oid *o, size_t i)
{
	size_t row = i < OBJECTS ? i : ROW;

	o->len = 0;
	for (size_t k = 0; k < MIB2; k++)
		append(o, mib2[k]);
	for (size_t k = 0; k < DEPTH && objects[row].ids[k] != 0; k++)
		append(o, objects[row].ids[k]);
	if (i >= OBJECTS)
		append(o, i - OBJECTS + 1);
}

static const char *name_of(size_t i)
{
	return i < OBJECTS ? objects[i].name : columns[i - OBJECTS];
}

/* Appends the number that text begins with (RFC 2578, section 3.5: 32 bits), and moves on. */
static bool add_number(struct agent_oid *o, const char **text)
{
	uint64_t n = 0;

	if (**text < '0' || **text > '9' || o->len == AGENT_OID_MAX)
		return false;
	for (; **text >= '0' && **text <= '9'; ++*text)
		if ((n = n * 10 + (uint64_t)(**text - '0')) > UINT32_MAX)
			return false;
	append(o, (unsigned long)n);
	return true;
}

/* Appends ".1.2", all of it. */
static bool add_numbers(struct agent_oid *o, const char *text)
{
	while (*text == '.') {
		text++;
		if (!add_number(o, &text))
			return false;
	}
	return *text == '\0';
}

/* Numbers alone mean the same with any MIBs and without. */
static bool read_numbers(struct agent_oid *o, const char *text)
{
	o->len = 0;
	text += *text == '.';
	return add_number(o, &text) && add_numbers(o, text) && o->len >= 2;
}

bool objects_find(struct agent_oid *o, const char *text)
{
	static const char *const modules[] = {"SNMPv2-MIB::", "RFC1213-MIB::", "IF-MIB::"};
	size_t len;

	if (read_numbers(o, text))
		return true;
	for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
		if (strncmp(text, modules[i], strlen(modules[i])) == 0) {
			text += strlen(modules[i]);
			break;
		}
	len = strcspn(text, ".");
	for (size_t i = 0; i < OBJECTS + COLUMNS; i++)
		if (strlen(name_of(i)) == len && strncmp(name_of(i), text, len) == 0) {
			numbers_of(o, i);
			return add_numbers(o, text + len);
		}
	return false;
}

bool objects_within(const struct agent_oid *o, const struct agent_oid *root)
{
	return o->len >= root->len && memcmp(o->ids, root->ids, root->len * sizeof root->ids[0]) == 0;
}

int objects_compare(const struct agent_oid *a, const struct agent_oid *b)
{
	for (size_t i = 0; i < a->len && i < b->len; i++)
		if (a->ids[i] != b->ids[i])
			return a->ids[i] < b->ids[i] ? -1 : 1;
	return a->len < b->len ? -1 : a->len > b->len;
}

bool objects_put(struct buf *out, const struct agent_oid *o)
{
	struct agent_oid best = {.len = 0}, one;
	const char *name = NULL;

	for (size_t i = 0; i < OBJECTS + COLUMNS; i++) {
		numbers_of(&one, i);
		if (one.len > best.len && objects_within(o, &one)) {
			best = one;
			name = name_of(i);
		}
	}
	if (name == NULL)
		return false;
	buf_puts(out, name);
	for (size_t k = best.len; k < o->len; k++)
		buf_printf(out, ".%lu", o->ids[k]);
	return true;
}

void objects_each(void (*found)(void *ctx, const char *name), void *ctx)
{
	for (size_t i = 0; i < OBJECTS + COLUMNS; i++)
		found(ctx, name_of(i));
}
