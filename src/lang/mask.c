/* SPDX-License-Identifier: ISC */
/*
 * mask: finds what must not be seen in requests, replies and lines: for traces, histories and messages.
 *
 * Where a shape is not the documented one, it hides too much rather than too little.
 */
#include "lang/parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char hidden[] = "\"***\"";

/* Whether a member's name is a secret's, spelt well or badly. */
static bool secret_name(const struct field *fields, struct json key)
{
	struct buf name = {0};
	const struct field *f;
	const char *near;
	bool secret = true;

	json_decode(key, &name);
	if (!name.failed) {
		f = catalog_field(fields, buf_head(&name), name.len);
		if (f == NULL) {
			near = catalog_nearest_field(fields, buf_head(&name), name.len);
			f = near == NULL ? NULL : catalog_field(fields, near, strlen(near));
		}
		secret = f != NULL && f->secret;
	}
	buf_clear(&name);
	return secret;
}

static void mask_row(const struct field *fields, struct json row, mask_found *found, void *ctx)
{
	struct json_iter it;
	struct json v;
	bool behind = false;	/* a secret: an entry whose shape is another may have it here */

	if (json_kind(row) != JSON_ARRAY) {
		found(ctx, row);
		return;
	}
	for (it = json_iterate(row); json_next(&it, NULL, &v); ) {
		if (fields->name == NULL || fields->secret || (behind && json_kind(v) != JSON_NUMBER))
			found(ctx, v);
		behind = behind || fields->name == NULL || fields->secret;
		if (fields->name != NULL)
			fields++;
	}
}

void mask_argument(const struct arg *arg, struct json v, mask_found *found, void *ctx)
{
	struct json_iter it;
	struct json key, inner;

	if (!catalog_arg_secret(arg))
		return;
	if (arg->type == ARG_ROWS && json_kind(v) == JSON_ARRAY) {
		for (it = json_iterate(v); json_next(&it, NULL, &inner); )
			mask_row(arg->fields, inner, found, ctx);
	} else if (arg->type == ARG_OBJECT && json_kind(v) == JSON_OBJECT) {
		for (it = json_iterate(v); json_next(&it, &key, &inner); )
			if (secret_name(arg->fields, key))
				found(ctx, inner);
	} else {
		found(ctx, v);
	}
}

void mask_arguments(const struct request *type, struct json_iter args, mask_found *found, void *ctx)
{
	const struct arg *arg = type->args;
	struct json v;

	if (!catalog_secret(type))
		return;
	while (json_next(&args, NULL, &v)) {
		if (arg->name == NULL) {
			found(ctx, v);
			continue;
		}
		mask_argument(arg, v, found, ctx);
		arg++;
	}
}

/* --- what the catalogue does not know --- */

/* Private keys in strings, whatever they stand in. */
static bool has_key(struct json v)
{
	static const char mark[] = "PRIVATE KEY";

	return memmem(v.text, v.len, mark, sizeof(mark) - 1) != NULL;
}

/* Names of members that hold secrets, whoever sends them. */
static bool known_secret(struct json name)
{
	return json_is(name, "secret") || json_is(name, "csecret") || json_is(name, "password");
}

void mask_anywhere(struct json v, mask_found *found, void *ctx)
{
	struct json_iter it;
	struct json key, inner;
	bool pair = false;

	switch (json_kind(v)) {
	case JSON_STRING:
		if (has_key(v))
			found(ctx, v);
		break;
	case JSON_OBJECT:
		for (it = json_iterate(v); json_next(&it, &key, &inner); ) {
			if (known_secret(key))
				found(ctx, inner);
			else
				mask_anywhere(inner, found, ctx);
		}
		break;
	case JSON_ARRAY:
		for (it = json_iterate(v); json_next(&it, NULL, &inner); ) {
			if (pair)
				found(ctx, inner);
			else
				mask_anywhere(inner, found, ctx);
			pair = json_kind(inner) == JSON_STRING && known_secret(inner);
		}
		break;
	default:
		break;
	}
}

/* --- a message with its secrets replaced --- */

