/* SPDX-License-Identifier: ISC */
/*
 * events: the events of the box: subscriptions, showing them, and the listeners that wait for them.
 */
#ifndef PTSH_RUN_EVENTS_H
#define PTSH_RUN_EVENTS_H

#include "proto/json.h"
#include "run/task.h"
#include "term/shell.h"

enum { EVENTS_KEPT = 1000 };

struct events *events_create(struct shell *sh);
void events_free(struct shell *sh);

/* Makes sure that name ("*": all) is subscribed to, now or as soon as there is a session, and again after every
 * reconnect.  shown: the user wants to see them.  -1 without memory. */
int events_subscribe(struct shell *sh, const char *name, bool shown);

/* The user subscribes, or the reverse: remembered for the next connection. */
void events_note(struct shell *sh, const struct line *line);

/* An event that has come; all of it is borrowed for the call. */
struct event {
	time_t when;
	const char *line;		/* as the box wrote it, len bytes */
	size_t len;
	struct json_iter args;
	bool shown;
};

/* What waits for events: name, and the first arguments it must have (as text; NULL-terminated, may be
 * NULL; a realm also by its name).  Called for each; stays until events_ignore(). */
struct listener {
	const char *name;
	char *const *args;
	size_t arg_count;
	void (*heard)(struct shell *sh, struct listener *l, const struct event *event);
	/* It will never come: the box knows no such event, or no such realm (reported).  May be NULL. */
	void (*refused)(struct shell *sh, struct listener *l, enum status status);
	void *ctx;
	struct listener *next;
};
void events_listen(struct shell *sh, struct listener *l);
void events_ignore(struct shell *sh, struct listener *l);

/* Prints the event in the format, even if events are not printed. */
void events_print(struct shell *sh, time_t when, const char *line, size_t len);

/* True if events are printed. */
bool events_shown(const struct shell *sh);
void events_show(struct shell *sh, bool on);
/* The last EVENTS_KEPT, oldest first, to the output. */
void events_list(struct shell *sh, const struct task *t);
void events_link_ready(struct shell *sh);
void events_link_lost(struct shell *sh);

/* The session's operation; ctx is the shell. */
void events_on_event(void *ctx, struct json name, struct json_iter args, const char *line, size_t len);

#endif
