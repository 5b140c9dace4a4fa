/* SPDX-License-Identifier: ISC */
/*
 * table: the parts that the files of options share.
 */
#ifndef PTSH_OPTIONS_TABLE_H
#define PTSH_OPTIONS_TABLE_H

#include "options/options.h"

/* Notes where a row's argument (NULL where it has none) came from, and reads it.  0, or -1 with *e, which ends all. */
int option_apply(struct options *o, const struct option_row *row, const char *value, enum origin from, struct error *e);

/* Appends what --help says of an option: the words there are to choose from, and what its row says. */
void option_describe(const struct option_row *row, struct buf *out);

/* Appends the words that an option of OPTION_CHOICE or OPTION_FORMAT takes: "auto, always or never". */
void option_choices(const struct option_row *row, struct buf *out);

/* --- read.c --- */

enum { OPTION_SHOWN = 80 };	/* bytes of a typed word in a message */

/* Makes a word that the user typed one harmless line for a message, of OPTION_SHOWN bytes and "..." at most; returns out. */
const char *option_shown(char out[static OPTION_SHOWN + 8], const char *text);

/* Replaces *text by a copy of value.  0, or -1 with *e: no memory. */
int option_put(char **text, const char *value, struct error *e);

/* Reads an argument into its field by the row's kind (NULL where it has none).  0, or -1 with *e. */
int option_read(struct options *o, const struct option_row *row, const char *value, struct error *e);
/* Reads a number from 0 to INT_MAX.  0, or -1 with *e. */
int option_read_number(unsigned *out, const struct option_row *row, const char *value, struct error *e);
/* Reads the digits that text begins with, and moves on.  False: none, or more than max. */
bool option_read_digits(const char **text, uintmax_t max, uintmax_t *out);
/* Sets *e: "--NAME takes WANTED, not VALUE".  -1. */
int option_refuse(const struct option_row *row, const char *wanted, const char *value, struct error *e);

/* --- words.c --- */

/* One option as it was given. */
struct given {
	const struct option_row *row;
	char *value;		/* owned; NULL: no argument */
};

/* Words taken apart: options, and the box among them. */
struct words {
	struct given *given;
	size_t count;
	const char *box;	/* borrowed; NULL: none */
};

/* Appends to w the options of the words.  0; or -1 with *e, and w has those before the mistake.  given_free() it in
 * both cases. */
int given_read(struct words *w, char *const *words, size_t count, struct error *e);
void given_free(struct given *given, size_t count);

/* --- options.c --- */

#define DEFAULT_BOX "/tmp/.tawny/.tawnyd"

/* Fills an empty o (but for no_rc and given) for a box from all layers; text NULL: the one that is configured.  first:
 * the command line's box, so that all of the line applies. */
int options_put_together(struct options *o, const char *text, enum origin from, bool first, struct error *e);

#endif
