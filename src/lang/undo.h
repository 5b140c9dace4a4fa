/*
 * undo: what a change will change, and the request that takes it back, from the state read before it.
 *
 * Pure: texts in, texts out.  Which request reads what a modifier changes is the catalogue's (`reader`).
 */
#ifndef PTSH_LANG_UNDO_H
#define PTSH_LANG_UNDO_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/buf.h"
#include "proto/catalog.h"
#include "proto/json.h"

/* Whether changes by this request can be shown and taken back at all. */
bool undo_possible(const struct request *type);

/* Appends the request (["type",args...]) that reads the state that `json`, a request of that type, will change.
 * 0; or -1: this one cannot be told (nothing is appended). */
int undo_reader(struct buf *out, const struct request *type, const char *json, size_t len);

struct undo {
	struct buf changes;	/* lines "NAME: BEFORE -> AFTER", LF behind each; secrets as ***; empty: nothing changes */
	struct buf line;	/* the line that takes it back, as a user would type it, secrets shown as ?; empty: there is none */
	struct buf json;	/* the same as a request, complete; secret */
};

/* rows: the values of the reader's reply (behind the status).  0; or -1: cannot be told, or no memory. */
int undo_make(struct undo *u, const struct request *type, const char *json, size_t len, struct json_iter rows);
void undo_clear(struct undo *u);

#endif
