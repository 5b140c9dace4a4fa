/* SPDX-License-Identifier: ISC */
/*
 * login: the choice of the login, and its password.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "link/link_parts.h"

/* Chooses a method among those that the box offers.  A connection that follows another one of the same run, which the box
 * may have ended on purpose, must not bring ptsh down to a weaker login. */
static unsigned login_usable(const struct link *k, const struct hello *hello)
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

static void login_refuse(struct shell *sh, const struct hello *hello, struct error *e)
{
	const struct link *k = sh->link;
	const char *types = hello->types != NULL && *hello->types != '\0' ? hello->types : "none";
	char text[ERROR_TEXT];

	snprintf(text, sizeof text, "%s", e->text);
	if (k->least > AUTH_NONE && login_usable(k, hello) == 0)
		snprintf(text, sizeof text, "login: the box accepted %s before, and nothing weaker is accepted now",
		    auth_method_name(k->least));
	error_set(e, e->status, "%s: %s (it offers %s)", sh->options->box_text, text, types);
}

/* Around what may ask on the terminal: the prompt is out of the way, and signals reach the one that reads. */
static void question(struct shell *sh, bool begins)
{
	if (begins) {
		sh->link->ops->question(sh, true);
		loop_signals_release(sh->loop);
	} else {
		loop_signals_hold(sh->loop);
		sh->link->ops->question(sh, false);
	}
}

/* ^C at a question leaves ptsh, but not a session that is under way. */
static void note_interrupt(struct shell *sh)
{
	sh->signal = sh->interactive && sh->entered ? 0 : SIGINT;
}

/* Asks for it, if necessary.  NULL with *e. */
static const char *get_password(struct shell *sh, struct error *e)
{
	const struct options *o = sh->options;
	bool interrupted = false;
	const char *password, *box = o->box_text;
	size_t user_len = strlen(o->user);
	char prompt[512];

	if (strncmp(box, o->user, user_len) == 0 && box[user_len] == '@')	/* user@host: it is printed already */
		box += user_len + 1;
	snprintf(prompt, sizeof prompt, "Password for %s at %s: ", o->user, box);
	question(sh, true);
	password = password_get(sh->password, o, prompt, sh->may_ask, sh->link->tries > 0, &interrupted, e);
	question(sh, false);
	if (password == NULL && interrupted) {
		note_interrupt(sh);
		error_set(e, STATUS_LOGIN, "%s: no password was given", o->box_text);
	}
	return password;
}

int link_passphrase(void *ctx, char *text, int size, struct error *e)
{
	struct shell *sh = ctx;
	const struct options *o = sh->options;
	bool interrupted = false;
	char prompt[512];
	int len = -1;

	snprintf(prompt, sizeof prompt, "Passphrase of %.400s: ", o->key != NULL ? o->key : o->cert);
	question(sh, true);
	const char *passphrase = password_get_passphrase(sh->password, o, prompt, sh->may_ask, &interrupted, e);
	question(sh, false);
	if (passphrase == NULL && interrupted)
		note_interrupt(sh);
	if (passphrase != NULL && strlen(passphrase) < (size_t)size) {
		len = (int)strlen(passphrase);
		memcpy(text, passphrase, (size_t)len);
	} else if (passphrase != NULL) {
		error_set(e, STATUS_USAGE, "the passphrase is longer than OpenSSL takes (%d bytes)", size - 1);
	}
	password_forget(sh->password);
	return len;
}

/* There is no password, but the box wants none: says how to continue, where that weakens nothing. */
static void advise_none(const struct auth_case *in, struct error *e)
{
	char text[ERROR_TEXT];

	if (e->status != STATUS_USAGE || in->wanted != NULL || !(in->offered & AUTH_NONE) || in->known ||
	    in->trust == TRUST_TLS_UNKNOWN)
		return;
	snprintf(text, sizeof text, "%s", e->text);
	error_set(e, e->status, "%s; the box also offers none: --auth none continues without a password", text);
}

enum login_step link_login(struct shell *sh, struct error *e)
{
	struct link *k = sh->link;
	struct options *o = sh->options;
	struct auth_choice choice;
	const char *password = NULL;
	unsigned char nonce[CRAM_CLIENT_NONCE];
	const struct hello *hello = session_hello_seen(k->session);
	struct auth_case in = {.offered = login_usable(k, hello), .trust = channel_trust(k->channel),
	    .credentials = password_configured(sh->password, o), .wanted = o->auth[0] != 0 ? o->auth : NULL,
	    .clear_login = o->clear_login, .known = channel_knows_tls(k->channel)};

	if (auth_choose(&choice, &in, e) == -1) {
		login_refuse(sh, hello, e);
		return LOGIN_FAILED;
	}
	/* A box that offers cram but makes it impossible gets no other login. */
	if (choice.method == AUTH_CRAM && hello->nonce == NULL) {
		error_set(e, STATUS_LOGIN, "%s: login: the box offers cram, but %s", o->box_text, hello->nonce_fault);
		return LOGIN_FAILED;
	}
	/* The keyboard is not taken from a user who types, least of all for a hidden answer: a connection that came
	 * back by itself waits with its question until the line is entered. */
	if (choice.method != AUTH_NONE && k->lost_at != 0 && k->ops->typing(sh) &&
	    (k->tries > 0 || !password_configured(sh->password, o)))
		return LOGIN_WAITS;
	if (choice.warn)
		shell_complain(sh, (struct place){0}, NULL, "%s: warning: logging in over a channel that is not trusted", o->box_text);
	if (choice.method != AUTH_NONE && (password = get_password(sh, e)) == NULL) {
		advise_none(&in, e);
		return LOGIN_FAILED;
	}
	if (choice.method == AUTH_CRAM && getrandom(nonce, sizeof nonce, 0) != sizeof nonce) {
		error_set(e, STATUS_LOGIN, "cannot get random bytes for the login: %s", strerror(errno));
		password_forget(sh->password);
		return LOGIN_FAILED;
	}
	k->method = k->least = choice.method;
	k->method_name = auth_method_name(choice.method);
	if (choice.method == AUTH_NONE)
		shell_step(sh, "%s: continuing without a login (none)", o->box_text);
	else
		shell_step(sh, "%s: logging in as %s (%s)", o->box_text, o->user, k->method_name);
	k->by_certificate = choice.method == AUTH_NONE && !(hello->offered & AUTH_NONE);
	int rc = session_login(k->session, choice.method, o->user, password, nonce, e);
	password_forget(sh->password);
	explicit_bzero(nonce, sizeof nonce);
	return rc == -1 ? LOGIN_FAILED : LOGIN_SENT;
}

bool link_certificate_failed(struct shell *sh, const struct reply *reply)
{
	struct json_iter values = reply->values;
	struct json message;
	char text[64];

	if (!sh->link->by_certificate || reply->ok || !json_next(&values, NULL, &message))
		return false;
	link_message_text(message, text, sizeof text);
	if (strcasestr(text, "authenticate") == NULL)
		return false;
	sh->link->by_certificate = false;
	return true;
}
