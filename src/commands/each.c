/* SPDX-License-Identifier: ISC */
/*
 * each: asks LINE once, keeps its rows, and runs LINE2 for each of them, as many at once as --jobs permits; every end is
 * shown with its row.
 *
 * Nothing is run before all rows have come: LINE may still fail, and its reply is one line, for which all others wait.  So they
 * are spooled, and only the rows whose LINE2 runs are in memory.
 */
#include "commands/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "format/output.h"
#include "lang/line.h"
#include "lang/words.h"
#include "net/file.h"
#include "net/spool.h"
#include "proto/secret.h"
#include "run/arriving.h"
#include "run/check.h"
#include "run/engine.h"
#include "run/show.h"
#include "run/template.h"

enum { COLUMNS_MOST = 256, AT_ONCE = 4096 };

/* One whose LINE2 runs. */
struct row {
	struct each *each;
	struct row *next, **at;		/* the others; what points to this one */
	size_t len;
	char text[];			/* its cells as a JSON array */
};

struct each {
	struct command_state command;
	const char *second;		/* into the task's line */
	const char *names[COLUMNS_MOST];
	size_t name_count;
	char **name_text;		/* owned copies that names point to */
	struct arriving arriving;
	struct buf cells;		/* of the row that arrives, as a JSON array */
	struct spool waiting;		/* such arrays */
	struct row *rows;
	size_t count, next, running;	/* rows that have come; that were begun; whose LINE2 runs (or LINE) */
	bool may_fail;			/* LINE2 is `- LINE` */
	bool stopped, out_of_memory;
	size_t unsent;			/* rows that were dropped after the one that was reported */
	enum status status;
	bool begun;			/* headings have been shown */
};

static void each_clear(struct command_state *s)
{
	struct each *a = (struct each *)s;

	arriving_clear(&a->arriving);
	buf_clear(&a->cells);
	spool_clear(&a->waiting);
	while (a->rows != NULL) {
		struct row *next = a->rows->next;
		free(a->rows);
		a->rows = next;
	}
	for (size_t i = 0; i < a->name_count; i++)
		free(a->name_text[i]);
	free(a->name_text);
}

/* Without memory: NULL. */
static struct row *row_begin(struct each *a, const char *text, size_t len)
{
	struct row *r = malloc(sizeof *r + len);

	if (r == NULL)
		return NULL;
	*r = (struct row){.each = a, .next = a->rows, .at = &a->rows, .len = len};
	memcpy(r->text, text, len);
	if (r->next != NULL)
		r->next->at = &r->next;
	a->rows = r;
	a->running++;
	return r;
}

static void row_end(struct row *r)
{
	*r->at = r->next;
	if (r->next != NULL)
		r->next->at = r->at;
	r->each->running--;
	free(r);
}

static void start_more(struct each *a);

static void maybe_end(struct each *a)
{
	const struct task *t = a->command.task;
	size_t left = a->unsent + a->count - a->next;

	if (a->running > 0 || (a->next < a->count && !a->stopped))
		return;
	if (a->stopped && left > 0)
		shell_complain(a->command.sh, t != NULL ? t->at : (struct place){0}, ".each", "%zu more row%s not run", left,
		    left == 1 ? " was" : "s were");
	command_end(a, a->status);
}

static size_t cells_of(const struct row *r, struct json *cells, size_t most)
{
	struct json all = {r->text, r->len}, v;
	struct json_iter it = json_iterate(all);
	size_t n = 0;

	while (n < most && json_next(&it, NULL, &v))
		cells[n++] = v;
	return n;
}

/* "5000015442 Head Office": a row in words, for messages. */
static void put_label(struct buf *out, const struct row *r)
{
	struct json cells[COLUMNS_MOST];
	size_t n = cells_of(r, cells, COLUMNS_MOST);

	for (size_t i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? " " : "");
		json_decode_text(cells[i], out);
	}
}

struct showing { struct each *a; const struct row *label; size_t columns, rows; };

static void count_columns(void *ctx, const struct json *cells, size_t count)
{
	struct showing *s = ctx;

	(void)cells;
	if (count > s->columns)
		s->columns = count;
	s->rows++;
}

