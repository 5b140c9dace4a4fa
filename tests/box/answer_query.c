/* SPDX-License-Identifier: ISC */
/*
 * answer_query: queries, views and reports.
 */
#include <string.h>

#include "answers.h"
#include "cells.h"
#include "client.h"
#include "factory.h"
#include "filters.h"

enum { FILTERS = 16, SEND_SIZE = 256 * 1024 };

struct filter {
	unsigned char column;
	const char *pattern;
};

struct query {
	const struct realm *realm;
	enum query_type type;
	unsigned char column[2 * CALL_COLUMNS];	/* first the columns, then the raw ones */
	size_t columns, raw;			/* how many of each */
	struct filter filter[FILTERS];
	size_t filters;
	uint64_t history;			/* 0 current, 1 all, 2 all and changes */
	uint64_t unused_days;			/* ports that were used since are left out */
};

/* --- filters --- */

static bool passes(const struct query *q, enum filter_style style, const struct place *p)
{
	struct cell cell;

	for (size_t i = 0; i < q->filters; i++) {
		cell_make(&cell, p, q->type, q->filter[i].column, false);
		if (!filter_matches(style, cell.text, cell.kind == CELL_NULL ? 0 : cell.len, q->filter[i].pattern))
			return false;
	}
	if (q->unused_days > 0 && q->type == QUERY_DETAIL)
		return !p->occupied && p->port < SWITCH_PORTS - 1 && p->port_hash % 1000 >= q->unused_days;
	return true;
}

/* --- rows --- */

static void put_row(struct call *c, const struct query *q, const struct place *p, struct rows *rows)
{
	struct cell cell;
	char *begin, *at;

	if (c->client->gone || !passes(q, c->box->o.filters, p))
		return;
	rows_next(rows);
	begin = at = buf_reserve(c->out, (q->columns + q->raw) * (CELL_JSON + 1) + 1);
	if (!at)
		die("out of memory");
	for (size_t i = 0; i < q->columns + q->raw; i++) {
		*at++ = i ? ',' : '[';
		cell_make(&cell, p, q->type, q->column[i], i >= q->columns);
		at = cell_write(at, &cell);
	}
	*at++ = ']';
	buf_commit(c->out, (size_t)(at - begin));
	/* The first rows may be sent while the rest is made: nothing can fail from here on. */
	if (c->out->len > SEND_SIZE)
		client_flush(c->client);
}

/* A device has been elsewhere before (every fifth), and changed (every tenth, twice). */
static void put_devices(struct call *c, const struct query *q, struct rows *rows)
{
	struct model *m = &c->box->model;
	struct place p;

	for (size_t i = 0; i < q->realm->devices; i++) {
		if (!device_is(q->realm, i, GONE)) {
			place_device(&p, m, q->realm, i, 0);
			put_row(c, q, &p, rows);
		}
		if (device_is(q->realm, i, ON_UPLINK)) {
			place_uplink(&p, m, q->realm);
			put_row(c, q, &p, rows);
		}
		for (unsigned v = 1; v < 4; v++) {
			if (q->history < (v == 1 ? 1u : 2u) || i % (v == 1 ? 5 : 10) != 0)
				continue;
			place_device(&p, m, q->realm, i, v);
			put_row(c, q, &p, rows);
		}
	}
}

static void put_switches(struct call *c, const struct query *q, struct rows *rows)
{
	struct model *m = &c->box->model;
	struct place p;

	for (size_t i = 0; i < q->realm->switches; i++) {
		place_switch(&p, m, q->realm, i);
		put_row(c, q, &p, rows);
	}
}

static void put_ports(struct call *c, const struct query *q, struct rows *rows)
{
	struct model *m = &c->box->model;
	struct place p;

	for (size_t i = 0; i < q->realm->switches; i++)
		for (unsigned port = 1; port <= SWITCH_PORTS; port++) {
			place_port(&p, m, q->realm, i, port);
			put_row(c, q, &p, rows);
			if (q->history > 0 && port % 10 == 0) {
				p.version = 1;
				p.occupied = false;
				put_row(c, q, &p, rows);
			}
		}
}

static void run(struct call *c, const struct query *q)
{
	struct rows rows = rows_begin(c, true);

	switch (q->type) {
	case QUERY_DEVICE:
		put_devices(c, q, &rows);
		break;
	case QUERY_SWITCH:
		put_switches(c, q, &rows);
		break;
	case QUERY_DETAIL: case QUERY_TYPES:
		put_ports(c, q, &rows);
		break;
	}
	rows_end(&rows);
}

/* --- realm_query --- */

/* A box that lacks a column refuses it like any unknown word. */
static int refuse_column(struct call *c, enum query_type type, const unsigned char *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = query_columns(type)[columns[i]];

		if (options_list_has(c->box->o.no_columns, name)) {
			call_fail(c, "realm_query: unknown column '%s'", name);
			return -1;
		}
	}
	return 0;
}

static int column_find(enum query_type type, const char *name)
{
	const char *const *columns = query_columns(type);

	for (int i = 0; columns[i]; i++)
		if (strcmp(columns[i], name) == 0)
			return i;
	return -1;
}

