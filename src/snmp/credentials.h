/* SPDX-License-Identifier: ISC */
/*
 * credentials: the credentials of a realm that a box would use for a host.
 */
#ifndef PTSH_SNMP_CREDENTIALS_H
#define PTSH_SNMP_CREDENTIALS_H

#include <stdbool.h>

#include "format/output.h"
#include "net/address.h"
#include "proto/json.h"

/* Of version 3; NULL: it has none.  The protocols are spelt as Net-SNMP has them, where they are known. */
struct snmp_user {
	const char *name, *auth, *priv;		/* auth, priv: pass phrases */
	const char *auth_protocol, *priv_protocol;
};

/* entry is "10.1.0.0/16"; all texts are valid for the call only. */
struct snmp_credentials_ops {
	void (*excluded)(void *ctx, const char *entry);
	/* version: "1" or "2c"; number: its place in the entry, from 1 */
	void (*community)(void *ctx, const char *entry, const char *version, const char *community, unsigned number);
	void (*user)(void *ctx, const char *entry, const struct snmp_user *user);
	/* Something of the entry is not understood: nothing of it must be sent.  May be called several times. */
	void (*unclear)(void *ctx, const char *entry);
};

/* Reports what the entry with the longest prefix that contains the host has.  False: no entry does.  values: of the reply. */
bool snmp_credentials_read(const struct reply_about *about, struct json_iter values, const struct address *host,
    const struct snmp_credentials_ops *ops, void *ctx);

#endif
