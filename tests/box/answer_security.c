/* SPDX-License-Identifier: ISC */
/*
 * answer_security: certificates and authentication methods.  The login banner is in answer_settings.c.
 */
#include <string.h>

#include "answers.h"

/* --- certificates --- */

static const char *const certificate_fields[] = {"name", "certificate", NULL};

enum call_result answer_security_certificate_list(struct call *c)
{
	unsigned char fields[CALL_COLUMNS];
	struct model *m = &c->box->model;
	struct rows rows;
	size_t n;

	if (call_choose(c, 0, "property", certificate_fields, 2, fields, &n) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (size_t i = 0; i < m->certificates.n; i++) {
		rows_next(&rows);
		for (size_t k = 0; k < n; k++) {
			buf_putc(c->out, k ? ',' : '[');
			put_text(
			    c->out, fields[k] == 0 ? m->certificates.v[i].name : m->certificates.v[i].pem);
		}
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

static enum call_result check_deletion(struct call *c, const char *name)
{
	const struct certificate *cert = name ? model_certificate(&c->box->model, name) : NULL;

	if (!cert)
		return call_fail(c, "no such certificate: '%s'", name ? name : "");
	if (cert == c->box->model.certificates.v)
		return call_fail(c, "'%s' cannot be deleted", name);
	if (cert->apache || cert->api)
		return call_fail(c, "the certificate '%s' is in use", name);
	return CALL_OK;
}

/* True if the name is in the list to delete: it may be added again then. */
static bool is_listed(const cJSON *list, const char *name)
{
	const cJSON *v;

	cJSON_ArrayForEach (v, list)
		if (call_value(v) && strcmp(call_value(v), name) == 0)
			return true;
	return false;
}

enum call_result answer_security_certificate_list_modify(struct call *c)
{
	const cJSON *deleted, *added, *v, *row[2];
	struct model *m = &c->box->model;

	if (call_list(c, 0, "delete", true, &deleted) != 0 || call_list(c, 1, "add", false, &added) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, deleted)
		if (check_deletion(c, call_value(v)) != CALL_OK)
			return CALL_FAILED;
	cJSON_ArrayForEach (v, added) {
		const char *name = call_row(v, row, 2) == 2 ? call_value(row[0]) : NULL;
		const char *pem = name ? call_value(row[1]) : NULL;

		if (!name || !*name || !pem)
			return call_fail(c, "a certificate to add is [name, PEM]");
		if (!strstr(pem, "-----BEGIN "))
			return call_fail(c, "the certificate '%s' is not PEM", name);
		if (model_certificate(m, name) && !is_listed(deleted, name))
			return call_fail(c, "there is a certificate '%s' already", name);
	}
	cJSON_ArrayForEach (v, deleted) {
		struct certificate *cert = model_certificate(m, call_value(v));

		if (cert)
			model_delete_certificate(m, cert);
	}
	cJSON_ArrayForEach (v, added) {
		call_row(v, row, 2);
		model_add_certificate(m, call_value(row[0]), call_value(row[1]));
	}
	return CALL_OK;
}

static void put_assignment(struct call *c, struct rows *rows, const char *name, const char *status)
{
	rows_next(rows);
	buf_putc(c->out, '[');
	put_text(c->out, name);
	buf_putc(c->out, ',');
	put_text(c->out, status);
	buf_putc(c->out, ']');
}

enum call_result answer_security_certificate_assignment_list(struct call *c)
{
	struct rows rows = rows_begin(c, true);

	for (size_t i = 0; i < c->box->model.certificates.n; i++) {
		const struct certificate *cert = &c->box->model.certificates.v[i];

		if (cert->apache)
			put_assignment(c, &rows, cert->name, "apache");
		if (cert->api)
			put_assignment(c, &rows, cert->name, "api");
		if (!cert->apache && !cert->api)
			put_assignment(c, &rows, cert->name, NULL);
	}
	rows_end(&rows);
	return CALL_OK;
}

enum call_result answer_security_certificate_assign(struct call *c)
{
	const cJSON *pairs, *v, *row[2];
	struct model *m = &c->box->model;

	if (call_list(c, 0, "assignments", true, &pairs) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, pairs) {
		const char *name = call_row(v, row, 2) == 2 ? call_value(row[0]) : NULL;

		if (!name || !model_certificate(m, name))
			return call_fail(c, "no such certificate: '%s'", name ? name : "");
		if (!call_is(row[1], "apache") && !call_is(row[1], "api"))
			return call_fail(c, "a certificate is assigned to apache or api");
	}
	cJSON_ArrayForEach (v, pairs) {
		bool apache;

		call_row(v, row, 2);
		apache = call_is(row[1], "apache");
		for (size_t i = 0; i < m->certificates.n; i++)
			*(apache ? &m->certificates.v[i].apache : &m->certificates.v[i].api) = false;
		*(apache ? &model_certificate(m, call_value(row[0]))->apache
			 : &model_certificate(m, call_value(row[0]))->api) = true;
	}
	return CALL_OK;
}

/* --- authentication methods --- */

static const char *const method_fields[] = {"name", "gid", "inuse", "settings", NULL};

static void put_method_settings(struct call *c, const struct method *m)
{
	static const char *const shown[] = {"server", "domain", "certificate", "timeout"};
	const char *sep = "";

	buf_putc(c->out, '{');
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		if (!props_get(&m->props, shown[i]))
			continue;
		buf_printf(c->out, "%s\"%s\":", sep, shown[i]);
		put_text(c->out, props_get(&m->props, shown[i]));
		sep = ",";
	}
	if (m->ctrls.n > 0) {
		buf_printf(c->out, "%s\"ctrls\":[", sep);
		for (size_t i = 0; i < m->ctrls.n; i++) {
			if (i > 0)
				buf_putc(c->out, ',');
			put_text(c->out, m->ctrls.v[i]);
		}
		buf_putc(c->out, ']');
	}
	buf_putc(c->out, '}');
}

enum call_result answer_security_authentication_method_list(struct call *c)
{
	unsigned char fields[CALL_COLUMNS];
	const cJSON *gids, *v;
	struct rows rows;
	struct model *m = &c->box->model;
	bool all;
	size_t n;

	if (call_choose(c, 0, "property", method_fields, 4, fields, &n) != 0 ||
	    call_list(c, 1, "methods", false, &gids) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, gids) {
		const char *gid = call_value(v);

		if (!gid || !model_method(m, gid))
			return call_fail(c, "no such authentication method: '%s'", gid ? gid : "");
	}
	rows = rows_begin(c, true);
	v = NULL;
	all = cJSON_GetArraySize(gids) == 0;
	for (size_t i = 0; all ? i < m->methods.n : call_next(gids, &v); i++) {
		const struct method *method = all ? &m->methods.v[i] : model_method(m, call_value(v));

		rows_next(&rows);
		for (size_t k = 0; k < n; k++) {
			buf_putc(c->out, k ? ',' : '[');
			if (fields[k] == 0)
				put_text(c->out, method->name);
			else if (fields[k] == 1)
				put_gid(c, method->gid);
			else if (fields[k] == 2)
				buf_printf(c->out, "%d", method->inuse);
			else
				put_method_settings(c, method);
		}
		buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

static enum call_result check_method_prop(struct call *c, const char *name, const cJSON *v)
{
	const char *value = call_value(v);
	const cJSON *lists[2], *item;
	uint64_t number;

	if (strcmp(name, "inuse") == 0)
		return call_number(v, 0, 1, &number) ? CALL_OK : call_fail(c, "inuse is 0 or 1");
	if (strcmp(name, "timeout") == 0)
		return call_number(v, 1, 3600, &number) ? CALL_OK
							: call_fail(c, "timeout is a number of seconds");
	if (strcmp(name, "certificate") == 0)
		return value && model_certificate(&c->box->model, value)
		    ? CALL_OK
		    : call_fail(c, "no such certificate: '%s'", value ? value : "");
	if (strcmp(name, "ctrls") == 0) {
		if (call_row(v, lists, 2) != 2)
			return call_fail(c, "ctrls takes a list to delete and a list to add");
		for (int i = 0; i < 2; i++)
			cJSON_ArrayForEach (item, lists[i])
				if (!call_value(item))
					return call_fail(c, "a domain controller is text");
		return CALL_OK;
	}
	if (strcmp(name, "server") == 0 || strcmp(name, "domain") == 0 || strcmp(name, "secret") == 0 ||
	    strcmp(name, "csecret") == 0)
		return value ? CALL_OK : call_fail(c, "%s is not text", name);
	return call_fail(c, "unknown property '%s'", name);
}

static void change_method(struct method *m, const char *name, const cJSON *v)
{
	const cJSON *lists[2], *item;

	if (strcmp(name, "inuse") == 0) {
		m->inuse = strcmp(call_value(v), "0") != 0;
	} else if (strcmp(name, "ctrls") == 0) {
		call_row(v, lists, 2);
		for (int i = 0; i < 2; i++)
			cJSON_ArrayForEach (item, lists[i]) {
				names_delete(m->ctrls.v, &m->ctrls.n, call_value(item));
				if (i == 1)
					names_add(
					    &m->ctrls.v, &m->ctrls.n, &m->ctrls.cap, call_value(item));
			}
	} else if (strcmp(name, "csecret") != 0) {
		props_set(&m->props, name, call_value(v));
	}
}

enum call_result answer_security_authentication_modify(struct call *c)
{
	struct method *m;
	const cJSON *object, *v;
	const char *gid, *name, *secret = NULL, *again = NULL;

	if (call_text(c, 0, "method gid", &gid) != 0)
		return CALL_FAILED;
	m = model_method(&c->box->model, gid);
	if (!m)
		return call_fail(c, "no such authentication method: '%s'", gid);
	if (call_object(c, 1, "properties", &object) != 0)
		return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);) {
		if (check_method_prop(c, name, v) != CALL_OK)
			return CALL_FAILED;
		if (strcmp(name, "secret") == 0)
			secret = call_value(v);
		if (strcmp(name, "csecret") == 0)
			again = call_value(v);
	}
	if ((secret || again) && (!secret || !again || strcmp(secret, again) != 0))
		return call_fail(c, "secret and csecret differ");
	for (v = NULL; call_member(object, &v, &name);)
		change_method(m, name, v);
	return CALL_OK;
}
