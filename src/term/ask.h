/* SPDX-License-Identifier: ISC */
/*
 * ask: questions to the user at the terminal; everything else waits meanwhile.
 *
 * At a prompt ^C is an answer, too: none.  Elsewhere it ends ptsh, as do SIGTERM and SIGHUP.
 */
#ifndef PTSH_TERM_ASK_H
#define PTSH_TERM_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "term/shell.h"

/* text may have several lines, the last one is the question; it must be harmless (base/safe).  False: no terminal,
 * end of file, or ^C. */
bool ask_text(struct shell *sh, const char *text, char *answer, size_t size);
bool ask_yes(struct shell *sh, const char *text);

/* Without echo; appends to *out.  -1 with *e. */
int ask_secret(struct shell *sh, const char *what, struct buf *out, struct error *e);

#endif
