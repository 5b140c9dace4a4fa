/* SPDX-License-Identifier: ISC */
/*
 * known_file: a small private file that others must not be able to write, read and replaced whole.
 */
#ifndef PTSH_TLS_KNOWN_FILE_H
#define PTSH_TLS_KNOWN_FILE_H

#include "base/buf.h"
#include "base/status.h"

enum { KNOWN_FILE_MAX = 64 * 1024 * 1024, KNOWN_FILE_PATIENCE_MS = 5000 };

/* Appends the content; a missing file has none.  0; or -1 with *e (STATUS_TLS): a symbolic link, not a file, of another
 * user, writable by others (or its folder is), too large, or not readable. */
int known_file_read(const char *path, struct buf *content, struct error *e);

struct known_file {
	const char *path;	/* borrowed */
	int fd;			/* the file, locked */
	struct buf content;
};

/* Makes folder and file if need be, locks the file against others who change it (waits KNOWN_FILE_PATIENCE_MS for
 * them), checks and reads it.  0, or -1 with *e. */
int known_file_open(struct known_file *f, const char *path, struct error *e);

/* Replaces the old file by a new one: at any moment the one or the other is there, complete.  0, or -1 with *e and the
 * old one unchanged. */
int known_file_replace(struct known_file *f, const char *text, size_t len, struct error *e);

void known_file_close(struct known_file *f);

#endif
