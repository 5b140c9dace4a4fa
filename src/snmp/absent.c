/* SPDX-License-Identifier: ISC */
/*
 * absent: the agent of a build without Net-SNMP: every call fails with a message.
 */
#include "snmp/agent_parts.h"

#ifndef AGENT_NET_SNMP

const char agent_options[] = "";
const char agent_secrets[] = "cAX";

static int absent(struct error *e)
{
	return error_set(e, STATUS_USAGE, "this ptsh was built without Net-SNMP (libsnmp-dev): it has no SNMP");
}

const char *agent_library(void)
{
	return NULL;
}

int agent_library_start(struct error *e)
{
	return absent(e);
}

int agent_oid_parse(struct agent_oid *o, const char *text, struct error *e)
{
	(void)o, (void)text;
	return absent(e);
}

void agent_oid_text(const struct agent_oid *o, struct buf *out)
{
	(void)o, (void)out;
}

size_t agent_answer_count(const struct agent_answer *a)
{
	(void)a;
	return 0;
}

bool agent_answer_oid(const struct agent_answer *a, size_t i, struct agent_oid *o)
{
	(void)a, (void)i, (void)o;
	return false;
}

bool agent_answer_missing(const struct agent_answer *a, size_t i)
{
	(void)a, (void)i;
	return true;
}

void agent_answer_row(const struct agent_answer *a, size_t i, bool words, struct buf *out)
{
	(void)a, (void)i, (void)words, (void)out;
}

long agent_answer_error(const struct agent_answer *a, const char **name, long *index)
{
	(void)a, (void)name, (void)index;
	return 0;
}

struct agent *agent_open(struct loop *l, const struct address *to, int fd, char **options, size_t count,
    const struct agent_ops *ops, void *ctx, struct error *e)
{
	(void)l, (void)to, (void)fd, (void)options, (void)count, (void)ops, (void)ctx;
	absent(e);
	return NULL;
}

void agent_close(struct agent *a)
{
	(void)a;
}

int agent_version(const struct agent *a)
{
	(void)a;
	return 0;
}

int agent_ask(struct agent *a, const struct agent_request *r, struct error *e)
{
	(void)a, (void)r;
	return absent(e);
}

#endif
