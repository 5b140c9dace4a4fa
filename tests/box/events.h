/* SPDX-License-Identifier: ISC */
/*
 * events: told to those who subscribed.
 */
#ifndef BOX_EVENTS_H
#define BOX_EVENTS_H

#include "box.h"

/* The event of that name, 0 if there is none. */
enum event event_find(const char *name);

void events_send(struct box *box, enum event event, const char *gid);

/* The additional events of --events that are due.  Returns ms until the next, or -1. */
int events_flood(struct box *box, uint64_t now);

#endif
