/*
 * prompt: reads lines from a person: libedit edits, shell/screen paints, net/loop waits.
 *
 * While prompt_read() waits for a key the loop runs: sockets, timers and signals are served, and whatever they
 * print goes above the line (prompt_above).
 */
#ifndef PTSH_SHELL_PROMPT_H
#define PTSH_SHELL_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/complete.h"
#include "net/loop.h"
#include "shell/history.h"
#include "shell/screen.h"

enum prompt_end {
	PROMPT_LINE,		/* a line */
	PROMPT_PASTE,		/* several lines were pasted and confirmed: they are in the text, LF between them */
	PROMPT_INTERRUPT,	/* ^C: nothing */
	PROMPT_EOF,		/* ^D on an empty line, or the terminal is gone */
	PROMPT_SIGNAL,		/* SIGTERM or SIGHUP (still pending in the loop's owner) */
};

struct prompt_options {
	const struct complete_context *complete;
	/* Text for the prompt, UTF-8, may hold ESC[...m; asked before each painting. */
	const char *(*prompt)(void *ctx);
	/* Whether text goes on in the next line (then a continuation prompt is shown). */
	bool (*goes_on)(void *ctx, const char *text, size_t len);
	void *ctx;
};

struct prompt;

/* NULL without memory or if libedit refuses.  history may be NULL. */
struct prompt *prompt_create(struct loop *l, struct screen *s, struct history *h, const struct prompt_options *o);
void prompt_free(struct prompt *p);		/* terminal modes as before */

/* Reads a line (UTF-8, heap, the caller frees it). */
enum prompt_end prompt_read(struct prompt *p, char **text);

bool prompt_reading(const struct prompt *p);

/* Lets a program have the terminal (pager, readpassphrase, a question), and takes it back. */
void prompt_release(struct prompt *p);
void prompt_take(struct prompt *p);

/* The prompt's text has changed: paint it. */
void prompt_changed(struct prompt *p);

/* Ends prompt_read() with PROMPT_SIGNAL. */
void prompt_stop(struct prompt *p);

#endif
