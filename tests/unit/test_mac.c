/* SPDX-License-Identifier: ISC */
/* The spellings of a MAC address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mac.h"

static void every_common_spelling_is_the_same_address(void **state)
{
	static const char *const same[] = {
		"001d60361671", "001D60361671", "00:1d:60:36:16:71", "00:1D:60:36:16:71", "00-1d-60-36-16-71", "0:1d:60:36:16:71",
		"0-1D-60-36-16-71", "001d.6036.1671", "001D-6036-1671", "001d:6036:1671", "001d60-361671", "001d60:361671",
	};
	unsigned char octets[MAC_OCTETS];
	char text[MAC_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		memset(octets, 0xff, sizeof octets);
		if (!mac_parse(same[i], strlen(same[i]), octets))
			fail_msg("%s is no MAC", same[i]);
		mac_format(octets, false, text);
		assert_string_equal(text, "00:1d:60:36:16:71");
		mac_format(octets, true, text);
		assert_string_equal(text, "00:1D:60:36:16:71");
	}
	assert_true(mac_parse("202122232425", 12, octets));
	mac_format(octets, false, text);
	assert_string_equal(text, "20:21:22:23:24:25");
	assert_true(mac_parse("1:2:3:a:B:c", 11, octets));
	mac_format(octets, false, text);
	assert_string_equal(text, "01:02:03:0a:0b:0c");
}

static void what_is_no_whole_address_is_none(void **state)
{
	static const char *const none[] = {
		"", ":", "00", "001d6036167", "001d603616711", "00:1d:60:36:16", "00:1d:60:36:16:", "00:1d:60:36:16:71:",
		"00:1d:60:36:16:71:72", "00:1d-60:36:16:71", "00:1d:60:36:16:7g", "00:1d:60:36:16:%", ":00:1d:60:36:16:71",
		"001d.60361671", "001d.6036.167", "001d.6036-1671", "001d60.361671", "00.1d.60.36.16.71", "000:1d:60:36:16:71",
		"00:1d:60:36:16: 71", " 001d60361671", "001d60361671 ", "001d6036%", "00::1d:60:36:71", "10.1.2.3", "fe80::1",
		"001d60-36-1671", "00:1d:60:36:16:7\xc3\xa9",
	};
	unsigned char octets[MAC_OCTETS];

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (mac_parse(none[i], strlen(none[i]), octets))
			fail_msg("%s is taken for a MAC", none[i]);
	assert_false(mac_parse("001d60361671\0", 13, octets));
	assert_false(mac_parse("00:1d\0:60:36:16:71", 18, octets));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_common_spelling_is_the_same_address),
		cmocka_unit_test(what_is_no_whole_address_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
