/* SPDX-License-Identifier: ISC */
/* What is offered at every place of a line; and that all of it can be typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "lang/complete.h"

/* --- a box with names of all sorts --- */

static void gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	switch (kind) {
	case GID_REALM:
		found(arg, "5000015442", "Head Office");
		found(arg, "5100005442", "Headless");
		found(arg, "5200000000", "Lab");
		found(arg, "5300000000", "it's, \"x\"=y\\");
		found(arg, "5400000000", "evil\033]0;x\007");
		found(arg, "5500000000", "turned\xe2\x80\xae");
		found(arg, "5600000000", "123");
		found(arg, "5700000000", "nu ll");
		found(arg, "5800000000", NULL);
		found(arg, "5900000000", "M\xc3\xbcnchen");
		found(arg, "5900000001", "M\xc3\xa4rz");
		found(arg, "5900000002", "--odd");
		break;
	case GID_POLLER:
		found(arg, "64424509930", "localhost");
		break;
	case GID_GROUP:
		found(arg, "98784248723", "Super Admin");
		break;
	default:
		found(arg, "1", "one");
		break;
	}
}

static void commands(void *ctx, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	found(arg, ".each", "for every row");
	found(arg, ".echo", "text");
	found(arg, ".format", "format");
	found(arg, ".watch", "again and again");
}

static enum command_place command_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *, const char *), void *arg)
{
	const char *command = words[0];

	(void)ctx;
	if (strcmp(command, ".source") == 0)
		return PLACE_FILE;
	if (strcmp(command, ".format") == 0 && index == 1) {
		found(arg, "table", "aligned");
		found(arg, "tsv", "tabs");
	}
	/* .watch SECONDS [N] LINE */
	if (strcmp(command, ".watch") == 0 && index == 2 && index < count && words[2][0] >= '0' && words[2][0] <= '9')
		return PLACE_WORD;
	return (strcmp(command, ".each") == 0 && index == 1) || (strcmp(command, ".watch") == 0 && index >= 2) ? PLACE_LINE : PLACE_WORD;
}

static void files(void *ctx, const char *path, void (*found)(void *, const char *, const char *), void *arg)
{
	static const char *const all[] = {"cert.pem", "certs/", "my file"};

	(void)ctx;
	for (size_t i = 0; i < 3; i++)
		if (strncmp(all[i], path, strlen(path)) == 0)
			found(arg, all[i], NULL);
}

static const struct complete_context context = {.gids = gids, .commands = commands, .command_word = command_word, .files = files};

/* --- asking --- */

static struct completion c;

static void ask(const char *text)
{
	completion_clear(&c);
	assert_int_equal(complete(&c, text, strlen(text), &context), 0);
	assert_true(c.start <= strlen(text));
	for (size_t i = 1; i < c.count; i++)
		assert_true(strcmp(c.candidates[i - 1].text, c.candidates[i].text) != 0);
}

/* Returns the candidates, separated by '|', with what is appended to a unique one. */
static void offers(const char *text, const char *expected)
{
	struct buf all = {0};

	ask(text);
	for (size_t i = 0; i < c.count; i++) {
		if (i > 0)
			buf_putc(&all, '|');
		buf_puts(&all, c.candidates[i].text);
	}
	if (c.count == 1)
		buf_puts(&all, c.append);
	if (strcmp(buf_string(&all), expected) != 0)
		fail_msg("%s: <%s> instead of <%s>", text, buf_string(&all), expected);
	buf_clear(&all);
}

