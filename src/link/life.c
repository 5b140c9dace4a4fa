/* SPDX-License-Identifier: ISC */
/*
 * life: a connection is opened, fails or is lost, and perhaps is opened again.
 *
 * Owns the deadline, the tries and what a loss means for the run.  link.c and entry.c handle the messages.
 */
#include <stdio.h>

#include "link/link_parts.h"

enum {
	RECONNECT_FIRST = 1000, RECONNECT_MOST = 30000,	/* ms between tries */
	EARLY_MOST = 10000,		/* ms for an early start_tls where there is no deadline, as is that without --connect-timeout */
	CHANNEL_FIRST = 200,		/* ms that the channel has to report a time-out itself */
};

void link_drop(struct link *k, struct shell *sh)
{
	loop_timer_stop(sh->loop, &k->deadline);
	loop_timer_stop(sh->loop, &k->greeting);
	loop_timer_stop(sh->loop, &k->silence);
	loop_timer_stop(sh->loop, &k->grace);
	loop_timer_stop(sh->loop, &k->another);
	loop_timer_stop(sh->loop, &k->early_limit);
	channel_free(k->channel);
	session_free(k->session);
	k->channel = NULL;
	k->session = NULL;
	k->connected = k->greeted = k->early = k->pinged = k->ending = k->refused = k->login_waits_for_enter = false;
	k->method_name = NULL;
}

static void try_again(void *ctx);

static void wait_to_try_again(struct shell *sh, bool was_ready)
{
	struct link *k = sh->link;

	k->state = LINK_AWAY;
	k->pause = was_ready || k->pause == 0 ? RECONNECT_FIRST : k->pause * 2;
	if (k->pause > RECONNECT_MOST)
		k->pause = RECONNECT_MOST;
	loop_timer_start(sh->loop, &k->retry, k->pause, try_again, sh);
}

/* A name that does not answer may be a mistyped one. */
static void add_near(const struct shell *sh, struct error *e)
{
	struct error inner = *e;

	if (sh->options->box_near != NULL)
		error_set(e, inner.status, "%.300s (no box called %.80s; did you mean %.80s?)", inner.text, sh->options->box_text,
		    sh->options->box_near);
}

static void open_until(struct shell *sh, int64_t deadline);

/* Whether it ended because TLS was asked for before the greeting, or may have: then it is connected once more, within the time that
 * is left, and asked after the greeting. */
static bool ask_later(struct shell *sh, const struct error *why)
{
	struct link *k = sh->link;
	int64_t deadline = k->how.deadline;

	if (!k->early || channel_shook_hands(k->channel) || why->status == STATUS_USAGE || (deadline != 0 && loop_now() >= deadline))
		return false;
	shell_step(sh, "%s; connecting again, to ask for TLS after the greeting", why->text);
	k->no_early = true;
	k->early_why = *why;
	session_end(k->session);
	link_drop(k, sh);
	open_until(sh, deadline);
	return true;
}

