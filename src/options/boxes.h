/* SPDX-License-Identifier: ISC */
/*
 * boxes: the boxes file ($XDG_CONFIG_HOME/ptsh/boxes): a name a line, with the options and the box that it stands for.
 */
#ifndef PTSH_OPTIONS_BOXES_H
#define PTSH_OPTIONS_BOXES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct box_line {
	char *name;
	char **words;		/* the text after the name */
	size_t count;
	unsigned number;	/* of the line it starts on, for messages */
	bool system;		/* it is in BOXES_SYSTEM */
};

struct boxes {
	struct box_line *lines;
	size_t count;
};

/* The boxes of all users of this machine. */
#define BOXES_SYSTEM "/etc/ptsh/boxes"

/* Reads own (NULL: none), and after it BOXES_SYSTEM: of two lines of one name the user's own counts. */
int boxes_read_all(struct boxes *b, const char *own, const char *home, struct error *e);

/* Reads the file; one that does not exist has no boxes.  home is put in the place of a leading ~/ of a word; NULL: there
 * is none.  0; or -1 with *e (STATUS_USAGE): cannot be read, belongs to another user or is open to others, or a line that
 * makes no sense ("PATH:LINE: ...").  Clear b in both cases. */
int boxes_read(struct boxes *b, const char *path, const char *home, struct error *e);

/* Does the same from text; path is for messages. */
int boxes_parse(struct boxes *b, const char *path, const char *text, size_t len, const char *home, struct error *e);

void boxes_clear(struct boxes *b);

/* Returns the line of that name, or NULL. */
const struct box_line *boxes_find(const struct boxes *b, const char *name);

#endif
