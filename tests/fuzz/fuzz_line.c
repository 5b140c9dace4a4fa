/* SPDX-License-Identifier: ISC */
/*
 * fuzz_line: any bytes as a line.
 *
 * An accepted line is printed and parsed again, and must give the same request; names to look up are where they are said to be; a
 * refused line with secrets shows nothing of what follows its name.  (fuzz_secret: lines whose secrets are known.)
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/line.h"
#include "proto/secret.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_file(void *ctx, const char *path, struct buf *out, struct error *e)
{
	(void)ctx;
	if (strlen(path) % 2 == 1)
		return error_set(e, STATUS_USAGE, "no such file");
	buf_puts(out, path);
	return 0;
}

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)ctx;
	(void)what;
	(void)e;
	buf_puts(out, "S3CR3T");
	return 0;
}

static const struct line_context prompt = {.prompt = true, .read_file = read_file, .ask_secret = ask_secret};
static const struct line_context script = {.read_file = read_file, .ask_secret = ask_secret};

static void must(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Returns a value in one spelling. */
static void put_canonical(struct buf *out, struct json v)
{
	struct json_iter it;
	struct json key, inner;
	struct buf text = {0};
	bool first = true;

	switch (json_kind(v)) {
	case JSON_STRING:
		json_decode(v, &text);
		json_put_string(out, buf_head(&text), text.len);
		buf_clear(&text);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		buf_putc(out, *v.text);
		for (it = json_iterate(v); json_next(&it, &key, &inner); first = false) {
			if (!first)
				buf_putc(out, ',');
			if (*v.text == '{') {
				put_canonical(out, key);
				buf_putc(out, ':');
			}
			put_canonical(out, inner);
		}
		buf_putc(out, *v.text == '[' ? ']' : '}');
		break;
	default:
		buf_put(out, v.text, v.len);
		break;
	}
}

static void again(const struct line *line)
{
	struct buf text = {0}, one = {0}, two = {0}, masked = {0};
	struct json v;
	struct line second;
	struct error e;
	char *usage;
	size_t at;

	must(json_read(buf_head(&line->json), line->json.len, &v, &at) == NULL, "what is sent is not JSON");
	must(memchr(buf_head(&line->json), '\n', line->json.len) == NULL, "what is sent holds an end of line");
	put_canonical(&one, v);
	must(line_print(&text, buf_head(&line->json), line->json.len, false) == 0, "what was taken cannot be printed");
	must(memchr(buf_head(&text), '\n', text.len) == NULL, "what was printed is not one line");
	must(line_parse(&second, buf_head(&text), text.len, NULL, &e, &usage, &at) == 0, "what was printed is not taken");
	must(second.kind == LINE_REQUEST, "what was printed is no request");
	must(json_read(buf_head(&second.json), second.json.len, &v, &at) == NULL, "what is sent again is not JSON");
	put_canonical(&two, v);
	must(one.len == two.len && memcmp(buf_head(&one), buf_head(&two), one.len) == 0, "printed and taken it is another");
	must(second.deletes == line->deletes || line->deletes, "printed and taken it deletes");
	must(secret_mask_request(&masked, buf_head(&line->json), line->json.len) == 0, "it cannot be masked");
	must(json_read(buf_head(&masked), masked.len, &v, &at) == NULL, "masked it is not JSON");
	free(usage);
	line_clear(&second);
	buf_clear(&text);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&masked);
}

/* Checks that lookups are where they say, and that what is put there is found there. */
static void resolve(struct line *line)
{
	struct json v;
	size_t at;

	for (size_t i = 0; i < line->lookup_count; i++) {
		const struct lookup *l = &line->lookups[i];
		struct buf name = {0};

		must(l->offset + l->len <= line->json.len, "a name stands outside");
		must(json_read(buf_head(&line->json) + l->offset, l->len, &v, &at) == NULL && json_kind(v) == JSON_STRING,
		    "a name is no string");
		json_decode(v, &name);
		must(name.len == strlen(l->name) && memcmp(buf_head(&name), l->name, name.len) == 0, "a name is another");
		buf_clear(&name);
	}
	for (size_t i = line->lookup_count; i > 0; i--)
		must(line_resolve(line, i - 1, "1234567890123456") == 0, "a name cannot be replaced");
	must(json_read(buf_head(&line->json), line->json.len, &v, &at) == NULL, "with gids it is not JSON");
}

static void one(const struct line_context *context, const char *text, size_t len)
{
	struct line line;
	struct error e = {0};
	char *usage;
	size_t at;
	int result = line_parse(&line, text, len, context, &e, &usage, &at);

	must(at <= len, "the place of the error is outside");
	must(line.masked != NULL, "nothing can be shown");
	if (result < 0) {
		must(e.status == STATUS_USAGE && e.text[0] != '\0' && strchr(e.text, '\n') == NULL, "no message");
		if (line.type != NULL && catalog_secret(line.type))
			must(strstr(line.masked, "S3CR3T") == NULL, "an error shows a secret");
	} else if (line.kind == LINE_REQUEST) {
		again(&line);
		resolve(&line);
	}
	free(usage);
	line_clear(&line);
}

/* Checks that a line continues or not, whether it comes bit by bit or at once; one that continues cannot be accepted. */
static void continues(const char *text, size_t len)
{
	struct line_state whole = {0}, parts = {0};
	bool on = line_continues(text, len, &whole), last = false;

	for (size_t i = 0; i <= len; i += 1 + i / 8)
		last = line_continues(text, i, &parts);
	last = line_continues(text, len, &parts);
	must(on == last, "asked in parts it is another answer");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	one(&script, (const char *)data, size);
	one(&prompt, (const char *)data, size);
	continues((const char *)data, size);
	return 0;
}
