/* SPDX-License-Identifier: ISC */
/*
 * frame: a stream of bytes, cut into lines.
 *
 * Owns the beginning of a line that has not ended yet; refuses to know what lines mean and how long they may be:
 * the limit comes with each call.  A line that arrives whole is handed on where it stands, without a copy.
 */
#ifndef PTSH_PROTO_FRAME_H
#define PTSH_PROTO_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What has arrived and is not used yet. */
struct frame_input {
	const char *bytes;
	size_t len;
};

/* Zeroed: empty and ready. */
struct frame {
	struct buf held;	/* of a line that goes on; only if it began in an earlier input */
	bool taken;		/* held is the line handed out last: dropped at the next call */
};

enum frame_result {
	FRAME_LINE,	/* *line is a line without its LF and one CR before it; *raw bytes long with them */
	FRAME_MORE,	/* all input is used, the line goes on */
	FRAME_LONG,	/* the line is longer than limit (LF and CR not counted with it, CR with the line): *line
			 * is its first limit bytes.  Call again with a larger limit, or frame_drop() them. */
	FRAME_MEMORY,	/* no memory to hold more of the line; what is held is still there: frame_drop() it */
};

/* A line is valid until the next call or until the input goes. */
enum frame_result frame_next(struct frame *f, struct frame_input *in, size_t limit, const char **line, size_t *len,
    size_t *raw);

/* After FRAME_LONG or FRAME_MEMORY: forgets the line's first len bytes, as they were handed out (LONG) or as held
 * (MEMORY).  What follows in the input is the line's rest, for the caller to take from it himself. */
void frame_drop(struct frame *f, struct frame_input *in, size_t len);

/* Bytes held of a line that goes on. */
size_t frame_held(const struct frame *f);

void frame_clear(struct frame *f);

#endif
