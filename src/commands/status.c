/* SPDX-License-Identifier: ISC */
/*
 * status: the truth about the connection, from those who hold it.
 */
#include "commands/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/safe.h"
#include "format/output.h"
#include "link/identity.h"
#include "link/link.h"
#include "net/target.h"
#include "proto/catalog.h"
#include "run/engine.h"
#include "run/names.h"
#include "run/show.h"
#include "tls/known_boxes.h"
#include "tls/pin.h"

enum { EXPIRY_WARNING = 30 * 24 * 3600 };

static const char *state_text(enum link_state state)
{
	switch (state) {
	case LINK_IDLE:
		return "not connected";
	case LINK_CONNECTING:
		return "connecting";
	case LINK_READY:
		return "connected";
	case LINK_AWAY:
		return "lost, will be tried again";
	case LINK_FAILED:
		return "failed";
	}
	return "";
}

static const char *trust_text(enum channel_trust trust)
{
	switch (trust) {
	case TRUST_LOCAL_SOCKET:
		return "local socket";
	case TRUST_LOOPBACK_LOW:
	case TRUST_LOOPBACK:
		return "loopback";
	case TRUST_TLS:
		return "TLS, trusted";
	case TRUST_TLS_UNKNOWN:
		return "TLS, key unknown (insecure)";
	case TRUST_CLEAR:
		return "clear, not trusted";
	}
	return "";
}

static const char *origin_text(enum origin origin)
{
	switch (origin) {
	case ORIGIN_DEFAULT:
		return "default";
	case ORIGIN_ENVIRONMENT:
		return "environment";
	case ORIGIN_BOXES:
		return "boxes file";
	case ORIGIN_COMMAND_LINE:
		return "command line";
	}
	return "";
}

