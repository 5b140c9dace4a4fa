/* SPDX-License-Identifier: ISC */
/* The catalogue against the protocol's list of requests, and against itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/catalog.h"
#include "proto/json.h"

/* The protocol's requests as its document lists them: kind and name. */
static const char *const documented[] = {
	"S login", "S login_cram_md6", "S start_tls", "R ping", "R product_id", "S subscribe", "S unsubscribe", "M log",
	"M set_license", "A remote_backup", "R realm_info", "M realm_info_modify", "M realm_modify", "A realm_discover",
	"A realm_poll", "A switch_poll", "A realm_sync", "R realm_query", "R report_info", "R user_view_info",
	"R realm_view", "R realm_seed_list", "M realm_seed_list_modify", "R realm_snmp_credential_list",
	"M realm_snmp_credential_list_modify", "R realm_device_assignment_list", "M realm_device_assign",
	"R realm_advanced_settings", "M realm_advanced_settings_modify", "R poller_info", "M poller_modify",
	"M poller_info_modify", "R poller_subnet_list", "M poller_subnet_list_modify", "R global_settings",
	"M global_settings_modify", "R advanced_settings", "M advanced_settings_modify", "R security_misc_settings",
	"M security_misc_settings_modify", "R security_certificate_list", "M security_certificate_list_modify",
	"R security_certificate_assignment_list", "M security_certificate_assign", "R security_authentication_method_list",
	"M security_authentication_modify", "R group_info", "M group_modify", "R group_settings", "M group_settings_modify",
};

enum { DOCUMENTED = sizeof(documented) / sizeof(documented[0]) };

