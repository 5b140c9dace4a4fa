/* SPDX-License-Identifier: ISC */
/*
 * devices: the switches, ports and end devices of a realm, made up from numbers: a million need no memory.
 *
 * Device i hangs on switch i / 20.  Equal seeds make equal networks.
 */
#ifndef BOX_DEVICES_H
#define BOX_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/*
 * Special devices, once in each realm that is big enough, by number (from 0): one that is seen on an uplink
 * beside its own port, one with two addresses in its cell, the second of them alone, an IPv6 address written in full
 * and in upper case, and one that is only in the history.
 */
enum special { TWO_ADDRESSES = 6, UPPER_IPV6 = 8, GONE = 10, SECOND_ALONE = 12, ON_UPLINK = 13, SPECIAL_MIN = 15 };

/* Ports (from 1) of a realm's first switch, described alike but for a blank and an underscore. */
enum { DESK_BLANK = 14, DESK_UNDERSCORE = 15 };

enum { DEVICES_PER_SWITCH = 20, SWITCH_PORTS = 26, MAC_LEN = 6, IP_TEXT = 16 };

/* What a row of a query is about. */
struct place {
	const struct realm *realm;
	enum mac_style macs;
	size_t sw, device;		/* from 0 */
	unsigned port;			/* from 1 */
	bool occupied;			/* the port has the device */
	unsigned version;		/* of the row: 0 current, 1 older, 2 and 3 changes */
	bool uplink;			/* the row is of a device that is seen through the port */
	uint64_t switch_hash, port_hash, device_hash;
};

/* Returns how many switches so many devices hang on. */
size_t devices_switches(size_t devices);

/* Get the place of a device, of a switch's port, of a switch. */
void place_device(
    struct place *p, const struct model *m, const struct realm *r, size_t device, unsigned version);
void place_port(struct place *p, const struct model *m, const struct realm *r, size_t sw, unsigned port);
void place_switch(struct place *p, const struct model *m, const struct realm *r, size_t sw);

/* Gets the second place where the device ON_UPLINK is seen. */
void place_uplink(struct place *p, const struct model *m, const struct realm *r);

/* True if the device is the special one of its realm. */
bool device_is(const struct realm *r, size_t device, enum special special);

/* "10.0.0.1" */
size_t switch_ip(char text[static IP_TEXT], const struct realm *r, size_t sw);
size_t device_ip(char text[static IP_TEXT], const struct realm *r, size_t device);

/* Returns the switch with that address, or -1. */
long switch_find(const struct realm *r, const char *ip);

/* Gets the last part of the names of a realm's machines: "head-office". */
const char *realm_domain(const struct realm *r, char room[static IP_TEXT]);

/* Returns a number that looks random, the same for the same arguments. */
uint64_t scramble(uint64_t a, uint64_t b);

#endif
