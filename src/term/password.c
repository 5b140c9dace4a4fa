/* SPDX-License-Identifier: ISC */
/*
 * password: where the password comes from: a file, a command, the environment, or the user.  See password.h.
 *
 * password_memory.c keeps it.  Knows nothing of logins.
 */
#include "term/password_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/utf8.h"
#include "net/child.h"
#include "net/file.h"
#include "term/hidden.h"

enum { SOON_NS = 1000000 };

/* Files are read with it; or NULL.  Not in the guarded memory: of that nothing may be left. */
static struct loop *read_with;

void password_use_loop(struct loop *l)
{
	read_with = l;
}

bool password_configured(const struct password *p, const struct options *o)
{
	return o->password_command != NULL || o->password_file != NULL || p->has_environment;
}

/* --- signals while we wait for a person or a program --- */

/* ^C must return to the caller, whatever its handler; the others are for the caller, too, afterwards. */
static const int caught_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { CAUGHT_SIGNALS = sizeof(caught_signals) / sizeof(caught_signals[0]) };

static volatile sig_atomic_t caught;

struct catcher {
	struct sigaction before[CAUGHT_SIGNALS];
	sigset_t mask;		/* as it was */
	sigset_t set;		/* those that are caught */
	sigset_t open;		/* the mask that lets them in */
};

static void note_signal(int signo)
{
	caught = signo;
}

static void catch_signals(struct catcher *c)
{
	struct sigaction action = {.sa_handler = note_signal};

	caught = 0;
	sigprocmask(SIG_SETMASK, NULL, &c->mask);
	c->open = c->mask;
	sigemptyset(&c->set);
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < CAUGHT_SIGNALS; i++) {
		sigaction(caught_signals[i], NULL, &c->before[i]);
		if (c->before[i].sa_handler == SIG_IGN)
			continue;
		sigaction(caught_signals[i], &action, NULL);
		sigaddset(&c->set, caught_signals[i]);
		sigdelset(&c->open, caught_signals[i]);
	}
}

/* True if one of them came.  SIGINT has done its work then; another is raised again for its handler. */
static bool release_signals(const struct catcher *c)
{
	int signo;

	sigprocmask(SIG_SETMASK, &c->mask, NULL);
	for (int i = 0; i < CAUGHT_SIGNALS; i++)
		sigaction(caught_signals[i], &c->before[i], NULL);
	signo = caught;
	if (signo != 0 && signo != SIGINT)
		raise(signo);
	return signo != 0;
}

/* --- the first line of something --- */

struct first_line {
	size_t len;		/* bytes of it so far, its LF included once ended */
	bool ended;
};

/* Reads on until the line has ended or the end of the file: 1; 0 end of file; -1 with errno. */
static int read_some(struct password *p, int fd, struct first_line *line)
{
	char *room = line->ended ? p->spill : p->text + line->len;
	size_t size = line->ended ? sizeof(p->spill) : sizeof(p->text) - line->len;
	ssize_t n;
	char *lf;

	if (size == 0) {	/* too long: the rest is only read away */
		room = p->spill;
		size = sizeof(p->spill);
	}
	n = read(fd, room, size);
	if (n <= 0)
		return (int)n;
	if (room == p->spill)
		return 1;
	lf = memchr(room, '\n', (size_t)n);
	if (lf != NULL) {
		char *rest = lf + 1;

		line->ended = true;
		line->len = (size_t)(rest - p->text);
		explicit_bzero(rest, (size_t)(room + n - rest));
	} else {
		line->len += (size_t)n;
	}
	return 1;
}

/* Cuts LF or CRLF, and a byte order mark, and makes a string of it. */
static int finish_line(struct password *p, struct first_line *line, const char *source, struct error *e)
{
	size_t len = line->len, mark = utf8_mark(p->text, len);

	len -= mark;
	memmove(p->text, p->text + mark, len);
	if (line->ended)
		len--;
	if (line->ended && len > 0 && p->text[len - 1] == '\r')
		len--;
	if (len >= sizeof(p->text))
		return error_set(e, STATUS_USAGE, "%s: the first line is longer than a password may be (%d bytes)", source,
		    PASSWORD_MAX - 1);
	if (memchr(p->text, '\0', len) != NULL)
		return error_set(e, STATUS_USAGE, "%s: a NUL byte in the password", source);
	if (len == 0)
		return error_set(e, STATUS_USAGE, "%s: the first line is empty, and so would be the password", source);
	explicit_bzero(p->text + len, sizeof(p->text) - len);
	return 0;
}

/* --- the sources --- */

