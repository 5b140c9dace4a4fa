/*
 * sink: where output goes: a descriptor with a buffer, whose failures are not lost.
 */
#ifndef PTSH_OUT_SINK_H
#define PTSH_OUT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/buf.h"

enum { SINK_BUFFER = 64 * 1024 };

struct sink {
	int fd;			/* -1: memory only, read `buf` */
	struct buf buf;		/* not yet written */
	int error;		/* errno of the first failed write, kept; nothing is written after it */
	bool terminal;		/* isatty(fd) */
	uint64_t written;
};

void sink_init(struct sink *s, int fd);
void sink_put(struct sink *s, const void *bytes, size_t len);	/* flushes by itself when the buffer is full */
void sink_puts(struct sink *s, const char *text);
void sink_putc(struct sink *s, char c);
void sink_printf(struct sink *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes all that is buffered; EINTR is retried unless a caught signal asked to stop (see `stop`).  0, or -1. */
int sink_flush(struct sink *s);
void sink_clear(struct sink *s);

#endif
