/* SPDX-License-Identifier: ISC */
/*
 * agent_values: the variables of an answer as the cells of a row.
 */
#include "snmp/agent_parts.h"

#ifdef AGENT_NET_SNMP

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "proto/json.h"
#include "snmp/objects.h"

static const netsnmp_variable_list *variable(const struct agent_answer *a, size_t i)
{
	const netsnmp_variable_list *v = agent_pdu(a)->variables;

	while (v != NULL && i-- > 0)
		v = v->next_variable;
	return v;
}

size_t agent_answer_count(const struct agent_answer *a)
{
	size_t n = 0;

	for (const netsnmp_variable_list *v = agent_pdu(a)->variables; v != NULL; v = v->next_variable)
		n++;
	return n;
}

bool agent_answer_oid(const struct agent_answer *a, size_t i, struct agent_oid *o)
{
	const netsnmp_variable_list *v = variable(a, i);

	if (v == NULL || v->name_length > AGENT_OID_MAX)
		return false;
	o->len = v->name_length;
	for (size_t k = 0; k < o->len; k++)
		o->ids[k] = v->name[k];
	return true;
}

bool agent_answer_missing(const struct agent_answer *a, size_t i)
{
	const netsnmp_variable_list *v = variable(a, i);

	return v == NULL || v->type == SNMP_NOSUCHOBJECT || v->type == SNMP_NOSUCHINSTANCE || v->type == SNMP_ENDOFMIBVIEW;
}

long agent_answer_error(const struct agent_answer *a, const char **name, long *index)
{
	static const char *const names[] = {"noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess",
		"wrongType", "wrongLength", "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable",
		"commitFailed", "undoFailed", "authorizationError", "notWritable", "inconsistentName"};
	long error = agent_pdu(a)->errstat;

	*name = error >= 0 && error < (long)(sizeof names / sizeof names[0]) ? names[error] : "an unknown error";
	*index = agent_pdu(a)->errindex;
	return error;
}

/* --- values --- */

/* True if octets are text that a user could have typed. */
static bool is_text(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; ) {
		uint32_t point;
		int n = utf8_decode((const char *)bytes + i, len - i, &point);

		if (n <= 0 || (point < ' ' && point != '\t' && point != '\n' && point != '\r') || (point >= 0x7f && point < 0xa0))
			return false;
		i += (size_t)n;
	}
	return true;
}

static void put_hex(struct buf *out, const unsigned char *bytes, size_t len)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++)
		buf_printf(out, i > 0 ? " %02X" : "%02X", bytes[i]);
	buf_putc(out, '"');
}

static const struct tree *object(const netsnmp_variable_list *v)
{
	return lib.get_tree(v->name, v->name_length, lib.get_tree_head());
}

/* As its object's MIB has it. */
static bool put_hinted(struct buf *out, const netsnmp_variable_list *v)
{
	u_char *text = NULL;
	size_t room = 0, used = 0;
	const struct tree *t = object(v);
	int quick = lib.netsnmp_ds_get_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_QUICK_PRINT);
	bool done;

	if (t == NULL || t->hint == NULL)
		return false;
	lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_QUICK_PRINT, 1);
	done = lib.sprint_realloc_value(&text, &room, &used, 1, v->name, v->name_length, v);
	lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_QUICK_PRINT, quick);
	done = done && is_text(text, used);
	if (done)
		json_put_string(out, (const char *)text, used);
	free(text);
	return done;
}

/* "up(1)" */
static bool put_enumerated(struct buf *out, const netsnmp_variable_list *v, long value)
{
	const struct tree *t = object(v);

	for (const struct enum_list *e = t != NULL ? t->enums : NULL; e != NULL; e = e->next)
		if (e->value == value) {
			buf_printf(out, "\"%s(%d)\"", e->label, e->value);
			return true;
		}
	return false;
}

static void put_octets(struct buf *out, const netsnmp_variable_list *v, bool words)
{
	bool text = is_text(v->val.string, v->val_len);

	buf_puts(out, text ? "\"STRING\"," : "\"Hex-STRING\",");
	if (words && !text && put_hinted(out, v))
		return;
	if (text)
		json_put_string(out, (const char *)v->val.string, v->val_len);
	else
		put_hex(out, v->val.string, v->val_len);
}

/* 1/100 s: "3d 04:05:06.78" */
static void put_ticks(struct buf *out, unsigned long ticks)
{
	unsigned long s = ticks / 100;

	buf_putc(out, '"');
	if (s >= 86400)
		buf_printf(out, "%lud ", s / 86400);
	buf_printf(out, "%02lu:%02lu:%02lu.%02lu\"", s / 3600 % 24, s / 60 % 60, s % 60, ticks % 100);
}

