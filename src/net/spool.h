/* SPDX-License-Identifier: ISC */
/*
 * spool: lines that wait for their turn, first in, first out, in little memory however many they are.
 *
 * Holds SPOOL_HELD bytes; what is more goes into a file that the owner opens, without a name, for itself only.  Where there is
 * none (or the disk is full), the lines stay in memory.
 */
#ifndef PTSH_NET_SPOOL_H
#define PTSH_NET_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

enum { SPOOL_HELD = 1024 * 1024 };

struct spool {
	int (*open)(void *ctx);		/* the file, for reading and writing; -1: none */
	void *ctx;
	int fd;				/* -1: none, or not yet */
	bool whole;			/* all stays in memory: no file could be opened or written */
	off_t written, taken;		/* of the file */
	struct buf head, tail;		/* before the lines in the file, and after them */
};

/* open NULL: never a file. */
void spool_init(struct spool *s, int (*open)(void *ctx), void *ctx);
void spool_clear(struct spool *s);

/* Appends a line, which has no LF.  0, or -1 without memory. */
int spool_put(struct spool *s, const char *line, size_t len);

/* Takes the next line, valid until the next call.  Returns 1; 0: there is none; -1 with errno: the file cannot be read. */
int spool_take(struct spool *s, const char **line, size_t *len);

/* Returns how many bytes are in memory, for tests. */
size_t spool_held(const struct spool *s);

#endif
