/* SPDX-License-Identifier: ISC */
/*
 * test_parts: replies with cells and rows too long to be held look as they do when the reply is shown
 * whole, however they arrive, and end their line where they break off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/formats.h"
#include "format/front.h"
#include "proto/session.h"

enum { LONG = CELL_LONG + 1000 };

static char gid[] = "gid", name[] = "name", description[] = "description";
static char *const list[] = {gid, name, description};

struct holder {
	struct session *session;
	struct output *output;
	struct reply_about about;
	bool complete;
	size_t held;			/* the largest part of an item that was held */
};

static void on_greeted(void *ctx, const struct hello *hello)
{
	struct holder *h = ctx;
	struct error e;

	(void)hello;
	assert_int_equal(session_login(h->session, AUTH_NONE, "", "", "", &e), 0);
}

static void on_reply(void *ctx, void *tag, const struct reply *reply)
{
	struct holder *h = ctx;

	(void)tag;
	output_reply(h->output, &h->about, reply);
	h->complete = true;
}

static enum large_mode on_large(void *ctx, void *tag, const char *text, size_t len)
{
	struct holder *h = ctx;

	(void)tag;
	return output_large(h->output, &h->about, text, len);
}

static void on_item(void *ctx, void *tag, struct json item, unsigned depth, bool first)
{
	struct holder *h = ctx;

	(void)tag;
	output_item(h->output, item, depth, first);
}

static void on_part(void *ctx, void *tag, const char *text, size_t len, unsigned depth, bool last)
{
	struct holder *h = ctx;

	(void)tag;
	output_part(h->output, text, len, depth, last);
	if (h->output->part.text.len > h->held)
		h->held = h->output->part.text.len;
}

static void on_text(void *ctx, void *tag, const char *text, size_t len, const uint64_t ended[static 3])
{
	struct holder *h = ctx;

	(void)tag;
	output_text(h->output, text, len, ended);
}

static void on_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes)
{
	struct holder *h = ctx;

	(void)tag, (void)bad_utf8, (void)bad_escapes;
	output_large_end(h->output, true);
	h->complete = true;
}

static void on_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	struct holder *h = ctx;

	(void)tag, (void)sent;
	if (partial)
		output_large_end(h->output, false);
}

static const struct session_ops ops = {
	.greeted = on_greeted, .reply = on_reply, .reply_large = on_large, .reply_item = on_item, .reply_part = on_part,
	.reply_text = on_text, .reply_end = on_end, .unanswered = on_unanswered,
};

/* Returns what a format prints for a line that arrives in pieces of `piece` bytes and is large from `whole` bytes on.  The caller
 * frees it. */
static char *shown(const struct format *f, const struct buf *line, size_t piece, size_t whole, size_t *len, struct holder *h)
{
	static const char hello[] = "[null,\"hello\",1,[\"none\"]]\n", request[] = "[\"realm_info\",[\"gid\",\"name\",\"description\"]]";
	struct output_settings settings = {0};
	struct sink s;
	struct error e;
	char *text;

	memset(h, 0, sizeof *h);
	sink_init(&s, -1);
	h->about = (struct reply_about){.type = catalog_find("realm_info", 10), .type_name = "realm_info", .headings = list, .heading_count = 3};
	h->output = output_create(&s, f, &settings);
	h->session = session_create(&ops, h, (size_t)1 << 30);
	session_set_whole(h->session, whole);
	assert_int_equal(session_feed(h->session, hello, sizeof hello - 1, &e), 0);
	assert_int_not_equal(session_request(h->session, request, sizeof request - 1, h), 0);
	for (size_t at = 0; at < line->len; at += piece)
		assert_int_equal(session_feed(h->session, buf_head(line) + at, line->len - at < piece ? line->len - at : piece, &e), 0);
	session_end(h->session);
	session_free(h->session);
	assert_int_equal(s.error, 0);
	*len = s.buf.len;
	text = buf_steal(&s.buf);
	output_free(h->output);
	return text;
}

/* A string of at least len bytes, of everything difficult. */
static void put_string(struct buf *b, size_t len)
{
	static const char *const bits[] = {"plain text of a cell", "\\n", "\\u00e9", "\xc3\xa9", "\xf0\x9f\x98\x80", "\\ud83d\\ude00", "\\\\",
	    "\\\"", ",", "\\t", "\\u0000", "\xff", "\xe2\x82", "\\u202e", "\xe2\x80\xae", " ]", "[{", "\xf0\x9f\x98"};
	static uint32_t random = 1;
	size_t end = b->len + len;

	buf_putc(b, '"');
	while (b->len < end) {
		random = random * 1664525 + 1013904223;
		buf_puts(b, bits[(random >> 16) % (sizeof bits / sizeof *bits)]);
	}
	buf_putc(b, '"');
}

