/* SPDX-License-Identifier: ISC */
/*
 * answer_pollers: pollers and their subnets.
 */
#include <string.h>

#include "answers.h"

static const char *const poller_fields[] = {
    "gid", "name", "description", "hostname", "dns_max_outstanding", NULL};
enum { POLLER_FIELDS = sizeof poller_fields / sizeof *poller_fields - 1 };

enum call_result answer_poller_info(struct call *c)
{
	unsigned char fields[CALL_COLUMNS];
	const cJSON *gids, *v;
	struct rows rows;
	struct model *m = &c->box->model;
	bool all;
	size_t n;

	if (call_choose(c, 0, "field", poller_fields, POLLER_FIELDS, fields, &n) != 0 ||
	    call_list(c, 1, "pollers", false, &gids) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, gids) {
		const char *gid = call_value(v);

		if (!gid || !model_poller(m, gid))
			return call_fail(c, "no such poller: '%s'", gid ? gid : "");
	}
	rows = rows_begin(c, true);
	v = NULL;
	all = cJSON_GetArraySize(gids) == 0;
	for (size_t i = 0; all ? i < m->pollers.n : call_next(gids, &v); i++) {
		const struct poller *p = all ? m->pollers.v[i] : model_poller(m, call_value(v));

		rows_next(&rows);
		for (size_t k = 0; k < n; k++) {
			buf_putc(c->out, k ? ',' : '[');
			if (fields[k] == 0)
				put_gid(c, p->gid);
			else
				put_text(c->out, props_get(&p->props, poller_fields[fields[k]]));
		}
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

enum call_result answer_poller_modify(struct call *c)
{
	struct realm *r;
	const cJSON *deleted, *added, *v, *row[4];
	struct model *m = &c->box->model;
	const struct poller *p;

	if (call_realm(c, 0, &r) != 0 || call_list(c, 1, "delete", true, &deleted) != 0 ||
	    call_list(c, 2, "add", false, &added) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, deleted) {
		const char *gid = call_value(v);

		p = gid ? model_poller(m, gid) : NULL;
		if (!p || strcmp(p->realm, r->gid) != 0)
			return call_fail(c, "the realm has no poller '%s'", gid ? gid : "");
	}
	cJSON_ArrayForEach (v, added) {
		if (call_row(v, row, 4) < 4)
			return call_fail(c, "a poller to add is [name, description, hostname, secret]");
		for (size_t i = 0; i < 4; i++)
			if (!call_value(row[i]) || (i % 2 == 0 && !*call_value(row[i])))
				return call_fail(c, "a poller needs a name and a hostname");
	}
	cJSON_ArrayForEach (v, deleted) {
		struct poller *gone = model_poller(m, call_value(v));

		if (gone)
			model_delete_poller(m, gone);
	}
	cJSON_ArrayForEach (v, added) {
		call_row(v, row, 4);
		model_add_poller(m, r, call_value(row[0]), call_value(row[1]), call_value(row[2]),
		    call_value(row[3]));
	}
	return CALL_OK;
}

static enum call_result check_poller_prop(struct call *c, const char *name, const cJSON *v)
{
	const char *value = call_value(v);
	uint64_t number;

	if (strcmp(name, "dns_max_outstanding") == 0)
		return call_number(v, 1, 100000, &number)
			   ? CALL_OK
			   : call_fail(c, "dns_max_outstanding is a number from 1");
	if (strcmp(name, "name") == 0 || strcmp(name, "hostname") == 0)
		return value && *value ? CALL_OK : call_fail(c, "a poller needs a %s", name);
	if (strcmp(name, "description") == 0 || strcmp(name, "secret") == 0)
		return value ? CALL_OK : call_fail(c, "the %s is not text", name);
	return call_fail(c, "unknown property '%s'", name);
}

enum call_result answer_poller_info_modify(struct call *c)
{
	struct poller *p;
	const cJSON *object, *v;
	const char *name;

	if (call_poller(c, 0, &p) != 0 || call_object(c, 1, "properties", &object) != 0)
		return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		if (check_poller_prop(c, name, v) != CALL_OK)
			return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		props_set(&p->props, name, call_value(v));
	return CALL_OK;
}

/* --- subnets --- */

enum call_result answer_poller_subnet_list(struct call *c)
{
	struct poller *p;
	struct rows rows;

	if (call_poller(c, 0, &p) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (size_t i = 0; i < p->subnets.n; i++) {
		const struct subnet *s = &p->subnets.v[i];

		rows_next(&rows);
		buf_printf(c->out, "[\"%s\",%u,%u,", s->address, s->bits, s->limit);
		if (c->box->o.split_flags)
			buf_printf(c->out, "%u,%u]", s->flags & 1, s->flags & 2);
		else
			buf_printf(c->out, "%u]", s->flags);
	}
	rows_end(&rows);
	return CALL_OK;
}

/* [address, bits, limit, flags], or with the flags 1 and 2 apart, as the document's example has them. */
static int read_subnet(const cJSON *v, struct subnet *s)
{
	const cJSON *row[5];
	uint64_t bits, limit, flags, second = 0;
	size_t n = call_row(v, row, 5);
	const char *address = n >= 4 ? call_value(row[0]) : NULL;

	if (!address || !call_number(row[1], 0, 128, &bits) || !call_is_subnet(address, bits) ||
	    !call_number(row[2], 0, 1000000000, &limit) || !call_number(row[3], 0, 3, &flags) ||
	    (n > 4 && !call_number(row[4], 0, 2, &second)))
		return -1;
	/* Borrowed from the call; poller_add_subnet() copies it. */
	*s = (struct subnet){(char *)address, (unsigned)bits, (unsigned)limit, (unsigned)(flags | second)};
	return 0;
}

enum call_result answer_poller_subnet_list_modify(struct call *c)
{
	struct poller *p;
	const cJSON *lists[2], *v;
	struct subnet s;

	if (call_poller(c, 0, &p) != 0 || call_list(c, 1, "delete", true, &lists[0]) != 0 ||
	    call_list(c, 2, "add", false, &lists[1]) != 0)
		return CALL_FAILED;
	for (int i = 0; i < 2; i++)
		cJSON_ArrayForEach (v, lists[i])
			if (read_subnet(v, &s) != 0)
				return call_fail(c, "a subnet is [address, bits, limit, flags]");
	for (int i = 0; i < 2; i++)
		cJSON_ArrayForEach (v, lists[i]) {
			read_subnet(v, &s);
			poller_delete_subnet(p, &s);
			if (i == 1)
				poller_add_subnet(p, &s);
		}
	return CALL_OK;
}
