/* SPDX-License-Identifier: ISC */
/*
 * requests: from bytes to requests, and to what answers them.
 */
#ifndef BOX_REQUESTS_H
#define BOX_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>

struct box;
struct client;
struct job;

/* Answers the complete requests in c->in: all, or as many as are enough for a turn; then c->more is set. */
void requests_take(struct client *c);

/* The box has asked for TLS, yet a clear array comes: right only if it is the client's start_tls, sent before
 * it knew.  Keeps its id; *used: its bytes (0: not complete yet).  False: it is something else. */
bool requests_crossed_start_tls(struct client *c, size_t *used);

/* Sends `values` (",x,y" or "") as the answer to a job's request, if its client is still there. */
void requests_finish(struct box *box, const struct job *job, bool ok, const char *values);

#endif
