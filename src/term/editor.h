/* SPDX-License-Identifier: ISC */
/*
 * editor: a text in $VISUAL, $EDITOR, else vi.
 */
#ifndef PTSH_TERM_EDITOR_H
#define PTSH_TERM_EDITOR_H

#include "base/buf.h"
#include "base/status.h"
#include "net/loop.h"
#include "term/prompt.h"

enum editor_end {
	EDITOR_CHANGED,
	EDITOR_UNCHANGED,	/* or empty, or the editor has failed or was ended: nothing is to be run */
	EDITOR_HASTY,		/* unchanged in less than a second: perhaps it does not wait */
	EDITOR_FAILED,		/* *e */
};

/* Lends the terminal to the editor with text, and appends the edited text to out, without the last line's end.  The file is
 * private (0600, in a folder 0700) and deleted at the end, with all files that the editor has made beside it. */
enum editor_end editor_run(struct loop *l, struct prompt *p, const char *text, struct buf *out, struct error *e);

#endif