static const struct arg *arg_of(const char *request, const char *name)
{
	const struct request *r = catalog_find(request, strlen(request));

	assert_non_null(r);
	for (const struct arg *arg = r->args; arg->name != NULL; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg;
	fail_msg("%s has no argument %s", request, name);
	return NULL;
}

static void every_documented_request_is_there_with_its_kind(void **state)
{
	(void)state;
	assert_int_equal(DOCUMENTED, 50);
	assert_int_equal(catalog_len, 50);
	for (size_t i = 0; i < DOCUMENTED; i++) {
		const struct request *r = catalog_find(documented[i] + 2, strlen(documented[i] + 2));

		if (r == NULL)
			fail_msg("%s is missing", documented[i]);
		assert_int_equal("SRMA"[r->kind], documented[i][0]);
	}
}

static void requests_are_sorted_and_unique(void **state)
{
	(void)state;
	for (size_t i = 1; i < catalog_len; i++)
		assert_true(strcmp(catalog[i - 1].name, catalog[i].name) < 0);
}

static void good_help(const char *where, const char *name, const char *help)
{
	if (help == NULL || help[0] == '\0')
		fail_msg("%s: %s has no help", where, name);
	if (strchr(help, '\n') != NULL || help[strlen(help) - 1] == '.' || strlen(help) > 100)
		fail_msg("%s: help of %s is not one short line without a full stop", where, name);
}

static void good_fields(const char *where, const struct field *fields)
{
	bool optional = false;

	for (const struct field *f = fields; f != NULL && f->name != NULL; f++) {
		good_help(where, f->name, f->help);
		if (catalog_field(fields, f->name, strlen(f->name)) != f)
			fail_msg("%s: %s stands there twice", where, f->name);
		assert_true(f->unit != UNIT_GID || f->gid != GID_NONE);
		assert_true(f->type != ARG_GID || f->gid != GID_NONE);
		assert_true(f->type != ARG_WORD || f->values != NULL);
		assert_true(f->optional || !optional);
		optional = f->optional;
	}
}

static void every_request_has_help_group_and_example(void **state)
{
	(void)state;
	for (const struct request *r = catalog; r < catalog + catalog_len; r++) {
		size_t group = 0;

		good_help("catalog", r->name, r->help);
		while (catalog_groups[group] != NULL && strcmp(catalog_groups[group], r->group) != 0)
			group++;
		if (catalog_groups[group] == NULL)
			fail_msg("%s: no group %s", r->name, r->group);
		if (r->example == NULL || r->example_json == NULL)
			fail_msg("%s has no example", r->name);
		assert_memory_equal(r->example, r->name, strlen(r->name));
	}
}

static void arguments_are_described_and_typed(void **state)
{
	(void)state;
	for (const struct request *r = catalog; r < catalog + catalog_len; r++) {
		bool optional = false;

		for (size_t i = 0; i < REQUEST_ARGS && r->args[i].name != NULL; i++) {
			const struct arg *a = &r->args[i];

			good_help(r->name, a->name, a->help);
			good_fields(r->name, a->fields);
			for (size_t j = 0; j < i; j++)
				assert_string_not_equal(r->args[j].name, a->name);
			/* required arguments come first, and only the last may take all words */
			assert_false((a->flags & ARG_REQUIRED) && optional);
			optional = optional || !(a->flags & ARG_REQUIRED);
			assert_false((a->flags & ARG_MANY) && r->args[i + 1].name != NULL);
			assert_true(a->type != ARG_WORD || a->values != NULL);
			assert_true(a->type != ARG_GID || a->gid != GID_NONE);
			assert_true(a->type != ARG_LIST || a->element != ARG_GID || a->gid != GID_NONE);
			assert_true(a->type != ARG_LIST || a->element != ARG_WORD || a->values != NULL);
			if (a->type == ARG_ROWS || a->type == ARG_OBJECT || a->type == ARG_PAIRS || a->type == ARG_PAIR ||
			    a->type == ARG_ROLES)
				assert_non_null(a->fields);
			assert_true(arg_type_name(a)[0] != '\0');
		}
		assert_null(r->args[REQUEST_ARGS - 1].name);
	}
}

static void every_reply_has_headings(void **state)
{
	(void)state;
	for (const struct request *r = catalog; r < catalog + catalog_len; r++) {
		good_fields(r->name, r->reply);
		/* a view's columns are the view's */
		if ((r->shape == REPLY_ROWS || r->shape == REPLY_VALUES || r->shape == REPLY_ROLES) &&
		    strcmp(r->name, "realm_view") != 0 && r->reply == NULL)
			fail_msg("%s has no headings", r->name);
		if (r->kind == REQUEST_READ)
			assert_int_not_equal(r->shape, REPLY_NONE);
	}
}

static void what_may_be_asked_for_has_a_heading(void **state)
{
	(void)state;
	for (const struct request *r = catalog; r < catalog + catalog_len; r++)
		for (const struct arg *a = r->args; a->name != NULL; a++)
			for (const struct field *f = a->fields; (a->flags & ARG_HEADINGS) && f->name != NULL; f++)
				if (catalog_field(r->reply, f->name, strlen(f->name)) == NULL)
					fail_msg("%s: %s has no heading", r->name, f->name);
}

static void modifiers_name_a_read_that_shows_what_they_change(void **state)
{
	(void)state;
	for (const struct request *r = catalog; r < catalog + catalog_len; r++) {
		const struct request *reader;

		if (r->reader == NULL) {
			if (r->kind == REQUEST_MODIFY && strcmp(r->name, "log") != 0 && strcmp(r->name, "set_license") != 0)
				fail_msg("%s: no reader", r->name);
			continue;
		}
		reader = catalog_find(r->reader, strlen(r->reader));
		assert_non_null(reader);
		assert_int_equal(reader->kind, REQUEST_READ);
	}
}

static void secrets_are_marked(void **state)
{
	static const char *const with[] = {"login", "login_cram_md6", "set_license", "remote_backup", "poller_modify",
	    "poller_info_modify", "realm_snmp_credential_list_modify", "security_authentication_modify",
	    "security_certificate_list_modify"};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		const struct request *r = catalog_find(with[i], strlen(with[i]));

		assert_non_null(r);
		if (!catalog_secret(r))
			fail_msg("%s is not secret", with[i]);
	}
	for (const struct request *r = catalog; r < catalog + catalog_len; r++)
		count += catalog_secret(r);
	assert_int_equal(count, sizeof(with) / sizeof(with[0]));
}

