/* SPDX-License-Identifier: ISC */
/*
 * link_parts: what the files of the link share.
 *
 * life.c begins and ends connections, entry.c decides on the way to the login, link.c moves messages; all three set timers.
 * The other files return what is to be done.
 */
#ifndef PTSH_LINK_LINK_PARTS_H
#define PTSH_LINK_LINK_PARTS_H

#include "link/link.h"

struct link {
	const struct link_ops *ops;
	struct session_ops session_ops;	/* the holder's and our own */
	const struct channel_ops *channel_ops;
	enum link_state state;
	struct channel_options how;
	struct channel *channel;
	struct session *session;
	bool connected;
	bool greeted;
	int tries;			/* logins refused */
	bool by_certificate;		/* nothing but our certificate can have granted the session */
	bool refused;			/* the last one on this connection: there will be another */
	struct loop_timer another;	/* after which a person is asked for it */
	enum auth_method method;
	enum auth_method least;		/* of the logins of this run: none that is weaker comes after it */
	struct trust_seen seen;		/* from one connection to the next */
	const char *method_name;
	uint64_t partial;		/* bytes received since the last answer */
	char trouble[ERROR_TEXT];	/* why there is no connection now */
	int64_t since, lost_at, pause, heard;
	struct loop_timer deadline, greeting, retry, silence, grace, early_limit;
	bool pinged;			/* the keepalive's ping is out */
	bool ending;			/* a fatal error notification has come */
	char error_text[256];		/* its text */
	bool login_waits_for_enter;	/* a password is to be asked for, but a line is being typed */
	bool line_reported;			/* and that was reported */
	bool early;			/* TLS was asked for before the greeting, and the handshake is not complete */
	bool no_early;			/* that has failed in this run */
	struct error early_why;		/* on the connection before this one; STATUS_OK: there was none */
	bool overdue;			/* the deadline has passed before it was connected */
	bool feeding;			/* the session is at work: it cannot be ended now */
	struct error why;		/* of a failure found meanwhile */
	struct link *resting;		/* switch.c: the connection that there was, until this one is made; NULL: none */
	struct options *before;		/* of that one; NULL: the same */
	void (*made)(struct shell *sh);	/* this connection is ready; or it failed, and why */
	void (*failed)(struct shell *sh, const struct error *why);
	void (*forget)(struct link *k, struct shell *sh);	/* frees the resting connection, with its options */
	void (*switched)(struct shell *sh, void *ctx, const struct error *why);
	void *switched_ctx;
};

/* life.c */
void link_open(struct shell *sh);				/* begins a connection */
void link_drop(struct link *k, struct shell *sh);		/* frees the channel and the session */
void link_set_deadline(struct shell *sh);			/* for the way to the login; from now */
void link_watch_greeting(struct shell *sh);			/* connected: if no greeting comes, another address is tried */
/* Ends the connection.  e: why; NULL: the box ended it in order.  Every request without an answer gets its outcome, then it is
 * decided whether there will be another connection. */
void link_lost(struct shell *sh, const struct error *e);
/* Ends the connection with an error found on this side; as soon as the session has returned. */
void link_fail(struct shell *sh, const struct error *e);
/* Call when TLS was asked for early: limits the time of that try, so that another one has some left. */
void link_watch_early(struct shell *sh);
/* Call when another address of the box is connected: nothing was asked of it yet.  False: no memory, and the link has failed. */
bool link_renew_session(struct shell *sh);
/* Call when the peer is no box, or is silent: tries another address of the same name.  False: there is none. */
bool link_try_next_address(struct shell *sh, const char *why);

/* link.c, for switch.c */
void link_watch_silence(struct shell *sh);			/* a request is open: from now on silence counts */

/* entry.c: operations of the session, from the greeting to the login's answer; and the login when the channel is ready for it. */
void link_on_greeted(void *ctx, const struct hello *hello);
void link_on_tls(void *ctx);
void link_on_tls_refused(void *ctx, struct json message);
void link_on_ready(void *ctx);
void link_on_login_refused(void *ctx, struct json_iter reason);
void link_log_in(struct shell *sh);
/* Connected: asks for TLS at once if the box is one that is known to take it. */
void link_ask_early(struct shell *sh);

/* notices.c: operations of the session; and a message's text, without characters that a string cannot have. */
void link_on_notice(void *ctx, enum notice_kind kind, struct json message, struct json_iter more, bool authenticated);
void link_on_odd(void *ctx, const char *text);
void link_on_late(void *ctx, uint64_t id, bool ok);
void link_on_sending(void *ctx, const char *text, size_t len);
void link_on_line(void *ctx, const char *text, size_t len, void *tag);
void link_message_text(struct json message, char *text, size_t size);

/* login.c: chooses the method, gets the password, sends the login. */
enum login_step {
	LOGIN_SENT,
	LOGIN_WAITS,		/* a password has to be asked for, but a line is being typed */
	LOGIN_FAILED,		/* *e says why */
};
enum login_step link_login(struct shell *sh, struct error *e);
/* True, once, if the box wants a login although our certificate stood for it. */
bool link_certificate_failed(struct shell *sh, const struct reply *reply);

/* keepalive.c: what is due when a box has sent nothing for `quiet` ms with `open` requests unanswered.  limit: --keepalive
 * in ms.  pinged: a ping is among them. */
struct keepalive {
	enum { KEEPALIVE_REST, KEEPALIVE_WAIT, KEEPALIVE_PING, KEEPALIVE_DEAD } what;
	int64_t wait;		/* WAIT and PING: ms until it is to be asked again */
};
struct keepalive keepalive_next(int64_t limit, int64_t quiet, size_t open, bool pinged);

/* Gets the passphrase of --key, as struct tls_settings wants it; ctx is the shell. */
int link_passphrase(void *ctx, char *text, int size, struct error *e);

#endif
