/* SPDX-License-Identifier: ISC */
/*
 * reason: what a refusal says, in words for a message.
 */
#ifndef PTSH_PROTO_REASON_H
#define PTSH_PROTO_REASON_H

#include "base/buf.h"
#include "proto/catalog.h"
#include "proto/json.h"

/* Appends the words of a refusal: the box's message (`without` if it has none) and, in brackets, the values after it, except
 * nulls.  type is what was refused, or NULL.  Secrets in it become ***: the box may repeat what it was sent.  It is the box's text,
 * to be made harmless. */
void reason_put(struct buf *out, const struct request *type, struct json_iter values, const char *without);

#endif