static void values_have_the_protocols_numbers(void **state)
{
	static const char *const words[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
	const struct value_name *v = arg_of("log", "priority")->values;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		assert_string_equal(v[i].name, words[i]);
		assert_int_equal(v[i].value[0], '0' + (int)i);
	}
	assert_null(v[8].name);
	v = arg_of("realm_query", "history")->values;
	assert_string_equal(catalog_value(v, "current", 7)->value, "0");
	assert_string_equal(catalog_value(v, "all", 3)->value, "1");
	assert_string_equal(catalog_value(v, "changes", 7)->value, "2");
	v = arg_of("group_settings_modify", "system")->fields->values;
	assert_string_equal(catalog_value(v, "none", 4)->value, "0");
	assert_string_equal(catalog_value(v, "read", 4)->value, "1");
	assert_string_equal(catalog_value(v, "write", 5)->value, "2");
	assert_null(catalog_value(v, "writ", 4));
	assert_string_equal(catalog_value(arg_of("remote_backup", "protocol")->values, "scp", 3)->value, "SCP");
	for (const struct request *r = catalog; r < catalog + catalog_len; r++)
		for (const struct arg *a = r->args; a->name != NULL; a++)
			for (v = a->values; v != NULL && v->name != NULL; v++)
				good_help(r->name, v->name, v->help);
}

static void columns_depend_on_the_type(void **state)
{
	const struct arg *a = arg_of("realm_query", "columns");
	const struct request *r = catalog_find("realm_query", 11);
	static const char *const types[] = {"device", "switch", "switch_detail"};
	static const size_t counts[] = {25, 22, 22};
	const struct field *all = catalog_fields(r, a, NULL);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct field *f = catalog_fields(r, a, types[i]);
		size_t n = 0;

		good_fields(types[i], f);
		for (; f->name != NULL; f++, n++)
			assert_non_null(catalog_field(all, f->name, strlen(f->name)));
		assert_int_equal(n, counts[i]);
	}
	for (const struct field *f = all; f->name != NULL; f++) {
		bool found = false;

		for (size_t i = 0; i < 3; i++)
			found = found || catalog_field(catalog_fields(r, a, types[i]), f->name, strlen(f->name)) != NULL;
		assert_true(found);
		assert_true(f[1].name == NULL || strcmp(f[0].name, f[1].name) < 0);
	}
	assert_ptr_equal(catalog_fields(r, a, "other"), all);
	assert_ptr_equal(catalog_fields(r, &r->args[0], "device"), r->args[0].fields);
}

static void every_role_is_some_requests(void **state)
{
	(void)state;
	for (int role = ROLE_NONE + 1; role <= ROLE_CREDENTIALS; role++)
		assert_non_null(catalog_role((enum request_role)role));
	assert_string_equal(catalog_role(ROLE_PING)->name, "ping");
}

static void slips_of_the_fingers_find_the_nearest_name(void **state)
{
	static const char *const pairs[][2] = {
		{"realm_inf", "realm_info"}, {"relam_info", "realm_info"}, {"realm-info", "realm_info"}, {"pnig", "ping"},
		{"Realm_Poll", "realm_poll"}, {"realm_disc", "realm_discover"}, {"subscirbe", "subscribe"},
		{"set_licence", "set_license"}, {"realminfo", "realm_info"}, {"poller_info_modfy", "poller_info_modify"},
	};
	static const char *const none[] = {"", "x", "zz", "hello", "frobnicate", "realm_frobnicate_it", "realm_"};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *near = catalog_nearest(pairs[i][0], strlen(pairs[i][0]));

		if (near == NULL || strcmp(near, pairs[i][1]) != 0)
			fail_msg("%s: %s", pairs[i][0], near == NULL ? "none" : near);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (catalog_nearest(none[i], strlen(none[i])) != NULL)
			fail_msg("%s: %s", none[i], catalog_nearest(none[i], strlen(none[i])));
}

