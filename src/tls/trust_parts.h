/* SPDX-License-Identifier: ISC */
/*
 * trust_parts: what the two halves of trust share: trust.c judges, remembered.c has what is known of the box.
 */
#ifndef PTSH_TLS_TRUST_PARTS_H
#define PTSH_TLS_TRUST_PARTS_H

#include "tls/trust.h"

enum { TRUST_WHERE = 240 };

/* Returns the line of the box of this kind, and with this pin (NULL: any); NULL: none. */
const struct known_box *trust_find(const struct trust *t, enum known_kind kind, const char *pin);
/* Writes where it is remembered, for messages; returns text. */
const char *trust_where(const struct trust *t, const struct known_box *k, char text[static TRUST_WHERE]);

/* Notes for the rest of the run that the box was trusted.  0; -1 with *e: no memory. */
int trust_note_seen(struct trust *t, enum known_kind kind, const struct tls_peer *peer, struct error *e);
/* Writes it into the file.  Reports when a box cannot be remembered, and continues: remembering is a service. */
void trust_remember(struct trust *t, enum known_kind kind, const char *pin, unsigned version);

/* Warns, with the name of the box. */
void trust_warn(const struct trust *t, const char *what);

#endif
