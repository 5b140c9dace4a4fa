/* SPDX-License-Identifier: ISC */
/*
 * fuzz_complete: any bytes as a line that is being typed, on a box with any names.
 *
 * The first bytes are a name on the box.  Every candidate is harmless text, can be inserted, and is then one whole word (or the beginning
 * of name=value) to the parser.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/complete.h"
#include "lang/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)kind;
	found(arg, "5000015442", ctx);
	found(arg, "5000015443", "Head Office");
	found(arg, "17", NULL);
}

static void commands(void *ctx, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	found(arg, ".each", "help");
	found(arg, ".watch", NULL);
}

static enum command_place command_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *, const char *), void *arg)
{
	bool line = index == (strcmp(words[0], ".watch") == 0 ? 2 : 1);

	(void)count;
	found(arg, ctx, NULL);
	return line ? PLACE_LINE : strcmp(words[0], ".source") == 0 ? PLACE_FILE : PLACE_WORD;
}

static void files(void *ctx, const char *path, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)path;
	found(arg, ctx, NULL);
	found(arg, "dir/", NULL);
}

static void candidate(const char *text, const struct completion *c, const struct candidate *one)
{
	struct buf line = {0};
	size_t len = strlen(one->text), pos = c->start, end;
	struct word w;
	const char *why;

	for (size_t i = 0; i < len; i++)
		must((unsigned char)one->text[i] >= ' ' && one->text[i] != 0x7f, "a control character is offered");
	must(word_valid(one->text, len) == len, "what is offered is not UTF-8");
	buf_put(&line, text, c->start);
	buf_puts(&line, one->text);
	end = line.len;
	buf_putc(&line, ' ');
	must(len > 0 && word_next(buf_head(&line), line.len, &pos, &w, &why) == WORD_FOUND && w.start == c->start && w.end == end,
	    "what is offered is not one word");
	buf_clear(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complete_context context = {.gids = gids, .commands = commands, .command_word = command_word, .files = files};
	struct completion c;
	char name[32] = "";
	size_t n = size > 0 ? data[0] % sizeof(name) : 0;

	if (n + 1 > size)
		return 0;
	memcpy(name, data + 1, n);
	context.ctx = name;
	data += n + 1;
	size -= n + 1;
	must(complete(&c, (const char *)data, size, &context) == 0, "no memory");
	must(c.start <= size, "it begins outside");
	must(completion_common(&c) <= (c.count > 0 ? strlen(c.candidates[0].text) : 0), "more in common than there is");
	for (size_t i = 0; i < c.count; i++)
		candidate((const char *)data, &c, &c.candidates[i]);
	completion_clear(&c);
	return 0;
}
