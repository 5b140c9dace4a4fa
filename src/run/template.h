/* SPDX-License-Identifier: ISC */
/*
 * template: a line with places for a row's cells: {column}, {1}.
 */
#ifndef PTSH_RUN_TEMPLATE_H
#define PTSH_RUN_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "proto/json.h"

/* Appends text with every {N} (1 the first) and {NAME} (one of names, may be NULL) replaced by that cell, quoted so that it
 * stays one word, or the inside of the quotes it is in; in a JSON word it is the cell's JSON.  Braces around anything
 * else stay.  0; or -1 with *e (STATUS_USAGE): there is no such cell. */
int template_expand(struct buf *out, const char *text, const char *const *names, size_t name_count, const struct json *cells,
    size_t count, struct error *e);

/* The same with one cell in every place that may be one; NULL: with the place itself, as text. */
int template_fill(struct buf *out, const char *text, const struct json *cell, struct error *e);

/* Splits "A -- B" at the first -- that is a word outside quotes and brackets: the length of A without blanks, and
 * where B begins; false: there is none. */
bool template_split(const char *text, size_t *first, const char **second);

#endif
