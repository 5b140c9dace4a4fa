/* SPDX-License-Identifier: ISC */
/*
 * prompt: reads lines from a person: libedit edits, term/screen paints, net/loop waits.
 *
 * While prompt_read() waits for a key the loop runs: sockets, timers and signals are served, and whatever they
 * print goes above the line (screen_write).
 *
 * The prompt takes SIGTSTP, SIGCONT and SIGWINCH from the loop for good.  SIGINT, SIGTERM and SIGHUP have another owner, which
 * calls prompt_interrupt() and prompt_stop().
 */
#ifndef PTSH_TERM_PROMPT_H
#define PTSH_TERM_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/complete.h"
#include "net/loop.h"
#include "term/history.h"
#include "term/screen.h"

enum prompt_end {
	PROMPT_LINE,		/* a line, perhaps of several rows with LF between them */
	PROMPT_PASTE,		/* several lines were pasted and confirmed: they are in the text, LF between them */
	PROMPT_EDIT,		/* ^X ^E: the text, as far as it is typed, is to be edited elsewhere */
	PROMPT_INTERRUPT,	/* ^C: nothing */
	PROMPT_EOF,		/* ^D on an empty line, or the terminal is gone */
	PROMPT_SIGNAL,		/* prompt_stop() was called */
};

struct prompt_options {
	const struct complete_context *complete;	/* NULL: no completion */
	/* Text for the prompt, UTF-8, may hold ESC[...m; asked before each painting.  Valid until asked again. */
	const char *(*prompt)(void *ctx);
	/* True if text continues in the next line (then a continuation prompt is shown).  NULL: never. */
	bool (*continues)(void *ctx, const char *text, size_t len);
	/* True if a secret of a command follows text: there `?` is a word.  NULL: never. */
	bool (*secret_next)(void *ctx, const char *text, size_t len);
	/* True if more candidates than complete() has just given are on their way: waited for, at most PROMPT_LOADING_MS,
	 * while the loop runs.  NULL: never. */
	bool (*loading)(void *ctx);
	/* Reports why the user's bindings are not read.  NULL: not reported. */
	void (*report)(void *ctx, const char *text);
	void *ctx;
};

enum { PROMPT_LOADING_MS = 300 };

struct prompt;

/* NULL without memory or if libedit refuses.  history may be NULL.  Without a terminal, or with a dumb one, libedit is
 * not touched: lines are read as they come.  All pointers are borrowed until prompt_free(). */
struct prompt *prompt_create(struct loop *l, struct screen *s, struct history *h, int in, int out,
    const struct prompt_options *o);
void prompt_free(struct prompt *p);		/* terminal modes as before; call before loop_free() */

/* Reads a line (*text: UTF-8, heap, the caller frees it; NULL unless PROMPT_LINE, PROMPT_PASTE or PROMPT_EDIT).  Lines are not put
 * into the history: the caller does, as it knows their secrets. */
enum prompt_end prompt_read(struct prompt *p, char **text);

/* Copies text (one line; more is ignored) to be what the next prompt_read() begins with, as if it had been typed. */
void prompt_give_back(struct prompt *p, const char *text);

bool prompt_reading(const struct prompt *p);

/* Lets a program have the terminal (pager, a question), and takes it back.  They nest.  Meanwhile the
 * screen keeps what is written, and SIGINT is not ours: its owner asks prompt_released(). */
void prompt_release(struct prompt *p);
void prompt_take(struct prompt *p);
bool prompt_released(const struct prompt *p);

/* The prompt's text has changed: paint it. */
void prompt_changed(struct prompt *p);

/* SIGINT: ends prompt_read() with PROMPT_INTERRUPT, or drops what was typed ahead; nothing while the terminal is another's.
 * (^C while a line is edited is handled by the prompt.) */
void prompt_interrupt(struct prompt *p);
void prompt_stop(struct prompt *p);		/* ends prompt_read(), this one or the next, with PROMPT_SIGNAL */
bool prompt_stopping(const struct prompt *p);	/* and that has not happened yet */

#endif
