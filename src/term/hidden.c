/* SPDX-License-Identifier: ISC */
/*
 * hidden: readpassphrase(3) drops text typed before it writes the question, and text typed after the answer; and it
 * reports neither.  So the question, the signals and the terminal's modes are handled here.
 */
#include "term/hidden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU};
enum { PAUSE_MS = 300 };
enum { CAUGHT = sizeof caught / sizeof caught[0], STOPS = 6 /* the first that stops */ };

static volatile sig_atomic_t came[CAUGHT];

static void note(int signo)
{
	for (size_t i = 0; i < CAUGHT; i++)
		if (caught[i] == signo)
			came[i] = 1;
}

static bool any_came(void)
{
	for (size_t i = 0; i < CAUGHT; i++)
		if (came[i])
			return true;
	return false;
}

static void write_text(int tty, const char *text)
{
	for (size_t len = strlen(text); len > 0;) {
		ssize_t n = write(tty, text, len);

		if (n < 0 && (errno != EINTR || any_came()))
			return;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

/* Waits for a byte.  Blocks the signals but while it sleeps: one that came since the question was written ends the wait, too.
 * 0, or -1 with errno. */
static int await_byte(int tty)
{
	struct pollfd p = {.fd = tty, .events = POLLIN};
	sigset_t all, open;
	int result, error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &open);
	do {
		errno = EINTR;
		result = any_came() ? -1 : ppoll(&p, 1, NULL, &open);
		error = errno;
	} while (result == -1 && error == EINTR && !any_came());
	sigprocmask(SIG_SETMASK, &open, NULL);
	errno = error;
	return result == -1 ? -1 : 0;
}

/* 0, or -1 with errno. */
static int read_line(int tty, char *text, size_t size)
{
	size_t len = 0;
	char byte = '\0';

	for (;;) {
		ssize_t n = await_byte(tty) == -1 ? -1 : read(tty, &byte, 1);

		if (n < 0 && errno == EINTR && !any_came())
			continue;
		if (n < 0) {
			explicit_bzero(text, size);
			return -1;
		}
		if (n == 0 || byte == '\n' || byte == '\r')
			break;
		if (len + 1 < size)
			text[len++] = byte;
	}
	text[len] = '\0';
	explicit_bzero(&byte, 1);
	return 0;
}

/* Drops typed text, up to a pause: a user who is typing has not seen the question.  True: there was something. */
static bool drop_ahead(int tty)
{
	struct pollfd p = {.fd = tty, .events = POLLIN};
	int ahead = 0;

	if (ioctl(tty, FIONREAD, &ahead) == -1 || ahead == 0)
		return false;
	do
		tcflush(tty, TCIFLUSH);
	while (poll(&p, 1, PAUSE_MS) > 0 && (p.revents & POLLIN) != 0 && !any_came());
	return true;
}

/* With the handlers set.  0, or -1 with errno. */
static int ask_hidden(int tty, const char *question, char *text, size_t size)
{
	struct termios before, quiet, bytes;
	int result, error;

	if (tcgetattr(tty, &before) == -1)
		return -1;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	bytes = quiet;
	bytes.c_lflag &= ~(tcflag_t)ICANON;	/* half a line is to be seen, too */
	bytes.c_cc[VMIN] = 1;
	bytes.c_cc[VTIME] = 0;
	if (tcsetattr(tty, TCSANOW, &bytes) == -1)
		return -1;
	if (drop_ahead(tty))
		write_text(tty, "(what was typed before the question was dropped)\n");
	if (tcsetattr(tty, TCSANOW, &quiet) == -1)
		return -1;
	write_text(tty, question);
	result = read_line(tty, text, size);
	error = errno;
	write_text(tty, "\n");
	while (tcsetattr(tty, TCSANOW, &before) == -1 && errno == EINTR && !came[CAUGHT - 1])
		;
	errno = error;
	return result;
}

char *hidden_read(const char *question, char *text, size_t size)
{
	const struct sigaction noted = {.sa_handler = note};	/* no SA_RESTART: it ends the read */
	struct sigaction before[CAUGHT];
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC), result, error;
	bool again;

	if (tty < 0) {
		errno = ENOTTY;
		return NULL;
	}
	do {
		again = false;
		for (size_t i = 0; i < CAUGHT; i++) {
			came[i] = 0;
			sigaction(caught[i], &noted, &before[i]);
		}
		result = ask_hidden(tty, question, text, size);
		error = errno;
		for (size_t i = 0; i < CAUGHT; i++)
			sigaction(caught[i], &before[i], NULL);
		for (size_t i = 0; i < CAUGHT; i++) {
			if (!came[i])
				continue;
			kill(getpid(), caught[i]);
			again = again || i >= STOPS;
		}
		for (size_t i = 0; i < STOPS; i++)
			again = again && !came[i];
	} while (result == -1 && error == EINTR && again);
	close(tty);
	errno = error;
	return result == 0 ? text : NULL;
}
