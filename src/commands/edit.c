/* SPDX-License-Identifier: ISC */
/*
 * edit: `.edit`: which line is to be edited; shell/interactive does it when it has the terminal.
 */
#include "commands/table.h"

#include <stdlib.h>
#include <string.h>

#include "run/check.h"
#include "term/history.h"

static bool is_edit(const char *line)
{
	return strncmp(line, ".edit", 5) == 0 && (line[5] == '\0' || line[5] == ' ' || line[5] == '\t');
}

static const char *last_line(const struct shell *sh)
{
	for (size_t i = sh->history != NULL ? history_count(sh->history) : 0; i > 0; i--)
		if (!is_edit(history_entry(sh->history, i - 1)))
			return history_entry(sh->history, i - 1);
	return NULL;
}

static enum command_result edit_run(struct shell *sh, struct task *t, enum status *status)
{
	const char *line = t->line.rest[0] != '\0' ? t->line.rest : last_line(sh);
	struct error e;

	if (!sh->interactive)
		error_set(&e, STATUS_USAGE, "is for the prompt only");
	else if (line == NULL)
		error_set(&e, STATUS_USAGE, "no line to edit");
	else {
		free(sh->edit);
		/* No secret goes into a file. */
		sh->edit = check_masked(sh, line);
		if (sh->edit != NULL)
			return COMMAND_DONE;
		error_memory(&e);
	}
	return command_fail(sh, t, status, &e);
}

static enum command_place edit_complete(const struct command_finding *f)
{
	(void)f;
	return PLACE_WHOLE;
}

const struct command command_edit = {
	.word = {.name = "edit", .takes_line = true}, .usage = "[LINE]",
	.help = "edit the last line, or LINE, in $VISUAL, $EDITOR or vi",
	.more = "  What comes back is shown and asked about before it runs; it may be several lines.  Nothing is run if it is not\n"
		"  changed, is empty, or the editor fails.",
	.max = SIZE_MAX, .run = edit_run, .complete = edit_complete,
};
