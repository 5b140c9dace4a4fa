/* SPDX-License-Identifier: ISC */
/*
 * undo_model: the part of a box that test_undo needs: entries that requests delete and add, or values they set.
 *
 * Written against cJSON, so that the code under test does not test itself.  Boxes may differ in what deletes an entry and in
 * whether one subnet has one entry or several: each way is a kind.
 */
#ifndef TEST_UNDO_MODEL_H
#define TEST_UNDO_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>

#include "base/buf.h"

enum model_kind {
	MODEL_SEEDS,		/* a set of addresses */
	MODEL_MACS,		/* the same within a setting */
	MODEL_CREDENTIALS,	/* one entry a subnet; subnets are deleted */
	MODEL_SUBNETS,		/* one entry a subnet; deleted by subnet */
	MODEL_SUBNETS_EXACT,	/* one entry a subnet; deleted only by the whole entry */
	MODEL_SUBNETS_SET,	/* several entries a subnet; deleted only by the whole entry */
	MODEL_SETTINGS,		/* names and values */
	MODEL_OBJECT,		/* the same in an object */
	MODEL_KINDS
};

enum { MODEL_ENTRIES = 64, MODEL_TEXT = 96, MODEL_PLACES = 6 };

struct model {
	enum model_kind kind;
	uint64_t random;
	size_t count;
	char entries[MODEL_ENTRIES][MODEL_TEXT];	/* a JSON value each, without blanks */
};

static inline unsigned model_draw(struct model *m, unsigned n)
{
	m->random = m->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(m->random >> 33) % n;
}

static inline bool model_named(const struct model *m)
{
	return m->kind == MODEL_SETTINGS || m->kind == MODEL_OBJECT;
}

static inline const char *model_name(unsigned i)
{
	static const char *const names[] = {"name", "description", "hostname", "dns_max_outstanding", "colour", "a b"};

	return names[i];
}

/* Entries are deleted only if they are named exactly, which a prediction of a deletion cannot know. */
static inline bool model_exact(const struct model *m)
{
	return m->kind == MODEL_SUBNETS_EXACT || m->kind == MODEL_SUBNETS_SET;
}

/* Returns the bytes of an entry that identify it. */
static inline size_t model_key(const struct model *m, const char *entry)
{
	const char *end;

	if (m->kind == MODEL_SEEDS || m->kind == MODEL_MACS)
		return strlen(entry);
	end = strchr(entry, ',');
	if (end != NULL && !model_named(m))
		end = strchr(end + 1, ',');
	return end != NULL ? (size_t)(end - entry) : strlen(entry) - 1;
}

static inline bool model_same_place(const struct model *m, const char *a, const char *b)
{
	return model_key(m, a) == model_key(m, b) && memcmp(a, b, model_key(m, a)) == 0;
}

static inline void model_remove(struct model *m, const char *entry, bool exact)
{
	for (size_t i = 0; i < m->count; ) {
		if (exact ? strcmp(m->entries[i], entry) != 0 : !model_same_place(m, m->entries[i], entry))
			i++;
		else
			memmove(m->entries[i], m->entries[i + 1], (--m->count - i) * MODEL_TEXT);
	}
}

static inline void model_put(struct model *m, const char *entry)
{
	model_remove(m, entry, m->kind == MODEL_SUBNETS_SET);
	if (m->count == MODEL_ENTRIES)
		abort();
	snprintf(m->entries[m->count++], MODEL_TEXT, "%s", entry);
}

