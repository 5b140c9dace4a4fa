/* SPDX-License-Identifier: ISC */
/*
 * fuzz_neighbours: texts of name servers, ident queries, users and boxes about hosts and ports.  The first byte says what the rest is: an
 * answer of DNS, a query of ident, where ident is to listen, a box as one types it, or a realm's credentials.
 */
#include <string.h>

#include "net/ident.h"
#include "net/srv.h"
#include "net/target.h"
#include "oracle.h"
#include "proto/catalog.h"
#include "snmp/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t state;

static uint32_t below(uint32_t n)
{
	state = state * 1103515245 + 12345;
	return (state >> 8) % n;
}

/* Checks that ordering loses and adds nothing. */
static void dns(const uint8_t *data, size_t size)
{
	struct srv_list list;
	unsigned long sum = 0, after = 0;
	size_t count;

	srv_read(&list, data, size);
	count = list.count;
	if (count > SRV_RECORDS || (list.nowhere && count > 0))
		oracle_fail("too many records", (const char *)data, size);
	for (size_t i = 0; i < count; i++) {
		const char *name = list.items[i].target;

		if (memchr(name, '\0', SRV_NAME) == NULL || name[0] == '-' || strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != strlen(name))
			oracle_fail("a name that is none", name, strlen(name));
		sum += list.items[i].port * 65536UL + list.items[i].weight;
	}
	state = size > 0 ? data[size - 1] : 0;
	srv_order(&list, below);
	for (size_t i = 0; i < list.count; i++) {
		after += list.items[i].port * 65536UL + list.items[i].weight;
		if (i > 0 && list.items[i].priority < list.items[i - 1].priority)
			oracle_fail("out of order", (const char *)data, size);
	}
	if (list.count != count || sum != after)
		oracle_fail("not the same records", (const char *)data, size);
}

/* Checks that a good query means the same when it is written plainly. */
static void query(const char *text, size_t len)
{
	unsigned ports[2], again[2];
	char plain[40];

	if (!ident_read_query(text, len, ports))
		return;
	int n = snprintf(plain, sizeof plain, "%u,%u", ports[0], ports[1]);
	if (!ident_read_query(plain, (size_t)n, again) || again[0] != ports[0] || again[1] != ports[1] || ports[0] == 0 || ports[0] > 65535 ||
	    ports[1] == 0 || ports[1] > 65535)
		oracle_fail("another query", text, len);
}

static void typed(const char *text)
{
	struct target t;
	struct error e = {0};
	struct address a;
	unsigned short port;
	char *name;

	(void)ident_where(text, &a, &port);
	if (target_parse(&t, text, NULL, &e) == 0) {
		if ((t.path == NULL) == (t.host == NULL) || (t.host != NULL && t.host[0] == '\0'))
			oracle_fail("neither host nor path", text, strlen(text));
		name = target_name(&t);
		free(name);
	} else if (e.status != STATUS_USAGE || e.text[0] == '\0') {
		oracle_fail("no reason", text, strlen(text));
	}
	target_clear(&t);
}

/* Checks that every community and user is of an entry that contains 10.1.2.3. */
static void seen(void *ctx, const char *entry)
{
	struct address host, subnet;
	const char *slash = strrchr(entry, '/');
	char text[100];

	(void)ctx;
	if (strlen(entry) > 80)		/* cut */
		return;
	snprintf(text, sizeof text, "%.*s", slash != NULL ? (int)(slash - entry) : 0, entry);
	if (!address_parse(&host, "10.1.2.3", 0) || !address_parse(&subnet, text, 0) || !address_within(&host, &subnet, (unsigned)atoi(slash + 1)))
		oracle_fail("another host's entry", entry, strlen(entry));
}

static void community(void *ctx, const char *entry, const char *version, const char *text, unsigned number)
{
	if (number == 0 || version[0] == '3')
		oracle_fail("an odd community", text, strlen(text));
	seen(ctx, entry);
}

static void user(void *ctx, const char *entry, const struct snmp_user *u)
{
	if ((u->name != NULL && u->name[0] == '\0') || (u->auth != NULL && u->auth[0] == '\0'))
		oracle_fail("an empty text", entry, strlen(entry));
	seen(ctx, entry);
}

static void credentials(const char *text, size_t len)
{
	static const struct snmp_credentials_ops ops = {.excluded = seen, .community = community, .user = user, .unclear = seen};
	const struct reply_about about = {.type = catalog_role(ROLE_CREDENTIALS)};
	struct address host;
	struct json v;
	size_t at;

	address_parse(&host, "10.1.2.3", 0);
	if (json_read(text, len, &v, &at) == NULL && json_kind(v) == JSON_ARRAY)
		(void)snmp_credentials_read(&about, json_iterate(v), &host, &ops, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0 || (text = malloc(size)) == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0] % 4) {
	case 0:
		dns(data + 1, size - 1);
		break;
	case 1:
		query(text, size - 1);
		break;
	case 2:
		typed(text);
		break;
	default:
		credentials(text, size - 1);
	}
	free(text);
	return 0;
}
