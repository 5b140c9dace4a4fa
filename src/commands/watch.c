/* SPDX-License-Identifier: ISC */
/*
 * watch: sends a line again and again, remembers the cells, and marks those that have changed.
 */
#include "commands/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/decimal.h"
#include "format/clock.h"
#include "format/formats.h"
#include "format/output.h"
#include "run/check.h"
#include "run/engine.h"
#include "run/redirect.h"
#include "run/show.h"

enum { CELLS_MOST = 64 };

/* The rows of one reply: each a JSON array of its own. */
struct rows { struct buf text; size_t *starts; size_t count, cap; bool failed; };

struct watch {
	struct command_state command;
	const char *line;
	double seconds;
	unsigned long left;		/* 0: no end */
	bool running, leaving;
	struct rows before, now;
	size_t *match;			/* row of `now` -> row of `before`, or SIZE_MAX */
};

static struct json row_at(const struct rows *r, size_t i)
{
	size_t end = i + 1 < r->count ? r->starts[i + 1] : r->text.len;

	return (struct json){buf_head(&r->text) + r->starts[i], end - r->starts[i]};
}

static void rows_clear(struct rows *r)
{
	buf_clear(&r->text);
	free(r->starts);
	memset(r, 0, sizeof *r);
}

static void take_row(void *ctx, const struct json *cells, size_t count)
{
	struct rows *r = ctx;

	size_t *starts = array_room(r->starts, r->count + 1, &r->cap, sizeof *starts);
	if (starts == NULL) {
		r->failed = true;
		return;
	}
	r->starts = starts;
	r->starts[r->count++] = r->text.len;
	json_put_array(&r->text, cells, count);
	r->failed |= r->text.failed;
}

static bool cell(struct json row, size_t column, struct json *v)
{
	struct json_iter it = json_iterate(row);

	for (size_t i = 0; json_next(&it, NULL, v); i++)
		if (i == column)
			return true;
	return false;
}

