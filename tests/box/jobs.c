/* SPDX-License-Identifier: ISC */
/*
 * jobs: work that takes time, in the order of its ends.
 */
#include <stdlib.h>

#include "box.h"

void jobs_add(struct jobs *jobs, uint64_t due, void (*done)(struct box *, struct job *), unsigned client,
    const char *id, size_t id_len, const char *gid, const char *detail)
{
	struct job *job = mem_zero(sizeof *job), *before;

	job->due = due;
	job->done = done;
	job->client = client;
	job->id = mem_copy(id, id_len);
	job->gid = mem_string(gid);
	job->detail = mem_string(detail);
	/* Mostly the last place: all jobs take the same time. */
	TAILQ_FOREACH_REVERSE (before, jobs, jobs, link)
		if (before->due <= due)
			break;
	if (before)
		TAILQ_INSERT_AFTER(jobs, before, job, link);
	else
		TAILQ_INSERT_HEAD(jobs, job, link);
}

static void job_free(struct job *job)
{
	free(job->id);
	free(job->gid);
	free(job->detail);
	free(job);
}

void jobs_run(struct box *box, uint64_t now)
{
	struct job *job;

	while ((job = TAILQ_FIRST(&box->jobs)) && job->due <= now) {
		TAILQ_REMOVE(&box->jobs, job, link);
		job->done(box, job);
		job_free(job);
	}
}

void jobs_clear(struct jobs *jobs)
{
	struct job *job;

	while ((job = TAILQ_FIRST(jobs))) {
		TAILQ_REMOVE(jobs, job, link);
		job_free(job);
	}
}
