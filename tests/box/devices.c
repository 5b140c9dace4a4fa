/* SPDX-License-Identifier: ISC */
/*
 * devices: the switches, ports and end devices of a realm, made up from numbers.
 */
#include "devices.h"

#include <stdio.h>
#include <string.h>

uint64_t scramble(uint64_t a, uint64_t b)
{
	/* The mixing steps of splitmix64 (Steele, Lea, Flood 2014). */
	uint64_t z = a * 0x9e3779b97f4a7c15u + b + 0x632be59bd9b4e019u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

size_t devices_switches(size_t devices)
{
	return (devices + DEVICES_PER_SWITCH - 1) / DEVICES_PER_SWITCH;
}

bool device_is(const struct realm *r, size_t device, enum special special)
{
	return r->devices >= SPECIAL_MIN && device == (size_t)special;
}

/* --- places --- */

static uint64_t realm_hash(const struct model *m, const struct realm *r, uint64_t kind)
{
	return scramble(scramble(m->seed, r->number), kind);
}

void place_switch(struct place *p, const struct model *m, const struct realm *r, size_t sw)
{
	*p = (struct place){.realm = r, .sw = sw, .port = 1, .macs = m->macs};
	p->switch_hash = scramble(realm_hash(m, r, 1), sw);
}

void place_port(struct place *p, const struct model *m, const struct realm *r, size_t sw, unsigned port)
{
	place_switch(p, m, r, sw);
	p->port = port;
	p->port_hash = scramble(realm_hash(m, r, 2), sw * SWITCH_PORTS + port);
	p->device = sw * DEVICES_PER_SWITCH + port - 1;
	p->occupied = port <= DEVICES_PER_SWITCH && p->device < r->devices && !device_is(r, p->device, GONE);
	if (p->occupied)
		p->device_hash = scramble(realm_hash(m, r, 3), p->device);
}

void place_device(
    struct place *p, const struct model *m, const struct realm *r, size_t device, unsigned version)
{
	size_t sw = device / DEVICES_PER_SWITCH;
	unsigned port = (unsigned)(device % DEVICES_PER_SWITCH) + 1;

	/* The device was at another port before. */
	if (version == 1) {
		sw = (sw + 1) % r->switches;
		port = DEVICES_PER_SWITCH + 1 + (unsigned)(device % 4);
	}
	place_port(p, m, r, sw, port);
	p->device = device;
	p->device_hash = scramble(realm_hash(m, r, 3), device);
	p->occupied = version == 0 && !device_is(r, device, GONE);
	p->version = version;
}

void place_uplink(struct place *p, const struct model *m, const struct realm *r)
{
	place_device(p, m, r, ON_UPLINK, 0);
	place_port(p, m, r, (p->sw + 1) % r->switches, SWITCH_PORTS - 1);
	p->device = ON_UPLINK;
	p->device_hash = scramble(realm_hash(m, r, 3), ON_UPLINK);
	p->uplink = true;
}

/* --- addresses and names --- */

static char *octet(char *p, unsigned value)
{
	if (value >= 100)
		*p++ = (char)('0' + value / 100);
	if (value >= 10)
		*p++ = (char)('0' + value / 10 % 10);
	*p++ = (char)('0' + value % 10);
	return p;
}

static size_t ip_text(char text[static IP_TEXT], unsigned a, unsigned b, unsigned c, unsigned d)
{
	char *p = octet(text, a);

	*p++ = '.';
	p = octet(p, b);
	*p++ = '.';
	p = octet(p, c);
	*p++ = '.';
	p = octet(p, d);
	*p = '\0';
	return (size_t)(p - text);
}

size_t switch_ip(char text[static IP_TEXT], const struct realm *r, size_t sw)
{
	return ip_text(text, 10, r->number % 64, (unsigned)(sw / 250), (unsigned)(sw % 250) + 1);
}

size_t device_ip(char text[static IP_TEXT], const struct realm *r, size_t device)
{
	return ip_text(text, 10, 64 + r->number % 12 * 16 + (unsigned)(device >> 16),
	    (unsigned)(device >> 8 & 255), (unsigned)(device & 255));
}

long switch_find(const struct realm *r, const char *ip)
{
	unsigned a, b, c, d;
	char text[IP_TEXT], end;
	size_t sw;

	if (sscanf(ip, "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d, &end) != 4 || d == 0 || d > 250)
		return -1;
	sw = (size_t)c * 250 + d - 1;
	if (sw >= r->switches)
		return -1;
	switch_ip(text, r, sw);
	return strcmp(text, ip) == 0 ? (long)sw : -1;
}

const char *realm_domain(const struct realm *r, char room[static IP_TEXT])
{
	static const char *const known[] = {"head-office", "zuerich", "lab", "tokyo", "archive"};

	if (r->number < sizeof known / sizeof *known)
		return known[r->number];
	snprintf(room, IP_TEXT, "realm%u", r->number);
	return room;
}