static void show_row(void *ctx, const struct json *cells, size_t count)
{
	struct showing *s = ctx;
	struct json all[2 * COLUMNS_MOST];
	size_t n = cells_of(s->label, all, COLUMNS_MOST);

	if (count > COLUMNS_MOST)
		count = COLUMNS_MOST;
	memcpy(all + n, cells, count * sizeof *cells);
	output_cells(s->a->command.sh->output, all, n + count);
}

/* The headings are shown with the first row only: the ends come one by one, with other things between them. */
static void begin_output(struct each *a, const struct reply_about *about, struct showing *s)
{
	const char *names[2 * COLUMNS_MOST];
	char numbers[COLUMNS_MOST][8];
	struct heading more[COLUMNS_MOST];
	size_t n = a->name_count, known = output_headings(about, more, COLUMNS_MOST);

	if (known > COLUMNS_MOST)
		known = COLUMNS_MOST;
	memcpy(names, a->names, n * sizeof *names);
	for (size_t i = 0; i < known; i++)
		names[n + i] = more[i].name;
	if (known == 0 && s->rows == 0)
		names[n + known++] = "result";
	for (; known < s->columns && known < COLUMNS_MOST; known++) {
		snprintf(numbers[known], sizeof numbers[known], "%zu", known + 1);
		names[n + known] = numbers[known];
	}
	s->columns = known;
	if (a->begun)
		output_settings(a->command.sh->output)->header = HEADER_OFF;
	output_begin(a->command.sh->output, names, n == 0 ? 0 : n + known);
	a->begun = true;
}

/* A row whose line brought nothing is shown, too: without cells where there were to be rows, else as done. */
static void show_nothing(struct showing *s, const struct reply_about *about)
{
	struct json ok = {"\"ok\"", 4}, null = {"null", 4}, cells[COLUMNS_MOST];
	bool rows = about->type != NULL && about->type->shape != REPLY_NONE;

	for (size_t i = 0; i < s->columns; i++)
		cells[i] = null;
	show_row(s, rows ? cells : &ok, rows ? s->columns : 1);
}

/* It has been done, but there is no memory to show the result. */
static void not_shown(struct each *a, const struct task *t)
{
	shell_complain(a->command.sh, t->at, t->line.type_name, "done, but out of memory for its result");
	if (a->status == STATUS_OK)
		a->status = STATUS_PROTOCOL;
	a->stopped = true;
}

static void put_json(const struct shell *sh, struct buf *out, struct json v)
{
	if (sh->out.terminal)
		safe_put_json(out, v.text, v.len);
	else
		buf_put(out, v.text, v.len);
}

static void show_child(struct each *a, struct task *t, const struct reply *reply, const struct row *label)
{
	bool complete = true;
	struct shell *sh = a->command.sh;
	const struct format *f;
	struct reply_about about = show_about(t);
	struct showing s = {a, label, 0, 0};
	char took[24];

	show_begin(sh, t);
	f = output_format(sh->output);
	if (f->bare) {
		output_reply(sh->output, &about, reply);
	} else if (f->cell == NULL) {
		struct buf line = {0};
		struct json_iter it = reply->values;
		struct json v;
		buf_puts(&line, "[");
		put_json(sh, &line, (struct json){label->text, label->len});
		buf_puts(&line, ",[");
		for (bool first = true; json_next(&it, NULL, &v); first = false) {
			buf_puts(&line, first ? "" : ",");
			put_json(sh, &line, v);
		}
		buf_puts(&line, "]]\n");
		complete = !line.failed;
		if (complete)
			sink_put(&sh->out, buf_head(&line), line.len);
		buf_clear(&line);
	} else if (f->for_people) {
		struct buf text = {0}, safe = {0};
		put_label(&text, label);
		safe_put(&safe, buf_head(&text), text.len);
		shell_duration(took, loop_now() - t->started);
		sink_printf(&sh->out, "%s: done, %s\n", buf_string(&safe) != NULL ? buf_string(&safe) : "?", took);
		buf_clear(&text);
		buf_clear(&safe);
		struct json_iter it = reply->values;
		struct json v;
		if (json_next(&it, NULL, &v))
			output_reply(sh->output, &about, reply);
	} else {
		enum header header = output_settings(sh->output)->header;
		complete = output_rows_of(&about, reply->values, count_columns, &s) == 0;
		begin_output(a, &about, &s);
		if (complete && s.rows > 0)
			complete = output_rows_of(&about, reply->values, show_row, &s) == 0;
		else if (complete)
			show_nothing(&s, &about);
		output_end(sh->output);
		output_settings(sh->output)->header = header;
	}
	show_end(sh, t);
	if (!complete)
		not_shown(a, t);
}

