/* SPDX-License-Identifier: ISC */
/*
 * events: sent to the clients that subscribed.
 */
#ifndef BOX_EVENTS_H
#define BOX_EVENTS_H

#include "box.h"

/* Returns the event of that name, 0 if there is none. */
enum event event_find(const char *name);

void events_send(struct box *box, enum event event, const char *gid);

/* Sends the events of --events that are due.  Returns the ms until the next, or -1. */
int events_flood(struct box *box, uint64_t now);

#endif
