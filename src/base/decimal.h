/* SPDX-License-Identifier: ISC */
/*
 * decimal: seconds and counts as users write them.
 */
#ifndef PTSH_BASE_DECIMAL_H
#define PTSH_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* Reads "30", "2.5", ".5": no sign, no exponent, no blank, whatever the locale is.  False: text is not that.  Whether it is too large is
 * the caller's question: infinity is. */
bool decimal_read(const char *text, size_t len, double *value);

#endif
