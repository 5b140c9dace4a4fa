/* SPDX-License-Identifier: ISC */
/*
 * requests: bytes parsed into requests, and each handed to its answer.
 */
#ifndef BOX_REQUESTS_H
#define BOX_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>

struct box;
struct client;
struct job;

/* Answers the complete requests in c->in: all, or those of one turn; then c->more is set. */
void requests_take(struct client *c);

/* Checks a clear array that comes after the box has asked for TLS: only the client's own start_tls is allowed, sent before
 * it knew.  Keeps its id; *used: its bytes (0: incomplete).  False: anything else. */
bool requests_crossed_start_tls(struct client *c, size_t *used);

/* Sends `values` (",x,y" or "") as the answer to a job's request, if its client is still connected. */
void requests_finish(struct box *box, const struct job *job, bool ok, const char *values);

#endif
