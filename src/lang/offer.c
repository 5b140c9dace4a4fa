/* SPDX-License-Identifier: ISC */
/*
 * offer: the candidates for one place, gathered, matched with the text typed there, and quoted alike.
 */
#include "lang/offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/safe.h"
#include "lang/words.h"
#include "proto/json.h"

/* Decodes an unfinished word: closes an open quote first. */
static char *decode_open(const char *text, size_t start, size_t end)
{
	static const char *const closers[] = {"", "\"", "'", NULL};

	for (size_t i = 0; closers[i] != NULL; i++) {
		struct buf closed = {0}, meaning = {0};
		size_t pos = 0, at;
		struct word w;
		const char *why;
		bool good;

		/* After a letter, so that brackets at its beginning mean nothing. */
		buf_putc(&closed, 'x');
		buf_put(&closed, text + start, end - start);
		buf_puts(&closed, closers[i]);
		good = !closed.failed && word_next(buf_head(&closed), closed.len, &pos, &w, &why) == WORD_FOUND &&
		    pos == closed.len && word_decode(buf_head(&closed), 1, closed.len, &meaning, &at) == NULL &&
		    !meaning.failed && memchr(buf_head(&meaning), '\0', meaning.len) == NULL;
		buf_clear(&closed);
		if (good && buf_string(&meaning) != NULL)
			return buf_steal(&meaning);
		buf_clear(&meaning);
	}
	return NULL;
}

void offer_from(struct offer *o, const char *text, size_t start, size_t end)
{
	if (o->count > 0 && o->start != start)
		offer_forget(o);
	free(o->typed_text);
	o->start = start;
	o->typed_text = start == end ? strdup("") : decode_open(text, start, end);
	o->quote = start < end && (text[start] == '\'' || text[start] == '"') ? text[start] : '\0';
	o->in_list = o->equals = o->files = false;
}

void offer_add(struct offer *o, const char *text, const char *help, enum offer_kind kind)
{
	struct offered *offered;

	if (o->typed_text == NULL || text[0] == '\0' || strncmp(text, o->typed_text, strlen(o->typed_text)) != 0 ||
	    !safe_text(text, strlen(text)))
		return;
	/* Words that mean something by themselves must not be typed in quotes. */
	if (kind == OFFER_RAW && o->quote != '\0')
		return;
	offered = array_room(o->offered, o->count + 1, &o->cap, sizeof(*offered));
	if (offered == NULL) {
		o->failed = true;
		return;
	}
	o->offered = offered;
	offered = &o->offered[o->count];
	offered->text = strdup(text);
	offered->help = help == NULL ? NULL : strdup(help);
	offered->kind = kind;
	o->count++;
	o->failed = o->failed || offered->text == NULL;
}

void offer_gid(struct offer *o, const char *gid, const char *name)
{
	size_t typed = o->typed_text == NULL ? 0 : strlen(o->typed_text);
	enum offer_kind kind = o->equals ? OFFER_NAME : OFFER_WORD;
	bool digits = name != NULL && name[strspn(name, "0123456789")] == '\0';

	/* A name of digits would be read as a gid. */
	if (typed == 0 || strncmp(gid, o->typed_text == NULL ? "" : o->typed_text, typed) == 0)
		offer_add(o, gid, name, kind);
	else if (name != NULL && !digits)
		offer_add(o, name, gid, kind);
}

static void drop_candidate(struct offer *o, size_t i)
{
	free(o->offered[i].text);
	free(o->offered[i].help);
	o->offered[i] = o->offered[--o->count];
}

void offer_remove(struct offer *o, const char *text, size_t start, size_t end)
{
	char *meaning = decode_open(text, start, end);

	for (size_t i = o->count; meaning != NULL && i > 0; i--)
		if (o->offered[i - 1].text != NULL && strcmp(o->offered[i - 1].text, meaning) == 0)
			drop_candidate(o, i - 1);
	free(meaning);
}

void offer_forget(struct offer *o)
{
	while (o->count > 0)
		drop_candidate(o, o->count - 1);
}

void offer_explain(struct offer *o, const char *format, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	free(o->explain);
	o->explain = buf_steal(&text);
	o->failed = o->failed || o->explain == NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct offered *)a)->text, ((const struct offered *)b)->text);
}

/* Quotes a text: as the typed text begins, or as all of them need it. */
static void put_quoted(struct buf *out, const char *text, char quote)
{
	if (quote == '"') {
		json_put_string(out, text, strlen(text));
	} else if (quote == '\'') {
		buf_putc(out, '\'');
		buf_puts(out, text);
		buf_putc(out, '\'');
	} else {
		buf_puts(out, text);
	}
}

/* The one quote that serves all: none if no candidate needs one. */
static char common_quote(const struct offer *o)
{
	char quote = o->quote;

	for (size_t i = 0; i < o->count; i++) {
		struct buf word = {0};

		if (o->offered[i].kind == OFFER_RAW)
			continue;
		line_put_word(&word, o->offered[i].text, strlen(o->offered[i].text));
		/* After a sign of its own a text is not quoted, but must not begin with one. */
		if (!word.failed && word.len > 0 && quote == '\0' && (buf_head(&word)[0] == '\'' || buf_head(&word)[0] == '"'))
			quote = '\'';
		if (strchr(o->offered[i].text, '\'') != NULL)
			quote = '"';
		buf_clear(&word);
	}
	return quote;
}

static int finish_one(struct completion *c, const struct offered *offered, char quote)
{
	struct candidate *candidate = &c->candidates[c->count];
	struct buf text = {0};

	put_quoted(&text, offered->text, offered->kind == OFFER_RAW ? '\0' : quote);
	if (offered->kind == OFFER_NAME)
		buf_putc(&text, '=');
	candidate->text = buf_steal(&text);
	candidate->help = offered->help == NULL ? NULL : strdup(offered->help);
	c->count++;
	return candidate->text == NULL ? -1 : 0;
}

int offer_finish(struct offer *o, struct completion *c)
{
	bool open = o->in_list;
	char quote;

	if (o->failed)
		return -1;
	c->start = o->start;
	c->files = o->files;
	c->explain = o->explain;
	o->explain = NULL;
	c->candidates = calloc(o->count + 1, sizeof(*c->candidates));
	if (c->candidates == NULL)
		return -1;
	if (o->count > 0)
		qsort(o->offered, o->count, sizeof(*o->offered), by_text);
	quote = common_quote(o);
	for (size_t i = 0; i < o->count; i++) {
		if (i > 0 && strcmp(o->offered[i].text, o->offered[i - 1].text) == 0)
			continue;
		/* null among quoted names would leave them no common beginning with the typed text. */
		if (o->offered[i].kind == OFFER_RAW && quote != '\0' && o->typed_text[0] != '\0')
			continue;
		if (finish_one(c, &o->offered[i], quote) < 0)
			return -1;
		open = open || o->offered[i].kind == OFFER_NAME || (o->files && o->offered[i].text[strlen(o->offered[i].text) - 1] == '/');
	}
	c->append = strdup(open ? "" : " ");
	return c->append == NULL ? -1 : 0;
}

void offer_clear(struct offer *o)
{
	offer_forget(o);
	free(o->offered);
	free(o->typed_text);
	free(o->explain);
	memset(o, 0, sizeof(*o));
}
