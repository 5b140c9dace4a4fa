/* SPDX-License-Identifier: ISC */
/*
 * session_parts: what the files of the session share among themselves; no other file includes this.
 *
 * session.c owns the life of a session and the feeding loop; session_state.c what is sent, what is open and how it
 * ends; session_message.c what a line means and whether it may come now; session_login.c hello, TLS and login;
 * session_large.c replies that are passed on while they arrive.
 */
#ifndef PTSH_PROTO_SESSION_PARTS_H
#define PTSH_PROTO_SESSION_PARTS_H

#include "proto/frame.h"
#include "proto/pending.h"
#include "proto/session.h"

enum { HELLO_TYPES = 200, HELLO_FAULT = 64 };

/* A reply that is passed on while it arrives. */
struct large {
	bool active;
	enum large_mode mode;
	uint64_t id;		/* of the entry it answers; 0: none, then `name` is the id as the box wrote it */
	bool ok;
	char name[48];
	struct json_scan scan;
	bool done;		/* the array is complete, only white space may follow */
	uint64_t values;	/* top-level elements that are complete, id and status among them */
	uint64_t elements;	/* passed on of the open container */
	bool open;		/* a container of elements was opened and not yet closed */
	struct buf carry;	/* the part of an item that came in earlier input */
	bool parting;		/* the beginning of the open item was passed on */
	uint64_t bytes;		/* of the line so far */
};

struct session {
	const struct session_ops *ops;
	void *ctx;
	size_t max_reply, whole;

	enum session_phase phase;
	enum session_phase resume;	/* PHASE_TLS: the phase to continue in when TLS is up */
	bool tls_asked;			/* by session_start_tls() */
	bool secured;
	bool hello_pending;		/* hello has come, greeted() was not called yet */
	bool unanswered_reported;	/* unanswered() was called for what was open at the end */
	bool failed;
	struct error failure;

	struct frame frame;
	bool more;			/* input follows the line that is handled */
	bool keep;			/* the line that arrives is held whole, up to max_reply */
	unsigned blank;			/* blank lines in a row */
	uint64_t before;		/* bytes of lines received before login was complete */
	struct large large;

	struct buf out;			/* secret */
	uint64_t queued;		/* bytes ever put into out */
	struct pending_table pending;
	uint64_t next_id;
	size_t open;			/* entries of PENDING_REQUEST */

	struct hello hello;
	char types[HELLO_TYPES + 1], nonce_fault[HELLO_FAULT];
	struct buf nonce;
	enum auth_method method;
	struct cram cram;		/* wiped when checked */
	uint64_t login_id;
	struct buf early;		/* lines that wait for the login to be checked */

	struct session_counters counters;
};

/* A line's head, taken apart. */
struct message {
	const char *line;
	size_t len;
	struct json id;			/* as written */
	bool notification;		/* id is null */
	struct json type;		/* of a notification */
	bool ok;			/* of a reply */
	struct json_iter rest;		/* after type or status */
	struct pending *entry;		/* that a reply answers; NULL: none.  Gone after the next add or remove. */
	uint64_t bad_utf8, bad_escapes;
};

/* session_state.c */

/* Ends the session with an error.  Returns -1. */
int session_fail(struct session *s, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int session_fail_memory(struct session *s);
/* Queues a message followed by `lf`, and adds its entry to the table.  0, or -1 without memory: nothing has
 * changed then. */
int session_queue(struct session *s, enum pending_kind kind, void *tag, const char *text, size_t len, bool lf);
/* True if the entry's first byte has been sent. */
bool session_sent(const struct session *s, const struct pending *p);
/* Takes an entry out of the table. */
void session_answered(struct session *s, struct pending *entry);
void session_login_clear(struct session *s);
void session_large_clear(struct session *s);

/* Returns the bytes of white space at the head of a line. */
static inline size_t message_blanks(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (text[n] == ' ' || text[n] == '\t' || text[n] == '\r'))
		n++;
	return n;
}

/* Takes the next value; `null` where there is none. */
struct json message_value(struct json_iter *it);

/* session_message.c */

/* Handles a line that is not blank.  again: it was held back, and traced when it came.  0, or -1 if it ended the
 * session. */
int session_line(struct session *s, const char *line, size_t len, bool again);
/* Sets m->ok, m->entry and m->notification from m->id and the status; what is neither ends the session. */
int message_head(struct session *s, struct message *m, struct json status);
/* Reports a reply to no request, after login. */
void message_odd(struct session *s, struct json id);

/* session_login.c: what a message means.  0, or -1 if it ended the session. */
int session_hello(struct session *s, struct message *m);
int session_tls_notification(struct session *s);
int session_tls_reply(struct session *s, struct message *m);
int session_login_reply(struct session *s, struct message *m);

/* session_large.c */

/* Decides how a line that has outgrown `whole` is taken (its first len bytes are given).  Sets s->keep, or
 * s->large.active. */
int session_large_begin(struct session *s, const char *line, size_t len);
/* Takes the line's bytes up to its LF, or all of the input. */
int session_large_feed(struct session *s, struct frame_input *in);
/* Validates and drops the line whose first bytes are given: there is no memory to keep it. */
int session_large_lost(struct session *s, const char *line, size_t len);

#endif
