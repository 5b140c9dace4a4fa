/* SPDX-License-Identifier: ISC */
/*
 * whole: a whole line: expanded where it begins with an alias's name, parsed, and masked as the request or command that it is.
 */
#include "lang/line.h"

#include <stdlib.h>
#include <string.h>

#include "lang/alias.h"
#include "lang/parse.h"
#include "lang/tail.h"

/* Room that most lines need no more than. */
struct few { struct word words[PARSE_WORDS]; struct span secrets[PARSE_SPANS]; };

static struct parse parse_begin(struct line *line, const char *text, size_t len, const struct line_context *context,
    struct error *e, size_t *at, struct few *few)
{
	return (struct parse){.line = line, .text = text, .len = len, .context = context, .e = e, .at = at,
	    .words = few->words, .few_words = few->words, .word_cap = PARSE_WORDS,
	    .secrets = few->secrets, .few_secrets = few->secrets, .secret_cap = PARSE_SPANS};
}

static void parse_end(struct parse *p)
{
	buf_clear(&p->scratch);
	if (p->words != p->few_words)
		free(p->words);
	if (p->secrets != p->few_secrets)
		free(p->secrets);
}

/* The line as typed with its secrets as ?. */
static char *make_masked(const struct parse *p, bool failed)
{
	struct buf out = {0};
	size_t from = 0, len = p->len;
	char *text;

	if (failed && !p->alias)
		return mask_text(p->text, word_valid(p->text, p->len), p->context);
	if (p->hide || (p->line->kind == LINE_COMMAND && !p->alias))
		return mask_text(p->text, p->len, p->context);
	/* A message about a secret may contain it. */
	if (p->line->comment && p->line->type != NULL && catalog_secret(p->line->type))
		len = p->over;
	if (p->secret_count == 0 && !p->alias) {
		text = malloc(len + 1);
		if (text == NULL)
			return NULL;
		memcpy(text, p->text, len);
		text[len] = '\0';
		return text;
	}
	for (size_t i = 0; i < p->secret_count; i++) {
		if (p->secrets[i].start < from)
			continue;
		buf_put(&out, p->text + from, p->secrets[i].start - from);
		buf_putc(&out, '?');
		from = p->secrets[i].end;
	}
	buf_put(&out, p->text + from, len - from);
	if (!p->alias || out.failed)
		return buf_steal(&out);
	text = mask_text(buf_head(&out), out.len, p->context);	/* values that are secrets by their look */
	buf_clear(&out);
	return text;
}

/* --- aliases --- */

/* Returns the alias whose name the line begins with, or NULL; sets *pos after the name.  A request's name means the request. */
static const struct alias *find_alias(struct parse *p, struct word *name, size_t *pos)
{
	const struct alias *found;
	const char *why;
	struct word value;

	*pos = 0;
	if (p->context == NULL || p->context->find_alias == NULL)
		return NULL;
	do
		if (word_next(p->text, p->len, pos, name, &why) != WORD_FOUND)
			return NULL;
	while (value_is(p, name, "-") || line_prefix(p, name, pos, &value));
	if (!name->plain || name->json)
		return NULL;
	found = p->context->find_alias(p->context->ctx, p->text + name->start, name->end - name->start);
	if (found == NULL || catalog_find(found->name, strlen(found->name)) != NULL || word_valid(p->text, p->len) < p->len)
		return NULL;
	p->line->may_fail = p->text[word_skip_blanks(p->text, p->len, 0)] == '-';
	return found;
}

/* Reads the words after the name; sets *pos to the text after them. */
static int read_arguments(struct parse *p, const struct alias *a, size_t *pos)
{
	enum word_found found;
	const char *why = NULL;
	size_t start;
	struct word w;

	for (start = *pos; (found = word_next(p->text, p->len, pos, &w, &why)) == WORD_FOUND; start = *pos) {
		if (tail_begins(p, &w)) {
			*pos = start;
			return 0;
		}
		if (parse_check_word(p, &w, "", a->name) < 0 || parse_add_word(p, &w) < 0)
			return -1;
	}
	if (found == WORD_BAD)
		return parse_fail_text(p, *pos, a->name, why);
	p->over = *pos;
	p->line->comment = *pos < p->len;
	return 0;
}

static bool meets(const struct span *secrets, size_t count, const struct alias_use *use)
{
	for (size_t i = 0; i < count; i++)
		if (secrets[i].start < use->end && secrets[i].end > use->start)
			return true;
	return false;
}

