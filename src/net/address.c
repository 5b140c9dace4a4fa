/* SPDX-License-Identifier: ISC */
/*
 * address: socket addresses as values.  See address.h.  Opens no socket and looks nothing up.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool address_plain_v6(const char *text, char plain[static ADDRESS_V6])
{
	size_t len = strcspn(text, "%"), group;
	const char *zone = text + len;
	char address[INET6_ADDRSTRLEN + 16], four[INET_ADDRSTRLEN];
	struct in6_addr v6;
	struct in_addr v4;

	if (len >= sizeof address || strlen(zone) > IF_NAMESIZE * 4)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	/* The last part may be IPv4 (RFC 4291, section 2.2), in any form that is no group of four digits. */
	char *last = strrchr(address, ':');
	if (last == NULL)
		return false;
	group = strspn(++last, "0123456789abcdefABCDEF");
	if (last[group] != '\0' || group > 4) {
		if (strpbrk(last, " \t\n\r\v\f") != NULL || inet_aton(last, &v4) == 0)
			return false;
		inet_ntop(AF_INET, &v4, four, sizeof four);
		if ((size_t)(last - address) + strlen(four) >= sizeof address)
			return false;
		memcpy(last, four, strlen(four) + 1);
	}
	if (inet_pton(AF_INET6, address, &v6) != 1)
		return false;
	snprintf(plain, ADDRESS_V6, "%s%s", address, zone);
	return true;
}

bool address_parse(struct address *a, const char *text, unsigned short port)
{
	char plain[ADDRESS_V6];
	struct in_addr v4;
	struct addrinfo hints = {.ai_family = AF_INET6, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct addrinfo *found;

	memset(a, 0, sizeof *a);
	if (strchr(text, ':') == NULL) {
		struct sockaddr_in *in = (struct sockaddr_in *)&a->sa.room;

		if (strpbrk(text, " \t\n") != NULL || inet_aton(text, &v4) == 0)
			return false;
		in->sin_family = AF_INET;
		in->sin_addr = v4;
		a->len = sizeof *in;
	} else {
		/* getaddrinfo() knows zones; with AI_NUMERICHOST it sends no query. */
		if (!address_plain_v6(text, plain) || getaddrinfo(plain, NULL, &hints, &found) != 0)
			return false;
		memcpy(&a->sa, found->ai_addr, found->ai_addrlen);
		a->len = found->ai_addrlen;
		freeaddrinfo(found);
	}
	address_set_port(a, port);
	return true;
}

void address_text(const struct address *a, char text[static ADDRESS_TEXT])
{
	char host[ADDRESS_TEXT - 16];

	if (getnameinfo(&a->sa.any, a->len, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(text, ADDRESS_TEXT, "an address of family %d", a->sa.any.sa_family);
	else
		snprintf(text, ADDRESS_TEXT, "%s port %u", host, (unsigned)address_port(a));
}

bool address_ends(int fd, struct address *local, struct address *remote)
{
	*local = (struct address){.len = sizeof local->sa};
	*remote = (struct address){.len = sizeof remote->sa};
	return getsockname(fd, &local->sa.any, &local->len) == 0 && getpeername(fd, &remote->sa.any, &remote->len) == 0;
}

/* Returns the bytes of a host's address. */
static const void *host_bytes(const struct address *a, size_t *len)
{
	*len = sizeof(struct in_addr);
	if (a->sa.any.sa_family == AF_INET)
		return &((const struct sockaddr_in *)&a->sa.room)->sin_addr;
	if (a->sa.any.sa_family != AF_INET6)
		return NULL;
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)&a->sa.room)->sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(v6))
		return v6->s6_addr + 12;
	*len = sizeof *v6;
	return v6;
}

bool address_same_host(const struct address *a, const struct address *b)
{
	size_t a_len, b_len;
	const void *x = host_bytes(a, &a_len), *y = host_bytes(b, &b_len);

	return x != NULL && y != NULL && a_len == b_len && memcmp(x, y, a_len) == 0;
}

bool address_within(const struct address *host, const struct address *subnet, unsigned bits)
{
	size_t len, subnet_len;
	const unsigned char *a = host_bytes(host, &len), *b = host_bytes(subnet, &subnet_len);

	if (a == NULL || b == NULL || len != subnet_len || bits > len * 8)
		return false;
	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || ((a[bits / 8] ^ b[bits / 8]) & (0xff00U >> bits % 8) & 0xff) == 0;
}

bool address_is_loopback(const struct address *a)
{
	if (a->sa.any.sa_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)&a->sa.room)->sin_addr.s_addr) >> 24) == 127;
	if (a->sa.any.sa_family != AF_INET6)
		return false;
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)&a->sa.room)->sin6_addr;
	return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
}

void address_set_port(struct address *a, unsigned short port)
{
	if (a->sa.any.sa_family == AF_INET)
		((struct sockaddr_in *)&a->sa.room)->sin_port = htons(port);
	else if (a->sa.any.sa_family == AF_INET6)
		((struct sockaddr_in6 *)&a->sa.room)->sin6_port = htons(port);
}

unsigned short address_port(const struct address *a)
{
	if (a->sa.any.sa_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&a->sa.room)->sin_port);
	if (a->sa.any.sa_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&a->sa.room)->sin6_port);
	return 0;
}

int address_list_add(struct address_list *list, const struct address *a)
{
	struct address *items = reallocarray(list->items, list->count + 1, sizeof *items);

	if (items == NULL)
		return -1;
	list->items = items;
	items[list->count++] = *a;
	return 0;
}

void address_list_clear(struct address_list *list)
{
	free(list->items);
	*list = (struct address_list){0};
}

void address_list_interleave(struct address_list *list, size_t from)
{
	int wanted = AF_INET6;

	/* Lists are short: moving the next one of the wanted family to its place keeps the order of the rest. */
	for (size_t i = from; i < list->count; i++) {
		size_t j = i;

		while (j < list->count && list->items[j].sa.any.sa_family != wanted)
			j++;
		if (j == list->count && i > from)
			return;
		if (j < list->count) {
			struct address a = list->items[j];

			memmove(&list->items[i + 1], &list->items[i], (j - i) * sizeof a);
			list->items[i] = a;
		}
		wanted = list->items[i].sa.any.sa_family == AF_INET6 ? AF_INET : AF_INET6;
	}
}