void link_lost(struct shell *sh, const struct error *e)
{
	struct link *k = sh->link;
	bool was_ready = k->state == LINK_READY, nothing_open;
	struct error why = {STATUS_LOST, ""};
	const char *name = sh->options->box_text;

	if (k->session == NULL)
		return;
	if (k->refused && (e == NULL || e->status == STATUS_LOST)) {	/* it wants another connection for another try */
		session_end(k->session);
		link_drop(k, sh);
		link_open(sh);
		return;
	}
	nothing_open = session_open(k->session) == 0;
	if (e != NULL)
		why = *e;
	else if (k->ending)
		error_set(&why, STATUS_PROTOCOL, "%s: the box ended the session: %s", name, k->error_text);
	else if (!k->greeted)
		error_set(&why, STATUS_LOST, "%s: the box closed the connection before its greeting", name);
	else if (!was_ready)
		error_set(&why, STATUS_LOST, "%s: the box closed the connection before the login was answered", name);
	else
		error_set(&why, STATUS_LOST, "%s: the box closed the connection", name);

	if (ask_later(sh, &why))
		return;
	/* A second try that meets no box says less than the first one did. */
	if (k->early_why.status != STATUS_OK && !k->greeted && why.status == STATUS_LOST)
		why = k->early_why;
	k->early_why.status = STATUS_OK;
	if (!k->greeted && k->lost_at == 0)
		add_near(sh, &why);
	if (k->resting != NULL) {
		k->failed(sh, &why);
		return;
	}
	bool in_order = e == NULL && was_ready && nothing_open && !k->ending;
	bool again = why.status == STATUS_LOST &&
	    ((sh->interactive && sh->entered) || (sh->options->follow && sh->options->reconnect && (was_ready || k->lost_at != 0)));
	if (!again && !in_order) {
		if (!k->ending)		/* that was reported when it came */
			shell_complain(sh, (struct place){0}, NULL, "%s", why.text);
		shell_failed(sh, why.status);
	} else if (again && k->lost_at == 0) {	/* reported once, then only with -v */
		k->lost_at = loop_now();
		shell_complain(sh, (struct place){0}, NULL, "%s%s", why.text, sh->interactive ? "; trying to connect again" : "");
	} else {
		shell_step(sh, "%s", why.text);
	}
	snprintf(k->trouble, sizeof k->trouble, "%s", why.text);
	size_t cut = session_end(k->session);
	if (cut > 0)
		shell_complain(sh, (struct place){0}, NULL, "%s: incomplete message of %zu bytes discarded", name, cut);
	link_drop(k, sh);
	k->state = LINK_FAILED;
	if (again) {
		wait_to_try_again(sh, was_ready);
	} else if (in_order && sh->options->follow) {
		shell_notice(sh, "%s", why.text);	/* the end of what was followed, but no failure */
		sh->quit = true;
	} else if (in_order || sh->interactive) {
		k->state = LINK_IDLE;	/* the next line connects again */
		k->lost_at = 0;		/* until then nothing is tried: it is not away but not connected */
	}
	k->ops->lost(sh);
	k->ops->changed(sh);
}

void link_fail(struct shell *sh, const struct error *e)
{
	if (!sh->link->feeding)
		link_lost(sh, e);
	else if (sh->link->why.status == STATUS_OK)
		sh->link->why = *e;
}

bool link_renew_session(struct shell *sh)
{
	struct link *k = sh->link;
	struct session *fresh = session_create(&k->session_ops, sh, sh->options->max_reply);
	struct error e;

	if (fresh == NULL) {
		k->early = false;
		error_memory(&e);
		link_fail(sh, &e);
		return false;
	}
	session_free(k->session);
	k->session = fresh;
	return true;
}

bool link_try_next_address(struct shell *sh, const char *why)
{
	struct link *k = sh->link;
	struct session *fresh = session_create(&k->session_ops, sh, sh->options->max_reply);
	struct channel_info info;
	char address[128];

	channel_info(k->channel, &info);
	snprintf(address, sizeof address, "%s", info.address != NULL ? info.address : "an address");
	if (fresh == NULL || !channel_next(k->channel)) {
		session_free(fresh);
		return false;
	}
	shell_notice(sh, "%s (%s); trying the next address", why, address);
	session_free(k->session);
	k->session = fresh;
	k->connected = k->early = false;
	return true;
}

static void no_greeting(void *ctx)
{
	struct shell *sh = ctx;
	char why[512];

	snprintf(why, sizeof why, "%.400s: no greeting", sh->options->box_text);
	if (!sh->link->greeted)
		link_try_next_address(sh, why);
}

void link_watch_greeting(struct shell *sh)
{
	struct link *k = sh->link;
	int64_t due = channel_greeting_due(k->channel);

	if (due != 0)
		loop_timer_start(sh->loop, &k->greeting, due > k->heard ? due - k->heard : 0, no_greeting, sh);
}

/* What has not come. */
static void missing(const struct shell *sh, const char *when, struct error *e)
{
	const struct link *k = sh->link;
	const char *name = sh->options->box_text;

	if (!k->greeted)
		error_set(e, STATUS_LOST, "%s: no greeting %s (a port that expects TLS at once, or no box?)", name, when);
	else if (session_phase(k->session) == PHASE_TLS_ASKED)
		error_set(e, STATUS_TLS, "%s: no answer to start_tls %s", name, when);
	else if (session_phase(k->session) == PHASE_TLS)
		error_set(e, STATUS_TLS, "%s: the TLS handshake did not finish %s", name, when);
	else
		error_set(e, STATUS_LOGIN, "%s: no answer to the login %s", name, when);
}