static int password_check_file(const struct stat *st, const char *path, struct error *e)
{
	if (!S_ISREG(st->st_mode))
		return error_set(e, STATUS_USAGE, "%.300s: a password file must be a regular file", path);
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return error_set(e, STATUS_USAGE, "%.300s: belongs to another user (uid %lu), so it is not read; "
		    "--password-command 'cat FILE' takes it", path, (unsigned long)st->st_uid);
	if ((st->st_mode & 077) != 0)
		return error_set(e, STATUS_USAGE, "%.300s: others may use it (mode %04o), so it is not read: "
		    "chmod 600 it, or use --password-command 'cat FILE'", path, (unsigned)(st->st_mode & 07777));
	return 0;
}

static int read_file_error(const char *path, struct error *e)
{
	if (errno == ELOOP)
		return error_set(e, STATUS_USAGE, "%.300s: a symbolic link; name the password file itself, "
		    "or use --password-command 'cat FILE'", path);
	if (errno == EINTR)
		return error_set(e, STATUS_USAGE, "%.300s: interrupted", path);
	return error_set(e, STATUS_USAGE, "%.300s: %s", path, strerror(errno));
}

/* The text's first line, or as much as there is room for. */
static int take_line(struct password *p, const struct buf *text, const char *path, struct error *e)
{
	struct first_line line = {.len = text->len < sizeof(p->text) ? text->len : sizeof(p->text)};
	const char *lf;

	if (text->len > 0)
		memcpy(p->text, buf_head(text), line.len);
	lf = memchr(p->text, '\n', line.len);
	line.ended = lf != NULL;
	if (line.ended)
		line.len = (size_t)(lf + 1 - p->text);
	return finish_line(p, &line, path, e);
}

/* Reads at most `most` bytes: the lines after the first do not matter. */
static int read_text(const char *path, size_t most, struct buf *text, struct error *e)
{
	struct stat st;
	int fd = file_open(read_with, path, O_RDONLY | O_NOFOLLOW, 0, &st);

	if (fd == -1)
		return read_file_error(path, e);
	if (password_check_file(&st, path, e) != 0) {
		close(fd);
		return -1;
	}
	if (file_read(read_with, fd, &st, most, text) != 0 && errno != EFBIG)
		return read_file_error(path, e);
	return 0;
}

/* The loop's signals end it: the file may lie on a file system that hangs. */
static int read_file(struct password *p, const char *path, struct error *e)
{
	struct buf text = {.secret = true};
	int result;

	if (read_with != NULL)
		loop_signals_hold(read_with);
	result = read_text(path, sizeof(p->text), &text, e);
	if (result == 0)
		result = take_line(p, &text, path, e);
	if (read_with != NULL)
		loop_signals_release(read_with);
	buf_clear(&text);
	return result;
}

static int command_failed(const char *option, int status, struct error *e)
{
	if (WIFSIGNALED(status))
		return error_set(e, STATUS_USAGE, "%s: ended by signal %d (%s)", option, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) == 127)
		return error_set(e, STATUS_USAGE, "%s: not found, or could not be run (status 127)", option);
	return error_set(e, STATUS_USAGE, "%s: failed with status %d", option, WEXITSTATUS(status));
}

/* Reads what the command prints until it has ended: the end of its output may come much later, if it has left something
 * in the background.  More than its first line is read, so that a command with more output does not fail with a
 * broken pipe.  0, or the errno; stops early for a signal, or at `until` unless the command has the terminal. */
static int read_output(struct password *p, struct child *child, int fd, const struct catcher *catcher, int64_t until,
    struct first_line *line)
{
	while (caught == 0 && (loop_now() < until || child_has_terminal(child))) {
		struct pollfd poll = {.fd = fd, .events = POLLIN};
		bool ended = child_look(child);
		struct timespec wait = {.tv_nsec = ended ? 0 : fd < 0 ? SOON_NS : CHILD_LOOK_MS * 1000000};
		int n;

		/* Once it has ended, all its output can be read. */
		if (ended && (fd < 0 || line->ended || line->len == sizeof(p->text)))
			break;
		if (ppoll(&poll, 1, &wait, &catcher->open) <= 0) {
			if (ended)
				break;
			continue;
		}
		n = read_some(p, fd, line);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n == 0)
			fd = -1;
	}
	return 0;
}

static int64_t give_up_at(const struct options *o)
{
	return o->reach.connect_timeout > 0 ? loop_now() + (int64_t)(o->reach.connect_timeout * 1000) : INT64_MAX;
}

