/* SPDX-License-Identifier: ISC */
/*
 * unknown: requests that the catalogue does not have.  See unknown.h.
 */
#include "lang/unknown.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "lang/foreign.h"

int unknown_check_name(struct parse *p, const struct word *w)
{
	const char *name = buf_head(&p->scratch);
	size_t good = word_name_length(name, p->scratch.len);
	uint32_t point;
	int n;

	if (p->scratch.len == 0)
		return parse_fail(p, w->start, "a request name is missing");
	if (good == p->scratch.len)
		return 0;
	n = utf8_decode(name + good, p->scratch.len - good, &point);
	if (n == 1 && point > ' ' && point < 0x7f)
		return parse_fail(p, w->start, "a request name has only letters, digits, _ . and -, not %c", (int)point);
	return parse_fail(p, w->start, "a request name has only letters, digits, _ . and -, not U+%04X",
	    n > 0 ? (unsigned)point : (unsigned char)name[good]);
}

/* For a command of another shell, says what it is here.  A known request may be quoted in any way. */
static int check_foreign(struct parse *p, const struct word *w)
{
	const char *word = p->text + w->start, *here = foreign_command(word, w->end - w->start);
	size_t len = w->end - w->start, name = 1 + word_name_length(word + 1, len - 1);

	if (here == NULL)
		return 0;
	if (name == 1 && len > 1)	/* \? */
		name = 2;
	/* What follows the name may be a secret. */
	return parse_fail(p, w->start, "%.*s: no such command; use %s", (int)(name < TYPED_MAX ? name : TYPED_MAX), word, here);
}

/* At a prompt a name without _ is rather a word of another language than a request that boxes have learned meanwhile. */
static int check_plausible(struct parse *p, const struct word *w, size_t pos, const char *typed)
{
	const char *why, *name = buf_head(&p->scratch);
	struct word next;

	if (p->context == NULL || !p->context->prompt || memchr(name, '_', p->scratch.len) != NULL)
		return 0;
	if (word_next(p->text, p->len, &pos, &next, &why) == WORD_FOUND &&
	    catalog_find(p->text + next.start, next.end - next.start) != NULL)
		return parse_fail(p, w->start, "%s: no such request; %.*s alone is one", typed, (int)(next.end - next.start),
		    p->text + next.start);
	return parse_fail(p, w->start, "%s: no such request; .help lists them (the raw JSON array [%s] is sent as it is)", typed,
	    typed);
}

int unknown_type(struct parse *p, const struct word *w, size_t pos)
{
	const char *name, *near;
	char typed[TYPED_MAX + 8];

	if (check_foreign(p, w) < 0 || parse_check_word(p, w, "", "") < 0 || unknown_check_name(p, w) < 0)
		return -1;
	name = buf_head(&p->scratch);
	near = catalog_nearest(name, p->scratch.len);
	if (parse_type_name(p, name, p->scratch.len) < 0)
		return -1;
	parse_typed(name, 0, p->scratch.len, typed);
	if (near == NULL && check_plausible(p, w, pos, typed) < 0)
		return -1;
	if (near == NULL)
		return parse_add_note(p, "%s: unknown to ptsh; sending it anyway%s", typed, p->context == NULL || p->context->prompt ||
		    p->context->find_alias == NULL || memchr(name, '_', p->scratch.len) != NULL ? "" :
		    " (aliases in rc are for the prompt; use -f FILE)");
	if (p->context == NULL || !p->context->terminal || p->context->confirm_nearest == NULL ||
	    !p->context->confirm_nearest(p->context->ctx, p->line->type_name, near))
		return parse_fail(p, w->start, "%s: no such request; did you mean %s? (A raw JSON array is sent as it is.)", typed,
		    near);
	p->line->outside = true;
	p->line->type = catalog_find(near, strlen(near));
	return parse_type_name(p, near, strlen(near));
}

/* Puts `NAME=?` of an unknown type: prompts for the secret, as in a line recalled from the history. */
static int put_asked_named(struct parse *p, size_t from)
{
	struct buf word = {.secret = true};
	char what[160];
	int result;

	buf_put(&word, buf_head(&p->scratch), from);
	snprintf(what, sizeof(what), "%.60s %.*s", p->line->type_name, from > 80 ? 80 : (int)from - 1, buf_head(&p->scratch));
	result = value_ask(p, what, p->words->start);
	if (result == 0) {
		buf_put(&word, buf_head(&p->scratch), p->scratch.len);
		json_put_string(&p->line->json, buf_head(&word), word.len);
		p->line->json.failed = p->line->json.failed || word.failed;
	}
	buf_clear(&word);
	return result;
}

/* Appends a word: JSON where it is valid JSON, else text.  secret: so says the word before it. */
static int unknown_put(struct parse *p, const struct word *w, bool secret)
{
	struct json v;
	size_t at, from;

	buf_putc(&p->line->json, ',');
	if (p->text[w->start] != '"' && (w->plain || w->json) &&
	    json_read(p->text + w->start, w->end - w->start, &v, &at) == NULL) {
		value_put_compact(&p->line->json, v);
		if (secret)
			parse_found_secret(p, v);
		else
			parse_secrets_anywhere(p, v);
		return 0;
	}
	if (w->json)
		return parse_fail(p, w->start, "%s: not JSON (quote what is meant as text)", p->line->type_name);
	if (value_decode(p, w) < 0)
		return -1;
	from = secret_in_text(buf_head(&p->scratch), p->scratch.len);
	if (w->plain && from + 1 == p->scratch.len && buf_head(&p->scratch)[from] == '?')
		return put_asked_named(p, from);
	json_put_string(&p->line->json, buf_head(&p->scratch), p->scratch.len);
	return secret ? parse_add_secret(p, w->start, w->end) : 0;
}

/* Puts the `?` after a secret's name, words[i - 1]. */
static int put_asked_after(struct parse *p, size_t i)
{
	const struct word *name = &p->words[i - 1];
	size_t len = name->end - name->start;
	char what[160];

	snprintf(what, sizeof what, "%.60s %.*s", p->line->type_name, len > 80 ? 80 : (int)len, p->text + name->start);
	buf_putc(&p->line->json, ',');
	return value_ask(p, what, p->words[i].start) < 0 ? -1 : value_put_scratch(p);
}

int unknown_put_words(struct parse *p)
{
	bool next = false;	/* the word to come is a secret */

	for (size_t i = 1; i < p->word_count; i++) {
		const struct word *w = &p->words[i];
		bool name = !w->json && value_decode(p, w) == 0 && secret_is_next(buf_head(&p->scratch), p->scratch.len, true);
		bool between = next && !w->json && secret_is_between(buf_head(&p->scratch), p->scratch.len);

		if (next && value_is(p, w, "?")) {
			if (put_asked_after(p, i) < 0)
				return -1;
		} else {
			if (unknown_put(p, w, next && !between) < 0)
				return -1;
			if (!next && value_named_secret(p, w) < 0)
				return -1;
		}
		p->line->secret = p->line->secret || (next && !between);
		next = between || (!next && name);
	}
	return 0;
}
