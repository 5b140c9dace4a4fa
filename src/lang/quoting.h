/* SPDX-License-Identifier: ISC */
/*
 * quoting: which quotes are open at a place in a line, and how other text must be written there.
 */
#ifndef PTSH_LANG_QUOTING_H
#define PTSH_LANG_QUOTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "proto/json.h"

/* Where in a line a scan is: what quoting the next character has.  Zeroed at the line's beginning. */
struct quoting { char quote; bool escaped; unsigned depth; };

/* Takes one character. */
void quoting_step(struct quoting *s, char c);

/* Appends the text of a value, so that it stays one word or the inside of the quotes it is in; in a JSON word its JSON.  alone: the
 * place is a word of its own.  Null is no text: '' as a word, of which the argument makes its null if it has one. */
void quoting_put(struct buf *out, const struct quoting *s, struct json value, bool alone);

/* Appends text as a word in quotes. */
void quoting_put_text(struct buf *out, const char *text, size_t len);

#endif
