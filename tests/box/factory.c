/* SPDX-License-Identifier: ISC */
/*
 * factory: the box's data before any change.
 *
 * Gids have 10 to 16 digits, as real ones do; those made later begin at 2^53 + 1, which a double cannot hold.
 */
#include "factory.h"

#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "settings.h"

const struct fixed_view views[] = {
	{"107374182460", "End Devices:Default", "device", QUERY_DEVICE,
	    "device_dnsname device_ip device_mac vlanname switch_uid ifname device_log_start"},
	{"3865500631171226", "End Devices:Gäste", "device", QUERY_DEVICE, "device_dnsname device_ip device_comment"},
	{"107374182461", "Switches:Default", "switch", QUERY_SWITCH,
	    "switch_uid switch_action number_ports free_ports available_ports available_ports_percentage poe_ports "
	    "switch_log_start ports_lastchange switch_log_end"},
	{"107374182462", "Ports:Default", "port", QUERY_DETAIL, "switch_uid ifname ifalias linkstatus linkspeed"},
	{"94489280669", "Ports:Multiple Devices on Port", "port", QUERY_DETAIL,
	    "switch_uid ifname detected_devices_current"},
	{NULL, NULL, NULL, 0, NULL},
};

const struct fixed_report reports[] = {
	{"3865500631171148", "New Report 1"},
	{"3865500631171149", "Übersicht – monthly"},
	{NULL, NULL},
};

static const struct {
	const char *gid, *name, *description, *discover, *poll, *sync;
	unsigned divisor;		/* of the devices of --devices; 0: none */
} realms[] = {
	{"5000015442", "Head Office", "all floors", "1762934400.25", "1762938000", "1762941600", 1},
	{"5100005442", "Zürich", "Filiale Zürich, Gebäude 1–4", "1762934523.5", "1762938123", NULL, 4},
	{"5200007311", "Lab", "", "2025-11-12 08:02:03", NULL, NULL, 10},
	{"64424509927", "東京", "東京支社", "1762934999", "1762938999", "1762942599.125", 20},
	{"3865500631171652", "Archive", "empty since the move\nof 2019", NULL, NULL, NULL, 0},
};
enum { REALMS = sizeof realms / sizeof *realms, OTHERS_MAX = 5000 };

static const struct {
	const char *gid, *name, *description, *hostname;
	unsigned realm;
} pollers[] = {
	{"64424509930", "localhost", "localhost", "127.0.0.1", 0},
	{"64424509931", "floor 3", "", "poller3.head-office.example", 0},
	{"64424509944", "Zürich", "Keller", "10.1.0.5", 1},
	{"64424509952", "lab", "a Raspberry Pi", "lab-poller.lab.example", 2},
	{"64424509960", "東京", "", "2001:db8::55", 3},
};

static const struct {
	const char *gid, *name, *description;
	unsigned char permission;
} groups[] = {
	{"98784248720", "Super Admin", "may do everything", 2},
	{"98784248721", "Network Administrator", "", 2},
	{"98784248723", "Network Operator", "looks, never touches", 1},
	{"98784248728", "helpme", "Hilfe für die Nacht", 0},
};

static const char pem[] = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUbm90IGEgcmVhbCBjZXJ0aWZpY2F0ZQ==\n"
    "-----END CERTIFICATE-----\n";

void factory_realm_settings(struct props *settings)
{
	settings_default(settings, realm_settings);
}

static void seed_realm(struct realm *r)
{
	char ip[IP_TEXT];

	for (size_t i = 0; i < 3 && i < r->switches; i++) {
		switch_ip(ip, r, i);
		realm_add_seed(r, ip, i == 2);
	}
	snprintf(ip, sizeof ip, "10.%u.0.0", r->number);
	if (r->number == 0) {
		static const char both[] = "[[2,[\"public\",\"geheim\"]],[3,\"authPrivUser\",\"authpass\",\"privpass\",null,"
		    "\"md5\",\"aes\"]]";

		realm_add_credential(r, ip, 16, both, strlen(both), 1);
		realm_add_credential(r, "10.0.99.0", 24, "[]", 2, 0);
		realm_add_credential(r, "2001:db8::", 32, "[[2,[\"six\"]]]", 13, 1);
	} else {
		realm_add_credential(r, ip, 16, "[[2,[\"public\"]]]", 16, 1);
	}
	if (r->number < 2)
		names_add(&r->blocked.v, &r->blocked.n, &r->blocked.cap, "11:00:0A:0B:11:22");
}

