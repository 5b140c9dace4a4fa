/* SPDX-License-Identifier: ISC */
/*
 * history: `.history`: the lines typed, their secrets hidden.
 */
#include "commands/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "run/check.h"
#include "run/show.h"
#include "term/history.h"

static enum command_result history_run(struct shell *sh, struct task *t, enum status *status)
{
	const char *text = t->line.word_count > 1 ? t->line.rest : "";
	struct buf safe = {0};

	(void)status;
	for (size_t i = 0; sh->history != NULL && i < history_count(sh->history); i++) {
		const char *entry = history_entry(sh->history, i);
		if (strstr(entry, text) == NULL)
			continue;
		/* Its secrets are kept for recalling it, not for reading over a shoulder. */
		char *masked = check_masked(sh, entry);
		if (masked != NULL)
			safe_put(&safe, masked, strlen(masked));
		buf_putc(&safe, '\n');
		free(masked);
	}
	show_begin(sh, t);
	show_text(sh, buf_head(&safe), safe.len);
	show_end(sh, t);
	buf_clear(&safe);
	return COMMAND_DONE;
}

const struct command command_history = {
	.word.name = "history", .usage = "[TEXT]", .help = "list the lines typed, or those with TEXT", .max = SIZE_MAX,
	.shows = command_shows, .run = history_run,
};
