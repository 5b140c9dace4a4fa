/* SPDX-License-Identifier: ISC */
/*
 * fuzz_secret: lines whose secrets are known.
 *
 * The input chooses a request, its arguments and how they are quoted; every secret contains a marker, and no output made from the
 * line may contain it, whether the line was accepted or not.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/line.h"
#include "proto/secret.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input { const uint8_t *data; size_t size; };

static unsigned next(struct input *in, unsigned below)
{
	if (in->size == 0)
		return 0;
	in->size--;
	return *in->data++ % below;
}

/* Takes text from the input, up to a byte that ends it. */
static void put_text(struct buf *out, struct input *in)
{
	unsigned len = next(in, 12);

	for (unsigned i = 0; i < len && in->size > 0; i++)
		buf_putc(out, (char)(1 + next(in, 127)));
}

static void put_word(struct buf *out, struct input *in)
{
	struct buf text = {0};

	put_text(&text, in);
	line_put_word(out, buf_head(&text), text.len);
	buf_clear(&text);
}

static void put_secret(struct buf *out, struct input *in)
{
	struct buf text = {0};

	put_text(&text, in);
	buf_puts(&text, "S3CR3T");
	put_text(&text, in);
	if (next(in, 2) == 0)
		line_put_word(out, buf_head(&text), text.len);
	else
		json_put_string(out, buf_head(&text), text.len);
	buf_clear(&text);
}

static void put_value(struct buf *out, const struct field *f, struct input *in)
{
	if (f->secret)
		put_secret(out, in);
	else if (next(in, 8) == 0)
		put_word(out, in);
	else if (f->type == ARG_NUMBER)
		buf_puts(out, "1");
	else if (f->type == ARG_CHANGES)
		buf_puts(out, "-a,+b");
	else
		buf_puts(out, "x");
}

static void put_json_row(struct buf *out, const struct arg *arg, struct input *in)
{
	bool object = arg->type == ARG_OBJECT;

	buf_putc(out, object ? '{' : '[');
	for (const struct field *f = arg->fields; f->name != NULL; f++) {
		struct buf text = {0};
		bool nested;

		if (f != arg->fields)
			buf_puts(out, next(in, 2) ? ", " : ",");
		if (object)
			buf_printf(out, "\"%s\":", f->name);
		put_text(&text, in);
		nested = f->secret && next(in, 2) == 0;
		if (f->secret)
			buf_puts(&text, "S3CR3T");
		if (nested)
			buf_puts(out, "[3,");
		json_put_string(out, buf_head(&text), text.len);
		if (nested)
			buf_putc(out, ']');
		buf_clear(&text);
	}
	buf_putc(out, object ? '}' : ']');
}

static void put_members(struct buf *out, const struct arg *arg, struct input *in)
{
	for (const struct field *f = arg->fields; f->name != NULL; f++) {
		if (f != arg->fields)
			buf_putc(out, arg->type == ARG_ROWS ? ',' : ' ');
		if (arg->type == ARG_OBJECT)
			buf_printf(out, "%s=", f->name);
		put_value(out, f, in);
	}
}

static void put_arg(struct buf *out, const struct arg *arg, struct input *in)
{
	if (arg->flags & ARG_SECRET) {
		put_secret(out, in);
	} else if (arg->type == ARG_ROWS || arg->type == ARG_OBJECT) {
		switch (next(in, 3)) {
		case 0:
			put_members(out, arg, in);
			break;
		case 1:
			buf_puts(out, arg->type == ARG_ROWS ? "[" : "");
			put_json_row(out, arg, in);
			buf_puts(out, arg->type == ARG_ROWS ? "]" : "");
			break;
		default:
			put_json_row(out, arg, in);
			break;
		}
	} else if (next(in, 8) == 0) {
		put_word(out, in);
	} else {
		buf_puts(out, arg->type == ARG_WORD ? arg->values->name : arg->type == ARG_LIST ? "1,2" : "7");
	}
}

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)ctx;
	(void)what;
	(void)e;
	buf_puts(out, "S3CR3T");
	return 0;
}

static void must_hide(const char *where, const char *text, size_t len, const struct buf *line)
{
	if (memmem(text, len, "S3CR3T", 6) == NULL)
		return;
	fprintf(stderr, "%s of: %.*s\nis: %.*s\n", where, (int)line->len, buf_head(line), (int)len, text);
	abort();
}

/* broken: the words are not the intended ones, so only a refusal shows what must be hidden. */
static void shown(const struct buf *text, bool broken)
{
	static const struct line_context context = {.ask_secret = ask_secret};
	struct line line;
	struct error e = {0};
	char *usage;
	size_t at;

	if (line_parse(&line, buf_head(text), text->len, &context, &e, &usage, &at) < 0) {
		must_hide("the masked line", line.masked, strlen(line.masked), text);
	} else if (!broken) {
		struct buf out = {0};

		secret_mask_request(&out, buf_head(&line.json), line.json.len);
		must_hide("the trace", buf_head(&out), out.len, text);
		buf_reset(&out);
		line_print(&out, buf_head(&line.json), line.json.len, true);
		must_hide("the printed line", buf_head(&out), out.len, text);
		must_hide("the masked line", line.masked, strlen(line.masked), text);
		for (size_t i = 0; i < line.note_count; i++)
			must_hide("a note", line.notes[i], strlen(line.notes[i]), text);
		buf_clear(&out);
	}
	free(usage);
	line_clear(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct buf text = {0};
	const struct request *r = &catalog[next(&in, (unsigned)catalog_len)];
	size_t place;
	bool broken;

	if (!catalog_secret(r))
		return 0;
	buf_puts(&text, r->name);
	for (const struct arg *a = r->args; a->name != NULL; a++) {
		buf_putc(&text, ' ');
		/* rows take all words up to a name */
		if (next(&in, 2) == 0 || (a > r->args && a[-1].type == ARG_ROWS))
			buf_printf(&text, "--%s ", a->name);
		put_arg(&text, a, &in);
	}
	/* now and then it is cut off, or a byte is changed */
	broken = next(&in, 4) == 0 && text.len > strlen(r->name) + 1;
	if (broken) {
		place = strlen(r->name) + 1 + next(&in, 200) % (text.len - strlen(r->name) - 1);
		if (next(&in, 2) == 0)
			buf_truncate(&text, place);
		else
			text.data[text.off + place] = "'\"[]{},=\\ "[next(&in, 10)];
	}
	if (!text.failed)
		shown(&text, broken);
	buf_clear(&text);
	return 0;
}
