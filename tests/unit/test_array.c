/* SPDX-License-Identifier: ISC */
/*
 * test_array: arrays grow by doubling, keep what they hold, and refuse more bytes than there can be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"

static void room_is_doubled(void **state)
{
	int *items = NULL;
	size_t room = 0, moves = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		size_t before = room;
		int *more = array_room(items, i + 1, &room, sizeof *items);

		assert_non_null(more);
		items = more;
		assert_true(room > i);
		moves += room != before;
		assert_true(room == before || room >= 2 * before);
		items[i] = (int)i;
	}
	assert_true(moves < 8);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	/* A large step is given at once. */
	assert_non_null(items = array_room(items, 100000, &room, sizeof *items));
	assert_true(room >= 100000);
	assert_int_equal(items[999], 999);
	free(items);
}

static void what_is_enough_does_not_move(void **state)
{
	char few[4];
	size_t room = sizeof few;

	(void)state;
	assert_ptr_equal(array_room(few, 4, &room, 1), few);
	assert_int_equal(room, 4);
	room = 0;
	assert_null(array_room(NULL, 0, &room, 1));
}

static void room_that_is_not_kept_is_a_power_of_two(void **state)
{
	size_t *items = NULL;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		size_t *more = array_more(items, i, sizeof *items);

		assert_non_null(more);
		items = more;
		items[i] = i;
	}
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void more_than_there_can_be_is_refused(void **state)
{
	size_t room = 0, *items = NULL;

	(void)state;
	assert_null(array_room(items, SIZE_MAX / 4, &room, sizeof *items));
	assert_int_equal(room, 0);
	assert_non_null(items = array_room(items, 1, &room, sizeof *items));
	assert_null(array_room(items, SIZE_MAX, &room, sizeof *items));
	assert_true(room >= 1 && room < 1000);
	items[0] = 7;
	assert_null(array_more(items, SIZE_MAX / 2 + 1, sizeof *items));
	assert_int_equal(items[0], 7);
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(room_is_doubled),
		cmocka_unit_test(what_is_enough_does_not_move),
		cmocka_unit_test(room_that_is_not_kept_is_a_power_of_two),
		cmocka_unit_test(more_than_there_can_be_is_refused),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
