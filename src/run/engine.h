/* SPDX-License-Identifier: ISC */
/*
 * engine: lines in, requests out, results in the order of the lines.
 *
 * Interactive, batch and one-shot differ only in what feeds lines.  Lines that only read are sent without waiting;
 * every other line is a barrier (with -j: up to N of any kind at once).  Jobs and children run beside the queue.
 */
#ifndef PTSH_RUN_ENGINE_H
#define PTSH_RUN_ENGINE_H

#include "run/task.h"
#include "term/shell.h"

/* The result of prepare() for a task. */
enum engine_turn {
	TURN_SEND,		/* it can be sent now */
	TURN_LATER,		/* a question is under way, or prepare() must be called again */
	TURN_NEVER,		/* it is not wanted any more */
};

/* The engine orders lines; run/steps.c knows what they mean and where they come from. */
struct engine_ops {
	/* Finds out what must be known before t is sent.  Called again until it says TURN_SEND. */
	enum engine_turn (*prepare)(struct shell *sh, struct task *t);
	/* Runs a command's line.  Its error status goes to *status. */
	enum command_result (*command)(struct shell *sh, struct task *t, enum status *status);
	/* t has its outcome, and will be shown in its turn; of a line, when it is TASK_ANSWERED: until then more may be read. */
	void (*ended)(struct shell *sh, struct task *t);
	/* Passes on lines, if there are any.  True if it did. */
	bool (*more)(struct shell *sh);
	/* Drops the lines that have not been passed on; returns how many they were. */
	unsigned long (*drop)(struct shell *sh);
};

/* ops are borrowed.  NULL without memory. */
struct engine *engine_create(const struct engine_ops *ops);
void engine_free(struct shell *sh);

/* What a line may do here, for line_parse(). */
struct line_context engine_context(struct shell *sh);
/* Instead of asking for a secret, or reading a file: there will be something. */
int engine_would_ask(void *ctx, const char *what, struct buf *out, struct error *e);

/* Checks that this ptsh may send it, whatever the box would say.  0, or -1 with *e. */
int engine_permits(const struct shell *sh, const struct line *line, struct error *e);

/* True if another line is welcome (window, memory). */
bool engine_wants_lines(const struct shell *sh);

/* Parses a line and queues it; a mistake in it is reported in its turn. */
void engine_line(struct shell *sh, const char *text, size_t len, struct place at);

/* A line that cannot be run: reported in its turn, with its status. */
void engine_bad_line(struct shell *sh, struct place at, const struct error *e);

/* A request of the shell's own, or of .each, .on (also a command that is over at once: its end has no reply): text is a
 * line.  Runs beside the queue; done() gets the end.
 * NULL with *e if the line is no good.  front: before everything not sent yet. */
struct task *engine_child(struct shell *sh, const char *text, size_t len, struct place at, bool front,
    void (*done)(struct shell *, struct task *, const struct reply *), void *ctx, struct error *e);

/* The same of a request, or of a command that has a result: done() gets no reply then, and t->command has it. */
struct task *engine_child_with_result(struct shell *sh, const char *text, size_t len, struct place at,
    void (*done)(struct shell *, struct task *, const struct reply *), void *ctx, struct error *e);

/* Sends lines that may be sent, shows results that may be shown. */
void engine_pump(struct shell *sh);

/* Nothing queued (jobs may run). */
bool engine_queue_empty(const struct shell *sh);
/* Nothing queued and nothing running. */
bool engine_idle(const struct shell *sh);
/* A failure has stopped the script: nothing new is begun. */
bool engine_stopped(const struct shell *sh);
/* Ends what runs beside the queue and has not been sent. */
void engine_fail_unsent(struct shell *sh);
/* Stops: drops, counts and reports the lines not begun. */
void engine_stop(struct shell *sh);
/* How many lines were dropped unbegun; 0 if none ever began: then that goes without saying. */
unsigned long engine_dropped(const struct shell *sh);
/* How many lines have ended. */
unsigned long engine_done(const struct shell *sh);
/* Forgets that it was stopped (the prompt's next line). */
void engine_resume(struct shell *sh);

/* What the end of a task means for the exit status. */
enum status engine_outcome_status(const struct task *t);

/* A command that waited has ended. */
void engine_command_done(struct shell *sh, struct task *t, enum status status);

/* The foreground task that a person is waiting for, or NULL; and making a job of it. */
struct task *engine_foreground(struct shell *sh);
bool engine_background(struct shell *sh);
/* A question had to be asked before t could be sent, and is answered now: true if t is no longer wanted; it is freed then. */
bool engine_drop_if_cancelled(struct shell *sh, struct task *t);

/* Jobs, oldest first. */
struct task *engine_jobs(struct shell *sh);
size_t engine_job_count(const struct shell *sh);
/* What a command runs beside the queue counts as a job without a number: one hold for each. */
void engine_hold(struct shell *sh);
void engine_release(struct shell *sh);
/* True if a job runs, numbered or not. */
bool engine_jobs_run(const struct shell *sh);
/* The highest number that a job has had. */
unsigned engine_last_job(const struct shell *sh);

/* True if an event of that name and gid is about a running request, whose own result says more. */
bool engine_runs(struct shell *sh, struct json event, struct json_iter args);

/* The link's news. */
void engine_link_lost(struct shell *sh);

/* The operations of the session that are the engine's; ctx is the shell. */
void engine_on_reply(void *ctx, void *tag, const struct reply *reply);
enum large_mode engine_on_large(void *ctx, void *tag, const char *text, size_t len);
void engine_on_item(void *ctx, void *tag, struct json item, unsigned depth, bool first);
void engine_on_part(void *ctx, void *tag, const char *text, size_t len, unsigned depth, bool last);
void engine_on_text(void *ctx, void *tag, const char *text, size_t len, const uint64_t ended[static 3]);
void engine_on_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes);
void engine_on_reply_lost(void *ctx, void *tag, const struct error *e);
void engine_on_unanswered(void *ctx, void *tag, bool sent, bool partial);

/* The last reply shown, for .last: NULL if none (or too large to keep). */
const struct task *engine_last(const struct shell *sh);

#endif
