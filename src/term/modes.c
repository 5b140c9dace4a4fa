/* SPDX-License-Identifier: ISC */
/*
 * modes: the terminal's modes where libedit does not set them as we need them: nothing is echoed between two lines, and ^C is
 * a key while one is edited.
 *
 * prompt.c decides when.
 */
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "term/prompt_parts.h"

/*
 * Between two lines the terminal echoes nothing: text typed ahead would appear in the rows of results and events.  libedit shows
 * it when its turn has come.  Nor does the terminal edit: it would turn ^D into a NUL, and drop what exceeds its line.
 * And ^C drops no output that is not on the screen yet (NOFLSH).
 */
void prompt_echo_off(struct prompt *p)
{
	struct termios t;
	int ahead = 0;

	if (p->el == NULL || (p->silenced | p->kept) != 0 || tcgetattr(p->input.fd, &t) == -1)
		return;
	p->echoes = (t.c_lflag & ECHO) != 0;
	p->silenced = t.c_lflag & (ECHO | ECHONL | ICANON);
	p->kept = NOFLSH & ~t.c_lflag;
	t.c_lflag = (t.c_lflag & ~p->silenced) | p->kept;
	if (tcsetattr(p->input.fd, TCSANOW, &t) == 0 && (p->silenced & ICANON) != 0 && ioctl(p->input.fd, FIONREAD, &ahead) == 0) {
		p->input.lines_left = ahead > 0 ? (size_t)ahead : 0;
		p->input.end = t.c_cc[VEOF] != _POSIX_VDISABLE ? (char)t.c_cc[VEOF] : '\0';
	}
}

/* Before another program gets the terminal. */
void prompt_echo_on(struct prompt *p)
{
	struct termios t;

	if ((p->silenced | p->kept) == 0 || tcgetattr(p->input.fd, &t) == -1)
		return;
	t.c_lflag = (t.c_lflag | p->silenced) & ~p->kept;
	p->silenced = p->kept = 0;
	tcsetattr(p->input.fd, TCSANOW, &t);
}

/*
 * While a line is edited, ^C is a key.  As a signal of the terminal it would overtake the text typed before it.  libedit sets the
 * terminal anew now and then, and after ^V the byte is only a byte.
 */
void prompt_interrupt_is_a_key(struct prompt *p)
{
	struct termios t;

	if (tcgetattr(p->input.fd, &t) == -1)
		return;
	if ((t.c_lflag & ISIG) == 0) {
		p->input.interrupt = -1;
	} else if (t.c_cc[VINTR] != _POSIX_VDISABLE) {
		p->input.interrupt = t.c_cc[VINTR];
		t.c_cc[VINTR] = _POSIX_VDISABLE;
		tcsetattr(p->input.fd, TCSANOW, &t);
	}
}
