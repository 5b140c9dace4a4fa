/* SPDX-License-Identifier: ISC */
/*
 * channel_parts: what the files of the channel share among themselves; no other file includes this.
 *
 * channel.c owns the connection's life, the handshake, and moves its bytes; judge.c decides which key to trust.
 */
#ifndef PTSH_LINK_CHANNEL_PARTS_H
#define PTSH_LINK_CHANNEL_PARTS_H

#include "link/channel.h"
#include "link/stream.h"
#include "net/connect.h"

enum { CHANNEL_CHUNK = 64 * 1024 /* read at once */ };

enum channel_state { CHANNEL_CONNECTING, CHANNEL_OPEN, CHANNEL_SHAKING, CHANNEL_JUDGING, CHANNEL_ENDED };

struct channel {
	struct loop *loop;
	const struct channel_options *o;
	const struct channel_ops *ops;
	void *ctx;
	char *name;			/* the target's, for messages */

	enum channel_state state;
	unsigned depth;			/* calls from the loop that are not left yet */
	bool freed, closed_reported;		/* channel_free() was called; so was `closed` */

	struct connect *connect;
	struct stream stream;
	enum connect_kind kind;
	char *address;
	unsigned short port;
	short events;			/* watched */

	struct buf *out;		/* borrowed from channel_send() */
	size_t left;			/* what its last call has left there */
	bool hold;
	bool write_failed;
	struct error write_error;

	struct loop_timer deadline, soon, grace;
	bool ending;			/* `closed` is due... */
	bool ended_well;		/* ...with NULL */
	struct error end;

	struct trust_settings trust_settings;
	struct trust trust;
	bool have_trust, trusted, secured;
	struct tls_peer peer;
	const char *tls_version, *cipher;

	char bytes[CHANNEL_CHUNK];	/* last: not cleared */
};

/* judge.c */

/* To the holder, unless it has freed the channel. */
void channel_step(void *ctx, const char *text);
void channel_warn(void *ctx, const char *text);
/* True if what is remembered of the box decides whether it is local, and so channel_wants(), or when it is asked for TLS. */
bool channel_asks_memory(const struct channel *c);
/* Reads what is remembered of the box, once.  0; or -1 with *e. */
int channel_load_trust(struct channel *c, struct error *e);
void channel_clear_trust(struct channel *c);
/* The name to verify by, written into text; NULL: none. */
const char *channel_verify_name(const struct channel *c, char text[static 256]);

#endif
