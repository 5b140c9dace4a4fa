/* SPDX-License-Identifier: ISC */
/*
 * link: moves bytes between the channel and the session, requests among them, and watches for silence.
 */
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/link_parts.h"
#include "proto/catalog.h"
#include "term/ask.h"

enum { ERROR_GRACE = 2000 };	/* ms for replies after the box's fatal error */

/* --- callbacks of the session --- */

static void on_reply(void *ctx, void *tag, const struct reply *reply)
{
	struct shell *sh = ctx;
	bool needs_login = link_certificate_failed(sh, reply);

	sh->link->ops->requests->reply(sh, tag, reply);
	if (needs_login)
		shell_complain(sh, (struct place){0}, NULL, "%s: the client certificate alone is no login here: give a password"
		    " (--password-command, --password-file)", sh->options->box_text);
}

static const struct session_ops own_operations = {
	.greeted = link_on_greeted, .tls = link_on_tls, .tls_refused = link_on_tls_refused, .ready = link_on_ready,
	.login_refused = link_on_login_refused, .reply = on_reply, .notice = link_on_notice, .late = link_on_late,
	.odd = link_on_odd, .sending = link_on_sending, .received = link_on_line,
};

/* Our own operations, and the holder's where requests have their outcome. */
static struct session_ops with_requests(const struct session_ops *requests)
{
	struct session_ops all = own_operations;

	all.reply_large = requests->reply_large;
	all.reply_item = requests->reply_item;
	all.reply_part = requests->reply_part;
	all.reply_text = requests->reply_text;
	all.reply_end = requests->reply_end;
	all.reply_lost = requests->reply_lost;
	all.unanswered = requests->unanswered;
	all.event = requests->event;
	return all;
}

/* --- callbacks of the channel --- */

static void on_step(void *ctx, const char *text)
{
	struct shell *sh = ctx;

	shell_step(sh, "%s: %s", sh->options->box_text, text);
}

static void on_warn(void *ctx, const char *text)
{
	struct shell *sh = ctx;

	shell_complain(sh, (struct place){0}, NULL, "warning: %s", text);	/* it names the box, or a file */
}

static bool on_ask(void *ctx, const char *text, char *answer, size_t size)
{
	struct shell *sh = ctx;
	bool got = ask_text(sh, text, answer, size);

	link_set_deadline(sh);	/* a person's time is not the box's */
	return got;
}

static void on_connected(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;

	k->connected = true;
	k->heard = loop_now();
	/* The address before this one hung up without a word, on being asked early perhaps. */
	k->no_early |= k->early;
	if (k->early && !link_renew_session(sh))
		return;
	k->early = false;
	link_watch_greeting(sh);
	link_ask_early(sh);
}

/* The time for further messages after a fatal error is over. */
static void grace_over(void *ctx)
{
	link_lost(ctx, NULL);
}

static void on_received(void *ctx, const char *bytes, size_t len)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;

	uint64_t replies = session_counters(k->session).replies;
	k->heard = loop_now();
	k->partial += len;
	k->why.status = STATUS_OK;
	k->feeding = true;
	int rc = session_feed(k->session, bytes, len, &e);
	k->feeding = false;
	if (session_counters(k->session).replies != replies)
		k->partial = 0;
	if (k->ending && k->early) {
		link_lost(sh, NULL);
		return;
	}
	if (k->ending && !k->grace.set) {
		shell_failed(sh, STATUS_PROTOCOL);	/* also when all is answered */
		loop_timer_start(sh->loop, &k->grace, ERROR_GRACE, grace_over, sh);
	}
	if (rc == -1) {
		char text[ERROR_TEXT];
		snprintf(text, sizeof text, "%s", e.text);
		error_set(&e, e.status, "%s: %s", sh->options->box_text, text);
		if (k->greeted || k->early || !link_try_next_address(sh, e.text))
			link_fail(sh, &e);
	} else if (k->why.status != STATUS_OK) {
		e = k->why;
		link_fail(sh, &e);
	} else {
		k->ops->drained(sh);
		link_flush(sh);
	}
}

static void on_drained(void *ctx)
{
	struct shell *sh = ctx;

	sh->link->ops->drained(sh);
	link_flush(sh);
}

