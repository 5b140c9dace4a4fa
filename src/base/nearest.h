/* SPDX-License-Identifier: ISC */
/*
 * nearest: the name that a mistyped one was meant to be.
 *
 * One rule for requests, fields and options: few letters inserted, deleted, changed or swapped, or an unfinished word.
 */
#ifndef PTSH_BASE_NEAREST_H
#define PTSH_BASE_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* Picks the nearest of the names that next() gives for i = 0, 1..., until NULL; borrowed.  Upper and lower case are the same here,
 * and - and _.  NULL: none is near. */
const char *nearest_name(const char *name, size_t len, const char *(*next)(const void *from, size_t i), const void *from);

/* A letter as names are compared: in lower case, and _ for -. */
char nearest_letter(char c);

/* True if a name is the known one except for upper and lower case, and - for _. */
bool nearest_same(const char *known, const char *name, size_t len);

#endif
