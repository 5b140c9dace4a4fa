/* SPDX-License-Identifier: ISC */
/*
 * raw: a request typed as the JSON array that is sent.  Internal to lang/.
 */
#ifndef PTSH_LANG_RAW_H
#define PTSH_LANG_RAW_H

#include "lang/parse.h"

/* Reads a line that begins with the array `first`; pos is after it.  0, or -1 with the error set. */
int raw_parse(struct parse *p, const struct word *first, size_t pos);

#endif
