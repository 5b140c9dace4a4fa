/* SPDX-License-Identifier: ISC */
/*
 * link: moves bytes between the channel and the session, decides about TLS and the next address, and what happens when the
 * connection is lost.
 */
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/link_parts.h"
#include "proto/catalog.h"
#include "term/ask.h"

enum {
	RECONNECT_FIRST = 1000, RECONNECT_MOST = 30000,	/* ms between tries */
	LOGIN_TRIES = 3,
	CHANNEL_FIRST = 200,		/* ms that the channel has to report a time-out itself */
	ERROR_GRACE = 2000,		/* ms for replies after the box's fatal error */
	ANOTHER_AFTER = 300,		/* ms in which a box may hang up that has refused a login */
};

static const struct channel_ops channel_operations;

void link_drop(struct link *k, struct shell *sh)
{
	loop_timer_stop(sh->loop, &k->deadline);
	loop_timer_stop(sh->loop, &k->greeting);
	loop_timer_stop(sh->loop, &k->silence);
	loop_timer_stop(sh->loop, &k->grace);
	loop_timer_stop(sh->loop, &k->another);
	channel_free(k->channel);
	session_free(k->session);
	k->channel = NULL;
	k->session = NULL;
	k->connected = k->greeted = k->pinged = k->ending = k->refused = k->login_waits_for_enter = false;
	k->method_name = NULL;
}

static void try_again(void *ctx);
static void open_channel(struct shell *sh);

static void wait_to_try_again(struct shell *sh, bool was_ready)
{
	struct link *k = sh->link;

	k->state = LINK_AWAY;
	k->pause = was_ready || k->pause == 0 ? RECONNECT_FIRST : k->pause * 2;
	if (k->pause > RECONNECT_MOST)
		k->pause = RECONNECT_MOST;
	loop_timer_start(sh->loop, &k->retry, k->pause, try_again, sh);
}

/* What does not answer may not be what was meant. */
static void add_near(const struct shell *sh, struct error *e)
{
	struct error inner = *e;

	if (sh->options->box_near != NULL)
		error_set(e, inner.status, "%.300s (no box called %.80s; did you mean %.80s?)", inner.text, sh->options->box_text,
		    sh->options->box_near);
}

/* The connection is over.  e: why; NULL: the box ended it in order.  Everything that has no answer gets its
 * outcome, then it is decided whether there will be another connection. */
static void link_lost(struct shell *sh, const struct error *e)
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
		open_channel(sh);
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
	}
	k->ops->lost(sh);
	k->ops->changed(sh);
}

/* Ends the connection with an error found on this side; as soon as the session has returned. */
static void link_fail(struct shell *sh, const struct error *e)
{
	if (!sh->link->feeding)
		link_lost(sh, e);
	else if (sh->link->why.status == STATUS_OK)
		sh->link->why = *e;
}

/* What answers there is no box, or says nothing: another address of the same name may. */
static bool try_next_address(struct shell *sh, const char *why)
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
	k->connected = false;
	return true;
}

static void no_greeting(void *ctx)
{
	struct shell *sh = ctx;
	char why[512];

	snprintf(why, sizeof why, "%.400s: no greeting", sh->options->box_text);
	if (!sh->link->greeted)
		try_next_address(sh, why);
}

static void too_late(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;
	double s = sh->options->reach.connect_timeout;
	const char *name = sh->options->box_text;

	/* The channel has the same deadline while it connects, and knows what it has tried. */
	if (!k->connected && !k->overdue) {
		k->overdue = true;
		loop_timer_start(sh->loop, &k->deadline, CHANNEL_FIRST, too_late, sh);
		return;
	}
	if (!k->greeted)
		error_set(&e, STATUS_LOST, "%s: no greeting within %g s (a port that expects TLS at once, or no box?)", name, s);
	else if (session_phase(k->session) == PHASE_TLS_ASKED)
		error_set(&e, STATUS_TLS, "%s: no answer to start_tls within %g s", name, s);
	else if (session_phase(k->session) == PHASE_TLS)
		error_set(&e, STATUS_TLS, "%s: the TLS handshake did not finish within %g s", name, s);
	else
		error_set(&e, STATUS_LOGIN, "%s: no answer to the login within %g s", name, s);
	link_fail(sh, &e);
}

static void set_deadline(struct shell *sh)
{
	struct link *k = sh->link;
	double s = sh->options->reach.connect_timeout;

	k->overdue = false;
	k->how.deadline = s > 0 ? loop_now() + (int64_t)(s * 1000) : 0;
	if (s > 0)
		loop_timer_start(sh->loop, &k->deadline, (int64_t)(s * 1000), too_late, sh);
}

static void open_channel(struct shell *sh)
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
	set_deadline(sh);
	k->session = session_create(&k->session_ops, sh, o->max_reply);
	k->channel = k->session != NULL ? channel_open(sh->loop, &k->how, &channel_operations, sh) : NULL;
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

