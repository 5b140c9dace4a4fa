/* SPDX-License-Identifier: ISC */
/*
 * answer_realms: realms themselves, and what is listed by realm: seeds, credentials, assignments.
 */
#include <string.h>

#include "answers.h"
#include "devices.h"

/* --- realm_info --- */

enum realm_field {
	F_GID, F_NAME, F_DESCRIPTION, F_LAST_DISCOVER, F_LAST_POLL, F_LAST_SYNC, F_POLLING, F_SYNCING, F_SEEDS,
	F_POLLERS, F_DISCOVERY_RESULT, F_POLL_RESULT, F_SYNC_RESULT, F_AGEING_INTERVAL, F_DISCOVERY_POLLER, F_FIELDS
};

/* discovery_poller can be set, so it can be read; the document does not list it among the fields. */
static const char *const realm_fields[F_FIELDS + 1] = {"gid", "name", "description", "last_discover",
    "last_poll", "last_sync", "polling", "syncing", "seeds", "pollers", "discovery_result", "poll_result",
    "sync_result", "ageing_interval", "discovery_poller", NULL};

static void put_pollers(struct call *c, const struct realm *r)
{
	const char *sep = "";

	buf_putc(c->out, '[');
	for (size_t i = 0; i < c->box->model.pollers.n; i++) {
		const struct poller *p = c->box->model.pollers.v[i];

		if (strcmp(p->realm, r->gid) != 0)
			continue;
		buf_puts(c->out, sep);
		put_gid(c, p->gid);
		sep = ",";
	}
	buf_putc(c->out, ']');
}

static void put_seeds(struct call *c, const struct realm *r)
{
	buf_putc(c->out, '"');
	for (size_t i = 0; i < r->seeds.n; i++)
		buf_printf(c->out, "%s%s", i ? " " : "", r->seeds.v[i].ip);
	buf_putc(c->out, '"');
}

static void put_realm_field(struct call *c, const struct realm *r, enum realm_field field)
{
	switch (field) {
	case F_GID:
		put_gid(c, r->gid);
		return;
	case F_DISCOVERY_POLLER:
		put_gid(c, props_get(&r->props, "discovery_poller"));
		return;
	case F_POLLING:
		buf_printf(c->out, "\"%d\"", r->polling > 0);
		return;
	case F_SYNCING:
		buf_printf(c->out, "\"%d\"", r->syncing > 0);
		return;
	case F_SEEDS:
		put_seeds(c, r);
		return;
	case F_POLLERS:
		put_pollers(c, r);
		return;
	case F_DISCOVERY_RESULT:
		if (r->discovered)
			buf_printf(c->out, "{\"infrastructure\":%zu}", r->discovered);
		else
			buf_puts(c->out, "null");
		return;
	case F_POLL_RESULT:
		if (r->polled)
			buf_printf(c->out,
			    "{\"poll\":{\"infrastructure\":%zu,\"ports\":\"%zu\",\"end\":\"%zu\"}}",
			    r->switches, r->switches * SWITCH_PORTS, r->devices);
		else
			buf_puts(c->out, "null");
		return;
	case F_SYNC_RESULT:
		buf_puts(c->out, "{\"sync\":{\"qsync\":");
		put_text(c->out, r->qsync);
		buf_puts(c->out, ",\"bsync\":");
		put_text(c->out, r->bsync);
		buf_puts(c->out, "}}");
		return;
	default:
		put_text(c->out, props_get(&r->props, realm_fields[field]));
	}
}

enum call_result answer_realm_info(struct call *c)
{
	unsigned char fields[CALL_COLUMNS];
	const cJSON *gids, *v;
	struct rows rows;
	struct model *m = &c->box->model;
	bool all;
	size_t n;

