/* SPDX-License-Identifier: ISC */
/*
 * pager: text for somebody else's program: the pager for what is taller than the screen, or the command behind `|`.
 *
 * Owns the child while it runs: its pipe, its environment, its end.  Refuses to know what the text is.
 */
#include "term/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

extern char **environ;

enum {
	NO_PROGRAM = 126,	/* the shell's statuses for what it cannot run begin there */
	REAP_MS = 50,
	STOP_TRIES = 40, STOP_PAUSE_MS = 5,
};

struct pager {
	struct loop *loop;
	pid_t pid;
	int pidfd;		/* -1: the system has none, so the timer looks */
	struct loop_timer look;
	int pipe;		/* -1: all is written, or nobody reads */
	const char *text;
	size_t left;
	bool ended;
	int status;
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

/* The environment without the password and, for a pager, with less's safe mode: what it shows comes from a box, and its commands
 * can write files and run programs.  Made before fork(): another thread may hold malloc's lock then. */
static char **environment(bool safe)
{
	static char secure[] = "LESSSECURE=1";
	size_t n = 0, kept = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	env = calloc(n + 2, sizeof *env);
	if (env == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "PTSH_PASSWORD=", 14) != 0 && (!safe || strncmp(environ[i], "LESSSECURE=", 11) != 0))
			env[kept++] = environ[i];
	if (safe)
		env[kept] = secure;
	return env;
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
	/* Somebody has read enough: no error. */
	if (g->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_pipe(g);
}

static void reap(struct pager *g)
{
	if (!g->ended && waitpid(g->pid, &g->status, WNOHANG) != 0)
		g->ended = true;
}

static void on_end(void *ctx, int fd, short revents)
{
	(void)fd, (void)revents;
	reap(ctx);
}

static void on_look(void *ctx)
{
	struct pager *g = ctx;

	reap(g);
	loop_timer_start(g->loop, &g->look, REAP_MS, on_look, g);
}

/*
 * ^Z is for both of us.  The shell takes the terminal as soon as we have stopped: not before the pager has given it
 * back, and not at all if it does not stop (less does not in its safe mode).
 */
static bool has_stopped(void *ctx)
{
	const struct pager *g = ctx;

	for (int i = 0; i < STOP_TRIES; i++) {
		const struct timespec pause = {.tv_nsec = STOP_PAUSE_MS * 1000000L};
		siginfo_t info = {0};

		if (waitid(P_PID, (id_t)g->pid, &info, WSTOPPED | WEXITED | WNOHANG | WNOWAIT) < 0)
			return false;
		if (info.si_pid != 0)
			return info.si_code == CLD_STOPPED;
		nanosleep(&pause, NULL);
	}
	return false;
}

static _Noreturn void run(struct loop *l, int text, const char *shell_command, char **env)
{
	loop_signals_release(l);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(text, STDIN_FILENO) >= 0) {
		char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)shell_command, NULL};

		close_range(STDERR_FILENO + 1, ~0U, 0);
		execve("/bin/sh", argv, env);
	}
	_exit(NO_PROGRAM);
}

static int start(struct pager *g, const char *command, bool safe)
{
	/* A plain command replaces the shell, so that what is waited for and signalled is the program itself. */
	bool plain = strcspn(command, "|&;<>()$`\\\"'*?[]#~=!{}\n") == strlen(command);
	struct buf line = {0};
	const char *shell_command;
	int ends[2];
	char **env = environment(safe);

	buf_printf(&line, "%s%s", plain ? "exec " : "", command);
	shell_command = buf_string(&line);
	if (env == NULL || shell_command == NULL || pipe2(ends, O_CLOEXEC) < 0) {
		buf_clear(&line);
		free(env);
		return -1;
	}
	g->pid = fork();
	if (g->pid == 0)
		run(g->loop, ends[0], shell_command, env);
	buf_clear(&line);
	free(env);
	close(ends[0]);
	g->pipe = ends[1];
	if (g->pid < 0) {
		close(g->pipe);
		return -1;
	}
	g->pidfd = (int)syscall(SYS_pidfd_open, g->pid, 0);
	fcntl(g->pipe, F_SETFL, O_NONBLOCK);
	if (loop_watch(g->loop, g->pipe, POLLOUT, on_pipe, g) < 0)
		close_pipe(g);
	if (g->pidfd < 0 || loop_watch(g->loop, g->pidfd, POLLIN, on_end, g) < 0)
		loop_timer_start(g->loop, &g->look, REAP_MS, on_look, g);
	return 0;
}

static void finish(struct pager *g)
{
	if (!g->ended) {		/* we are to end */
		kill(g->pid, SIGTERM);
		while (waitpid(g->pid, &g->status, 0) < 0 && errno == EINTR)
			;
	}
	close_pipe(g);
	loop_timer_stop(g->loop, &g->look);
	if (g->pidfd >= 0) {
		loop_unwatch(g->loop, g->pidfd);
		close(g->pidfd);
	}
}

/* Lets the command have the terminal until it has ended.  -1: it could not be started. */
static int serve(struct pager *g, struct prompt *p, const char *command, bool safe)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	struct termios modes;
	bool have_modes;
	int rc, error;

	prompt_release(p);
	have_modes = tcgetattr(STDIN_FILENO, &modes) == 0;
	sigaction(SIGPIPE, &ignore, &before);
	rc = start(g, command, safe);
	error = errno;
	if (rc == 0) {
		prompt_may_stop(p, has_stopped, g);
		while (!g->ended && !prompt_stopping(p))
			loop_step(g->loop, -1);
		prompt_may_stop(p, NULL, NULL);
		finish(g);
	}
	sigaction(SIGPIPE, &before, NULL);
	if (have_modes)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);	/* it may have been killed */
	prompt_take(p);
	errno = error;
	return rc;
}

void pager_show(struct loop *l, struct screen *s, struct prompt *p, const char *text, size_t len)
{
	struct pager g = {.loop = l, .text = text, .left = len, .pipe = -1, .pidfd = -1};
	int columns, rows;

	screen_size(s, &columns, &rows);
	if (!screen_visual(s) || *pager() == '\0' || !taller_than(text, len, rows - 1) || serve(&g, p, pager(), true) == -1 ||
	    (WIFEXITED(g.status) && WEXITSTATUS(g.status) >= NO_PROGRAM))
		screen_write(s, text, len);
}

int pager_pipe(struct loop *l, struct prompt *p, const char *command, const char *text, size_t len, int *status)
{
	struct pager g = {.loop = l, .text = text, .left = len, .pipe = -1, .pidfd = -1};

	if (serve(&g, p, command, false) == -1)
		return -1;
	*status = g.status;
	return 0;
}
