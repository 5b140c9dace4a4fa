/* SPDX-License-Identifier: ISC */
/*
 * show: how the end of a line is shown: its result in the format, failures, jobs, redirections.
 */
#ifndef PTSH_RUN_SHOW_H
#define PTSH_RUN_SHOW_H

#include "format/sink.h"
#include "run/task.h"

/* Shows the end of a line in the queue: its result or its message.  reply NULL: none. */
void show_result(struct shell *sh, struct task *t, const struct reply *reply);
/* Shows a reply to `of`, or its result, for the line t: at a prompt through the pager if it is tall. */
void show_reply(struct shell *sh, const struct task *t, const struct task *of, const struct reply *reply);
/* Shows the end of a job, after a line that names it. */
void show_job(struct shell *sh, struct task *t, const struct reply *reply);
void show_job_started(struct shell *sh, const struct task *t, const char *how);

/* A reply that is shown as it comes. */
enum large_mode show_large(struct shell *sh, struct task *t, const char *text, size_t len);
void show_large_end(struct shell *sh, struct task *t, bool complete);

/* The reply that a task has kept. */
void show_kept(const struct task *t, struct reply *reply);
struct reply_about show_about(const struct task *t);
struct reply_about show_about_line(const struct line *line);

/* Appends the message of a failed reply, or another outcome of a request, as one line (not yet made harmless). */
void show_failure(const struct task *t, const struct reply *reply, struct buf *text);

/* Shows a request that --dry-run does not send: secrets as *** on a terminal, all of it elsewhere. */
void show_unsent(struct shell *sh, const char *json, size_t len);

/* Around the output of t, or of its children: it goes where the line says (run/redirect), in its format. */
void show_begin(struct shell *sh, const struct task *t);
void show_end(struct shell *sh, const struct task *t);

/* The format that is. */
const struct format *show_format(const struct shell *sh, const struct task *t);

/* Text of ptsh's own, harmless: through the pager if it is taller than the screen. */
void show_text(struct shell *sh, const char *text, size_t len);

/* Around what is put into sh->output, between show_begin() and show_end(): a line's output, in a format for people, is collected, and goes
 * through the pager if it is taller than the screen.  Runs the loop at its end: not in the session's callbacks. */
struct page {
	struct sink sink;
	bool on;
};
void show_page_begin(struct shell *sh, const struct task *t, struct page *page);
void show_page_end(struct shell *sh, struct page *page);

/* The same around the rows of a table that t shows, with show_begin() and show_end(). */
void show_table_begin(struct shell *sh, const struct task *t, struct page *page, const char *const *headings, size_t count);
void show_table_end(struct shell *sh, const struct task *t, struct page *page);

/* Asks the user before a line that deletes.  True: agreed. */
bool show_confirm_delete(struct shell *sh, const struct task *t);

/* "realm_poll 5000015442": the line with its secrets hidden, shortened. */
void show_task_name(const struct task *t, char *text, size_t size);

#endif