	if (call_choose(c, 0, "field", realm_fields, F_DISCOVERY_POLLER, fields, &n) != 0 ||
	    call_list(c, 1, "realms", false, &gids) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, gids) {
		const char *gid = call_value(v);

		if (!gid || !model_realm(m, gid))
			return call_fail(c, "no such realm: '%s'", gid ? gid : "");
	}
	rows = rows_begin(c, false);
	v = NULL;
	all = cJSON_GetArraySize(gids) == 0;
	for (size_t i = 0; all ? i < m->realms.n : call_next(gids, &v); i++) {
		const struct realm *r = all ? m->realms.v[i] : model_realm(m, call_value(v));

		rows_next(&rows);
		for (size_t k = 0; k < n; k++) {
			buf_putc(c->out, k ? ',' : '[');
			put_realm_field(c, r, (enum realm_field)fields[k]);
		}
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

/* --- changing realms --- */

/* Checks a new name: not empty, and of no other realm. */
static enum call_result check_name(struct call *c, const char *name, const struct realm *own)
{
	if (!name || !*name)
		return call_fail(c, "a realm needs a name");
	for (size_t i = 0; i < c->box->model.realms.n; i++) {
		const struct realm *r = c->box->model.realms.v[i];

		if (r != own && strcmp(props_get(&r->props, "name"), name) == 0)
			return call_fail(c, "there is a realm '%s' already", name);
	}
	return CALL_OK;
}

static enum call_result check_realm_prop(
    struct call *c, const struct realm *r, const char *name, const cJSON *v)
{
	const char *value = call_value(v);
	const struct poller *p;
	uint64_t number;

	if (strcmp(name, "name") == 0)
		return check_name(c, value, r);
	if (strcmp(name, "description") == 0)
		return value ? CALL_OK : call_fail(c, "the description is not text");
	if (strcmp(name, "ageing_interval") == 0)
		return call_number(v, 0, 1000000000, &number) ? CALL_OK
							      : call_fail(c, "ageing_interval is a number");
	if (strcmp(name, "discovery_poller") == 0) {
		p = value ? model_poller(&c->box->model, value) : NULL;
		if (p && strcmp(p->realm, r->gid) == 0)
			return CALL_OK;
		return call_fail(c, "the realm has no poller '%s'", value ? value : "null");
	}
	return call_fail(c, "unknown property '%s'", name);
}

enum call_result answer_realm_info_modify(struct call *c)
{
	struct realm *r;
	const cJSON *object, *v;
	const char *name;

	if (call_realm(c, 0, &r) != 0 || call_object(c, 1, "properties", &object) != 0)
		return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		if (check_realm_prop(c, r, name, v) != CALL_OK)
			return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		props_set(&r->props, name, call_value(v));
	return CALL_OK;
}

enum call_result answer_realm_modify(struct call *c)
{
	const cJSON *deleted, *added, *v, *row[2];
	struct model *m = &c->box->model;

	if (call_list(c, 0, "delete", true, &deleted) != 0 || call_list(c, 1, "add", false, &added) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, deleted) {
		const char *gid = call_value(v);

		if (!gid || !model_realm(m, gid))
			return call_fail(c, "no such realm: '%s'", gid ? gid : "");
	}
	cJSON_ArrayForEach (v, added)
		if (call_row(v, row, 2) < 1 || check_name(c, call_value(row[0]), NULL) != CALL_OK)
			return *c->error ? CALL_FAILED
					 : call_fail(c, "a realm to add is [name, description]");
	cJSON_ArrayForEach (v, deleted) {
		struct realm *r = model_realm(m, call_value(v));

		if (r)
			model_delete_realm(m, r);
	}
	cJSON_ArrayForEach (v, added) {
		const char *description = call_row(v, row, 2) > 1 ? call_value(row[1]) : NULL;
		struct realm *r = model_add_realm(m, call_value(row[0]), description ? description : "");

		realm_set_devices(r, 0);
	}
	return CALL_OK;
}

/* --- seeds --- */

enum call_result answer_realm_seed_list(struct call *c)
{
	struct realm *r;
	struct rows rows;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (size_t i = 0; i < r->seeds.n; i++) {
		rows_next(&rows);
		buf_printf(c->out, "[\"%s\",%d]", r->seeds.v[i].ip, r->seeds.v[i].manual ? 2 : 0);
	}
	rows_end(&rows);
	return CALL_OK;
}

static enum call_result check_addresses(struct call *c, const cJSON *list)
{
	const cJSON *v;

	cJSON_ArrayForEach (v, list) {
		const char *ip = call_value(v);

		if (!call_is_address(ip))
			return call_fail(c, "not an IP address: '%s'", ip ? ip : "");
	}
	return CALL_OK;
}

enum call_result answer_realm_seed_list_modify(struct call *c)
{
	struct realm *r;
	const cJSON *deleted, *added, *v;

	if (call_realm(c, 0, &r) != 0 || call_list(c, 1, "delete", true, &deleted) != 0 ||
	    call_list(c, 2, "add", false, &added) != 0 || check_addresses(c, deleted) != CALL_OK ||
	    check_addresses(c, added) != CALL_OK)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, deleted)
		realm_delete_seed(r, call_value(v));
	cJSON_ArrayForEach (v, added)
		realm_add_seed(r, call_value(v), true);
	return CALL_OK;
}

/* --- SNMP credentials --- */

enum call_result answer_realm_snmp_credential_list(struct call *c)
{
	struct realm *r;
	struct rows rows;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (size_t i = 0; i < r->credentials.n; i++) {
		const struct credential *cred = &r->credentials.v[i];

