/* SPDX-License-Identifier: ISC */
/*
 * check: the realm's credentials from the box, those of them that are for the host, each tried at once, a row for each.
 * Which are for the host is snmp/credentials's to know.
 */
#include "snmp/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/output.h"
#include "lang/line.h"
#include "run/engine.h"
#include "run/show.h"
#include "snmp/agent.h"
#include "snmp/credentials.h"
#include "snmp/host.h"
#include "snmp/words.h"

enum { TRIES_MOST = 256, COLUMNS = 7 };

struct check;

/* One community or user. */
struct try {
	struct check *check;
	char *entry;			/* "10.1.0.0/16" */
	const char *version;
	char *credential;		/* the part that may be shown */
	struct snmp_words words;	/* the options to try it with, until the agent is opened */
	struct agent *agent;
	int64_t asked;
	bool answered, timed_out;
	int64_t ms;
	char *result;			/* why not; NULL while it is open, or answered */
	char *descr, *uptime;		/* JSON */
};

struct check {
	struct command_state command;
	struct task *child;		/* the request to the box, or NULL */
	struct snmp_words words;
	struct snmp_host host;
	struct address address;
	struct try *tries[TRIES_MOST];
	size_t count, prepared, open, left_out;	/* open: not answered yet; left_out: there were too many */
	struct loop_timer next;
};

/* --- memory --- */

static void drop_tries(struct check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct try *t = c->tries[i];

		agent_close(t->agent);
		snmp_words_clear(&t->words);
		free(t->entry);
		buf_forget(t->credential);
		free(t->result);
		free(t->descr);
		free(t->uptime);
		free(t);
	}
	c->count = 0;
}

static void check_clear(struct command_state *s)
{
	struct check *c = (struct check *)s;

	if (c->child != NULL)
		c->child->done = NULL;	/* its reply is dropped */
	loop_timer_stop(c->command.sh->loop, &c->next);
	snmp_host_stop(&c->host);
	snmp_words_clear(&c->words);
	drop_tries(c);
}

static void check_fail(struct check *c, enum status status, const char *text)
{
	shell_complain(c->command.sh, c->command.task->at, ".snmp check", "%s", text);
	command_end(c, status);
}

/* --- the rows --- */

static void put_text(struct buf *out, const char *text)
{
	if (text != NULL)
		json_put_string(out, text, strlen(text));
	else
		buf_puts(out, "null");
}

static void show_try(struct shell *sh, const struct try *t)
{
	struct buf row = {0};
	struct json cells[COLUMNS], v;
	struct json_iter it;
	size_t n = 0;

	buf_putc(&row, '[');
	put_text(&row, t->entry);
	buf_putc(&row, ',');
	put_text(&row, t->version);
	buf_putc(&row, ',');
	put_text(&row, t->credential);
	buf_puts(&row, t->answered ? "," : ",null");
	if (t->answered)
		buf_printf(&row, "%lld", (long long)t->ms);
	buf_putc(&row, ',');
	put_text(&row, t->answered ? "answered" : t->result);
	buf_printf(&row, ",%s,%s]", t->uptime != NULL ? t->uptime : "null", t->descr != NULL ? t->descr : "null");
	if (!row.failed) {
		v = (struct json){buf_head(&row), row.len};
		for (it = json_iterate(v); n < COLUMNS && json_next(&it, NULL, &v); n++)
			cells[n] = v;
		output_cells(sh->output, cells, n);
	}
	row.secret = true;
	buf_clear(&row);
}

static void check_finish(struct check *c)
{
	static const char *const headings[COLUMNS] = {"entry", "version", "credential", "ms", "result", "sysUpTime", "sysDescr"};
	struct shell *sh = c->command.sh;
	bool answered = false, timed_out = true;
	struct page page;

	show_table_begin(sh, c->command.task, &page, headings, COLUMNS);
	for (size_t i = 0; i < c->count; i++) {
		show_try(sh, c->tries[i]);
		answered |= c->tries[i]->answered;
		timed_out &= c->tries[i]->timed_out;
	}
	show_table_end(sh, c->command.task, &page);
	if (c->left_out > 0)
		shell_complain(sh, c->command.task->at, ".snmp check", "%zu more of the realm's communities and users are not tried", c->left_out);
	command_end(c, answered ? STATUS_OK : timed_out ? STATUS_TIMEOUT : STATUS_FAILED);
}

/* --- one try --- */

static void tried(struct try *t)
{
	struct check *c = t->check;

	if (--c->open == 0)
		check_finish(c);
}

/* The third cell of a row: the value. */
static char *value_of(const struct agent_answer *answer, size_t i, bool words)
{
	struct buf row = {0};
	struct json_iter it;
	struct json v;
	char *text = NULL;

	agent_answer_row(answer, i, words, &row);
	v = (struct json){buf_head(&row), row.len};
	if (!row.failed && row.len > 0) {
		it = json_iterate(v);
		if (json_next(&it, NULL, &v) && json_next(&it, NULL, &v) && json_next(&it, NULL, &v))
			text = strndup(v.text, v.len);
	}
	buf_clear(&row);
	return text;
}

