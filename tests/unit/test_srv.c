/* SPDX-License-Identifier: ISC */
/* srv, address: records from a hostile network, and the order in which to try. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/address.h"
#include "net/srv.h"

static unsigned char answer[2048];
static size_t answer_len;

static void put16(unsigned n)
{
	answer[answer_len++] = (unsigned char)(n >> 8);
	answer[answer_len++] = (unsigned char)n;
}

static void put_name(const char *name)
{
	while (*name != '\0') {
		size_t label = strcspn(name, ".");

		answer[answer_len++] = (unsigned char)label;
		memcpy(answer + answer_len, name, label);
		answer_len += label;
		name += label + (name[label] == '.');
	}
	answer[answer_len++] = 0;
}

static void begin(unsigned records)
{
	memset(answer, 0, sizeof answer);
	answer_len = 4;
	put16(1);
	put16(records);
	put16(0);
	put16(0);
	put_name("_porttracker._tcp.box.example");
	put16(33);
	put16(1);
}

static void add(unsigned type, unsigned priority, unsigned weight, unsigned port, const char *target)
{
	put16(0xc00c);
	put16(type);
	put16(1);
	put16(0);
	put16(60);
	size_t length = answer_len;
	put16(0);
	put16(priority);
	put16(weight);
	put16(port);
	put_name(target);
	answer[length] = (unsigned char)((answer_len - length - 2) >> 8);
	answer[length + 1] = (unsigned char)(answer_len - length - 2);
}

static void test_records_are_read(void **state)
{
	struct srv_list list;

	(void)state;
	begin(4);
	add(33, 10, 5, 55, "a.example");
	add(5, 0, 0, 0, "alias.example");	/* a CNAME on the way */
	add(33, 20, 0, 5555, "b.example");
	add(33, 20, 0, 1, "$(reboot).example");
	srv_read(&list, answer, answer_len);
	assert_int_equal(list.count, 2);
	assert_false(list.nowhere);
	assert_int_equal(list.items[0].priority, 10);
	assert_int_equal(list.items[0].weight, 5);
	assert_int_equal(list.items[0].port, 55);
	assert_string_equal(list.items[0].target, "a.example");
	assert_string_equal(list.items[1].target, "b.example");
	begin(1);
	add(33, 0, 0, 0, "");
	srv_read(&list, answer, answer_len);
	assert_int_equal(list.count, 0);
	assert_true(list.nowhere);
	begin(2);
	add(33, 0, 0, 0, "");
	add(33, 1, 0, 55, "a.example");
	srv_read(&list, answer, answer_len);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].target, "a.example");
	assert_false(list.nowhere);
	begin(2);
	add(33, 0, 0, 0, "");
	add(33, 1, 0, 55, "");
	srv_read(&list, answer, answer_len);
	assert_int_equal(list.count, 0);
	assert_true(list.nowhere);
	begin(0);
	srv_read(&list, answer, answer_len);
	assert_int_equal(list.count, 0);
	assert_false(list.nowhere);
}

/* Every prefix, every byte changed, names that point at themselves: sanitizers check. */
static void test_broken_answers_break_nothing(void **state)
{
	struct srv_list list;

	(void)state;
	begin(20);
	for (int i = 0; i < 20; i++)
		add(33, 1, 1, 1, "a.example");
	srv_read(&list, answer, answer_len);
	assert_int_equal(list.count, SRV_RECORDS);
	for (size_t len = 0; len <= answer_len; len++) {
		/* A block of its own, so that reading after the end is noticed. */
		unsigned char *copy = malloc(len + 1);
		memcpy(copy, answer, len);
		unsigned char *exact = realloc(copy, len > 0 ? len : 1);
		srv_read(&list, exact, len);
		assert_true(list.count <= SRV_RECORDS);
		free(exact);
	}
	for (size_t at = 0; at < answer_len; at++)
		for (int value = 0; value < 256; value += 5) {
			unsigned char *copy = malloc(answer_len);

			memcpy(copy, answer, answer_len);
			copy[at] = (unsigned char)value;
			srv_read(&list, copy, answer_len);
			for (size_t i = 0; i < list.count; i++)
				assert_true(strlen(list.items[i].target) < SRV_NAME);
			free(copy);
		}
	memset(answer, 0xc0, sizeof answer);
	srv_read(&list, answer, sizeof answer);
	assert_int_equal(list.count, 0);
}

static uint32_t seed = 1;

