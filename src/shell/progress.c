/* SPDX-License-Identifier: ISC */
/*
 * progress: the text of the row, and when it is drawn again; only on a terminal that can move its cursor.
 */
#include "shell/progress.h"

#include <stdio.h>
#include <string.h>

#include "link/link.h"
#include "run/engine.h"
#include "run/feed.h"
#include "run/show.h"

enum { FIRST_AFTER = 1000, EVERY = 1000 /* ms */, BIG = 65536 /* bytes worth reporting */ };

static bool possible(const struct shell *sh)
{
	return sh->err.terminal && !sh->options->quiet && (sh->screen == NULL || screen_visual(sh->screen));
}

int64_t progress_foreground(struct shell *sh)
{
	const struct task *t = engine_foreground(sh);
	int64_t took, since = t != NULL ? t->started : sh->waiting_since;
	char text[512], name[256], duration[24], bytes[48] = "";

	if (t == NULL && link_state(sh) != LINK_CONNECTING) {
		sh->waiting_since = 0;
		return -1;
	}
	if (t == NULL && since == 0)
		since = sh->waiting_since = loop_now();
	took = loop_now() - since;
	if (!possible(sh))
		return -1;
	if (took < FIRST_AFTER)
		return FIRST_AFTER - took;
	shell_duration(duration, took / 1000 * 1000);
	duration[strcspn(duration, ".")] = '\0';
	if (t != NULL && t->command != NULL && t->command->ops->progress != NULL) {
		t->command->ops->progress(t->command, text, sizeof text);
	} else if (t != NULL) {
		show_task_name(t, name, sizeof name);
		uint64_t received = link_partial(sh);
		if (received > BIG)
			snprintf(bytes, sizeof bytes, ", %.1f MB", (double)received / 1e6);
		snprintf(text, sizeof text, "%s: %s%s%s (^C %s)", name, duration,
		    strchr(duration, 'm') == NULL && strchr(duration, 's') == NULL ? " s" : "", bytes,
		    t->line.kind == LINE_COMMAND ? "ends it" : "leaves it running");
	} else {
		snprintf(text, sizeof text, "connecting to %.200s: %s s", sh->options->box_text, duration);
	}
	shell_progress_draw(sh, text);
	return EVERY - took % EVERY;
}

int64_t progress_batch(struct shell *sh)
{
	char text[256], duration[24], left[48] = "";
	int64_t now = loop_now(), took;
	unsigned long done = engine_done(sh), all = feed_line_count(sh);

	if (!possible(sh) || !feed_from_file(sh))
		return -1;
	if (sh->waiting_since == 0)
		sh->waiting_since = now;
	took = now - sh->waiting_since;
	if (took < FIRST_AFTER)
		return FIRST_AFTER - took;
	shell_duration(duration, took);
	if (done > 0 && all > done) {
		char rest[24];
		shell_duration(rest, (int64_t)((double)took / (double)done * (double)(all - done)));
		snprintf(left, sizeof left, ", %s left", rest);
	}
	snprintf(text, sizeof text, "%lu of %lu lines, %s, %.0f/s%s", done, all, duration, (double)done * 1000 / (double)took, left);
	shell_progress_draw(sh, text);
	return EVERY;
}
