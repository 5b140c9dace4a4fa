/* SPDX-License-Identifier: ISC */
/*
 * test_frame: lines out of any split of bytes, limits, and the table of open requests (proto/pending).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "proto/frame.h"
#include "proto/pending.h"

/* All lines of text, each in parentheses, fed in chunks; what exceeds the limit is reported and dropped. */
static void cut(struct buf *out, const char *text, size_t len, size_t chunk, size_t limit)
{
	struct frame f = {0};
	bool dropping = false;

	for (size_t i = 0; i < len; i += chunk) {
		struct frame_input in = {text + i, len - i < chunk ? len - i : chunk};

		while (in.len > 0) {
			const char *line;
			size_t n, raw;

			if (dropping) {
				const char *lf = memchr(in.bytes, '\n', in.len);
				size_t skip = lf ? (size_t)(lf - in.bytes) + 1 : in.len;

				in.bytes += skip;
				in.len -= skip;
				dropping = !lf;
				continue;
			}
			switch (frame_next(&f, &in, limit, &line, &n, &raw)) {
			case FRAME_LINE:
				buf_printf(out, "(%.*s)%zu ", (int)n, line, raw);
				break;
			case FRAME_LONG:
				assert_int_equal(n, limit);
				buf_printf(out, "long(%.*s) ", (int)n, line);
				frame_drop(&f, &in, n);
				dropping = true;
				break;
			case FRAME_MORE:
				assert_int_equal(in.len, 0);
				break;
			case FRAME_MEMORY:
				fail();
			}
		}
	}
	buf_printf(out, "held %zu", frame_held(&f));
	frame_clear(&f);
}

static void lines_are_the_same_in_every_split(void **state)
{
	static const char text[] = "one\ntwo\r\n\n\r\nthree\r\r\n12345678\n12345678\r\n123456789\n12345678901\r\nx\nrest";
	static const char want[] = "(one)4 (two)5 ()1 ()2 (three\r)8 (12345678)9 long(12345678) long(12345678) "
	    "long(12345678) (x)2 held 4";

	(void)state;
	for (size_t chunk = 1; chunk <= sizeof text; chunk++) {
		struct buf out = {0};

		cut(&out, text, sizeof text - 1, chunk, 8);
		assert_string_equal(buf_string(&out), want);
		buf_clear(&out);
	}
}

static void a_long_line_can_be_kept_with_a_larger_limit(void **state)
{
	(void)state;
	for (size_t chunk = 1; chunk < 20; chunk++) {
		static const char text[] = "0123456789abcdef\nnext\n";
		struct frame f = {0};
		struct frame_input in = {0};
		size_t limit = 4, lines = 0;

		for (size_t i = 0; i < sizeof text - 1; i += chunk) {
			in.bytes = text + i;
			in.len = sizeof text - 1 - i < chunk ? sizeof text - 1 - i : chunk;
			while (in.len > 0) {
				const char *line;
				size_t n, raw;

				switch (frame_next(&f, &in, limit, &line, &n, &raw)) {
				case FRAME_LONG:
					assert_int_equal(limit, 4);
					assert_memory_equal(line, "0123", 4);
					limit = 100;
					break;
				case FRAME_LINE:
					assert_int_equal(n, lines ? 4 : 16);
					assert_memory_equal(line, lines ? "next" : "0123456789abcdef", n);
					lines++;
					break;
				default:
					break;
				}
			}
		}
		assert_int_equal(lines, 2);
		frame_clear(&f);
	}
}

static void requests_are_found_by_id_whatever_the_order(void **state)
{
	enum { IDS = 5000 };
	static unsigned char is_open[IDS + 1];
	struct pending_table t = {0};
	uint64_t next = 1;
	size_t count = 0;

	(void)state;
	srand(3);
	memset(is_open, 0, sizeof is_open);
	while (next <= IDS) {
		uint64_t id;

		if (rand() % 3) {
			struct pending p = {.id = next, .start = next * 10};

			assert_int_equal(pending_add(&t, &p), 0);
			is_open[next++] = 1;
			count++;
		}
		id = next > 100 && rand() % 2 ? next - (uint64_t)(rand() % 100) - 1 : (uint64_t)rand() % next;
		if (id && is_open[id] && id % 50) {	/* every 50th stays */
			struct pending *p = pending_find(&t, id);

			assert_non_null(p);
			assert_int_equal(p->start, id * 10);
			pending_remove(&t, p);
			is_open[id] = 0;
			count--;
		}
	}
	for (uint64_t id = 0; id <= IDS; id++)
		assert_int_equal(pending_find(&t, id) != NULL, is_open[id]);
	assert_int_equal(t.count, count);
	pending_finish(&t);
	for (size_t i = 1; i < count; i++)
		assert_true(t.places[i - 1].id < t.places[i].id);
	pending_clear(&t);
}

/* One poll that takes minutes must not make the table keep all later ids. */
static void a_request_open_for_long_costs_nothing(void **state)
{
	struct pending_table t = {0};
	struct pending p = {.id = 1};

	(void)state;
	assert_int_equal(pending_add(&t, &p), 0);
	for (p.id = 2; p.id < 200000; p.id++) {
		assert_int_equal(pending_add(&t, &p), 0);
		if (p.id > 20)
			pending_remove(&t, pending_find(&t, p.id - 15));
	}
	assert_true(t.size <= 64);
	assert_non_null(pending_find(&t, 1));
	pending_clear(&t);
}

/* Adjacent ids were one run that each removal walked: a million took over ten minutes. */
static void many_open_at_once_are_answered_in_linear_time(void **state)
{
	enum { IDS = 300000 };
	struct pending_table t = {0};
	struct pending p = {0};
	clock_t begin = clock();

	(void)state;
	for (p.id = 1; p.id <= IDS; p.id++)
		assert_int_equal(pending_add(&t, &p), 0);
	for (p.id = 1; p.id <= IDS; p.id++)
		pending_remove(&t, pending_find(&t, p.id));
	assert_int_equal(t.count, 0);
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 5);
	pending_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_the_same_in_every_split),
		cmocka_unit_test(a_long_line_can_be_kept_with_a_larger_limit),
		cmocka_unit_test(requests_are_found_by_id_whatever_the_order),
		cmocka_unit_test(a_request_open_for_long_costs_nothing),
		cmocka_unit_test(many_open_at_once_are_answered_in_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
