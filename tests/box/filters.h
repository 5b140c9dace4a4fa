/* SPDX-License-Identifier: ISC */
/*
 * filters: whether a cell passes a filter, in each of the ways that boxes may have.
 */
#ifndef BOX_FILTERS_H
#define BOX_FILTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

/* True if the pattern matches the whole text (bytes, not terminated). */
bool filter_matches(enum filter_style style, const char *text, size_t len, const char *pattern);

#endif
