/* SPDX-License-Identifier: ISC */
/*
 * small: commands of a few lines: .echo, .quit, .refresh, .source, .timing, .trace.
 */
#include "commands/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "link/trace.h"
#include "run/feed.h"
#include "run/names.h"
#include "run/show.h"

/* --- .echo --- */

static enum command_result echo_run(struct shell *sh, struct task *t, enum status *status)
{
	struct buf text = {0}, safe = {0};

	(void)status;
	for (size_t i = 1; i < t->line.word_count; i++) {
		buf_puts(&text, i > 1 ? " " : "");
		buf_puts(&text, t->line.words[i]);
	}
	show_begin(sh, t);
	if (sh->out.terminal)
		safe_put(&safe, buf_head(&text), text.len);
	else
		buf_put(&safe, buf_head(&text), text.len);
	buf_putc(&safe, '\n');
	sink_put(&sh->out, buf_head(&safe), safe.len);
	show_end(sh, t);
	buf_clear(&text);
	buf_clear(&safe);
	return COMMAND_DONE;
}

const struct command command_echo = {
	.word.name = "echo", .usage = "[TEXT]", .help = "print TEXT", .max = SIZE_MAX, .at_once = true, .shows = command_shows,
	.run = echo_run,
};

/* --- .quit and .source: they decide what comes next --- */

static void read_no_further(struct shell *sh, struct task *t)
{
	(void)t;
	feed_hold(sh, true);
}

static enum command_result quit_run(struct shell *sh, struct task *t, enum status *status)
{
	(void)t, (void)status;
	sh->quit = true;
	if (!sh->interactive)
		feed_drop(sh);
	return COMMAND_DONE;
}

const struct command command_quit = {
	.word.name = "quit", .usage = "", .help = "leave (also quit, exit, ^D)", .outside_alias = true, .run = quit_run, .queued = read_no_further,
};

static enum command_result source_run(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	feed_hold(sh, false);
	if (feed_add_file(sh, t->line.words[1], true, &e) == 0)
		return COMMAND_DONE;
	if (e.text[0] != '\0')
		return command_fail(sh, t, status, &e);
	*status = STATUS_USAGE;		/* the file's mistakes have been reported */
	return COMMAND_FAILED;
}

static enum command_place source_complete(const struct command_finding *f)
{
	return f->index == 1 ? PLACE_FILE : PLACE_WORD;
}

const struct command command_source = {
	.word.name = "source", .usage = "FILE", .help = "run FILE's lines", .min = 1, .max = 1, .outside_alias = true,
	.run = source_run, .queued = read_no_further, .complete = source_complete,
};

/* --- .refresh --- */

static enum command_result refresh_run(struct shell *sh, struct task *t, enum status *status)
{
	(void)t, (void)status;
	names_refresh(sh);
	return COMMAND_DONE;
}

const struct command command_refresh = {
	.word.name = "refresh", .usage = "", .help = "ask the box for its names again", .needs_box = true, .run = refresh_run,
};

/* --- .timing --- */

static enum command_result timing_run(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	if (t->line.word_count < 2)
		sh->timing = !sh->timing;
	else if (command_switch(t->line.words[1], &sh->timing, &e) == -1)
		return command_fail(sh, t, status, &e);
	return COMMAND_DONE;
}

static enum command_place timing_complete(const struct command_finding *f)
{
	static const char *const words[] = {"on", "off", NULL};

	if (f->index == 1)
		command_found_words(f, words);
	return PLACE_WORD;
}

const struct command command_timing = {
	.word.name = "timing", .usage = "[on | off]", .help = "show how long each request took", .max = 1,
	.run = timing_run, .complete = timing_complete,
};

/* --- .trace --- */

static enum command_result trace_run(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	if (strcmp(t->line.words[1], "off") == 0)
		trace_close(sh);
	else if (trace_open(sh, t->line.words[1], &e) == -1)
		return command_fail(sh, t, status, &e);
	return COMMAND_DONE;
}

static enum command_place trace_complete(const struct command_finding *f)
{
	if (f->index > 1)
		return PLACE_WORD;
	command_found(f, "off", "end the trace");
	return PLACE_FILE;
}

const struct command command_trace = {
	.word.name = "trace", .usage = "FILE | off", .help = "write every message to FILE, secrets hidden", .min = 1, .max = 1,
	.run = trace_run, .complete = trace_complete,
};
