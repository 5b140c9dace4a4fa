/* SPDX-License-Identifier: ISC */
/*
 * frame: a stream of bytes, cut into lines.
 *
 * Owns the beginning of a line that has not ended yet; does not know what lines mean and how long they may be:
 * the limit comes with each call.  A line that arrives complete is passed on from the input, without a copy.
 */
#ifndef PTSH_PROTO_FRAME_H
#define PTSH_PROTO_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The input that is not used yet. */
struct frame_input {
	const char *bytes;
	size_t len;
};

/* Zeroed: empty and ready. */
struct frame {
	struct buf held;	/* the beginning of a line that began in an earlier input */
	bool taken;		/* held is the line returned last: dropped at the next call */
};

enum frame_result {
	FRAME_LINE,	/* *line is a line without its LF and one CR before it; *raw bytes long with them */
	FRAME_MORE,	/* all input is used, the line continues */
	FRAME_LONG,	/* the line is longer than limit (LF and CR not counted with it, CR with the line): *line
			 * is its first limit bytes.  Call again with a larger limit, or frame_drop() them. */
	FRAME_MEMORY,	/* no memory to hold more of the line; the part held is still there: frame_drop() it */
};

/* A line is valid until the next call or until the input goes. */
enum frame_result frame_next(struct frame *f, struct frame_input *in, size_t limit, const char **line, size_t *len,
    size_t *raw);

/* After FRAME_LONG or FRAME_MEMORY: forgets the line's first len bytes, as they were returned (LONG) or as held
 * (MEMORY).  The line's rest follows in the input; the caller takes it from there. */
void frame_drop(struct frame *f, struct frame_input *in, size_t len);

/* Returns the bytes held of an incomplete line. */
size_t frame_held(const struct frame *f);

void frame_clear(struct frame *f);

#endif
