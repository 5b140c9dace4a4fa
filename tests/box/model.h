/* SPDX-License-Identifier: ISC */
/*
 * model: what the box knows: realms, pollers, groups, settings, certificates.  Knows no protocol but the
 * spelling of gids and of values, which are text as the boxes have them.
 *
 * End devices and switches are not kept: devices.h makes them up from a realm's number.
 */
#ifndef BOX_MODEL_H
#define BOX_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"
#include "options.h"

enum { GID_SIZE = 24 };

/* name and value; value NULL: null */
struct prop {
	char *name, *value;
};
struct props {
	ITEMS(struct prop);
};

struct seed {
	char *ip;
	bool manual;
};

struct credential {
	char *subnet;
	unsigned bits, flags;
	char *versions;			/* JSON: [[2,[...]],[3,...]] */
};

enum { REALM_ROLES = 10, SYSTEM_ROLES = 11 };

struct realm {
	char gid[GID_SIZE];
	unsigned number;		/* never used again: what its devices are made from */
	struct props props;		/* name description discovery_poller ageing_interval last_... */
	struct props settings;		/* advanced */
	ITEMS(char *) blocked;		/* block_port_macs */
	ITEMS(struct seed) seeds;
	ITEMS(struct credential) credentials;
	size_t devices, switches;
	char (*assigned)[GID_SIZE];	/* per switch: poller gid, "" none */
	unsigned polling, syncing;	/* in progress */
	size_t discovered;		/* infrastructure devices at the last discovery */
	bool polled;			/* poll_result is there */
	char *bsync, *qsync;		/* results; NULL: none yet */
};

struct subnet {
	char *address;
	unsigned bits, limit, flags;
};

struct poller {
	char gid[GID_SIZE], realm[GID_SIZE];
	struct props props;		/* name description hostname secret dns_max_outstanding */
	ITEMS(struct subnet) subnets;
};

struct realm_permissions {
	char realm[GID_SIZE];
	unsigned char role[REALM_ROLES];
};

struct group {
	char gid[GID_SIZE];
	struct props props;		/* name description */
	unsigned char system[SYSTEM_ROLES];
	ITEMS(struct realm_permissions) realms;
};

struct certificate {
	char *name, *pem;
	bool apache, api;
};

struct method {
	char gid[GID_SIZE];
	const char *name;
	bool inuse;
	struct props props;		/* server secret domain certificate timeout */
	ITEMS(char *) ctrls;
};

/* Pointers, so that they stay valid while others are added and deleted. */
struct model {
	ITEMS(struct realm *) realms;
	ITEMS(struct poller *) pollers;
	ITEMS(struct group *) groups;
	ITEMS(struct certificate) certificates;
	ITEMS(struct method) methods;
	struct props global, advanced, misc;
	uint64_t next_gid;
	unsigned next_realm;
	uint64_t seed;
	enum mac_style macs;
};

extern const char *const system_roles[SYSTEM_ROLES + 1], *const realm_roles[REALM_ROLES + 1];

/* Fills it with the factory's data. */
void model_init(struct model *m, const struct options *o);
void model_clear(struct model *m);

struct realm *model_realm(struct model *m, const char *gid);
struct poller *model_poller(struct model *m, const char *gid);
struct group *model_group(struct model *m, const char *gid);
struct method *model_method(struct model *m, const char *gid);
struct certificate *model_certificate(struct model *m, const char *name);

struct realm *model_add_realm(struct model *m, const char *name, const char *description);
struct poller *model_add_poller(struct model *m, const struct realm *r, const char *name,
    const char *description, const char *hostname, const char *secret);
struct group *model_add_group(struct model *m, const char *name, const char *description);
void model_add_certificate(struct model *m, const char *name, const char *pem);
void model_delete_realm(struct model *m, struct realm *r);	/* its pollers, too */
void model_delete_poller(struct model *m, struct poller *p);	/* what was assigned to it is not */
void model_delete_group(struct model *m, struct group *g);
void model_delete_certificate(struct model *m, struct certificate *c);

/* Returns a group's permissions in a realm; with `add` creates them if there are none. */
struct realm_permissions *model_permissions(struct group *g, const char *realm, bool add);

void realm_set_devices(struct realm *r, size_t devices);
void realm_add_seed(struct realm *r, const char *ip, bool manual);
void realm_delete_seed(struct realm *r, const char *ip);
void realm_add_credential(
    struct realm *r, const char *subnet, unsigned bits, const char *versions, size_t len, unsigned flags);
void realm_delete_credential(struct realm *r, const char *subnet, unsigned bits);
void poller_add_subnet(struct poller *p, const struct subnet *s);	/* copies the address */
void poller_delete_subnet(struct poller *p, const struct subnet *s);	/* only an exact match */

const char *props_get(const struct props *p, const char *name);
void props_set(struct props *p, const char *name, const char *value);

/* A list of strings. */
void names_add(char ***v, size_t *n, size_t *cap, const char *name);
void names_delete(char **v, size_t *n, const char *name);

#endif