static void put_real(struct buf *out, double d, int digits)
{
	if (isfinite(d))
		buf_printf(out, "%.*g", digits, d);
	else
		buf_printf(out, "\"%g\"", d);
}

static unsigned long long counter64(const netsnmp_variable_list *v)
{
	return (unsigned long long)v->val.counter64->high << 32 | (v->val.counter64->low & 0xffffffffUL);
}

/* "type",value */
static void put_value(struct buf *out, const netsnmp_variable_list *v, bool words)
{
	long integer = v->val.integer != NULL && v->val_len > 0 ? *v->val.integer : 0;
	unsigned long number = (unsigned long)integer & 0xffffffffUL;

	switch (v->type) {
	case ASN_INTEGER:
		buf_puts(out, "\"INTEGER\",");
		if (!words || !put_enumerated(out, v, integer))
			buf_printf(out, "%ld", integer);
		return;
	case ASN_OCTET_STR:
		put_octets(out, v, words);
		return;
	case ASN_OBJECT_ID: {
		struct buf text = {0};
		agent_put_oid(&text, v->val.objid, v->val_len / sizeof(oid));
		buf_puts(out, "\"OID\",");
		json_put_string(out, buf_head(&text), text.len);
		buf_clear(&text);
		return;
	}
	case ASN_IPADDRESS:
		buf_puts(out, "\"IpAddress\",");
		if (v->val_len == 4)
			buf_printf(out, "\"%u.%u.%u.%u\"", v->val.string[0], v->val.string[1], v->val.string[2], v->val.string[3]);
		else
			put_hex(out, v->val.string, v->val_len);
		return;
	case ASN_COUNTER:
		buf_printf(out, "\"Counter32\",%lu", number);
		return;
	case ASN_GAUGE:		/* and Unsigned32 */
		buf_printf(out, "\"Gauge32\",%lu", number);
		return;
	case ASN_UINTEGER:	/* of SNMPv2's first draft, and of some agents still */
		buf_printf(out, "\"UInteger32\",%lu", number);
		return;
	case ASN_TIMETICKS:
		buf_puts(out, "\"Timeticks\",");
		if (words)
			put_ticks(out, number);
		else
			buf_printf(out, "%lu", number);
		return;
	case ASN_COUNTER64:
		buf_printf(out, "\"Counter64\",%llu", counter64(v));
		return;
#ifdef NETSNMP_WITH_OPAQUE_SPECIAL_TYPES
	case ASN_OPAQUE_COUNTER64:
	case ASN_OPAQUE_U64:
		buf_printf(out, "\"Opaque\",%llu", counter64(v));
		return;
	case ASN_OPAQUE_I64:
		buf_printf(out, "\"Opaque\",%lld", (long long)counter64(v));
		return;
	case ASN_OPAQUE_FLOAT:
		buf_puts(out, "\"Opaque\",");
		put_real(out, (double)*v->val.floatVal, 9);
		return;
	case ASN_OPAQUE_DOUBLE:
		buf_puts(out, "\"Opaque\",");
		put_real(out, *v->val.doubleVal, 17);
		return;
#endif
	case ASN_NULL:
		buf_puts(out, "\"NULL\",null");
		return;
	case SNMP_NOSUCHOBJECT:
		buf_puts(out, "\"noSuchObject\",null");
		return;
	case SNMP_NOSUCHINSTANCE:
		buf_puts(out, "\"noSuchInstance\",null");
		return;
	case SNMP_ENDOFMIBVIEW:
		buf_puts(out, "\"endOfMibView\",null");
		return;
	default:
		buf_printf(out, "\"%s\",", v->type == ASN_OPAQUE ? "Opaque" : v->type == ASN_BIT_STR ? "BITS" : "unknown");
		put_hex(out, v->val.string, v->val.string != NULL ? v->val_len : 0);
	}
}

void agent_answer_row(const struct agent_answer *a, size_t i, bool words, struct buf *out)
{
	const netsnmp_variable_list *v = variable(a, i);
	struct buf name = {0};
	struct agent_oid o;

	if (v == NULL)
		return;
	agent_put_oid(&name, v->name, v->name_length);
	/* No MIBs: the usual ones have names here, for people; programs get what they have always got. */
	if (words && name.len > 0 && *buf_head(&name) == '.' && agent_answer_oid(a, i, &o)) {
		buf_reset(&name);
		if (!objects_put(&name, &o))
			agent_put_oid(&name, v->name, v->name_length);
	}
	buf_putc(out, '[');
	json_put_string(out, buf_head(&name), name.len);
	buf_putc(out, ',');
	put_value(out, v, words);
	buf_putc(out, ']');
	out->failed |= name.failed;
	buf_clear(&name);
}

#endif
