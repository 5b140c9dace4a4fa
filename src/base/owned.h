/* SPDX-License-Identifier: ISC */
/*
 * owned: whether others could have written a file that is obeyed.
 */
#ifndef PTSH_BASE_OWNED_H
#define PTSH_BASE_OWNED_H

#include "base/status.h"

/* For files whose lines decide where ptsh connects, which keys it trusts and which commands it runs.  fd: the file opened; path:
 * as it was opened.  Returns 0; or -1 with *e (of that status): it is no regular file, or another user owns it or can write it,
 * or owns or can write its folder, or, where path is a symbolic link, the folder of that. */
int owned_check(int fd, const char *path, enum status status, struct error *e);

#endif