static void try_again(void *ctx)
{
	struct shell *sh = ctx;

	if (sh->link->state != LINK_AWAY)
		return;
	if (sh->link->ops->taken(sh) && !password_configured(sh->password, sh->options))
		/* nothing can be asked there now */
		loop_timer_start(sh->loop, &sh->link->retry, RECONNECT_FIRST, try_again, sh);
	else
		open_channel(sh);
}

/* --- the login --- */

static void log_in(struct shell *sh)
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
		set_deadline(sh);
	k->ops->drained(sh);
	link_flush(sh);
}

void link_line_entered(struct shell *sh)
{
	if (!sh->link->login_waits_for_enter)
		return;
	sh->link->login_waits_for_enter = false;
	set_deadline(sh);
	log_in(sh);
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
		open_channel(sh);
	} else if (k->login_waits_for_enter) {	/* not from here: whoever wants it is in the middle of something */
		loop_timer_start(sh->loop, &k->another, 0, line_entered, sh);
	}
}

/* --- what the session says --- */

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

static void on_greeted(void *ctx, const struct hello *hello)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;

	note_greeting(sh, hello);
	if (!session_is_secured(k->session) && k->how.tls == TLS_OFF && k->how.pin != NULL)
		shell_complain(sh, (struct place){0}, NULL, "%s: warning: with --tls off there is no key to compare with --pin",
		    sh->options->box_text);
	else if (!session_is_secured(k->session) && k->how.tls == TLS_OFF && channel_knows_tls(k->channel))
		shell_complain(sh, (struct place){0}, NULL, "%s: warning: this box used TLS before; --tls off connects without it",
		    sh->options->box_text);
	if (session_is_secured(k->session) || channel_wants(k->channel) == WANTS_CLEAR) {
		log_in(sh);
	} else if (session_start_tls(k->session) == -1) {
		struct error e;
		error_memory(&e);
		link_fail(sh, &e);
	}
}

static void on_tls(void *ctx)
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
	channel_start_tls(k->channel);
}

static void on_tls_refused(void *ctx, struct json message)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	struct error e;

	(void)message;
	if (channel_accept_clear(k->channel, &e) == -1) {
		link_fail(sh, &e);
		return;
	}
	set_deadline(sh);
	log_in(sh);
}

static void on_ready(void *ctx)
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
	log_in(sh);
}

static void on_login_refused(void *ctx, struct json message)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	char text[512];

	link_message_text(message, text, sizeof text);
	if (sh->may_ask && sh->interactive && k->method != AUTH_NONE && ++k->tries < LOGIN_TRIES) {
		shell_complain(sh, (struct place){0}, NULL, "%s: login refused: %s", sh->options->box_text, text);
		k->refused = true;	/* first it is seen whether the box stays */
		loop_timer_start(sh->loop, &k->another, ANOTHER_AFTER, another_login, sh);
		return;
	}
	struct error e;
	k->tries = 0;
	error_set(&e, STATUS_LOGIN, "%s: login refused: %s", sh->options->box_text, text);
	link_fail(sh, &e);
}

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
	.greeted = on_greeted, .tls = on_tls, .tls_refused = on_tls_refused, .ready = on_ready,
	.login_refused = on_login_refused, .reply = on_reply, .notice = link_on_notice, .late = link_on_late,
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

/* --- what the channel says --- */

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

	set_deadline(sh);	/* a person's time is not the box's */
	return got;
}

static void on_connected(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	int64_t due = channel_greeting_due(k->channel);

	k->connected = true;
	k->heard = loop_now();
	if (due != 0)
		loop_timer_start(sh->loop, &k->greeting, due > k->heard ? due - k->heard : 0, no_greeting, sh);
}

/* What was still to come after a fatal error has had its time. */
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
	if (k->ending && !k->grace.set) {
		shell_failed(sh, STATUS_PROTOCOL);	/* also when all is answered */
		loop_timer_start(sh->loop, &k->grace, ERROR_GRACE, grace_over, sh);
	}
	if (rc == -1) {
		char text[ERROR_TEXT];
		snprintf(text, sizeof text, "%s", e.text);
		error_set(&e, e.status, "%s: %s", sh->options->box_text, text);
		if (k->greeted || !try_next_address(sh, e.text))
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

	shell_step(sh, "%s: TLS established", sh->options->box_text);
	session_secured(k->session);
	if (session_phase(k->session) == PHASE_GREETED)
		log_in(sh);
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
		    sh->options->box_text, (double)(quiet / 100) / 10);
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

void link_flush(struct shell *sh)
{
	struct link *k = sh->link;

	if (k->channel != NULL && k->connected && session_output(k->session)->len > 0)
		channel_send(k->channel, session_output(k->session));
}
