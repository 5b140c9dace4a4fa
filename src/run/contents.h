/* SPDX-License-Identifier: ISC */
/*
 * contents: what is in a file that a line or an option names.
 */
#ifndef PTSH_RUN_CONTENTS_H
#define PTSH_RUN_CONTENTS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/* Appends a whole file of at most max bytes.  0, or -1 with *e (STATUS_USAGE). */
int contents_read(const char *path, size_t max, struct buf *out, struct error *e);

/* The same of a file that is open; closes fd. */
int contents_take(int fd, const char *path, size_t max, struct buf *out, struct error *e);

#endif
