/* SPDX-License-Identifier: ISC */
/*
 * find_show: the rows that .find has found, in every format, and the notes beside them.
 */
#include <stdio.h>
#include <string.h>

#include "commands/find_parts.h"
#include "format/cells.h"
#include "format/output.h"
#include "link/link.h"
#include "proto/secret.h"
#include "run/engine.h"
#include "run/show.h"

enum { STREAM_AFTER = 1024 * 1024 /* bytes of the rows */, NAMED_MOST = 10 };

bool find_empty(const struct find *f)
{
	return f->rows.count == 0 && !f->streamed;
}

/* --- rows --- */

static void put_row(struct find *f, const struct find_row *row, bool marked, struct buf *out)
{
	struct json cells[FIND_RESULT];

	find_row_cells(row, f->realms[row->realm].name, marked, &f->scratch[0], cells);
	json_put_array(out, cells, FIND_RESULT);
}

/* One array of the rows, which these formats show as it is. */
static void show_array(struct find *f, struct output *o)
{
	struct buf rows = {0};

	buf_putc(&rows, '[');
	for (size_t i = 0; i < f->rows.count; i++) {
		if (i > 0)
			buf_putc(&rows, ',');
		put_row(f, &f->rows.v[i], false, &rows);
	}
	buf_putc(&rows, ']');
	output_array(o, (struct json){rows.failed ? "[]" : buf_head(&rows), rows.failed ? 2 : rows.len});
	buf_clear(&rows);
}

void find_show(struct command_state *s, struct output *o)
{
	struct find *f = (struct find *)s;
	const struct format *format = output_format(o);
	struct json cells[FIND_RESULT];

	if (f->streamed || f->error.text[0] != '\0')
		return;
	if (format->cell == NULL) {
		show_array(f, o);
		return;
	}
	if (f->rows.count == 0 && format->for_people)
		return;		/* headings over nothing */
	output_begin(o, find_result, FIND_RESULT);
	for (size_t i = 0; i < f->rows.count; i++) {
		const struct find_row *row = &f->rows.v[i];

		find_row_cells(row, f->realms[row->realm].name, format->for_people, &f->scratch[0], cells);
		output_cells(o, cells, FIND_RESULT);
	}
	output_end(o);
}

/* --- as they come --- */

static void stream_row(struct find *f, const struct find_row *row)
{
	struct output *o = f->command.sh->output;
	struct json cells[FIND_RESULT];
	struct buf text = {0};

	if (output_format(o)->cell != NULL) {
		find_row_cells(row, f->realms[row->realm].name, false, &f->scratch[0], cells);
		output_cells(o, cells, FIND_RESULT);
		return;
	}
	put_row(f, row, false, &text);
	sink_putc(&f->command.sh->out, f->any_streamed ? ',' : '[');
	cell_put_json(&f->command.sh->out, buf_head(&text), text.len);
	f->any_streamed = true;
	f->rows.failed |= text.failed;
	buf_clear(&text);
}

static void stream_begin(struct find *f)
{
	f->streamed = true;
	show_begin(f->command.sh, f->command.task);
	shell_notice(f->command.sh, ".find: much was found: it is printed as it comes, unsorted, and some of it more than once");
	if (output_format(f->command.sh->output)->cell != NULL)
		output_begin(f->command.sh->output, find_result, FIND_RESULT);
	for (size_t i = 0; i < f->rows.count; i++)
		stream_row(f, &f->rows.v[i]);
	find_rows_clear(&f->rows);
}

void find_stream_end(struct find *f)
{
	if (output_format(f->command.sh->output)->cell != NULL)
		output_end(f->command.sh->output);
	else
		sink_puts(&f->command.sh->out, "]\n");
	show_end(f->command.sh, f->command.task);
}