static void child_done(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct row *row = t->ctx;
	struct each *a = row->each;

	if (t->outcome == OUTCOME_OK && reply != NULL) {
		show_child(a, t, reply, row);
	} else if (t->outcome == OUTCOME_OK) {
		;	/* a command, which has shown its own output */
	} else if (t->outcome == OUTCOME_UNSENT && a->stopped) {
		a->unsent++;
	} else {
		struct buf label = {0}, why = {0};
		put_label(&label, row);
		show_failure(t, reply, &why);
		shell_complain(sh, t->at, t->line.type_name, "%s: %s", buf_string(&label) != NULL ? buf_string(&label) : "?",
		    buf_string(&why) != NULL ? buf_string(&why) : "failed");
		buf_clear(&label);
		buf_clear(&why);
		if (a->status == STATUS_OK && !a->may_fail)
			a->status = engine_outcome_status(t);
		if (t->outcome == OUTCOME_UNKNOWN || t->outcome == OUTCOME_UNSENT)
			a->stopped = true;
	}
	row_end(row);
	start_more(a);
}

/* Takes the next row that waits. */
static struct row *next_row(struct each *a, struct error *e)
{
	const char *text;
	size_t len;
	struct row *r = NULL;

	if (spool_take(&a->waiting, &text, &len) != 1)
		error_set(e, STATUS_PROTOCOL, "cannot read the rows kept in a temporary file: %s", strerror(errno));
	else if ((r = row_begin(a, text, len)) == NULL)
		error_memory(e);
	a->next++;
	return r;
}

static int start_one(struct each *a)
{
	struct shell *sh = a->command.sh;
	struct buf line = {0};
	struct json cells[COLUMNS_MOST];
	struct error e;
	struct row *row = next_row(a, &e);
	struct task *t = NULL;
	size_t n = row != NULL ? cells_of(row, cells, COLUMNS_MOST) : 0;

	if (row != NULL && template_expand(&line, a->second, a->names, a->name_count, cells, n, &e) == 0)
		t = engine_child(sh, buf_head(&line), line.len, a->command.task != NULL ? a->command.task->at : (struct place){0}, false,
		    child_done, row, &e);
	buf_clear(&line);
	if (t == NULL) {
		if (row != NULL)
			row_end(row);
		shell_complain(sh, a->command.task != NULL ? a->command.task->at : (struct place){0}, ".each", "%s", e.text);
		if (a->may_fail && e.status == STATUS_USAGE)
			return 0;
		if (a->status == STATUS_OK)
			a->status = e.status;
		a->stopped = true;
		return -1;
	}
	t->by = ".each";
	t->format = a->command.task != NULL ? a->command.task->format : a->command.format;
	t->redirect = a->command.task != NULL ? a->command.task->redirect : a->command.redirect;
	return 0;
}

static void start_more(struct each *a)
{
	const struct options *o = a->command.sh->options;
	size_t most = o->jobs_set && o->jobs > 0 ? o->jobs : AT_ONCE;

	while (a->next < a->count && a->running < most && !a->stopped)
		if (start_one(a) == -1)
			break;
	maybe_end(a);
}

static void take_cell(void *ctx, size_t index, struct json cell)
{
	struct each *a = ctx;

	buf_putc(&a->cells, index > 0 ? ',' : '[');
	buf_put(&a->cells, cell.text, cell.len);
}

static void take_row(void *ctx, size_t count)
{
	struct each *a = ctx;

	buf_puts(&a->cells, count > 0 ? "]" : "[]");
	if (a->cells.failed || spool_put(&a->waiting, buf_head(&a->cells), a->cells.len) == -1)
		a->out_of_memory = true;
	else
		a->count++;
	buf_reset(&a->cells);
}

static const struct rows_ops row_ops = {take_cell, take_row};

static int open_scratch(void *ctx)
{
	const struct each *a = ctx;

	return file_scratch(a->command.sh->loop);
}

