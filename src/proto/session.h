/*
 * session: one conversation with a box, as bytes in and bytes out.
 *
 * Owns the framing, the greeting, the login messages, the table of open requests by id, and the rules of what
 * may come when.  Knows no descriptor, no clock, no terminal; whoever holds it moves the bytes, decides about
 * TLS and login when told of the greeting, and shows what comes.
 *
 * Feed it what arrives in any split; it calls the operations in order.  An operation may call
 * session_request(), session_login() and session_start_tls(), but must not free the session: return, then end
 * it.  A session that has failed stays failed.
 */
#ifndef PTSH_PROTO_SESSION_H
#define PTSH_PROTO_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/auth.h"
#include "proto/buf.h"
#include "proto/json.h"
#include "proto/status.h"

enum session_phase {
	PHASE_GREETING,		/* waiting for hello */
	PHASE_GREETED,		/* hello is there: TLS or login is the holder's next move */
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
	size_t nonce_len;
};

enum notice_kind { NOTICE_INFO, NOTICE_ERROR, NOTICE_UNKNOWN };

enum { SESSION_LINE_BEFORE = 64 * 1024, SESSION_BYTES_BEFORE = 256 * 1024, SESSION_BLANK_LINES = 1000,
	SESSION_WHOLE = 1024 * 1024 };

/* How a large reply is handed over (reply_large). */
enum large_mode {
	LARGE_KEEP,		/* whole, by reply(), up to the limit of a line */
	LARGE_VALUES,		/* each value by reply_item() */
	LARGE_ELEMENTS,		/* each element of each value that is an array; other values as they are */
	LARGE_TEXT,		/* the line's bytes as they come by reply_text(), validated */
	LARGE_SKIP,		/* nobody wants it: validated and dropped */
};

struct reply {
	bool ok;			/* status 1 */
	const char *line;		/* the box's line, without LF (and CR) */
	size_t len;
	struct json_iter values;	/* behind the status: values, or the failure's message and more */
	uint64_t bad_utf8;		/* byte sequences in it that are not UTF-8 */
	uint64_t bad_escapes;		/* lone surrogates: the reply is to be reported as bad (STATUS_PROTOCOL) */
};

/* `tag` is what session_request() was given.  All text is the box's and unsafe to show as it is.  Any
 * operation may be NULL but reply, unanswered and greeted. */
struct session_ops {
	void (*greeted)(void *ctx, const struct hello *hello);
	/* The box's start_tls notification: run the handshake, then session_secured(). */
	void (*tls)(void *ctx);
	/* start_tls failed; `message` is the box's. */
	void (*tls_refused)(void *ctx, struct json message);
	void (*ready)(void *ctx);
	/* The login was refused by the box; phase is GREETED again. */
	void (*login_refused)(void *ctx, struct json message);

	void (*reply)(void *ctx, void *tag, const struct reply *reply);
	/* A successful reply has grown beyond SESSION_WHOLE without being complete.  `text` is the line so far. */
	enum large_mode (*reply_large)(void *ctx, void *tag, const char *text, size_t len);
	/* The item is valid for this call.  depth: 1 a value; 2 an element; `first`: the first of its container.
	 * An empty text (len 0) at depth 1 opens and closes (`first` true / false) the container of elements. */
	void (*reply_item)(void *ctx, void *tag, struct json item, unsigned depth, bool first);
	void (*reply_text)(void *ctx, void *tag, const char *text, size_t len);
	/* The large reply is complete. */
	void (*reply_end)(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes);

	/* The session has ended: once for each request still open, in order of id.  sent: a byte of it may have
	 * reached the box.  partial: a large reply was being handed over. */
	void (*unanswered)(void *ctx, void *tag, bool sent, bool partial);

	/* name and args of an event; line is the whole notification. */
	void (*event)(void *ctx, struct json name, struct json_iter args, const char *line, size_t len);
	/* authenticated: it came on a session that is logged in.  For NOTICE_UNKNOWN `message` is the type and
	 * `more` its arguments.  A NOTICE_ERROR is fatal: the box ends the session. */
	void (*notice)(void *ctx, enum notice_kind kind, struct json message, struct json_iter more,
	    bool authenticated);
	/* A reply to a request given up by session_forget(). */
	void (*late)(void *ctx, uint64_t id, bool ok);
	/* Something odd that is not fatal: a reply with an id that was never given out, or answered twice. */
	void (*odd)(void *ctx, const char *text);

	/* Every message as it is queued for sending, and every line received; for a trace.  Secrets are in it.
	 * `tag` is that of the open request answered, or NULL. */
	void (*sending)(void *ctx, const char *text, size_t len);
	void (*received)(void *ctx, const char *text, size_t len, void *tag);
};

struct session;

/* max_reply: longest line accepted after login, in bytes.  NULL without memory. */
struct session *session_create(const struct session_ops *ops, void *ctx, size_t max_reply);
void session_free(struct session *s);	/* calls no operation */

enum session_phase session_phase(const struct session *s);

/* What arrived.  0, or -1 with *e (STATUS_PROTOCOL, STATUS_LOGIN, STATUS_TLS): the session has ended, but
 * `unanswered` is not called yet, see session_end(). */
int session_feed(struct session *s, const char *bytes, size_t len, struct error *e);

/* The connection is gone: reports what is open by `unanswered`.  Returns how many bytes of an incomplete
 * message were discarded. */
size_t session_end(struct session *s);

/* Bytes to send: take from its head, buf_consume() what was sent.  A secret buf. */
struct buf *session_output(struct session *s);

/* In PHASE_GREETED: asks for TLS.  Nothing follows its `]`. */
void session_start_tls(struct session *s);
/* TLS is up: phase is GREETED again, now for login. */
void session_secured(struct session *s);

/* In PHASE_GREETED: sends the login (AUTH_NONE: nothing is sent, ready() is called at once).
 * client_nonce: CRAM_CLIENT_NONCE random bytes.  0, or -1 with *e. */
int session_login(struct session *s, enum auth_method method, const char *user, const char *password,
    const void *client_nonce, struct error *e);

/* Queues a request: text is `["type",...]`.  Allowed when READY, and when LOGIN with a request that may go
 * along with the login (reads without secrets; its reply is held back until sr is checked).  Returns its
 * id, ids count up from 1 and are never used again; or 0 without memory. */
uint64_t session_request(struct session *s, const char *text, size_t len, void *tag);

/* Gives up waiting for a request: its reply will be `late`. */
void session_forget(struct session *s, uint64_t id);

size_t session_open(const struct session *s);	/* requests without an answer */

/* Counters for .status. */
struct session_counters { uint64_t sent_bytes, received_bytes, requests, replies, events, odd; };
struct session_counters session_counters(const struct session *s);

#endif
