/* SPDX-License-Identifier: ISC */
/*
 * arrays: what a client sends, one array after the other: from bytes to a tree of cJSON's.
 *
 * Numbers are cJSON_Raw in it: as they are spelled, with every digit.  What RFC 8259 forbids although cJSON reads it is refused here.
 */
#ifndef BOX_ARRAYS_H
#define BOX_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "buf.h"

/* How much of the first array in the input has been scanned.  All zero: nothing yet. */
struct arrays {
	size_t scanned, depth;
	bool string, escape;
};

struct array {
	const char *text;	/* within the input */
	size_t len;
	const char *id;		/* the first member as it is written */
	size_t id_len;
	cJSON *tree;
};

enum arrays_result { ARRAYS_FOUND, ARRAYS_MORE, ARRAYS_BAD };

/* Reads the first array of `in`, which stays there; consumes white space before it.  BAD: *error says why. */
enum arrays_result arrays_next(struct arrays *a, struct buf *in, struct array *array, const char **error);
void array_clear(struct array *array);

/* The n-th member, or NULL. */
const cJSON *array_member(const struct array *array, int n);

/* A value as text, which the caller frees. */
char *array_print(const cJSON *v);

#endif
