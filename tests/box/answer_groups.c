/* SPDX-License-Identifier: ISC */
/*
 * answer_groups: groups and what they may do.
 */
#include <string.h>

#include "answers.h"

static const char *const group_fields[] = {"name", "gid", "description", NULL};

enum call_result answer_group_info(struct call *c)
{
	unsigned char fields[CALL_COLUMNS];
	const cJSON *gids, *v;
	struct rows rows;
	struct model *m = &c->box->model;
	bool all;
	size_t n;

	if (call_choose(c, 0, "field", group_fields, 3, fields, &n) != 0 ||
	    call_list(c, 1, "groups", false, &gids) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, gids) {
		const char *gid = call_value(v);

		if (!gid || !model_group(m, gid))
			return call_fail(c, "no such group: '%s'", gid ? gid : "");
	}
	rows = rows_begin(c, true);
	v = NULL;
	all = cJSON_GetArraySize(gids) == 0;
	for (size_t i = 0; all ? i < m->groups.n : call_next(gids, &v); i++) {
		const struct group *g = all ? m->groups.v[i] : model_group(m, call_value(v));

		rows_next(&rows);
		for (size_t k = 0; k < n; k++) {
			buf_putc(c->out, k ? ',' : '[');
			if (fields[k] == 1)
				put_gid(c, g->gid);
			else
				put_text(c->out, props_get(&g->props, group_fields[fields[k]]));
		}
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

static enum call_result check_group_name(struct call *c, const char *name, const struct group *own)
{
	if (!name || !*name)
		return call_fail(c, "a group needs a name");
	for (size_t i = 0; i < c->box->model.groups.n; i++) {
		const struct group *g = c->box->model.groups.v[i];

		if (g != own && strcmp(props_get(&g->props, "name"), name) == 0)
			return call_fail(c, "there is a group '%s' already", name);
	}
	return CALL_OK;
}

enum call_result answer_group_modify(struct call *c)
{
	const cJSON *deleted, *added, *v, *row[2];
	struct model *m = &c->box->model;

	if (call_list(c, 0, "delete", true, &deleted) != 0 || call_list(c, 1, "add", false, &added) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, deleted) {
		const char *gid = call_value(v);
		const struct group *g = gid ? model_group(m, gid) : NULL;

		if (!g)
			return call_fail(c, "no such group: '%s'", gid ? gid : "");
		if (strcmp(props_get(&g->props, "name"), "Super Admin") == 0)
			return call_fail(c, "the group 'Super Admin' cannot be deleted");
	}
	cJSON_ArrayForEach (v, added) {
		if (call_row(v, row, 2) < 1)
			return call_fail(c, "a group to add is [name, description]");
		if (check_group_name(c, call_value(row[0]), NULL) != CALL_OK)
			return CALL_FAILED;
	}
	cJSON_ArrayForEach (v, deleted) {
		struct group *g = model_group(m, call_value(v));

		if (g)
			model_delete_group(m, g);
	}
	cJSON_ArrayForEach (v, added) {
		const char *description = call_row(v, row, 2) > 1 ? call_value(row[1]) : NULL;

		model_add_group(m, call_value(row[0]), description ? description : "");
	}
	return CALL_OK;
}

/* --- permissions --- */

/* The index of a role, or -1. */
static int role_find(const char *const roles[], const char *name)
{
	for (int i = 0; name && roles[i]; i++)
		if (strcmp(roles[i], name) == 0)
			return i;
	return -1;
}

/* [[role, permission]...] of those asked for */
static void put_roles(struct call *c, const char *const roles[], const unsigned char *permissions,
    const bool *asked)
{
	const char *sep = "";

	buf_putc(c->out, '[');
	for (size_t i = 0; roles[i]; i++) {
		if (!asked[i])
			continue;
		buf_printf(c->out, "%s[\"%s\",%u]", sep, roles[i], permissions ? permissions[i] : 0);
		sep = ",";
	}
	buf_putc(c->out, ']');
}

static void put_realm_roles(
    struct call *c, struct group *g, const struct realm *r, const bool *asked, bool first)
{
	const struct realm_permissions *p = model_permissions(g, r->gid, false);

	if (!first)
		buf_putc(c->out, ',');
	buf_putc(c->out, '[');
	put_gid(c, r->gid);
	buf_putc(c->out, ',');
	put_roles(c, realm_roles, p ? p->role : NULL, asked);
	buf_putc(c->out, ']');
}

enum call_result answer_group_settings(struct call *c)
{
	struct group *g;
	const cJSON *roles, *gids, *v;
	struct model *m = &c->box->model;
	bool asked_system[SYSTEM_ROLES], asked_realm[REALM_ROLES];
	bool nested = c->box->o.rows != ROWS_FLAT, all, any = false;

	if (call_group(c, 0, &g) != 0 || call_list(c, 1, "roles", false, &roles) != 0 ||
	    call_list(c, 2, "realms", false, &gids) != 0)
		return CALL_FAILED;
	memset(asked_system, cJSON_GetArraySize(roles) == 0, sizeof asked_system);
	memset(asked_realm, cJSON_GetArraySize(roles) == 0, sizeof asked_realm);
	cJSON_ArrayForEach (v, roles) {
		const char *name = call_value(v);
		int s = role_find(system_roles, name), r = role_find(realm_roles, name);

		if (s < 0 && r < 0)
			return call_fail(c, "unknown role '%s'", name ? name : "");
		if (s >= 0)
			asked_system[s] = true;
		else
			asked_realm[r] = true;
	}
	cJSON_ArrayForEach (v, gids) {
		const char *gid = call_value(v);

		if (!gid || !model_realm(m, gid))
			return call_fail(c, "no such realm: '%s'", gid ? gid : "");
	}
	buf_puts(c->out, nested ? ",[" : ",");
	put_roles(c, system_roles, g->system, asked_system);
	buf_puts(c->out, ",[");
	v = NULL;
	all = cJSON_GetArraySize(gids) == 0;
	for (size_t i = 0; i < REALM_ROLES; i++)
		any |= asked_realm[i];
	/* A client that asks for system roles only gets no empty lists. */
	for (size_t i = 0; any && (all ? i < m->realms.n : call_next(gids, &v)); i++)
		put_realm_roles(
		    c, g, all ? m->realms.v[i] : model_realm(m, call_value(v)), asked_realm, i == 0);
	buf_puts(c->out, nested ? "]]" : "]");
	return CALL_OK;
}

/* Checks [[role, permission]...]; with `set` also stores them. */
static enum call_result roles(struct call *c, const cJSON *list, const char *const known[], unsigned char *set)
{
	const cJSON *v, *row[2];

	if (!cJSON_IsArray(list))
		return call_fail(c, "permissions are [[role, permission]...]");
	cJSON_ArrayForEach (v, list) {
		const char *name = call_row(v, row, 2) == 2 ? call_value(row[0]) : NULL;
		int role = role_find(known, name);
		uint64_t permission;

		if (role < 0)
			return call_fail(c, "unknown role '%s'", name ? name : "");
		if (!call_number(row[1], 0, 2, &permission))
			return call_fail(c, "the permission for '%s' is 0, 1 or 2", name);
		if (set)
			set[role] = (unsigned char)permission;
	}
	return CALL_OK;
}

/* Checks [[realm gid, roles]...]; with `g` also stores them. */
static enum call_result roles_of_realms(struct call *c, const cJSON *list, struct group *g)
{
	const cJSON *v, *row[2];
	unsigned char *set;

	cJSON_ArrayForEach (v, list) {
		const char *gid = call_row(v, row, 2) == 2 ? call_value(row[0]) : NULL;

		if (!gid || !model_realm(&c->box->model, gid))
			return call_fail(c, "no such realm: '%s'", gid ? gid : "");
		set = g ? model_permissions(g, gid, true)->role : NULL;
		if (roles(c, row[1], realm_roles, set) != CALL_OK)
			return CALL_FAILED;
	}
	return CALL_OK;
}

enum call_result answer_group_settings_modify(struct call *c)
{
	struct group *g;
	const cJSON *object, *system, *realms, *v;
	const char *name;

	if (call_group(c, 0, &g) != 0 || call_object(c, 1, "properties", &object) != 0 ||
	    call_list(c, 2, "system roles", false, &system) != 0 ||
	    call_list(c, 3, "realm roles", false, &realms) != 0)
		return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);) {
		if (strcmp(name, "name") == 0) {
			if (check_group_name(c, call_value(v), g) != CALL_OK)
				return CALL_FAILED;
		} else if (strcmp(name, "description") != 0) {
			return call_fail(c, "unknown property '%s'", name);
		}
	}
	if (roles(c, system, system_roles, NULL) != CALL_OK || roles_of_realms(c, realms, NULL) != CALL_OK)
		return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		props_set(&g->props, name, call_value(v));
	roles(c, system, system_roles, g->system);
	roles_of_realms(c, realms, g);
	return CALL_OK;
}
