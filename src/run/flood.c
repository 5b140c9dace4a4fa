/* SPDX-License-Identifier: ISC */
/*
 * flood: counts by name, within a second.
 */
#include "run/flood.h"

#include <stdio.h>
#include <string.h>

enum {
	SHOWN_MOST = 10,	/* events of a name within a second that are shown one by one */
	SECOND_MS = 1000,
};

static void flood_report(void *ctx)
{
	struct flood *f = ctx;

	for (size_t i = 0; i < FLOOD_KINDS; i++) {
		struct flood_kind *k = &f->kinds[i];

		if (k->folded > 0)
			shell_notice(f->sh, "%s: %u more in a second (.events list)", k->name, k->folded);
		k->folded = k->shown = 0;
		k->since = 0;
	}
}

/* Returns the count for a name, or one that is free for it; NULL: there are too many names. */
static struct flood_kind *kind_of(struct flood *f, const char *name)
{
	struct flood_kind *unused = NULL;

	for (size_t i = 0; i < FLOOD_KINDS; i++) {
		struct flood_kind *k = &f->kinds[i];

		if (k->since != 0 && strncmp(k->name, name, sizeof k->name - 1) == 0)
			return k;
		if (unused == NULL && k->since == 0)
			unused = k;
	}
	return unused;
}

static bool flood_count(struct flood *f, const char *name)
{
	struct flood_kind *k = kind_of(f, name);
	int64_t now = loop_now();

	if (k == NULL)
		return true;	/* a flood of different names */
	if (k->since == 0 || now - k->since > SECOND_MS) {
		if (k->folded > 0)
			flood_report(f);
		snprintf(k->name, sizeof k->name, "%s", name);
		k->since = now;
		k->shown = k->folded = 0;
	}
	if (k->shown < SHOWN_MOST) {
		k->shown++;
		return false;
	}
	k->folded++;
	if (!f->report.set)
		loop_timer_start(f->sh->loop, &f->report, SECOND_MS, flood_report, f);
	return true;
}

bool flood_folds(struct shell *sh, struct flood *f, struct json name)
{
	struct buf text = {0};
	bool folds;

	f->sh = sh;
	if (json_kind(name) == JSON_STRING)
		json_decode(name, &text);
	folds = buf_string(&text) != NULL && flood_count(f, buf_string(&text));
	buf_clear(&text);
	return folds;
}

void flood_end(struct flood *f)
{
	if (f->sh != NULL)
		loop_timer_stop(f->sh->loop, &f->report);
}
