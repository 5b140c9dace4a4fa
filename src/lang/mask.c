/* SPDX-License-Identifier: ISC */
/*
 * mask: a typed line without its secrets: for histories and messages.
 *
 * Where a shape is not the documented one, it hides too much rather than too little.
 */
#include "lang/parse.h"

#include <stdlib.h>
#include <string.h>

/* True if a word names a request with secrets; nearly: or may have been meant to. */
static bool word_is_secret(const char *text, const struct word *w, struct buf *name, bool nearly)
{
	const struct request *type;
	const char *near;
	size_t at;

	buf_reset(name);
	if (w->json) {
		for (size_t i = 0; i < catalog_len; i++)
			if (catalog_secret(&catalog[i]) && memmem(text + w->start, w->end - w->start, catalog[i].name,
			    strlen(catalog[i].name)) != NULL)
				return true;
		return secret_has_key((struct json){text + w->start, w->end - w->start}) ||
		    secret_is_name(text + w->start, w->end - w->start);
	}
	if (word_decode(text, w->start, w->end, name, &at) != NULL || name->failed)
		return true;
	type = catalog_find(buf_head(name), name->len);
	near = type != NULL || !nearly ? NULL : catalog_nearest(buf_head(name), name->len);
	if (near != NULL)
		type = catalog_find(near, strlen(near));
	return type != NULL && catalog_secret(type);
}

enum { MASK_NEARLY = 16 };	/* words of a command that may be a misspelt request */

enum command_secret line_option_secret(const char *word, const char *letters, size_t *from)
{
	const char *equals = strchr(word, '=');

	if (word[0] != '-' || word[1] == '\0' || word[1] == '?')
		return SECRET_NONE;
	if (word[1] == '-') {
		*from = equals != NULL ? (size_t)(equals + 1 - word) : 0;
		return equals != NULL ? SECRET_HERE : SECRET_NONE;
	}
	if (strchr(letters, word[1]) == NULL)
		return SECRET_NONE;
	*from = 2;
	return word[2] != '\0' ? SECRET_HERE : SECRET_NEXT;
}

/* An unknown command may be a mistyped one: the text after its options is hidden. */
static enum command_secret unknown_secret(const char *word, size_t *from)
{
	char letter[2] = {word[0] == '-' ? word[1] : '\0', '\0'};

	return line_option_secret(word, letter, from);
}

/* The text of a line, copied but for what is secret in it. */
struct masked_text {
	struct buf out;
	const char *text;
	size_t from;		/* what is before it has been copied */
	struct buf word;	/* decoded */
	enum command_secret (*secret)(const char *word, size_t *from);	/* of the command that is being read */
	bool next;		/* the word to come is one */
	bool named;		/* so says the word before it: --password */
	bool unknown;		/* the request is not known: its words may be names and values in turn */
};

static void hide(struct masked_text *m, size_t start, size_t end)
{
	buf_put(&m->out, m->text + m->from, start - m->from);
	buf_putc(&m->out, '?');
	m->from = end;
}

/* Masks in a word, whose text is m->word, values with a secret's name, and passwords in addresses. */
static void mask_by_look(struct masked_text *m, const struct word *w)
{
	const char *text = buf_head(&m->word);
	size_t len = m->word.len, from = m->named ? 0 : secret_in_text(text, len);

	if (m->named && secret_is_between(text, len))
		return;
	m->named = !m->named && secret_is_next(text, len, m->unknown);
	if (from == len)
		from = secret_in_address(text, len);
	if (from < len && m->from <= w->start)
		hide(m, w->start + (w->plain ? from : 0), w->end);
}

static void mask_command_begins(struct masked_text *m, const struct word *w, const struct line_context *context)
{
	const struct command_word *command = NULL;
	struct error e;

	if (context != NULL && context->find_command != NULL)
		command = context->find_command(context->ctx, m->text + w->start + 1, w->end - w->start - 1, &e);
	m->secret = command != NULL ? command->secret : unknown_secret;
	m->next = false;
}