static void check_answered(void *ctx, const struct agent_answer *answer)
{
	struct try *t = ctx;
	bool words = show_format(t->check->command.sh, t->check->command.task)->for_people;
	const char *name;
	long index;

	t->ms = loop_now() - t->asked;
	if (agent_answer_error(answer, &name, &index) != 0) {
		t->result = strdup(name);
	} else {
		t->answered = true;
		t->descr = value_of(answer, 0, words);
		t->uptime = value_of(answer, 1, words);
	}
	tried(t);
}

static void failed(void *ctx, const struct error *e)
{
	struct try *t = ctx;
	const char *more = strstr(e->text, " (");

	t->timed_out = e->status == STATUS_TIMEOUT;
	if (t->timed_out)
		t->result = strdup(t->version[0] == '3' ? e->text : "no answer in time (a wrong community?)");
	else	/* "Authentication failure (incorrect password, community or key)": a row has little room */
		t->result = strndup(e->text, more != NULL ? (size_t)(more - e->text) : strlen(e->text));
	tried(t);
}

static const struct agent_ops operations = {.answered = check_answered, .failed = failed};

/* Another row.  NULL without memory, or if there are too many. */
static struct try *add_try(struct check *c, const char *entry, const char *version)
{
	struct try *t = c->count < TRIES_MOST ? calloc(1, sizeof *t) : NULL;

	if (t == NULL) {
		c->left_out++;
		return NULL;
	}
	t->check = c;
	t->version = version;
	t->entry = strdup(entry);
	c->tries[c->count++] = t;
	return t;
}

static void start_all(struct check *c)
{
	static const struct agent_oid objects[] = {{{1, 3, 6, 1, 2, 1, 1, 1, 0}, 9}, {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9}};
	const struct agent_request request = {.operation = AGENT_GET, .oids = objects, .count = 2};
	struct error e;

	for (size_t i = 0; i < c->count; i++) {
		struct try *t = c->tries[i];

		if (t->agent == NULL)
			continue;
		t->asked = loop_now();
		if (agent_ask(t->agent, &request, &e) == -1)
			t->result = strdup(e.text);
		else
			c->open++;
	}
	if (c->open == 0)
		check_finish(c);
}

/* Making the keys of a user takes milliseconds: one at a time, and others have their turn; nothing is asked before all are
 * made, so that the times are the agent's. */
static void prepare_next(void *ctx)
{
	struct check *c = ctx;
	struct error e;

	while (c->prepared < c->count && c->tries[c->prepared]->words.option_count == 0)
		c->prepared++;
	if (c->prepared == c->count) {
		start_all(c);
		return;
	}
	struct try *t = c->tries[c->prepared++];
	t->agent = agent_open(c->command.sh->loop, &c->address, -1, t->words.options, t->words.option_count, &operations, t, &e);
	if (t->agent == NULL)
		t->result = strdup(e.text);
	snmp_words_clear(&t->words);
	loop_timer_start(c->command.sh->loop, &c->next, 0, prepare_next, c);
}

/* --- what the entries have --- */

/* Sets the options that every try has: those that were typed, else short waits, so that the check is over soon. */
static int common_options(struct snmp_words *w, const struct check *c, const char *version)
{
	*w = (struct snmp_words){0};
	for (size_t i = c->words.option_count; i >= 2; i -= 2)
		if (snmp_words_option(w, c->words.options[i - 2], c->words.options[i - 1]) == -1)
			return -1;
	if (snmp_words_option(w, "-r", "1") == -1 || snmp_words_option(w, "-t", "1") == -1)
		return -1;
	return snmp_words_option(w, "-v", version);
}

static void out_of_memory(struct try *t)
{
	snmp_words_clear(&t->words);
	t->result = strdup("out of memory");
}

static void on_excluded(void *ctx, const char *entry)
{
	struct try *t = add_try(ctx, entry, NULL);

	if (t != NULL)
		t->result = strdup("excluded");
}

static void on_unclear(void *ctx, const char *entry)
{
	struct try *t = add_try(ctx, entry, NULL);

	if (t != NULL)
		t->result = strdup("not understood, not tried");
}

static void on_community(void *ctx, const char *entry, const char *version, const char *community, unsigned number)
{
	struct check *c = ctx;
	struct try *t = add_try(c, entry, version);
	char shown[32];

	if (t == NULL)
		return;
	snprintf(shown, sizeof shown, "community %u", number);
	t->credential = strdup(output_settings(c->command.sh->output)->reveal ? community : shown);
	if (common_options(&t->words, c, version) == -1 || snmp_words_option(&t->words, "-c", community) == -1)
		out_of_memory(t);
}

