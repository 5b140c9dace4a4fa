/* SPDX-License-Identifier: ISC */
/*
 * link: the connection to the box: a channel, a session on it, the login; and, at a prompt or with --reconnect, the
 * next connection when one was lost.  What it means for lines, events and the prompt is the holder's (struct link_ops).
 */
#ifndef PTSH_LINK_LINK_H
#define PTSH_LINK_LINK_H

#include "link/channel.h"
#include "proto/session.h"
#include "term/shell.h"

enum link_state {
	LINK_IDLE,		/* not wanted yet */
	LINK_CONNECTING,	/* up to the login's answer */
	LINK_READY,
	LINK_AWAY,		/* lost; waiting to try again */
	LINK_FAILED,		/* ended by us: a script's end */
};

/* What the holder does about the connection.  Every operation gets the shell; all must be there. */
struct link_ops {
	void (*connecting)(struct shell *sh);	/* a connection is being made */
	void (*ready)(struct shell *sh);	/* logged in */
	void (*lost)(struct shell *sh);		/* lost, and open requests have their outcome */
	void (*changed)(struct shell *sh);	/* link_state() is another */
	void (*drained)(struct shell *sh);	/* link_takes() or link_unsent() may allow more */
	bool (*taken)(struct shell *sh);	/* true if another program has the terminal */
	bool (*typing)(struct shell *sh);	/* true if a line is being typed */
	void (*question)(struct shell *sh, bool begins);	/* lends the terminal to a question, and takes it back */
	const struct request *(*answers)(const void *tag);	/* the type of the request with that tag; NULL: not known */
	/* reply and its kin, unanswered and event; the others are the link's own.  ctx is the shell. */
	const struct session_ops *requests;
};

/* Without a connection.  ops are borrowed.  NULL without memory. */
struct link *link_create(struct shell *sh, const struct link_ops *ops);
void link_free(struct shell *sh);

enum link_state link_state(const struct shell *sh);

/* Connects if that is not under way (also now instead of later, when away). */
void link_want(struct shell *sh);

/* Call when the user is not typing: asks the questions that waited for that.  link_want() does it, too. */
void link_line_entered(struct shell *sh);

/* Ends the connection in order, without a message. */
void link_close(struct shell *sh);

/* Another box's connection (.connect), sh->options being that one's: closes this one and connects. */
void link_switch(struct shell *sh);
/* The same, but the present connection rests until the other one has logged in.  Then it is closed; if the other fails, or is cancelled,
 * this one continues.  before (from malloc, taken; NULL: no change) are the options of this one.  done() gets the end; why NULL: it
 * is made.  Without memory -1 with *e, and before is used up. */
int link_switch_safely(struct shell *sh, struct options *before, void (*done)(struct shell *sh, void *ctx, const struct error *why),
    void *ctx, struct error *e);
/* Gives it up: done() is not called. */
void link_switch_cancel(struct shell *sh);

/* The box of this name is to be forgotten: what this run itself has seen of it.  False: nothing. */
bool link_forget_trust(struct shell *sh, const char *name);

/* True if a request may be sent now: always when ready; early, with the login, if it only reads and has no
 * secret. */
bool link_takes(const struct shell *sh, bool early);
/* The two ends of the connection, if it is up and one of TCP. */
bool link_endpoints(const struct shell *sh, struct address *local, struct address *remote);

/* True within the session's callbacks.  What runs the loop, and so reads more, must wait for `drained`. */
bool link_feeds(const struct shell *sh);

/* Bytes not yet sent. */
size_t link_unsent(const struct shell *sh);
uint64_t link_request(struct shell *sh, const char *json, size_t len, void *tag);
void link_forget(struct shell *sh, uint64_t id);
/* Sends the queued messages. */
void link_flush(struct shell *sh);
/* We have not listened for so long: that is no silence of the box. */
void link_discount_blocked_ms(struct shell *sh, int64_t ms);

/* Bytes received since the last whole message: how far a large reply has come. */
uint64_t link_partial(const struct shell *sh);

/* ms since the connection was lost; 0 if it is not. */
int64_t link_away(const struct shell *sh);
bool link_is_clear(const struct shell *sh);	/* ready, without encryption over a network */

/* For .status. */
/* Why there is no connection (any more); NULL: there is one, or there never was. */
const char *link_trouble(const struct shell *sh);

struct link_info {
	enum link_state state;
	struct channel_info channel;	/* only if connected */
	bool connected;
	const char *method;		/* "cram"... or NULL */
	int64_t since;			/* loop_now() of READY */
	struct session_counters counters;
	enum channel_trust trust;
};
void link_info(const struct shell *sh, struct link_info *info);

#endif
