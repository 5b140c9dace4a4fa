/* SPDX-License-Identifier: ISC */
/*
 * assigned: what an assignment of everything at once has changed, and the requests that take it back, one for each.
 *
 * Two states are compared as a change is with the state before it: the one is what was, the other what is set.
 */
#include "undo/assigned.h"

#include "lang/line.h"
#include "undo/undo_parts.h"

bool assigned_all(const struct request *type, const char *json, size_t len)
{
	struct undo_work w;
	bool all;

	if (!undo_possible(type))
		return false;
	all = undo_work_begin(&w, type, json, len) == 0 && undo_is_for_all(&w);
	undo_work_clear(&w);
	return all;
}

static int put_rows(const cJSON *rows, enum diff_kind kind, struct diff *diff)
{
	const cJSON *row, *cells[2];

	cJSON_ArrayForEach (row, rows) {
		if (undo_cells(row, cells, 2) < 2 || !tree_is_scalar(cells[0]))
			return -1;
		diff_key_address(diff, cells[0]);
		diff_put(diff, kind, NULL, cells[0], cells[1]);
	}
	return rows == NULL ? -1 : 0;
}

/* Writes the request for all pairs, and the line for the first. */
static void compose(struct undo_work *w, size_t at)
{
	const cJSON *parts[REQUEST_ARGS] = {NULL};
	struct buf first = {.secret = true};
	struct undo *u = w->u;

	if (w->parts[at] == NULL || w->failed)
		return;
	parts[at] = w->parts[at];
	undo_print(w, parts, &u->json);
	parts[at] = w->parts[at]->child;
	undo_print(w, parts, &first);
	if (line_print(&u->line, buf_head(&first), first.len, true) < 0) {
		buf_clear(&u->json);
		buf_clear(&u->line);
		u->partial = true;
	}
	u->each = u->json.len > 0;
	buf_clear(&first);
}

/* Compares two lists of pairs: *u is what changes from old to new, and what restores old.  What is not in both is of no interest: it
 * has come or gone for another reason. */
static int compare(struct undo *u, const struct request *type, const char *json, size_t len, const cJSON *old, const cJSON *new)
{
	struct diff diff = {0};
	struct undo_work w;
	int at = undo_pair_at(type), result;

	*u = (struct undo){.json = {.secret = true}};
	result = undo_work_begin(&w, type, json, len);
	w.u = u;
	if (at == -1)
		result = -1;
	if (result == 0)
		result = put_rows(old, DIFF_OLD, &diff);
	if (result == 0)
		result = put_rows(new, DIFF_ADD, &diff);
	if (result == 0)
		result = undo_compare(&w, (size_t)at, FORM_EACH_PAIR, &diff);
	if (result == 0)
		compose(&w, (size_t)at);
	diff_clear(&diff);
	return undo_work_end(&w, result);
}

/* The same, and appends to other what restores new from old.  Without a result *u is empty. */
static int compare_both(struct undo *u, struct buf *other, const struct request *type, const char *json, size_t len,
    const cJSON *old, const cJSON *new)
{
	struct undo reverse = {0};
	int result = compare(u, type, json, len, old, new);

	if (result == 0)
		result = compare(&reverse, type, json, len, new, old);
	if (result == 0)
		buf_put(other, buf_head(&reverse.json), reverse.json.len);
	else
		undo_clear(u);
	undo_clear(&reverse);
	return result;
}

static const cJSON *rows_of(struct undo_work *w, struct json_iter reply)
{
	w->reply = reply;
	w->rows = NULL;
	return undo_rows(w);
}

int assigned_find(struct undo *u, struct buf *done, const struct request *type, const char *json, size_t len,
    struct json_iter before, struct json_iter after)
{
	struct undo_work w;
	const cJSON *old, *new;
	int result = undo_work_begin(&w, type, json, len);

	*u = (struct undo){.json = {.secret = true}};
	if (result == 0) {
		old = rows_of(&w, before);
		new = rows_of(&w, after);
		result = compare_both(u, done, type, json, len, old, new);
	}
	undo_work_clear(&w);
	return result;
}

/* Returns the pairs of a request in memory.  NULL: none. */
static const cJSON *pairs_of(const struct undo_work *w)
{
	int at = undo_pair_at(w->type);

	return at != -1 ? w->args[at] : NULL;
}

/* True if a pair of those that are now was set by someone else: it is not what the change has set. */
static bool is_foreign(const struct request *type, const struct buf *done, const struct buf *now)
{
	struct undo_work then, present;
	struct undo u = {0};
	bool known = undo_work_begin(&then, type, buf_head(done), done->len) == 0;
	bool foreign;

	known = undo_work_begin(&present, type, buf_head(now), now->len) == 0 && known;
	foreign = !known || compare(&u, type, buf_head(done), done->len, pairs_of(&then), pairs_of(&present)) < 0 || u.changes.len > 0;
	undo_clear(&u);
	undo_work_clear(&then);
	undo_work_clear(&present);
	return foreign;
}

int assigned_now(struct undo *u, struct buf *sent, const struct request *type, const struct buf *done, const struct buf *back,
    struct json_iter now, bool *foreign)
{
	struct undo_work w;
	int result = undo_work_begin(&w, type, buf_head(back), back->len);

	*u = (struct undo){.json = {.secret = true}};
	if (result == 0)
		result = compare_both(u, sent, type, buf_head(back), back->len, rows_of(&w, now), pairs_of(&w));
	*foreign = result == 0 && u->each && is_foreign(type, done, &u->json);
	undo_work_clear(&w);
	return result;
}

size_t assigned_requests(struct buf *out, const struct request *type, const struct buf *sent)
{
	const cJSON *parts[REQUEST_ARGS] = {NULL}, *pair;
	struct undo_work w;
	size_t n = 0;

	if (undo_work_begin(&w, type, buf_head(sent), sent->len) == 0) {
		cJSON_ArrayForEach (pair, pairs_of(&w)) {
			parts[undo_pair_at(type)] = pair;
			undo_print(&w, parts, out);
			buf_putc(out, '\n');
			n++;
		}
	}
	n = w.failed || out->failed ? 0 : n;
	undo_work_clear(&w);
	return n;
}
