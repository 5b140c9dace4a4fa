/* SPDX-License-Identifier: ISC */
/*
 * answer_settings: global and advanced settings, those of a realm, and the login banner.
 */
#include <ctype.h>
#include <string.h>

#include "answers.h"
#include "settings.h"

enum { SETTINGS_MAX = 32 };

static void put_macs(struct call *c, const struct realm *r)
{
	for (size_t i = 0; i < r->blocked.n; i++) {
		buf_putc(c->out, i ? ',' : '[');
		put_text(c->out, r->blocked.v[i]);
	}
	buf_puts(c->out, r->blocked.n ? "]" : "[]");
}

/* Pairs of property and value; or with `bare` the values alone. */
static enum call_result list(struct call *c, size_t arg, const struct setting *settings,
    const struct props *props, const struct realm *r, bool bare)
{
	const char *names[SETTINGS_MAX + 1] = {NULL};
	unsigned char chosen[CALL_COLUMNS];
	struct rows rows;
	size_t all = 0, n;

	for (; settings[all].name; all++)
		names[all] = settings[all].name;
	if (call_choose(c, arg, "property", names, all, chosen, &n) != 0)
		return CALL_FAILED;
	rows = rows_begin(c, true);
	for (size_t i = 0; i < n; i++) {
		const struct setting *s = &settings[chosen[i]];

		rows_next(&rows);
		if (!bare)
			buf_printf(c->out, "[\"%s\",", s->name);
		if (s->kind == SETTING_MACS)
			put_macs(c, r);
		else
			put_text(c->out, props_get(props, s->name));
		if (!bare)
			buf_putc(c->out, ']');
	}
	rows_end(&rows);
	return CALL_OK;
}

/* --- changing --- */

static enum call_result check(struct call *c, const struct setting *settings, const char *name, const cJSON *v)
{
	const struct setting *s = name ? settings_find(settings, name) : NULL;
	const char *value = call_value(v);

	if (!s)
		return call_fail(c, "unknown property '%s'", name ? name : "");
	if (!value || !setting_accepts(s, value))
		return call_fail(c, "'%s' cannot be '%s'", name, value ? value : "");
	return CALL_OK;
}

static bool is_mac(const char *text)
{
	if (!text || strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

/* [property, [delete...], [add...]], or [property] to delete all. */
static enum call_result check_macs(struct call *c, const cJSON *const *row, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const cJSON *v;

		if (!cJSON_IsArray(row[i]))
			return call_fail(c, "block_port_macs takes a list to delete and a list to add");
		cJSON_ArrayForEach (v, row[i])
			if (!is_mac(call_value(v)))
				return call_fail(c, "not a MAC address: '%.40s'",
				    call_value(v) ? call_value(v) : "");
	}
	return CALL_OK;
}

static void change_macs(struct realm *r, const cJSON *const *row, size_t n)
{
	const cJSON *v;

	if (n == 1)
		while (r->blocked.n > 0)
			names_delete(r->blocked.v, &r->blocked.n, r->blocked.v[0]);
	if (n > 1)
		cJSON_ArrayForEach (v, row[1])
			names_delete(r->blocked.v, &r->blocked.n, call_value(v));
	if (n > 2)
		cJSON_ArrayForEach (v, row[2]) {
			names_delete(r->blocked.v, &r->blocked.n, call_value(v));
			names_add(&r->blocked.v, &r->blocked.n, &r->blocked.cap, call_value(v));
		}
}

static bool are_macs(const struct setting *settings, const char *name)
{
	const struct setting *s = name ? settings_find(settings, name) : NULL;

	return s && s->kind == SETTING_MACS;
}

static enum call_result modify(
    struct call *c, size_t arg, const struct setting *settings, struct props *props, struct realm *r)
{
	const cJSON *pairs, *v, *row[3];

	if (call_list(c, arg, "pairs", true, &pairs) != 0)
		return CALL_FAILED;
	cJSON_ArrayForEach (v, pairs) {
		size_t n = call_row(v, row, 3);
		const char *name = n ? call_value(row[0]) : NULL;

		if (are_macs(settings, name)) {
			if (check_macs(c, row, n) != CALL_OK)
				return CALL_FAILED;
			continue;
		}
		if (n < 2)
			return call_fail(c, "a setting is [property, value]");
		if (check(c, settings, name, row[1]) != CALL_OK)
			return CALL_FAILED;
	}
	cJSON_ArrayForEach (v, pairs) {
		size_t n = call_row(v, row, 3);
		const char *name = call_value(row[0]);

		if (are_macs(settings, name))
			change_macs(r, row, n);
		else
			props_set(props, name, call_value(row[1]));
	}
	return CALL_OK;
}

/* --- the requests --- */

enum call_result answer_global_settings(struct call *c)
{
	return list(c, 0, global_settings, &c->box->model.global, NULL, false);
}

enum call_result answer_global_settings_modify(struct call *c)
{
	return modify(c, 0, global_settings, &c->box->model.global, NULL);
}

enum call_result answer_advanced_settings(struct call *c)
{
	return list(c, 0, advanced_settings, &c->box->model.advanced, NULL, false);
}

enum call_result answer_advanced_settings_modify(struct call *c)
{
	return modify(c, 0, advanced_settings, &c->box->model.advanced, NULL);
}

enum call_result answer_realm_advanced_settings(struct call *c)
{
	struct realm *r;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	return list(c, 1, realm_settings, &r->settings, r, false);
}

enum call_result answer_realm_advanced_settings_modify(struct call *c)
{
	struct realm *r;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	return modify(c, 1, realm_settings, &r->settings, r);
}

enum call_result answer_security_misc_settings(struct call *c)
{
	return list(c, 0, misc_settings, &c->box->model.misc, NULL, true);
}

enum call_result answer_security_misc_settings_modify(struct call *c)
{
	const cJSON *object, *v;
	const char *name;

	if (call_object(c, 0, "properties", &object) != 0)
		return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		if (check(c, misc_settings, name, v) != CALL_OK)
			return CALL_FAILED;
	for (v = NULL; call_member(object, &v, &name);)
		props_set(&c->box->model.misc, name, call_value(v));
	return CALL_OK;
}
