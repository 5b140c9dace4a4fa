/* SPDX-License-Identifier: ISC */
/*
 * alias: a line under a name of one's own, with places for arguments: {1} to {9}, {*}.
 */
#ifndef PTSH_LANG_ALIAS_H
#define PTSH_LANG_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "lang/words.h"

enum { ALIAS_ARGUMENTS = 9 };	/* {1} to {9} */

struct alias_part;

struct alias {
	char *name;
	char *line;			/* as it was typed: a request, a raw one, or a command */
	struct alias_part *parts;	/* the text between the places for arguments */
	size_t part_count;
	unsigned needed;		/* the highest N of its {N} */
	bool any;			/* {*}, or no place at all: any number of words after those */
	bool commands;			/* a command, which may fill places in the line that it runs */
};

/* Where an argument is now: text[start .. end) of the expanded line. */
struct alias_use { unsigned argument; size_t start, end; };
struct alias_uses { struct alias_use *v; size_t count, room; };

/* Checks that a name can be an alias's; *e says why not. */
bool alias_name_good(const char *name, struct error *e);

/* Splits the line into words, once.  0; or -1 with *e, and the alias is empty. */
int alias_read(struct alias *a, const char *name, const char *line, struct error *e);
void alias_clear(struct alias *a);

/* Appends the line with the arguments, words of text, in their places: a word stays one word.  A whole word that is an argument
 * stays as it is typed, so that `?`, @FILE and a,b keep their meaning.  until (1 the first) stops at the place of that argument,
 * 0: nowhere.  Where arguments have gone is added to *uses (the caller frees uses->v), which may be NULL.  0, or -1 with *e: too few
 * or too many (not with until). */
int alias_expand(const struct alias *a, const char *text, const struct word *args, size_t count, unsigned until, struct buf *out,
    struct alias_uses *uses, struct error *e);

#endif
