/* SPDX-License-Identifier: ISC */
/*
 * test_credentials: the credentials of a realm's list for a host: each list by its tag, in every shape that boxes send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "snmp/credentials.h"

static struct buf calls;

static void excluded(void *ctx, const char *entry)
{
	(void)ctx;
	(void)entry;
	buf_puts(&calls, "excluded;");
}

static void community(void *ctx, const char *entry, const char *version, const char *text, unsigned number)
{
	(void)ctx;
	(void)entry;
	buf_printf(&calls, "%s:%s:%u;", version, text, number);
}

static void user(void *ctx, const char *entry, const struct snmp_user *u)
{
	(void)ctx;
	(void)entry;
	buf_printf(&calls, "3:%s:%s:%s:%s:%s;", u->name, u->auth == NULL ? "-" : u->auth, u->priv == NULL ? "-" : u->priv,
	    u->auth_protocol == NULL ? "-" : u->auth_protocol, u->priv_protocol == NULL ? "-" : u->priv_protocol);
}

static void unclear(void *ctx, const char *entry)
{
	(void)ctx;
	(void)entry;
	buf_puts(&calls, "unclear;");
}

/* Returns the credentials for 10.1.2.3 in the values of a reply. */
static void says(const char *values, const char *expected)
{
	static const struct snmp_credentials_ops ops = {.excluded = excluded, .community = community, .user = user, .unclear = unclear};
	const struct reply_about about = {.type = catalog_role(ROLE_CREDENTIALS)};
	struct address host;
	struct buf text = {0};
	struct json v;
	size_t at;

	buf_printf(&text, "[%s]", values);
	assert_null(json_read(buf_head(&text), text.len, &v, &at));
	assert_true(address_parse(&host, "10.1.2.3", 0));
	buf_reset(&calls);
	(void)snmp_credentials_read(&about, json_iterate(v), &host, &ops, NULL);
	buf_putc(&calls, '\0');
	if (strcmp(buf_head(&calls), expected) != 0)
		fail_msg("%s: <%s> instead of <%s>", values, buf_head(&calls), expected);
	buf_clear(&text);
}

