/* SPDX-License-Identifier: ISC */
/*
 * width: columns that text takes on a terminal, by Unicode, not by the C library.
 */
#ifndef PTSH_BASE_WIDTH_H
#define PTSH_BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0 for combining and other zero-width, 1, or 2 (East Asian wide and full-width, emoji); controls count as 0. */
int width_point(uint32_t point);

/* Returns the columns of harmless UTF-8 text (base/safe). */
size_t width_text(const char *text, size_t len);

#endif
