/* SPDX-License-Identifier: ISC */
/*
 * connect: `.connect`: another box.  At a prompt the connection there is stays until the other one has logged in.
 */
#include "commands/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/link.h"
#include "options/boxes.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/names.h"
#include "term/ask.h"

struct connecting {
	struct command_state command;
	enum status status;
	bool made;
};

static void connect_end(void *ctx)
{
	struct connecting *c = ctx;

	command_end(c, c->status);
}

/* What belongs to the box before is dropped. */
static void forget_box(struct shell *sh)
{
	names_stale(sh);
	events_link_lost(sh);
	if (sh->change != NULL)
		sh->change->forget(sh);
}

/* Called by the link: the command ends a moment later. */
static void connect_done(struct shell *sh, void *ctx, const struct error *why)
{
	struct connecting *c = ctx;

	c->made = true;
	if (why == NULL) {
		forget_box(sh);
	} else {
		c->status = why->status;
		shell_complain(sh, c->command.task->at, ".connect", "%s", why->text);
		shell_notice(sh, link_state(sh) == LINK_READY ? "the connection to %s is kept" : "%s: connecting again",
		    sh->options->box_text);
	}
	loop_timer_start(sh->loop, &c->command.task->timer, 0, connect_end, c);
}

static void connect_cancel(struct command_state *s)
{
	struct connecting *c = (struct connecting *)s;

	if (c->made)		/* it ends by itself */
		return;
	link_switch_cancel(s->sh);
	shell_notice(s->sh, "the connection to %s is kept", s->sh->options->box_text);
	command_end(c, STATUS_OK);
}

static void connect_progress(const struct command_state *s, char *text, size_t size)
{
	snprintf(text, size, "connecting to %s", s->sh->options->box_text);
}

static const struct command_ops connect_ops = {
	.size = sizeof(struct connecting), .cancel = connect_cancel, .progress = connect_progress,
};

/* Jobs end with their connection: a user is asked, a script waits for them first.  0, or -1 with *e. */
static int may_leave_jobs(struct shell *sh, struct error *e)
{
	size_t jobs = engine_job_count(sh);
	char text[512];

	if (jobs == 0 || link_state(sh) != LINK_READY)
		return 0;
	if (!sh->interactive)
		return error_set(e, STATUS_USAGE, "%zu job%s still running; use .wait first", jobs, jobs == 1 ? " is" : "s are");
	snprintf(text, sizeof text, "%zu job%s running on %.200s, and the result%s will not be seen. Connect anyway? [y/N] ", jobs,
	    jobs == 1 ? " is" : "s are", sh->options->box_text, jobs == 1 ? "" : "s");
	return ask_yes(sh, text) ? 0 : error_set(e, STATUS_USAGE, "not done: %zu job%s running", jobs, jobs == 1 ? " is" : "s are");
}

static enum command_result connect_at_prompt(struct shell *sh, struct task *t, struct options *before, enum status *status)
{
	struct connecting *c = command_begin(sh, t, &connect_ops);
	struct error e;

	if (c != NULL && link_switch_safely(sh, before, connect_done, c, &e) == 0)
		return COMMAND_WAITS;
	if (c == NULL) {
		if (before != NULL)
			options_restore(sh->options, before);
		free(before);
		error_memory(&e);
	}
	command_drop(t);
	return command_fail(sh, t, status, &e);
}

static enum command_result connect_run(struct shell *sh, struct task *t, enum status *status)
{
	struct options *before = NULL;
	struct error e;

	if (may_leave_jobs(sh, &e) == -1)
		return command_fail(sh, t, status, &e);
	if (t->line.word_count > 1) {
		if ((before = calloc(1, sizeof *before)) == NULL)
			error_memory(&e);
		if (before == NULL || options_set_box(sh->options, t->line.words[1], before, &e) == -1) {
			free(before);
			return command_fail(sh, t, status, &e);
		}
	}
	if (sh->interactive)
		return connect_at_prompt(sh, t, before, status);
	if (before != NULL)
		options_clear(before);
	free(before);
	forget_box(sh);
	link_switch(sh);
	return COMMAND_DONE;
}

static enum command_place connect_complete(const struct command_finding *f)
{
	struct boxes boxes = {0};
	struct error e;

	if (f->index > 1 || f->sh == NULL || f->sh->options->no_rc)
		return PLACE_WORD;
	if (boxes_read_all(&boxes, f->sh->options->boxes_path, getenv("HOME"), &e) == 0)
		for (size_t i = 0; i < boxes.count; i++)
			command_found(f, boxes.lines[i].name, NULL);
	boxes_clear(&boxes);
	return PLACE_WORD;
}

const struct command command_connect = {
	.word.name = "connect", .usage = "[BOX]", .help = "connect to a box, or to this one again",
	.more = "  BOX is [user@]host[:port], the path of a socket, or the name of a line of the boxes file.\n"
		"  At a prompt the connection there is stays until the other one has logged in; if that fails, it is kept.\n"
		"  Running jobs are asked about; a script waits for them first (.wait).\n"
		"Example\n  .connect admin@core.example.net",
	.max = 1, .needs_box = true, .run = connect_run, .complete = connect_complete,
};
