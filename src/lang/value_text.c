/* SPDX-License-Identifier: ISC */
/*
 * value_text: a word's text: decoded, read from a file or asked for, appended as a JSON string; the message for a wrong value.
 *
 * Knows no kind of value but text: lang/value and lang/network do, and build on it.
 */
#include "lang/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "the argument" or "the argument: its member", for messages. */
static const char *want_name(const struct want *want, char out[static 80])
{
	if (want->member != NULL)
		snprintf(out, 80, "%.30s: %.40s", want->arg, want->member);
	else
		snprintf(out, 80, "%.60s", want->arg);
	return out;
}

int value_decode(struct parse *p, const struct word *w)
{
	size_t at = w->start;
	const char *why;

	buf_reset(&p->scratch);
	if (w->plain) {
		buf_put(&p->scratch, p->text + w->start, w->end - w->start);
	} else {
		why = word_decode(p->text, w->start, w->end, &p->scratch, &at);
		if (why != NULL)
			return parse_fail(p, at, "%s: %s", p->line->type_name, why);
	}
	return p->scratch.failed ? parse_memory(p) : 0;
}

int value_json(struct parse *p, const struct want *want, const struct word *w, struct json *v)
{
	char name[80];
	size_t at = 0;
	const char *why = json_read(p->text + w->start, w->end - w->start, v, &at);

	if (why == NULL)
		return 0;
	return parse_fail(p, w->start + at, "%s: %s: not JSON: %s (quote what is meant as text)", p->line->type_name,
	    want_name(want, name), why);
}

/* "a number, or one of none, read, write" */
static const char *kind_text(const struct want *want, char out[static 160])
{
	struct arg arg = {.type = want->type};
	size_t len = 0;

	if (want->values == NULL) {
		snprintf(out, 160, "%s", want->nullable ? "a gid, a name or null" : arg_type_phrase(&arg));
		return out;
	}
	len = (size_t)snprintf(out, 160, "%s", want->type == ARG_NUMBER ? "a number, or one of" : "one of");
	for (const struct value_name *v = want->values; v->name != NULL && len < 140; v++)
		len += (size_t)snprintf(out + len, 160 - len, "%s %s", v == want->values ? "" : ",", v->name);
	return out;
}

/* "REQUEST: ARGUMENT must be KIND, not TYPED" */
int value_misfit(struct parse *p, const struct want *want, const struct word *w)
{
	char name[80], kind[160], typed[TYPED_MAX + 8];

	want_name(want, name);
	kind_text(want, kind);
	if (want->secret || want->hides)
		return parse_fail(p, w->start, "%s: %s must be %s", p->line->type_name, name, kind);
	return parse_fail(p, w->start, "%s: %s must be %s, not %s", p->line->type_name, name, kind,
	    parse_typed(p->text, w->start, w->end, typed));
}

int value_put_scratch(struct parse *p)
{
	json_put_string(&p->line->json, buf_head(&p->scratch), p->scratch.len);
	return p->line->json.failed ? parse_memory(p) : 0;
}

/* @file: reads its content, without the end of its only line (a password's, a licence's). */
static int put_file(struct parse *p, const struct want *want, const struct word *w)
{
	struct word path = {w->start + 1, w->end, false, w->plain};
	char name[80];
	const char *head;
	char *file;
	size_t len, good;
	int result;

	if (value_decode(p, &path) < 0)
		return -1;
	if (p->scratch.len == 0 || memchr(buf_head(&p->scratch), '\0', p->scratch.len) != NULL)
		return value_misfit(p, want, w);
	if (p->context == NULL || p->context->read_file == NULL)
		return parse_fail_language(p, w->start, "%s: %s: files cannot be read here", p->line->type_name, want_name(want, name));
	file = buf_steal(&p->scratch);
	if (file == NULL)
		return parse_memory(p);
	p->line->outside = true;
	result = p->context->read_file(p->context->ctx, file, &p->scratch, p->e);
	if (result < 0) {
		struct error why = *p->e;

		free(file);
		parse_fail_language(p, w->start, "%s: %s: %s", p->line->type_name, want_name(want, name), why.text);
		p->e->status = why.status;
		return -1;
	}
	head = buf_head(&p->scratch);
	len = p->scratch.len;
	good = p->scratch.failed ? len : word_valid(head, len);
	if (good < len) {
		parse_fail_language(p, w->start, "%s: %s: %s: byte %zu is not UTF-8 text", p->line->type_name, want_name(want, name),
		    file, good + 1);
		free(file);
		return -1;
	}
	free(file);
	if (len > 0 && memchr(head, '\n', len) == head + len - 1)
		buf_truncate(&p->scratch, len > 1 && head[len - 2] == '\r' ? len - 2 : len - 1);
	return p->scratch.failed ? parse_memory(p) : value_put_scratch(p);
}

