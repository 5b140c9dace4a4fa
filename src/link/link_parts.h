/* SPDX-License-Identifier: ISC */
/*
 * link_parts: what the files of the link share.
 */
#ifndef PTSH_LINK_LINK_PARTS_H
#define PTSH_LINK_LINK_PARTS_H

#include "link/link.h"

struct link {
	enum link_state state;
	struct channel_options how;
	struct channel *channel;
	struct session *session;
	bool connected, securing;
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
	struct loop_timer deadline, greeting, retry, silence, grace;
	bool pinged;			/* the keepalive's ping is out */
	bool ending;			/* a fatal error notification has come */
	char error_text[256];		/* its text */
	bool wants_line;		/* a password is to be asked for, but a line is being typed */
	bool told_line;			/* and that was told */
	bool overdue;			/* the deadline has passed before it was connected */
	bool feeding;			/* the session is at work: it cannot be ended now */
	struct error why;		/* of a failure found meanwhile */
};

/* link.c: ends the connection with an error found on this side; as soon as the session has returned. */
void link_fail(struct shell *sh, const struct error *e);
/* link.c: (re)starts the one deadline of connecting. */
void link_set_deadline(struct shell *sh);

/* link.c: what was still to come after a fatal error has had its time. */
void link_grace_over(void *ctx);

/* link_notices.c: operations of the session; and a message's text, without what cannot stand in a string. */
void link_on_notice(void *ctx, enum notice_kind kind, struct json message, struct json_iter more, bool authenticated);
void link_on_odd(void *ctx, const char *text);
void link_on_late(void *ctx, uint64_t id, bool ok);
void link_on_sending(void *ctx, const char *text, size_t len);
void link_on_line(void *ctx, const char *text, size_t len, void *tag);
void link_message_text(struct json message, char *text, size_t size);

/* link_login.c: chooses the method, gets the password, sends the login. */
void link_login(struct shell *sh);

/* link_keepalive.c: a request has been sent: from now on silence counts. */
void link_watch_silence(struct shell *sh);

#endif