struct masking {
	struct buf *out;
	const char *from;	/* what is before it has been copied */
};

static void replace(void *ctx, struct json secret)
{
	struct masking *m = ctx;

	buf_put(m->out, m->from, (size_t)(secret.text - m->from));
	buf_puts(m->out, hidden);
	m->from = secret.text + secret.len;
}

/* Everything in it. */
static void replace_all(struct json_iter args, struct masking *m)
{
	struct json v;

	while (json_next(&args, NULL, &v))
		replace(m, v);
}

/* The request that a value names (near: it is misspelt), or NULL.  Without memory *failed is set. */
static const struct request *type_of(struct json v, bool *near, bool *failed)
{
	struct buf name = {0};
	const struct request *type = NULL;
	const char *known;

	*near = false;
	if (json_kind(v) != JSON_STRING)
		return NULL;
	json_decode(v, &name);
	if (!name.failed) {
		type = catalog_find(buf_head(&name), name.len);
		known = type != NULL ? NULL : catalog_nearest(buf_head(&name), name.len);
		if (known != NULL) {
			type = catalog_find(known, strlen(known));
			*near = true;
		}
	}
	*failed = *failed || name.failed;
	buf_clear(&name);
	return type;
}

static void mask_reply_value(const struct field *fields, struct json v, struct masking *m);

int line_mask_json(struct buf *out, const char *json, size_t len)
{
	struct masking m = {out, json};
	const struct request *type;
	struct json_iter it;
	struct json v;
	size_t at;
	bool near = false, failed = false;

	if (json_read(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY) {
		buf_puts(out, hidden);
		return out->failed ? -1 : 0;
	}
	it = json_iterate(v);
	type = json_next(&it, NULL, &v) ? type_of(v, &near, &failed) : NULL;
	if ((type == NULL || near) && it.next != it.end) {
		struct json_iter behind = it;
		const struct request *second = json_next(&behind, NULL, &v) ? type_of(v, &near, &failed) : NULL;

		if (second != NULL) {
			type = second;
			it = behind;
		}
	}
	if (failed)
		return -1;
	if (type != NULL && near && catalog_secret(type))
		replace_all(it, &m);
	else if (type != NULL && catalog_secret(type))
		mask_arguments(type, it, replace, &m);
	else
		while (json_next(&it, NULL, &v))
			mask_reply_value(NULL, v, &m);
	buf_put(out, m.from, len - (size_t)(m.from - json));
	return out->failed ? -1 : 0;
}

/* --- replies --- */

/* fields: the columns of a reply that has secret ones in fixed places, or NULL. */
static void mask_reply_value(const struct field *fields, struct json v, struct masking *m)
{
	struct json_iter it;
	struct json inner;
	bool secret = false, first = true;

	if (fields == NULL || json_kind(v) != JSON_ARRAY) {
		mask_anywhere(v, replace, m);
		return;
	}
	/* A list of rows begins with a row; a row begins with a value.  From the first secret column on only numbers are
	 * harmless: versions are shown in one list, and side by side (ptsh-protocol(7)). */
	for (it = json_iterate(v); json_next(&it, NULL, &inner); first = false) {
		if (first && json_kind(inner) == JSON_ARRAY)
			break;
		secret = secret || (fields->name != NULL && fields->unit == UNIT_SECRET);
		if (secret && json_kind(inner) != JSON_NUMBER)
			replace(m, inner);
		if (fields->name != NULL)
			fields++;
	}
	if (first && json_count(v) > 0)
		for (it = json_iterate(v); json_next(&it, NULL, &inner); )
			mask_reply_value(fields, inner, m);
}

int line_mask_reply(struct buf *out, const struct request *type, const char *json, size_t len)
{
	struct masking m = {out, json};
	const struct field *fields = NULL;
	struct json_iter it;
	struct json v;
	size_t at;
	bool chosen = false, secret = false;

	/* What is not JSON is shown as it came, unless it answers something that has secrets. */
	for (const struct arg *arg = type == NULL ? NULL : type->args; arg != NULL && arg->name != NULL; arg++)
		chosen = chosen || (arg->flags & ARG_HEADINGS);
	for (const struct field *f = type == NULL ? NULL : type->reply; f != NULL && f->name != NULL; f++)
		secret = secret || f->unit == UNIT_SECRET;
	if (secret && !chosen)
		fields = type->reply;
	if (json_read(json, len, &v, &at) != NULL || json_kind(v) != JSON_ARRAY) {
		if (secret || has_key((struct json){json, len}))
			buf_puts(out, hidden);
		else
			buf_put(out, json, len);
		return out->failed ? -1 : 0;
	}
	it = json_iterate(v);
	for (size_t i = 0; json_next(&it, NULL, &v); i++)
		if (i >= 2)
			mask_reply_value(fields, v, &m);
	buf_put(out, m.from, len - (size_t)(m.from - json));
	return out->failed ? -1 : 0;
}

/* --- lines --- */

/* Whether a word names a request with secrets; nearly: or may have been meant to. */
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
		/* Members whose names tell, as in known_secret(). */
		return has_key((struct json){text + w->start, w->end - w->start}) ||
		    memmem(text + w->start, w->end - w->start, "secret\"", 7) != NULL ||
		    memmem(text + w->start, w->end - w->start, "password\"", 9) != NULL;
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

/* A command that is not known may be one that is: what stands behind its options is not for others. */
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
};

