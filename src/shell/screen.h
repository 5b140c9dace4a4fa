/*
 * screen: the terminal, owned by one place.
 *
 * Everything that is shown at a prompt goes through here: text is put above the line being edited, which is taken
 * away and painted again around it.  Without a terminal it is a plain writer.
 */
#ifndef PTSH_SHELL_SCREEN_H
#define PTSH_SHELL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* What is painted at the bottom: the prompt and the line being edited. */
struct edited {
	const wchar_t *prompt;		/* may hold newlines and ESC[...m */
	const wchar_t *text, *end;	/* the line */
	const wchar_t *cursor;
};

struct screen;

/* in, out: descriptors; both terminals and TERM not dumb: visual. */
struct screen *screen_create(int in, int out);
void screen_free(struct screen *s);
bool screen_visual(const struct screen *s);
bool screen_dumb(const struct screen *s);	/* a terminal without cursor movement */
void screen_size(struct screen *s, int *columns, int *rows);

/* Paints the edited line (now: at once; else at most 100 times a second).  Returns ms to wait before calling
 * again, or -1 if all is painted. */
int screen_paint(struct screen *s, const struct edited *e, bool now);

/* Takes the edited line away, so that whole lines can be written to `out`; it is painted again by the next
 * screen_paint().  Text must be harmless (out/sanitise) and end with LF. */
void screen_hide(struct screen *s);
void screen_write(struct screen *s, const char *text, size_t len);	/* hides, then writes */

/* Leaves the line on the screen for good, with mark behind it ("^C"), and goes below it. */
void screen_finish(struct screen *s, const struct edited *e, const char *mark);

void screen_resized(struct screen *s);		/* SIGWINCH: silent until the size has settled */
bool screen_settling(const struct screen *s);
void screen_forget(struct screen *s);		/* somebody else has written: paint afresh */
void screen_bell(struct screen *s);
void screen_flush(struct screen *s);

#endif
