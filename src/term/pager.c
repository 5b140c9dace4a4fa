/* SPDX-License-Identifier: ISC */
/*
 * pager: text for another program: the pager for text taller than the screen, or the command after `|`.
 *
 * Owns the pipe to it and the terminal's modes.  Does not know what the text is; net/child runs the program.
 */
#include "term/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/child.h"
#include "term/lend.h"

enum { NO_PROGRAM = 126 };	/* the shell's statuses for commands it cannot run begin there */

struct pager {
	struct loop *loop;
	struct child child;
	const char *command;
	unsigned flags;
	int pipe;		/* -1: all is written, or nothing reads it */
	const char *text;
	size_t left;
};

static const char *pager(void)
{
	const char *own = getenv("PTSH_PAGER"), *common = getenv("PAGER");

	return own != NULL ? own : common != NULL ? common : "less -FRSX";
}

static bool taller_than(const char *text, size_t len, int rows)
{
	for (const char *end = text + len; rows > 0; rows--) {
		text = memchr(text, '\n', (size_t)(end - text));
		if (text == NULL || ++text == end)
			return false;
	}
	return true;
}

static void close_pipe(struct pager *g)
{
	if (g->pipe < 0)
		return;
	loop_unwatch(g->loop, g->pipe);
	close(g->pipe);
	g->pipe = -1;
}

static void on_pipe(void *ctx, int fd, short revents)
{
	struct pager *g = ctx;
	ssize_t n = write(fd, g->text, g->left);

	(void)revents;
	if (n > 0) {
		g->text += n;
		g->left -= (size_t)n;
	}
	/* The reader has read enough: no error. */
	if (g->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_pipe(g);
}

static int start_pager(void *ctx)
{
	struct pager *g = ctx;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	rc = child_start(&g->child, g->command, ends[0], STDOUT_FILENO, CHILD_TERMINAL | g->flags);
	close(ends[0]);
	g->pipe = ends[1];
	fcntl(g->pipe, F_SETFL, O_NONBLOCK);
	if (rc == 0 && (child_watch(&g->child, g->loop, NULL, NULL) < 0 ||
	    loop_watch(g->loop, g->pipe, POLLOUT, on_pipe, g) < 0)) {
		child_end(&g->child);
		errno = ENOMEM;
		rc = -1;
	}
	if (rc == -1) {
		int error = errno;

		close_pipe(g);
		errno = error;
	}
	return rc;
}

/* Lends the command the terminal until it has ended.  -1: it could not be started. */
static int serve(struct pager *g, struct prompt *p, const char *command, unsigned flags)
{
	int rc, error;

	g->command = command;
	g->flags = flags;
	rc = lend_terminal(g->loop, p, &g->child, start_pager, g);
	error = errno;
	close_pipe(g);
	errno = error;
	return rc;
}

void pager_show(struct loop *l, struct screen *s, struct prompt *p, const char *text, size_t len)
{
	struct pager g = {.loop = l, .text = text, .left = len, .pipe = -1};
	int columns, rows;

	screen_size(s, &columns, &rows);
	if (!screen_visual(s) || *pager() == '\0' || !taller_than(text, len, rows - 1) || serve(&g, p, pager(), CHILD_SECURE) == -1 ||
	    (WIFEXITED(g.child.status) && WEXITSTATUS(g.child.status) >= NO_PROGRAM))
		screen_write(s, text, len);
}

int pager_pipe(struct loop *l, struct prompt *p, const char *command, const char *text, size_t len, int *status)
{
	struct pager g = {.loop = l, .text = text, .left = len, .pipe = -1};

	if (serve(&g, p, command, 0) == -1)
		return -1;
	*status = g.child.status;
	return 0;
}
