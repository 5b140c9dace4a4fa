/* SPDX-License-Identifier: ISC */
/*
 * marks: marks between prompts and results, and the notice of a long job's end, for terminals that know them.
 */
#ifndef PTSH_TERM_MARKS_H
#define PTSH_TERM_MARKS_H

#include <stdbool.h>

#include "term/screen.h"

/* True if the terminal says, in the environment, that it knows these sequences (OSC 133 and OSC 9). */
bool marks_known(void);

/* Mark that a prompt begins; that its command begins; that it has ended, with this status. */
void marks_prompt(struct screen *s);
void marks_results(struct screen *s);
void marks_end(struct screen *s, int status);

/* A notice of the desktop's: a long job has ended.  text may hold anything. */
void marks_notice(struct screen *s, const char *text);

#endif
