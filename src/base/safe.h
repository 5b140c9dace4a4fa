/* SPDX-License-Identifier: ISC */
/*
 * safe: text from a box made harmless for a terminal, visibly and without losing anything.
 *
 * What is written otherwise, and how:
 *   \n \t \r        LF, TAB, CR
 *   \x1b            the other C0 controls, and DEL
 *   \u0085 \u202e   C1 controls, bidirectional controls, zero-width and other invisible characters, line and paragraph
 *   \U000e0041      separators, annotations, tags, non-characters
 *   \xff            a byte that is not UTF-8
 * The table is explicit: the C library calls some of them printable.  Private use and unassigned characters are shown
 * as they are, and so are U+FE0E and U+FE0F, which only choose how the character before them looks.
 */
#ifndef PTSH_BASE_SAFE_H
#define PTSH_BASE_SAFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* True if a character may reach a terminal as it is.  Not LF and TAB: the caller knows where they may stand. */
bool safe_point(uint32_t point);
/* True if all of a text may; bytes that are not UTF-8 may not. */
bool safe_text(const char *text, size_t len);

/* True if a character is a blank, but not the ordinary one, TAB, LF or CR, or cannot be seen and has no place within a word. */
bool safe_blank(uint32_t point);

/* Appends text with what is unsafe escaped; backslash stays as it is.  Returns how many bytes were not UTF-8. */
size_t safe_put(struct buf *out, const char *text, size_t len);

/* The same for a message: every blank but the ordinary one is escaped, too, so that the typed text can be seen. */
size_t safe_put_message(struct buf *out, const char *text, size_t len);

/* The same for tsv: backslash as \\ too, so that every escape can be undone. */
size_t safe_put_tsv(struct buf *out, const char *text, size_t len);

/* The same for the inside of a quoted csv field on a terminal: a quote is doubled. */
size_t safe_put_csv_shown(struct buf *out, const char *text, size_t len);

/* For files and pipes: only controls (C0, DEL, C1) and what is not UTF-8 are escaped; for csv LF and TAB stay, a quote is doubled. */
size_t safe_put_tsv_file(struct buf *out, const char *text, size_t len);
size_t safe_put_csv_file(struct buf *out, const char *text, size_t len);
/* The same with backslash as \\: for a field that needs it, so that every escape can be undone.  A field has escapes if it
 * has text that looks like one. */
size_t safe_put_csv_escaped(struct buf *out, const char *text, size_t len);
bool safe_csv_needs_escapes(const char *text, size_t len);

/* Appends JSON text (validated) with DEL, C1, bidi controls and the like inside strings as \u escapes, bytes that are not
 * UTF-8 as U+FFFD (one for each cut sequence, as the Unicode standard recommends), and CR between values as a blank:
 * the same value, harmless to show.  Returns how many bytes were replaced. */
size_t safe_put_json(struct buf *out, const char *text, size_t len);

#endif
