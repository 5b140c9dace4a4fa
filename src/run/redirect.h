/* SPDX-License-Identifier: ISC */
/*
 * redirect: where a line sends its output, at the prompt: to a file or a shell command.
 *
 * The same for requests and commands.  A file is written as results come; a shell command is run once all results have come.
 */
#ifndef PTSH_RUN_REDIRECT_H
#define PTSH_RUN_REDIRECT_H

#include "run/task.h"

struct redirection;

/* Opens the redirection of the line of t, if it has one, as t->redirect.  A FIFO waits for its reader; ^C ends that.  0, or -1 with *e. */
int redirect_open(struct shell *sh, struct task *t, struct error *e);

/* Returns the format for it: the line's, else that of the file's suffix, else current, but no table.  r NULL: current. */
const struct format *redirect_format(const struct redirection *r, const struct format *current);

/* Between these, sh->out and sh->output lead there, in that format, as to no terminal.  r NULL: nothing changes.
 * They nest, with the same r. */
void redirect_begin(struct shell *sh, struct redirection *r);
void redirect_end(struct shell *sh, struct redirection *r);

/* Runs the shell command, if it is one, with the output collected so far.  Runs the loop: not to be called from the session's
 * callbacks. */
void redirect_run(struct shell *sh, struct redirection *r);

/* Ends it: runs the command that has not been run, closes, reports failures.  t->redirect is NULL then. */
void redirect_close(struct shell *sh, struct task *t);

/* Continues a redirection beside the prompt: a regular file is still written; a shell command would take the terminal, and the
 * reader of a FIFO could block it: their output is shown. */
void redirect_leave(struct shell *sh, struct redirection *r);

/* Frees r and closes its file.  r may be NULL. */
void redirect_free(struct shell *sh, struct redirection *r);

#endif
