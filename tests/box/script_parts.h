/* SPDX-License-Identifier: ISC */
/*
 * script_parts: what the files of the scripted box share.
 */
#ifndef BOX_SCRIPT_PARTS_H
#define BOX_SCRIPT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "peer.h"

enum { REPEAT_DEPTH = 8 };

struct script;

/* What a step does, and how --help describes it. */
struct step_kind {
	const char *name, *arguments, *help;
	void (*run)(struct script *s, const char *text);
	bool alone;			/* needs no connection */
};

struct step {
	const struct step_kind *kind;
	char *text;
	unsigned line;
	size_t other;			/* repeat: its end; end: its repeat */
};

struct script {
	const char *path;
	ITEMS(struct step) steps;
	size_t at;			/* the step that runs */
	struct peer peer;
	unsigned char nonce[NONCE_LEN];
	ITEMS(char *) ids;		/* of the arrays of this connection, in order */
	ITEMS(bool) answered;
	unsigned long left[REPEAT_DEPTH];
	unsigned depth;
	uint64_t random;
	FILE *forward;			/* the box that this one forwards to, or NULL */
	bool ended;			/* the connection was closed by a step */
	bool skip;			/* to the next connection */
};

/* All steps; ends with name NULL. */
extern const struct step_kind step_kinds[];

/* Two that the parser knows, to match them. */
void step_repeat(struct script *s, const char *text);
void step_end(struct script *s, const char *text);

/* Two that end a connection without a step. */
void step_next(struct script *s, const char *text);
void step_drain(struct script *s, const char *text);

/* Forgets the arrays of a connection that has ended. */
void steps_forget(struct script *s);

/* Waits for a connection, if there is none yet. */
void steps_connect(struct script *s, const char *step);

/* Prints what differs from the script, and ends the box with status 9. */
_Noreturn void script_unexpected(struct script *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends TEXT with ids inserted, and C's escapes decoded if asked. */
void script_expand(struct script *s, struct buf *out, const char *text, bool escapes);

/* Returns the number that text begins with; *rest is what follows it and blanks. */
unsigned long script_count(struct script *s, const char *text, const char **rest);

#endif
