/* SPDX-License-Identifier: ISC */
/*
 * events: `.events`: shows or hides events, lists the last ones.
 */
#include "commands/table.h"

#include <string.h>

#include "run/events.h"

static bool events_lists(const struct line *line)
{
	return line->word_count > 1 && strcmp(line->words[1], "list") == 0;
}

static void say_state(struct shell *sh)
{
	shell_notice(sh, "events are %s", events_shown(sh) ? "shown" : "hidden");
}

static enum command_result events_run(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;
	bool on = false;

	if (t->line.word_count < 2) {
		say_state(sh);
		return COMMAND_DONE;
	}
	if (events_lists(&t->line)) {
		events_list(sh, t);
		return COMMAND_DONE;
	}
	if (command_switch(t->line.words[1], &on, &e) == -1) {
		error_set(&e, STATUS_USAGE, "%s: on, off or list", t->line.words[1]);
		return command_fail(sh, t, status, &e);
	}
	events_show(sh, on);
	if (command_is_typed(sh, t))
		say_state(sh);
	return COMMAND_DONE;
}

static enum command_place events_complete(const struct command_finding *f)
{
	static const char *const words[] = {"on", "off", "list", NULL};

	if (f->index == 1)
		command_found_words(f, words);
	return PLACE_WORD;
}

const struct command command_events = {
	.word.name = "events", .usage = "[on | off | list]", .help = "show or hide events, or list the last 1000", .max = 1,
	.shows = events_lists, .run = events_run, .complete = events_complete,
};
