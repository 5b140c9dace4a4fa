/* SPDX-License-Identifier: ISC */
/*
 * submit: from text to a task in its list: taken apart, checked for what this ptsh permits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "lang/words.h"
#include "net/file.h"
#include "proto/catalog.h"
#include "run/aliases.h"
#include "run/command.h"
#include "run/engine_parts.h"
#include "term/ask.h"

static int read_file(void *ctx, const char *path, struct buf *out, struct error *e)
{
	struct shell *sh = ctx;

	return file_read_text(sh->loop, path, LINE_MAX_BYTES, out, e);
}

static int on_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	struct shell *sh = ctx;

	if (!sh->may_ask)	/* what: REQUEST ARGUMENT */
		return error_set(e, STATUS_USAGE, "%.*s:%s: cannot prompt for a secret: no terminal",
		    (int)strcspn(what, " "), what, what + strcspn(what, " "));
	return ask_secret(sh, what, out, e);
}

static bool confirm_nearest(void *ctx, const char *typed, const char *nearest)
{
	struct shell *sh = ctx;
	char text[256];

	if (!sh->interactive)
		return false;
	snprintf(text, sizeof text, "%.60s: no such request; did you mean %s? [y/N] ", typed, nearest);
	return ask_yes(sh, text);
}

int engine_would_ask(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)ctx, (void)what, (void)e;
	buf_putc(out, 'x');
	return 0;
}

struct line_context engine_context(struct shell *sh)
{
	return (struct line_context){
		.prompt = sh->interactive, .terminal = sh->may_ask, .read_file = read_file,
		.ask_secret = on_secret, .confirm_nearest = confirm_nearest, .find_command = commands_find, .find_alias = aliases_find, .ctx = sh,
	};
}

int engine_permits(const struct shell *sh, const struct line *line, struct error *e)
{
	const struct request *r = line->type;
	const struct format *f;

	if (line->format != NULL && format_choose(line->format, sh->out.terminal && line->redirect == REDIRECT_NONE, &f, e) == -1)
		return -1;
	if (line->format != NULL && line->kind == LINE_COMMAND && !commands_show(sh, line))
		return error_set(e, STATUS_USAGE, ".%s: shows nothing that has a format", line->words[0]);
	if (line->redirect != REDIRECT_NONE && line->job)
		return error_set(e, STATUS_USAGE, "a job's result cannot be redirected");
	if (line->kind == LINE_COMMAND)
		return commands_redirects(sh, line, e);
	if (line->kind != LINE_REQUEST)
		return 0;
	if (r != NULL && !sh->options->dry_run && r->kind == REQUEST_SESSION && r->role != ROLE_SUBSCRIBE && r->role != ROLE_UNSUBSCRIBE)
		return error_set(e, STATUS_USAGE, "%s: ptsh sends this itself when it connects", r->name);
	if (sh->options->read_only && (r == NULL || (r->kind != REQUEST_READ && r->kind != REQUEST_SESSION)))
		return error_set(e, STATUS_USAGE, "%s: refused by --read-only", line->type_name);
	return 0;
}

static void refuse_task(struct task *t, const char *text, size_t len, const struct error *e)
{
	/* An open quote takes all that follows: that is no line, even with `-`. */
	t->line.may_fail = t->line.may_fail && e->status == STATUS_USAGE && word_whole(text, len);
	t->state = TASK_ANSWERED;
	t->outcome = OUTCOME_REFUSED;
	t->bad_line = true;
	t->why = strdup(e->text);
	t->why_status = e->status;
	t->barrier = true;
}

/* There is no memory for a line that would report it in its turn. */
static void stop_without_task(struct shell *sh, struct place at, const struct error *err)
{
	shell_complain(sh, at, NULL, "%s", err->text);
	shell_failed(sh, err->status);
	engine_stop(sh);
}

static bool has_agreed(void *ctx, const char *typed, const char *nearest)
{
	(void)ctx, (void)typed, (void)nearest;
	return true;
}

/* Takes a line apart, unless it is the one before once more: a script may have the same line many times. */
static int take_apart(struct shell *sh, struct task *t, const char *text, size_t len, const struct line_context *context, struct error *e,
    char **usage)
{
	struct task *before = sh->engine->before;
	size_t where = 0;

	*usage = NULL;
	if (before != NULL && before->role == t->role && strlen(before->line.masked) == len &&
	    memcmp(before->line.masked, text, len) == 0 && line_share(&t->line, &before->line) == 0)
		return 0;
	return line_parse(&t->line, text, len, context, e, usage, &where);
}