static void explains(const char *text, const char *part)
{
	ask(text);
	if (c.explain == NULL || strstr(c.explain, part) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", text, c.explain == NULL ? "" : c.explain, part);
}

static int clear(void **state)
{
	(void)state;
	completion_clear(&c);
	return 0;
}

static void names_of_requests_and_commands(void **state)
{
	(void)state;
	ask("");
	assert_int_equal(c.count, 54);
	offers("pi", "ping ");
	offers("realm_i", "realm_info|realm_info_modify");
	assert_int_equal(completion_common(&c), 10);
	assert_string_equal(c.candidates[0].help, "show realms");
	offers("- pi", "ping ");
	offers("zz", "");
	offers(".e", ".each|.echo");
	offers("'pi", "'ping' ");
	offers("# pi", "");
	offers("[\"pi", "\"ping\"");
	offers("[\"ping\"", "");
	explains("", "a request");
}

static void arguments_by_name(void **state)
{
	(void)state;
	offers("log --", "--message|--priority");
	offers("log --p", "--priority ");
	offers("log x --", "--priority ");
	offers("log --message ", "");
	offers("log --priority ", "alert|crit|debug|emerg|err|info|notice|warning");
	offers("log --priority=no", "notice ");
	offers("log x ", "alert|crit|debug|emerg|err|info|notice|warning");
	offers("log x notice ", "");
	explains("log x notice ", "nothing more");
	offers("realm_query 5 device vlan --h", "--history ");
	offers("realm_query --ty", "--type ");
	offers("log -- --", "");
	offers("remote_backup --protocol S", "SCP ");
}

static void fields_and_columns(void **state)
{
	(void)state;
	offers("realm_info na", "name");
	offers("realm_info gid,na", "name");
	assert_int_equal(c.start, strlen("realm_info gid,"));
	offers("realm_info gid,last_", "last_discover|last_poll|last_sync");
	offers("realm_info gid,last_poll,last_", "last_discover|last_sync");
	offers("realm_info 'gid',g", "");
	offers("realm_query 5 device vlan", "vlan|vlanname");
	offers("realm_query 5 switch vlan", "");
	offers("realm_query 5 switch_detail ifn", "ifname");
	offers("realm_query 5 --columns vlan", "vlan|vlanname");
	offers("realm_query 5 device vlan device_m", "device_mac");
	offers("realm_query 5 d", "device ");
	offers("user_view_info gid po", "port");
	offers("realm_info [\"gi", "");
}

static void properties_and_their_values(void **state)
{
	(void)state;
	offers("global_settings_modify dom", "domain=");
	offers("global_settings_modify domain=x smtp_", "smtp_server=|smtp_user=");
	offers("global_settings_modify smtp_user=x smtp_", "smtp_server=");
	offers("security_authentication_modify 5 inuse=o", "off|on");
	offers("group_settings_modify 5 --system A", "'API'=|'Add Realms'=|'Advanced Settings'=");
	assert_int_equal(completion_common(&c), 2);
	offers("group_settings_modify 5 --system 'Add", "'Add Realms'=");
	offers("group_settings_modify 5 --system 'Add Realms'=r", "read ");
	offers("group_settings_modify 5 --realm-roles La", "Lab=");
	offers("group_settings_modify 5 --realm-roles 5=Vi", "Views=");
	offers("group_settings_modify 5 --realm-roles 5=Views=w", "write ");
	offers("group_settings 5 'Add Realms','Assign", "'Assign Devices'");
	offers("realm_query 5 device vlan --filter vl", "vlan=|vlanname=");
	offers("realm_query 5 device vlan device_mac vlan=3 a", "all|all+changes");
	offers("realm_query 5 device vlan --unused ", "days=|months=|years=");
	offers("realm_info_modify 5 discovery_poller=loc", "localhost ");
	offers("security_certificate_assign custom,a", "apache|api");
	offers("security_misc_settings_modify --settings=log", "login_banner=");
	explains("poller_info_modify 5 secret=", "secret");
}

static void events(void **state)
{
	(void)state;
	offers("subscribe ", "*|realm_discover_start|realm_discover_stop|realm_poll_start|realm_poll_stop");
	offers("subscribe realm_poll_start realm_discover_sto", "realm_discover_stop ");
}

static void gids_with_their_names(void **state)
{
	(void)state;
	offers("realm_poll 50", "5000015442 ");
	assert_string_equal(c.candidates[0].help, "Head Office");
	offers("realm_poll La", "Lab ");
	assert_string_equal(c.candidates[0].help, "5200000000");
	offers("realm_poll Head", "'Head Office'|'Headless'");
	assert_int_equal(completion_common(&c), 5);
	offers("realm_poll 'Head ", "'Head Office' ");
	offers("realm_poll Head\\ ", "'Head Office' ");
	offers("realm_poll it", "\"it's, \\\"x\\\"=y\\\\\" ");
	offers("realm_poll \"it", "\"it's, \\\"x\\\"=y\\\\\" ");
	offers("realm_poll ev", "");
	offers("realm_poll tur", "");
	offers("realm_poll 12", "");
	offers("realm_poll --o", "");
	offers("realm_poll '--o", "'--odd' ");
	offers("realm_poll M", "M\xc3\xa4rz|M\xc3\xbcnchen");
	assert_int_equal(completion_common(&c), 1);
	offers("realm_info gid nu", "'nu ll'");
	offers("realm_info gid nul", "null");
	offers("realm_info gid 5000015442,La", "Lab");
	offers("realm_info gid 5000015442,50", "");
	ask("realm_poll ");
	assert_int_equal(c.count, 12);
	offers("realm_device_assign 5 1.1.1.1 ", "64424509930|null");
	offers("group_settings Su", "'Super Admin' ");
	explains("realm_poll ", "realm: gid or name, required: gid or name of the realm");
}

static void files_after_an_at_and_a_redirection(void **state)
{
	(void)state;
	offers("set_license @ce", "cert.pem|certs/");
	assert_true(c.files);
	assert_int_equal(c.start, strlen("set_license @"));
	offers("set_license @my", "'my file' ");
	offers("security_certificate_list_modify --add n,@cert.", "cert.pem");
	offers("realm_info > certs", "certs/");
	offers("realm_info gid >> my", "'my file' ");
	offers("realm_info | gr", "");
	offers("realm_info > f ", "");
	offers("realm_poll 5 & ", "");
	offers("realm_poll @ce", "");
	offers("login x ce", "");
}

static void lines_within_commands(void **state)
{
	(void)state;
	offers(".each realm_i", "realm_info|realm_info_modify");
	offers(".each realm_info gi", "gid");
	offers(".each realm_info gid -- realm_disc", "realm_discover ");
	offers(".each realm_info gid -- realm_poll La", "Lab ");
	offers(".watch 5 pi", "ping ");
	offers(".format t", "table|tsv");
	offers(".format table ", "");
	offers(".watch 5 3 pi", "ping ");
	offers(".source ce", "cert.pem|certs/");
	offers(".echo x", "");
	offers(".watch 5 .for", "");	/* it would be refused */
}

static void hopeless_places_offer_nothing(void **state)
{
	static const char *const texts[] = {"log x notice extra m", "realm_info --nothing x", "log --message --pri", "realm_info \"\\x", "nothing x",
	    "realm_info [1]x", "realm_info gid 5 x", "\xff", "ping ", "realm_poll 5 x"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ask(texts[i]);
		if (c.count > 0)
			fail_msg("%s: %s", texts[i], c.candidates[0].text);
	}
	completion_clear(&c);
	assert_int_equal(complete(&c, "a\0b", 3, &context), 0);
	assert_int_equal(c.count, 0);
}

static void nothing_is_known_without_a_context(void **state)
{
	static const struct complete_context empty = {0};
	struct completion d;

	(void)state;
	assert_int_equal(complete(&d, "realm_poll ", 11, NULL), 0);
	/* No gid is known: the name of the argument would be the only candidate, and inserted. */
	assert_int_equal(d.count, 0);
	completion_clear(&d);
	assert_int_equal(complete(&d, ".x y", 4, &empty), 0);
	assert_int_equal(d.count, 0);
	completion_clear(&d);
	assert_int_equal(complete(&d, "set_license @", 13, &empty), 0);
	assert_true(d.files);
	completion_clear(&d);
}

/* --- every candidate can be typed --- */

static int read_file(void *ctx, const char *path, struct buf *out, struct error *e)
{
	(void)ctx;
	(void)e;
	buf_puts(out, path);
	return 0;
}

static const struct line_context parsing = {.prompt = true, .read_file = read_file};

/* True if the line is good, or only unfinished. */
static bool acceptable(const char *text, size_t len, bool unfinished, const char **why, size_t *notes)
{
	static struct error e;
	struct line line;
	char *usage;
	size_t at;
	bool good = line_parse(&line, text, len, &parsing, &e, &usage, &at) == 0;

	*why = e.text;
	*notes = line.note_count;
	if (!good)
		good = strstr(e.text, "is missing") != NULL || strstr(e.text, "nothing to do") != NULL ||
		    strstr(e.text, " needs ") != NULL || (unfinished && at + 1 >= len);
	free(usage);
	line_clear(&line);
	return good;
}

static void try_all(const char *text, size_t len, unsigned *tried)
{
	size_t notes;
	const char *why;

	completion_clear(&c);
	assert_int_equal(complete(&c, text, len, &context), 0);
	for (size_t i = 0; i < c.count; i++) {
		struct buf line = {0};
		size_t n = strlen(c.candidates[i].text);
		bool open = c.candidates[i].text[n - 1] == '=';

		buf_put(&line, text, c.start);
		buf_puts(&line, c.candidates[i].text);
		assert_non_null(buf_string(&line));
		if (!acceptable(buf_head(&line), line.len, open, &why, &notes) || (notes > 0 && !open))
			fail_msg("%.*s: %s: %s", (int)len, text, buf_string(&line), why);
		buf_clear(&line);
		++*tried;
	}
}

static void put_sample(struct buf *out, const struct request *r, const struct arg *a)
{
	const struct field *fields = catalog_fields(r, a, "device");

	switch (a->type) {
	case ARG_LIST:
		buf_puts(out, a->values != NULL ? a->values->name : fields != NULL ? "" : a->element == ARG_ADDRESS ? "10.0.0.1,::1" : "77,78");
		if (fields != NULL) {
			line_put_word(out, fields[0].name, strlen(fields[0].name));
			buf_putc(out, ',');
			line_put_word(out, fields[1].name, strlen(fields[1].name));
		}
		break;
	case ARG_ROWS:
	case ARG_PAIR:
		for (const struct field *f = fields; f->name != NULL; f++) {
			if (f != fields)
				buf_putc(out, a->type == ARG_PAIR ? ' ' : ',');
			buf_puts(out, f->type == ARG_NUMBER || f->type == ARG_BITS ? "1" : f->type == ARG_SUBNET || f->type == ARG_ADDRESS ? "10.0.0.0" : f->values != NULL ? f->values->name : f->type == ARG_GID ? "7" : "x");
		}
		break;
	case ARG_OBJECT:
	case ARG_PAIRS:
		line_put_word(out, fields[0].name, strlen(fields[0].name));
		buf_puts(out, fields[0].values != NULL ? "=" : "=x");
		buf_puts(out, fields[0].values != NULL ? fields[0].values->name : "");
		break;
	case ARG_ROLES:
		buf_puts(out, "Lab=Views=read");
		break;
	case ARG_NUMBER:
	case ARG_WORD:
		buf_puts(out, a->values->name);
		break;
	case ARG_GID:
		buf_puts(out, "'Head Office'");
		break;
	default:
		buf_puts(out, fields != NULL ? fields[0].name : "text");
		break;
	}
}

static void every_candidate_at_every_place_is_accepted(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (size_t i = 0; i < catalog_len; i++) {
		struct buf in_order = {0}, by_name = {0};
		bool greedy = false;

		buf_puts(&in_order, catalog[i].name);
		buf_puts(&by_name, catalog[i].name);
		for (const struct arg *a = catalog[i].args; a->name != NULL; a++) {
			buf_putc(&in_order, ' ');
			/* after an argument that takes all words only a name helps */
			if (greedy)
				buf_printf(&in_order, "--%s ", a->name);
			greedy = greedy || a->type == ARG_ROWS || a->type == ARG_OBJECT || a->type == ARG_PAIRS;
			put_sample(&in_order, &catalog[i], a);
			buf_printf(&by_name, " --%s ", a->name);
			put_sample(&by_name, &catalog[i], a);
		}
		buf_putc(&in_order, ' ');
		buf_putc(&by_name, ' ');
		for (size_t n = 0; n <= in_order.len; n++)
			try_all(buf_head(&in_order), n, &tried);
		for (size_t n = 0; n <= by_name.len; n++)
			try_all(buf_head(&by_name), n, &tried);
		for (size_t n = 0; n <= strlen(catalog[i].example); n++)
			try_all(catalog[i].example, n, &tried);
		buf_clear(&in_order);
		buf_clear(&by_name);
	}
	assert_true(tried > 10000);
}

/* The text after the common part was inserted leads to the same candidates. */
static void the_common_part_loses_no_candidate(void **state)
{
	static const char *const texts[] = {"realm_poll Head", "realm_poll M", "realm_poll ", "group_settings_modify 5 --system A", "realm_info gid,la",
	    "realm_i", "group_settings 5 'Add Realms',A", "realm_poll \"H", "set_license @c"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf line = {0};
		size_t count;

		ask(texts[i]);
		count = c.count;
		assert_true(count > 1);
		buf_put(&line, texts[i], c.start);
		buf_put(&line, c.candidates[0].text, completion_common(&c));
		ask(buf_string(&line));
		assert_int_equal(c.count, count);
		buf_clear(&line);
	}
}

/* --- names that the prompt would refuse to insert --- */

static uint32_t from;	/* the code points that are in names: from .. from + 255 */

static void strange_gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	(void)kind;
	for (uint32_t point = from; point < from + 256; point++) {
		char name[16] = "zz";
		size_t len = 2 + utf8_encode(point, name + 2);

		name[len] = 'z';
		if (point >= 0x80)
			found(arg, "1", name);
	}
}