static void on_secured(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;

	k->early = false;
	k->early_why.status = STATUS_OK;
	loop_timer_stop(sh->loop, &k->early_limit);
	shell_step(sh, "%s: TLS established", sh->options->box_text);
	session_secured(k->session);
	if (session_phase(k->session) == PHASE_GREETED)
		link_log_in(sh);
	link_flush(sh);
}

static void on_closed(void *ctx, const struct error *e)
{
	link_lost(ctx, e);
}

static const struct channel_ops channel_operations = {
	.step = on_step, .warn = on_warn, .ask = on_ask, .connected = on_connected, .received = on_received,
	.drained = on_drained, .secured = on_secured, .closed = on_closed,
};

/* --- for the others --- */

struct link *link_create(struct shell *sh, const struct link_ops *ops)
{
	struct link *k = calloc(1, sizeof *k);

	(void)sh;
	if (k == NULL)
		return NULL;
	k->ops = ops;
	k->session_ops = with_requests(ops->requests);
	k->channel_ops = &channel_operations;
	return k;
}

void link_free(struct shell *sh)
{
	if (sh->link == NULL)
		return;
	loop_timer_stop(sh->loop, &sh->link->retry);
	link_drop(sh->link, sh);
	if (sh->link->resting != NULL)
		sh->link->forget(sh->link, sh);
	trust_seen_clear(&sh->link->seen);
	free(sh->link);
	sh->link = NULL;
}

void link_close(struct shell *sh)
{
	struct link *k = sh->link;

	loop_timer_stop(sh->loop, &k->retry);
	if (k->session != NULL)
		session_end(k->session);
	link_drop(k, sh);
	k->state = LINK_IDLE;
	k->lost_at = k->pause = 0;
}

static void look_for_silence(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	int64_t quiet = loop_now() - k->heard;
	size_t open = k->state == LINK_READY ? session_open(k->session) : 0;
	struct keepalive next = keepalive_next((int64_t)(sh->options->reach.keepalive * 1000), quiet, open, k->pinged);
	char ping[32];
	struct error e;

	switch (next.what) {
	case KEEPALIVE_DEAD:
		error_set(&e, STATUS_LOST, "%s: no data for %g s, not even an answer to ping: connection lost",
		    sh->options->box_text, (double)(quiet - quiet % 100) / 1000);
		link_fail(sh, &e);
		return;
	case KEEPALIVE_PING:
		k->pinged = true;
		session_request(k->session, ping,
		    (size_t)snprintf(ping, sizeof ping, "[\"%s\"]", catalog_role(ROLE_PING)->name), NULL);
		link_flush(sh);
		break;
	case KEEPALIVE_REST:
		k->pinged = false;
		return;
	case KEEPALIVE_WAIT:
		if (quiet < (int64_t)(sh->options->reach.keepalive * 1000))
			k->pinged = false;
		break;
	}
	loop_timer_start(sh->loop, &k->silence, next.wait, look_for_silence, sh);
}

/* A request has been sent: from now on silence counts. */
void link_watch_silence(struct shell *sh)
{
	struct link *k = sh->link;

	if (k->silence.set || sh->options->reach.keepalive <= 0)
		return;
	if (session_open(k->session) <= 1)
		k->heard = loop_now();
	loop_timer_start(sh->loop, &k->silence, (int64_t)(sh->options->reach.keepalive * 1000), look_for_silence, sh);
}

void link_discount_blocked_ms(struct shell *sh, int64_t ms)
{
	if (sh->link != NULL)
		sh->link->heard += ms;
}

uint64_t link_request(struct shell *sh, const char *json, size_t len, void *tag)
{
	struct link *k = sh->link;
	uint64_t id = session_request(k->session, json, len, tag);

	link_watch_silence(sh);
	return id;
}

bool link_forget_trust(struct shell *sh, const char *name)
{
	struct trust_seen *seen = &sh->link->seen;

	if (seen->name == NULL || strcmp(seen->name, name) != 0)
		return false;
	trust_seen_clear(seen);
	return true;
}

void link_forget(struct shell *sh, uint64_t id)
{
	if (sh->link->session != NULL)
		session_forget(sh->link->session, id);
}
