/* SPDX-License-Identifier: ISC */
/*
 * notices: unsolicited messages of the box, reported to the user; and every line of either side, to the trace.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "link/link_parts.h"
#include "link/trace.h"

void link_message_text(struct json message, char *text, size_t size)
{
	struct buf b = {0};
	size_t n;

	if (message.len == 0)
		buf_puts(&b, "no reason given");
	else if (json_kind(message) == JSON_STRING)
		json_decode(message, &b);
	else
		buf_put(&b, message.text, message.len);
	n = utf8_fits(buf_head(&b), b.len, size - 1);
	memcpy(text, buf_head(&b), n);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '?';
	buf_clear(&b);
}

void link_on_notice(void *ctx, enum notice_kind kind, struct json message, struct json_iter more, bool authenticated)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	char text[4096];

	link_message_text(message, text, sizeof text);
	if (kind == NOTICE_ERROR) {
		k->ending = true;
		snprintf(k->error_text, sizeof k->error_text, "%.*s", (int)utf8_fits(text, strlen(text), sizeof k->error_text - 1), text);
		if (k->early)
			return;		/* there will be another try; -v says why */
		shell_complain(sh, (struct place){0}, NULL, "%s: error%s: %s", sh->options->box_text,
		    authenticated ? "" : " [unauthenticated]", text);
	} else if (kind == NOTICE_INFO) {
		shell_notice(sh, "%s: info%s: %s", sh->options->box_text, authenticated ? "" : " [unauthenticated]", text);
	} else {
		struct buf b = {0};
		struct json v;
		while (b.len < sizeof text && json_next(&more, NULL, &v)) {
			buf_putc(&b, ' ');
			buf_put(&b, v.text, v.len);
		}
		buf_putc(&b, '\0');
		shell_notice(sh, "%s: notification%s: %s%s", sh->options->box_text,
		    authenticated ? "" : " [unauthenticated]", text, buf_head(&b));
		buf_clear(&b);
	}
}

void link_on_odd(void *ctx, const char *text)
{
	struct shell *sh = ctx;

	shell_report(sh, (struct place){0}, "%s: %s", sh->options->box_text, text);
	shell_failed(sh, STATUS_PROTOCOL);
}

void link_on_late(void *ctx, uint64_t id, bool ok)
{
	struct shell *sh = ctx;

	shell_notice(sh, "%s: late reply to request %llu: %s", sh->options->box_text, (unsigned long long)id,
	    ok ? "done" : "failed");
}

void link_on_sending(void *ctx, const char *text, size_t len)
{
	struct shell *sh = ctx;

	if (sh->trace != NULL)
		trace_sent(sh, text, len);
}

void link_on_line(void *ctx, const char *text, size_t len, void *tag)
{
	struct shell *sh = ctx;

	if (sh->trace != NULL)
		trace_received(sh, text, len, tag != NULL, tag != NULL ? sh->link->ops->answers(tag) : NULL);
}
