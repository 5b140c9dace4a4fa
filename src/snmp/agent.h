/* SPDX-License-Identifier: ISC */
/*
 * agent: one SNMP agent being asked, on the loop.
 *
 * Net-SNMP speaks the protocol and reads the options, snmp.conf and the MIBs; no file outside of this folder includes it.
 * Nothing here blocks: not the discovery of a v3 engine's id, either.  A build without the library has the same
 * functions (snmp/absent.c): agent_library() is NULL then, and the others say so.
 */
#ifndef PTSH_SNMP_AGENT_H
#define PTSH_SNMP_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "net/address.h"
#include "net/loop.h"

enum { AGENT_PORT = 161, AGENT_OID_MAX = 128 };

/* Returns Net-SNMP's version, or NULL: this build has no SNMP, or the library is not there. */
const char *agent_library(void);
/* Loads Net-SNMP, its configuration and MIBs, once.  Call it before what follows.  0, or -1 with *e (STATUS_USAGE). */
int agent_library_start(struct error *e);

/* --- requests --- */

struct agent_oid {
	unsigned long ids[AGENT_OID_MAX];
	size_t len;
};

/* Reads "1.3.6.1.2.1.1.1.0", a usual name, any name where there are MIBs.  0, or -1 with *e (STATUS_USAGE). */
int agent_oid_parse(struct agent_oid *o, const char *text, struct error *e);
/* Appends the name, as far as MIBs know it. */
void agent_oid_text(const struct agent_oid *o, struct buf *out);

enum agent_operation { AGENT_GET, AGENT_GETNEXT, AGENT_GETBULK, AGENT_SET };

struct agent_request {
	enum agent_operation operation;
	const struct agent_oid *oids;
	size_t count;
	/* AGENT_SET: snmpset(1)'s letter and the value, one for each; borrowed */
	char *const *types, *const *values;
	/* AGENT_GETBULK */
	long non_repeaters, max_repetitions;
};

/* --- the answer --- */

struct agent_answer;

size_t agent_answer_count(const struct agent_answer *a);
/* Gets the name of variable i.  False: it has none, or there is no i. */
bool agent_answer_oid(const struct agent_answer *a, size_t i, struct agent_oid *o);
/* True if variable i is no value but noSuchObject, noSuchInstance or endOfMibView. */
bool agent_answer_missing(const struct agent_answer *a, size_t i);
/* Appends [oid, type, value] as JSON.  words: for people, with names, enumerations and times in words; else numbers stay
 * numbers, and octets that are no text are hexadecimal. */
void agent_answer_row(const struct agent_answer *a, size_t i, bool words, struct buf *out);
/* Returns the error's number in the answer (RFC 3416, section 3), 0 none; gets its name, and the number of the variable it is
 * about, from 1, 0 unknown. */
long agent_answer_error(const struct agent_answer *a, const char **name, long *index);

enum { AGENT_TOO_BIG = 1, AGENT_NO_SUCH_NAME = 2 };

/* --- asking --- */

struct agent_ops {
	/* The answer is valid until this returns. */
	void (*answered)(void *ctx, const struct agent_answer *answer);
	/* None has come (STATUS_TIMEOUT), or it was refused (STATUS_FAILED). */
	void (*failed)(void *ctx, const struct error *e);
	/* For --verbose. */
	void (*step)(void *ctx, const char *text);
};

struct agent;

/* The options of snmpcmd(1) that a session may have: -v -c -r -t -l -u -a -A -x -X -n -e -E -Z. */
extern const char agent_options[];
/* Those among them that are secrets. */
extern const char agent_secrets[];

/* Opens a session with the agent at that address.  Takes fd, a socket that is connected to it by TCP, also on failure; -1: by
 * UDP.  options: words as snmpget(1) takes them, each letter and each argument a word of its own; secrets among them are wiped.
 * Options not given come from snmp.conf(5).  NULL with *e. */
struct agent *agent_open(struct loop *l, const struct address *to, int fd, char **options, size_t count, const struct agent_ops *ops,
    void *ctx, struct error *e);
/* May be called from within a callback.  NULL is ignored. */
void agent_close(struct agent *a);

/* Returns 1, 2 (for 2c) or 3. */
int agent_version(const struct agent *a);

/* Asks; one at a time.  The answer comes from the loop.  0, or -1 with *e. */
int agent_ask(struct agent *a, const struct agent_request *r, struct error *e);

#endif
