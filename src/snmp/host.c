/* SPDX-License-Identifier: ISC */
/*
 * host: one look-up, and one connection where TCP is asked for.  Knows no protocol.
 */
#include "snmp/host.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "snmp/agent.h"

enum { HOST_MAX = 256 };

/* The prefixes of snmpcmd(1). */
static void skip_transport(struct snmp_host *h, const char **text)
{
	static const struct { const char *name; int family; bool tcp; } transports[] = {
		{"udp:", AF_INET, false}, {"udp6:", AF_INET6, false}, {"udpv6:", AF_INET6, false}, {"udpipv6:", AF_INET6, false},
		{"tcp:", AF_INET, true}, {"tcp6:", AF_INET6, true}, {"tcpv6:", AF_INET6, true}, {"tcpipv6:", AF_INET6, true},
	};

	for (size_t i = 0; i < sizeof transports / sizeof transports[0]; i++) {
		size_t len = strlen(transports[i].name);

		if (strncmp(*text, transports[i].name, len) == 0) {
			*text += len;
			h->family = transports[i].family;
			h->tcp = transports[i].tcp;
			return;
		}
	}
}

/* "host", "host:161", "[v6]:161", "v6" */
static int host_split(const char *text, char host[static HOST_MAX], unsigned short *port, struct error *e)
{
	const char *colon, *end;
	struct address a;
	size_t len;

	*port = AGENT_PORT;
	if (text[0] == '[' && (end = strchr(text, ']')) != NULL) {
		text++;
		len = (size_t)(end - text);
		colon = end[1] == ':' ? end + 1 : NULL;
		if (end[1] != '\0' && colon == NULL)
			len = 0;
	} else {
		colon = strchr(text, ':');
		if (colon != NULL && strchr(colon + 1, ':') != NULL) {	/* IPv6 without brackets */
			if (!address_parse(&a, text, AGENT_PORT))
				return error_set(e, STATUS_USAGE, "%.80s: not HOST or HOST:PORT", text);
			colon = NULL;
		}
		len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	}
	if (colon != NULL) {
		char *rest;
		unsigned long n = strtoul(colon + 1, &rest, 10);

		if (colon[1] < '0' || colon[1] > '9' || *rest != '\0' || n == 0 || n > 65535)
			return error_set(e, STATUS_USAGE, "%.80s: the port is a number from 1 to 65535", text);
		*port = (unsigned short)n;
	}
	if (len == 0 || len >= HOST_MAX)
		return error_set(e, STATUS_USAGE, "%.80s: not HOST or HOST:PORT", text);
	memcpy(host, text, len);
	host[len] = '\0';
	return 0;
}

static void host_fail(struct snmp_host *h, const char *why)
{
	struct error e;

	error_set(&e, STATUS_LOST, "%s", why);
	snmp_host_stop(h);
	h->done(h->ctx, NULL, -1, &e);
}

/* --- by TCP --- */

static void on_step(void *ctx, const char *text)
{
	(void)ctx, (void)text;		/* what failed is reported at the end */
}

static void describe(struct snmp_host *h, const char *what)
{
	struct buf why = {0};

	buf_printf(&why, "%s: ", what);
	dial_describe(h->dial, &why);
	host_fail(h, buf_string(&why) != NULL ? buf_string(&why) : "out of memory");
	buf_clear(&why);
}

static void on_connected(void *ctx, int fd, const struct address *a)
{
	struct snmp_host *h = ctx;

	if (fd == -1) {
		describe(h, "cannot connect");
		return;
	}
	h->address = *a;
	snmp_host_stop(h);
	h->done(h->ctx, &h->address, fd, NULL);
}

static void on_late(void *ctx)
{
	describe(ctx, "cannot connect in time");
}

/* --- addresses --- */

/* Takes the list. */
static void use(struct snmp_host *h, struct address_list *list)
{
	size_t kept = 0, best = 0;

	for (size_t i = 0; i < list->count; i++)
		if (h->family == AF_UNSPEC || list->items[i].sa.any.sa_family == h->family)
			list->items[kept++] = list->items[i];
	list->count = kept;
	if (kept == 0) {
		address_list_clear(list);
		host_fail(h, "it has no address of that kind");
		return;
	}
	if (h->tcp) {
		h->dial = dial_start(h->loop, list, NULL, on_connected, on_step, h);
		address_list_clear(list);
		if (h->dial == NULL)
			host_fail(h, "out of memory");
		else if (h->patience > 0)
			loop_timer_start(h->loop, &h->timer, h->patience, on_late, h);
		return;
	}
	while (best < kept && list->items[best].sa.any.sa_family != AF_INET)
		best++;
	h->address = list->items[best < kept ? best : 0];
	address_list_clear(list);
	h->done(h->ctx, &h->address, -1, NULL);
}

static void on_soon(void *ctx)
{
	struct snmp_host *h = ctx;
	struct address_list list = {0};

	if (address_list_add(&list, &h->address) == -1)
		host_fail(h, "out of memory");
	else
		use(h, &list);
}

static void on_resolved(void *ctx, int fd, short revents)
{
	struct snmp_host *h = ctx;
	struct address_list list = {0};
	struct error e;
	char *note = NULL;

	(void)revents;
	loop_unwatch(h->loop, fd);
	int result = resolve_take(h->resolve, &list, &note, &e);
	resolve_free(h->resolve);
	h->resolve = NULL;
	free(note);
	if (result == -1)
		host_fail(h, e.text);
	else
		use(h, &list);
}

int snmp_host_find(struct snmp_host *h, struct loop *l, const char *text, int64_t patience, snmp_host_done *done, void *ctx,
    struct error *e)
{
	char host[HOST_MAX];
	unsigned short port;

	*h = (struct snmp_host){.loop = l, .patience = patience, .done = done, .ctx = ctx, .family = AF_UNSPEC};
	skip_transport(h, &text);
	if (host_split(text, host, &port, e) == -1)
		return -1;
	if (address_parse(&h->address, host, port)) {
		if (h->family != AF_UNSPEC && h->address.sa.any.sa_family != h->family)
			return error_set(e, STATUS_USAGE, "%.80s: %s", text, h->family == AF_INET ? "udp: and tcp: are for IPv4" :
			    "udp6: and tcp6: are for IPv6");
		loop_timer_start(l, &h->timer, 0, on_soon, h);
		return 0;
	}
	h->resolve = resolve_start(host, port, NULL);
	if (h->resolve == NULL)
		return error_set(e, STATUS_LOST, "%s: cannot be looked up: %s", host, strerror(errno));
	if (loop_watch(l, resolve_fd(h->resolve), POLLIN, on_resolved, h) == 0)
		return 0;
	resolve_free(h->resolve);
	h->resolve = NULL;
	return error_memory(e);
}

void snmp_host_stop(struct snmp_host *h)
{
	if (h->loop == NULL)
		return;
	loop_timer_stop(h->loop, &h->timer);
	dial_free(h->dial);
	h->dial = NULL;
	if (h->resolve != NULL) {
		loop_unwatch(h->loop, resolve_fd(h->resolve));
		resolve_free(h->resolve);
		h->resolve = NULL;
	}
}