static inline void model_draw_entry(struct model *m, char out[MODEL_TEXT])
{
	unsigned place = model_draw(m, MODEL_PLACES), value = model_draw(m, 3);

	switch (m->kind) {
	case MODEL_SEEDS:
		snprintf(out, MODEL_TEXT, "\"10.0.0.%u\"", place);
		break;
	case MODEL_MACS:
		snprintf(out, MODEL_TEXT, "\"AA:BB:CC:DD:EE:%02X\"", place + 8);
		break;
	case MODEL_CREDENTIALS:
		snprintf(out, MODEL_TEXT, "[\"10.%u.0.0\",%u,[[2,[\"c%u\"]],[3,\"u\",null]],%u]", place / 2, 16 + place % 2, value,
		    model_draw(m, 2));
		break;
	case MODEL_SETTINGS:
	case MODEL_OBJECT:
		snprintf(out, MODEL_TEXT, "[\"%s\",%s]", model_name(place), value == 0 ? "null" : value == 1 ? "\"v\xc3\xa4\"" : "1");
		break;
	default:
		snprintf(out, MODEL_TEXT, "[\"10.%u.0.0\",%u,%u,%u]", place / 2, 16 + place % 2, 1000 + value, model_draw(m, 4));
		break;
	}
}

static inline void model_make(struct model *m, unsigned kind, uint64_t seed)
{
	char entry[MODEL_TEXT];

	*m = (struct model){.kind = (enum model_kind)kind, .random = seed};
	/* All names have a value; other lists may be empty. */
	for (unsigned i = 0; model_named(m) && m->count < MODEL_PLACES; i++) {
		model_draw_entry(m, entry);
		model_put(m, entry);
	}
	for (unsigned n = model_draw(m, 6); n > 0 && !model_named(m); n--) {
		model_draw_entry(m, entry);
		model_put(m, entry);
	}
}

/* Entries to delete or add, at least so many; with as many cells as a deletion has. */
static inline void model_draw_list(struct model *m, struct buf *out, bool deletes, unsigned least)
{
	char entry[MODEL_TEXT];
	unsigned n = least + model_draw(m, 4 - least);

	buf_putc(out, '[');
	for (unsigned i = 0; i < n; i++) {
		model_draw_entry(m, entry);
		if (deletes && m->kind == MODEL_CREDENTIALS)
			snprintf(entry + model_key(m, entry), 2, "]");
		/* Existing entries are deleted more often. */
		else if (deletes && m->count > 0 && model_draw(m, 2) == 0)
			memcpy(entry, m->entries[model_draw(m, (unsigned)m->count)], MODEL_TEXT);
		buf_printf(out, "%s%s", i > 0 ? "," : "", entry);
	}
	buf_putc(out, ']');
}

static inline void model_draw_names(struct model *m, struct buf *out, bool object)
{
	char entry[MODEL_TEXT];

	buf_putc(out, object ? '{' : '[');
	for (unsigned i = 0, n = 1 + model_draw(m, 4); i < n; i++) {
		model_draw_entry(m, entry);
		buf_puts(out, i > 0 ? "," : "");
		if (object)
			buf_printf(out, "%.*s:%.*s", (int)model_key(m, entry) - 1, entry + 1,
			    (int)(strlen(entry) - model_key(m, entry) - 2), entry + model_key(m, entry) + 1);
		else
			buf_puts(out, entry);
	}
	buf_putc(out, object ? '}' : ']');
}

static inline void model_change(struct model *m, struct buf *out)
{
	unsigned deleting;

	switch (m->kind) {
	case MODEL_SETTINGS:
		buf_puts(out, "[\"global_settings_modify\",");
		model_draw_names(m, out, false);
		break;
	case MODEL_OBJECT:
		buf_puts(out, "[\"poller_info_modify\",\"6\",");
		model_draw_names(m, out, true);
		break;
	case MODEL_MACS:
		buf_puts(out, "[\"realm_advanced_settings_modify\",\"6\",[[\"block_port_macs\"");
		if (model_draw(m, 8) > 0) {
			buf_putc(out, ',');
			model_draw_list(m, out, true, 0);
			buf_putc(out, ',');
			model_draw_list(m, out, false, 0);
		}
		buf_puts(out, "]]");
		break;
	default:
		buf_printf(out, "[\"%s\",\"6\",", m->kind == MODEL_SEEDS ? "realm_seed_list_modify" :
		    m->kind == MODEL_CREDENTIALS ? "realm_snmp_credential_list_modify" : "poller_subnet_list_modify");
		deleting = model_draw(m, 2);
		model_draw_list(m, out, true, deleting);
		buf_putc(out, ',');
		model_draw_list(m, out, false, 1 - deleting);
		break;
	}
	buf_putc(out, ']');
}