/* Writes what is asked for: its name and, in a row, the row's first member. */
static void name_secret(const struct parse *p, const struct want *want, char what[static 200])
{
	enum { MOST = 60 };
	struct word about = {0}, bits = {0};
	size_t pos = want->row != NULL ? want->row->start : 0;
	int len = want->asked != NULL ? snprintf(what, 200, "%s", want->asked) :
	    snprintf(what, 200, "%.60s %.60s", p->line->type_name, want->member != NULL ? want->member : want->arg);

	if (want->row == NULL || !word_part(p->text, &pos, want->row->end, ',', &about) || about.end - about.start > MOST)
		return;
	len += snprintf(what + len, 200 - (size_t)len, " for %.*s", (int)(about.end - about.start), p->text + about.start);
	if (want->asked != NULL && memchr(p->text + about.start, '/', about.end - about.start) == NULL &&
	    word_part(p->text, &pos, want->row->end, ',', &bits) && bits.end - bits.start <= 3)
		snprintf(what + len, 200 - (size_t)len, "/%.*s", (int)(bits.end - bits.start), p->text + bits.start);
}

int value_ask(struct parse *p, const char *what, size_t at)
{
	if (p->context == NULL || p->context->ask_secret == NULL)
		return parse_fail_language(p, at, "%s: cannot prompt for it here", what);
	buf_reset(&p->scratch);
	p->line->outside = true;
	if (p->context->ask_secret(p->context->ctx, what, &p->scratch, p->e) < 0) {
		*p->at = at;
		p->language = true;
		return -1;
	}
	if (p->scratch.failed)
		return parse_memory(p);
	if (word_valid(buf_head(&p->scratch), p->scratch.len) < p->scratch.len)
		return parse_fail_language(p, at, "%s: not UTF-8 text", what);
	return 0;
}

/* ?: asks for it, without echo. */
static int put_asked(struct parse *p, const struct want *want, const struct word *w)
{
	char what[200];

	name_secret(p, want, what);
	return value_ask(p, what, w->start) < 0 ? -1 : value_put_scratch(p);
}

bool value_all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return len > 0;
}

/* Notes text where a value with names stands: neither a name of one nor a number.  Boxes may know more. */
static int note_unnamed(struct parse *p, const struct want *want, const struct word *w)
{
	char name[80], kind[160], typed[TYPED_MAX + 8];

	if (want->values == NULL || want->secret || want->hides || p->line->note_count >= PARSE_NOTES ||
	    value_all_digits(buf_head(&p->scratch), p->scratch.len))
		return 0;
	return parse_add_note(p, "%s: %s is none of%s, but %s; sending it anyway", p->line->type_name, want_name(want, name),
	    kind_text(want, kind) + strlen("one of"), parse_typed(p->text, w->start, w->end, typed));
}

int value_put_text(struct parse *p, const struct want *want, const struct word *w)
{
	const struct value_name *value;
	size_t len = w->end - w->start;

	if (want->secret && value_is(p, w, "?"))
		return put_asked(p, want, w);
	if (len > 1 && p->text[w->start] == '@')
		return put_file(p, want, w);
	if (want->secret && parse_add_secret(p, w->start, w->end) < 0)
		return -1;
	p->line->secret = p->line->secret || want->secret;
	/* A word that begins with a bracket is JSON; text like that must be quoted. */
	if (w->json && want->member == NULL)
		return value_misfit(p, want, w);
	if (value_decode(p, w) < 0)
		return -1;
	/* A setting that tables show as yes or no. */
	value = catalog_value(want->values, buf_head(&p->scratch), p->scratch.len);
	if (value != NULL) {
		json_put_string(&p->line->json, value->value, strlen(value->value));
		return 0;
	}
	return note_unnamed(p, want, w) < 0 ? -1 : value_put_scratch(p);
}
