/*
 * snmp_check: the realm's credentials from the box, those of them that are for the host, each tried at once, a row for each.
 *
 * The entry with the longest prefix decides, as with routes: an exclude keeps the host from being asked at all.  What an
 * entry holds is read leniently, in all the shapes that boxes are known to send (PROTOCOL.md, section 9).
 */
#include "shell/snmp_check.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/line.h"
#include "out/output.h"
#include "shell/engine.h"
#include "shell/show.h"
#include "shell/snmp_host.h"
#include "shell/snmp_words.h"
#include "snmp/agent.h"

enum { TRIES_MOST = 256, ENTRY_TEXT = 100, BITS_MOST = 128 };

struct check;

/* One community or user. */
struct try {
	struct check *check;
	char *entry;			/* "10.1.0.0/16" */
	const char *version;
	char *credential;		/* what may be shown of it */
	struct agent *agent;
	int64_t asked;
	bool answered, timed_out;
	int64_t ms;
	char *result;			/* why not; NULL while it is open, or answered */
	char *descr, *uptime;		/* JSON */
};

struct check {
	struct shell *sh;
	struct task *task, *child;	/* child: the request to the box, or NULL */
	struct snmp_words words;
	struct snmp_host host;
	struct address address;
	unsigned prefix;		/* the longest of the entries for the host */
	bool any;			/* there is one */
	struct try *tries[TRIES_MOST];
	size_t count, open, left_out;	/* open: not answered yet; left_out: there were too many */
};

/* --- memory --- */

static void drop_tries(struct check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct try *t = c->tries[i];

		agent_close(t->agent);
		free(t->entry);
		if (t->credential != NULL)
			explicit_bzero(t->credential, strlen(t->credential));
		free(t->credential);
		free(t->result);
		free(t->descr);
		free(t->uptime);
		free(t);
	}
	c->count = 0;
}

static void clear(struct check *c)
{
	if (c->child != NULL)
		c->child->done = NULL;	/* its reply is nobody's any more */
	snmp_host_stop(&c->host);
	snmp_words_clear(&c->words);
	drop_tries(c);
	free(c);
}

static void end(struct check *c, enum status status)
{
	struct shell *sh = c->sh;
	struct task *t = c->task;

	t->waiting = NULL;
	t->drop = NULL;
	clear(c);
	engine_command_done(sh, t, status);
	engine_pump(sh);
}

static void fail(struct check *c, enum status status, const char *text)
{
	shell_complain(c->sh, c->task->at, ".snmp check", "%s", text);
	end(c, status);
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
	struct json cells[7], v;
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
		for (it = json_iterate(v); n < 7 && json_next(&it, NULL, &v); n++)
			cells[n] = v;
		output_cells(sh->output, cells, n);
	}
	row.secret = true;
	buf_clear(&row);
}

static void finish(struct check *c)
{
	static const char *const headings[] = {"entry", "version", "credential", "ms", "result", "sysUpTime", "sysDescr"};
	struct shell *sh = c->sh;
	bool answered = false, timed_out = true;

	shell_show_begin(sh);
	output_begin(sh->output, headings, 7);
	for (size_t i = 0; i < c->count; i++) {
		show_try(sh, c->tries[i]);
		answered |= c->tries[i]->answered;
		timed_out &= c->tries[i]->timed_out;
	}
	output_end(sh->output);
	shell_show_end(sh);
	if (c->left_out > 0)
		shell_complain(sh, c->task->at, ".snmp check", "%zu more of the realm's communities and users are not tried", c->left_out);
	end(c, answered ? STATUS_OK : timed_out ? STATUS_TIMEOUT : STATUS_FAILED);
}

/* --- one try --- */

