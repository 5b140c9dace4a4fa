/* SPDX-License-Identifier: ISC */
/*
 * known_line: one line of the file of known boxes: read, compared with a name, written again.
 */
#ifndef PTSH_TLS_KNOWN_LINE_H
#define PTSH_TLS_KNOWN_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "tls/known_boxes.h"

/* A part of the file's text. */
struct known_text {
	const char *text;
	size_t len;
};

struct known_line {
	enum { LINE_NOTHING, LINE_BAD, LINE_BOX } what;
	struct known_text name;		/* borrowed from the line */
	struct known_box box;		/* except its name and line */
};

/* Takes the next line, without LF, off the text.  False: no more lines. */
bool known_line_next(const char **text, size_t *left, struct known_text *line);

struct known_line known_line_parse(struct known_text whole);

/* True if a line of a box has this name (known_boxes_name()). */
bool known_line_is_of(const struct known_line *line, const char *name);

/* Appends a new line, of today. */
void known_line_put(struct buf *out, const char *name, enum known_kind kind, const char *pin, unsigned min);
/* Appends the line with another version (0: the same), another start (START_UNKNOWN: the same); every other word as it was. */
void known_line_put_changed(struct buf *out, struct known_text text, unsigned min, enum known_start start);
void known_line_put_same(struct buf *out, struct known_text text);

#endif
