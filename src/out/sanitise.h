/*
 * sanitise: text from a box made harmless for a terminal, visibly and without losing anything.
 *
 * C0, DEL and C1 controls, bidirectional controls, invisible and zero-width characters, tags, line and paragraph
 * separators, non-characters and bytes that are not UTF-8 are written as \x1b, \u202e, \U000e0041, \xff.  The table is explicit: the
 * C library calls some of them printable.
 */
#ifndef PTSH_OUT_SANITISE_H
#define PTSH_OUT_SANITISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/buf.h"

/* Whether a character may reach a terminal as it is.  Not LF and TAB: where those may stand, the caller knows. */
bool sanitise_safe(uint32_t point);

/* Appends text with what is unsafe escaped; backslash stays as it is.  Returns how many bytes were not UTF-8. */
size_t sanitise(struct buf *out, const char *text, size_t len);

/* The same for tsv: also backslash, TAB, LF and CR as \\ \t \n \r. */
size_t sanitise_tsv(struct buf *out, const char *text, size_t len);

/* Appends JSON text (validated) with C1, DEL, bidi controls and the like inside strings as \u escapes and bytes that are
 * not UTF-8 as U+FFFD: the same value, harmless to show.  Returns how many bytes were replaced. */
size_t sanitise_json(struct buf *out, const char *text, size_t len);

#endif
