/* SPDX-License-Identifier: ISC */
/*
 * status: `.status`: the connection, the box, the settings.
 */
#include "commands/set.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands/table.h"
#include "format/output.h"
#include "link/identity.h"
#include "link/link.h"
#include "proto/catalog.h"
#include "run/engine.h"
#include "run/show.h"

enum { EXPIRY_WARNING = 30 * 24 * 3600 };

struct status_command {
	struct command_state command;
	struct buf product;
};

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
		return "lost, reconnecting";
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
	case ORIGIN_RC:
		return "rc";
	case ORIGIN_SET:
		return ".set";
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
	row(sh, "verified by", "%s", c->verified_by != NULL ? c->verified_by : "nothing");
	if (c->not_after != 0 && gmtime_r(&end, &tm) != NULL) {
		strftime(date, sizeof date, "%Y-%m-%d", &tm);
		row(sh, "certificate expires", "%s%s", date, end < now ? " (expired)" :
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

static void setting_row(void *arg, const char *name, const char *value, enum origin origin)
{
	row(arg, name, "%s (%s)", value, origin_text(origin));
}

/* An option that was not given is left out; --read-only is always shown. */
static bool idle_option(const struct options *o, const struct option_row *r, const char *value)
{
	return options_origin(o, r->name) == ORIGIN_DEFAULT && r->offset != offsetof(struct options, read_only) &&
	    (r->kind == OPTION_FLAG || strcmp(value, "none") == 0 || strcmp(value, "0") == 0);
}

/* The settings of .set, and the options that it does not have; the format has a row of its own. */
static void setting_rows(struct shell *sh)
{
	struct buf value = {0};

	set_each(sh, setting_row, sh);
	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		buf_reset(&value);
		if (!set_knows(r->name) && option_value(sh->options, r, &value) && buf_string(&value) != NULL &&
		    !idle_option(sh->options, r, buf_string(&value)))
			setting_row(sh, r->name, buf_string(&value), options_origin(sh->options, r->name));
	}
	buf_clear(&value);
}

static void rows(struct shell *sh, const struct task *t, const char *product)
{
	static const char *const headings[] = {"what", "value"};
	struct link_info info;
	const struct options *o = sh->options;
	const char *name;
	unsigned short port;
	struct page page;

	link_info(sh, &info);
	show_table_begin(sh, t, &page, headings, 2);
	row(sh, "box", "%s (%s)", o->box_text, origin_text(o->box_origin));
	row(sh, "state", "%s", state_text(info.state));
	if (info.state != LINK_READY && link_trouble(sh) != NULL)
		row(sh, "because", "%s", link_trouble(sh));
	if (info.connected)
		connection_rows(sh, &info);
	if (product != NULL)
		row(sh, "product", "%s", product);
	row(sh, "user", "%s (%s)", o->user, origin_text(options_origin(o, "user")));
	if (identity_info(sh, &port, &name))
		row(sh, "ident", "port %u, %s", (unsigned)port, name != NULL ? name : "hidden");
	row(sh, "format", "%s (%s)", output_format(sh->output)->name, origin_text(o->format_origin));
	setting_rows(sh);
	show_table_end(sh, t, &page);
}

/* A value, by its name if it has one: Porttracker for n. */
static void put_named(struct buf *out, const struct field *f, struct json v)
{
	struct buf text = {0};
	const struct value_name *named;

	json_decode_text(v, &text);
	named = catalog_value(f->values, buf_head(&text), text.len);
	buf_puts(out, out->len > 0 ? " " : "");
	if (named != NULL)
		buf_puts(out, named->name);
	else
		buf_put(out, buf_head(&text), text.len);
	buf_clear(&text);
}

static void status_continue(void *ctx)
{
	struct status_command *s = ctx;

	rows(s->command.sh, s->command.task, s->product.len > 0 ? buf_string(&s->product) : NULL);
	command_end(s, STATUS_OK);
}

/* A pager may follow, which runs the loop: not in the middle of the input. */
static void got_product(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct status_command *s = child->ctx;
	struct json v;

	if (reply != NULL && reply->ok) {
		const struct field *f = catalog_role(ROLE_PRODUCT)->reply;
		struct json_iter it = reply->values;
		for (; json_next(&it, NULL, &v) && f->name != NULL; f++)
			put_named(&s->product, f, v);
	}
	loop_timer_start(sh->loop, &s->command.task->timer, 0, status_continue, s);
}

static void status_clear(struct command_state *s)
{
	buf_clear(&((struct status_command *)s)->product);
}

static const struct command_ops status_ops = {.size = sizeof(struct status_command), .clear = status_clear};

static enum command_result status_run(struct shell *sh, struct task *t, enum status *status)
{
	struct status_command *s = link_state(sh) == LINK_READY ? command_begin(sh, t, &status_ops) : NULL;
	struct buf line = {0};
	struct error e;

	(void)status;
	buf_printf(&line, "[\"%s\"]", catalog_role(ROLE_PRODUCT)->name);
	if (s != NULL && engine_child(sh, buf_head(&line), line.len, t->at, true, got_product, s, &e) == NULL) {
		command_drop(t);
		s = NULL;
	}
	buf_clear(&line);
	if (s != NULL)
		return COMMAND_WAITS;
	rows(sh, t, NULL);
	return COMMAND_DONE;
}

const struct command command_status = {
	.word.name = "status", .usage = "", .help = "show the connection, the box and the settings",
	.shows = command_shows, .run = status_run,
};
