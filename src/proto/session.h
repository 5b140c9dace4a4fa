/* SPDX-License-Identifier: ISC */
/*
 * session: one conversation with a box, as bytes in and bytes out.
 *
 * Owns the framing, the greeting, the login messages, the table of open requests by id, and the rules of what
 * may come when.  Knows no descriptor, no clock, no terminal; its holder moves the bytes, decides about
 * TLS and login after the greeting, and shows what comes.
 *
 * Feed it what arrives in any split; it calls the operations in order.  An operation may call
 * session_request(), session_login() and session_start_tls(), but must not free the session: return, then end
 * it.  A session that has failed stays failed.
 */
#ifndef PTSH_PROTO_SESSION_H
#define PTSH_PROTO_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "proto/auth.h"
#include "proto/json.h"

enum session_phase {
	PHASE_GREETING,		/* waiting for hello; start_tls may have been sent already */
	PHASE_GREETED,		/* hello has come: the holder chooses TLS or login */
	PHASE_TLS_ASKED,	/* start_tls sent: nothing may be sent until it is answered */
	PHASE_TLS,		/* the box starts TLS: bytes are the TLS layer's until session_secured() */
	PHASE_LOGIN,		/* login sent, not yet answered and checked */
	PHASE_READY,
	PHASE_ENDED,
};

struct hello {
	unsigned offered;		/* set of enum auth_method */
	const char *types;		/* what was offered, joined by ", ", as the box wrote it; at most 200 bytes */
	const char *nonce;		/* decoded; NULL: none, or not usable */
	const char *nonce_fault;	/* why it is NULL: "it sends no nonce" */
	size_t nonce_len;
};

enum notice_kind { NOTICE_INFO, NOTICE_ERROR, NOTICE_UNKNOWN };

enum { SESSION_LINE_BEFORE = 64 * 1024, SESSION_BYTES_BEFORE = 256 * 1024, SESSION_BLANK_LINES = 1000,
	SESSION_WHOLE = 1024 * 1024,	/* a longer line is large */
	SESSION_ITEM = 256 * 1024,	/* what a large reply's item may be longer than, and come in parts */
	SESSION_HELD = 1024 * 1024 };	/* replies held back until the login is checked; then also the limit of a line */

/* How a large reply is passed on (reply_large). */
enum large_mode {
	LARGE_KEEP,		/* whole, by reply(), up to max_reply */
	LARGE_VALUES,		/* each value by reply_item() */
	LARGE_ELEMENTS,		/* each element of each value that is an array; other values as they are */
	LARGE_TEXT,		/* the line's bytes as they come by reply_text(), validated */
	LARGE_SKIP,		/* not wanted: validated and dropped */
};

struct reply {
	bool ok;			/* status 1 */
	const char *line;		/* the box's line, without LF (and CR) */
	size_t len;
	struct json_iter values;	/* after the status: values, or the failure's message and more */
	uint64_t bad_utf8;		/* byte sequences in it that are not UTF-8 */
	uint64_t bad_escapes;		/* lone surrogates: such a reply is reported as bad (STATUS_PROTOCOL) */
};

/* `tag` is what session_request() was given.  All text is the box's and unsafe to show as it is; a message that
 * has none is the JSON value null.  Any operation may be NULL but reply, unanswered and greeted. */
struct session_ops {
	/* hello has come and the next move is the holder's: session_start_tls() or session_login(), here or later; the box's, if TLS
	 * was asked for before (PHASE_TLS_ASKED).  Called when everything fed along with hello is handled, and not at all if that was
	 * start_tls: see tls().  hello lives as long as the session. */
	void (*greeted)(void *ctx, const struct hello *hello);
	/* The box's start_tls notification, asked for or not: run the handshake, then session_secured().  What was in
	 * the output already is sent inside TLS. */
	void (*tls)(void *ctx);
	/* start_tls failed; `message` is the box's. */
	void (*tls_refused)(void *ctx, struct json message);
	void (*ready)(void *ctx);
	/* The login was refused by the box; phase is GREETED again, for another try or the end.  Requests that went
	 * along with the login were not served: unanswered() was called for each just before. */
	void (*login_refused)(void *ctx, struct json_iter reason);

	void (*reply)(void *ctx, void *tag, const struct reply *reply);
	/* A successful reply is longer than SESSION_WHOLE.  `text` is its first SESSION_WHOLE bytes (max_reply, if that
	 * is less).  Large failures, notifications and so on are kept.  NULL: LARGE_KEEP. */
	enum large_mode (*reply_large)(void *ctx, void *tag, const char *text, size_t len);
	/* The item is valid for this call.  depth: 1 a value; 2 an element; `first`: the first of the values or of its
	 * container.  An empty text (len 0) at depth 1 opens and closes (`first` true / false) the container of
	 * elements (LARGE_ELEMENTS). */
	void (*reply_item)(void *ctx, void *tag, struct json item, unsigned depth, bool first);
	/* An item that has grown longer than SESSION_ITEM while it arrives, instead of reply_item(): the next of its text, to
	 * the `last`.  NULL: it is held whole. */
	void (*reply_part)(void *ctx, void *tag, const char *text, size_t len, unsigned depth, bool last);
	/* The line from its beginning, bit by bit, each bit only when it was found to be valid.  ended: what has ended by
	 * the end of this bit, as struct json_scan counts it. */
	void (*reply_text)(void *ctx, void *tag, const char *text, size_t len, const uint64_t ended[static 3]);
	/* The large reply is complete (LARGE_SKIP as well; LARGE_KEEP: reply() is called instead). */
	void (*reply_end)(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes);

