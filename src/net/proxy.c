/* SPDX-License-Identifier: ISC */
/*
 * proxy: a command that carries the bytes.  See proxy.h.
 *
 * Owns the process and its end.  What is said through it is the stream's business.
 *
 * The command stays in our process group, for it may have to ask for a password on the terminal and would be stopped
 * in another; so ^C and ^\ reach it too, and are ignored in it (what then handles them itself, like ssh while it asks,
 * still does).
 */
#include "net/proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

/* A target's host is made of characters that mean nothing to a shell (target.c), but for a zone's %, which is harmless
 * there. */
static char *proxy_expand(const char *command, const struct target *target, struct error *e)
{
	struct buf b = {0};
	char *text;

	for (const char *p = command; *p != '\0'; p++) {
		if (*p != '%') {
			buf_putc(&b, *p);
			continue;
		}
		switch (*++p) {
		case 'h':
			buf_puts(&b, target->host);
			break;
		case 'p':
			buf_printf(&b, "%u", (unsigned)target->port);
			break;
		case '%':
			buf_putc(&b, '%');
			break;
		default:
			buf_clear(&b);
			error_set(e, STATUS_USAGE, "--proxy-command: only %%h, %%p and %%%% are replaced, not %%%.*s",
			    *p != '\0' ? 1 : 0, p);
			return NULL;
		}
	}
	text = buf_steal(&b);
	if (text == NULL)
		error_memory(e);
	return text;
}

/* In the child: only what is safe between fork() and exec. */
static _Noreturn void proxy_run(const char *command, int fd)
{
	static const int ordinary[] = {SIGPIPE, SIGTERM, SIGHUP, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGALRM, SIGUSR1,
	    SIGUSR2, SIGWINCH, SIGCONT};
	sigset_t none;

	for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++)
		signal(ordinary[i], SIG_DFL);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(fd, STDIN_FILENO) != -1 && dup2(fd, STDOUT_FILENO) != -1)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

int proxy_start(struct proxy *p, const char *command, const struct target *target, struct error *e)
{
	int pair[2];
	sigset_t all, before;
	pid_t pid;

	*p = (struct proxy){.fd = -1};
	if (target->host == NULL)
		return error_set(e, STATUS_USAGE, "%s: a Unix socket is not reached by --proxy-command", target->path);
	char *text = proxy_expand(command, target, e);
	if (text == NULL)
		return -1;
	/* One socket for both ways: unlike a pipe it can be written to without the risk of SIGPIPE. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		free(text);
		return error_set(e, STATUS_LOST, "--proxy-command: socketpair: %s", strerror(errno));
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		proxy_run(text, pair[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(text);
	close(pair[1]);
	if (pid == -1) {
		close(pair[0]);
		return error_set(e, STATUS_LOST, "--proxy-command: fork: %s", strerror(errno));
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	p->pid = pid;
	p->fd = pair[0];
	return 0;
}

/* True if it has ended within ms. */
static bool proxy_reap(struct proxy *p, int ms)
{
	static const struct timespec pause = {.tv_nsec = 2000000};

	for (int waited = 0; !p->ended; waited += 2) {
		pid_t pid = waitpid(p->pid, &p->status, WNOHANG);

		/* ECHILD: SIGCHLD is ignored and the kernel has kept nothing. */
		if (pid == p->pid || (pid == -1 && errno == ECHILD)) {
			if (pid == -1)
				p->status = 0;
			p->ended = true;
		} else if (waited >= ms) {
			return false;
		} else {
			nanosleep(&pause, NULL);
		}
	}
	return true;
}

void proxy_end(struct proxy *p)
{
	if (p->pid == 0)
		return;
	if (!p->ended && !proxy_reap(p, 0)) {
		kill(p->pid, SIGTERM);
		if (!proxy_reap(p, PROXY_PATIENCE_MS)) {
			kill(p->pid, SIGKILL);
			while (waitpid(p->pid, &p->status, 0) == -1 && errno == EINTR)
				;
		}
	}
	p->pid = 0;
}

bool proxy_failed(struct proxy *p, char *text, size_t size)
{
	if (p->pid == 0 || !proxy_reap(p, PROXY_PATIENCE_MS))
		return false;
	if (WIFSIGNALED(p->status))
		snprintf(text, size, "signal %d", WTERMSIG(p->status));
	else if (WIFEXITED(p->status) && WEXITSTATUS(p->status) != 0)
		snprintf(text, size, "exit status %d", WEXITSTATUS(p->status));
	else
		return false;
	return true;
}
