/* SPDX-License-Identifier: ISC */
/*
 * complete: what may come next at a place in a line, found by the walk that also executes it.
 */
#ifndef PTSH_LANG_COMPLETE_H
#define PTSH_LANG_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/line.h"
#include "proto/catalog.h"

struct candidate {
	char *text;	/* the word, quoted as it must be typed */
	char *help;	/* one line, or NULL; may be the box's text: make it harmless before it is shown */
};

/* What may be at a place after a command. */
enum command_place {
	PLACE_WORD,	/* a word: what found() was called for, or anything */
	PLACE_FILE,	/* the same, or a file's name */
	PLACE_LINE,	/* a line of its own begins here, a request */
	PLACE_WHOLE,	/* the same, or a command */
};

/* What the walk cannot know: names on the box, files, commands and their arguments.  Each may be NULL: there are none. */
struct complete_context {
	/* Calls found() for every gid of a kind with its name; silent when nothing is known (yet). */
	void (*gids)(void *ctx, enum gid_kind kind, void (*found)(void *, const char *gid, const char *name), void *arg);
	/* Calls found() for every command (name with its dot) and its help. */
	void (*commands)(void *ctx, void (*found)(void *, const char *name, const char *help), void *arg);
	/* What a command's word number `index` (1: the first after the command) may be; calls found() for each value.
	 * words: the `count` words before the cursor, words[0] the command with its dot; index <= count. */
	enum command_place (*command_word)(void *ctx, char *const *words, size_t count, size_t index,
	    void (*found)(void *, const char *text, const char *help), void *arg);
	/* Calls found() for the {places} that a line may have which a command runs later.  rest: the text typed after words[0]. */
	void (*command_places)(void *ctx, char *const *words, size_t count, const char *rest,
	    void (*found)(void *, const char *place, const char *help), void *arg);
	/* For struct line_context; and calls found() for every alias and its line. */
	const struct alias *(*find_alias)(void *ctx, const char *name, size_t len);
	void (*aliases)(void *ctx, void (*found)(void *, const char *name, const char *line), void *arg);
	/* A command's usage and help, for `?`; nothing if there is no such command. */
	void (*command_usage)(void *ctx, const char *command, struct buf *usage);
	void *ctx;
	/* Calls found() for every file whose path begins with `path` (as a shell completes: "dir/fi" finds "dir/file"); a
	 * directory's ends with a slash. */
	void (*files)(void *ctx, const char *path, void (*found)(void *, const char *path, const char *help), void *arg);
};

struct completion {
	size_t start;			/* candidates replace text[start .. cursor) */
	struct candidate *candidates;	/* sorted; what each of them means begins with what the typed text means */
	size_t count;
	bool files;			/* the place takes a file's name: candidates are paths */
	char *explain;			/* what may come here, for `?`: "realm: gid or name, required" */
	char *append;			/* appended to a unique candidate: " " or "" */
};

/* Completes text at its end (the cursor).  0, or -1 without memory. */
int complete(struct completion *c, const char *text, size_t len, const struct complete_context *context);
void completion_clear(struct completion *c);

/* Returns the bytes that all candidates begin with.  Where one of them needs quotes all have them, so that the text there
 * means no less than the typed text. */
size_t completion_common(const struct completion *c);

#endif
