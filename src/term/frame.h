/* SPDX-License-Identifier: ISC */
/*
 * frame: prompt and line as rows: where each one breaks, and where the cursor is.
 *
 * A row is broken by a LF, and never filled beyond `room` columns.  A character more at the end of the line makes the frame longer
 * and changes nothing before it: so the screen can append it.
 */
#ifndef PTSH_TERM_FRAME_H
#define PTSH_TERM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include "base/buf.h"

/* What is painted at the bottom: the prompt and the line being edited.  Borrowed for the call. */
struct edited {
	const char *prompt;		/* UTF-8; may hold LF and ESC[...m, which takes no room */
	const wchar_t *text, *end;	/* the line; LF starts a row, other controls are shown as ^X or \u200b */
	const wchar_t *cursor;		/* text <= cursor <= end */
	bool echoed;			/* the line is on the screen already, its end included: there is only the prompt to paint */
};

/* A place in a frame: bytes before it, its row, its column. */
struct spot {
	size_t at;
	int row, col;
};

/* Begin with (struct frame){.bytes = {.secret = true}}: the typed text may be a password. */
struct frame {
	struct buf bytes;		/* UTF-8, harmless; LF between rows; ESC[...m of the prompt stay in it */
	struct spot text, cursor, end;	/* the beginning of the line, the cursor, and the end of the last character */
	int room;			/* columns of a row that are used */
};

/* Draws anew; bytes.failed without memory. */
void frame_draw(struct frame *f, const struct edited *e, int room);

/* Appends text (printable ASCII) at the end. */
void frame_append(struct frame *f, const char *text);

/* Returns where both frames begin to differ, if that is after the prompt; never before a character that takes no room of its own. */
bool frame_differs(const struct frame *a, const struct frame *b, struct spot *spot);

/* Columns of a row; 0 <= row <= end.row. */
int frame_width(const struct frame *f, int row);

/* The length of an ESC[...m that text begins with, or 0. */
size_t frame_sgr(const char *text, size_t len);

#endif