/* A line without known places of secrets is masked with a mark for each argument: a mark that is missing in the result was hidden. */
static bool mark_is_hidden(const struct parse *p, const struct alias *a, unsigned argument)
{
	static const char mark[] = "argument-of-an-alias";
	struct word words[16], *marked = p->word_count <= 16 ? words : calloc(p->word_count, sizeof *words);
	struct buf text = {.secret = true}, expanded = {.secret = true};
	struct error ignored;
	char *shown = NULL;

	for (size_t i = 0; marked != NULL && i < p->word_count; i++) {
		const struct word *w = &p->words[i];

		marked[i] = (struct word){text.len, text.len, i + 1 != argument && w->json, true};
		if (i + 1 == argument)
			buf_puts(&text, mark);
		else
			buf_put(&text, p->text + w->start, w->end - w->start);
		marked[i].end = text.len;
		buf_putc(&text, ' ');
	}
	if (marked != NULL && !text.failed && alias_expand(a, buf_head(&text), marked, p->word_count, 0, &expanded, NULL, &ignored) == 0)
		shown = mask_text(buf_head(&expanded), expanded.len, p->context);
	bool hidden = shown == NULL || strstr(shown, mark) == NULL;
	free(shown);
	if (marked != words)
		free(marked);
	buf_clear(&text);
	buf_clear(&expanded);
	return hidden;
}

/* Hides the arguments that have become secrets of the line. */
static int hide_arguments(struct parse *p, const struct alias *a, const struct parse *inner, const struct alias_uses *uses, bool failed)
{
	for (size_t i = 0; i < uses->count; i++) {
		const struct alias_use *use = &uses->v[i];
		const struct word *w = &p->words[use->argument - 1];
		bool places = !failed && !inner->hide && inner->line->kind == LINE_REQUEST;

		if ((places ? meets(inner->secrets, inner->secret_count, use) : mark_is_hidden(p, a, use->argument)) &&
		    parse_add_secret(p, w->start, w->end) < 0)
			return -1;
	}
	return 0;
}

/* "ports: realm_query: ..." */
static int fail_inner(struct parse *p, const struct alias *a, const struct word *name)
{
	char why[ERROR_TEXT];

	memcpy(why, p->e->text, sizeof why);
	*p->at = name->start;
	return error_set(p->e, p->e->status, "%s: %s", a->name, why);
}

/* Reads the expanded line into p->line, with a parse of its own. */
static int read_expanded(struct parse *p, const struct alias *a, const struct word *name, const struct buf *text,
    const struct alias_uses *uses)
{
	struct few few;
	struct parse inner = parse_begin(p->line, buf_head(text), text->len, p->context, p->e, p->at, &few);
	bool comment = p->line->comment;
	int result = line_parse_text(&inner);

	p->line->expanded = make_masked(&inner, result < 0);
	p->line->comment |= comment;
	p->language = inner.language;
	p->hide |= inner.hide;
	if (result < 0)
		fail_inner(p, a, name);
	if (p->line->expanded == NULL || hide_arguments(p, a, &inner, uses, result < 0) < 0)
		result = parse_memory(p);
	parse_end(&inner);
	return result;
}

static int parse_alias(struct parse *p, const struct alias *a, const struct word *name, size_t pos)
{
	struct buf text = {.secret = true};
	struct alias_uses uses = {0};
	struct error e;
	int result;

	p->alias = true;
	buf_put(&text, p->text, name->start);
	result = read_arguments(p, a, &pos);
	if (result < 0)		/* an open quote may hide one */
		(void)parse_add_secret(p, name->end, p->len);
	if (result == 0 && alias_expand(a, p->text, p->words, p->word_count, 0, &text, &uses, &e) == -1) {
		result = error_set(p->e, e.status, "%s", e.text);
		*p->at = name->start;
		p->language = true;
		if (p->word_count > 0)
			(void)parse_add_secret(p, p->words[0].start, p->words[p->word_count - 1].end);
	}
	if (result == 0) {
		buf_putc(&text, ' ');
		buf_put(&text, p->text + pos, p->len - pos);
		result = text.failed ? parse_memory(p) : read_expanded(p, a, name, &text, &uses);
	}
	free(uses.v);
	buf_clear(&text);
	return result;
}

/* --- the whole --- */

int line_parse(struct line *line, const char *text, size_t len, const struct line_context *context, struct error *e,
    char **usage, size_t *at)
{
	struct few few;
	struct parse p = parse_begin(line, text, len, context, e, at, &few);
	const struct alias *alias;
	struct word name;
	size_t pos;
	int result;

	memset(line, 0, sizeof(*line));
	*at = 0;
	*usage = NULL;
	alias = find_alias(&p, &name, &pos);
	result = alias != NULL ? parse_alias(&p, alias, &name, pos) : line_parse_text(&p);
	line->masked = make_masked(&p, result < 0);
	if (line->masked == NULL)
		result = parse_memory(&p);
	if (result < 0 && line->type != NULL && e->status == STATUS_USAGE && !p.language)
		*usage = line_usage(line->type);
	parse_end(&p);
	return result;
}