		rows_next(&rows);
		buf_printf(c->out, "[\"%s\",%u,", cred->subnet, cred->bits);
		buf_puts(c->out, cred->versions);
		buf_printf(c->out, ",%u]", cred->flags);
	}
	rows_end(&rows);
	return CALL_OK;
}

/* [subnet, bits, versions, flags], a deletion has only the first two. */
static int read_credential(const cJSON *v, bool whole, const char **subnet, uint64_t *bits,
    const cJSON **versions, uint64_t *flags)
{
	const cJSON *row[4];
	size_t n = call_row(v, row, 4);

	if (n < 2 || (whole && n < 4))
		return -1;
	*subnet = call_value(row[0]);
	if (!call_number(row[1], 0, 128, bits) || !call_is_subnet(*subnet, *bits))
		return -1;
	if (!whole)
		return 0;
	*versions = row[2];
	cJSON_ArrayForEach (v, *versions)
		if (!cJSON_IsArray(v))
			return -1;
	return cJSON_IsArray(*versions) && call_number(row[3], 0, 255, flags) ? 0 : -1;
}

enum call_result answer_realm_snmp_credential_list_modify(struct call *c)
{
	struct realm *r;
	const cJSON *deleted, *added, *v, *versions;
	const char *subnet;
	uint64_t bits, flags;
	char *text;

	if (call_realm(c, 0, &r) != 0 || call_list(c, 1, "delete", true, &deleted) != 0 ||
	    call_list(c, 2, "add", false, &added) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, deleted)
		if (read_credential(v, false, &subnet, &bits, &versions, &flags) != 0)
			return call_fail(c, "what is to be deleted is [subnet, bits]");
	cJSON_ArrayForEach (v, added)
		if (read_credential(v, true, &subnet, &bits, &versions, &flags) != 0)
			return call_fail(c, "a credential is [subnet, bits, [[version, ...]...], flags]");
	cJSON_ArrayForEach (v, deleted) {
		read_credential(v, false, &subnet, &bits, &versions, &flags);
		realm_delete_credential(r, subnet, (unsigned)bits);
	}
	cJSON_ArrayForEach (v, added) {
		read_credential(v, true, &subnet, &bits, &versions, &flags);
		text = array_print(versions);
		realm_add_credential(r, subnet, (unsigned)bits, text, strlen(text), (unsigned)flags);
		cJSON_free(text);
	}
	return CALL_OK;
}

/* --- which poller polls which switch --- */

enum call_result answer_realm_device_assignment_list(struct call *c)
{
	struct realm *r;
	struct rows rows;
	char ip[IP_TEXT];

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (size_t i = 0; i < r->switches; i++) {
		rows_next(&rows);
		switch_ip(ip, r, i);
		buf_printf(c->out, "[\"%s\",", ip);
		put_gid(c, r->assigned[i][0] ? r->assigned[i] : NULL);
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

/* Switches without a poller go to the realm's pollers in turn. */
static void assign_all(struct model *m, struct realm *r)
{
	size_t next = 0;

	for (size_t i = 0; i < r->switches; i++)
		for (size_t k = 0; k < m->pollers.n && !r->assigned[i][0]; k++) {
			const struct poller *p = m->pollers.v[next++ % m->pollers.n];

			if (strcmp(p->realm, r->gid) == 0)
				memcpy(r->assigned[i], p->gid, GID_SIZE);
		}
}

enum call_result answer_realm_device_assign(struct call *c)
{
	struct realm *r;
	const cJSON *pair, *row[2];
	const char *ip, *gid;
	const struct poller *p;
	long sw;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	if (call_absent(c, 1)) {
		assign_all(&c->box->model, r);
		return CALL_OK;
	}
	if (call_list(c, 1, "ip and poller gid", true, &pair) != 0)
		return CALL_FAILED;
	if (call_row(pair, row, 2) != 2 || !(ip = call_value(row[0])))
		return call_fail(c, "an assignment is [ip, poller gid or null]");
	sw = switch_find(r, ip);
	if (sw < 0)
		return call_fail(c, "no such device: '%s'", ip);
	gid = call_value(row[1]);
	p = gid ? model_poller(&c->box->model, gid) : NULL;
	if (!cJSON_IsNull(row[1]) && (!p || strcmp(p->realm, r->gid) != 0))
		return call_fail(c, "the realm has no poller '%s'", gid ? gid : "");
	if (p)
		memcpy(r->assigned[sw], p->gid, GID_SIZE);
	else
		r->assigned[sw][0] = '\0';
	return CALL_OK;
}
