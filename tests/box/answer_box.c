/* SPDX-License-Identifier: ISC */
/*
 * answer_box: the session's and the box's own requests.  ping is in requests.c, login in login.c.
 */
#include <string.h>

#include "answers.h"
#include "client.h"
#include "events.h"
#include "requests.h"

enum call_result answer_start_tls(struct call *c)
{
	struct client *client = c->client;

	if (c->box->o.tls == BOX_TLS_OFF)
		return call_fail(c, "TLS is not available");
	if (client->handshake)
		return call_fail(c, "TLS is on already");
	buf_truncate(c->out, c->mark);
	buf_puts(c->out, "[null,\"start_tls\"]\n");
	buf_put(&client->tls_id, c->request->id, c->request->id_len);
	client_start_tls(client);
	return CALL_LATER;
}

enum call_result answer_product_id(struct call *c)
{
	buf_printf(c->out, ",\"%c\",\"00:1d:60:e8:6e:36\"", c->box->o.product);
	return CALL_OK;
}

/* --- subscriptions --- */

static enum call_result events_named(struct call *c, unsigned *set)
{
	const char *name;
	enum event event;

	*set = 0;
	for (size_t i = 0; i < c->n; i++) {
		if (call_text(c, i, "event", &name) != 0)
			return CALL_FAILED;
		event = event_find(name);
		if (!event)
			return call_fail(c, "unknown event '%s'", name);
		*set |= event;
	}
	return CALL_OK;
}

enum call_result answer_subscribe(struct call *c)
{
	unsigned set;
	enum call_result result = events_named(c, &set);

	c->client->events |= set;
	return result;
}

enum call_result answer_unsubscribe(struct call *c)
{
	unsigned set;
	enum call_result result = events_named(c, &set);

	c->client->events &= ~set;
	return result;
}

/* --- the box --- */

enum call_result answer_log(struct call *c)
{
	const char *message;
	uint64_t priority = 6;

	if (call_text(c, 0, "message", &message) != 0)
		return CALL_FAILED;
	if (!call_absent(c, 1) && !call_number(c->args[1], 0, 7, &priority))
		return call_fail(c, "log: the priority is a number from 0 to 7");
	box_logf(c->box, c->client, "syslog", "%u %s", (unsigned)priority, message);
	return CALL_OK;
}

/* Four groups of four capital letters and digits. */
static bool is_licence(const char *text)
{
	for (size_t i = 0; i < 19; i++)
		if (i % 5 == 4 ? text[i] != '-'
			       : !((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= '0' && text[i] <= '9')))
			return false;
	return text[19] == '\0';
}

enum call_result answer_set_license(struct call *c)
{
	const char *licence;

	if (call_text(c, 0, "licence", &licence) != 0)
		return CALL_FAILED;
	if (!is_licence(licence))
		return call_fail(c, "the licence is not valid");
	return CALL_OK;
}

static void backup_done(struct box *box, struct job *job)
{
	requests_finish(box, job, true, "");
}

enum call_result answer_remote_backup(struct call *c)
{
	const char *protocol, *host;

	if (c->n > 0) {
		if (call_text(c, 0, "protocol", &protocol) != 0 || call_text(c, 1, "host", &host) != 0)
			return CALL_FAILED;
		if (strcmp(protocol, "SCP") != 0 && strcmp(protocol, "FTP") != 0)
			return call_fail(c, "remote_backup: unknown protocol '%s'", protocol);
		if (!*host)
			return call_fail(c, "remote_backup: no host");
	}
	return call_later(c, backup_done, NULL, NULL);
}
