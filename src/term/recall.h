/* SPDX-License-Identifier: ISC */
/*
 * recall: struct history as libedit wants to see a history.
 */
#ifndef PTSH_TERM_RECALL_H
#define PTSH_TERM_RECALL_H

#include <histedit.h>
#include <stddef.h>

#include "term/history.h"

struct recall {
	const struct history *history;	/* borrowed */
	size_t at;			/* the current entry */
	wchar_t *text;			/* of it, owned */
	size_t room;			/* characters that fit */
};

void recall_clear(struct recall *r);

/* For el_wset(el, EL_HIST, recall_event, &recall).  The entry's text is valid until the next call. */
int recall_event(void *recall, HistEventW *event, int operation, ...);

#endif
