/* SPDX-License-Identifier: ISC */
/*
 * known_boxes: the file in which ptsh remembers the boxes it trusts.
 *
 *	HOST:PORT sha256//BASE64 DATE [min=VERSION]	a key of that box
 *	HOST:PORT tls DATE [min=VERSION]		it has TLS, verified by an authority
 *	HOST:PORT clear DATE				it has no TLS, and the user has accepted that
 *
 * A line of a key or of TLS may have a word after the date that says how the box starts TLS: start_tls=asked, start_tls=late or
 * start_tls=unasked (enum known_start).
 *
 * Empty lines and those that begin with # are comments; unknown words after the date are kept and
 * ignored.  The file is refused if another user could have written it.  It is never changed in place: every
 * change is a new file put in the place of the old one, under a lock, with all other lines as they were.
 */
#ifndef PTSH_TLS_KNOWN_BOXES_H
#define PTSH_TLS_KNOWN_BOXES_H

#include <stddef.h>

#include "base/status.h"
#include "net/target.h"
#include "tls/pin.h"

enum known_kind { KNOWN_KEY, KNOWN_TLS, KNOWN_CLEAR };

/* How a box starts TLS.  A greater one replaces a smaller one, never the reverse: what a box has done once it may do again. */
enum known_start {
	START_UNKNOWN,
	START_ASKED,		/* when it is asked */
	START_LATE,		/* when it is asked, but not if that comes before its greeting */
	START_UNASKED,		/* of its own accord */
};

struct known_box {
	char *name;		/* host:port, see known_boxes_name() */
	enum known_kind kind;
	char pin[PIN_TEXT];	/* of a key, else "" */
	char date[16];		/* 2024-01-31 */
	unsigned min;		/* the best TLS version it was seen with: 10 .. 13; 0 unknown */
	enum known_start start;
	unsigned line;		/* in the file, from 1 */
};

struct known_boxes {
	struct known_box *items;
	size_t count;
};

/* Returns the name a box is remembered by: --known-as's (a host, with its port or 55), else the target's own; in lower case,
 * addresses in their shortest form.  The caller frees it.  NULL with *e. */
char *known_boxes_name(const struct target *target, const char *known_as, struct error *e);

/* Reads the lines of name, or all (NULL).  A missing file is an empty one.  warn(), or NULL, reports a
 * line that is not understood, which is skipped.  0; or -1 with *e (STATUS_TLS): others could have written the file, or it cannot be read. */
int known_boxes_read(struct known_boxes *k, const char *path, const char *name,
    void (*warn)(void *ctx, const char *text), void *ctx, struct error *e);
void known_boxes_clear(struct known_boxes *k);

/* Adds a line, or updates the version of an equal one; a `clear` of the same name is deleted when a
 * key or TLS comes.  `clear` for a name that is known with TLS is refused.  pin: for a key, else NULL; min: 0
 * unknown.  The folder is made if need be.  0; or -1 with *e. */
int known_boxes_add(const char *path, const char *name, enum known_kind kind, const char *pin, unsigned min,
    struct error *e);

/* Notes how the box starts TLS in those of its lines of a key or of TLS that do not say it yet.  0; or -1 with *e. */
int known_boxes_note_start(const char *path, const char *name, enum known_start start, struct error *e);

/* Removes the lines of name: all of them, or (pin not NULL) that key's.  *removed: how many.  0, or -1 with *e. */
int known_boxes_remove(const char *path, const char *name, const char *pin, size_t *removed, struct error *e);

#endif
