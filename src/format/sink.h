/* SPDX-License-Identifier: ISC */
/*
 * sink: an output descriptor with a buffer, whose errors are not lost.
 *
 * Knows nothing of what is written.  SIGPIPE is the holder's to ignore: a closed pipe is then `error` EPIPE.
 */
#ifndef PTSH_FORMAT_SINK_H
#define PTSH_FORMAT_SINK_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

enum { SINK_BUFFER = 64 * 1024 };

struct sink {
	int fd;			/* -1: memory only, read `buf` */
	struct buf buf;		/* not yet written */
	int error;		/* errno of the first failed write, kept; nothing is written after it */
	bool terminal;		/* isatty(fd) */
	uint64_t written;	/* bytes that reached the descriptor */
	/* Writes instead of write(2), with the same result; NULL: write(2). */
	ssize_t (*put)(void *ctx, int fd, const void *bytes, size_t len);
	/* A write that a signal interrupts is tried again unless *stop is set by then: `error` is EINTR.  NULL: always. */
	const volatile sig_atomic_t *stop;
	/* Called before a write that may block, and after it (begins false): signals come through meanwhile.  NULL: nothing. */
	void (*blocks)(void *ctx, bool begins);
	void *ctx;
};

void sink_init(struct sink *s, int fd);
void sink_put(struct sink *s, const void *bytes, size_t len);	/* flushes by itself when the buffer is full */
void sink_puts(struct sink *s, const char *text);
void sink_putc(struct sink *s, char c);
void sink_printf(struct sink *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes all that is buffered.  0, or -1 with s->error set (now or earlier). */
int sink_flush(struct sink *s);
void sink_clear(struct sink *s);	/* gives the memory back; the descriptor stays open */

/* For callers that write in place.  sink_room() gives room for len bytes (at most SINK_BUFFER / 2) after those
 * buffered, or NULL (s->error is set); sink_wrote() says how many were used. */
char *sink_room_slow(struct sink *s, size_t len);

static inline char *sink_room(struct sink *s, size_t len)
{
	size_t used = s->buf.off + s->buf.len;

	if (s->error == 0 && s->buf.cap - used >= len && s->buf.cap != 0)
		return s->buf.data + used;
	return sink_room_slow(s, len);
}

static inline void sink_wrote(struct sink *s, size_t len)
{
	s->buf.len += len;
}

/* After something has appended to s->buf by itself: flushes it if it is full, and notes what failed. */
void sink_settle(struct sink *s);

#endif
