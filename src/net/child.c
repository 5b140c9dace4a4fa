/* SPDX-License-Identifier: ISC */
/*
 * child: shell commands in process groups of their own, and the terminal that is lent to them.  See child.h.
 *
 * Owns how a command is started, stopped with us and ended.  Does not know its purpose or its output.
 *
 * A group in the background that reads from the terminal is stopped by the kernel.  That is noticed by a look every
 * CHILD_LOOK_MS, only while a child may want the terminal; then it is lent, and the group continues.  ^Z reaches only the
 * group that has the terminal, so we stop our own as well and continue both together.
 */
#include "net/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { REAP_MS = 2, PLAIN_WORDS = 64 };

/* A process has one terminal. */
static struct {
	int fd;			/* while it is lent, else -1 */
	pid_t group;		/* has it */
	struct termios modes;	/* to be restored */
} terminal = {.fd = -1};

/* --- the terminal --- */

/* Sets the terminal's foreground group, which from the background needs SIGTTOU out of the way. */
static int set_foreground(int fd, pid_t group, const struct termios *modes)
{
	sigset_t out, before;
	int rc;

	sigemptyset(&out);
	sigaddset(&out, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &out, &before);
	rc = tcsetpgrp(fd, group);
	if (rc == 0 && modes != NULL)
		(void)tcsetattr(fd, TCSADRAIN, modes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

/* Lends the terminal to the group; false if it is not ours to lend, or a line is being edited (MAY_ASK). */
static bool lend_terminal(pid_t group, bool always)
{
	struct termios modes;
	int fd;

	if (terminal.fd != -1)
		return terminal.group == group;
	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return false;
	if (tcgetpgrp(fd) != getpgrp() || tcgetattr(fd, &modes) == -1 || (!always && (modes.c_lflag & ICANON) == 0) ||
	    set_foreground(fd, group, NULL) == -1) {
		close(fd);
		return false;
	}
	terminal.fd = fd;
	terminal.group = group;
	terminal.modes = modes;
	return true;
}

bool child_has_terminal(const struct child *c)
{
	return terminal.fd != -1 && terminal.group == c->pid;
}

/* Takes the terminal back, with the modes it had. */
static void take_terminal(void)
{
	if (terminal.fd == -1)
		return;
	/* Another may have taken it: a shell that we were stopped under. */
	if (tcgetpgrp(terminal.fd) == terminal.group)
		(void)set_foreground(terminal.fd, getpgrp(), &terminal.modes);
	close(terminal.fd);
	terminal.fd = -1;
}

/* Lends it the terminal, if possible, and continues it.  One that must have it continues without it, too: then it is not
 * we that are in the foreground. */
static void child_continue(struct child *c)
{
	bool always = (c->flags & CHILD_TERMINAL) != 0;

	if (!always && ((c->flags & CHILD_MAY_ASK) == 0 || !lend_terminal(c->pid, false)))
		return;
	if (always)
		(void)lend_terminal(c->pid, true);
	c->paused = false;
	kill(-c->pid, SIGCONT);
}

/* --- starting --- */

/* Copies the environment without the password; pointers only.  NULL without memory. */
static char **child_environment(bool secure)
{
	static char safe[] = "LESSSECURE=1";
	size_t n = 0, kept = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	env = calloc(n + 2, sizeof *env);
	if (env == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "PTSH_PASSWORD=", 14) != 0 && (!secure || strncmp(environ[i], "LESSSECURE=", 11) != 0))
			env[kept++] = environ[i];
	if (secure)
		env[kept] = safe;
	return env;
}

/* Resets all signals to their defaults, except SIGHUP under nohup(1), and blocks none. */
static void set_attributes(posix_spawnattr_t *a)
{
	struct sigaction hup;
	sigset_t set;

	sigfillset(&set);
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler == SIG_IGN)
		sigdelset(&set, SIGHUP);
	posix_spawnattr_setsigdefault(a, &set);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(a, &set);
	posix_spawnattr_setpgroup(a, 0);
	posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
}

