/*
 * snmp_host: one look-up.  Knows no protocol.
 */
#include "shell/snmp_host.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snmp/agent.h"

enum { HOST_MAX = 256 };

/* snmpcmd(1)'s "udp:" and "udp6:" in front of the rest: the family wanted, AF_UNSPEC without one. */
static int skip_transport(const char **text)
{
	static const struct { const char *name; int family; } transports[] = {
		{"udp:", AF_INET}, {"udp6:", AF_INET6}, {"udpv6:", AF_INET6}, {"udpipv6:", AF_INET6},
	};

	for (size_t i = 0; i < sizeof transports / sizeof transports[0]; i++) {
		size_t len = strlen(transports[i].name);

		if (strncmp(*text, transports[i].name, len) == 0) {
			*text += len;
			return transports[i].family;
		}
	}
	return AF_UNSPEC;
}

/* "host", "host:161", "[v6]:161", "v6" */
static int split(const char *text, char host[static HOST_MAX], unsigned short *port, struct error *e)
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
				return error_set(e, STATUS_USAGE, "%.80s: not HOST or HOST:PORT (SNMP goes over UDP here)", text);
			colon = NULL;
		}
		len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	}
	if (colon != NULL) {
		char *rest;
		unsigned long n = strtoul(colon + 1, &rest, 10);

		if (colon[1] < '0' || colon[1] > '9' || *rest != '\0' || n == 0 || n > 65535)
			return error_set(e, STATUS_USAGE, "%.80s: the port is a number from 1 to 65535 (and SNMP goes over UDP)", text);
		*port = (unsigned short)n;
	}
	if (len == 0 || len >= HOST_MAX)
		return error_set(e, STATUS_USAGE, "%.80s: not HOST or HOST:PORT", text);
	memcpy(host, text, len);
	host[len] = '\0';
	return 0;
}

static void on_soon(void *ctx)
{
	struct snmp_host *h = ctx;

	h->done(h->ctx, &h->address, NULL);
}

static void on_resolved(void *ctx, int fd, short revents)
{
	struct snmp_host *h = ctx;
	struct address_list list = {0};
	struct error e;
	char *note = NULL;
	size_t best = SIZE_MAX;

	(void)revents;
	loop_unwatch(h->loop, fd);
	int result = resolve_take(h->resolve, &list, &note, &e);
	resolve_free(h->resolve);
	h->resolve = NULL;
	free(note);
	/* Of several the first of IPv4, as Net-SNMP has it, unless IPv6 is asked for. */
	for (size_t i = 0; i < list.count; i++) {
		int family = list.items[i].sa.any.sa_family;

		if (h->family != AF_UNSPEC && family != h->family)
			continue;
		if (best == SIZE_MAX || (family == AF_INET && list.items[best].sa.any.sa_family != AF_INET))
			best = i;
	}
	if (result == 0 && best == SIZE_MAX)
		result = error_set(&e, STATUS_LOST, "it has no address of that kind");
	if (result == -1) {
		address_list_clear(&list);
		h->done(h->ctx, NULL, &e);
		return;
	}
	h->address = list.items[best];
	address_list_clear(&list);
	h->done(h->ctx, &h->address, NULL);
}

int snmp_host_find(struct snmp_host *h, struct loop *l, const char *text,
    void (*done)(void *ctx, const struct address *a, const struct error *e), void *ctx, struct error *e)
{
	char host[HOST_MAX];
	unsigned short port;

	*h = (struct snmp_host){.loop = l, .done = done, .ctx = ctx, .family = skip_transport(&text)};
	if (split(text, host, &port, e) == -1)
		return -1;
	if (address_parse(&h->address, host, port)) {
		if (h->family != AF_UNSPEC && h->address.sa.any.sa_family != h->family)
			return error_set(e, STATUS_USAGE, "%.80s: %s", text, h->family == AF_INET ? "udp: is for IPv4" : "udp6: is for IPv6");
		loop_timer_start(l, &h->soon, 0, on_soon, h);
		return 0;
	}
	h->resolve = resolve_start(host, port, NULL);
	if (h->resolve == NULL)
		return error_set(e, STATUS_LOST, "%s cannot be looked up: %s", host, strerror(errno));
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
	loop_timer_stop(h->loop, &h->soon);
	if (h->resolve != NULL) {
		loop_unwatch(h->loop, resolve_fd(h->resolve));
		resolve_free(h->resolve);
		h->resolve = NULL;
	}
}
