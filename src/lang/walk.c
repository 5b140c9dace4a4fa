/* SPDX-License-Identifier: ISC */
/*
 * walk: which word of a line belongs to which argument of its request.
 *
 * Looks at the shape of words only (names, brackets, `=`), so that it gives the same answer for a line that is executed
 * and for one that is still being typed (lang/complete).
 */
#include "lang/parse.h"

#include <string.h>

void walk_init(struct walk *w, const struct request *type, const char *text)
{
	w->type = type;
	w->text = text;
	w->open = w->last = WALK_NONE;
	w->whole = w->named = w->names_over = false;
	for (size_t i = 0; type->args[i].name != NULL; i++)
		w->args[i] = (struct given){0};
}

/* True if a word is the JSON of a whole argument, so that no further word belongs to it. */
static bool walk_whole(const struct walk *w, const struct arg *arg, const struct word *word)
{
	size_t inner;

	if (!word->json)
		return false;
	if (arg->type != ARG_ROWS || w->text[word->start] != '[')
		return true;
	/* A row begins with text, a list of rows with a row. */
	inner = word_skip_blanks(w->text, word->end, word->start + 1);
	return w->text[inner] == '[' || w->text[inner] == ']';
}

/* name=value; or the name alone of a list that can be cleared. */
static bool walk_assigns(const struct walk *w, const struct arg *arg, const struct word *word)
{
	const struct field *f;

	if (word->json)
		return false;
	if (word_find(w->text, word->start, word->end, '=') < word->end)
		return true;
	f = catalog_field(arg->fields, w->text + word->start, word->end - word->start);
	return f != NULL && f->type == ARG_MACS;
}

/* True if the open argument may take one more word; word NULL: any. */
static bool walk_accepts(const struct walk *w, const struct word *word)
{
	const struct arg *arg = &w->type->args[w->open];
	const struct given *given = &w->args[w->open];

	if (w->named)
		return true;
	if (arg->flags & ARG_MANY)
		return true;
	if (w->whole)
		return false;
	switch (arg->type) {
	case ARG_ROWS:
		return word == NULL || !(word->json && walk_whole(w, arg, word));
	case ARG_OBJECT:
	case ARG_PAIRS:
	case ARG_ROLES:
		return word == NULL || walk_assigns(w, arg, word);
	case ARG_PAIR:
		return given->count < 2 && (word == NULL || !word->json);
	default:
		return false;
	}
}

/* The first argument from i on that is not given yet, or WALK_NONE. */
static int walk_first(const struct walk *w, int i)
{
	for (; w->type->args[i].name != NULL; i++)
		if (!w->args[i].given)
			return i;
	return WALK_NONE;
}

/* Returns the next argument in order: required ones first, then the one after the last one given. */
static int walk_in_order(const struct walk *w)
{
	for (int i = 0; w->type->args[i].name != NULL; i++)
		if ((w->type->args[i].flags & ARG_REQUIRED) && !w->args[i].given)
			return i;
	return walk_first(w, w->last + 1);
}

int walk_next(const struct walk *w)
{
	return w->open != WALK_NONE && walk_accepts(w, NULL) ? w->open : walk_in_order(w);
}

/* Gives a word to an argument. */
static void walk_give(struct walk *w, int arg, const struct word *word, size_t index)
{
	struct given *given = &w->args[arg];

	if (given->count == 0) {
		given->first = index;
		w->whole = walk_whole(w, &w->type->args[arg], word);
	}
	given->count++;
	given->given = true;
	w->open = w->last = arg;
	w->named = false;
}

/* --name, --name=value or -- alone. */
static enum walk_step walk_name(struct walk *w, struct word *word, size_t index, int *arg)
{
	size_t name = word->start + 2, end = word_find(w->text, name, word->end, '=');
	int i = 0;

	*arg = w->open;
	if (w->named)
		return WALK_NO_VALUE;
	if (name == word->end) {
		w->names_over = true;
		w->open = WALK_NONE;
		return WALK_OVER;
	}
	while (w->type->args[i].name != NULL && (strlen(w->type->args[i].name) != end - name ||
	    memcmp(w->type->args[i].name, w->text + name, end - name) != 0))
		i++;
	if (w->type->args[i].name == NULL)
		return WALK_UNKNOWN;
	*arg = i;
	if (w->args[i].given)
		return WALK_TWICE;
	w->open = w->last = i;
	w->args[i].given = true;
	w->args[i].first = index + 1;
	w->named = true;
	if (end < word->end) {
		word->start = end + 1;
		word->json = word_json_whole(w->text, word->start, word->end);
		walk_give(w, i, word, index);
	}
	return WALK_NAME;
}

/* name=value and {...} are no list of names: where such a list may be left out, they belong to the next argument that
 * takes them. */
static int walk_fitting(const struct walk *w, int arg, const struct word *word)
{
	const struct arg *all = w->type->args;
	bool members = word->json ? w->text[word->start] == '{' :
	    word_find(w->text, word->start, word->end, '=') < word->end;

	if (arg == WALK_NONE || !members || all[arg].type != ARG_LIST || (all[arg].flags & ARG_REQUIRED))
		return arg;
	for (int i = arg + 1; all[i].name != NULL; i++)
		if (all[i].type == ARG_OBJECT && !w->args[i].given)
			return i;
	return arg;
}

enum walk_step walk_take(struct walk *w, struct word *word, size_t index, int *arg)
{
	if (!w->names_over && word->end - word->start >= 2 && memcmp(w->text + word->start, "--", 2) == 0)
		return walk_name(w, word, index, arg);
	if (w->open != WALK_NONE && walk_accepts(w, word))
		*arg = w->open;
	else
		*arg = walk_fitting(w, walk_in_order(w), word);
	if (*arg == WALK_NONE)
		return WALK_SURPLUS;
	walk_give(w, *arg, word, index);
	return WALK_ARGUMENT;
}
