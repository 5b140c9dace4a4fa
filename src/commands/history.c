/* SPDX-License-Identifier: ISC */
/*
 * history: `.history`: the lines typed, their secrets hidden.
 */
#include "commands/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "lang/line.h"
#include "run/engine.h"
#include "run/show.h"
#include "term/history.h"

/* The line with its secrets hidden; they are kept for who recalls it, not for who looks over a shoulder. */
static void put_masked(struct shell *sh, struct buf *out, const char *text)
{
	struct line_context context = engine_context(sh);
	struct line line = {0};
	struct error e;
	char *usage = NULL;
	size_t at;

	context.ask_secret = NULL;
	context.read_file = NULL;
	context.confirm_nearest = NULL;
	line_parse(&line, text, strlen(text), &context, &e, &usage, &at);
	if (line.masked != NULL)
		safe_put(out, line.masked, strlen(line.masked));
	free(usage);
	line_clear(&line);
}

static enum command_result history_run(struct shell *sh, struct task *t, enum status *status)
{
	const char *text = t->line.word_count > 1 ? t->line.rest : "";
	struct buf safe = {0};

	(void)status;
	for (size_t i = 0; sh->history != NULL && i < history_count(sh->history); i++) {
		const char *entry = history_entry(sh->history, i);
		if (strstr(entry, text) == NULL)
			continue;
		put_masked(sh, &safe, entry);
		buf_putc(&safe, '\n');
	}
	show_text(sh, buf_head(&safe), safe.len);
	buf_clear(&safe);
	return COMMAND_DONE;
}

const struct command command_history = {
	.word.name = "history", .usage = "[TEXT]", .help = "list the lines typed, or those with TEXT", .max = SIZE_MAX, .run = history_run,
};
