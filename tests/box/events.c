/* SPDX-License-Identifier: ISC */
/*
 * events: sent to the clients that subscribed.
 */
#include "events.h"

#include <string.h>

#include "client.h"

enum {
	FLOOD_MS = 5,			/* how often --events sends a handful */
	FLOOD_FULL = 4 * 1024 * 1024,	/* unsent bytes; a subscriber that reads nothing gets no more */
};

static const struct {
	const char *name;
	enum event event;
} names[] = {
	{"realm_discover_start", EVENT_DISCOVER_START},
	{"realm_discover_stop", EVENT_DISCOVER_STOP},
	{"realm_poll_start", EVENT_POLL_START},
	{"realm_poll_stop", EVENT_POLL_STOP},
	{"*", EVENT_ALL},
};
enum { EVENTS = sizeof names / sizeof *names };

enum event event_find(const char *name)
{
	for (size_t i = 0; i < EVENTS; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].event;
	return (enum event)0;
}

static void put_event(struct client *c, enum event event, const char *gid)
{
	const char *quote = c->box->o.gids_as_numbers ? "" : "\"";

	for (size_t i = 0; i < EVENTS; i++)
		if (names[i].event == event)
			buf_printf(
			    &c->out, "[null,\"event\",\"%s\",%s%s%s]\n", names[i].name, quote, gid, quote);
}

void events_send(struct box *box, enum event event, const char *gid)
{
	struct client *c;

	TAILQ_FOREACH (c, &box->clients, link) {
		if (!(c->events & (event | EVENT_ALL)) || c->closing || c->gone)
			continue;
		put_event(c, event, gid);
		client_flush(c);
	}
}

int events_flood(struct box *box, uint64_t now)
{
	struct client *c;
	size_t n;

	if (box->o.events == 0 || box->model.realms.n == 0)
		return -1;
	if (now < box->flood_next)
		return (int)(box->flood_next - now);
	box->flood_debt += box->o.events * (double)(FLOOD_MS + now - box->flood_next) / 1000;
	if (box->flood_next == 0)
		box->flood_debt = 0;
	box->flood_next = now + FLOOD_MS;
	n = (size_t)box->flood_debt;
	box->flood_debt -= (double)n;
	TAILQ_FOREACH (c, &box->clients, link) {
		if (!(c->events & (EVENT_POLL_STOP | EVENT_ALL)) || c->closing || c->gone)
			continue;
		for (size_t i = 0; i < n && c->out.len < FLOOD_FULL; i++)
			put_event(c, EVENT_POLL_STOP,
			    box->model.realms.v[(box->flood_realm + i) % box->model.realms.n]->gid);
		client_flush(c);
	}
	box->flood_realm += n;
	return FLOOD_MS;
}