static void take_names(struct each *a, const struct reply_about *about)
{
	struct heading headings[COLUMNS_MOST];
	size_t n = output_headings(about, headings, COLUMNS_MOST);

	if (n > COLUMNS_MOST)
		n = COLUMNS_MOST;
	a->name_text = calloc(n + 1, sizeof *a->name_text);
	for (size_t i = 0; a->name_text != NULL && i < n && (a->name_text[i] = strdup(headings[i].name)) != NULL; i++)
		a->names[a->name_count++] = a->name_text[i];
	if (a->name_text == NULL || a->name_count < n)
		a->out_of_memory = true;
}

static void first_done(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct each *a = t->ctx;
	struct reply_about about = show_about(t);
	struct buf why = {0};

	a->running--;
	if (t->outcome == OUTCOME_OK) {
		take_names(a, &about);
		if (arriving_end(&a->arriving, reply) == -1 || a->out_of_memory) {
			shell_complain(sh, t->at, ".each", "out of memory for the rows");
			a->status = STATUS_PROTOCOL;
			a->stopped = true;
		}
	} else {
		show_failure(t, reply, &why);
		shell_complain(sh, t->at, t->line.type_name, "%s", buf_string(&why) != NULL ? buf_string(&why) : "failed");
		a->status = engine_outcome_status(t);
		buf_clear(&why);
	}
	start_more(a);
}

/* ^C: running lines continue, no more are begun. */
static void each_cancel(struct command_state *s)
{
	struct each *a = (struct each *)s;

	a->stopped = true;
	if (a->running > 0) {
		shell_notice(s->sh, ".each: %zu still run on the box, %zu not begun", a->running, a->count - a->next);
		a->second = "";
		command_leave(a);
	} else {
		maybe_end(a);
	}
}

static const struct command_ops each_ops = {.size = sizeof(struct each), .clear = each_clear, .cancel = each_cancel};

static int each_check(struct shell *sh, const char *rest, struct error *e)
{
	size_t first;
	const char *second;

	if (!template_split(rest, &first, &second))
		return error_set(e, STATUS_USAGE, "usage: .each LINE -- LINE2");
	return check_each(sh, rest, first, second, e);
}

static enum command_result each_run(struct shell *sh, struct task *t, enum status *status)
{
	struct each *a;
	struct task *child;
	struct reply_about about;
	struct rows_hint hint;
	struct error e;
	size_t first;
	const char *second;

	if (each_check(sh, t->line.rest, &e) == -1 || !template_split(t->line.rest, &first, &second) ||
	    (sh->options->dry_run && check_print(sh, t->line.rest, first, &e) == -1))
		return command_fail(sh, t, status, &e);
	if (sh->options->dry_run) {
		check_print_template(sh, ".each", second);
		return COMMAND_DONE;
	}
	if ((a = command_begin(sh, t, &each_ops)) == NULL) {
		error_memory(&e);
		return command_fail(sh, t, status, &e);
	}
	a->second = second;
	a->may_fail = second[0] == '-' && second[1] != '\0' && strchr(" \t", second[1]) != NULL;
	if ((child = engine_child(sh, t->line.rest, first, t->at, false, first_done, a, &e)) == NULL) {
		command_drop(t);
		return command_fail(sh, t, status, &e);
	}
	about = show_about(child);
	hint = output_hint(&about);
	arriving_init(&a->arriving, &hint, &row_ops, a);
	child->arriving = &a->arriving;
	spool_init(&a->waiting, secret_in_replies(child->line.type) ? NULL : open_scratch, a);
	a->running = 1;
	return COMMAND_WAITS;
}

static enum command_place each_complete(const struct command_finding *f)
{
	(void)f;
	return PLACE_LINE;
}

static void each_places(const struct command_finding *f, const char *rest)
{
	size_t first;
	const char *second;

	if (template_split(rest, &first, &second))
		check_places(f->sh, rest, first, f->found, f->arg);
}

const struct command command_each = {
	.word = {.name = "each", .takes_line = true}, .usage = "LINE -- LINE2",
	.help = "run LINE, then LINE2 for every row of its result",
	.more = "  In LINE2 {column} or {1} stands for a cell of the row.  All run at once, --jobs bounds them;\n"
		"  each result is shown with its row.\n"
		"Example\n  .each realm_info gid,name -- realm_poll {gid}",
	.shows = command_shows, .run = each_run, .check = each_check, .complete = each_complete, .places = each_places,
};