/* Writes the parts of a user that may be shown. */
static char *describe(const struct snmp_user *user, bool reveal)
{
	struct buf b = {.secret = true};

	buf_puts(&b, user->name != NULL ? user->name : "");
	if (reveal)
		buf_printf(&b, " %s %s", user->auth != NULL ? user->auth : "-", user->priv != NULL ? user->priv : "-");
	return buf_string(&b) != NULL ? buf_steal(&b) : NULL;
}

static void on_user(void *ctx, const char *entry, const struct snmp_user *user)
{
	struct check *c = ctx;
	/* An algorithm without a pass phrase does not count. */
	const char *const options[][2] = {{"-u", user->name != NULL ? user->name : ""}, {"-A", user->auth}, {"-X", user->priv},
	    {"-a", user->auth != NULL ? user->auth_protocol : NULL}, {"-x", user->priv != NULL ? user->priv_protocol : NULL},
	    {"-l", user->auth == NULL ? "noAuthNoPriv" : user->priv == NULL ? "authNoPriv" : "authPriv"}};
	struct try *t = add_try(c, entry, "3");

	if (t == NULL)
		return;
	t->credential = describe(user, output_settings(c->command.sh->output)->reveal);
	int rc = common_options(&t->words, c, "3");
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (options[i][1] != NULL)
			rc |= snmp_words_option(&t->words, options[i][0], options[i][1]);
	if (rc != 0)
		out_of_memory(t);
}

static const struct snmp_credentials_ops credentials = {.excluded = on_excluded, .community = on_community, .user = on_user,
    .unclear = on_unclear};

/* --- the command --- */

static void got_list(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct check *c = child->ctx;
	struct reply_about about = show_about(child);
	struct buf why = {0};

	(void)sh;
	c->child = NULL;
	if (child->outcome != OUTCOME_OK || reply == NULL) {
		show_failure(child, reply, &why);
		check_fail(c, child->outcome == OUTCOME_OK ? STATUS_LOST : engine_outcome_status(child),
		    buf_string(&why) != NULL ? buf_string(&why) : "cannot read the credentials");
		buf_clear(&why);
		return;
	}
	if (!snmp_credentials_read(&about, reply->values, &c->address, &credentials, c))
		check_fail(c, STATUS_FAILED, "the realm has no credentials for this address, so the box does not ask it");
	else if (c->count == 0)
		check_fail(c, STATUS_FAILED, "the realm's entry for this address has no community and no user");
	else
		prepare_next(c);
}

static void reached(void *ctx, const struct address *a, int fd, const struct error *why)
{
	struct check *c = ctx;
	struct buf line = {0};
	struct error e;

	if (a == NULL) {
		check_fail(c, why->status, why->text);
		return;
	}
	(void)fd;			/* by UDP */
	c->address = *a;
	buf_printf(&line, "%s ", catalog_role(ROLE_CREDENTIALS)->name);
	line_put_word(&line, c->words.operands[0], strlen(c->words.operands[0]));
	c->child = line.failed ? NULL : engine_child(c->command.sh, buf_head(&line), line.len, c->command.task->at, true, got_list, c, &e);
	if (line.failed)
		error_memory(&e);
	buf_clear(&line);
	if (c->child == NULL)
		check_fail(c, e.status, e.text);
	else
		engine_pump(c->command.sh);
}

static void check_cancel(struct command_state *s)
{
	command_end(s, STATUS_OK);
}

static const struct command_ops check_ops = {.size = sizeof(struct check), .clear = check_clear, .cancel = check_cancel};

/* The credentials are the box's. */
static int only_times(const struct snmp_words *w, struct error *e)
{
	for (size_t i = 0; i < w->option_count; i += 2)
		if (strcmp(w->options[i], "-t") != 0 && strcmp(w->options[i], "-r") != 0)
			return error_set(e, STATUS_USAGE, "check takes -t and -r only: versions, users and communities are those that the box has for the realm");
	return 0;
}

enum command_result snmp_check(struct shell *sh, struct task *t, enum status *status)
{
	struct check *c = command_begin(sh, t, &check_ops);
	struct error e;
	int result;

	if (c == NULL) {
		result = error_memory(&e);
	} else {
		result = snmp_words_read(&c->words, sh, &t->line, &e);
		if (result == 0)
			result = only_times(&c->words, &e);
		if (result == 0 && c->words.operand_count != 2)
			result = error_set(&e, STATUS_USAGE, "usage: .snmp check REALM HOST[:PORT] [-t S] [-r N]");
		if (result == 0)
			result = snmp_host_find(&c->host, sh->loop, c->words.operands[1], 0, reached, c, &e);
		if (result == 0 && c->host.tcp)
			result = error_set(&e, STATUS_USAGE, "check uses UDP only, as the box does");
	}
	if (result == 0)
		return COMMAND_WAITS;
	command_drop(t);
	shell_complain(sh, t->at, ".snmp check", "%s", e.text);
	*status = e.status;
	return COMMAND_FAILED;
}
