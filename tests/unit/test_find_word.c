/* SPDX-License-Identifier: ISC */
/*
 * test_find_word: how .find reads a word, which requests it sends, and in which cells it finds it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fold.h"
#include "commands/find_word.h"

static const char *const kinds[] = {"MAC", "part", "address", "subnet", "text"};

static void read_word(struct find_word *w, const char *text)
{
	find_word_read(w, text, strlen(text));
}

struct example { const char *word, *kind, *digits; };

static void assert_read(const struct example *e, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct find_word w;

		read_word(&w, e[i].word);
		if (strcmp(kinds[w.kind], e[i].kind) != 0)
			fail_msg("%s: taken for %s, not %s", e[i].word, kinds[w.kind], e[i].kind);
		if (e[i].digits != NULL)
			assert_string_equal(w.digits, e[i].digits);
		find_word_clear(&w);
	}
}

static void a_mac_is_read_in_every_spelling(void **state)
{
	static const struct example e[] = {
		{"3c:d9:2b:00:0a:ff", "MAC", "3cd92b000aff"}, {"3C-D9-2B-00-0A-FF", "MAC", "3cd92b000aff"},
		{"3c:d9:2b:0:a:ff", "MAC", "3cd92b000aff"}, {"3cd9.2b00.0aff", "MAC", "3cd92b000aff"},
		{"3cd9-2b00-0aff", "MAC", "3cd92b000aff"}, {"3cd92b-000aff", "MAC", "3cd92b000aff"},
		{"3cd92b:000aff", "MAC", "3cd92b000aff"}, {"3CD92B000AFF", "MAC", "3cd92b000aff"},
		{"004025112233", "MAC", "004025112233"},	/* decimal digits only */
	};

	(void)state;
	assert_read(e, sizeof e / sizeof *e);
}

static void a_part_of_a_mac_has_whole_octets(void **state)
{
	static const struct example e[] = {
		{"3c:d9:2b", "part", "3cd92b"}, {":0a:ff", "part", "0aff"}, {"3c-d9-", "part", "3cd9"},
		{"3c:", "part", "3c"}, {":ff", "part", "ff"}, {"3:d9", "part", "03d9"}, {"3c:d9:2b:00:0a", "part", "3cd92b000a"},
		{"3cd9.", "part", "3cd9"}, {"3cd9.2b", "part", "3cd92b"}, {"3cd9.2b00", "part", "3cd92b00"},
		{"3cd9.2b00.", "part", "3cd92b00"}, {"3CD9.2", "part", "3cd92"},
	};

	(void)state;
	assert_read(e, sizeof e / sizeof *e);
}

static void an_address_is_read_strictly(void **state)
{
	static const struct example e[] = {
		{"192.0.2.7", "address", ""}, {"::1", "address", ""}, {"2001:db8::7%eth0", "address", ""},
		{"[2001:db8::7]", "address", ""}, {"1:2:3:4:5:6:7:8", "address", ""}, {"::ffff:192.0.2.7", "address", ""},
		{"192.0.2.0/24", "subnet", ""}, {"2001:db8::/32", "subnet", ""}, {"192.0.2.7/0", "subnet", ""},
		{"192.0.2", "text", ""}, {"192.0.2.07", "text", ""}, {"192.0.2.256", "text", ""}, {"0x7f000001", "text", ""},
		{"192.0.2.0/33", "text", ""}, {"192.0.2.0/", "text", ""}, {"192.0.2.0/x", "text", ""}, {"2001:db8::%", "text", ""},
	};

	(void)state;
	assert_read(e, sizeof e / sizeof *e);
}

static void everything_else_is_text(void **state)
{
	static const struct example e[] = {
		{"room 12", "text", ""}, {"", "text", ""}, {":", "text", ""}, {"-", "text", ""}, {"3c::2g", "text", ""},
		{"3c:d9-2b", "text", ""}, {"3c:d9:2g", "text", ""}, {"3cd92b000af", "text", "3cd92b000af"},
		{"3cd92b000aff1", "text", ""}, {"beef", "text", "beef"}, {"BEEF", "text", "beef"}, {"bee", "text", ""},
		{"*3c:d9*", "text", ""}, {"3c:d9%", "text", ""}, {"3cd9.2b.00", "text", ""}, {"3cd.92b", "text", ""},
		{".3cd9", "text", ""}, {"3c:d9:2b:00:0a:ff:01", "text", ""}, {"M\xc3\xbcller", "text", ""},
	};

	(void)state;
	assert_read(e, sizeof e / sizeof *e);
}

