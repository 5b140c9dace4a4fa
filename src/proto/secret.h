/* SPDX-License-Identifier: ISC */
/*
 * secret: the secrets in requests and replies.  Knows nothing of lines and of where they are shown.
 */
#ifndef PTSH_PROTO_SECRET_H
#define PTSH_PROTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "proto/catalog.h"
#include "proto/json.h"

/* True if a member, setting or argument of that name is a secret, as far as its name says: for names that the catalogue does not
 * know.  It is enough that one of the catalogue's words for secrets is in it; capitals and - count as small letters and _. */
bool secret_is_name(const char *name, size_t len);

/* Returns where the secret begins in a text like NAME=VALUE, a=b,NAME=VALUE or {"NAME":"VALUE"}, NAME being a secret's; len: there is
 * none. */
size_t secret_in_text(const char *text, size_t len);
/* Appends a text up to the secret in it, which becomes ***: for messages that repeat the text. */
void secret_put_text(struct buf *out, const char *text, size_t len);

/* True if the text after this one is a secret: it is --NAME, NAME= or NAME:, NAME ending in a word for secrets; bare: NAME alone, too.
 * An = between them, a text of its own, does not matter: secret_is_between(). */
bool secret_is_next(const char *text, size_t len, bool bare);
bool secret_is_between(const char *text, size_t len);

/* Returns where the password begins in "USER:PASSWORD@HOST" or "SCHEME://USER:PASSWORD@HOST"; len: there is none. */
size_t secret_in_address(const char *text, size_t len);

typedef void secret_found(void *ctx, struct json secret);

/* Calls found() for each value within an argument (or the arguments after a request's name) that must not be shown. */
void secret_in_argument(const struct arg *arg, struct json v, secret_found *found, void *ctx);
void secret_in_arguments(const struct request *type, struct json_iter args, secret_found *found, void *ctx);

/* Calls found() for secrets known by their look, wherever they are: members and pairs with a secret's name, texts like
 * "password=x", private keys. */
void secret_anywhere(struct json v, secret_found *found, void *ctx);

/* The same for the arguments of a request that is not known, where a text may be the name of the one after it. */
void secret_in_unknown(struct json_iter args, secret_found *found, void *ctx);

/* True if a private key is in a value, wherever it is. */
bool secret_has_key(struct json v);

/* True if a member of a nested value is a secret in a reply to type: a request that changes the same takes a secret of that name. */
bool secret_is_in_reply(const struct request *type, struct json key);

/* True if a reply to it may have secrets, as far as the catalogue says; also for an unknown request (NULL). */
bool secret_in_replies(const struct request *type);

/* Appends a value's JSON with every secret in it as "***", or (whole) "***" alone. */
void secret_mask_value(struct buf *out, struct json v, bool whole);

/* Writes a request's JSON (with its id or without) with every secret as "***": for traces.  0, or -1 without memory: out must
 * not be shown then. */
int secret_mask_request(struct buf *out, const char *json, size_t len);

/* Writes what the box sent (a whole message, id and all; type: the request it answers, NULL if it is not known or a notification)
 * with every secret as "***": communities, keys of SNMP v3, private keys, secrets in settings.  Text that is not JSON, and the
 * beginning of a large reply, ends there before the first name of a secret.  0, or -1 as above. */
int secret_mask_reply(struct buf *out, const struct request *type, const char *json, size_t len);

#endif
