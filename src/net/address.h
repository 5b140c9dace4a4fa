/* SPDX-License-Identifier: ISC */
/*
 * address: socket addresses as values, their text, and lists of them.
 */
#ifndef PTSH_NET_ADDRESS_H
#define PTSH_NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} sa;
	socklen_t len;
};

struct address_list {
	struct address *items;	/* owned */
	size_t count;
};

enum { ADDRESS_TEXT = 96, ADDRESS_V6 = 128 };

/* Writes an IPv6 address (with a zone perhaps) as inet_pton(3) takes it: IPv4 at its end may be in any of inet_aton(3)'s forms.
 * False: not an address. */
bool address_plain_v6(const char *text, char plain[static ADDRESS_V6]);

/* Reads any numeric form: inet_aton(3)'s, or IPv6, also with a zone; looks nothing up.  False: not an address. */
bool address_parse(struct address *a, const char *text, unsigned short port);

/* Writes "192.0.2.1 port 55", "2001:db8::1 port 55". */
void address_text(const struct address *a, char text[static ADDRESS_TEXT]);

/* True if it is the same host, whatever the ports; an IPv4 address inside IPv6 is that IPv4 address. */
bool address_same_host(const struct address *a, const struct address *b);

/* True if the host is in the subnet: the same family, and the first `bits` are the same. */
bool address_within(const struct address *host, const struct address *subnet, unsigned bits);

/* Get the two ends of a connected socket.  False: not connected. */
bool address_ends(int fd, struct address *local, struct address *remote);

/* True for 127.0.0.0/8, ::1, and the former inside IPv6. */
bool address_is_loopback(const struct address *a);

void address_set_port(struct address *a, unsigned short port);
unsigned short address_port(const struct address *a);

/* 0, or -1 without memory. */
int address_list_add(struct address_list *list, const struct address *a);
void address_list_clear(struct address_list *list);

/* Puts them in the order to try them in (RFC 8305, section 4): IPv6 first, then the families in turn, each in the
 * order it was in, beginning at `from`. */
void address_list_interleave(struct address_list *list, size_t from);

#endif
