/* SPDX-License-Identifier: ISC */
/*
 * trace: every message sent and received, with time and direction, secrets as "***".
 */
#ifndef PTSH_LINK_TRACE_H
#define PTSH_LINK_TRACE_H

#include <stddef.h>

#include "base/status.h"
#include "term/shell.h"

/* path "-": standard error.  0, or -1 with *e (STATUS_USAGE).  The file is created, never followed through a symbolic link,
 * mode 0600; an existing one of one's own is appended to. */
int trace_open(struct shell *sh, const char *path, struct error *e);
void trace_close(struct shell *sh);

void trace_sent(struct shell *sh, const char *text, size_t len);
/* asked: it answers a request of that type (NULL: one that is not known) which is still waited for. */
void trace_received(struct shell *sh, const char *text, size_t len, bool asked, const struct request *type);

#endif