static void mask_command_word(struct masked_text *m, const struct word *w)
{
	const char *word;
	size_t from = 0, at;

	if (m->next) {
		m->next = false;
		hide(m, w->start, w->end);
		return;
	}
	buf_reset(&m->word);
	word = word_decode(m->text, w->start, w->end, &m->word, &at) == NULL ? buf_string(&m->word) : NULL;
	switch (word == NULL ? SECRET_HERE : m->secret == NULL ? SECRET_NONE : m->secret(word, &from)) {
	case SECRET_NONE:
		mask_by_look(m, w);
		break;
	case SECRET_NEXT:
		m->next = true;
		break;
	case SECRET_HERE:	/* with quotes in it positions are not those of the text */
		hide(m, w->start + (w->plain ? from : 0), w->end);
	}
}

bool line_secret_next(const char *text, size_t len, const struct line_context *context)
{
	struct masked_text m = {.text = text, .word.secret = true};
	struct word w;
	const char *why;
	size_t pos = 0;

	while (word_next(text, len, &pos, &w, &why) == WORD_FOUND) {
		bool begins = m.secret == NULL && text[w.start] == '.';

		if (begins)
			mask_command_begins(&m, &w, context);
		else if (!word_is(text, &w, "-"))
			mask_command_word(&m, &w);
		if (m.secret == NULL && !word_is(text, &w, "-"))
			break;	/* no command, or one without secrets */
	}
	buf_clear(&m.word);
	buf_clear(&m.out);
	return m.next;
}

/* {name} before other text, a place that a command fills, is not unclosed JSON. */
static bool begins_place(const char *text, size_t len, size_t pos)
{
	size_t n = pos + 1;

	while (n < len && word_name_length(text + n, 1) == 1)
		n++;
	return text[pos] == '{' && n > pos + 1 && n < len && text[n] == '}';
}

static enum word_found next_word(const char *text, size_t len, size_t *pos, struct word *w, const char **why)
{
	size_t start = *pos;
	enum word_found found = word_next(text, len, pos, w, why);

	if (found != WORD_BAD || !w->json || !begins_place(text, len, w->start))
		return found;
	*pos = start;
	return word_next_plain(text, len, pos, w, why);
}

char *mask_text(const char *text, size_t len, const struct line_context *context)
{
	struct masked_text m = {.text = text, .word.secret = true};
	struct word w;
	const char *why;
	size_t pos = 0, end = len, at;
	bool command = false, begins = true, before_json = false, glued = false;
	enum word_found found;
	size_t count = 0;

	for (; (found = next_word(text, len, &pos, &w, &why)) != WORD_END; count++) {
		bool over = word_is(text, &w, "--");

		if (found == WORD_BAD) {
			/* Open quotes and brackets: their content is unknown. */
			end = w.start;
			before_json = true;
			break;
		}
		if (begins && text[w.start] == '.') {
			command = true;
			mask_command_begins(&m, &w, context);
		} else if (command && !over) {
			mask_command_word(&m, &w);
		} else if (!w.json) {
			buf_reset(&m.word);
			if (word_decode(text, w.start, w.end, &m.word, &at) == NULL)
				mask_by_look(&m, &w);
		}
		/* A no-break space or = may have glued a request to its secret. */
		if (begins && !w.json && w.plain) {
			struct word name = {w.start, w.start + word_name_length(text + w.start, w.end - w.start), false, true};

			if (name.end < w.end && name.end > name.start && word_is_secret(text, &name, &m.word, true)) {
				end = name.end;
				glued = true;
				break;
			}
		}
		if ((begins || command || w.json) && m.from <= w.start && word_is_secret(text, &w, &m.word, begins || count < MASK_NEARLY)) {
			before_json = w.json;
			end = w.json ? w.start : w.end;
			break;
		}
		if (begins && !over && !w.json && text[w.start] != '.' && !word_is(text, &w, "-"))
			m.unknown = catalog_find(buf_head(&m.word), m.word.len) == NULL;
		begins = over || (begins && word_is(text, &w, "-"));
	}
	/* A message about a secret may contain it. */
	if (found == WORD_END && (m.from > 0 || m.next))
		end = pos;
	if (m.from < end)
		buf_put(&m.out, text + m.from, end - m.from);
	if (before_json || glued)
		buf_putc(&m.out, '?');
	else if (found != WORD_END && end < len && word_skip_blanks(text, len, end) < len)
		buf_puts(&m.out, " ?");
	buf_clear(&m.word);
	if (m.out.failed || buf_string(&m.out) == NULL) {
		buf_clear(&m.out);
		return NULL;
	}
	return buf_steal(&m.out);
}
