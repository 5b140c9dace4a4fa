/* SPDX-License-Identifier: ISC */
/*
 * diff: pairs each old value with what a request does to it.
 *
 * Owns the keys: two spellings of an address are one entry.  Taken for two, a line that undoes an addition would delete what
 * was there before.  Does not know what a value is.
 */
#include "undo/undo_parts.h"

#include <arpa/inet.h>	/* inet_pton(): pure */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Parts begin with their length, so that no two lists of parts make the same key. */
static void put_part(struct diff *d, char kind, const void *bytes, size_t len)
{
	buf_putc(&d->keys, kind);
	buf_put(&d->keys, &len, sizeof len);
	buf_put(&d->keys, bytes, len);
}

void diff_key(struct diff *d, const cJSON *part)
{
	struct buf text = {0};

	tree_text(part, &text);
	put_part(d, 't', buf_head(&text), text.len);
	d->failed = d->failed || text.failed;
	buf_clear(&text);
}

void diff_key_address(struct diff *d, const cJSON *part)
{
	struct buf text = {0};
	unsigned char address[sizeof(struct in6_addr)];
	char *s;

	tree_text(part, &text);
	if (buf_string(&text) == NULL) {
		d->failed = true;
	} else if (strlen(buf_string(&text)) == text.len && inet_pton(AF_INET, buf_string(&text), address) == 1) {
		put_part(d, '4', address, sizeof(struct in_addr));
	} else if (strlen(buf_string(&text)) == text.len && inet_pton(AF_INET6, buf_string(&text), address) == 1) {
		put_part(d, '6', address, sizeof(struct in6_addr));
	} else {
		s = text.data + text.off;
		for (size_t i = 0; i < text.len; i++)
			if (s[i] >= 'A' && s[i] <= 'Z')
				s[i] = (char)(s[i] - 'A' + 'a');
		put_part(d, 'a', s, text.len);
	}
	buf_clear(&text);
}

void diff_key_number(struct diff *d, const cJSON *part)
{
	struct buf text = {0};
	uint64_t n;

	tree_print(part, &text);
	if (json_whole((struct json){buf_head(&text), text.len}, true, &n))
		put_part(d, 'n', &n, sizeof n);
	else
		diff_key(d, part);
	d->failed = d->failed || text.failed;
	buf_clear(&text);
}

void diff_put(struct diff *d, enum diff_kind kind, const cJSON *scope, const cJSON *name, const cJSON *v)
{
	struct diff_step *e, *steps = array_room(d->steps, d->count + 1, &d->cap, sizeof *steps);

	if (steps == NULL) {
		d->failed = true;
		buf_truncate(&d->keys, d->key_at);
		return;
	}
	d->steps = steps;
	e = &d->steps[d->count];
	*e = (struct diff_step){.key_at = d->key_at, .key_len = d->keys.len - d->key_at, .order = d->count, .kind = kind,
	    .name = name, .scope = scope, .v = v};
	d->count++;
	d->key_at = d->keys.len;
}

static int compare_steps(const void *one, const void *other)
{
	const struct diff_step *a = one, *b = other;
	int order = memcmp(a->key, b->key, a->key_len < b->key_len ? a->key_len : b->key_len);

	if (order != 0)
		return order;
	if (a->key_len != b->key_len)
		return a->key_len < b->key_len ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int compare_entries(const void *one, const void *other)
{
	const struct diff_entry *a = one, *b = other;

	return a->steps->order < b->steps->order ? -1 : 1;
}

/* Finds out what the steps make of an entry. */
static void follow(struct diff_entry *p, bool keeps)
{
	bool there, named = false;

	for (size_t i = 0; i < p->count; i++) {
		const struct diff_step *e = &p->steps[i];

		if (e->kind == DIFF_OLD && p->old_count++ == 0)
			p->old_value = e->v;
		if (i == 0 || (e->kind != DIFF_OLD && !named)) {
			p->name = e->name;
			p->scope = e->scope;
			named = e->kind != DIFF_OLD;
		}
	}
	there = p->old_count > 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct diff_step *e = &p->steps[i];

		if (e->kind == DIFF_OLD)
			continue;
		p->touched = true;
		if (e->kind == DIFF_DELETE) {
			p->deleted = true;
			p->result = DIFF_DELETED;
			there = false;
		} else if (!there || !keeps) {
			p->result = DIFF_SET;
			p->new_value = e->v;
			there = true;
		}
	}
}

int diff_sort(struct diff *d, bool keeps)
{
	if (d->failed || d->keys.failed)
		return -1;
	if (d->count == 0)
		return 0;
	d->list = calloc(d->count, sizeof *d->list);
	if (d->list == NULL)
		return -1;
	for (size_t i = 0; i < d->count; i++)
		d->steps[i].key = buf_head(&d->keys) + d->steps[i].key_at;
	qsort(d->steps, d->count, sizeof *d->steps, compare_steps);
	for (size_t i = 0; i < d->count; ) {
		const struct diff_step *first = &d->steps[i];
		struct diff_entry *entry = &d->list[d->list_count++];

		entry->steps = first;
		for (; i < d->count && d->steps[i].key_len == first->key_len &&
		    memcmp(d->steps[i].key, first->key, first->key_len) == 0; i++)
			entry->count++;
		follow(entry, keeps);
	}
	qsort(d->list, d->list_count, sizeof *d->list, compare_entries);
	return 0;
}

void diff_clear(struct diff *d)
{
	free(d->steps);
	free(d->list);
	buf_clear(&d->keys);
	*d = (struct diff){0};
}