static void make_realms(struct model *m, const struct options *o)
{
	for (size_t i = 0; i < REALMS; i++) {
		struct realm *r = model_add_realm(m, realms[i].name, realms[i].description);
		size_t devices = realms[i].divisor ? o->devices / realms[i].divisor : 0;

		snprintf(r->gid, sizeof r->gid, "%s", realms[i].gid);
		props_set(&r->props, "last_discover", realms[i].discover);
		props_set(&r->props, "last_poll", realms[i].poll);
		props_set(&r->props, "last_sync", realms[i].sync);
		realm_set_devices(r, i > 0 && devices > OTHERS_MAX ? OTHERS_MAX : devices);
		r->discovered = realms[i].discover ? r->switches : 0;
		r->polled = realms[i].poll != NULL;
		r->bsync = mem_string(realms[i].sync ? "Success" : NULL);
		if (realms[i].divisor)
			seed_realm(r);
	}
}

static void make_pollers(struct model *m)
{
	for (size_t i = 0; i < sizeof pollers / sizeof *pollers; i++) {
		struct realm *r = m->realms.v[pollers[i].realm];
		struct poller *p = model_add_poller(m, r, pollers[i].name, pollers[i].description, pollers[i].hostname, "x");
		char net[IP_TEXT];

		snprintf(p->gid, sizeof p->gid, "%s", pollers[i].gid);
		snprintf(net, sizeof net, "10.%u.0.0", r->number);
		poller_add_subnet(p, &(struct subnet){net, 16, 1000, 3});
		poller_add_subnet(p, &(struct subnet){(char[]){"10.1.1.1"}, 32, 1000, 0});
		for (size_t s = i % 2; s < r->switches; s += 3)
			if (!r->assigned[s][0])
				memcpy(r->assigned[s], p->gid, GID_SIZE);
	}
	props_set(&m->realms.v[0]->props, "discovery_poller", pollers[0].gid);
}

static void make_groups(struct model *m)
{
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		struct group *g = model_add_group(m, groups[i].name, groups[i].description);

		snprintf(g->gid, sizeof g->gid, "%s", groups[i].gid);
		memset(g->system, groups[i].permission, sizeof g->system);
		if (i == 1)
			g->system[4] = g->system[9] = 1;
		for (size_t k = 0; k < REALMS; k++)
			memset(model_permissions(g, realms[k].gid, true)->role, groups[i].permission, REALM_ROLES);
	}
}

static void make_security(struct model *m)
{
	static const struct {
		const char *gid, *name;
		bool inuse;
	} methods[] = {
		{"90194313600", "Local", true},
		{"90194313753", "RADIUS", false},
		{"90194313602", "Active Directory (LDAP)", false},
		{"90194313603", "Active Directory (LDAPS)", true},
	};

	model_add_certificate(m, "System Default", "");
	model_add_certificate(m, "custom", pem);
	m->certificates.v[0].apache = m->certificates.v[0].api = true;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		struct method *method = ITEM_ADD(&m->methods);

		snprintf(method->gid, sizeof method->gid, "%s", methods[i].gid);
		method->name = methods[i].name;
		method->inuse = methods[i].inuse;
		if (i == 0)
			continue;
		props_set(&method->props, "server", i == 1 ? "radius.example.net" : NULL);
		props_set(&method->props, "domain", i == 1 ? NULL : "ad.example.net");
		props_set(&method->props, "certificate", i == 3 ? "custom" : NULL);
		props_set(&method->props, "timeout", "10");
		if (i == 3)
			names_add(&method->ctrls.v, &method->ctrls.n, &method->ctrls.cap, "10.1.50.1");
	}
}

void factory_model(struct model *m, const struct options *o)
{
	m->next_gid = 9007199254740993;
	make_realms(m, o);
	make_pollers(m);
	make_groups(m);
	make_security(m);
	m->next_gid = 9007199254740993;
	settings_default(&m->global, global_settings);
	settings_default(&m->advanced, advanced_settings);
	settings_default(&m->misc, misc_settings);
}