static uint32_t pseudo(uint32_t below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

static uint32_t lowest(uint32_t below)
{
	(void)below;
	return 0;
}

static void test_order_is_by_priority_and_by_weight_within_one(void **state)
{
	enum { ROUNDS = 20000 };
	unsigned first[3] = {0};

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct srv_list list = {.count = 5, .items = {
			{.priority = 20, .port = 4}, {.priority = 10, .weight = 30, .port = 1},
			{.priority = 10, .weight = 60, .port = 2}, {.priority = 30, .port = 5},
			{.priority = 10, .weight = 0, .port = 3}}};

		srv_order(&list, pseudo);
		assert_int_equal(list.items[3].port, 4);
		assert_int_equal(list.items[4].port, 5);
		assert_true(list.items[0].port >= 1 && list.items[0].port <= 3);
		assert_int_equal(list.items[0].port + list.items[1].port + list.items[2].port, 6);
		first[list.items[0].port - 1]++;
	}
	/* 30, 60 and "a small chance" (1 in 91). */
	assert_in_range(first[0], ROUNDS * 30 / 91 - 400, ROUNDS * 30 / 91 + 400);
	assert_in_range(first[1], ROUNDS * 60 / 91 - 400, ROUNDS * 60 / 91 + 400);
	assert_in_range(first[2], 50, 500);
	/* Without randomness: those without weight first, the rest as they came. */
	struct srv_list list = {.count = 2, .items = {{.weight = 9, .port = 1}, {.weight = 0, .port = 2}}};
	srv_order(&list, lowest);
	assert_int_equal(list.items[0].port, 2);
}

static void test_families_take_turns(void **state)
{
	static const char *const texts[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2"};
	static const char *const wanted[] = {"2001:db8::1 port 55", "192.0.2.1 port 55", "2001:db8::2 port 55",
	    "192.0.2.2 port 55", "192.0.2.3 port 55"};
	struct address_list list = {0};
	struct address a;
	char text[ADDRESS_TEXT];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_true(address_parse(&a, texts[i], 55));
		assert_int_equal(address_list_add(&list, &a), 0);
	}
	address_list_interleave(&list, 0);
	for (size_t i = 0; i < 5; i++) {
		address_text(&list.items[i], text);
		assert_string_equal(text, wanted[i]);
	}
	address_list_clear(&list);
}

static void test_loopback_is_known_in_all_its_forms(void **state)
{
	static const struct { const char *text; bool loopback; } cases[] = {
		{"127.0.0.1", true}, {"127.255.0.9", true}, {"127.1", true}, {"0x7f000001", true}, {"::1", true},
		{"::ffff:127.0.0.1", true}, {"128.0.0.1", false}, {"126.255.255.255", false}, {"::", false},
		{"0.0.0.0", false}, {"::ffff:10.0.0.1", false}, {"fe80::1", false}, {"::7f00:1", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address a;

		assert_true(address_parse(&a, cases[i].text, 55));
		if (address_is_loopback(&a) != cases[i].loopback)
			fail_msg("%s", cases[i].text);
	}
	struct address a;
	assert_false(address_parse(&a, "localhost", 55));
	assert_false(address_parse(&a, "127.0.0.1 x", 55));
	assert_false(address_parse(&a, "::1::", 55));
}

static void test_subnets_hold_what_begins_like_them(void **state)
{
	static const struct { const char *host, *subnet; unsigned bits; bool within; } cases[] = {
		{"10.1.2.3", "10.1.2.3", 32, true}, {"10.1.2.3", "10.1.2.2", 32, false}, {"10.1.2.3", "10.1.2.2", 31, true},
		{"10.1.2.3", "10.1.2.128", 25, false}, {"10.1.2.129", "10.1.2.128", 25, true}, {"10.1.2.3", "10.0.0.0", 8, true},
		{"11.1.2.3", "10.0.0.0", 8, false}, {"11.1.2.3", "10.0.0.0", 7, true}, {"192.0.2.1", "0.0.0.0", 0, true},
		{"192.0.2.1", "0.0.0.0", 1, false}, {"127.0.0.1", "10.9.9.9", 0, true}, {"10.1.2.3", "10.1.2.3", 33, false},
		{"10.1.2.3", "10.1.2.3", 128, false}, {"2001:db8::1", "2001:db8::", 32, true}, {"2001:db9::1", "2001:db8::", 32, false},
		{"2001:db9::1", "2001:db8::", 31, true}, {"::1", "::1", 128, true}, {"::1", "::2", 127, false}, {"::3", "::2", 127, true},
		{"::1", "::", 0, true}, {"::1", "::1", 129, false}, {"10.1.2.3", "::", 0, false}, {"::1", "0.0.0.0", 0, false},
		{"::ffff:10.1.2.3", "10.1.0.0", 16, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address host, subnet;

		assert_true(address_parse(&host, cases[i].host, 161));
		assert_true(address_parse(&subnet, cases[i].subnet, 0));
		if (address_within(&host, &subnet, cases[i].bits) != cases[i].within)
			fail_msg("%s in %s/%u", cases[i].host, cases[i].subnet, cases[i].bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_are_read),
		cmocka_unit_test(test_broken_answers_break_nothing),
		cmocka_unit_test(test_order_is_by_priority_and_by_weight_within_one),
		cmocka_unit_test(test_families_take_turns),
		cmocka_unit_test(test_loopback_is_known_in_all_its_forms),
		cmocka_unit_test(test_subnets_hold_what_begins_like_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
