/* SPDX-License-Identifier: ISC */
/*
 * jobs: work that takes time, in the order of its ends.  Knows when, not what.
 */
#ifndef BOX_JOBS_H
#define BOX_JOBS_H

#include <stdint.h>
#include <sys/queue.h>

struct box;
struct job;

struct job {
	TAILQ_ENTRY(job) link;
	uint64_t due;			/* clock_ms() */
	void (*done)(struct box *box, struct job *job);	/* what happens then */
	unsigned client;		/* number of the connection that waits for it */
	char *id;			/* of its request: JSON text, owned */
	char *gid;			/* of the object it works on, owned; NULL: none */
	char *detail;			/* owned; NULL: none */
};

TAILQ_HEAD(jobs, job);

/* Takes nothing: copies gid and detail (both may be NULL). */
void jobs_add(struct jobs *jobs, uint64_t due, void (*done)(struct box *, struct job *), unsigned client,
    const char *id, size_t id_len, const char *gid, const char *detail);

/* Ends the jobs that are due. */
void jobs_run(struct box *box, uint64_t now);

void jobs_clear(struct jobs *jobs);

#endif
