/* SPDX-License-Identifier: ISC */
/*
 * model: what the box knows, made and deleted.  Its first contents are in factory.c.
 */
#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devices.h"
#include "factory.h"

const char *const system_roles[SYSTEM_ROLES + 1] = {"API", "Add Realms", "Advanced Settings",
    "Global Settings", "Group Management", "License", "Schedule Backup", "Security Settings",
    "System Utilities", "User Management", "View Log", NULL};
const char *const realm_roles[REALM_ROLES + 1] = {"Advanced Realm Settings", "Assign Devices",
    "Discovery Realm Settings", "Views", "Plugins", "Poller Settings", "Schedule Discovery", "Schedule Poll",
    "Schedule Report", "Schedule Sync", NULL};

/* --- properties and lists of names --- */

const char *props_get(const struct props *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return p->v[i].value;
	return NULL;
}

void props_set(struct props *p, const char *name, const char *value)
{
	struct prop *prop = NULL;

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			prop = &p->v[i];
	if (!prop) {
		prop = ITEM_ADD(p);
		prop->name = mem_string(name);
	}
	free(prop->value);
	prop->value = mem_string(value);
}

static void props_clear(struct props *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].value);
	}
	free(p->v);
}

void names_add(char ***v, size_t *n, size_t *cap, const char *name)
{
	*v = mem_room(*v, *n, cap, sizeof **v);
	(*v)[(*n)++] = mem_string(name);
}

void names_delete(char **v, size_t *n, const char *name)
{
	for (size_t i = *n; i-- > 0;)
		if (strcasecmp(v[i], name) == 0) {
			free(v[i]);
			mem_close(v, i, n, sizeof *v);
		}
}

static void names_clear(char **v, size_t n)
{
	while (n > 0)
		free(v[--n]);
	free(v);
}

/* --- finding --- */

struct realm *model_realm(struct model *m, const char *gid)
{
	for (size_t i = 0; i < m->realms.n; i++)
		if (strcmp(m->realms.v[i]->gid, gid) == 0)
			return m->realms.v[i];
	return NULL;
}

struct poller *model_poller(struct model *m, const char *gid)
{
	for (size_t i = 0; i < m->pollers.n; i++)
		if (strcmp(m->pollers.v[i]->gid, gid) == 0)
			return m->pollers.v[i];
	return NULL;
}

struct group *model_group(struct model *m, const char *gid)
{
	for (size_t i = 0; i < m->groups.n; i++)
		if (strcmp(m->groups.v[i]->gid, gid) == 0)
			return m->groups.v[i];
	return NULL;
}

struct method *model_method(struct model *m, const char *gid)
{
	for (size_t i = 0; i < m->methods.n; i++)
		if (strcmp(m->methods.v[i].gid, gid) == 0)
			return &m->methods.v[i];
	return NULL;
}

struct certificate *model_certificate(struct model *m, const char *name)
{
	for (size_t i = 0; i < m->certificates.n; i++)
		if (strcmp(m->certificates.v[i].name, name) == 0)
			return &m->certificates.v[i];
	return NULL;
}

/* --- realms --- */

static void new_gid(struct model *m, char gid[static GID_SIZE])
{
	snprintf(gid, GID_SIZE, "%" PRIu64, m->next_gid++);
}

struct realm *model_add_realm(struct model *m, const char *name, const char *description)
{
	struct realm *r = mem_zero(sizeof *r);

	new_gid(m, r->gid);
	r->number = m->next_realm++;
	props_set(&r->props, "name", name);
	props_set(&r->props, "description", description);
	props_set(&r->props, "ageing_interval", "3600");
	factory_realm_settings(&r->settings);
	*ITEM_ADD(&m->realms) = r;
	return r;
}