static void a_name_with_a_nul_or_cut_short_is_not_found(void **state)
{
	(void)state;
	assert_non_null(catalog_find("pingpong", 4));
	assert_null(catalog_find("ping", 3));
	assert_null(catalog_find("ping\0x", 6));
	assert_null(catalog_find("", 0));
	assert_null(catalog_find("zzz", 3));
	assert_null(catalog_find("PING", 4));
	assert_null(catalog_field(catalog_events, "realm_poll_stop\0", 16));
	assert_null(catalog_field(catalog_events, "", 0));
}

static void listers_ask_for_gids_and_names(void **state)
{
	(void)state;
	for (int kind = GID_NONE; kind <= GID_KINDS; kind++) {
		const char *text = catalog_lister((enum gid_kind)kind);
		const struct request *r = NULL;
		struct json_iter it;
		struct json v;
		size_t at;

		assert_true((text == NULL) == (kind == GID_NONE || kind == GID_KINDS));
		assert_non_null(gid_kind_name((enum gid_kind)kind));
		if (text == NULL)
			continue;
		assert_null(json_read(text, strlen(text), &v, &at));
		it = json_iterate(v);
		assert_true(json_next(&it, NULL, &v));
		for (size_t i = 0; i < catalog_len; i++)
			if (json_is(v, catalog[i].name))
				r = &catalog[i];
		assert_non_null(r);
		assert_int_equal(r->kind, REQUEST_READ);
		assert_int_equal(r->shape, REPLY_ROWS);
		if (json_next(&it, NULL, &v)) {
			it = json_iterate(v);
			for (unsigned i = 0; json_next(&it, NULL, &v); i++)
				assert_true(json_is(v, i == LISTED_GID ? "gid" : i == LISTED_NAME ? "name" : "?"));
		} else {
			assert_string_equal(r->reply[LISTED_GID].name, "gid");
			assert_string_equal(r->reply[LISTED_NAME].name, "name");
		}
		assert_int_equal(catalog_field(r->reply, "gid", 3)->gid, kind);
	}
}

static void arguments_are_named_as_the_manual_says(void **state)
{
	static const char *const names[][2] = {
		{"realm_info", "fields"}, {"realm_info", "realms"}, {"poller_info", "pollers"}, {"group_info", "groups"},
		{"security_authentication_method_list", "methods"}, {"user_view_info", "types"}, {"realm_query", "columns"},
		{"realm_query", "raw"}, {"realm_query", "filter"}, {"realm_query", "history"}, {"realm_query", "unused"},
		{"realm_modify", "delete"}, {"realm_modify", "add"}, {"global_settings", "properties"},
		{"group_settings", "roles"}, {"realm_info_modify", "settings"}, {"group_settings_modify", "system"},
		{"group_settings_modify", "realm-roles"}, {"subscribe", "events"}, {"switch_poll", "switch-ip"},
		{"remote_backup", "email-recipient"}, {"realm_sync", "module"}, {"log", "message"}, {"log", "priority"},
		{"set_license", "licence"}, {"realm_view", "view"}, {"poller_subnet_list", "poller"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(arg_of(names[i][0], names[i][1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_documented_request_is_there_with_its_kind),
		cmocka_unit_test(requests_are_sorted_and_unique),
		cmocka_unit_test(every_request_has_help_group_and_example),
		cmocka_unit_test(arguments_are_described_and_typed),
		cmocka_unit_test(every_reply_has_headings),
		cmocka_unit_test(what_may_be_asked_for_has_a_heading),
		cmocka_unit_test(modifiers_name_a_read_that_shows_what_they_change),
		cmocka_unit_test(secrets_are_marked),
		cmocka_unit_test(values_have_the_protocols_numbers),
		cmocka_unit_test(columns_depend_on_the_type),
		cmocka_unit_test(every_role_is_some_requests),
		cmocka_unit_test(slips_of_the_fingers_find_the_nearest_name),
		cmocka_unit_test(a_name_with_a_nul_or_cut_short_is_not_found),
		cmocka_unit_test(listers_ask_for_gids_and_names),
		cmocka_unit_test(arguments_are_named_as_the_manual_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
