/* SPDX-License-Identifier: ISC */
/*
 * each: asks LINE once, keeps its rows, and runs LINE2 for each of them, as many at once as --jobs permits.
 *
 * Nothing is run before all rows have come: LINE may still fail, and its reply is one line, for which all others wait.  So they
 * are spooled, and only the rows whose LINE2 runs are in memory.
 */
#include "commands/each_parts.h"
#include "commands/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/output.h"
#include "lang/line.h"
#include "lang/words.h"
#include "net/file.h"
#include "proto/secret.h"
#include "run/check.h"
#include "run/engine.h"
#include "run/show.h"
#include "run/template.h"

enum { AT_ONCE = 4096 };

static void each_clear(struct command_state *s)
{
	struct each *a = (struct each *)s;

	arriving_clear(&a->arriving);
	buf_clear(&a->cells);
	spool_clear(&a->waiting);
	while (a->rows != NULL) {
		struct each_row *next = a->rows->next;
		free(a->rows);
		a->rows = next;
	}
	for (size_t i = 0; i < a->name_count; i++)
		free(a->name_text[i]);
	free(a->name_text);
}

/* Without memory: NULL. */
static struct each_row *row_begin(struct each *a, const char *text, size_t len)
{
	struct each_row *r = malloc(sizeof *r + len);

	if (r == NULL)
		return NULL;
	*r = (struct each_row){.each = a, .next = a->rows, .at = &a->rows, .len = len};
	memcpy(r->text, text, len);
	if (r->next != NULL)
		r->next->at = &r->next;
	a->rows = r;
	a->running++;
	return r;
}

static void row_end(struct each_row *r)
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

static void child_done(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct each_row *row = t->ctx;
	struct each *a = row->each;

	if (t->outcome == OUTCOME_OK && reply != NULL) {
		each_show(a, t, reply, row);
	} else if (t->outcome == OUTCOME_OK) {
		;	/* a command, which has shown its own output */
	} else if (t->outcome == OUTCOME_UNSENT && a->stopped) {
		a->unsent++;
	} else {
		struct buf label = {0}, why = {0};
		each_put_label(&label, row);
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
static struct each_row *next_row(struct each *a, struct error *e)
{
	const char *text;
	size_t len;
	struct each_row *r = NULL;

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
	struct json cells[EACH_COLUMNS];
	struct error e;
	struct each_row *row = next_row(a, &e);
	struct task *t = NULL;
	size_t n = row != NULL ? each_cells(row, cells, EACH_COLUMNS) : 0;

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
	t->by = &command_each.word;
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
	struct heading headings[EACH_COLUMNS];
	size_t n = output_headings(about, headings, EACH_COLUMNS);

	if (n > EACH_COLUMNS)
		n = EACH_COLUMNS;
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
		check_print_template(sh, &command_each.word, second);
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