static int set_descriptors(posix_spawn_file_actions_t *f, int in, int out)
{
	int error = in == -1 ? posix_spawn_file_actions_addopen(f, STDIN_FILENO, "/dev/null", O_RDONLY, 0) :
	    posix_spawn_file_actions_adddup2(f, in, STDIN_FILENO);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(f, out, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_addclosefrom_np(f, STDERR_FILENO + 1);
	return error;
}

/* Splits a command that needs no shell: words without characters special to one.  False if it needs one. */
static bool split_plain(char *command, char *words[PLAIN_WORDS])
{
	size_t n = 0;

	if (strcspn(command, "|&;<>()$`\\\"'*?[]#~=!{}\n") != strlen(command))
		return false;
	for (char *rest, *word = strtok_r(command, " \t", &rest); word != NULL; word = strtok_r(NULL, " \t", &rest)) {
		if (n == PLAIN_WORDS - 1)
			return false;
		words[n++] = word;
	}
	words[n] = NULL;
	return n > 0;
}

/* Runs a plain command itself, so that what is waited for and stopped is the program; all others, and what is not a program
 * (the shell's own words, mistakes), by the shell.  0, or the errno. */
static int spawn(pid_t *pid, const char *command, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attributes,
    char **env)
{
	char *shell[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
	char *words[PLAIN_WORDS], *copy = strdup(command);
	int error = ENOMEM;

	if (copy == NULL)
		return error;
	if (!split_plain(copy, words) || posix_spawnp(pid, words[0], files, attributes, words, env) != 0)
		error = posix_spawn(pid, "/bin/sh", files, attributes, shell, env);
	else
		error = 0;
	free(copy);
	return error;
}

int child_start(struct child *c, const char *command, int in, int out, unsigned flags)
{
	char **env = child_environment((flags & CHILD_SECURE) != 0);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	struct sigaction action;
	int error;

	*c = (struct child){.flags = flags, .pidfd = -1};
	/* Where it is ignored, the kernel keeps no status. */
	if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
	if (env == NULL)
		return -1;
	if ((error = posix_spawn_file_actions_init(&files)) == 0) {
		if ((error = posix_spawnattr_init(&attributes)) == 0) {
			set_attributes(&attributes);
			if ((error = set_descriptors(&files, in, out)) == 0)
				error = spawn(&c->pid, command, &files, &attributes, env);
			posix_spawnattr_destroy(&attributes);
		}
		posix_spawn_file_actions_destroy(&files);
	}
	free(env);
	if (error != 0) {
		c->pid = 0;
		errno = error;
		return -1;
	}
	if (flags & CHILD_TERMINAL)
		child_continue(c);	/* it may be stopped already */
	return 0;
}

/* --- while it runs --- */

static int status_of(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? (info->si_status & 0xff) << 8 : info->si_status & 0x7f;
}

static bool is_interrupted(int status)
{
	return WIFSIGNALED(status) ? WTERMSIG(status) == SIGINT : WEXITSTATUS(status) == 128 + SIGINT;
}

static void note_end(struct child *c, int status)
{
	bool had = child_has_terminal(c);

	c->ended = true;
	c->status = status;
	if (had)
		take_terminal();
	/* As the terminal would have sent it, had the command been in our group. */
	if (had && (c->flags & CHILD_INTERRUPTS) && is_interrupted(status))
		kill(0, SIGINT);
}

static void note_stop(struct child *c, int signo)
{
	bool had = child_has_terminal(c);

	if (had)
		take_terminal();
	c->paused = had || signo == SIGTTIN || signo == SIGTTOU;
	if (had && signo != SIGTTIN && signo != SIGTTOU)
		kill(0, SIGTSTP);	/* what the terminal sends to all of a job; stops here unless it is watched */
	else if (c->paused)
		child_continue(c);
}

bool child_look(struct child *c)
{
	siginfo_t info = {0};

	if (c->ended || c->pid == 0)
		return true;
	if (c->paused)
		child_continue(c);
	if (waitid(P_PID, (id_t)c->pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid != 0)
		note_stop(c, info.si_status);
	info = (siginfo_t){0};
	/* It is not reaped before child_forget() or child_end(), so that its number stays that of its group. */
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD)
		note_end(c, 0);		/* reaped by another */
	else if (info.si_pid != 0)
		note_end(c, status_of(&info));
	return c->ended;
}

static void unwatch(struct child *c)
{
	if (c->loop == NULL)
		return;
	loop_timer_stop(c->loop, &c->look);
	if (c->pidfd != -1) {
		loop_unwatch(c->loop, c->pidfd);
		close(c->pidfd);
		c->pidfd = -1;
	}
	c->loop = NULL;
}

static void look_again(void *ctx)
{
	struct child *c = ctx;

	if (!child_look(c)) {
		loop_timer_start(c->loop, &c->look, CHILD_LOOK_MS, look_again, c);
		return;
	}
	unwatch(c);
	if (c->on_end != NULL)
		c->on_end(c->ctx);
}

static void on_pidfd(void *ctx, int fd, short revents)
{
	(void)fd, (void)revents;
	look_again(ctx);
}

int child_watch(struct child *c, struct loop *l, void (*on_end)(void *ctx), void *ctx)
{
	c->loop = l;
	c->on_end = on_end;
	c->ctx = ctx;
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);	/* where the system has none, the timer does */
	if (c->pidfd != -1 && loop_watch(l, c->pidfd, POLLIN, on_pidfd, c) == -1) {
		unwatch(c);
		return -1;
	}
	loop_timer_start(l, &c->look, CHILD_LOOK_MS, look_again, c);
	return 0;
}

bool child_wait(struct child *c, int ms)
{
	static const struct timespec pause = {.tv_nsec = REAP_MS * 1000000};

	for (int waited = 0; !child_look(c); waited += REAP_MS) {
		if (waited >= ms)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

void child_settled(struct child *c)
{
	if (c->pid == 0)
		return;
	c->flags &= ~(unsigned)(CHILD_TERMINAL | CHILD_MAY_ASK);
	if (child_has_terminal(c))
		take_terminal();
	if (c->loop != NULL)
		loop_timer_stop(c->loop, &c->look);
}

/* --- its end --- */

static void reap(struct child *c)
{
	while (waitpid(c->pid, NULL, 0) == -1 && errno == EINTR)
		;
}

void child_forget(struct child *c)
{
	unwatch(c);
	if (c->pid == 0)
		return;
	if (child_has_terminal(c))
		take_terminal();
	reap(c);
	c->pid = 0;
}

/* True if the whole group is gone by then.  The shell has been reaped: its number is the group's as long as that has another
 * member. */
static bool group_ends(pid_t group, int64_t by)
{
	static const struct timespec pause = {.tv_nsec = REAP_MS * 1000000};

	while (kill(-group, 0) == 0) {
		if (loop_now() >= by)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

void child_end(struct child *c)
{
	int64_t by = loop_now() + CHILD_PATIENCE_MS;

	unwatch(c);
	if (c->pid == 0)
		return;
	c->flags = 0;			/* the terminal is not lent again */
	(void)child_look(c);
	if (child_has_terminal(c))
		take_terminal();
	kill(-c->pid, SIGTERM);
	kill(-c->pid, SIGCONT);		/* a stopped one would not get it */
	if (!child_wait(c, CHILD_PATIENCE_MS))
		kill(-c->pid, SIGKILL);
	reap(c);
	if (!group_ends(c->pid, by))
		kill(-c->pid, SIGKILL);
	c->pid = 0;
}

bool child_failure(const struct child *c, char *text, size_t size)
{
	if (!c->ended || c->status == 0)
		return false;
	if (WIFSIGNALED(c->status))
		snprintf(text, size, "signal %d", WTERMSIG(c->status));
	else
		snprintf(text, size, "exit status %d", WEXITSTATUS(c->status));
	return true;
}
