/* SPDX-License-Identifier: ISC */
/*
 * answer_work: requests that take time: discoveries, polls and syncs, in parallel and with their events.
 */
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "clock.h"
#include "devices.h"
#include "events.h"
#include "requests.h"

enum { DEVICES_PER_SEED = 12 };		/* found by a discovery in a realm that had none */

static void stamp(struct realm *r, const char *prop)
{
	struct timespec now = clock_now();
	char text[40];

	snprintf(text, sizeof text, "%lld.%03ld", (long long)now.tv_sec, now.tv_nsec / 1000000);
	props_set(&r->props, prop, text);
}

/* The realm may have been deleted meanwhile: the request fails then. */
static struct realm *realm_of(struct box *box, const struct job *job)
{
	struct realm *r = model_realm(&box->model, job->gid);

	if (!r)
		requests_finish(box, job, false, ",\"the realm was deleted\"");
	return r;
}

/* --- discovery --- */

static void discover_done(struct box *box, struct job *job)
{
	struct realm *r;

	events_send(box, EVENT_DISCOVER_STOP, job->gid);
	r = realm_of(box, job);
	if (!r)
		return;
	if (r->devices == 0)
		realm_set_devices(r, r->seeds.n * DEVICES_PER_SEED);
	r->discovered = r->switches;
	stamp(r, "last_discover");
	requests_finish(box, job, true, "");
}

enum call_result answer_realm_discover(struct call *c)
{
	struct realm *r;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	call_later(c, discover_done, r->gid, NULL);
	events_send(c->box, EVENT_DISCOVER_START, r->gid);
	return CALL_LATER;
}

/* --- polls --- */

static void statistics(struct box *box, const struct job *job, size_t switches, size_t devices)
{
	char text[300];

	snprintf(text, sizeof text,
	    ",{\"port_updates\":\"%zu\",\"device_seens\":\"%zu\",\"device_inserts\":\"%zu\","
	    "\"switch_updates\":\"%zu\","
	    "\"port_seens\":\"%zu\"}",
	    switches * 2, devices, devices / 10, switches, switches * SWITCH_PORTS);
	requests_finish(box, job, true, text);
}

static void poll_done(struct box *box, struct job *job)
{
	struct realm *r;

	events_send(box, EVENT_POLL_STOP, job->gid);
	r = realm_of(box, job);
	if (!r)
		return;
	r->polling--;
	r->polled = true;
	stamp(r, "last_poll");
	if (job->detail)
		statistics(box, job, 1, r->devices < DEVICES_PER_SWITCH ? r->devices : DEVICES_PER_SWITCH);
	else
		statistics(box, job, r->switches, r->devices);
}

enum call_result answer_realm_poll(struct call *c)
{
	struct realm *r;

	if (call_realm(c, 0, &r) != 0)
		return CALL_FAILED;
	r->polling++;
	call_later(c, poll_done, r->gid, NULL);
	events_send(c->box, EVENT_POLL_START, r->gid);
	return CALL_LATER;
}

enum call_result answer_switch_poll(struct call *c)
{
	struct realm *r;
	const char *ip;

	if (call_realm(c, 0, &r) != 0 || call_text(c, 1, "switch ip", &ip) != 0)
		return CALL_FAILED;
	if (switch_find(r, ip) < 0)
		return call_fail(c, "no such switch in '%s': '%s'", props_get(&r->props, "name"), ip);
	r->polling++;
	call_later(c, poll_done, r->gid, ip);
	events_send(c->box, EVENT_POLL_START, r->gid);
	return CALL_LATER;
}

/* --- sync --- */

static void sync_done(struct box *box, struct job *job)
{
	struct realm *r = realm_of(box, job);
	char **result;

	if (!r)
		return;
	r->syncing--;
	result = *job->detail == 'b' ? &r->bsync : &r->qsync;
	free(*result);
	*result = mem_string("Success");
	stamp(r, "last_sync");
	requests_finish(box, job, true, "");
}

enum call_result answer_realm_sync(struct call *c)
{
	struct realm *r;
	const char *module;

	if (call_realm(c, 0, &r) != 0 || call_text(c, 1, "module", &module) != 0)
		return CALL_FAILED;
	if (strcmp(module, "bsync") != 0 && strcmp(module, "qsync") != 0)
		return call_fail(c, "unknown sync module '%s'", module);
	r->syncing++;
	return call_later(c, sync_done, r->gid, module);
}