static void put_plain(struct buf *b, size_t len)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < len; i++)
		buf_putc(b, 'x');
	buf_putc(b, '"');
}

/* The shapes in which long cells come: `%` is one of all kinds of characters, `x` a plain one. */
static const char *const shapes[] = {
	"[1,1,[[\"a\",1,null],[1 , %,null],[%,%,%],[\"b\",2,3]]]",
	"[1,1,[[x,x,1],[x]]]",
	"[1,1,[[1,{\"a\":%,\"b\": [1, 2]},[%, %]],[-1.5e3,true,x]]]",
	"[1,1,[\"a\",1,null],[%,1,2],[\"b\",%]]",
	"[1,1,[%,1,%]]",
	"[1,1,[[%],[%,[2],3],[x]]]",
	"[1,1,%,2,x]",
	"[1,1,%]",
	"[1,1,{\"a\":%,\"b\":1}]",
};

static void put_shape(struct buf *line, const char *shape)
{
	for (; *shape != '\0'; shape++) {
		if (*shape == '%')
			put_string(line, LONG);
		else if (*shape == 'x')
			put_plain(line, LONG);
		else
			buf_putc(line, *shape);
	}
	buf_putc(line, '\n');
}

static void a_long_cell_looks_the_same_in_parts(void **state)
{
	static const size_t pieces[] = {977, 4096, 65536};
	struct holder h;

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct buf line = {0};

		put_shape(&line, shapes[i]);
		for (size_t f = 0; formats[f] != NULL; f++) {
			size_t len, whole_len;
			char *whole = shown(formats[f], &line, 65536, (size_t)1 << 30, &whole_len, &h);

			for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
				char *text = shown(formats[f], &line, pieces[p], 1024, &len, &h);

				assert_true(h.complete);
				if (len != whole_len || memcmp(text, whole, len) != 0)
					fail_msg("%s in pieces of %zu, %s: looks otherwise", shapes[i], pieces[p], formats[f]->name);
				free(text);
			}
			free(whole);
		}
		buf_clear(&line);
	}
}

static void a_cell_of_megabytes_is_not_held(void **state)
{
	struct buf line = {0};
	struct holder h;
	size_t len;

	(void)state;
	buf_puts(&line, "[1,1,[[1,");
	put_string(&line, 4 << 20);
	buf_puts(&line, ",2],[3]]]\n");
	for (size_t f = 0; formats[f] != NULL; f++) {
		if (formats[f]->large == LARGE_KEEP)
			continue;
		free(shown(formats[f], &line, 65536, 1024, &len, &h));
		assert_true(h.complete);
		if (h.held > CELL_LONG + 65536)
			fail_msg("%s: %zu bytes held", formats[f]->name, h.held);
	}
	buf_clear(&line);
}

static void a_long_cell_that_breaks_off_ends_its_line(void **state)
{
	static const struct { const char *format, *begin, *end; } list_of[] = {
		{"tsv", "a\t1\t\n2\txxx", "xxx\t\n"},
		{"csv", "gid,name,description\r\na,1,\r\n2,\"xxx", "xxx\",\r\n"},
		{"records", "{\"gid\":\"a\",\"name\":1,\"description\":null}\n{\"gid\":2,\"name\":\"xxx", "xxx\",\"description\":null}\n"},
	};
	struct buf line = {0};
	struct holder h;

	(void)state;
	buf_puts(&line, "[1,1,[[\"a\",1],[2,");
	put_plain(&line, 2 * LONG);
	buf_truncate(&line, line.len - 1);
	for (size_t i = 0; i < sizeof list_of / sizeof *list_of; i++) {
		const char *begin = list_of[i].begin, *end = list_of[i].end;
		size_t len;
		char *text = shown(format_find(list_of[i].format), &line, 65536, 1024, &len, &h);

		assert_false(h.complete);
		assert_true(len > LONG);
		if (strncmp(text, begin, strlen(begin)) != 0 || strcmp(text + len - strlen(end), end) != 0)
			fail_msg("%s: %.60s ... %s", list_of[i].format, text, text + len - 30);
		free(text);
	}
	buf_clear(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_cell_looks_the_same_in_parts),
		cmocka_unit_test(a_cell_of_megabytes_is_not_held),
		cmocka_unit_test(a_long_cell_that_breaks_off_ends_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
