/* SPDX-License-Identifier: ISC */
/*
 * complete: what may come next at a place in a line: a request's name, a command's word, a file, what an alias stands for.
 *
 * The arguments of a request are complete_request's.
 */
#include "lang/complete.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "lang/alias.h"
#include "lang/complete_parts.h"

static int add_word(struct completing *c, const struct word *w)
{
	struct word *words = array_room(c->words, c->count + 1, &c->cap, sizeof(*words));

	if (words == NULL)
		return -1;
	c->words = words;
	c->words[c->count++] = *w;
	return 0;
}

/* Splits text[from ..) into the words before the place and the text typed there.  1; 0: nothing can come there, as it is within
 * JSON, or (over) within a comment; -1 without memory. */
static int split_line(struct completing *c, size_t from)
{
	size_t pos = from;
	const char *why;
	enum word_found found;
	struct word w;

	c->count = 0;
	while ((found = word_next(c->text, c->len, &pos, &w, &why)) == WORD_FOUND && pos < c->len)
		if (add_word(c, &w) < 0)
			return -1;
	c->over = found == WORD_END && pos < c->len;
	if (found == WORD_END)
		w = (struct word){c->len, c->len, false, true};
	w.end = c->len;
	c->typed = w;
	return !c->over && (found != WORD_BAD || !w.json);
}

static void found_raw(void *arg, const char *name, const char *help)
{
	offer_add(arg, name, help, OFFER_RAW);
}

static int complete_line(struct completing *c, size_t from);

static void put_files_too(struct completing *c)
{
	c->offer.files = true;
	if (c->context->files != NULL && c->offer.typed_text != NULL)
		c->context->files(c->context->ctx, c->offer.typed_text, complete_found, &c->offer);
}

static void explain_command(struct completing *c, const char *command)
{
	struct buf usage = {0};

	if (c->context->command_usage == NULL)
		return;
	c->context->command_usage(c->context->ctx, command, &usage);
	if (usage.len > 0 && buf_string(&usage) != NULL)
		offer_explain(&c->offer, "%s", buf_string(&usage));
	buf_clear(&usage);
}

/* Where the place begins that is being typed, "{na"; the end: none is. */
static size_t open_place(const struct completing *c)
{
	size_t i = c->len;

	while (i > 0 && (isalnum((unsigned char)c->text[i - 1]) || strchr("_*", c->text[i - 1]) != NULL))
		i--;
	return i > 0 && c->text[i - 1] == '{' ? i - 1 : c->len;
}

/* Offers the {places} of a line that a command runs later. */
static bool put_places(struct completing *c, char *const *words, size_t count)
{
	size_t brace = open_place(c), from = c->words[0].end;
	char *rest;

	if (brace == c->len || c->context->command_places == NULL)
		return false;
	if ((rest = strndup(c->text + from, c->len - from)) == NULL) {
		c->offer.failed = true;
		return false;
	}
	offer_forget(&c->offer);
	offer_from(&c->offer, c->text, brace, c->len);
	c->context->command_places(c->context->ctx, words, count, rest + word_skip_blanks(rest, c->len - from, 0), found_raw, &c->offer);
	offer_explain(&c->offer, "what stands for a cell, or an argument");
	c->offer.in_list = true;
	free(rest);
	return c->offer.count > 0;
}

/* The words of a command, up to a line within it; they are read by words[], as c->words goes with that line. */
static int complete_words(struct completing *c, char *const *words, size_t count)
{
	if (put_places(c, words, count))
		return 0;
	for (size_t i = 1; i <= count; i++) {
		const struct word *w = i < count ? &c->words[i] : &c->typed;

		/* After -- a line begins, if this is a command that takes one. */
		c->within = true;
		if (i < count && word_is(c->text, w, "--"))
			return complete_line(c, w->end);
		offer_from(&c->offer, c->text, w->start, w->end);
		switch (c->context->command_word(c->context->ctx, words, count, i, complete_found, &c->offer)) {
		case PLACE_WHOLE:
			c->within = false;
			return complete_line(c, w->start);
		case PLACE_LINE:
			while (i < count && !word_is(c->text, &c->words[i], "--"))
				i++;
			return complete_line(c, i < count ? c->words[i].end : w->start);
		case PLACE_FILE:
			if (i == count)
				put_files_too(c);
			break;
		case PLACE_WORD:
			break;
		}
		if (i < count)
			offer_forget(&c->offer);
	}
	explain_command(c, words[0]);
	return 0;
}

static int complete_command(struct completing *c)
{
	size_t count = c->count, at;
	char **words;
	int result = -1;

	if (c->context == NULL || c->context->command_word == NULL)
		return 0;
	if ((words = calloc(count, sizeof *words)) == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct buf text = {0};
		word_decode(c->text, c->words[i].start, c->words[i].end, &text, &at);	/* a wrong one is empty */
		if ((words[i] = text.failed ? NULL : buf_steal(&text)) == NULL) {
			buf_clear(&text);
			goto out;
		}
	}
	result = complete_words(c, words, count);
out:
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
	return result;
}

static void complete_first(struct completing *c)
{
	offer_from(&c->offer, c->text, c->typed.start, c->len);
	offer_explain(&c->offer, c->within ? "a request" : "a request, or a command with its dot");
	for (size_t i = 0; i < catalog_len; i++)
		offer_add(&c->offer, catalog[i].name, catalog[i].help, OFFER_WORD);
	if (!c->within && c->context != NULL && c->context->commands != NULL)
		c->context->commands(c->context->ctx, found_raw, &c->offer);
	if (c->context != NULL && c->context->aliases != NULL)
		c->context->aliases(c->context->ctx, complete_found, &c->offer);
}

