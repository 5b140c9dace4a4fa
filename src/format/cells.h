/* SPDX-License-Identifier: ISC */
/*
 * cells: from a JSON value to the text of a cell.
 */
#ifndef PTSH_FORMAT_CELLS_H
#define PTSH_FORMAT_CELLS_H

#include "base/mac.h"
#include "format/front.h"

/* Appends the text of any value: a string's characters (not harmless yet), nothing for null, compact JSON for a
 * nested value (harmless for a terminal if it is shown there). */
void cell_text(struct buf *out, struct json v, const struct request *type, bool shown);

/* Appends text to a sink through one of base/safe's functions, in pieces. */
void cell_put(struct sink *s, const char *text, size_t len, size_t (*how)(struct buf *, const char *, size_t));

/* The same of JSON: harmless on a terminal, elsewhere as it is. */
void cell_put_json(struct sink *s, const char *text, size_t len);

/* Appends the words for a value of a unit, and returns true; or false: it has none. */
bool cell_words(struct buf *out, struct json v, const struct heading *heading, bool utc);

/* True if there may be words for a string of that many plain characters (base/scan), or a number (len 0). */
static inline bool cell_may_have_words(const struct heading *heading, size_t len)
{
	if (heading->values != NULL)
		return true;
	switch (heading->unit) {
	case UNIT_NONE:
	case UNIT_GID:
		return false;
	case UNIT_MAC:
		return len == MAC_OCTETS;
	case UNIT_ADDRESS:
		return len == 4 || len == 16;
	default:
		return true;
	}
}

/* When an event came, as the first field of its line: RFC 3339 with offset. */
void cell_event_time(struct output *o, time_t when);

#endif
