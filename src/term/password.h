/* SPDX-License-Identifier: ISC */
/*
 * password: where the password comes from, and the memory it is kept in until the login.
 *
 * The memory is locked and not dumped where the system permits; it is wiped by password_forget().
 */
#ifndef PTSH_TERM_PASSWORD_H
#define PTSH_TERM_PASSWORD_H

#include <stdbool.h>

#include "base/status.h"
#include "net/loop.h"
#include "options/options.h"

enum { PASSWORD_MAX = 4096 };	/* bytes, its NUL included */

struct password;

/* Takes $PTSH_PASSWORD out of the environment (its bytes in the environment block are wiped) and makes the process
 * undumpable.  Call first thing.  NULL without memory. */
struct password *password_create(void);
void password_free(struct password *p);

/* Sets the loop in which a password file is waited for; NULL (the default): none. */
void password_use_loop(struct loop *l);

/* True if there is a source other than the user: a file, a command, the environment. */
bool password_configured(const struct password *p, const struct options *o);

/* Gets the password: from --password-command, --password-file, $PTSH_PASSWORD, or asked for on the terminal
 * with `prompt` (only if may_ask).  Returns text in guarded memory, valid until password_forget(); NULL with *e:
 * STATUS_USAGE, or errno EINTR in `interrupted`.  again: an earlier one was wrong, ask. */
const char *password_get(struct password *p, const struct options *o, const char *prompt, bool may_ask, bool again,
    bool *interrupted, struct error *e);

/* The passphrase of --key, in the same way: from --key-passphrase-command, or asked for. */
const char *password_get_passphrase(struct password *p, const struct options *o, const char *prompt, bool may_ask,
    bool *interrupted, struct error *e);

/* Wipes what password_get() returned; a later password_get() reads its source again ($PTSH_PASSWORD is kept, guarded, for that). */
void password_forget(struct password *p);

/* Wipes what is kept of $PTSH_PASSWORD, too, as there will be no other login. */
void password_discard(struct password *p);

#endif
