/* SPDX-License-Identifier: ISC */
/*
 * password_parts: what the two halves of password share: password_memory.c keeps it, password.c gets it.
 */
#ifndef PTSH_TERM_PASSWORD_PARTS_H
#define PTSH_TERM_PASSWORD_PARTS_H

#include "term/password.h"

#define PASSWORD_VARIABLE "PTSH_PASSWORD"

struct password {
	char text[PASSWORD_MAX];	/* in use */
	char environment[PASSWORD_MAX];	/* $PTSH_PASSWORD, veiled: it stays as long as there may be another login */
	char veil[PASSWORD_MAX];	/* random bytes: a password cannot be found in memory by its looks */
	bool has_environment, environment_too_long;
	char spill[PASSWORD_MAX];	/* the text read with it: other lines */
};

/* Puts from[i] ^ veil[i] into to[i]: veils text, and shows it again. */
void password_veil(char *to, const char *from, const char *veil, size_t len);

#endif
