/* SPDX-License-Identifier: ISC */
/*
 * trust: whether the peer is the box that the user means.
 *
 * Judges what the box shows by what is remembered of it and what the user has asked for: ptsh(1),
 * TRUST.  Knows no descriptor and no TLS library.
 */
#ifndef PTSH_TLS_TRUST_H
#define PTSH_TLS_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "net/target.h"
#include "tls/known_boxes.h"
#include "tls/tls.h"

enum tls_mode { TLS_AUTO, TLS_OFF, TLS_ON, TLS_VERIFY, TLS_INSECURE };

/* The box that a run has trusted last, kept by the holder from one connection to the next: what the file does not have (there
 * is none, or it could not be written) is not forgotten when the connection is lost. */
struct trust_seen {
	char *name;			/* owned: as remembered; NULL: none */
	char pin[PIN_TEXT];		/* "": an authority verified it */
	unsigned version;
	enum known_start start;
};
void trust_seen_clear(struct trust_seen *seen);

/* Borrowed while the trust lives. */
struct trust_settings {
	enum tls_mode mode;
	bool accept_new;
	const char *pin;		/* one or several, or NULL */
	unsigned tls_min;		/* 10 .. 13 */
	const char *known_boxes;	/* path, or NULL: nothing is remembered */
	struct trust_seen *seen;	/* or NULL */
};

struct trust_ops {
	void (*step)(void *ctx, const char *text);
	void (*warn)(void *ctx, const char *text);
	bool (*ask)(void *ctx, const char *text, char *answer, size_t size);	/* false: no terminal */
};

struct trust {
	const struct trust_settings *settings;
	const struct trust_ops *ops;
	void *ctx;
	char *name;			/* owned: as remembered */
	struct known_boxes known;	/* of this box */
	struct known_box seen;		/* what the run itself knows, if the file does not; name NULL: nothing */
	char *verified_by;			/* owned: the reason why it is trusted; NULL: not judged yet */
	enum known_start start;		/* how this connection came to TLS */
	bool added;			/* a line of a key or of TLS was written */
};

/* Reads what is remembered of the box.  0; or -1 with *e (clear t then, too). */
int trust_init(struct trust *t, const struct trust_settings *s, const struct target *target, const char *known_as,
    const struct trust_ops *ops, void *ctx, struct error *e);
void trust_clear(struct trust *t);

/* True if the box is remembered as one without TLS, or as one that has it. */
bool trust_knows_clear(const struct trust *t);
bool trust_knows_tls(const struct trust *t);
/* Returns the best version the box is remembered with: 10 .. 13; 0: none, or not known. */
unsigned trust_best(const struct trust *t);
/* Returns how the box is remembered to start TLS. */
enum known_start trust_start(const struct trust *t);
/* Notes how this connection comes to TLS.  Whatever forbids to ask early costs a round trip only, and is remembered at once.  That
 * it is permitted is remembered by trust_remember_start(): call it when the box is trusted. */
void trust_note_start(struct trust *t, enum known_start start);
void trust_remember_start(struct trust *t);
/* True if authorities must be loaded: not where a key is known or pinned already. */
bool trust_needs_authority(const struct trust *t);

/* Judges the box's key.  0: continue; *trusted: it is verified or known (t->verified_by says how).  -1 with *e
 * (STATUS_TLS): do not.  May ask the user. */
int trust_judge(struct trust *t, const struct tls_peer *peer, bool *trusted, struct error *e);

/* Judges a box without TLS.  0: continue in clear; -1 with *e (STATUS_TLS).  May ask the user. */
int trust_accept_clear(struct trust *t, struct error *e);

#endif