static void a_list_is_what_its_tag_says(void **state)
{
	static const char *const shapes[] = {
		/* nested in one list, side by side, a single one, deeper */
		"[\"10.0.0.0\",8,[[2,[\"c1\",\"c2\"]],[3,\"u\",\"aa\",\"pp\",null,\"md5\",\"des\"]],1]",
		"[\"10.0.0.0\",8,[2,[\"c1\",\"c2\"]],[3,\"u\",\"aa\",\"pp\",\"md5\",\"des\"],1]",
		"[\"10.0.0.0\",8,[[2,\"c1\",\"c2\"],[3,\"u\",\"aa\",\"pp\",null,\"md5\",\"des\"]],1]",
		"[\"10.0.0.0\",8,[[[2,[\"c1\",\"c2\"]]],[[3,\"u\",\"aa\",\"pp\",null,\"md5\",\"des\"]]],1]",
		/* as the document's signature has it: version 3 within version 2 */
		"[\"10.0.0.0\",8,[2,[\"c1\",\"c2\",[3,\"u\",\"aa\",\"pp\",\"md5\",\"des\"]]],1]",
		"[\"10.0.0.0\",8,[2,[\"c1\",\"c2\"],[3,\"u\",\"aa\",\"pp\",\"md5\",\"des\"]],1]",
		"[\"10.0.0.0\",8,[2,\"c1\",\"c2\",[3,\"u\",\"aa\",\"pp\",null,\"md5\",\"des\"]],1]",
		"[[\"10.0.0.0\",8,[[2,[\"c1\",\"c2\"],[3,\"u\",\"aa\",\"pp\",\"md5\",\"des\"]]],1]]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		says(shapes[i], "2c:c1:1;2c:c2:2;3:u:aa:pp:md5:des;");
	says("[\"10.0.0.0\",8,[[1,[\"old\"]],[3,\"u\",\"aa\",null,null,\"SHA1\",null]],1]", "1:old:1;3:u:aa:-:SHA:-;");
	says("[\"10.0.0.0\",8,[[3,\"u\",\"\",null],[2,[\"c\"]]],1]", "3:u:-:-:-:-;2c:c:1;");
}

static void what_is_not_understood_is_sent_to_no_host(void **state)
{
	static const char *const shapes[] = {
		"[\"10.0.0.0\",8,[2,[4711]],1]",
		"[\"10.0.0.0\",8,[2,null],1]",
		"[\"10.0.0.0\",8,[2,{\"community\":\"c\"}],1]",
		"[\"10.0.0.0\",8,[2,[true]],1]",
		/* a user in the place of the communities, its tag a text */
		"[\"10.0.0.0\",8,[2,[\"3\",\"u\",\"aa\",\"pp\"]],1]",
		"[\"10.0.0.0\",8,[3,[\"u\",\"aa\",\"pp\"]],1]",
		"[\"10.0.0.0\",8,[3,\"u\",[\"aa\"],\"pp\"],1]",
		"[\"10.0.0.0\",8,[3,null,\"aa\",\"pp\"],1]",
		"[\"10.0.0.0\",8,[3],1]",
		"[\"10.0.0.0\",8,[[[[[[[[2,[\"c\"]]]]]]]]],1]",
		/* a tag that no version has, or none; a text that would be cut */
		"[\"10.0.0.0\",8,[2,[[3.0,\"u\",\"aa\",\"pp\"]]],1]",
		"[\"10.0.0.0\",8,[2,[[4,\"u\",\"aa\",\"pp\"]]],1]",
		"[\"10.0.0.0\",8,[2,[null,\"u\",\"aa\",\"pp\"]],1]",
		"[\"10.0.0.0\",8,[2,[\"v3\",\"u\",\"aa\",\"pp\"]],1]",
		"[\"10.0.0.0\",8,[2,[[\"u\",\"aa\",\"pp\"]]],1]",
		"[\"10.0.0.0\",8,[2,[{\"user\":\"u\"},\"aa\",\"pp\"]],1]",
		"[\"10.0.0.0\",8,[2,[\"c\\u0000d\"]],1]",
		"[\"10.0.0.0\",8,[3,\"u\",\"aa\\u0000b\"],1]",
		"[\"10.0.0.0\",8,[4,[\"u\"]],1]",
		"[\"10.0.0.0\",8,[\"c\",\"d\"],1]",
		/* no flags, or something else */
		"[\"10.0.0.0\",8,[2,[\"c\"]]]",
		"[\"10.0.0.0\",8,[2,[\"c\"]],\"include\"]",
		"[\"10.0.0.0\",8,\"community\",1]",
		"[\"10.0.0.0\",8,\"1\",[2,[\"c\"]],1]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		says(shapes[i], "unclear;");
	says("[\"10.0.0.0\",8,[2,[\"c\",5,\"d\"]],1]", "2c:c:1;unclear;2c:d:2;");
	/* After the communities, a list without a tag may be a user's. */
	says("[\"10.0.0.0\",8,[2,[\"c\"],[\"u\",\"aa\",\"pp\"]],1]", "2c:c:1;unclear;");
	says("[\"10.0.0.0\",8,[2,[\"c\",[\"u\",\"aa\",\"pp\"],\"d\"]],1]", "2c:c:1;unclear;2c:d:2;");
	says("[\"10.0.0.0\",8,[2,\"c\",[\"u\",\"aa\",\"pp\"]],1]", "2c:c:1;unclear;");
	says("[\"10.0.0.0\",8,[2,[],[\"u\",\"aa\"],[3,\"u\",\"aa\"]],1]", "unclear;3:u:aa:-:-:-;");
	says("[\"10.0.0.0\",8,[2,[[\"3\",\"u\",\"aa\",\"pp\"],[\"v3\",\"w\",\"aa\"]]],1]", "3:u:aa:pp:-:-;3:w:aa:-:-:-;");
	says("[\"10.0.0.0\",8,[\"v2c\",[\"c\"]],[\"v3\",\"u\",\"aa\"],1]", "2c:c:1;3:u:aa:-:-:-;");
}

static void bit_1_of_the_flags_includes(void **state)
{
	(void)state;
	for (unsigned flags = 0; flags < 4; flags++) {
		char row[80];

		snprintf(row, sizeof row, "[\"10.0.0.0\",8,[2,[\"c\"]],%u]", flags);
		says(row, flags == 1 || flags == 3 ? "2c:c:1;" : "excluded;");
		snprintf(row, sizeof row, "[\"10.0.0.0\",8,[2,[\"c\"]],\"%u\"]", flags);
		says(row, flags == 1 || flags == 3 ? "2c:c:1;" : "excluded;");
	}
	/* What follows is surplus; an exclude needs no credentials. */
	says("[\"10.0.0.0\",8,[2,[\"c\"]],1,0]", "2c:c:1;");
	says("[\"10.0.0.0\",8,2]", "excluded;");
	says("[\"10.0.0.0\",8,[],0]", "excluded;");
}

static void the_longest_prefix_decides(void **state)
{
	(void)state;
	says("[\"10.0.0.0\",8,[2,[\"wide\"]],1],[\"10.1.0.0\",16,[2,[\"near\"]],1],[\"10.2.0.0\",16,[2,[\"other\"]],1]", "2c:near:1;");
	says("[\"10.0.0.0\",8,[2,[\"wide\"]],1],[\"10.1.0.0\",16,[],2]", "excluded;");
	says("[\"10.2.0.0\",16,[2,[\"other\"]],1]", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_what_its_tag_says),
		cmocka_unit_test(what_is_not_understood_is_sent_to_no_host),
		cmocka_unit_test(bit_1_of_the_flags_includes),
		cmocka_unit_test(the_longest_prefix_decides),
	};
	int failures = cmocka_run_group_tests_name("credentials", tests, NULL, NULL);

	buf_clear(&calls);
	return failures;
}
