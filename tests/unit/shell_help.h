/* SPDX-License-Identifier: ISC */
/*
 * shell_help: a shell without a process, a terminal or a socket.  Its link is the test's own: it remembers what was sent, and
 * answers when the test says so.
 */
#ifndef PTSH_TEST_SHELL_HELP_H
#define PTSH_TEST_SHELL_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/formats.h"
#include "link/link.h"
#include "run/command.h"
#include "run/engine.h"

enum { SENT_MOST = 1024 };

struct sent { uint64_t id; char *text; void *tag; };

struct wire {
	struct sent sent[SENT_MOST];
	size_t count, unsent;
	enum link_state state;
};

static struct wire wire;
static struct options options;
static struct shell shell;

/* --- the link's functions, in place of link/link --- */

enum link_state link_state(const struct shell *sh)
{
	(void)sh;
	return wire.state;
}

bool link_takes(const struct shell *sh, bool early)
{
	(void)sh, (void)early;
	return wire.state == LINK_READY;
}

bool link_feeds(const struct shell *sh)
{
	(void)sh;
	return false;
}

void link_want(struct shell *sh)
{
	(void)sh;
}

void link_flush(struct shell *sh)
{
	(void)sh;
}

size_t link_unsent(const struct shell *sh)
{
	(void)sh;
	return wire.unsent;
}

const char *link_trouble(const struct shell *sh)
{
	(void)sh;
	return NULL;
}

void link_forget(struct shell *sh, uint64_t id)
{
	(void)sh;
	wire.sent[id - 1].tag = NULL;
}

uint64_t link_request(struct shell *sh, const char *json, size_t len, void *tag)
{
	(void)sh;
	assert_true(wire.count < SENT_MOST);
	struct sent *s = &wire.sent[wire.count++];
	*s = (struct sent){wire.count, strndup(json, len), tag};
	assert_non_null(s->text);
	return s->id;
}

/* --- the box --- */

/* Answers request i (0 the first): status 1 or 0, and what follows it: ",\"text\"". */
static void box_answers(size_t i, int status, const char *values)
{
	char line[4096];
	struct reply r = {.ok = status == 1, .line = line};
	struct json all, v;
	void *tag = wire.sent[i].tag;

	assert_true(i < wire.count);
	assert_non_null(tag);
	wire.sent[i].tag = NULL;
	r.len = (size_t)snprintf(line, sizeof line, "[%zu,%d%s]", i + 1, status, values);
	assert_true(r.len < sizeof line);
	all = (struct json){line, r.len};
	r.values = json_iterate(all);
	json_next(&r.values, NULL, &v);
	json_next(&r.values, NULL, &v);
	engine_on_reply(&shell, tag, &r);
	engine_pump(&shell);
}

/* --- the engine's callbacks, which know nothing here --- */

static enum engine_turn always_ready(struct shell *sh, struct task *t)
{
	(void)sh, (void)t;
	return TURN_SEND;
}

static void is_not_interested(struct shell *sh, struct task *t)
{
	(void)sh, (void)t;
}

static bool has_no_more(struct shell *sh)
{
	(void)sh;
	return false;
}

static unsigned long has_nothing_to_drop(struct shell *sh)
{
	(void)sh;
	return 0;
}

static const struct engine_ops plain_ops = {
	.prepare = always_ready, .command = commands_run, .ended = is_not_interested, .more = has_no_more, .drop = has_nothing_to_drop,
};

/* --- the shell --- */

static void shell_begin(const struct engine_ops *ops)
{
	const struct output_settings settings = {.header = HEADER_OFF};

	memset(&wire, 0, sizeof wire);
	memset(&options, 0, sizeof options);
	memset(&shell, 0, sizeof shell);
	wire.state = LINK_READY;
	shell.options = &options;
	sink_init(&shell.out, -1);
	sink_init(&shell.err, -1);
	shell.loop = loop_create();
	shell.output = output_create(&shell.out, format_find("tsv"), &settings);
	shell.engine = engine_create(ops);
	assert_true(shell.loop != NULL && shell.output != NULL && shell.engine != NULL);
}

static void shell_end(void)
{
	engine_free(&shell);
	output_free(shell.output);
	loop_free(shell.loop);
	sink_clear(&shell.out);
	sink_clear(&shell.err);
	for (size_t i = 0; i < wire.count; i++)
		free(wire.sent[i].text);
}

/* Returns what has been written since the last call. */
__attribute__((unused)) static const char *written(struct sink *s)
{
	static char text[65536];
	size_t len = s->buf.len < sizeof text - 1 ? s->buf.len : sizeof text - 1;

	memcpy(text, buf_head(&s->buf), len);
	text[len] = '\0';
	buf_reset(&s->buf);
	return text;
}

#endif
