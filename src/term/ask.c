/* SPDX-License-Identifier: ISC */
/*
 * ask: lets go of the prompt and of the signals, asks on /dev/tty, and takes them back.  Does not know what is asked.
 */
#include "term/ask.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <termios.h>

#include "base/safe.h"
#include "term/hidden.h"

enum { SECRET_MOST = 4096 };

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
	interrupted = signo;
}

static void ask_begin(struct shell *sh, struct sigaction *before)
{
	const struct sigaction note = {.sa_handler = on_interrupt};	/* no SA_RESTART: it ends the read */

	shell_show_begin(sh);
	shell_flush(sh);
	if (sh->prompt != NULL)
		prompt_release(sh->prompt);
	loop_signals_release(sh->loop);
	interrupted = 0;
	if (sh->interactive)
		sigaction(SIGINT, &note, before);
}

static void ask_end(struct shell *sh, const struct sigaction *before)
{
	if (sh->interactive)
		sigaction(SIGINT, before, NULL);
	loop_signals_hold(sh->loop);
	if (sh->prompt != NULL)
		prompt_take(sh->prompt);
	if (interrupted && !sh->entered) {	/* there is no prompt to go back to yet */
		sh->signal = SIGINT;
		sh->quit = true;
	}
}

bool ask_text(struct shell *sh, const char *text, char *answer, size_t size)
{
	struct sigaction before;
	FILE *tty;
	bool got;

	if (!sh->may_ask || (tty = fopen("/dev/tty", "r+e")) == NULL)
		return false;
	ask_begin(sh, &before);
	/* Text typed before the question answers something else. */
	(void)tcflush(fileno(tty), TCIFLUSH);
	fputs(text, tty);
	fflush(tty);
	got = fgets(answer, (int)size, tty) != NULL && !interrupted;
	if (got)
		answer[strcspn(answer, "\r\n")] = '\0';
	else
		(void)dprintf(fileno(tty), "\n");	/* nothing is written to a stream that was just read from */
	fclose(tty);
	ask_end(sh, &before);
	return got;
}

bool ask_yes(struct shell *sh, const char *text)
{
	char answer[16];

	return ask_text(sh, text, answer, sizeof answer) &&
	    (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0);
}

int ask_secret(struct shell *sh, const char *what, struct buf *out, struct error *e)
{
	char secret[SECRET_MOST];
	struct buf question = {0};
	struct sigaction before;
	bool got;

	if (!sh->may_ask)
		return error_set(e, STATUS_USAGE, "%s: cannot prompt for a secret: no terminal", what);
	safe_put(&question, what, strlen(what));
	buf_puts(&question, " (not echoed): ");
	if (buf_string(&question) == NULL) {
		buf_clear(&question);
		return error_memory(e);
	}
	ask_begin(sh, &before);
	got = hidden_read(buf_string(&question), secret, sizeof secret) != NULL && !interrupted;
	ask_end(sh, &before);
	buf_clear(&question);
	if (got && strlen(secret) == sizeof secret - 1) {	/* the terminal cuts there, too */
		explicit_bzero(secret, sizeof secret);
		return error_set(e, STATUS_USAGE, "%s: longer than can be typed (%zu bytes); use @FILE", what, sizeof secret - 2);
	}
	if (got)
		buf_puts(out, secret);
	got = got && *secret != '\0';
	explicit_bzero(secret, sizeof secret);
	return got ? 0 : error_set(e, STATUS_USAGE, "%s: no secret was given", what);
}
