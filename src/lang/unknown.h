/* SPDX-License-Identifier: ISC */
/*
 * unknown: requests that the catalogue does not have: mistyped, of another shell, or of a newer box.  Internal to lang/.
 */
#ifndef PTSH_LANG_UNKNOWN_H
#define PTSH_LANG_UNKNOWN_H

#include "lang/parse.h"

/* Each returns 0, or -1 with the error set. */

/* Checks the name in p->scratch, typed as w.  Does not repeat an impossible name: it may have arguments, and so a secret. */
int unknown_check_name(struct parse *p, const struct word *w);

/* Sets the type of a request whose name, in p->scratch, is not in the catalogue: the one that was meant, or none with a note.
 * pos is after the name. */
int unknown_type(struct parse *p, const struct word *w, size_t pos);

/* Appends the words of such a request: JSON where they are valid JSON, else text; asks for secrets that are `?`.  What is a secret:
 * NAME=VALUE, --NAME VALUE, NAME VALUE. */
int unknown_put_words(struct parse *p);

#endif
