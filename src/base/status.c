/* SPDX-License-Identifier: ISC */
/*
 * status: writes the one line that says why something failed.  Knows no channel to show it on.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* One line, valid UTF-8: text from a box or a file may be neither. */
static void tidy(char *text)
{
	size_t len = strlen(text), i = 0;

	if (len == ERROR_TEXT - 1)	/* shortened, maybe inside a character */
		len = utf8_whole(text, len);
	text[len] = '\0';
	while (i < len) {
		uint32_t point;
		int n = utf8_decode(text + i, len - i, &point);

		if (n < 0) {
			text[i] = '?';
			n = 1;
		} else if (text[i] == '\n' || text[i] == '\r') {
			text[i] = ' ';
		}
		i += (size_t)n;
	}
}

int error_set(struct error *e, enum status status, const char *format, ...)
{
	va_list ap;

	e->status = status;
	va_start(ap, format);
	if (vsnprintf(e->text, sizeof e->text, format, ap) < 0)
		e->text[0] = '\0';
	va_end(ap);
	tidy(e->text);
	return -1;
}

int error_memory(struct error *e)
{
	static const char text[] = "out of memory";

	e->status = STATUS_PROTOCOL;
	memcpy(e->text, text, sizeof text);
	return -1;
}
