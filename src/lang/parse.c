/* SPDX-License-Identifier: ISC */
/*
 * parse: what a parse gathers as it goes: words, places of secrets, names to look up, notes, and its error.
 */
#include "lang/parse.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "lang/foreign.h"

int parse_fail(struct parse *p, size_t at, const char *format, ...)
{
	char text[ERROR_TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	*p->at = at;
	return error_set(p->e, STATUS_USAGE, "%s", text);
}

int parse_fail_language(struct parse *p, size_t at, const char *format, ...)
{
	char text[ERROR_TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	p->language = true;
	return parse_fail(p, at, "%s", text);
}

int parse_fail_missing(struct parse *p, const char *format, ...)
{
	char text[ERROR_TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return parse_fail(p, p->words[p->word_count - 1].end, "%s%s", text, p->line->comment ?
	    LINE_COMMENT_HINT : "");
}

int parse_memory(struct parse *p)
{
	p->hide = true;
	return error_memory(p->e);
}

/* Makes room for one more than `count` items, of which the first few are in an array that is not on the heap. */
static void *more_than_few(void *items, void *few, size_t count, size_t *room, size_t size)
{
	size_t none = 0;
	void *moved;

	if (count < *room)
		return items;
	if (items != few)
		return array_room(items, count + 1, room, size);
	moved = array_room(NULL, count * 2, &none, size);
	if (moved != NULL) {
		memcpy(moved, few, count * size);
		*room = none;
	}
	return moved;
}

int parse_add_word(struct parse *p, const struct word *w)
{
	struct word *words = more_than_few(p->words, p->few_words, p->word_count, &p->word_cap, sizeof(*words));

	if (words == NULL)
		return parse_memory(p);
	p->words = words;
	p->words[p->word_count++] = *w;
	return 0;
}

int parse_add_secret(struct parse *p, size_t start, size_t end)
{
	struct span *secrets = more_than_few(p->secrets, p->few_secrets, p->secret_count, &p->secret_cap, sizeof(*secrets));
	size_t i;

	if (secrets == NULL)
		return parse_memory(p);
	p->secrets = secrets;
	/* Arguments by name may stand in any order in the text. */
	for (i = p->secret_count; i > 0 && p->secrets[i - 1].start > start; i--)
		p->secrets[i] = p->secrets[i - 1];
	p->secrets[i] = (struct span){start, end};
	p->secret_count++;
	return 0;
}

void parse_found_secret(void *ctx, struct json secret)
{
	struct parse *p = ctx;
	size_t start = (size_t)(secret.text - p->text);

	p->line->secret = p->line->json.secret = true;
	/* Without memory the whole line is hidden: see parse_add_secret(). */
	(void)parse_add_secret(p, start, start + secret.len);
}

void parse_secrets_anywhere(struct parse *p, struct json v)
{
	secret_anywhere(v, parse_found_secret, p);
}

void parse_secrets_of(struct parse *p, const struct request *type, struct json_iter args)
{
	secret_in_arguments(type, args, parse_found_secret, p);
}

void parse_secrets_in(struct parse *p, const struct arg *arg, struct json v)
{
	secret_in_argument(arg, v, parse_found_secret, p);
}

int parse_add_lookup(struct parse *p, enum gid_kind kind, size_t offset, size_t json_len, const char *name, size_t len)
{
	struct line *line = p->line;
	struct lookup *lookups = array_more(line->lookups, line->lookup_count, sizeof(*lookups));

	if (lookups == NULL)
		return parse_memory(p);
	line->lookups = lookups;
	lookups = &line->lookups[line->lookup_count];
	lookups->kind = kind;
	lookups->offset = offset;
	lookups->len = json_len;
	lookups->name = strndup(name, len);
	if (lookups->name == NULL)
		return parse_memory(p);
	line->lookup_count++;
	return 0;
}

int parse_add_text(struct parse *p, char ***texts, size_t *count, const char *text, size_t len)
{
	char **more = array_more(*texts, *count, sizeof(*more));

	if (more == NULL)
		return parse_memory(p);
	*texts = more;
	more[*count] = strndup(text, len);
	if (more[*count] == NULL)
		return parse_memory(p);
	++*count;
	return 0;
}

int parse_add_note(struct parse *p, const char *format, ...)
{
	struct line *line = p->line;
	struct buf note = {0};
	va_list ap;
	char **notes = array_more(line->notes, line->note_count, sizeof(*notes));

	if (notes == NULL)
		return parse_memory(p);
	line->notes = notes;
	va_start(ap, format);
	buf_vprintf(&note, format, ap);
	va_end(ap);
	line->notes[line->note_count] = buf_steal(&note);
	if (line->notes[line->note_count] == NULL)
		return parse_memory(p);
	line->note_count++;
	return 0;
}

const char *parse_typed(const char *text, size_t start, size_t end, char out[static TYPED_MAX + 8])
{
	size_t shown = secret_in_text(text + start, end - start), fits = utf8_fits(text + start, shown, TYPED_MAX - 1);

	out[0] = '"';
	memcpy(out + 1, text + start, fits);
	for (size_t i = 1; i <= fits; ) {
		uint32_t point;
		int n = utf8_decode(out + i, fits + 1 - i, &point);

		if (n < 0 || point < ' ' || point == 0x7f)
			out[i] = '.';
		i += n < 0 ? 1 : (size_t)n;
	}
	snprintf(out + 1 + fits, TYPED_MAX + 7 - fits, "%s\"", fits < end - start ? "..." : "");
	return out;
}

int parse_fail_text(struct parse *p, size_t at, const char *name, const char *why)
{
	size_t column = 1;

	for (size_t i = 0; i < at && column > 0; i++)
		column = p->text[i] == '\n' ? 0 : column + ((p->text[i] & 0xc0) != 0x80);
	if (column == 0)
		return parse_fail_language(p, at, "%s%s%s", name, *name != '\0' ? ": " : "", why);
	return parse_fail_language(p, at, "%s%s%s (column %zu)", name, *name != '\0' ? ": " : "", why, column);
}

int parse_check_word(struct parse *p, const struct word *w, const char *dot, const char *name)
{
	char why[FOREIGN_TEXT];
	size_t at;

	if (!foreign_word(p->text, w, why, &at))
		return 0;
	return parse_fail_language(p, at, "%s%s%s%s", dot, name, *name != '\0' ? ": " : "", why);
}

int parse_check_hidden(struct parse *p, const struct word *w)
{
	char why[FOREIGN_TEXT];
	size_t at;

	if (!foreign_hidden(p->text, w, why, &at))
		return 0;
	if (p->line->kind == LINE_COMMAND)
		return parse_fail_language(p, at, ".%s: %s", p->line->words[0], why);
	return parse_fail_language(p, at, "%s: %s", p->line->type_name, why);
}

void parse_forget_type_name(struct line *line)
{
	if (line->type == NULL || line->type_name != line->type->name)
		free((char *)(uintptr_t)line->type_name);
	line->type_name = NULL;
}

int parse_type_name(struct parse *p, const char *name, size_t len)
{
	parse_forget_type_name(p->line);
	p->line->type_name = p->line->type != NULL ? p->line->type->name : strndup(name, len);
	return p->line->type_name == NULL ? parse_memory(p) : 0;
}
