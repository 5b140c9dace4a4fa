/* SPDX-License-Identifier: ISC */
/*
 * report: how ptsh prints: results to standard output, everything else to standard error, one line each,
 * and never through the line that is being typed.
 */
#include "term/shell.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/colour.h"
#include "base/safe.h"
#include "base/utf8.h"
#include "base/width.h"

void shell_show_begin(struct shell *sh)
{
	struct winsize size;

	shell_progress_clear(sh);
	if (sh->out.terminal && sh->output != NULL)
		output_settings(sh->output)->columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void shell_show_end(struct shell *sh)
{
	if (sh->interactive || sh->options->follow)
		shell_flush(sh);
}

void shell_flush(struct shell *sh)
{
	if (sh->redirected)
		return;
	if (sh->screen == NULL) {
		sink_flush(&sh->out);
	} else if (sh->out.buf.len > 0) {
		screen_write(sh->screen, buf_head(&sh->out.buf), sh->out.buf.len);
		buf_reset(&sh->out.buf);
	}
}

/* Without memory a message is printed from here: cut short, with a question mark for all but plain text. */
static void say_without_memory(struct place at, const char *request, const char *format, va_list ap)
{
	char text[1024];
	int n = snprintf(text, sizeof text - 1, "ptsh: %.200s%s%s", at.name != NULL ? at.name : "", at.name != NULL ? ": " : "",
	    request != NULL ? request : "");
	size_t len = n > 0 ? (size_t)n : 0, done = 0;

	if (request != NULL && len + 2 < sizeof text - 1)
		len += (size_t)snprintf(text + len, sizeof text - 1 - len, ": ");
	if (len < sizeof text - 1 && (n = vsnprintf(text + len, sizeof text - 1 - len, format, ap)) > 0)
		len += (size_t)n;
	if (len > sizeof text - 2)
		len = sizeof text - 2;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	text[len++] = '\n';
	while (done < len) {
		ssize_t put = write(STDERR_FILENO, text + done, len - done);
		if (put <= 0 && errno != EINTR)
			return;
		done += put > 0 ? (size_t)put : 0;
	}
}

/* One line of messages: results shown before it come first where both go to one place. */
static void say(struct shell *sh, enum colour colour, struct place at, const char *request, const char *format, va_list ap)
{
	struct buf text = {0}, safe = {0};
	bool coloured = sh->interactive && sh->output != NULL ? output_settings(sh->output)->color : sh->colour_messages;
	va_list again;

	va_copy(again, ap);
	buf_puts(&text, "ptsh: ");
	if (at.name != NULL)
		buf_printf(&text, "%s:%lu: ", at.name, at.line);
	if (request != NULL)
		buf_printf(&text, "%s: ", request);
	buf_vprintf(&text, format, ap);
	buf_puts(&safe, colour_begin(colour, coloured));
	safe_put_message(&safe, buf_head(&text), text.len);
	buf_puts(&safe, colour_end(coloured));
	shell_show_begin(sh);
	shell_flush(sh);
	buf_putc(&safe, '\n');
	bool failed = text.failed || safe.failed;
	if (!failed && sh->screen != NULL && sh->err.terminal) {
		screen_write(sh->screen, buf_head(&safe), safe.len);
	} else if (!failed) {
		sink_put(&sh->err, buf_head(&safe), safe.len);
		sink_flush(&sh->err);
	}
	if (failed || sh->err.error == ENOMEM)
		say_without_memory(at, request, format, again);
	va_end(again);
	buf_clear(&text);
	buf_clear(&safe);
}

void shell_complain(struct shell *sh, struct place at, const char *request, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(sh, COLOUR_FAILURE, at, request, format, ap);
	va_end(ap);
}

void shell_report(struct shell *sh, struct place at, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(sh, COLOUR_NOTICE, at, NULL, format, ap);
	va_end(ap);
}

void shell_notice(struct shell *sh, const char *format, ...)
{
	va_list ap;

	if (sh->options->quiet)
		return;
	va_start(ap, format);
	say(sh, COLOUR_NOTICE, (struct place){0}, NULL, format, ap);
	va_end(ap);
}

void shell_step(struct shell *sh, const char *format, ...)
{
	va_list ap;

	if (!sh->options->verbose)
		return;
	va_start(ap, format);
	say(sh, COLOUR_NOTICE, (struct place){0}, NULL, format, ap);
	va_end(ap);
}

void shell_failed(struct shell *sh, enum status status)
{
	if (sh->status == STATUS_OK)
		sh->status = status;
}

void shell_duration(char text[static 24], int64_t ms)
{
	if (ms < 60000)
		snprintf(text, 24, "%lld.%llds", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	else if (ms < 3600000)
		snprintf(text, 24, "%lldm%02llds", (long long)(ms / 60000), (long long)(ms / 1000 % 60));
	else
		snprintf(text, 24, "%lldh%02lldm", (long long)(ms / 3600000), (long long)(ms / 60000 % 60));
}

void shell_progress_draw(struct shell *sh, const char *text)
{
	struct buf safe = {0};
	int columns = 80, rows = 24;

	if (sh->screen != NULL)
		screen_size(sh->screen, &columns, &rows);
	safe_put(&safe, text, strlen(text));
	while (safe.len > 0 && width_text(buf_head(&safe), safe.len) >= (size_t)columns)
		buf_truncate(&safe, utf8_fits(buf_head(&safe), safe.len, safe.len - 1));
	shell_flush(sh);
	sink_puts(&sh->err, "\r");
	sink_put(&sh->err, buf_head(&safe), safe.len);
	sink_puts(&sh->err, "\033[K");
	sink_flush(&sh->err);
	buf_clear(&safe);
	sh->progress = true;
}

void shell_progress_clear(struct shell *sh)
{
	if (!sh->progress)
		return;
	sh->progress = false;
	sink_puts(&sh->err, "\r\033[K");
	sink_flush(&sh->err);
}
