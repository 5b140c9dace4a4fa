/* SPDX-License-Identifier: ISC */
/*
 * file: files that the user names, of any kind: no call here blocks where a signal could not end it.
 *
 * A FIFO without a partner, a terminal, a reader that has stopped and a file system that hangs hold up only the caller:
 * EINTR ends each wait (see loop_await).
 */
#ifndef PTSH_NET_FILE_H
#define PTSH_NET_FILE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/status.h"
#include "net/loop.h"

/* Does open(2) and fstat(2); close-on-exec, never a controlling terminal, non-blocking where that has a meaning.  A FIFO that is
 * to be written waits for its reader.  Returns the descriptor, or -1 with errno. */
int file_open(struct loop *l, const char *path, int flags, mode_t mode, struct stat *st);

/* True if the result of one read() is a line cut by the terminal, which keeps 4095 bytes of a typed one. */
bool file_line_is_cut(int fd, const char *bytes, size_t len);
#define FILE_LINE_CUT "a line of 4095 bytes or more: the terminal cuts it; put it into a file"

/* Reads to the end, at most max bytes (EFBIG; a line cut by a terminal: EMSGSIZE), and closes fd in any case.  Reads a regular
 * file in a thread.  0, or -1 with errno; what has been read is in out then, too. */
int file_read(struct loop *l, int fd, const struct stat *st, size_t max, struct buf *out);

/* The same, but blocks: for a thread, and where there is no loop yet.  fd stays open.  max: the bytes that are added to out. */
int file_slurp(int fd, size_t max, struct buf *out);

/* Sets *e from errno: "PATH: why", status STATUS_USAGE (memory has its own).  -1. */
int file_error(struct error *e, const char *path);

/* Opens, reads and closes a text file; a byte order mark at its start is dropped.  0, or -1 with *e (STATUS_USAGE). */
int file_read_text(struct loop *l, const char *path, size_t max, struct buf *out, struct error *e);

/* Does write(2), but waits until at least a byte is written; a sink's `put`, whose ctx is the loop. */
ssize_t file_put(void *loop, int fd, const void *bytes, size_t len);

/* Opens a file without a name in $TMPDIR (/tmp), for reading and writing, which no other process opens: for data too large for memory.
 * Returns the descriptor, or -1. */
int file_scratch(struct loop *l);

/* Does close(2), which reports what a network file system could not write. */
int file_close(struct loop *l, int fd);

#endif