static void row(struct shell *sh, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void row(struct shell *sh, const char *name, const char *format, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	const char *cells[] = {name, buf_string(&text) != NULL ? buf_string(&text) : ""};
	output_strings(sh->output, cells, 2);
	buf_clear(&text);
}

static void key_rows(struct shell *sh, const struct channel_info *c)
{
	struct tm tm;
	char date[32];
	time_t end = (time_t)c->not_after, now = time(NULL);

	if (c->tls_version == NULL) {
		row(sh, "encryption", "none");
		return;
	}
	row(sh, "encryption", "%s, %s", c->tls_version, c->cipher != NULL ? c->cipher : "?");
	row(sh, "key", "%s", c->key != NULL ? c->key : "");
	row(sh, "pin", "%s", c->pin != NULL ? c->pin : "");
	if (c->subject != NULL)
		row(sh, "subject", "%s", c->subject);
	row(sh, "vouched for by", "%s", c->vouched != NULL ? c->vouched : "nobody");
	if (c->not_after != 0 && gmtime_r(&end, &tm) != NULL) {
		strftime(date, sizeof date, "%Y-%m-%d", &tm);
		row(sh, "certificate ends", "%s%s", date, end < now ? " (has ended)" :
		    end - now < EXPIRY_WARNING ? " (in less than 30 days)" : "");
	}
}

static void connection_rows(struct shell *sh, const struct link_info *i)
{
	char since[24];

	row(sh, "address", "%s", i->channel.address != NULL ? i->channel.address : "?");
	row(sh, "channel", "%s", trust_text(i->trust));
	key_rows(sh, &i->channel);
	if (i->state != LINK_READY)
		return;
	row(sh, "login", "%s as %s", i->method, sh->options->user);
	shell_duration(since, loop_now() - i->since);
	row(sh, "connected for", "%s", since);
	row(sh, "bytes", "%llu sent, %llu received", (unsigned long long)i->counters.sent_bytes,
	    (unsigned long long)i->counters.received_bytes);
	row(sh, "requests", "%llu, %llu answered, %llu events", (unsigned long long)i->counters.requests,
	    (unsigned long long)i->counters.replies, (unsigned long long)i->counters.events);
	if (i->counters.odd > 0)
		row(sh, "odd messages", "%llu", (unsigned long long)i->counters.odd);
}

static void rows(struct shell *sh, const char *product)
{
	static const char *const headings[] = {"what", "value"};
	struct link_info info;
	const struct options *o = sh->options;
	const char *name;
	unsigned short port;

	link_info(sh, &info);
	shell_show_begin(sh);
	output_begin(sh->output, headings, 2);
	row(sh, "box", "%s (%s)", o->box_text, origin_text(o->box_origin));
	row(sh, "state", "%s", state_text(info.state));
	if (info.state != LINK_READY && link_trouble(sh) != NULL)
		row(sh, "because", "%s", link_trouble(sh));
	if (info.connected)
		connection_rows(sh, &info);
	if (product != NULL)
		row(sh, "product", "%s", product);
	row(sh, "user", "%s (%s)", o->user, origin_text(o->user_origin));
	if (identity_info(sh, &port, &name))
		row(sh, "ident", "port %u, %s", (unsigned)port, name != NULL ? name : "hidden");
	row(sh, "format", "%s (%s)", output_format(sh->output)->name, origin_text(o->format_origin));
	output_end(sh->output);
	shell_show_end(sh);
}

static void got_product(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct task *t = child->ctx;
	struct buf text = {0};
	struct json v;

	if (reply != NULL && reply->ok) {
		struct json_iter it = reply->values;
		while (json_next(&it, NULL, &v)) {
			buf_puts(&text, text.len > 0 ? " " : "");
			show_decode(v, &text);
		}
	}
	rows(sh, text.len > 0 ? buf_string(&text) : NULL);
	buf_clear(&text);
	engine_command_done(sh, t, STATUS_OK);
}

enum command_result about_status(struct shell *sh, struct task *t, enum status *status)
{
	struct buf line = {0};
	struct error e;
	struct task *child = NULL;

	(void)status;
	if (link_state(sh) == LINK_READY) {
		buf_printf(&line, "[\"%s\"]", catalog_role(ROLE_PRODUCT)->name);
		child = engine_child(sh, buf_head(&line), line.len, t->at, true, got_product, t, &e);
		buf_clear(&line);
	}
	if (child != NULL)
		return COMMAND_WAITS;
	rows(sh, NULL);
	return COMMAND_DONE;
}

enum command_result about_jobs(struct shell *sh, struct task *t, enum status *status)
{
	static const char *const headings[] = {"job", "runs for", "line"};

	(void)t, (void)status;
	if (sh->interactive && engine_job_count(sh) == 0) {
		shell_notice(sh, "no jobs");
		return COMMAND_DONE;
	}
	shell_show_begin(sh);
	output_begin(sh->output, headings, 3);
	for (struct task *j = engine_jobs(sh); j != NULL; j = j->next) {
		char number[16], took[24], name[256];
		if (j->role != TASK_JOB)
			continue;
		snprintf(number, sizeof number, "%u", j->job);
		shell_duration(took, loop_now() - (j->started != 0 ? j->started : j->asked));
		show_task_name(j, name, sizeof name);
		const char *cells[] = {number, took, name};
		output_strings(sh->output, cells, 3);
	}
	output_end(sh->output);
	shell_show_end(sh);
	return COMMAND_DONE;
}

enum command_result about_connect(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	if (t->line.word_count > 1 && options_set_box(sh->options, t->line.words[1], &e) == -1) {
		shell_complain(sh, t->at, ".connect", "%s", e.text);
		*status = e.status;
		return COMMAND_FAILED;
	}
	names_stale(sh);
	link_switch(sh);
	return COMMAND_DONE;
}

/* --- .trust --- */

static void warn_line(void *ctx, const char *text)
{
	struct shell *sh = ctx;

	shell_complain(sh, (struct place){0}, ".trust", "%s", text);
}

static int trust_list(struct shell *sh, const char *path, struct error *e)
{
	static const char *const headings[] = {"box", "key", "since", "line"};
	struct known_boxes known = {0};

	if (known_boxes_read(&known, path, NULL, warn_line, sh, e) == -1)
		return -1;
	shell_show_begin(sh);
	output_begin(sh->output, headings, 4);
	for (size_t i = 0; i < known.count; i++) {
		const struct known_box *k = &known.items[i];
		char line[16];
		snprintf(line, sizeof line, "%u", k->line);
		const char *cells[] = {k->name, k->kind == KNOWN_KEY ? k->pin : k->kind == KNOWN_TLS ? "tls" : "clear", k->date, line};
		output_strings(sh->output, cells, 4);
	}
	output_end(sh->output);
	shell_show_end(sh);
	known_boxes_clear(&known);
	return 0;
}

/* The name a box is remembered by, from what a user may type for it. */
static char *trust_name(struct shell *sh, const char *text, struct error *e)
{
	struct target target = {0};
	char *name;

	if (target_parse(&target, text, NULL, e) == -1)
		return NULL;
	name = known_boxes_name(&target, NULL, e);
	target_clear(&target);
	(void)sh;
	return name;
}

static int trust_change(struct shell *sh, struct task *t, const char *path, struct error *e)
{
	char **words = t->line.words;
	size_t count = t->line.word_count, removed = 0;
	bool add = strcmp(words[1], "add") == 0;
	char *name, pin[PIN_TEXT];
	unsigned char hash[PIN_HASH];
	int rc;

	if ((!add && strcmp(words[1], "remove") != 0) || count < 3 || (add && count < 4))
		return error_set(e, STATUS_USAGE, "usage: .trust [list | add BOX PIN | add BOX clear | remove BOX [PIN]]");
	if (add && strcmp(words[3], "clear") != 0) {
		if (!pin_read(hash, words[3], strlen(words[3]), true))
			return error_set(e, STATUS_USAGE, "%s: no pin: sha256// and 44 characters of base64, or clear", words[3]);
		pin_write(pin, hash);
	}
	if ((name = trust_name(sh, words[2], e)) == NULL)
		return -1;
	if (!add)
		rc = known_boxes_remove(path, name, count > 3 ? words[3] : NULL, &removed, e);
	else if (strcmp(words[3], "clear") == 0)
		rc = known_boxes_add(path, name, KNOWN_CLEAR, NULL, 0, e);
	else
		rc = known_boxes_add(path, name, KNOWN_KEY, pin, 0, e);
	if (!add && link_forget_trust(sh, name) && removed == 0)
		removed = 1;
	if (rc == 0 && !add && removed == 0)
		rc = error_set(e, STATUS_USAGE, "%s: not remembered", name);
	else if (rc == 0 && !add)
		shell_notice(sh, "%s: %zu line%s removed", name, removed, removed == 1 ? "" : "s");
	free(name);
	return rc;
}

enum command_result about_trust(struct shell *sh, struct task *t, enum status *status)
{
	const char *path = sh->options->known_boxes_path;
	struct error e;
	int rc;

	if (path == NULL)
		rc = error_set(&e, STATUS_USAGE, "there is no place to remember boxes in: no home directory");
	else if (t->line.word_count < 2 || strcmp(t->line.words[1], "list") == 0)
		rc = trust_list(sh, path, &e);
	else
		rc = trust_change(sh, t, path, &e);
	if (rc == 0)
		return COMMAND_DONE;
	shell_complain(sh, t->at, ".trust", "%s", e.text);
	*status = e.status;
	return COMMAND_FAILED;
}