static int read_filters(struct call *c, size_t i, struct query *q)
{
	const cJSON *object, *v;
	const char *name;

	if (call_absent(c, i))
		return 0;
	if (call_object(c, i, "filter", &object) != 0)
		return -1;
	for (v = NULL; call_member(object, &v, &name);) {
		int column = column_find(q->type, name);
		const char *pattern = call_value(v);

		if (column < 0 || !pattern || q->filters == FILTERS || c->box->o.filters == FILTER_REFUSED ||
		    options_list_has(c->box->o.no_columns, name)) {
			call_fail(c, "realm_query: cannot filter by '%s'", name);
			return -1;
		}
		q->filter[q->filters++] = (struct filter){(unsigned char)column, pattern};
	}
	return 0;
}

static unsigned days_of(const char *period)
{
	if (strcmp(period, "days") == 0)
		return 1;
	if (strcmp(period, "months") == 0)
		return 30;
	return strcmp(period, "years") == 0 ? 365 : 0;
}

/* {days: n}, {months: n} or {years: n} */
static int read_unused(struct call *c, size_t i, struct query *q)
{
	const cJSON *object, *v;
	const char *name;
	uint64_t n;

	if (call_absent(c, i))
		return 0;
	if (call_object(c, i, "unused", &object) != 0)
		return -1;
	for (v = NULL; call_member(object, &v, &name);) {
		unsigned days = days_of(name);

		if (days == 0 || !call_number(v, 0, 1000000, &n)) {
			call_fail(c, "realm_query: a port is unused for a number of days, months or years");
			return -1;
		}
		q->unused_days += n * days;
	}
	return 0;
}

/* The columns that are asked for; if there are none at all, all of the type. */
static int read_columns(struct call *c, struct query *q)
{
	const char *const *known = query_columns(q->type);
	unsigned char chosen[CALL_COLUMNS];
	size_t n;

	if (call_choose(c, 2, "column", known, 0, q->column, &q->columns) != 0 ||
	    call_choose(c, 3, "raw column", known, 0, chosen, &q->raw) != 0)
		return -1;
	memcpy(q->column + q->columns, chosen, q->raw);
	if (q->columns + q->raw > 0)
		return refuse_column(c, q->type, q->column, q->columns + q->raw);
	for (n = 0; known[n]; n++)
		if (!options_list_has(c->box->o.no_columns, known[n]))
			q->column[q->columns++] = (unsigned char)n;
	return 0;
}

enum call_result answer_realm_query(struct call *c)
{
	struct query q = {0};
	struct realm *r;
	const char *type;

	if (call_realm(c, 0, &r) != 0 || call_text(c, 1, "type", &type) != 0)
		return CALL_FAILED;
	q.realm = r;
	for (const char *const *denied = c->box->o.deny; *denied; denied++)
		if (strcmp(*denied, props_get(&r->props, "name")) == 0)
			return call_fail(c, "permission denied");
	while (q.type < QUERY_TYPES && strcmp(query_names[q.type], type) != 0)
		q.type++;
	if (q.type == QUERY_TYPES)
		return call_fail(c, "realm_query: unknown type '%s'", type);
	if (read_columns(c, &q) != 0 || read_filters(c, 4, &q) != 0 || read_unused(c, 6, &q) != 0)
		return CALL_FAILED;
	if (!call_absent(c, 5) && !call_number(c->args[5], 0, 2, &q.history))
		return call_fail(c, "realm_query: the history is 0, 1 or 2");
	run(c, &q);
	return CALL_OK;
}

/* --- views and reports --- */

enum call_result answer_report_info(struct call *c)
{
	struct rows rows = rows_begin(c, true);

	for (const struct fixed_report *r = reports; r->gid; r++) {
		rows_next(&rows);
		buf_putc(c->out, '[');
		put_gid(c, r->gid);
		buf_putc(c->out, ',');
		put_text(c->out, r->name);
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

enum call_result answer_user_view_info(struct call *c)
{
	static const char *const fields[] = {"name", "gid", NULL};
	static const char *const types[] = {"switch", "port", "device", NULL};
	unsigned char field[CALL_COLUMNS], type[CALL_COLUMNS];
	struct rows rows;
	size_t n, t;

	if (call_choose(c, 0, "field", fields, 2, field, &n) != 0 ||
	    call_choose(c, 1, "type", types, 3, type, &t) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (const struct fixed_view *v = views; v->gid; v++) {
		bool wanted = false;

		for (size_t i = 0; i < t; i++)
			wanted |= strcmp(types[type[i]], v->type) == 0;
		if (!wanted)
			continue;
		rows_next(&rows);
		for (size_t i = 0; i < n; i++) {
			buf_putc(c->out, i ? ',' : '[');
			if (field[i] == 1)
				put_gid(c, v->gid);
			else
				put_text(c->out, v->name);
		}
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

enum call_result answer_realm_view(struct call *c)
{
	struct query q = {0};
	struct realm *r;
	const char *gid, *p;
	const struct fixed_view *v = views;

	if (call_realm(c, 0, &r) != 0 || call_text(c, 1, "view gid", &gid) != 0)
		return CALL_FAILED;
	while (v->gid && strcmp(v->gid, gid) != 0)
		v++;
	if (!v->gid)
		return call_fail(c, "no such view: '%s'", gid);
	q.realm = r;
	q.type = (enum query_type)v->query;
	for (p = v->columns; *p; p += *p == ' ') {
		char name[40];
		size_t len = strcspn(p, " ");

		memcpy(name, p, len);
		name[len] = '\0';
		q.column[q.columns++] = (unsigned char)column_find(q.type, name);
		p += len;
	}
	if (strstr(v->name, "Multiple"))
		q.filter[q.filters++] =
		    (struct filter){(unsigned char)column_find(q.type, "detected_devices_current"), "1"};
	run(c, &q);
	return CALL_OK;
}