/* Finds the row that was asked for. */
static inline void model_row(const struct model *m, const char *reader, struct buf *out)
{
	cJSON *request = cJSON_Parse(reader);
	const cJSON *name;

	buf_puts(out, "[\"6\"");
	cJSON_ArrayForEach(name, cJSON_GetArrayItem(request, 1)) {
		char begins[MODEL_TEXT];
		int len = snprintf(begins, sizeof begins, "[\"%s\",", name->valuestring);

		for (size_t i = 0; i < m->count; i++)
			if (strncmp(m->entries[i], begins, (size_t)len) == 0)
				buf_printf(out, ",%.*s", (int)strlen(m->entries[i]) - len - 1, m->entries[i] + len);
	}
	buf_putc(out, ']');
	cJSON_Delete(request);
}

/* Answers the reading request, in one of the two shapes. */
static inline void model_reply(struct model *m, const char *reader, struct buf *out)
{
	bool wrapped = model_draw(m, 2) == 0;

	if (reader == NULL)
		abort();
	buf_puts(out, wrapped ? "[[" : "[");
	if (m->kind == MODEL_MACS)
		buf_puts(out, "[\"block_port_macs\",[");
	for (size_t i = 0; i < m->count && m->kind != MODEL_OBJECT; i++) {
		buf_puts(out, i > 0 ? "," : "");
		if (m->kind == MODEL_SEEDS)
			buf_printf(out, "[%s,2]", m->entries[i]);
		else
			buf_puts(out, m->entries[i]);
	}
	if (m->kind == MODEL_MACS)
		buf_puts(out, "]]");
	if (m->kind == MODEL_OBJECT)
		model_row(m, reader, out);
	buf_puts(out, wrapped ? "]]" : "]");
}

static inline void model_each(struct model *m, const cJSON *list, void (*each)(struct model *, const char *))
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		char *text = cJSON_PrintUnformatted(item);

		each(m, text);
		cJSON_free(text);
	}
}

static inline void model_delete(struct model *m, const char *entry)
{
	model_remove(m, entry, model_exact(m));
}

static inline void model_apply(struct model *m, const char *json)
{
	cJSON *request = cJSON_Parse(json);
	const cJSON *item;

	if (request == NULL)
		abort();
	if (m->kind == MODEL_SETTINGS) {
		model_each(m, cJSON_GetArrayItem(request, 1), model_put);
	} else if (m->kind == MODEL_OBJECT) {
		cJSON_ArrayForEach(item, cJSON_GetArrayItem(request, 2)) {
			char *value = cJSON_PrintUnformatted(item), entry[MODEL_TEXT];

			snprintf(entry, sizeof entry, "[\"%s\",%s]", item->string, value);
			model_put(m, entry);
			cJSON_free(value);
		}
	} else if (m->kind == MODEL_MACS) {
		item = cJSON_GetArrayItem(cJSON_GetArrayItem(request, 2), 0);
		if (cJSON_GetArraySize(item) == 1)
			m->count = 0;
		model_each(m, cJSON_GetArrayItem(item, 1), model_delete);
		model_each(m, cJSON_GetArrayItem(item, 2), model_put);
	} else {
		model_each(m, cJSON_GetArrayItem(request, 2), model_delete);
		model_each(m, cJSON_GetArrayItem(request, 3), model_put);
	}
	cJSON_Delete(request);
}

/* Order does not count. */
static inline bool model_same(const struct model *a, const struct model *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		size_t k = 0;

		while (k < b->count && strcmp(a->entries[i], b->entries[k]) != 0)
			k++;
		if (k == b->count)
			return false;
	}
	return true;
}

#endif