/* option: which one named the command. */
static int read_command(struct password *p, const char *option, const char *command, int64_t until, bool *interrupted,
    struct error *e)
{
	struct first_line line = {0};
	struct catcher catcher;
	struct child child;
	int fds[2], error = 0;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return error_set(e, STATUS_USAGE, "%s: pipe: %s", option, strerror(errno));
	catch_signals(&catcher);
	sigprocmask(SIG_BLOCK, &catcher.set, NULL);
	if (child_start(&child, command, -1, fds[1], CHILD_TERMINAL | CHILD_INTERRUPTS) != 0)
		error = errno;
	close(fds[1]);
	if (error == 0)
		error = read_output(p, &child, fds[0], &catcher, until, &line);
	close(fds[0]);
	bool ended = child.ended;
	if (ended)
		child_forget(&child);
	else
		child_end(&child);
	*interrupted = release_signals(&catcher);
	if (*interrupted || (ended && WIFSIGNALED(child.status) && WTERMSIG(child.status) == SIGINT)) {
		*interrupted = true;
		return error_set(e, STATUS_USAGE, "%s: interrupted", option);
	}
	if (error != 0)
		return error_set(e, STATUS_USAGE, "%s: %s", option, strerror(error));
	if (!ended)
		return error_set(e, STATUS_LOST, "%s: did not end within --connect-timeout", option);
	return child.status != 0 ? command_failed(option, child.status, e) : finish_line(p, &line, option, e);
}

static int read_environment(struct password *p, struct error *e)
{
	if (p->environment_too_long)
		return error_set(e, STATUS_USAGE, "$" PASSWORD_VARIABLE ": longer than a password may be (%d bytes)",
		    PASSWORD_MAX - 1);
	password_veil(p->text, p->environment, p->veil, sizeof(p->text));
	p->text[strnlen(p->text, sizeof(p->text) - 1)] = '\0';
	return 0;
}

static int ask_password(struct password *p, const char *prompt, bool *interrupted, struct error *e)
{
	struct catcher catcher;
	const char *answer;
	int error;

	catch_signals(&catcher);
	sigprocmask(SIG_SETMASK, &catcher.open, NULL);
	answer = hidden_read(prompt, p->text, sizeof(p->text));
	error = errno;
	/* It sends itself the signal again that interrupted it; with threads, that may take a moment to arrive. */
	for (int i = 0; i < 10 && answer == NULL && error == EINTR && caught == 0; i++)
		(void)ppoll(NULL, 0, &(struct timespec){.tv_nsec = 10 * 1000 * 1000}, &catcher.open);
	*interrupted = release_signals(&catcher) || (answer == NULL && error == EINTR);
	if (*interrupted)
		return error_set(e, STATUS_USAGE, "interrupted");
	if (answer == NULL && error == ENOTTY)
		return error_set(e, STATUS_USAGE, "cannot prompt for a password: no terminal: "
		    "use --password-file, --password-command or $" PASSWORD_VARIABLE);
	if (answer == NULL)
		return error_set(e, STATUS_USAGE, "the terminal: %s", strerror(error));
	if (strlen(p->text) == sizeof(p->text) - 1)
		return error_set(e, STATUS_USAGE, "longer than a password may be (%d bytes)", PASSWORD_MAX - 2);
	if (p->text[0] == '\0')
		return error_set(e, STATUS_USAGE, "no password was typed");
	return 0;
}

/* Begins to read a password into p.  False with *e: there is no memory for it. */
static bool clear_for_reading(struct password *p, bool *interrupted, struct error *e)
{
	*interrupted = false;
	if (p == NULL) {
		error_memory(e);
		return false;
	}
	password_forget(p);
	return true;
}

/* Returns what was read, or wipes all of it and returns NULL if result is -1. */
static const char *text_read(struct password *p, int result)
{
	explicit_bzero(p->spill, sizeof(p->spill));
	if (result == 0)
		return p->text;
	password_forget(p);
	return NULL;
}

const char *password_get_passphrase(struct password *p, const struct options *o, const char *prompt, bool may_ask,
    bool *interrupted, struct error *e)
{
	int result;

	if (!clear_for_reading(p, interrupted, e))
		return NULL;
	if (o->key_passphrase_command != NULL)
		result = read_command(p, "--key-passphrase-command", o->key_passphrase_command, give_up_at(o), interrupted, e);
	else if (may_ask && !o->no_prompt)
		result = ask_password(p, prompt, interrupted, e);
	else
		result = error_set(e, STATUS_USAGE, "%s: cannot prompt for the key's passphrase here: "
		    "use --key-passphrase-command", o->key != NULL ? o->key : o->cert);
	return text_read(p, result);
}

const char *password_get(struct password *p, const struct options *o, const char *prompt, bool may_ask, bool again,
    bool *interrupted, struct error *e)
{
	int result;

	if (!clear_for_reading(p, interrupted, e))
		return NULL;
	if (!again && o->password_command != NULL)
		result = read_command(p, "--password-command", o->password_command, give_up_at(o), interrupted, e);
	else if (!again && o->password_file != NULL)
		result = read_file(p, o->password_file, e);
	else if (!again && p->has_environment)
		result = read_environment(p, e);
	else if (may_ask && !o->no_prompt)
		result = ask_password(p, prompt, interrupted, e);
	else
		result = error_set(e, STATUS_USAGE, "cannot prompt for a password here: "
		    "use --password-file, --password-command or $" PASSWORD_VARIABLE);
	return text_read(p, result);
}
