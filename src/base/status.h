/* SPDX-License-Identifier: ISC */
/*
 * status: how a piece of work ended, and the one line that says why.
 *
 * The numbers are ptsh's exit statuses (ptsh(1), EXIT STATUS), so that the function where something goes
 * wrong can name it and no caller has to translate.
 */
#ifndef PTSH_BASE_STATUS_H
#define PTSH_BASE_STATUS_H

enum status {
	STATUS_OK = 0,		/* everything asked for succeeded */
	STATUS_FAILED = 1,	/* the box answered with a failure */
	STATUS_USAGE = 2,	/* what the user typed is wrong, or refused here */
	STATUS_LOST = 3,	/* not connected in time, or lost before an answer */
	STATUS_LOGIN = 4,	/* login refused, or the box did not prove itself */
	STATUS_TLS = 5,		/* TLS refused or failed, unknown or changed key */
	STATUS_TIMEOUT = 6,	/* no reply or event in time */
	STATUS_PROTOCOL = 7,	/* the box broke the protocol or a limit; out of memory */
	STATUS_OUTPUT = 8,	/* output could not be written */
};

enum { ERROR_TEXT = 1024 };	/* bytes of a message, its NUL included */

/* Why something failed.  Only written when something fails; text is one line without LF, valid UTF-8,
 * names the object first and holds no byte of a secret.  Text that came from a box is in it as the box
 * sent it: it must be made harmless before it is shown (base/safe). */
struct error {
	enum status status;
	char text[ERROR_TEXT];
};

/* Sets *e, shortening what does not fit (never inside a character).  Returns -1, so that a function can
 * say `return error_set(...)`. */
int error_set(struct error *e, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the message for a failed allocation: STATUS_PROTOCOL, "out of memory".  Returns -1. */
int error_memory(struct error *e);

#endif