static void what_is_offered_can_be_inserted(void **state)
{
	const struct complete_context strange = {.gids = strange_gids};
	size_t offered = 0;

	(void)state;
	for (from = 0; from < 0x11000; from += 256) {
		completion_clear(&c);
		assert_int_equal(complete(&c, "realm_poll zz", 13, &strange), 0);
		offered += c.count;
		for (size_t i = 0; i < c.count; i++)
			if (!safe_text(c.candidates[i].text, strlen(c.candidates[i].text)))
				fail_msg("U+%04X..: offered, but not harmless: %s", from, c.candidates[i].text);
	}
	assert_true(offered > 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_requests_and_commands),
		cmocka_unit_test(arguments_by_name),
		cmocka_unit_test(fields_and_columns),
		cmocka_unit_test(properties_and_their_values),
		cmocka_unit_test(events),
		cmocka_unit_test(gids_with_their_names),
		cmocka_unit_test(files_after_an_at_and_a_redirection),
		cmocka_unit_test(lines_within_commands),
		cmocka_unit_test(hopeless_places_offer_nothing),
		cmocka_unit_test(nothing_is_known_without_a_context),
		cmocka_unit_test(every_candidate_at_every_place_is_accepted),
		cmocka_unit_test(the_common_part_loses_no_candidate),
		cmocka_unit_test_teardown(what_is_offered_can_be_inserted, clear),
	};

	return cmocka_run_group_tests(tests, NULL, clear);
}
