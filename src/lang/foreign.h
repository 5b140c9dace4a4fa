/* SPDX-License-Identifier: ISC */
/*
 * foreign: syntax of other shells, typed by habit.  Internal to lang/.
 */
#ifndef PTSH_LANG_FOREIGN_H
#define PTSH_LANG_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/words.h"

enum { FOREIGN_TEXT = 160 };

/* True if a word is, begins or ends with syntax that only other shells have, or has a blank that separates nothing here: then what
 * to do is in why (never the word itself), and its place in *at. */
bool foreign_word(const char *text, const struct word *w, char why[static FOREIGN_TEXT], size_t *at);

/* The same for a word that is no text but a name, a gid, a number, an address: nothing that cannot be seen has a place there. */
bool foreign_hidden(const char *text, const struct word *w, char why[static FOREIGN_TEXT], size_t *at);

/* Returns what ptsh has for a command of psql or vi ("\\q", ":q"), which is all of word[0..len); NULL: no such command.  A backslash
 * and a letter that are no command of theirs have the list of commands. */
const char *foreign_command(const char *word, size_t len);

#endif