static void realm_free(struct realm *r)
{
	props_clear(&r->props);
	props_clear(&r->settings);
	names_clear(r->blocked.v, r->blocked.n);
	for (size_t i = 0; i < r->seeds.n; i++)
		free(r->seeds.v[i].ip);
	free(r->seeds.v);
	for (size_t i = 0; i < r->credentials.n; i++) {
		free(r->credentials.v[i].subnet);
		free(r->credentials.v[i].versions);
	}
	free(r->credentials.v);
	free(r->assigned);
	free(r->bsync);
	free(r->qsync);
	free(r);
}

void model_delete_realm(struct model *m, struct realm *r)
{
	for (size_t i = m->pollers.n; i-- > 0;)
		if (strcmp(m->pollers.v[i]->realm, r->gid) == 0)
			model_delete_poller(m, m->pollers.v[i]);
	for (size_t i = 0; i < m->groups.n; i++) {
		struct group *g = m->groups.v[i];

		for (size_t k = g->realms.n; k-- > 0;)
			if (strcmp(g->realms.v[k].realm, r->gid) == 0)
				ITEM_REMOVE(&g->realms, k);
	}
	for (size_t i = 0; i < m->realms.n; i++)
		if (m->realms.v[i] == r) {
			ITEM_REMOVE(&m->realms, i);
			break;
		}
	realm_free(r);
}

void realm_set_devices(struct realm *r, size_t devices)
{
	size_t switches = devices_switches(devices);
	char(*assigned)[GID_SIZE] = mem_zero(switches * sizeof *assigned);

	if (r->assigned)
		memcpy(assigned, r->assigned,
		    (r->switches < switches ? r->switches : switches) * sizeof *assigned);
	free(r->assigned);
	r->assigned = assigned;
	r->devices = devices;
	r->switches = switches;
}

void realm_add_seed(struct realm *r, const char *ip, bool manual)
{
	for (size_t i = 0; i < r->seeds.n; i++)
		if (strcmp(r->seeds.v[i].ip, ip) == 0) {
			r->seeds.v[i].manual |= manual;
			return;
		}
	*ITEM_ADD(&r->seeds) = (struct seed){mem_string(ip), manual};
}

void realm_delete_seed(struct realm *r, const char *ip)
{
	for (size_t i = r->seeds.n; i-- > 0;)
		if (strcmp(r->seeds.v[i].ip, ip) == 0) {
			free(r->seeds.v[i].ip);
			ITEM_REMOVE(&r->seeds, i);
		}
}

void realm_add_credential(
    struct realm *r, const char *subnet, unsigned bits, const char *versions, size_t len, unsigned flags)
{
	/* Replaces the old entry of the same subnet. */
	realm_delete_credential(r, subnet, bits);
	*ITEM_ADD(&r->credentials) =
	    (struct credential){mem_string(subnet), bits, flags, mem_copy(versions, len)};
}

void realm_delete_credential(struct realm *r, const char *subnet, unsigned bits)
{
	for (size_t i = r->credentials.n; i-- > 0;)
		if (strcmp(r->credentials.v[i].subnet, subnet) == 0 && r->credentials.v[i].bits == bits) {
			free(r->credentials.v[i].subnet);
			free(r->credentials.v[i].versions);
			ITEM_REMOVE(&r->credentials, i);
		}
}

/* --- pollers --- */

struct poller *model_add_poller(struct model *m, const struct realm *r, const char *name,
    const char *description, const char *hostname, const char *secret)
{
	struct poller *p = mem_zero(sizeof *p);

	new_gid(m, p->gid);
	memcpy(p->realm, r->gid, sizeof p->realm);
	props_set(&p->props, "name", name);
	props_set(&p->props, "description", description);
	props_set(&p->props, "hostname", hostname);
	props_set(&p->props, "secret", secret);
	props_set(&p->props, "dns_max_outstanding", "50");
	*ITEM_ADD(&m->pollers) = p;
	return p;
}

static void poller_free(struct poller *p)
{
	props_clear(&p->props);
	for (size_t i = 0; i < p->subnets.n; i++)
		free(p->subnets.v[i].address);
	free(p->subnets.v);
	free(p);
}

