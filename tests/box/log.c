/* SPDX-License-Identifier: ISC */
/*
 * log: what the box has seen, one line each, for tests that assert what was sent and on which connection.
 */
#include <stdarg.h>
#include <string.h>

#include "box.h"

static const char *channel(const struct client *c)
{
	if (c->secured)
		return "tls";
	return c->local ? "unix" : "clear";
}

void box_log(struct box *box, const struct client *c, const char *what, const char *text, size_t len)
{
	if (!box->log)
		return;
	if (c)
		fprintf(box->log, "%u\t%s\t%s\t", c->number, channel(c), what);
	else
		fprintf(box->log, "0\tclear\t%s\t", what);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < 0x20 || byte == 0x7f)
			fprintf(box->log, "\\x%02x", byte);
		else
			putc(byte, box->log);
	}
	putc('\n', box->log);
	fflush(box->log);
}

void box_logf(struct box *box, const struct client *c, const char *what, const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (!box->log)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	box_log(box, c, what, text, strlen(text));
}
