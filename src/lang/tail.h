/* SPDX-License-Identifier: ISC */
/*
 * tail: what may follow a request or a command: `&`, and redirections.  Internal to lang/.
 */
#ifndef PTSH_LANG_TAIL_H
#define PTSH_LANG_TAIL_H

#include "lang/parse.h"

enum tail {
	TAIL_WORD,	/* the word is one of the request */
	TAIL_END,	/* the line was read to its end */
	TAIL_FAILED,	/* the error is set */
};

/* Reads the tail that begins with the word w, into p->line; pos is after it. */
enum tail tail_take(struct parse *p, const struct word *w, size_t pos);

/* True if a word begins the tail. */
bool tail_begins(const struct parse *p, const struct word *w);

/* Returns text[start..end) without the blanks around it; the caller's.  NULL: no memory. */
char *tail_trimmed(const char *text, size_t start, size_t end);

#endif
