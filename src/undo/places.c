/* SPDX-License-Identifier: ISC */
/*
 * places: pairs each old value with what a request does to it.
 *
 * Owns the keys: two spellings of an address are one place.  Taken for two, a line that undoes an addition would delete what
 * was there before.  Does not know what a value is.
 */
#include "undo/undo_parts.h"

#include <arpa/inet.h>	/* inet_pton(): pure */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Parts begin with their length, so that no two lists of parts make the same key. */
static void put_part(struct places *p, char kind, const void *bytes, size_t len)
{
	buf_putc(&p->keys, kind);
	buf_put(&p->keys, &len, sizeof len);
	buf_put(&p->keys, bytes, len);
}

void places_key(struct places *p, const cJSON *part)
{
	struct buf text = {0};

	tree_text(part, &text);
	put_part(p, 't', buf_head(&text), text.len);
	p->failed = p->failed || text.failed;
	buf_clear(&text);
}

void places_key_address(struct places *p, const cJSON *part)
{
	struct buf text = {0};
	unsigned char address[sizeof(struct in6_addr)];
	char *s;

	tree_text(part, &text);
	if (buf_string(&text) == NULL) {
		p->failed = true;
	} else if (strlen(buf_string(&text)) == text.len && inet_pton(AF_INET, buf_string(&text), address) == 1) {
		put_part(p, '4', address, sizeof(struct in_addr));
	} else if (strlen(buf_string(&text)) == text.len && inet_pton(AF_INET6, buf_string(&text), address) == 1) {
		put_part(p, '6', address, sizeof(struct in6_addr));
	} else {
		s = text.data + text.off;
		for (size_t i = 0; i < text.len; i++)
			if (s[i] >= 'A' && s[i] <= 'Z')
				s[i] = (char)(s[i] - 'A' + 'a');
		put_part(p, 'a', s, text.len);
	}
	buf_clear(&text);
}

void places_key_number(struct places *p, const cJSON *part)
{
	struct buf text = {0};
	uint64_t n;

	tree_print(part, &text);
	if (json_whole((struct json){buf_head(&text), text.len}, true, &n))
		put_part(p, 'n', &n, sizeof n);
	else
		places_key(p, part);
	p->failed = p->failed || text.failed;
	buf_clear(&text);
}

void places_put(struct places *p, enum place_event kind, const cJSON *scope, const cJSON *name, const cJSON *v)
{
	struct event *e, *events = array_room(p->events, p->count + 1, &p->cap, sizeof *events);

	if (events == NULL) {
		p->failed = true;
		buf_truncate(&p->keys, p->key_at);
		return;
	}
	p->events = events;
	e = &p->events[p->count];
	*e = (struct event){.key_at = p->key_at, .key_len = p->keys.len - p->key_at, .order = p->count, .kind = kind,
	    .name = name, .scope = scope, .v = v};
	p->count++;
	p->key_at = p->keys.len;
}

static int compare_events(const void *one, const void *other)
{
	const struct event *a = one, *b = other;
	int order = memcmp(a->key, b->key, a->key_len < b->key_len ? a->key_len : b->key_len);

	if (order != 0)
		return order;
	if (a->key_len != b->key_len)
		return a->key_len < b->key_len ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int compare_places(const void *one, const void *other)
{
	const struct place *a = one, *b = other;

	return a->events->order < b->events->order ? -1 : 1;
}

/* The change of the entry. */
static void follow(struct place *p, bool keeps)
{
	bool there, named = false;

	for (size_t i = 0; i < p->count; i++) {
		const struct event *e = &p->events[i];

		if (e->kind == PLACE_BEFORE && p->befores++ == 0)
			p->before = e->v;
		if (i == 0 || (e->kind != PLACE_BEFORE && !named)) {
			p->name = e->name;
			p->scope = e->scope;
			named = e->kind != PLACE_BEFORE;
		}
	}
	there = p->befores > 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct event *e = &p->events[i];

		if (e->kind == PLACE_BEFORE)
			continue;
		p->touched = true;
		if (e->kind == PLACE_DELETE) {
			p->deleted = true;
			p->fate = PLACE_GONE;
			there = false;
		} else if (!there || !keeps) {
			p->fate = PLACE_PUT;
			p->after = e->v;
			there = true;
		}
	}
}

int places_sort(struct places *p, bool keeps)
{
	if (p->failed || p->keys.failed)
		return -1;
	if (p->count == 0)
		return 0;
	p->list = calloc(p->count, sizeof *p->list);
	if (p->list == NULL)
		return -1;
	for (size_t i = 0; i < p->count; i++)
		p->events[i].key = buf_head(&p->keys) + p->events[i].key_at;
	qsort(p->events, p->count, sizeof *p->events, compare_events);
	for (size_t i = 0; i < p->count; ) {
		const struct event *first = &p->events[i];
		struct place *place = &p->list[p->list_count++];

		place->events = first;
		for (; i < p->count && p->events[i].key_len == first->key_len &&
		    memcmp(p->events[i].key, first->key, first->key_len) == 0; i++)
			place->count++;
		follow(place, keeps);
	}
	qsort(p->list, p->list_count, sizeof *p->list, compare_places);
	return 0;
}

void places_clear(struct places *p)
{
	free(p->events);
	free(p->list);
	buf_clear(&p->keys);
	*p = (struct places){0};
}
