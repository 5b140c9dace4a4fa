/* SPDX-License-Identifier: ISC */
/*
 * format: `.format` and `.last`: how results look, and the last one again.
 */
#include "commands/set.h"
#include "commands/table.h"

#include <stddef.h>

#include "format/formats.h"
#include "run/engine.h"
#include "run/show.h"

static void say_format(struct shell *sh)
{
	shell_notice(sh, "the format is %s", output_format(sh->output)->name);
}

static enum command_result format_run(struct shell *sh, struct task *t, enum status *status)
{
	const struct format *f;
	struct error e;

	if (t->line.word_count < 2) {
		say_format(sh);
		return COMMAND_DONE;
	}
	if (format_choose(t->line.words[1], sh->out.terminal, &f, &e) == -1)
		return command_fail(sh, t, status, &e);
	output_set_format(sh->output, f);
	sh->options->format_origin = set_origin(sh, t);
	if (command_is_typed(sh, t))
		say_format(sh);
	return COMMAND_DONE;
}

static enum command_result last_run(struct shell *sh, struct task *t, enum status *status)
{
	const struct task *last = engine_last(sh);
	const struct format *f, *before = output_format(sh->output);
	struct reply reply;
	struct error e;

	if (last == NULL) {
		error_set(&e, STATUS_USAGE, "no last reply%s", sh->interactive ? "" : ", or it had more than 1 MiB");
		return command_fail(sh, t, status, &e);
	}
	f = before;
	if (t->line.word_count > 1 && format_choose(t->line.words[1], sh->out.terminal && t->redirect == NULL, &f, &e) == -1)
		return command_fail(sh, t, status, &e);
	if (!task_has_result(last))
		show_kept(last, &reply);
	show_begin(sh, t);
	if (t->line.word_count > 1)
		output_set_format(sh->output, f);
	show_reply(sh, t, last, task_has_result(last) ? NULL : &reply);
	if (t->line.word_count > 1)
		output_set_format(sh->output, before);
	show_end(sh, t);
	return COMMAND_DONE;
}

static enum command_place format_complete(const struct command_finding *f)
{
	for (const struct format *const *g = formats; f->index == 1 && *g != NULL; g++)
		if (f->sh == NULL || !(*g)->bare || !f->sh->out.terminal)
			command_found(f, (*g)->name, (*g)->help);
	return PLACE_WORD;
}

/* After the format a line begins. */
static enum command_place format_prefix_complete(const struct command_finding *f)
{
	return f->index > 1 ? PLACE_WHOLE : format_complete(f);
}

const struct command command_format = {
	.word = {.name = "format", .prefix = true}, .usage = "[FORMAT [LINE]]",
	.help = "show or set the format of results, or run LINE in another one",
	.more = "  The format of one line: .format FORMAT before it, else the ending of the file's name after >, else the session's.\n"
		"Example\n  .format csv realm_info gid,name",
	.max = 1, .run = format_run, .complete = format_prefix_complete,
};

const struct command command_last = {
	.word.name = "last", .usage = "[FORMAT]", .help = "print the last reply again, in another format", .max = 1,
	.shows = command_shows, .run = last_run, .complete = format_complete,
};