/* A table measures all of it first, and a pager gets it whole; a job waits for its turn. */
static bool may_stream(const struct find *f)
{
	const struct task *t = f->command.task;

	return f->rows.bytes > STREAM_AFTER && !f->command.sh->interactive && t->role == TASK_LINE && t == engine_foreground(f->command.sh) &&
	    !show_format(f->command.sh, t)->twice;
}

void find_take(struct find *f, const struct find_row *row)
{
	if (f->streamed) {
		stream_row(f, row);
		return;
	}
	find_rows_add(&f->rows, row);
	if (may_stream(f))
		stream_begin(f);
}

/* --- beside them --- */

static void put_realms(const struct find *f, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < f->realm_count; i++) {
		if (f->realms[i].answered == 0)
			continue;
		if (n++ < NAMED_MOST)
			buf_printf(out, "%s%s", n > 1 ? ", " : "", f->realms[i].name);
	}
	if (n > NAMED_MOST)
		buf_printf(out, " and %zu more", n - NAMED_MOST);
}

static void say_empty(struct shell *sh, const struct find *f, const struct task *t)
{
	struct buf what = {0}, text = {0}, where = {0};
	bool past = f->history != HISTORY_CURRENT && (f->filter_count == 0 || f->view == FIND_DEVICES);

	secret_put_text(&what, f->text, strlen(f->text));
	put_realms(f, &where);
	if (buf_string(&what) == NULL) {
		shell_complain(sh, t->at, ".find", "out of memory");
	} else if (f->realm_count == 0) {
		shell_complain(sh, t->at, ".find", "%s: not found: the box has no realms", buf_string(&what));
	} else if (where.len > 0) {
		if (f->filter_count > 0)
			buf_puts(&text, "as a filter");
		else
			buf_puts(&text, "as "), find_word_name(&f->word, &text);
		shell_complain(sh, t->at, ".find", "%s: not found in %s (%s, %s)", buf_string(&what),
		    buf_string(&where) != NULL ? buf_string(&where) : "", buf_string(&text) != NULL ? buf_string(&text) : "",
		    past ? "now and in the past" : "now");
	}
	buf_clear(&what);
	buf_clear(&text);
	buf_clear(&where);
}

static bool all_past(const struct find *f)
{
	for (size_t i = 0; i < f->rows.count; i++)
		if (!f->rows.v[i].past)
			return false;
	return f->rows.count > 0;
}

void find_report(struct command_state *s, const struct task *t, bool before)
{
	const struct find *f = (const struct find *)s;
	struct shell *sh = s->sh;

	if (before) {
		if (all_past(f))
			shell_notice(sh, ".find: not connected now; where it was:");
		return;
	}
	for (size_t i = 0; i < f->failure_count; i++)
		shell_complain(sh, t->at, ".find", "%s: %s: %s", find_request(), f->realms[f->failures[i].realm].name,
		    f->failures[i].text);
	if (f->error.text[0] != '\0')
		shell_complain(sh, t->at, ".find", "%s", f->error.text);
	else if (f->rows.failed)
		shell_complain(sh, t->at, ".find", "out of memory");
	else if (find_empty(f))
		say_empty(sh, f, t);
}

void find_progress(const struct command_state *s, char *text, size_t size)
{
	const struct find *f = (const struct find *)s;
	struct link_info info;
	char took[24];
	size_t waiting = 0;

	for (size_t r = 0; r < f->realm_count; r++)
		for (size_t i = 0; i < f->ask_count; i++)
			if (f->asks[i]->realm == r && !f->asks[i]->done) {
				waiting++;
				break;
			}
	link_info(s->sh, &info);
	shell_duration(took, loop_now() - s->task->started);
	if (f->ask_count == 0)	/* which realms there are is not known yet */
		snprintf(text, size, ".find: reading the names of realms, %s", took);
	else
		snprintf(text, size, ".find: %zu of %zu realms, %s, %.1f MB", f->realm_count - waiting, f->realm_count, took,
		    (double)(info.counters.received_bytes - f->received) / 1e6);
}
