/* SPDX-License-Identifier: ISC */
/*
 * kept: the changes of this session, each with the request that undoes it.
 *
 * Knows nothing of boxes, prompts and how a change is undone.
 */
#include "undo/kept.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	struct kept_change changes[KEPT_MOST];
	size_t count;
	unsigned last;		/* the number given last */
};

static void drop_change(struct kept_change *c)
{
	free(c->line);
	free(c->why);
	buf_clear(&c->json);
	buf_clear(&c->back);
}

static void make_room(struct kept *k)
{
	size_t i = 0;

	while (i < k->count && k->changes[i].why == NULL && !k->changes[i].taken_back)
		i++;
	if (i == k->count)
		i = 0;
	drop_change(&k->changes[i]);
	k->count--;
	memmove(&k->changes[i], &k->changes[i + 1], (k->count - i) * sizeof k->changes[0]);
}

unsigned kept_add(struct kept **kept, const struct kept_change *c)
{
	struct kept *k = *kept != NULL ? *kept : (*kept = calloc(1, sizeof **kept));
	struct kept_change copy = {.when = time(NULL), .type = c->type, .each = c->each, .partial = c->partial,
	    .json.secret = true, .back.secret = true};

	if (k == NULL)
		return 0;
	copy.line = strdup(c->line);
	copy.why = c->why != NULL ? strdup(c->why) : NULL;
	buf_put(&copy.json, buf_head(&c->json), c->json.len);
	buf_put(&copy.back, buf_head(&c->back), c->back.len);
	if (copy.line == NULL || (c->why != NULL && copy.why == NULL) || copy.json.failed || copy.back.failed) {
		drop_change(&copy);
		return 0;
	}
	if (k->count == KEPT_MOST)
		make_room(k);
	copy.number = ++k->last;
	k->changes[k->count++] = copy;
	return copy.number;
}

struct kept_change *kept_find(struct kept *k, unsigned n)
{
	for (size_t i = k == NULL ? 0 : k->count; i > 0; i--) {
		struct kept_change *c = &k->changes[i - 1];

		if (n == 0 ? !c->taken_back && c->why == NULL : c->number == n)
			return c;
	}
	return NULL;
}

const struct kept_change *kept_at(const struct kept *k, size_t i)
{
	return k != NULL && i < k->count ? &k->changes[i] : NULL;
}

void kept_drop(struct kept *k)
{
	while (k != NULL && k->count > 0)
		drop_change(&k->changes[--k->count]);
}

void kept_free(struct kept *k)
{
	kept_drop(k);
	free(k);
}
