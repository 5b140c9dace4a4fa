/* SPDX-License-Identifier: ISC */
/*
 * tree: values as trees of cJSON's, from which nothing is lost: numbers keep every digit, strings every byte.
 *
 * Made of text that has been validated, never by cJSON's reader: numbers and strings with escapes are cJSON_Raw, as they are spelled.
 * An object with a name that no C string can hold is cJSON_Raw as a whole.  The memory of a tree is wiped when it is freed:
 * it has secrets.  A function that makes one gives NULL without memory.
 */
#ifndef PTSH_UNDO_TREE_H
#define PTSH_UNDO_TREE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "proto/json.h"

/* Has cJSON wipe the memory it frees; call it first. */
void tree_init(void);

cJSON *tree_read(struct json v);
cJSON *tree_copy(const cJSON *v);

/* Adds item, which it takes, to an array, or under a name to an object.  -1: one of them is NULL, or there is no memory; item is
 * freed. */
int tree_add(cJSON *list, cJSON *item);
int tree_add_member(cJSON *object, const char *name, cJSON *item);

/* Returns an array of two items, which it takes. */
cJSON *tree_pair(cJSON *one, cJSON *other);

/* Appends it as JSON.  NULL: nothing is. */
void tree_print(const cJSON *v, struct buf *out);

/* Appends the text of a scalar: a string's text, a number as it is spelled.  NULL and null: null. */
void tree_text(const cJSON *v, struct buf *out);

bool tree_is_string(const cJSON *v);
bool tree_is_number(const cJSON *v);
bool tree_is_scalar(const cJSON *v);	/* a string, number, true or false */
bool tree_is(const cJSON *v, const char *text);		/* true if it is that string */

/* True if they are equal, as cJSON compares; types are soft: a number equals a string of the same spelling.  -1 without memory. */
int tree_same(const cJSON *a, const cJSON *b);

#endif
