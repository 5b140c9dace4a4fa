/* SPDX-License-Identifier: ISC */
/*
 * jobs: `.jobs`: what runs beside the queue.
 */
#include "commands/table.h"

#include <stdio.h>

#include "format/output.h"
#include "run/engine.h"
#include "run/show.h"

static enum command_result jobs_run(struct shell *sh, struct task *t, enum status *status)
{
	static const char *const headings[] = {"job", "runs for", "line"};
	struct page page;

	(void)status;
	if (sh->interactive && t->redirect == NULL && engine_job_count(sh) == 0) {
		shell_notice(sh, "no jobs");
		return COMMAND_DONE;
	}
	show_table_begin(sh, t, &page, headings, 3);
	for (struct task *j = engine_jobs(sh); j != NULL; j = j->next) {
		char number[16], took[24], name[256];
		if (j->role != TASK_JOB)
			continue;
		snprintf(number, sizeof number, "%u", j->job);
		shell_duration(took, loop_now() - (j->started != 0 ? j->started : j->asked));
		show_task_name(j, name, sizeof name);
		const char *cells[] = {number, took, name};
		output_strings(sh->output, cells, 3);
	}
	show_table_end(sh, t, &page);
	return COMMAND_DONE;
}

const struct command command_jobs = {
	.word.name = "jobs", .usage = "", .help = "list the jobs that run", .shows = command_shows, .run = jobs_run,
};
