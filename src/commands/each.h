/* SPDX-License-Identifier: ISC */
/*
 * each: `.each LINE -- LINE2`: LINE2 for every row of LINE's result.
 */
#ifndef PTSH_COMMANDS_EACH_H
#define PTSH_COMMANDS_EACH_H

#include "run/command.h"

enum command_result each_run(struct shell *sh, struct task *t, enum status *status);
int each_check(struct shell *sh, const char *rest, struct error *e);

/* Splits "A -- B" at the first -- that stands alone outside quotes and brackets: the length of A without blanks, and
 * where B begins; false: there is none. */
bool each_split(const char *text, size_t *first, const char **second);

#endif
