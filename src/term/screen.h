/* SPDX-License-Identifier: ISC */
/*
 * screen: the terminal, owned by one place.
 *
 * Everything that is shown at a prompt goes through here: text is put above the line being edited, which is taken
 * away and painted again around it.  Without a terminal it is a plain writer.
 *
 * While a line is being edited (from its first screen_paint() until screen_finish() or screen_hide()) output is collected
 * and sent with the next painting in one write(2): the caller must continue to call screen_paint().  At all other times it is written
 * at once.
 */
#ifndef PTSH_TERM_SCREEN_H
#define PTSH_TERM_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "term/frame.h"

enum {
	SCREEN_PAINT_MS = 10,		/* between two paintings, at least */
	SCREEN_SETTLE_MS = 300,		/* of silence after a change of the terminal's size */
};

struct screen;

/* in, out: descriptors, borrowed.  Both terminals and TERM set and not dumb: visual.  NULL without memory. */
struct screen *screen_create(int in, int out);
void screen_free(struct screen *s);		/* writes what is left */
bool screen_visual(const struct screen *s);
bool screen_dumb(const struct screen *s);	/* a terminal without cursor movement */
void screen_set_dumb(struct screen *s);		/* it has turned out that it cannot move its cursor */
void screen_size(const struct screen *s, int *columns, int *rows);	/* as of now */

/* Paints the edited line if it is not on the screen or was touched (now: at once; else at most every SCREEN_PAINT_MS).
 * Returns ms to wait before calling again, or -1 if all is painted. */
int screen_paint(struct screen *s, const struct edited *e, bool now);
void screen_touch(struct screen *s);		/* the line or the prompt may have changed */

/* Takes the edited line away and writes all that was collected, so that whole lines can be written to `out` by
 * others; it is painted again by the next screen_paint(). */
void screen_hide(struct screen *s);

/* Puts text above the line.  It must be harmless (base/safe) and end with LF (one is added if not).  While the
 * terminal's size settles it is kept back. */
void screen_write(struct screen *s, const char *text, size_t len);

/* Lets another program have the terminal (after screen_hide()): nothing is painted, and output is kept
 * (HOLD_BYTES; more is counted in lines and reported), until it is taken back.  They do not nest. */
void screen_lend(struct screen *s);
void screen_take_back(struct screen *s);

/* Leaves the whole line on the screen for good and goes below it.  mark: shown after it ("^C"), or NULL for a
 * line that was accepted. */
void screen_finish(struct screen *s, const struct edited *e, const char *mark);

void screen_resized(struct screen *s);		/* SIGWINCH: silent until the size has settled */
bool screen_settling(const struct screen *s);
bool screen_takes_keys(const struct screen *s);	/* keys typed now can be shown */
void screen_forget(struct screen *s);		/* another program has written: paint afresh, from column 0 */
void screen_clear(struct screen *s);		/* ^L: the line goes to the top of an empty screen */
void screen_bell(struct screen *s);
void screen_control(struct screen *s, const char *sequence);	/* modes; nothing that moves the cursor; visual only */

#endif
