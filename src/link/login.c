/* SPDX-License-Identifier: ISC */
/*
 * login: which login, with which password.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "link/link_parts.h"
#include "run/engine.h"

/* Of what the box offers, what may be used.  A connection that follows another one of the same run, which the box
 * may have ended on purpose, must not bring ptsh down to a weaker login. */
static unsigned usable(const struct link *k, const struct hello *hello)
{
	unsigned offered = hello->offered;

	/* hello came before TLS, and knows nothing of the certificate that may grant the session (ptsh-protocol(7)). */
	if (channel_shows_certificate(k->channel))
		offered |= AUTH_NONE;
	if (k->least == AUTH_CRAM)
		offered &= AUTH_CRAM;
	else if (k->least == AUTH_LOGIN)
		offered &= ~(unsigned)AUTH_NONE;
	return offered;
}

static void refuse(struct shell *sh, const struct hello *hello, struct error *e)
{
	const struct link *k = sh->link;
	const char *types = hello->types != NULL && *hello->types != '\0' ? hello->types : "none";
	char text[ERROR_TEXT];

	snprintf(text, sizeof text, "%s", e->text);
	if (k->least > AUTH_NONE && usable(k, hello) == 0)
		snprintf(text, sizeof text, "login: the box has been logged in to by %s, and nothing weaker will do now",
		    auth_method_name(k->least));
	error_set(e, e->status, "%s: %s (it offers %s)", sh->options->box_text, text, types);
	link_fail(sh, e);
}

/* The keyboard is not taken away from somebody who types, least of all by what shows nothing: a connection that came
 * back by itself waits with its question until the line is entered. */
static void wait_for_line(struct shell *sh)
{
	struct link *k = sh->link;

	loop_timer_stop(sh->loop, &k->deadline);
	k->wants_line = true;
	if (!k->told_line)
		shell_complain(sh, (struct place){0}, NULL, "%s: reconnected; press Enter to log in", sh->options->box_text);
	k->told_line = true;
}

void link_line_entered(struct shell *sh)
{
	struct link *k = sh->link;

	if (!k->wants_line)
		return;
	k->wants_line = false;
	link_set_deadline(sh);
	link_login(sh);
}

/* Asks for it, if that must be.  NULL with *e. */
static const char *get_password(struct shell *sh, struct error *e)
{
	const struct options *o = sh->options;
	bool interrupted = false;
	int64_t before = loop_now();
	const char *password, *box = o->box_text;
	size_t user_len = strlen(o->user);
	char prompt[512];

	if (strncmp(box, o->user, user_len) == 0 && box[user_len] == '@')	/* user@host: it is said already */
		box += user_len + 1;
	snprintf(prompt, sizeof prompt, "Password for %s at %s: ", o->user, box);
	shell_show_begin(sh);
	if (sh->prompt != NULL)
		prompt_release(sh->prompt);
	loop_signals_release(sh->loop);
	password = password_get(sh->password, o, prompt, sh->may_ask, sh->link->tries > 0, &interrupted, e);
	loop_signals_hold(sh->loop);
	if (sh->prompt != NULL)
		prompt_take(sh->prompt);
	if (password == NULL && interrupted) {
		sh->signal = sh->interactive && sh->entered ? 0 : SIGINT;
		error_set(e, STATUS_LOGIN, "%s: no password was given", o->box_text);
	}
	/* The time a person takes to type is not the box's. */
	if (password != NULL && loop_now() - before > 100)
		link_set_deadline(sh);
	return password;
}

/* There is no password, but the box wants none: says how to go on, where that takes nothing away. */
static void advise_none(const struct auth_case *in, struct error *e)
{
	char text[ERROR_TEXT];

	if (e->status != STATUS_USAGE || in->wanted != NULL || !(in->offered & AUTH_NONE) || in->known ||
	    in->trust == TRUST_TLS_UNKNOWN)
		return;
	snprintf(text, sizeof text, "%s", e->text);
	error_set(e, e->status, "%s; the box also offers none: --auth none goes on without a password", text);
}

void link_login(struct shell *sh)
{
	struct link *k = sh->link;
	struct options *o = sh->options;
	struct auth_choice choice;
	struct error e;
	const char *password = NULL;
	unsigned char nonce[CRAM_CLIENT_NONCE];
	const struct hello *hello = session_hello_seen(k->session);
	struct auth_case in = {.offered = usable(k, hello), .trust = channel_trust(k->channel),
	    .credentials = password_configured(sh->password, o), .wanted = o->auth[0] != 0 ? o->auth : NULL,
	    .clear_login = o->clear_login, .known = channel_knows_tls(k->channel)};

	if (auth_choose(&choice, &in, &e) == -1) {
		refuse(sh, hello, &e);
		return;
	}
	/* Whoever offers cram so that it cannot be had is not gone along with to something else. */
	if (choice.method == AUTH_CRAM && hello->nonce == NULL) {
		error_set(&e, STATUS_LOGIN, "%s: login: the box offers cram, but %s", o->box_text, hello->nonce_fault);
		link_fail(sh, &e);
		return;
	}
	if (choice.method != AUTH_NONE && k->lost_at != 0 && sh->prompt != NULL && prompt_reading(sh->prompt) &&
	    (k->tries > 0 || !password_configured(sh->password, o))) {
		wait_for_line(sh);
		return;
	}
	if (choice.warn)
		shell_complain(sh, (struct place){0}, NULL, "%s: warning: logging in over a channel that is not trusted", o->box_text);
	if (choice.method != AUTH_NONE && (password = get_password(sh, &e)) == NULL) {
		advise_none(&in, &e);
		link_fail(sh, &e);
		return;
	}
	if (choice.method == AUTH_CRAM && getrandom(nonce, sizeof nonce, 0) != sizeof nonce) {
		error_set(&e, STATUS_LOGIN, "no randomness for the login: %s", strerror(errno));
		password_forget(sh->password);
		link_fail(sh, &e);
		return;
	}
	k->method = k->least = choice.method;
	k->method_name = auth_method_name(choice.method);
	if (choice.method == AUTH_NONE)
		shell_step(sh, "%s: going on without a login (none)", o->box_text);
	else
		shell_step(sh, "%s: logging in as %s (%s)", o->box_text, o->user, k->method_name);
	k->by_certificate = choice.method == AUTH_NONE && !(hello->offered & AUTH_NONE);
	int rc = session_login(k->session, choice.method, o->user, password, nonce, &e);
	password_forget(sh->password);
	explicit_bzero(nonce, sizeof nonce);
	if (rc == -1) {
		link_fail(sh, &e);
		return;
	}
	engine_pump(sh);
	link_flush(sh);
}