	/* There is no memory for a large reply, or for one value of it: the rest of it is dropped, the request counts
	 * as answered, the session continues.  NULL: the session fails instead. */
	void (*reply_lost)(void *ctx, void *tag, const struct error *e);

	/* The session has ended: once for each request still open, in order of id.  sent: a byte of it may have
	 * reached the box.  partial: a large reply was being passed on.  Also while phase is GREETED, see
	 * login_refused(). */
	void (*unanswered)(void *ctx, void *tag, bool sent, bool partial);

	/* name and args of an event; line is the whole notification. */
	void (*event)(void *ctx, struct json name, struct json_iter args, const char *line, size_t len);
	/* authenticated: it came on a session that is logged in.  For NOTICE_UNKNOWN `message` is the type and
	 * `more` its arguments.  A NOTICE_ERROR is fatal: the box ends the session. */
	void (*notice)(void *ctx, enum notice_kind kind, struct json message, struct json_iter more,
	    bool authenticated);
	/* Passes on a reply to a request cancelled by session_forget(). */
	void (*late)(void *ctx, uint64_t id, bool ok);
	/* Something odd that is not fatal: a reply with an id that was never given out, or answered twice. */
	void (*odd)(void *ctx, const char *text);

	/* Every message as it is queued for sending, and every line received (of a large reply that is not kept, its
	 * first SESSION_WHOLE bytes), before it is acted upon; for a trace.  Secrets are in it.  `tag` is that of the
	 * open request answered, or NULL. */
	void (*sending)(void *ctx, const char *text, size_t len);
	void (*received)(void *ctx, const char *text, size_t len, void *tag);
};

struct session;

/* max_reply: how many bytes of a reply are held in memory at most after login: the longest line that is kept whole,
 * and the longest value (or element) of one that is passed on while it arrives, which itself may be longer.  ops and
 * ctx are borrowed for the life of the session.  NULL without memory. */
struct session *session_create(const struct session_ops *ops, void *ctx, size_t max_reply);
void session_free(struct session *s);	/* calls no operation */

/* Changes what is a large reply from SESSION_WHOLE, for tests.  Before anything is fed. */
void session_set_whole(struct session *s, size_t whole);

enum session_phase session_phase(const struct session *s);

/* Returns the hello, or NULL if it has not come. */
const struct hello *session_hello_seen(const struct session *s);

/* True if session_secured() was called. */
bool session_is_secured(const struct session *s);

/* Takes what arrived.  0, or -1 with *e (STATUS_PROTOCOL, STATUS_LOGIN, STATUS_TLS): the session has ended, but
 * `unanswered` is not called yet, see session_end().  Every later call returns the same.  An operation must not
 * call it. */
int session_feed(struct session *s, const char *bytes, size_t len, struct error *e);

/* Ends the session, as the connection is lost or not wanted: reports open requests by `unanswered`; requests cancelled by
 * session_forget() are not open.  Returns how many bytes of an incomplete message were discarded (0 if the session
 * had failed: session_feed() has reported it).  An operation may call it; what else was fed is then ignored.  A second call
 * does nothing. */
size_t session_end(struct session *s);

/* Returns the bytes to send: take from its head, buf_consume() what was sent (from it `sent` of unanswered() is known).  A
 * secret buf. */
struct buf *session_output(struct session *s);

/* In PHASE_GREETED, or early, in PHASE_GREETING: asks for TLS.  Nothing follows its `]`.  Asked early, a box that answers before
 * its greeting, by whatever, ends the session (STATUS_PROTOCOL).  0, or -1: no memory, or not possible now. */
int session_start_tls(struct session *s);
/* True if TLS was asked for, and not refused. */
bool session_asked_tls(const struct session *s);
/* TLS is up: phase is GREETED again, now for login.  greeted() is not called again: continue from here, with
 * session_hello_seen().  (If the box demanded TLS of its own accord, phase is what it was: GREETING before hello, or
 * LOGIN or READY; then there is nothing to do.) */
void session_secured(struct session *s);

/* In PHASE_GREETED: sends the login (AUTH_NONE: nothing is sent, ready() is called at once; a client certificate may
 * have granted the session, so it need not be offered).  Any other method must be one that is offered.  client_nonce:
 * CRAM_CLIENT_NONCE random bytes, fresh for each try.  0, or -1 with *e (STATUS_LOGIN, STATUS_USAGE: no UTF-8; memory): nothing
 * was sent then.  user and password are not kept. */
int session_login(struct session *s, enum auth_method method, const char *user, const char *password,
    const void *client_nonce, struct error *e);

/* Queues a request: text is `["type",...]`.  Allowed when READY, and when LOGIN with a request that may go
 * along with the login (reads without secrets; its reply is held back until sr is checked).  Returns its
 * id, ids count up and are never used again; or 0: no memory, or not allowed now. */
uint64_t session_request(struct session *s, const char *text, size_t len, void *tag);

/* Cancels a request: its reply will be `late`. */
void session_forget(struct session *s, uint64_t id);

size_t session_open(const struct session *s);	/* requests without an answer */

/* Counters for .status. */
struct session_counters { uint64_t sent_bytes, received_bytes, requests, replies, events, odd; };
struct session_counters session_counters(const struct session *s);

#endif