static void hide(struct masked_text *m, size_t start, size_t end)
{
	buf_put(&m->out, m->text + m->from, start - m->from);
	buf_putc(&m->out, '?');
	m->from = end;
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

	if (m->secret == NULL)
		return;
	if (m->next) {
		m->next = false;
		hide(m, w->start, w->end);
		return;
	}
	buf_reset(&m->word);
	word = word_decode(m->text, w->start, w->end, &m->word, &at) == NULL ? buf_string(&m->word) : NULL;
	switch (word != NULL ? m->secret(word, &from) : SECRET_HERE) {
	case SECRET_NONE:
		break;
	case SECRET_NEXT:
		m->next = true;
		break;
	case SECRET_HERE:	/* with quotes in it nothing is where it seems to be */
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
		else if (!(w.end - w.start == 1 && text[w.start] == '-'))
			mask_command_word(&m, &w);
		if (m.secret == NULL && !(w.end - w.start == 1 && text[w.start] == '-'))
			break;	/* no command, or one without secrets */
	}
	buf_clear(&m.word);
	buf_clear(&m.out);
	return m.next;
}

char *mask_text(const char *text, size_t len, const struct line_context *context)
{
	struct masked_text m = {.text = text, .word.secret = true};
	struct word w;
	const char *why;
	size_t pos = 0, end = len;
	bool command = false, place = true, before_json = false;
	enum word_found found;
	size_t count = 0;

	for (; (found = word_next(text, len, &pos, &w, &why)) != WORD_END; count++) {
		bool over = w.end - w.start == 2 && memcmp(text + w.start, "--", 2) == 0;

		if (found == WORD_BAD) {
			/* Open quotes and brackets: who knows what is in them. */
			end = w.start;
			before_json = true;
			break;
		}
		if (place && text[w.start] == '.') {
			command = true;
			mask_command_begins(&m, &w, context);
		} else if (command && !over) {
			mask_command_word(&m, &w);
		}
		if ((place || command) && m.from <= w.start && word_is_secret(text, &w, &m.word, place || count < MASK_NEARLY)) {
			before_json = w.json;
			end = w.json ? w.start : w.end;
			break;
		}
		place = over || (place && w.end - w.start == 1 && text[w.start] == '-');
	}
	if (m.from < end)
		buf_put(&m.out, text + m.from, end - m.from);
	if (before_json)
		buf_putc(&m.out, '?');
	else if (end < len && word_skip_blanks(text, len, end) < len)
		buf_puts(&m.out, " ?");
	buf_clear(&m.word);
	if (m.out.failed || buf_string(&m.out) == NULL) {
		buf_clear(&m.out);
		return NULL;
	}
	return buf_steal(&m.out);
}
