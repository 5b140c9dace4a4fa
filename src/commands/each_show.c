/* SPDX-License-Identifier: ISC */
/*
 * each_show: a result of .each with its row: beside it, before it or over it, as the format has it.
 */
#include "commands/each_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "format/cells.h"
#include "format/output.h"
#include "run/show.h"

size_t each_cells(const struct each_row *r, struct json *cells, size_t most)
{
	struct json all = {r->text, r->len}, v;
	struct json_iter it = json_iterate(all);
	size_t n = 0;

	while (n < most && json_next(&it, NULL, &v))
		cells[n++] = v;
	return n;
}

void each_put_label(struct buf *out, const struct each_row *r)
{
	struct json cells[EACH_COLUMNS];
	size_t n = each_cells(r, cells, EACH_COLUMNS);

	for (size_t i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? " " : "");
		json_decode_text(cells[i], out);
	}
}

struct showing { struct each *a; const struct each_row *label; size_t columns, rows; };

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
	struct json all[2 * EACH_COLUMNS];
	size_t n = each_cells(s->label, all, EACH_COLUMNS);

	if (count > EACH_COLUMNS)
		count = EACH_COLUMNS;
	memcpy(all + n, cells, count * sizeof *cells);
	output_cells(s->a->command.sh->output, all, n + count);
}

/* The headings are shown with the first row only: the ends come one by one, with other things between them. */
static void begin_output(struct each *a, const struct reply_about *about, struct showing *s)
{
	const char *names[2 * EACH_COLUMNS];
	char numbers[EACH_COLUMNS][8];
	struct heading more[EACH_COLUMNS];
	size_t n = a->name_count, known = output_headings(about, more, EACH_COLUMNS);

	if (known > EACH_COLUMNS)
		known = EACH_COLUMNS;
	memcpy(names, a->names, n * sizeof *names);
	for (size_t i = 0; i < known; i++)
		names[n + i] = more[i].name;
	if (known == 0 && s->rows == 0)
		names[n + known++] = "result";
	for (; known < s->columns && known < EACH_COLUMNS; known++) {
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
	struct json ok = {"\"ok\"", 4}, null = {"null", 4}, cells[EACH_COLUMNS];
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

void each_show(struct each *a, struct task *t, const struct reply *reply, const struct each_row *label)
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
		buf_put(&line, label->text, label->len);
		buf_puts(&line, ",[");
		for (bool first = true; json_next(&it, NULL, &v); first = false) {
			buf_puts(&line, first ? "" : ",");
			buf_put(&line, v.text, v.len);
		}
		buf_puts(&line, "]]");
		complete = !line.failed;
		if (complete) {
			cell_put_json(&sh->out, buf_head(&line), line.len);
			sink_putc(&sh->out, '\n');
		}
		buf_clear(&line);
	} else if (f->for_people) {
		struct buf text = {0}, safe = {0};
		each_put_label(&text, label);
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