void model_delete_poller(struct model *m, struct poller *p)
{
	struct realm *r = model_realm(m, p->realm);

	for (size_t i = 0; r && i < r->switches; i++)
		if (strcmp(r->assigned[i], p->gid) == 0)
			r->assigned[i][0] = '\0';
	if (r && props_get(&r->props, "discovery_poller") &&
	    strcmp(props_get(&r->props, "discovery_poller"), p->gid) == 0)
		props_set(&r->props, "discovery_poller", NULL);
	for (size_t i = 0; i < m->pollers.n; i++)
		if (m->pollers.v[i] == p) {
			ITEM_REMOVE(&m->pollers, i);
			break;
		}
	poller_free(p);
}

void poller_add_subnet(struct poller *p, const struct subnet *s)
{
	struct subnet *new = ITEM_ADD(&p->subnets);

	*new = *s;
	new->address = mem_string(s->address);
}

void poller_delete_subnet(struct poller *p, const struct subnet *s)
{
	for (size_t i = p->subnets.n; i-- > 0;) {
		struct subnet *old = &p->subnets.v[i];

		if (strcmp(old->address, s->address) == 0 && old->bits == s->bits && old->limit == s->limit &&
		    old->flags == s->flags) {
			free(old->address);
			ITEM_REMOVE(&p->subnets, i);
		}
	}
}

/* --- groups --- */

struct group *model_add_group(struct model *m, const char *name, const char *description)
{
	struct group *g = mem_zero(sizeof *g);

	new_gid(m, g->gid);
	props_set(&g->props, "name", name);
	props_set(&g->props, "description", description);
	*ITEM_ADD(&m->groups) = g;
	return g;
}

static void group_free(struct group *g)
{
	props_clear(&g->props);
	free(g->realms.v);
	free(g);
}

void model_delete_group(struct model *m, struct group *g)
{
	for (size_t i = 0; i < m->groups.n; i++)
		if (m->groups.v[i] == g) {
			ITEM_REMOVE(&m->groups, i);
			break;
		}
	group_free(g);
}

struct realm_permissions *model_permissions(struct group *g, const char *realm, bool add)
{
	struct realm_permissions *p;

	for (size_t i = 0; i < g->realms.n; i++)
		if (strcmp(g->realms.v[i].realm, realm) == 0)
			return &g->realms.v[i];
	if (!add)
		return NULL;
	p = ITEM_ADD(&g->realms);
	snprintf(p->realm, sizeof p->realm, "%s", realm);
	return p;
}

/* --- certificates --- */

void model_add_certificate(struct model *m, const char *name, const char *pem)
{
	*ITEM_ADD(&m->certificates) = (struct certificate){mem_string(name), mem_string(pem), false, false};
}

void model_delete_certificate(struct model *m, struct certificate *c)
{
	free(c->name);
	free(c->pem);
	ITEM_REMOVE(&m->certificates, (size_t)(c - m->certificates.v));
}

/* --- the whole model --- */

void model_init(struct model *m, const struct options *o)
{
	*m = (struct model){.seed = o->seed, .macs = o->macs};
	factory_model(m, o);
}

void model_clear(struct model *m)
{
	while (m->realms.n > 0)
		model_delete_realm(m, m->realms.v[0]);
	while (m->pollers.n > 0)
		model_delete_poller(m, m->pollers.v[0]);
	while (m->groups.n > 0)
		model_delete_group(m, m->groups.v[0]);
	while (m->certificates.n > 0)
		model_delete_certificate(m, &m->certificates.v[0]);
	for (size_t i = 0; i < m->methods.n; i++) {
		props_clear(&m->methods.v[i].props);
		names_clear(m->methods.v[i].ctrls.v, m->methods.v[i].ctrls.n);
	}
	props_clear(&m->global);
	props_clear(&m->advanced);
	props_clear(&m->misc);
	free(m->realms.v);
	free(m->pollers.v);
	free(m->groups.v);
	free(m->certificates.v);
	free(m->methods.v);
}