/* A line that asks for a secret (`?`) is read twice: it asks only when the rest of it is right. */
static int parse(struct shell *sh, struct task *t, const char *text, size_t len, struct error *e, char **usage)
{
	struct line_context context = engine_context(sh);
	size_t where = 0;

	if (sh->may_ask && memchr(text, '?', len) != NULL) {
		context.ask_secret = engine_would_ask;
		if (line_parse(&t->line, text, len, &context, e, usage, &where) == -1 || engine_permits(sh, &t->line, e) == -1)
			return -1;
		line_clear(&t->line);
		context = engine_context(sh);
		context.confirm_nearest = has_agreed;
	}
	return take_apart(sh, t, text, len, &context, e, usage);
}

void engine_line(struct shell *sh, const char *text, size_t len, struct place at)
{
	struct engine *e = sh->engine;
	struct task *t = engine_task_new(sh);
	struct error err;
	char *usage = NULL;

	if (t == NULL) {
		error_memory(&err);
		stop_without_task(sh, at, &err);
		return;
	}
	t->at = at;
	t->size = len;
	if (parse(sh, t, text, len, &err, &usage) == -1) {
		refuse_task(t, text, len, &err);
		if (usage != NULL && t->why != NULL) {
			struct buf b = {0};
			buf_printf(&b, "%s\nusage: %s", t->why, usage);
			free(t->why);
			t->why = buf_steal(&b);
		}
		free(usage);
	} else if (t->line.kind == LINE_EMPTY) {
		engine_task_free(sh, t);
		return;
	} else if (engine_permits(sh, &t->line, &err) == -1) {
		refuse_task(t, text, len, &err);
	} else {
		if (t->line.format != NULL)
			t->format = format_find(t->line.format);
		if (t->line.kind == LINE_COMMAND)
			t->barrier = !commands_reads(sh, &t->line) || commands_check(sh, &t->line, &err) == -1;
		else
			t->barrier = t->line.type == NULL || t->line.type->kind != REQUEST_READ;
		if (t->line.kind == LINE_COMMAND)
			commands_queued(sh, t);
		if (line_repeats(&t->line))
			e->before = t;
	}
	engine_queue_append(e, t);
}

void engine_bad_line(struct shell *sh, struct place at, const struct error *err)
{
	struct engine *e = sh->engine;
	struct task *t = engine_task_new(sh);

	if (t == NULL) {
		stop_without_task(sh, at, err);
		return;
	}
	t->at = at;
	refuse_task(t, "", 0, err);
	engine_queue_append(e, t);
}

static struct task *make_child(struct shell *sh, const char *text, size_t len, struct place at, bool front, enum inner allowed,
    void (*done)(struct shell *, struct task *, const struct reply *), void *ctx, struct error *err)
{
	struct engine *e = sh->engine;
	struct task *t = engine_task_new(sh);
	struct line_context context = engine_context(sh);
	char *usage = NULL;

	if (t == NULL) {
		error_memory(err);
		return NULL;
	}
	t->role = TASK_CHILD;
	context.prompt = false;
	context.filled = true;
	if (take_apart(sh, t, text, len, &context, err, &usage) == -1 || engine_permits(sh, &t->line, err) == -1 ||
	    commands_check_inner(sh, &t->line, allowed, err) == -1) {
		free(usage);
		engine_task_free(sh, t);
		return NULL;
	}
	t->at = at;
	t->asked = loop_now();
	t->done = done;
	t->ctx = ctx;
	if (line_repeats(&t->line))
		e->before = t;
	engine_side_append(e, t, false, front);
	return t;
}

struct task *engine_child(struct shell *sh, const char *text, size_t len, struct place at, bool front,
    void (*done)(struct shell *, struct task *, const struct reply *), void *ctx, struct error *err)
{
	return make_child(sh, text, len, at, front, INNER_AT_ONCE, done, ctx, err);
}

struct task *engine_child_with_result(struct shell *sh, const char *text, size_t len, struct place at,
    void (*done)(struct shell *, struct task *, const struct reply *), void *ctx, struct error *err)
{
	return make_child(sh, text, len, at, false, INNER_RESULT, done, ctx, err);
}
