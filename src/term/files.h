/* SPDX-License-Identifier: ISC */
/*
 * files: paths that begin with what was typed, for completion.
 */
#ifndef PTSH_TERM_FILES_H
#define PTSH_TERM_FILES_H

/* For struct complete_context: calls found() for every file whose path begins with `path`; a directory's ends with a slash.
 * Hidden ones only if the name typed begins with a dot.  ctx: the shell, in whose loop it waits a moment at most; NULL: no loop. */
void files_each(void *ctx, const char *path, void (*found)(void *, const char *path, const char *help), void *arg);

#endif
