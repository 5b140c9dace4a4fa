/* SPDX-License-Identifier: ISC */
/*
 * raw: a request typed as the JSON array that is sent.  See raw.h.
 */
#include "lang/raw.h"

#include <string.h>

#include "lang/tail.h"
#include "lang/unknown.h"

/* Notes the fields that a raw request asks for. */
static int raw_headings(struct parse *p, struct json list)
{
	struct line *line = p->line;
	struct json_iter it;
	struct json v;

	if (json_kind(list) != JSON_ARRAY)
		return 0;
	for (it = json_iterate(list); json_next(&it, NULL, &v); ) {
		buf_reset(&p->scratch);
		if (json_kind(v) == JSON_STRING)
			json_decode(v, &p->scratch);
		if (p->scratch.failed)
			return parse_memory(p);
		if (parse_add_text(p, &line->headings, &line->heading_count, buf_head(&p->scratch), p->scratch.len) < 0)
			return -1;
	}
	return 0;
}

/* Notes what the catalogue knows about a raw request: secrets, deletions, headings. */
static int raw_known(struct parse *p, struct json_iter args)
{
	const struct arg *arg = p->line->type->args;
	struct json v;

	p->line->json.secret = catalog_secret(p->line->type);
	parse_secrets_of(p, p->line->type, args);
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): every request has a list of arguments, if an empty one. */
	for (; arg->name != NULL && json_next(&args, NULL, &v); arg++) {
		if ((arg->flags & ARG_DELETES) && json_kind(v) == JSON_ARRAY && json_count(v) > 0)
			p->line->deletes = true;
		if ((arg->flags & ARG_HEADINGS) && raw_headings(p, v) < 0)
			return -1;
	}
	return 0;
}

/* A misspelt request may have what the right one would have hidden; in others the names show it. */
static void raw_unknown(struct parse *p, struct json_iter args)
{
	const char *near = catalog_nearest(p->line->type_name, strlen(p->line->type_name));
	struct json v;

	if (near == NULL || !catalog_secret(catalog_find(near, strlen(near))))
		secret_in_unknown(args, parse_found_secret, p);
	else
		while (json_next(&args, NULL, &v))
			parse_found_secret(p, v);
}

int raw_parse(struct parse *p, const struct word *first, size_t pos)
{
	struct line *line = p->line;
	const char *why;
	struct json_iter args;
	struct json all, name;
	struct word w;
	enum word_found found;
	enum tail end;
	size_t at = 0;

	line->raw = true;
	why = json_read(p->text + first->start, first->end - first->start, &all, &at);
	if (why != NULL)
		return parse_fail_text(p, first->start + at, "not JSON", why);
	args = json_iterate(all);
	if (json_kind(all) != JSON_ARRAY || !json_next(&args, NULL, &name) || json_kind(name) != JSON_STRING)
		return parse_fail(p, first->start, "a raw request is a list that begins with its name (without an id)");
	json_decode(name, &p->scratch);
	if (p->scratch.failed)
		return parse_memory(p);
	if (p->scratch.len == 0)
		return parse_fail(p, first->start, "a raw request is a list that begins with its name (without an id)");
	if (unknown_check_name(p, first) < 0)
		return -1;
	line->type = catalog_find(buf_head(&p->scratch), p->scratch.len);
	if (parse_type_name(p, buf_head(&p->scratch), p->scratch.len) < 0)
		return -1;
	if (line->type != NULL && raw_known(p, args) < 0)
		return -1;
	if (line->type == NULL)
		raw_unknown(p, args);
	value_put_compact(&line->json, all);
	if (line->json.failed || p->hide)
		return parse_memory(p);
	found = word_next(p->text, p->len, &pos, &w, &why);
	if (found == WORD_END)
		return 0;
	end = found == WORD_BAD ? TAIL_WORD : tail_take(p, &w, pos);
	if (end == TAIL_WORD && found == WORD_FOUND && parse_check_word(p, &w, "", line->type_name) < 0)
		return -1;
	if (end == TAIL_WORD)
		return parse_fail_language(p, found == WORD_BAD ? pos : w.start, "nothing may follow the list");
	return end == TAIL_END ? 0 : -1;
}
