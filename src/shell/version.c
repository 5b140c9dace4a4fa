/* SPDX-License-Identifier: ISC */
/*
 * version: the text of --version: ours, and those of the libraries it runs with.
 */
#include "shell/version.h"

#include <cjson/cJSON.h>
#include <histedit.h>
#include <openssl/crypto.h>

#include "snmp/agent.h"

void version_print(struct sink *out)
{
	const char *snmp = agent_library();

	sink_printf(out, "ptsh %s\n%s\nlibedit %d.%d, cJSON %s, %s%s\n", PTSH_VERSION, OpenSSL_version(OPENSSL_VERSION), LIBEDIT_MAJOR,
	    LIBEDIT_MINOR, cJSON_Version(), snmp != NULL ? "Net-SNMP " : "no SNMP", snmp != NULL ? snmp : "");
}
