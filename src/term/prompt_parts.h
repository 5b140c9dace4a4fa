/* SPDX-License-Identifier: ISC */
/*
 * prompt_parts: what the files of the prompt share; no other file includes this.
 */
#ifndef PTSH_TERM_PROMPT_PARTS_H
#define PTSH_TERM_PROMPT_PARTS_H

#include <histedit.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <termios.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "term/prompt.h"
#include "term/recall.h"

/*
 * Bytes from the keyboard become keys, one by one: text typed ahead stays in the kernel for the program that has the
 * terminal next.  A bracketed paste is taken out of the stream whole and delivered as the one key PASTE_KEY, so that
 * neither a search, nor half a key sequence, nor vi's modes can take its lines for commands.
 */
enum {
	PASTE_KEY = 0x9f,	/* U+009F: no keyboard sends it, and libedit can bind it */
	ESCAPE_MS = 50,		/* an ESC that nothing follows for so long was a key */
	KEYS_AHEAD = 8,
};

struct input {
	int fd;
	int interrupt;			/* the byte that means SIGINT; -1: none does */
	bool interrupted;		/* it has come */
	int64_t pasted_at;		/* when a part of a paste came last */
	bool gone;			/* end of file or an error */
	size_t lines_left;		/* bytes to be read that the terminal has taken by lines: there ^D has become NUL */
	char end;			/* the key that stands for it: ^D */
	bool pasting;
	unsigned matched;		/* bytes of the sequence that begins a paste */
	int64_t escape_due;		/* matched > 0, and they may be keys after all: when they are */
	char partial[UTF8_MAX];		/* of a character */
	size_t partial_len;
	wchar_t keys[KEYS_AHEAD];	/* ready */
	size_t key_count;
	struct buf ahead;		/* read after the end of a paste */
	struct buf paste;		/* secret: pasted text may be a password */
};

/* Reads once (the descriptor is readable) unless there are keys already. */
void input_read(struct input *in);
/* Takes the next key, if there is one by now. */
bool input_key(struct input *in, wchar_t *key);
/* ms until input_key() may have another one without reading; -1: never. */
int input_wait(const struct input *in);
/* Forgets what has arrived in part. */
void input_reset(struct input *in);
void input_clear(struct input *in);
/* Drops what was typed before ^C.  ^D alone is kept: it is taken for one typed right after the ^C. */
void input_flush(struct input *in);

struct prompt {
	struct loop *loop;
	struct screen *screen;
	struct history *history;
	struct prompt_options o;
	struct input input;
	int out;

	EditLine *el;			/* NULL: no terminal to edit on */
	FILE *sink;			/* where libedit draws: nowhere, except the bell */
	struct recall recall;

	bool reading, watching, signals;
	bool readable;			/* without an EditLine: a byte can be read */
	bool interrupted, stopped;
	struct termios before;		/* the modes of the terminal that were found, and are left */
	tcflag_t silenced, kept;	/* flags of the terminal that were cleared, and set, between two lines */
	bool echoes;			/* the terminal did, before */
	bool woken;			/* a SIGCONT is under way whose work is already done */
	unsigned paste_tries;		/* how often PASTE_KEY was delivered for the paste that waits */
	unsigned released;

	struct buf rows;		/* of the text, before the one being edited; each with its LF */
	const char *question;		/* shown instead of prompt and line */
	struct buf taken;		/* the text that a key has ended the line with */
	enum prompt_end taken_as;	/* PROMPT_PASTE: lines, confirmed; PROMPT_EDIT: to be edited elsewhere; PROMPT_LINE: no such key */
	struct buf given;		/* secret: what the next line begins with */

	size_t columns;			/* of the terminal that libedit thinks it has; 0: it has found out by itself */
	unsigned long asked;		/* how often libedit has asked for a key */
	unsigned long tab_at, help_at;	/* when Tab, `?` was pressed last */
};

/* edited.c: the line being edited, from the text's first row up to the cursor or its end, as UTF-8. */
void prompt_text(struct prompt *p, struct buf *out, bool to_cursor);
/* Appends wide characters as UTF-8. */
void prompt_put(struct buf *out, const wchar_t *text, const wchar_t *end);
/* Returns what is to be painted now. */
void prompt_edited(struct prompt *p, struct edited *e);
/* modes.c: after prompt_echo_off() the terminal echoes nothing, until prompt_echo_on(): then it is as it was. */
void prompt_echo_off(struct prompt *p);
void prompt_echo_on(struct prompt *p);
/* Before each key: libedit sets the terminal anew now and then. */
void prompt_interrupt_is_a_key(struct prompt *p);
/* True if the loop waits for the keyboard. */
void prompt_watch(struct prompt *p, bool on);
/* Runs the loop once, painting; keyboard: keys are read.  max_ms < 0: waits as long as it takes. */
void prompt_step(struct prompt *p, bool keyboard, int64_t max_ms);

/* Shows, above the line, what may come next (explain: and what it is): at most a screenful. */
void prompt_list(struct prompt *p, const struct completion *c, bool explain);

struct prompt *prompt_of(EditLine *el);

/* Inserts p->given at the cursor, without characters that a line cannot have, and forgets it. */
void prompt_insert_given(struct prompt *p);

/* An editor function: takes the paste that PASTE_KEY stands for. */
unsigned char prompt_on_paste(EditLine *el, int key);

/* Adds the editor functions and binds the keys. */
void prompt_bind_first(EditLine *el);	/* what ~/.editrc may change */
void prompt_bind_user(struct prompt *p);	/* reads it */
void prompt_bind_last(EditLine *el);	/* what it must not lose */
void prompt_bind_plain(EditLine *el);	/* keys that are bytes of the line where another program edits and shows it */

#endif
