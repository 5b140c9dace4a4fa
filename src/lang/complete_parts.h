/* SPDX-License-Identifier: ISC */
/*
 * complete_parts: what the two halves of complete share: complete.c finds what kind of line it is, complete_request.c knows the
 * arguments of a request.
 */
#ifndef PTSH_LANG_COMPLETE_PARTS_H
#define PTSH_LANG_COMPLETE_PARTS_H

#include "lang/offer.h"
#include "lang/words.h"

/* A line being completed, or the part of it that is a line of its own. */
struct completing {
	struct offer offer;
	const char *text;
	size_t len;
	const struct complete_context *context;

	struct word *words;		/* those before the place */
	size_t count, cap;
	struct word typed;		/* the text at the place: words may be open, or empty */
	bool over;			/* a comment has begun before the place */
	bool expanded;			/* out of an alias: its first word is no alias */
	bool within;			/* it is a line that a command runs: no command can be there */
};

/* Offers what may come at the typed word of a request; c->words[0] is its name. */
void complete_arguments(struct completing *c, const struct request *type);

/* Offers the files whose path begins with text[start ..). */
void complete_files(struct completing *c, size_t start);

/* For the calls of struct complete_context; arg: the offer. */
void complete_found(void *arg, const char *text, const char *help);

#endif
