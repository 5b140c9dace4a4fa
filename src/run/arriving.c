/* SPDX-License-Identifier: ISC */
/*
 * arriving: the rows of a child's reply, taken as they come.  See arriving.h.
 */
#include "run/arriving.h"

void arriving_init(struct arriving *a, const struct rows_hint *hint, const struct rows_ops *ops, void *ctx)
{
	*a = (struct arriving){.hint = *hint, .ops = ops, .ctx = ctx};
}

void arriving_clear(struct arriving *a)
{
	buf_clear(&a->part);
}

static enum rows_mode decide(struct arriving *a, struct json_iter values, bool cut)
{
	enum rows_mode mode = rows_decide(&a->hint, values, cut);

	rows_init(&a->rows, &a->hint, mode, a->ops, a->ctx);
	return mode;
}

int arriving_end(struct arriving *a, const struct reply *reply)
{
	if (reply != NULL) {
		decide(a, reply->values, false);
		rows_all(&a->rows, reply->values);
	} else if (a->begun) {
		rows_finish(&a->rows);
	}
	return a->part.failed ? -1 : 0;
}

enum large_mode arriving_begin(struct arriving *a, const char *text, size_t len)
{
	size_t head = rows_head(text, len);

	if (head == 0)
		return LARGE_KEEP;
	switch (decide(a, (struct json_iter){text + head, text + len, false}, true)) {
	case ROWS_VALUES:
		a->begun = true;
		return LARGE_VALUES;
	case ROWS_ELEMENTS:
		a->begun = true;
		return LARGE_ELEMENTS;
	default:
		return LARGE_KEEP;
	}
}

void arriving_item(struct arriving *a, struct json item, unsigned depth, bool first)
{
	rows_item(&a->rows, item, depth, first);
}

void arriving_part(struct arriving *a, const char *text, size_t len, unsigned depth, bool last)
{
	buf_put(&a->part, text, len);
	if (!last || a->part.failed)
		return;
	arriving_item(a, (struct json){buf_head(&a->part), a->part.len}, depth, false);
	buf_clear(&a->part);
}
