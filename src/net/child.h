/* SPDX-License-Identifier: ISC */
/*
 * child: a shell command that ptsh runs: the proxy, a password's source, the pager, the command after `|`.
 *
 * Each is a process group of its own, so that a pipeline ends as a whole; with the default signals, no descriptor but the
 * three, and without $PTSH_PASSWORD.  The terminal is lent to it as a shell does, and taken back.
 */
#ifndef PTSH_NET_CHILD_H
#define PTSH_NET_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "net/loop.h"

enum {
	CHILD_TERMINAL = 1,	/* the terminal is lent to it at once, if it is ours */
	CHILD_MAY_ASK = 2,	/* lent when it wants to use it, unless a line is being edited */
	CHILD_INTERRUPTS = 4,	/* a ^C that ends it while it has the terminal also ends us */
	CHILD_SECURE = 8,	/* with $LESSSECURE: it shows text from a box, and less can run programs */

	CHILD_PATIENCE_MS = 200,	/* between SIGTERM and SIGKILL */
	CHILD_LOOK_MS = 50,		/* how often to look whether it has stopped */
};

struct child {
	pid_t pid;		/* of the command and of its group; 0: none */
	unsigned flags;
	bool ended;		/* the command; the rest of the group may still run */
	bool paused;		/* stopped, to be continued when it can have the terminal */
	int status;		/* status of waitpid(), once ended */

	struct loop *loop;	/* while watched */
	int pidfd;
	struct loop_timer look;
	void (*on_end)(void *ctx);	/* or NULL */
	void *ctx;
};

/* Runs a shell command (a plain one without the shell) with these descriptors for standard input (-1: /dev/null) and output; they
 * stay the caller's.  0, or -1 with errno. */
int child_start(struct child *c, const char *command, int in, int out, unsigned flags);

/* Calls back (on_end may be NULL) when the command has ended, and lends the terminal meanwhile.  0, or -1 without memory. */
int child_watch(struct child *c, struct loop *l, void (*on_end)(void *ctx), void *ctx);

/* For callers without a loop: true if the command has ended.  Also lends the terminal, so call it every CHILD_LOOK_MS. */
bool child_look(struct child *c);

bool child_has_terminal(const struct child *c);

/* Waits at most ms.  True if it has ended. */
bool child_wait(struct child *c, int ms);

/* Takes the terminal back, and lends it no more: it has asked its questions. */
void child_settled(struct child *c);

/* Reaps one that has ended, and leaves its background processes alone. */
void child_forget(struct child *c);

/* Ends all of its group: SIGTERM, after CHILD_PATIENCE_MS SIGKILL.  Waits that long at most, and leaves no zombie. */
void child_end(struct child *c);

/* Writes how one that ended has failed, "exit status 3" or "signal 9"; false: it has not. */
bool child_failure(const struct child *c, char *text, size_t size);

#endif