static void tried(struct try *t)
{
	struct check *c = t->check;

	if (--c->open == 0)
		finish(c);
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

static void answered(void *ctx, const struct agent_answer *answer)
{
	struct try *t = ctx;
	bool words = output_format(t->check->sh->output) == &format_table;
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

static const struct agent_ops operations = {.answered = answered, .failed = failed};

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

/* Makes the keys, which takes its time: nothing is asked before all of them are made. */
static void prepare(struct try *t, struct snmp_words *w)
{
	struct error e;

	t->agent = agent_open(t->check->sh->loop, &t->check->address, w->options, w->option_count, &operations, t, &e);
	if (t->agent == NULL)
		t->result = strdup(e.text);
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
}

/* --- entries --- */

static char *text_of(struct json v)
{
	struct buf b = {.secret = true};

	if (v.len == 0 || json_kind(v) == JSON_NULL)
		return NULL;
	if (json_kind(v) == JSON_STRING)
		json_decode(v, &b);
	else
		buf_put(&b, v.text, v.len);
	return buf_string(&b) != NULL ? buf_steal(&b) : NULL;
}

static void forget(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

/* The options that every try has: those that were typed, over what a check that is to be over soon wants. */
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

static void try_community(struct check *c, const char *entry, const char *version, struct json community, unsigned number)
{
	struct snmp_words w = {0};
	struct try *t = add_try(c, entry, version);
	char *text = text_of(community), shown[32];

	if (t == NULL) {
		forget(text);
		return;
	}
	snprintf(shown, sizeof shown, "community %u", number);
	t->credential = strdup(output_settings(c->sh->output)->reveal && text != NULL ? text : shown);
	if (common_options(&w, c, version) == -1 || snmp_words_option(&w, "-c", text != NULL ? text : "") == -1)
		t->result = strdup("out of memory");
	else
		prepare(t, &w);
	snmp_words_clear(&w);
	forget(text);
}

/* "md5", "SHA1", "aes": as the library spells them. */
static const char *algorithm(const char *text)
{
	static const char *const names[][2] = {{"sha1", "SHA"}, {"hmac-md5", "MD5"}, {"hmac-sha", "SHA"}, {"aes128", "AES"}, {"cbc-des", "DES"}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(text, names[i][0]) == 0)
			return names[i][1];
	return text;
}

/* user, authentication and privacy pass phrase, [null,] and what they are for. */
static void try_user(struct check *c, const char *entry, struct json_iter members)
{
	char *text[6] = {NULL};
	const char *const letters[] = {"-u", "-A", "-X", "-a", "-x"};
	struct snmp_words w = {0};
	struct try *t = add_try(c, entry, "3");
	struct json v[6], one;
	size_t n = 0;
	int rc = 0;

	if (t == NULL)
		return;
	while (n < 6 && json_next(&members, NULL, &one))
		if (n != 3 || json_kind(one) != JSON_NULL)
			v[n++] = one;
	for (size_t i = 0; i < n && i < 5; i++) {
		text[i] = text_of(v[i]);
		if (text[i] != NULL && text[i][0] == '\0') {
			free(text[i]);
			text[i] = NULL;
		}
	}
	t->credential = strdup(text[0] != NULL ? text[0] : "");
	if (output_settings(c->sh->output)->reveal && t->credential != NULL) {
		struct buf b = {.secret = true};
		buf_printf(&b, "%s %s %s", t->credential, text[1] != NULL ? text[1] : "-", text[2] != NULL ? text[2] : "-");
		free(t->credential);
		t->credential = buf_string(&b) != NULL ? buf_steal(&b) : NULL;
	}
	rc |= common_options(&w, c, "3");
	for (size_t i = 0; i < 5; i++)
		if ((i < 3 || text[i - 2] != NULL) && text[i] != NULL)
			rc |= snmp_words_option(&w, letters[i], i < 3 ? text[i] : algorithm(text[i]));
	rc |= snmp_words_option(&w, "-l", text[1] == NULL ? "noAuthNoPriv" : text[2] == NULL ? "authNoPriv" : "authPriv");
	if (rc != 0)
		t->result = strdup("out of memory");
	else
		prepare(t, &w);
	snmp_words_clear(&w);
	for (size_t i = 0; i < 6; i++)
		forget(text[i]);
}

/* [2, [community...]] or [3, user...] */
static void try_version(struct check *c, const char *entry, struct json v)
{
	struct json_iter it = json_iterate(v), inner;
	struct json number, one, community;
	unsigned count = 0;

	if (!json_next(&it, NULL, &number))
		return;
	char *version = text_of(number);
	if (version != NULL && version[0] == '3') {
		try_user(c, entry, it);
	} else {
		const char *name = version != NULL && version[0] == '1' ? "1" : "2c";
		while (json_next(&it, NULL, &one)) {
			if (json_kind(one) != JSON_ARRAY) {
				try_community(c, entry, name, one, ++count);
				continue;
			}
			for (inner = json_iterate(one); json_next(&inner, NULL, &community); )
				try_community(c, entry, name, community, ++count);
		}
	}
	free(version);
}

/* Whether the first `bits` of two addresses of one family are the same. */
static bool within(const struct address *host, const struct address *subnet, unsigned bits)
{
	const unsigned char *a, *b;
	unsigned all = subnet->sa.any.sa_family == AF_INET ? 32 : 128;

	if (host->sa.any.sa_family != subnet->sa.any.sa_family || bits > all)
		return false;
	if (all == 32) {
		a = (const unsigned char *)&((const struct sockaddr_in *)&host->sa.room)->sin_addr;
		b = (const unsigned char *)&((const struct sockaddr_in *)&subnet->sa.room)->sin_addr;
	} else {
		a = ((const struct sockaddr_in6 *)&host->sa.room)->sin6_addr.s6_addr;
		b = ((const struct sockaddr_in6 *)&subnet->sa.room)->sin6_addr.s6_addr;
	}
	for (unsigned i = 0; i < bits; i += 8) {
		unsigned left = bits - i, mask = left >= 8 ? 0xff : 0xff00U >> left & 0xff;
		if (((a[i / 8] ^ b[i / 8]) & mask) != 0)
			return false;
	}
	return true;
}

static bool is_list_of_lists(struct json v)
{
	struct json_iter it = json_iterate(v);
	struct json first;

	return !json_next(&it, NULL, &first) || json_kind(first) == JSON_ARRAY;
}

/* A few digits and nothing else: what is no number is no prefix, least of all one of everybody. */
static bool read_bits(const char *text, unsigned *bits)
{
	size_t len = strlen(text);

	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return false;
	*bits = (unsigned)strtoul(text, NULL, 10);
	return *bits <= BITS_MOST;
}

/* Whether a row [subnet, bits, entries..., flags] is for the host; its prefix and name, then. */
static bool is_for(const struct check *c, const struct json *cells, size_t count, unsigned *prefix, char entry[static ENTRY_TEXT])
{
	char *subnet = count > 2 ? text_of(cells[0]) : NULL, *bits = count > 2 ? text_of(cells[1]) : NULL;
	struct address a;
	bool is = false;

	if (subnet != NULL && bits != NULL && read_bits(bits, prefix) && address_parse(&a, subnet, 0)) {
		is = within(&c->address, &a, *prefix);
		snprintf(entry, ENTRY_TEXT, "%.80s/%u", subnet, *prefix);
	}
	free(subnet);
	free(bits);
	return is;
}

/* The first look: how long the longest prefix is. */
static void measure_row(void *ctx, const struct json *cells, size_t count)
{
	struct check *c = ctx;
	char entry[ENTRY_TEXT];
	unsigned prefix;

	if (!is_for(c, cells, count, &prefix, entry) || (c->any && prefix <= c->prefix))
		return;
	c->any = true;
	c->prefix = prefix;
}

static bool is_excluded(struct json flags)
{
	char *text = json_kind(flags) == JSON_ARRAY ? NULL : text_of(flags);
	bool excluded = text != NULL && (strtoul(text, NULL, 10) & 1) == 0;

	free(text);
	return excluded;
}

/* The second: what has it is tried. */
static void take_row(void *ctx, const struct json *cells, size_t count)
{
	struct check *c = ctx;
	char entry[ENTRY_TEXT];
	unsigned prefix;
	struct json inner;

	if (!is_for(c, cells, count, &prefix, entry) || prefix != c->prefix)
		return;
	if (is_excluded(cells[count - 1])) {
		struct try *t = add_try(c, entry, NULL);

		if (t != NULL)
			t->result = strdup("excluded");
		return;
	}
	for (size_t i = 2; i < count; i++) {
		struct json_iter it = json_iterate(cells[i]);

		if (json_kind(cells[i]) != JSON_ARRAY)
			continue;
		if (!is_list_of_lists(cells[i]))
			try_version(c, entry, cells[i]);
		else
			while (json_next(&it, NULL, &inner))
				try_version(c, entry, inner);
	}
}

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
		fail(c, child->outcome == OUTCOME_FAILED ? STATUS_FAILED : child->outcome == OUTCOME_REFUSED ? child->why_status :
		    child->outcome == OUTCOME_BAD ? STATUS_PROTOCOL : child->abandoned ? STATUS_TIMEOUT : STATUS_LOST,
		    buf_string(&why) != NULL ? buf_string(&why) : "the credentials cannot be had");
		buf_clear(&why);
		return;
	}
	output_rows_of(&about, reply->values, measure_row, c);
	output_rows_of(&about, reply->values, take_row, c);
	start_all(c);
	if (!c->any)
		fail(c, STATUS_FAILED, "no entry of the realm is for this address: the box has nothing to ask it with");
	else if (c->count == 0)
		fail(c, STATUS_FAILED, "the realm's entry for this address holds no community and no user");
	else if (c->open == 0)
		finish(c);
}

static void reached(void *ctx, const struct address *a, const struct error *why)
{
	struct check *c = ctx;
	struct buf line = {0};
	struct error e;

	if (a == NULL) {
		fail(c, why->status, why->text);
		return;
	}
	c->address = *a;
	buf_printf(&line, "%s ", catalog_role(ROLE_CREDENTIALS)->name);
	line_put_word(&line, c->words.operands[0], strlen(c->words.operands[0]));
	c->child = line.failed ? NULL : engine_child(c->sh, buf_head(&line), line.len, c->task->at, true, got_list, c, &e);
	if (line.failed)
		error_memory(&e);
	buf_clear(&line);
	if (c->child == NULL)
		fail(c, e.status, e.text);
	else
		engine_pump(c->sh);
}

static void cancel(struct shell *sh, struct task *t)
{
	(void)sh;
	end(t->waiting, STATUS_OK);
}

static void drop(struct shell *sh, struct task *t)
{
	(void)sh;
	clear(t->waiting);
	t->waiting = NULL;
}

/* The credentials are the box's. */
static int only_times(const struct snmp_words *w, struct error *e)
{
	for (size_t i = 0; i < w->option_count; i += 2)
		if (strcmp(w->options[i], "-t") != 0 && strcmp(w->options[i], "-r") != 0)
			return error_set(e, STATUS_USAGE, "check takes -t and -r; who asks and how is what the box has for the realm");
	return 0;
}

enum command_result snmp_check(struct shell *sh, struct task *t, enum status *status)
{
	struct check *c = calloc(1, sizeof *c);
	struct error e;
	int result;

	if (c == NULL) {
		result = error_memory(&e);
	} else {
		c->sh = sh;
		c->task = t;
		result = snmp_words_read(&c->words, sh, &t->line, &e);
		if (result == 0)
			result = only_times(&c->words, &e);
		if (result == 0 && c->words.operand_count != 2)
			result = error_set(&e, STATUS_USAGE, "usage: .snmp check REALM HOST[:PORT] [-t S] [-r N]");
		if (result == 0)
			result = snmp_host_find(&c->host, sh->loop, c->words.operands[1], reached, c, &e);
	}
	if (result == 0) {
		t->waiting = c;
		t->cancel = cancel;
		t->drop = drop;
		return COMMAND_WAITS;
	}
	if (c != NULL)
		clear(c);
	shell_complain(sh, t->at, ".snmp check", "%s", e.text);
	*status = e.status;
	return COMMAND_FAILED;
}
