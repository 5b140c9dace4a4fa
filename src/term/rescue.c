/* SPDX-License-Identifier: ISC */
/*
 * rescue: restores the terminal when the process dies of a bug or of SIGQUIT.
 *
 * Owns the handlers of those signals.  The state is static because signals are: a process has one set of handlers.
 */
#include "term/rescue.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int fatal[] = {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGXCPU};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

static struct {
	int fd;
	struct termios modes;
	volatile sig_atomic_t armed;
	bool caught[FATAL];
} rescue;

/* Async-signal-safe; SA_RESETHAND has put the default action back, so returning or raising ends the process. */
static void on_fatal(int signo)
{
	static const char quiet[] = "\033[?2004l\r\n";

	if (rescue.armed) {
		struct termios now;

		signal(SIGTTOU, SIG_IGN);
		if (tcgetattr(rescue.fd, &now) == 0 && now.c_lflag != rescue.modes.c_lflag) {
			ssize_t ignored = now.c_lflag & ICANON ? 0 : write(rescue.fd, quiet, sizeof quiet - 1);

			(void)ignored;
			tcsetattr(rescue.fd, TCSANOW, &rescue.modes);
		}
	}
	raise(signo);
}

void rescue_arm(int fd)
{
	if (rescue.armed || tcgetattr(fd, &rescue.modes) < 0)
		return;
	rescue.fd = fd;
	rescue.armed = 1;
	for (size_t i = 0; i < FATAL; i++) {
		struct sigaction old, new = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};

		sigemptyset(&new.sa_mask);
		rescue.caught[i] = sigaction(fatal[i], NULL, &old) == 0 && (old.sa_flags & SA_SIGINFO) == 0 &&
		    old.sa_handler == SIG_DFL && sigaction(fatal[i], &new, NULL) == 0;
	}
}

void rescue_disarm(void)
{
	struct termios now;

	if (!rescue.armed)
		return;
	rescue.armed = 0;
	for (size_t i = 0; i < FATAL; i++) {
		struct sigaction now_set;

		/* another process may have taken it since */
		if (rescue.caught[i] && sigaction(fatal[i], NULL, &now_set) == 0 && now_set.sa_handler == on_fatal)
			signal(fatal[i], SIG_DFL);
	}
	if (tcgetattr(rescue.fd, &now) == 0 && (now.c_lflag != rescue.modes.c_lflag || now.c_iflag != rescue.modes.c_iflag ||
	    now.c_oflag != rescue.modes.c_oflag || memcmp(now.c_cc, rescue.modes.c_cc, sizeof now.c_cc) != 0))
		tcsetattr(rescue.fd, TCSADRAIN, &rescue.modes);
}