static void assert_forms(const char *word, const char *forms)
{
	char f[FIND_FORMS][FIND_FORM_SIZE];
	struct find_word w;
	struct buf all = {0};
	size_t n;

	read_word(&w, word);
	n = find_word_forms(&w, f);
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%s%s", i > 0 ? " " : "", f[i]);
	assert_string_equal(buf_string(&all), forms);
	buf_clear(&all);
	find_word_clear(&w);
}

static void a_box_is_asked_in_every_form_at_once(void **state)
{
	(void)state;
	assert_forms("3cd9.2b00.0aff", "3c:d9:2b:00:0a:ff %3c%d9%2b%00%0a%ff% %3C%D9%2B%00%0A%FF%");
	assert_forms("004025112233", "00:40:25:11:22:33 %00%40%25%11%22%33%");
	assert_forms(":0A:ff", "%0a%ff% %0A%FF%");
	assert_forms("40:25", "%40%25%");
	assert_forms("40:25:1", "%40%25%1%");
	assert_forms("192.0.2.7", "192.0.2.7 %192.0.2.7%");
	assert_forms("[2001:DB8:0::7]", "2001:db8::7 %2001:db8::7%");
	assert_forms("192.0.2.128/25", "%192.0.2.%");
	assert_forms("172.16.0.0/12", "%172.%");
	assert_forms("192.0.2.9/32", "%192.0.2.9%");
	assert_forms("64.0.0.0/7", "");
	assert_forms("2001:db8::/32", "");
	assert_forms("room", "");
}

static bool in_macs(const char *word, const char *cell)
{
	struct find_word w;
	bool found;

	read_word(&w, word);
	found = find_word_in_macs(&w, cell, strlen(cell));
	find_word_clear(&w);
	return found;
}

static void a_mac_is_found_however_the_box_spells_it(void **state)
{
	static const char *const cells[] = {"3c:d9:2b:00:0a:ff", "3C-D9-2B-00-0A-FF", "3cd9.2b00.0aff", "3CD92B000AFF", "3c:d9:2b:0:a:ff",
	    "3c d9 2b 00 0a ff", "00:00:00:00:00:01, 3c:d9:2b:00:0a:ff;"};
	static const char *const words[] = {"3c:d9:2b:00:0a:ff", "3c:d9", ":0a:ff", "2b00", "3cd9.2", "d9:2b:0", "d9:2b:00:a"};

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (!in_macs(words[k], cells[i]))
				fail_msg("%s is not found in %s", words[k], cells[i]);
}

static void a_part_begins_with_an_octet(void **state)
{
	(void)state;
	assert_false(in_macs("cd92", "3c:d9:2b:00:0a:ff"));	/* 3[cd92]b */
	assert_false(in_macs("0:af", "3c:d9:2b:00:0a:ff"));
	assert_false(in_macs("ff:3c", "3c:d9:2b:00:0a:ff"));
	assert_true(in_macs("2b:0", "3c:d9:2b:0f:0a:ff"));	/* the beginning of 0f */
	assert_false(in_macs("3c:d9", ""));
	assert_false(in_macs("3c:d9", "3c:d9"));
	assert_false(in_macs("room", "3c:d9:2b:00:0a:ff"));
}

static bool in_addresses(const char *word, const char *cell)
{
	struct find_word w;
	bool found;

	read_word(&w, word);
	found = find_word_in_addresses(&w, cell, strlen(cell));
	find_word_clear(&w);
	return found;
}

static void addresses_are_compared_as_numbers(void **state)
{
	(void)state;
	assert_true(in_addresses("192.0.2.7", "192.0.2.7"));
	assert_true(in_addresses("192.0.2.7", "198.51.100.1 192.0.2.7"));
	assert_true(in_addresses("192.0.2.7", "198.51.100.1;192.0.2.7, "));
	assert_true(in_addresses("192.0.2.7", "::ffff:192.0.2.7"));
	assert_false(in_addresses("192.0.2.7", "192.0.2.70"));
	assert_false(in_addresses("192.0.2.7", "1192.0.2.7"));
	assert_true(in_addresses("2001:db8::7", "2001:DB8:0:0:0:0:0:7"));
	assert_true(in_addresses("2001:db8::7%vlan3", "[2001:db8::7]"));
	assert_true(in_addresses("fe80::1", "fe80::1%eth0"));
	assert_false(in_addresses("2001:db8::7", "2001:db8::70"));
	assert_false(in_addresses("::", "0.0.0.0"));
}