static bool same(struct json a, struct json b)
{
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

/* A row is the same row as before if its first cell is; where rows move, they are searched for. */
static size_t watch_find(const struct watch *w, size_t i)
{
	struct json key, old;

	if (!cell(row_at(&w->now, i), 0, &key))
		return SIZE_MAX;
	if (i < w->before.count && cell(row_at(&w->before, i), 0, &old) && same(key, old))
		return i;
	for (size_t k = 0; k < w->before.count; k++)
		if (cell(row_at(&w->before, k), 0, &old) && same(key, old))
			return k;
	return SIZE_MAX;
}

static bool stands_out(void *ctx, uint64_t row, size_t column)
{
	const struct watch *w = ctx;
	struct json now, old;

	if (w->match == NULL || row >= w->now.count || !cell(row_at(&w->now, row), column, &now))
		return false;
	return w->match[row] == SIZE_MAX || !cell(row_at(&w->before, w->match[row]), column, &old) || !same(now, old);
}

/* The rows of a command's result, as json has them: one array. */
static void take_result(struct watch *w, struct command_state *result)
{
	struct output *o = w->command.sh->output;
	const struct format *f = output_format(o);
	struct json_iter rows, cells;
	struct json row, v;
	struct sink page;

	sink_init(&page, -1);
	output_set_format(o, &format_json);
	output_set_sink(o, &page);
	result->ops->show(result, o);
	output_set_sink(o, &w->command.sh->out);
	output_set_format(o, f);
	/* Without the end of the line. */
	rows = json_iterate((struct json){buf_head(&page.buf), page.buf.len > 0 ? page.buf.len - 1 : 0});
	while (json_next(&rows, NULL, &row)) {
		struct json all[CELLS_MOST];
		size_t n = 0;

		for (cells = json_iterate(row); n < CELLS_MOST && json_next(&cells, NULL, &v); n++)
			all[n] = v;
		take_row(&w->now, all, n);
	}
	sink_clear(&page);
}

static void put_report(struct task *t, bool before)
{
	if (t->command->ops->report != NULL)
		t->command->ops->report(t->command, t, before);
}

/* What the round has brought: a reply, or a command's result. */
static void put_round(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct reply_about about = show_about(t);

	if (reply != NULL) {
		output_reply(sh->output, &about, reply);
		return;
	}
	put_report(t, true);
	t->command->ops->show(t->command, sh->output);
	put_report(t, false);
}

static void watch_show(struct watch *w, struct task *t, const struct reply *reply)
{
	struct shell *sh = w->command.sh;
	struct output_settings *s = output_settings(sh->output);
	struct reply_about about = show_about(t);
	struct buf clock = {0};

	if (reply != NULL)
		output_rows_of(&about, reply->values, take_row, &w->now);
	else
		take_result(w, t->command);
	if (w->before.count > 0 && !w->now.failed && (w->match = malloc((w->now.count + 1) * sizeof *w->match)) != NULL)
		for (size_t i = 0; i < w->now.count; i++)
			w->match[i] = watch_find(w, i);
	show_begin(sh, w->command.task);
	if (output_format(sh->output)->for_people) {
		clock_put(&clock, time(NULL), s->utc, ' ');
		sink_printf(&sh->out, "%s, every %g s\n", buf_string(&clock) != NULL ? buf_string(&clock) : "", w->seconds);
		buf_clear(&clock);
	}
	s->stands_out = stands_out;
	s->stands_out_ctx = w;
	put_round(sh, t, reply);
	s->stands_out = NULL;
	show_end(sh, w->command.task);
	free(w->match);
	w->match = NULL;
	rows_clear(&w->before);
	w->before = w->now;
	memset(&w->now, 0, sizeof w->now);
}

static void watch_clear(struct command_state *s)
{
	struct watch *w = (struct watch *)s;

	rows_clear(&w->before);
	rows_clear(&w->now);
}

static void watch_ask(void *ctx);

/* A shell command gets each round for itself. */
static void shown(void *ctx)
{
	struct watch *w = ctx;

	redirect_run(w->command.sh, w->command.task->redirect);
	if (w->leaving || (w->left > 0 && --w->left == 0))
		command_end(w, STATUS_OK);
	else
		loop_timer_start(w->command.sh->loop, &w->command.task->timer, (int64_t)(w->seconds * 1000), watch_ask, w);
}

static void watch_answered(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct watch *w = child->ctx;
	struct buf why = {0};

	w->running = false;
	if (child->outcome == OUTCOME_OK && reply == NULL && !task_has_result(child)) {	/* --dry-run */
		command_end(w, STATUS_OK);
		return;
	}
	if (child->outcome == OUTCOME_OK && task_has_result(child) && child->command->status > STATUS_FAILED) {
		put_report(child, false);
		command_end(w, child->command->status);
		return;
	}
	if (child->outcome != OUTCOME_OK) {
		show_failure(child, reply, &why);
		shell_complain(sh, child->at, child->line.type_name, "%s", buf_string(&why) != NULL ? buf_string(&why) : "failed");
		buf_clear(&why);
		command_end(w, engine_outcome_status(child));
		return;
	}
	if (!w->leaving)
		watch_show(w, child, reply);
	loop_timer_start(sh->loop, &w->command.task->timer, 0, shown, w);
}

static void watch_ask(void *ctx)
{
	struct watch *w = ctx;
	struct error e;

	if (engine_child_with_result(w->command.sh, w->line, strlen(w->line), w->command.task->at, watch_answered, w, &e) == NULL) {
		shell_complain(w->command.sh, w->command.task->at, ".watch", "%s", e.text);
		command_end(w, e.status);
		return;
	}
	w->running = true;
	engine_pump(w->command.sh);
}

static void watch_cancel(struct command_state *s)
{
	struct watch *w = (struct watch *)s;

	w->leaving = true;
	if (!w->running)
		command_end(w, STATUS_OK);
}

static const struct command_ops watch_ops = {.size = sizeof(struct watch), .clear = watch_clear, .cancel = watch_cancel};

/* Steps over a number and the blanks after it; false: no number. */
static bool number(const char **p, double *value)
{
	size_t len = strcspn(*p, " \t");

	if ((*p)[len] == '\0' || !decimal_read(*p, len, value))
		return false;
	*p += len + strspn(*p + len, " \t");
	return true;
}

/* SECONDS [N] LINE: where LINE begins, or NULL with *e. */
static const char *take_apart(const char *p, double *seconds, double *count, struct error *e)
{
	*count = 0;
	if (number(&p, seconds) && *seconds >= 0.1 && *seconds <= 1e6 && (!number(&p, count) || (*count >= 1 && *count <= 1e9)) &&
	    *p != '\0')
		return p;
	error_set(e, STATUS_USAGE, "usage: .watch SECONDS [N] LINE, with 0.1 seconds or more");
	return NULL;
}

static int watch_check(struct shell *sh, const char *rest, struct error *e)
{
	double seconds, count;
	const char *line = take_apart(rest, &seconds, &count, e);

	return line != NULL ? check_result(sh, line, strlen(line), e) : -1;
}

static enum command_result watch_run(struct shell *sh, struct task *t, enum status *status)
{
	double seconds, count;
	struct watch *w;
	struct error e;
	const char *p = take_apart(t->line.rest, &seconds, &count, &e);

	if (p == NULL || check_result(sh, p, strlen(p), &e) == -1)
		return command_fail(sh, t, status, &e);
	if (sh->options->dry_run && check_print(sh, p, strlen(p), &e) == 0)	/* else it is a command, which prints what it would send */
		return COMMAND_DONE;
	if ((w = command_begin(sh, t, &watch_ops)) == NULL) {
		error_memory(&e);
		return command_fail(sh, t, status, &e);
	}
	w->line = p;
	w->seconds = seconds;
	w->left = (unsigned long)count;
	if (engine_child_with_result(sh, p, strlen(p), t->at, watch_answered, w, &e) == NULL) {
		command_drop(t);
		return command_fail(sh, t, status, &e);
	}
	w->running = true;
	return COMMAND_WAITS;
}

/* SECONDS [N] LINE: no line begins with a digit. */
static enum command_place watch_complete(const struct command_finding *f)
{
	bool number_typed = f->index == 2 && f->index < f->count && isdigit((unsigned char)f->words[2][0]);

	return f->index > 1 && !number_typed ? PLACE_LINE : PLACE_WORD;
}

const struct command command_watch = {
	.word = {.name = "watch", .takes_line = true}, .usage = "SECONDS [N] LINE",
	.help = "run LINE every SECONDS, N times; changed cells stand out",
	.more = "  SECONDS may have a fraction: the pause between a reply and the next round.  Without N until ^C.  LINE is a request, or .find.\n"
		"Example\n  .watch 5 realm_info name,polling",
	.shows = command_shows, .run = watch_run, .check = watch_check, .complete = watch_complete,
};