static void too_late(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;
	char when[40];

	if (channel_has_ended(k->channel))
		return;
	/* The channel has the same deadline while it connects, and knows what it has tried. */
	if (!k->connected && !k->overdue) {
		k->overdue = true;
		loop_timer_start(sh->loop, &k->deadline, CHANNEL_FIRST, too_late, sh);
		return;
	}
	k->early = false;	/* there is no time left for another try */
	k->early_why.status = STATUS_OK;
	snprintf(when, sizeof when, "within %g s", sh->options->reach.connect_timeout);
	missing(sh, when, &e);
	link_fail(sh, &e);
}

/* The box has been silent for most of the time: it is slow, or does not take an early request.  Next time all of the time is its
 * own, whatever comes of the try that is left. */
static void early_is_silent(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;

	if (!k->early || channel_shook_hands(k->channel) || channel_has_ended(k->channel))
		return;
	channel_note_late(k->channel);
	missing(sh, "within three quarters of the time", &e);
	link_fail(sh, &e);
}

void link_watch_early(struct shell *sh)
{
	struct link *k = sh->link;
	int64_t left = k->how.deadline != 0 ? k->how.deadline - loop_now() : EARLY_MOST;

	loop_timer_start(sh->loop, &k->early_limit, left > 0 ? left * 3 / 4 : 0, early_is_silent, sh);
}

static void set_deadline(struct shell *sh, int64_t deadline)
{
	struct link *k = sh->link;
	int64_t left = deadline - loop_now();

	k->overdue = false;
	k->how.deadline = deadline;
	if (deadline != 0)
		loop_timer_start(sh->loop, &k->deadline, left > 0 ? left : 0, too_late, sh);
}

/* From now on. */
static int64_t next_deadline(const struct shell *sh)
{
	double s = sh->options->reach.connect_timeout;

	return s > 0 ? loop_now() + (int64_t)(s * 1000) : 0;
}

void link_set_deadline(struct shell *sh)
{
	set_deadline(sh, next_deadline(sh));
}

static void open_until(struct shell *sh, int64_t deadline)
{
	struct link *k = sh->link;
	const struct options *o = sh->options;
	struct error e;

	k->how = (struct channel_options){
		.target = &o->target, .reach = &o->reach, .tls = o->tls, .accept_new = o->accept_new,
		.pin = o->pin, .ca = o->ca, .cert = o->cert, .key = o->key, .tls_min = o->tls_min,
		.passphrase = link_passphrase, .passphrase_ctx = sh,
		.known_as = o->known_as, .known_boxes = o->known_boxes_path, .seen = &k->seen,
	};
	k->state = LINK_CONNECTING;
	k->ops->connecting(sh);
	set_deadline(sh, deadline);
	k->session = session_create(&k->session_ops, sh, o->max_reply);
	k->channel = k->session != NULL ? channel_open(sh->loop, &k->how, k->channel_ops, sh) : NULL;
	if (k->channel == NULL) {
		error_memory(&e);
		if (k->resting != NULL) {
			k->failed(sh, &e);
			return;
		}
		shell_complain(sh, (struct place){0}, NULL, "%s", e.text);
		shell_failed(sh, e.status);
		link_drop(k, sh);
		k->state = LINK_FAILED;
		k->ops->lost(sh);
	}
}

void link_open(struct shell *sh)
{
	sh->link->early_why.status = STATUS_OK;
	open_until(sh, next_deadline(sh));
}

static void try_again(void *ctx)
{
	struct shell *sh = ctx;

	if (sh->link->state != LINK_AWAY)
		return;
	if (sh->link->ops->taken(sh) && !password_configured(sh->password, sh->options))
		/* nothing can be asked there now */
		loop_timer_start(sh->loop, &sh->link->retry, RECONNECT_FIRST, try_again, sh);
	else
		link_open(sh);
}

void link_flush(struct shell *sh)
{
	struct link *k = sh->link;

	if (k->channel != NULL && k->connected && session_output(k->session)->len > 0)
		channel_send(k->channel, session_output(k->session));
}
