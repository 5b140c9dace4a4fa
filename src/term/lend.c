/* SPDX-License-Identifier: ISC */
/*
 * lend: hides the prompt, saves the modes of the terminal, and gives it to a command.
 */
#include "term/lend.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <termios.h>
#include <unistd.h>

int lend_terminal(struct loop *l, struct prompt *p, struct child *c, int (*start)(void *ctx), void *ctx)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	struct termios modes;
	bool have_modes;
	int rc, error;

	prompt_release(p);
	have_modes = tcgetattr(STDIN_FILENO, &modes) == 0;
	sigaction(SIGPIPE, &ignore, &before);
	rc = start(ctx);
	error = errno;
	if (rc == 0) {
		while (!c->ended && !prompt_stopping(p))
			loop_step(l, -1);
		if (c->ended)
			child_forget(c);
		else
			child_end(c);
	}
	sigaction(SIGPIPE, &before, NULL);
	if (have_modes)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);	/* it may have been killed */
	prompt_take(p);
	errno = error;
	return rc;
}