/* True if the place is after a line's words, in a redirection or after the `&` of a request; offers what can be there. */
static bool after_words(struct completing *c)
{
	bool command = c->text[c->words[0].start] == '.';

	for (size_t i = 1; i < c->count; i++) {
		bool file = word_is(c->text, &c->words[i], ">") || word_is(c->text, &c->words[i], ">>");

		if (file && i + 1 == c->count)
			complete_files(c, c->typed.start);
		else if (file || word_is(c->text, &c->words[i], "|") || (!command && word_is(c->text, &c->words[i], "&")))
			offer_explain(&c->offer, word_is(c->text, &c->words[i], "|") ? "a command of the shell" : "nothing more");
		else
			continue;
		return true;
	}
	return false;
}

/* The name of a raw request, a string in JSON: ["realm_in */
static void complete_raw(struct completing *c, size_t bracket)
{
	size_t start = word_skip_blanks(c->text, c->len, bracket + 1);

	if (start < c->len && (c->text[start] != '"' || memchr(c->text + start + 1, '"', c->len - start - 1) != NULL))
		return;
	offer_from(&c->offer, c->text, start, c->len);
	offer_explain(&c->offer, "a request's name, as a JSON string");
	for (size_t i = 0; i < catalog_len; i++) {
		char name[64];

		snprintf(name, sizeof(name), start < c->len ? "%s" : "\"%s\"", catalog[i].name);
		offer_add(&c->offer, name, catalog[i].help, start < c->len ? OFFER_WORD : OFFER_RAW);
	}
	c->offer.in_list = true;
}

/* An alias's argument is completed in the expanded line, where it is used; the cursor is at its end. */
static int complete_alias(struct completing *c, const struct alias *a)
{
	struct completing inner = *c;
	struct buf text = {0};
	struct error e;
	size_t place, typed = c->typed.end - c->typed.start;
	int result = 0;

	if (alias_expand(a, c->text, c->words + 1, c->count - 1, (unsigned)c->count, &text, NULL, &e) == -1) {
		buf_clear(&text);
		return 0;
	}
	place = text.len;
	buf_put(&text, c->text + c->typed.start, typed);
	inner.text = buf_head(&text);
	inner.len = text.len;
	inner.words = NULL;
	inner.count = inner.cap = 0;
	inner.expanded = true;
	if (!text.failed && c->count <= UINT_MAX)
		result = complete_line(&inner, 0);
	c->offer = inner.offer;
	/* The text before the argument in its word is not typed here. */
	c->offer.start = c->typed.start + (c->offer.start > place ? c->offer.start - place : 0);
	if (inner.offer.start < place)
		offer_forget(&c->offer);
	free(inner.words);
	buf_clear(&text);
	return result;
}

static int complete_line(struct completing *c, size_t from)
{
	const struct alias *alias = NULL;
	const struct request *type;
	struct buf name = {0};
	size_t at;
	int result;

	offer_forget(&c->offer);
	from = word_skip_blanks(c->text, c->len, from);
	if (from + 1 < c->len && c->text[from] == '-' && word_skip_blanks(c->text, c->len, from + 1) > from + 1)
		from = word_skip_blanks(c->text, c->len, from + 1);
	if (from < c->len && c->text[from] == '[') {
		complete_raw(c, from);
		return 0;
	}
	result = split_line(c, from);
	if (result < 0)
		return -1;
	if (c->over)
		return 0;
	if (c->count == 0) {
		if (result == 1)
			complete_first(c);
		return 0;
	}
	if (after_words(c))
		return 0;
	if (c->text[c->words[0].start] == '.')
		return complete_command(c);
	if (word_decode(c->text, c->words[0].start, c->words[0].end, &name, &at) == NULL && !name.failed) {
		type = catalog_find(buf_head(&name), name.len);
		if (type != NULL)
			complete_arguments(c, type);
		else if (!c->expanded && c->context != NULL && c->context->find_alias != NULL)
			alias = c->context->find_alias(c->context->ctx, buf_head(&name), name.len);
	}
	buf_clear(&name);
	return alias != NULL ? complete_alias(c, alias) : 0;
}

int complete(struct completion *completion, const char *text, size_t len, const struct complete_context *context)
{
	struct completing c = {.text = text, .len = len, .context = context};
	int result = 0;

	memset(completion, 0, sizeof(*completion));
	offer_from(&c.offer, text, len, len);
	if (word_valid(text, len) == len)
		result = complete_line(&c, 0);
	if (result == 0)
		result = offer_finish(&c.offer, completion);
	offer_clear(&c.offer);
	free(c.words);
	if (result < 0)
		completion_clear(completion);
	return result;
}

void completion_clear(struct completion *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->candidates[i].text);
		free(c->candidates[i].help);
	}
	free(c->candidates);
	free(c->explain);
	free(c->append);
	memset(c, 0, sizeof(*c));
}

size_t completion_common(const struct completion *c)
{
	size_t common = c->count == 0 ? 0 : strlen(c->candidates[0].text);

	for (size_t i = 1; i < c->count; i++) {
		size_t same = 0;

		while (same < common && c->candidates[i].text[same] == c->candidates[0].text[same])
			same++;
		common = same;
	}
	return c->count == 0 ? 0 : utf8_fits(c->candidates[0].text, strlen(c->candidates[0].text), common);
}
