/* SPDX-License-Identifier: ISC */
/*
 * entry: the way in: from the greeting through TLS to the answered login.
 *
 * Owns the operations of the session that decide about it; link.c wires them.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "link/link_parts.h"
#include "proto/reason.h"

enum {
	LOGIN_TRIES = 3,
	ANOTHER_AFTER = 300,		/* ms in which a box may hang up that has refused a login */
};

/* --- the login --- */

void link_log_in(struct shell *sh)
{
	struct link *k = sh->link;
	int64_t before = loop_now();
	struct error e;

	switch (link_login(sh, &e)) {
	case LOGIN_FAILED:
		link_fail(sh, &e);
		return;
	case LOGIN_WAITS:
		loop_timer_stop(sh->loop, &k->deadline);
		k->login_waits_for_enter = true;
		if (!k->line_reported)
			shell_report(sh, (struct place){0}, "%s: reconnected; press Enter to log in", sh->options->box_text);
		k->line_reported = true;
		return;
	case LOGIN_SENT:
		break;
	}
	/* The time a person takes to type is not the box's. */
	if (k->method != AUTH_NONE && loop_now() - before > 100)
		link_set_deadline(sh);
	k->ops->drained(sh);
	link_flush(sh);
}

void link_line_entered(struct shell *sh)
{
	if (!sh->link->login_waits_for_enter)
		return;
	sh->link->login_waits_for_enter = false;
	link_set_deadline(sh);
	link_log_in(sh);
}

static void line_entered(void *ctx)
{
	link_line_entered(ctx);
}

void link_want(struct shell *sh)
{
	struct link *k = sh->link;

	if (!sh->options->dry_run && (k->state == LINK_IDLE || k->state == LINK_AWAY)) {
		loop_timer_stop(sh->loop, &k->retry);
		k->pause = 0;		/* the user is waiting: no more long pauses */
		link_open(sh);
	} else if (k->login_waits_for_enter) {	/* not from here: its caller is in the middle of something */
		loop_timer_start(sh->loop, &k->another, 0, line_entered, sh);
	}
}

/* --- callbacks of the session --- */

/* The box reads the request when it has greeted: a round trip less. */
void link_ask_early(struct shell *sh)
{
	struct link *k = sh->link;

	if (k->no_early || !channel_asks_early(k->channel) || session_start_tls(k->session) == -1)
		return;		/* without memory it is asked later */
	shell_step(sh, "%s: asking for TLS before the greeting, as it started TLS when asked before", sh->options->box_text);
	k->early = true;
	link_watch_early(sh);
	link_flush(sh);
}

static void note_greeting(struct shell *sh, const struct hello *hello)
{
	struct link *k = sh->link;

	if (k->greeted)
		return;
	k->greeted = true;
	loop_timer_stop(sh->loop, &k->greeting);
	shell_step(sh, "%s: greeted; the box offers %s", sh->options->box_text,
	    hello->types != NULL && *hello->types != '\0' ? hello->types : "no login");
}

void link_on_greeted(void *ctx, const struct hello *hello)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;

	note_greeting(sh, hello);
	if (session_phase(k->session) == PHASE_TLS_ASKED)	/* early */
		return;
	if (!session_is_secured(k->session) && k->how.tls == TLS_OFF && k->how.pin != NULL)
		shell_complain(sh, (struct place){0}, NULL, "%s: warning: with --tls off there is no key to compare with --pin",
		    sh->options->box_text);
	else if (!session_is_secured(k->session) && k->how.tls == TLS_OFF && channel_knows_tls(k->channel))
		shell_complain(sh, (struct place){0}, NULL, "%s: warning: this box used TLS before; --tls off connects without it",
		    sh->options->box_text);
	if (session_is_secured(k->session) || channel_wants(k->channel) == WANTS_CLEAR) {
		link_log_in(sh);
	} else if (session_start_tls(k->session) == -1) {
		struct error e;
		error_memory(&e);
		link_fail(sh, &e);
	}
}

void link_on_tls(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;

	/* A hello that came in the same read is not reported otherwise. */
	if (session_hello_seen(k->session) != NULL)
		note_greeting(sh, session_hello_seen(k->session));
	if (channel_accept_tls(k->channel, &e) == -1) {
		link_fail(sh, &e);
		return;
	}
	shell_step(sh, "%s: starting TLS", sh->options->box_text);
	channel_start_tls(k->channel, !session_asked_tls(k->session) ? START_UNASKED : k->no_early ? START_LATE : START_ASKED);
	if (k->early)
		link_watch_early(sh);	/* a passphrase may have been typed meanwhile */
}

void link_on_tls_refused(void *ctx, struct json message)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;

	(void)message;
	if (channel_accept_clear(k->channel, &e) == -1) {
		link_fail(sh, &e);
		return;
	}
	link_set_deadline(sh);
	link_log_in(sh);
}

void link_on_ready(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	char away[24];

	loop_timer_stop(sh->loop, &k->deadline);
	k->state = LINK_READY;
	k->since = k->heard = loop_now();
	k->tries = 0;
	if (k->lost_at != 0) {
		shell_duration(away, loop_now() - k->lost_at);
		shell_notice(sh, "%s: reconnected after %s", sh->options->box_text, away);
	}
	k->lost_at = k->pause = 0;
	k->line_reported = false;
	k->trouble[0] = '\0';
	shell_step(sh, "%s: logged in", sh->options->box_text);
	if (k->resting != NULL)
		k->made(sh);
	k->ops->ready(sh);
	k->ops->changed(sh);
	k->ops->drained(sh);
}

static void another_login(void *ctx)
{
	struct shell *sh = ctx;

	sh->link->refused = false;
	link_log_in(sh);
}

void link_on_login_refused(void *ctx, struct json_iter reason)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct buf words = {0};
	char text[512];

	reason_put(&words, NULL, reason, "no reason given");
	snprintf(text, sizeof text, "%.*s", (int)utf8_fits(buf_head(&words), words.len, sizeof text - 1), buf_head(&words));
	buf_clear(&words);
	if (sh->may_ask && sh->interactive && k->method != AUTH_NONE && ++k->tries < LOGIN_TRIES) {
		shell_complain(sh, (struct place){0}, NULL, "%s: login refused: %s", sh->options->box_text, text);
		k->refused = true;	/* first it is seen whether the box stays connected */
		loop_timer_start(sh->loop, &k->another, ANOTHER_AFTER, another_login, sh);
		return;
	}
	struct error e;
	k->tries = 0;
	error_set(&e, STATUS_LOGIN, "%s: login refused: %s", sh->options->box_text, text);
	link_fail(sh, &e);
}
