/* SPDX-License-Identifier: ISC */
/*
 * hidden: a line typed at the terminal without echo: a password or another secret.
 */
#ifndef PTSH_TERM_HIDDEN_H
#define PTSH_TERM_HIDDEN_H

#include <stddef.h>

/*
 * Asks on /dev/tty and returns text, without its LF; a line that fills it (size - 1 bytes) may have been longer.  Text typed before
 * the question was on the screen is no answer: it is dropped, and the question says so.  Text typed after the answer is kept.
 *
 * NULL with errno: ENOTTY, there is no terminal; EINTR, a signal that ends the process came: the terminal is as before, and the signal
 * has been raised again for its handler.  ^Z stops; the question is asked again then.
 */
char *hidden_read(const char *question, char *text, size_t size);

#endif