static void a_subnet_has_the_addresses_within_its_bits(void **state)
{
	(void)state;
	assert_true(in_addresses("192.0.2.128/25", "192.0.2.200"));
	assert_false(in_addresses("192.0.2.128/25", "192.0.2.127"));
	assert_true(in_addresses("192.0.2.5/30", "192.0.2.7"));
	assert_false(in_addresses("192.0.2.5/30", "192.0.2.8"));
	assert_true(in_addresses("0.0.0.0/0", "203.0.113.9"));
	assert_false(in_addresses("0.0.0.0/0", "2001:db8::7"));
	assert_true(in_addresses("2001:db8::/33", "2001:db8:7fff::"));
	assert_false(in_addresses("2001:db8::/33", "2001:db8:8000::"));
	assert_true(in_addresses("192.0.2.9/32", "192.0.2.9"));
}

static bool in_text(const char *word, const char *cell)
{
	struct buf scratch = {0};
	struct find_word w;
	bool found;

	read_word(&w, word);
	found = find_word_in_text(&w, cell, strlen(cell), &scratch);
	find_word_clear(&w);
	buf_clear(&scratch);
	return found;
}

static void text_is_found_without_regard_to_case(void **state)
{
	(void)state;
	assert_true(in_text("ROOM 12", "Big room 12b"));
	assert_true(in_text("m\xc3\xbcller", "Frau M\xc3\x9cLLER"));
	assert_true(in_text("\xce\xa9", "\xcf\x89mega"));
	assert_true(in_text("\xd0\xbc\xd0\xb8\xd1\x80", "\xd0\x9c\xd0\x98\xd0\xa0"));
	assert_false(in_text("room 12", "room  12"));
	assert_false(in_text("desk_7", "desk 7"));
	assert_true(in_text("\xff", "a\xff" "b"));
}

static void a_pattern_is_the_whole_value(void **state)
{
	(void)state;
	assert_true(in_text("room*", "Room 12"));
	assert_false(in_text("room*", "big room"));
	assert_true(in_text("*room", "big room"));
	assert_true(in_text("%oo%1*", "Room 12"));
	assert_true(in_text("a*b*c", "aXbbYc"));
	assert_true(in_text("a*bc", "abbbc"));
	assert_false(in_text("a*bc", "abbb"));
	assert_true(in_text("*", ""));
	assert_true(in_text("**", "x"));
	assert_false(in_text("*x", ""));
}

static void assert_named(const char *word, const char *name)
{
	struct buf text = {0};
	struct find_word w;

	read_word(&w, word);
	find_word_name(&w, &text);
	assert_string_equal(buf_string(&text), name);
	find_word_clear(&w);
	buf_clear(&text);
}

static void a_word_is_named_as_what_it_was_taken_for(void **state)
{
	(void)state;
	assert_named("3CD9.2B00.0AFF", "MAC 3c:d9:2b:00:0a:ff");
	assert_named("3c:d9", "part of a MAC");
	assert_named("[2001:DB8::7]", "address 2001:db8::7");
	assert_named("192.0.2.0/28", "address 192.0.2.0/28");
	assert_named("beef", "text or part of a MAC");
	assert_named("beefy", "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mac_is_read_in_every_spelling),
		cmocka_unit_test(a_part_of_a_mac_has_whole_octets),
		cmocka_unit_test(an_address_is_read_strictly),
		cmocka_unit_test(everything_else_is_text),
		cmocka_unit_test(a_box_is_asked_in_every_form_at_once),
		cmocka_unit_test(a_mac_is_found_however_the_box_spells_it),
		cmocka_unit_test(a_part_begins_with_an_octet),
		cmocka_unit_test(addresses_are_compared_as_numbers),
		cmocka_unit_test(a_subnet_has_the_addresses_within_its_bits),
		cmocka_unit_test(text_is_found_without_regard_to_case),
		cmocka_unit_test(a_pattern_is_the_whole_value),
		cmocka_unit_test(a_word_is_named_as_what_it_was_taken_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
