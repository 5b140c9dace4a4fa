/* SPDX-License-Identifier: ISC */
/*
 * command: one question to an agent, or the many of a walk, and the rows that come of it.  The protocol is snmp/agent's.
 */
#include "snmp/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/output.h"
#include "run/engine.h"
#include "run/show.h"
#include "snmp/agent.h"
#include "snmp/check.h"
#include "snmp/host.h"
#include "snmp/objects.h"
#include "snmp/words.h"

enum { REPETITIONS = 10 /* as snmpbulkwalk(1) has it */ };

static const struct { const char *name, *help; } words[] = {
	{"get", "objects"}, {"getnext", "the objects after these"}, {"getbulk", "many objects after these (2c and 3)"},
	{"walk", "all objects below these"},
	{"bulkwalk", "the same as walk"}, {"set", "objects: OID TYPE VALUE"},
	{"check", "what the box would try with a host of a realm"}, {NULL, NULL},
};

struct snmp {
	struct command_state command;
	struct snmp_words words;
	struct snmp_host host;
	struct agent *agent;
	enum agent_operation operation;
	bool walk;
	struct agent_oid *oids;
	size_t count;
	char **types, **values;		/* of set; the texts are the line's */

	/* a walk */
	size_t root;			/* oids[] being walked */
	struct agent_oid last;
	bool found, single;		/* the root has had something below it; it is asked for itself */
	long repetitions;

	struct buf rows;		/* JSON arrays, a line each */
	bool begun;			/* headings have been shown */
	bool missing;			/* there was no memory for some */
};

static void snmp_clear(struct command_state *state)
{
	struct snmp *s = (struct snmp *)state;

	snmp_host_stop(&s->host);
	agent_close(s->agent);
	snmp_words_clear(&s->words);
	buf_clear(&s->rows);
	free(s->oids);
	free(s->types);
	free(s->values);
}

/* --- showing --- */

static void put_rows(struct shell *sh, struct snmp *s)
{
	static const char *const headings[] = {"oid", "type", "value"};
	enum header header = output_settings(sh->output)->header;
	const char *line = buf_head(&s->rows), *end = line + s->rows.len, *lf;

	if (s->begun)
		output_settings(sh->output)->header = HEADER_OFF;
	output_begin(sh->output, headings, 3);
	for (; line < end && (lf = memchr(line, '\n', (size_t)(end - line))) != NULL; line = lf + 1) {
		struct json cells[3], row = {line, (size_t)(lf - line)};
		struct json_iter it = json_iterate(row);
		size_t n = 0;

		while (n < 3 && json_next(&it, NULL, &cells[n]))
			n++;
		output_cells(sh->output, cells, n);
	}
	output_end(sh->output);
	output_settings(sh->output)->header = header;
}

/* Formats that measure first, a file and a pager get everything at once; the others get rows as they come. */
static void snmp_show(struct snmp *s, bool last)
{
	struct shell *sh = s->command.sh;
	const struct task *t = s->command.task;
	bool measured = show_format(sh, s->command.task)->twice;
	struct page page;

	s->missing = s->missing || s->rows.failed;
	if (s->rows.len == 0 || (!last && (measured || t->redirect != NULL || sh->prompt != NULL)))
		return;
	show_begin(sh, t);
	show_page_begin(sh, t, &page);
	put_rows(sh, s);
	show_page_end(sh, &page);
	show_end(sh, t);
	s->begun = true;
	buf_reset(&s->rows);
}

static void snmp_end(struct snmp *s, enum status status)
{
	struct error e;

	snmp_show(s, true);
	if (s->missing) {
		error_memory(&e);
		shell_complain(s->command.sh, s->command.task->at, ".snmp", "%s: rows are missing", e.text);
		status = status == STATUS_OK ? e.status : status;
	}
	command_end(s, status);
}

static void snmp_fail(struct snmp *s, enum status status, const char *text)
{
	snmp_show(s, true);
	shell_complain(s->command.sh, s->command.task->at, ".snmp", "%s: %s", s->words.operands[0], text);
	snmp_end(s, status);
}

static void put_row(struct snmp *s, const struct agent_answer *answer, size_t i)
{
	agent_answer_row(answer, i, show_format(s->command.sh, s->command.task)->for_people, &s->rows);
	buf_putc(&s->rows, '\n');
}

/* "noSuchName (sysDescr.7)" */
static void fail_answer(struct snmp *s, const struct agent_answer *answer)
{
	struct buf text = {0};
	const char *name;
	long index;
	struct agent_oid o;

	agent_answer_error(answer, &name, &index);
	buf_puts(&text, name);
	if (index > 0 && agent_answer_oid(answer, (size_t)index - 1, &o)) {
		buf_puts(&text, " (");
		agent_oid_text(&o, &text);
		buf_putc(&text, ')');
	}
	snmp_fail(s, STATUS_FAILED, buf_string(&text) != NULL ? buf_string(&text) : name);
	buf_clear(&text);
}

/* --- asking --- */

static void snmp_ask(struct snmp *s, const struct agent_request *r)
{
	struct error e;

	if (agent_ask(s->agent, r, &e) == -1)
		snmp_fail(s, e.status, e.text);
}

static void ask_further(struct snmp *s)
{
	bool bulk = agent_version(s->agent) > 1 && s->repetitions > 0;

	snmp_ask(s, &(struct agent_request){.operation = s->single ? AGENT_GET : bulk ? AGENT_GETBULK : AGENT_GETNEXT,
	    .oids = &s->last, .count = 1, .max_repetitions = s->repetitions});
}

/* The root has no more; the next one, if there is one.  As snmpwalk(1) does, one without anything below it is asked for
 * itself. */
static void next_root(struct snmp *s)
{
	if (!s->found && !s->single) {
		s->single = true;
		s->last = s->oids[s->root];
		ask_further(s);
		return;
	}
	if (++s->root == s->count) {
		snmp_end(s, STATUS_OK);
		return;
	}
	s->last = s->oids[s->root];
	s->found = s->single = false;
	ask_further(s);
}

static void walked(struct snmp *s, const struct agent_answer *answer)
{
	struct agent_oid o;
	const char *name;
	long index, error = agent_answer_error(answer, &name, &index);

	if (error == AGENT_TOO_BIG && s->repetitions > 1) {
		s->repetitions /= 2;
		ask_further(s);
		return;
	}
	if (error == AGENT_NO_SUCH_NAME && !s->single) {	/* v1's end of everything */
		next_root(s);
		return;
	}
	if (error != 0) {
		fail_answer(s, answer);
		return;
	}
	for (size_t i = 0; agent_answer_oid(answer, i, &o); i++) {
		if (s->single) {
			put_row(s, answer, i);
			continue;
		}
		if (agent_answer_missing(answer, i) || !objects_within(&o, &s->oids[s->root])) {
			snmp_show(s, false);
			next_root(s);
			return;
		}
		if (objects_compare(&o, &s->last) <= 0) {
			snmp_fail(s, STATUS_FAILED, "the agent's objects are out of order: the walk would never end");
			return;
		}
		put_row(s, answer, i);
		s->last = o;
		s->found = true;
	}
	snmp_show(s, false);
	if (s->single || agent_answer_count(answer) == 0)
		next_root(s);
	else
		ask_further(s);
}

static void snmp_answered(void *ctx, const struct agent_answer *answer)
{
	struct snmp *s = ctx;
	const char *name;
	long index;

	if (s->walk) {
		walked(s, answer);
		return;
	}
	if (agent_answer_error(answer, &name, &index) != 0) {
		fail_answer(s, answer);
		return;
	}
	for (size_t i = 0; i < agent_answer_count(answer); i++)
		put_row(s, answer, i);
	snmp_end(s, STATUS_OK);
}

static void failed(void *ctx, const struct error *e)
{
	snmp_fail(ctx, e->status, e->text);
}

static void step(void *ctx, const char *text)
{
	struct snmp *s = ctx;

	shell_step(s->command.sh, "%s: %s", s->words.operands[0], text);
}

static const struct agent_ops operations = {.answered = snmp_answered, .failed = failed, .step = step};

static void reached(void *ctx, const struct address *a, int fd, const struct error *why)
{
	static const char *const versions[] = {"", "1", "2c", "3"};
	struct snmp *s = ctx;
	char text[ADDRESS_TEXT];
	struct error e;

	if (a == NULL) {
		snmp_fail(s, why->status, why->text);
		return;
	}
	s->agent = agent_open(s->command.sh->loop, a, fd, s->words.options, s->words.option_count, &operations, s, &e);
	if (s->agent == NULL) {
		snmp_fail(s, e.status, e.text);
		return;
	}
	address_text(a, text);
	shell_step(s->command.sh, "%s: asking %s, SNMP version %s", s->words.operands[0], text, versions[agent_version(s->agent)]);
	if (s->walk) {
		s->last = s->oids[0];
		ask_further(s);
		return;
	}
	snmp_ask(s, &(struct agent_request){.operation = s->operation, .oids = s->oids, .count = s->count, .types = s->types,
	    .values = s->values, .non_repeaters = s->words.non_repeaters > 0 ? s->words.non_repeaters : 0,
	    .max_repetitions = s->repetitions});
}

/* --- the command --- */

static void snmp_cancel(struct command_state *state)
{
	snmp_end((struct snmp *)state, STATUS_OK);
}

static const struct command_ops snmp_ops = {.size = sizeof(struct snmp), .clear = snmp_clear, .cancel = snmp_cancel};

/* OID... or, for set, OID TYPE VALUE...; a walk without one is of mib-2. */
static int read_oids(struct snmp *s, struct error *e)
{
	static char mib2[] = "1.3.6.1.2.1", *of_mib2[] = {mib2};
	char **text = s->words.operands + 1;
	size_t given = s->words.operand_count - 1, each = s->operation == AGENT_SET ? 3 : 1;

	if (s->walk && given == 0) {
		text = of_mib2;
		given = 1;
	}
	if (given == 0 || given % each != 0)
		return error_set(e, STATUS_USAGE, each == 3 ? "set takes HOST and then OID TYPE VALUE, once or more often" :
		    "an OID is missing");
	s->count = given / each;
	s->oids = calloc(s->count, sizeof *s->oids);
	s->types = calloc(s->count, sizeof *s->types);
	s->values = calloc(s->count, sizeof *s->values);
	if (s->oids == NULL || s->types == NULL || s->values == NULL)
		return error_memory(e);
	for (size_t i = 0; i < s->count; i++) {
		if (agent_oid_parse(&s->oids[i], text[i * each], e) == -1)
			return -1;
		if (each == 3) {
			s->types[i] = text[i * each + 1];
			s->values[i] = text[i * each + 2];
		}
	}
	return 0;
}

static int snmp_begin(struct snmp *s, const char *operation, struct error *e)
{
	struct shell *sh = s->command.sh;

	s->walk = strcmp(operation, "walk") == 0 || strcmp(operation, "bulkwalk") == 0;
	s->operation = strcmp(operation, "set") == 0 ? AGENT_SET : strcmp(operation, "getnext") == 0 ? AGENT_GETNEXT :
	    strcmp(operation, "getbulk") == 0 ? AGENT_GETBULK : AGENT_GET;
	if (s->operation == AGENT_SET && sh->options->read_only)
		return error_set(e, STATUS_USAGE, "set: refused by --read-only");
	if (snmp_words_read(&s->words, sh, &s->command.task->line, e) == -1)
		return -1;
	if (s->words.operand_count == 0)
		return error_set(e, STATUS_USAGE, "%s: HOST is missing", operation);
	s->repetitions = s->words.repetitions >= 0 ? s->words.repetitions : REPETITIONS;
	if (read_oids(s, e) == -1)
		return -1;
	return snmp_host_find(&s->host, sh->loop, s->words.operands[0], (int64_t)(sh->options->reach.connect_timeout * 1000), reached, s, e);
}

static bool known(const char *operation)
{
	for (size_t i = 0; words[i].name != NULL; i++)
		if (strcmp(words[i].name, operation) == 0)
			return true;
	return false;
}

static enum command_result snmp_run(struct shell *sh, struct task *t, enum status *status)
{
	const char *operation = t->line.words[1];
	struct snmp *s;
	struct error e;
	int result;

	if (!known(operation)) {
		result = error_set(&e, STATUS_USAGE, "%.40s: no such operation; use get, getnext, getbulk, walk (or bulkwalk), set or check", operation);
	} else if (sh->options->dry_run) {
		shell_notice(sh, ".snmp: nothing is asked with --dry-run");
		return COMMAND_DONE;
	} else if (agent_library_start(&e) == -1) {
		result = -1;
	} else if (strcmp(operation, "check") == 0) {
		return snmp_check(sh, t, status);
	} else if ((s = command_begin(sh, t, &snmp_ops)) == NULL) {
		result = error_memory(&e);
	} else {
		result = snmp_begin(s, operation, &e);
	}
	if (result == 0)
		return COMMAND_WAITS;
	command_drop(t);
	return command_fail(sh, t, status, &e);
}

/* --- completion --- */

/* After the word `before`, anywhere after the operation. */
static void found_further(const struct command_finding *f, const char *operation, const char *before)
{
	static const struct { const char *before, *text, *help; } further[] = {
		{"-v", "1", NULL}, {"-v", "2c", NULL}, {"-v", "3", NULL},
		{"-l", "noAuthNoPriv", NULL}, {"-l", "authNoPriv", NULL}, {"-l", "authPriv", NULL},
		{"-a", "MD5", NULL}, {"-a", "SHA", NULL}, {"-a", "SHA-224", NULL}, {"-a", "SHA-256", NULL}, {"-a", "SHA-384", NULL},
		{"-a", "SHA-512", NULL},
		{"-x", "DES", NULL}, {"-x", "AES", NULL},
		{"-c", "?", "is asked for"}, {"-A", "?", "is asked for"}, {"-X", "?", "is asked for"},
		{NULL, "-t", "seconds to wait for an answer"}, {NULL, "-r", "times to ask again"},
		{NULL, "-v", "version: 1, 2c or 3"}, {NULL, "-c", "community"}, {NULL, "-u", "user of v3"},
		{NULL, "-l", "security level"}, {NULL, "-a", "authentication protocol"}, {NULL, "-A", "authentication pass phrase"},
		{NULL, "-x", "privacy protocol"}, {NULL, "-X", "privacy pass phrase"}, {NULL, "-n", "context"},
		{NULL, "-e", "engine id of the agent, in hexadecimal"}, {NULL, "-E", "engine id of the context"},
		{NULL, "-Z", "boots,time of the engine"}, {NULL, "-Cr", "rN: repetitions of getbulk and walk"},
		{NULL, "-Cn", "nN: objects that getbulk asks for once"},
	};
	bool option = before[0] == '-' && before[1] != '\0' && before[2] == '\0';
	size_t most = strcmp(operation, "check") == 0 ? 2 : SIZE_MAX, free_ones = 0;

	for (size_t i = 0; i < sizeof further / sizeof further[0]; i++)
		if (further[i].before == NULL ? !option && free_ones++ < most : strcmp(further[i].before, before) == 0)
			command_found(f, further[i].text, further[i].help);
}

static void found_object(void *ctx, const char *name)
{
	command_found(ctx, name, NULL);
}

static enum command_place snmp_complete(const struct command_finding *f)
{
	if (f->index == 1)
		for (size_t i = 0; words[i].name != NULL; i++)
			command_found(f, words[i].name, words[i].help);
	else if (f->index == 2 && strcmp(f->words[1], "check") == 0)
		command_found_realms(f);
	else if (f->index >= 2)		/* options may be before the host */
		found_further(f, f->words[1], f->words[f->index - 1]);
	if (f->index > 2 && f->words[f->index - 1][0] != '-' && strcmp(f->words[1], "check") != 0)
		objects_each(found_object, (void *)f);
	return PLACE_WORD;
}

const struct command command_snmp = {
	.word = {.name = "snmp", .job = true, .secret = snmp_words_secret}, .usage = "get | getnext | getbulk | walk | set | check ...",
	.help = "query an SNMP agent, or check why a switch is not polled",
	.more = "  .snmp get HOST[:PORT] [OPTION...] OID...     also getnext, getbulk (-CrN repetitions), walk, bulkwalk\n"
		"  .snmp set HOST[:PORT] [OPTION...] OID TYPE VALUE...\n"
		"  .snmp check REALM HOST[:PORT] [-t S] [-r N]  tries what the box would try, all at once\n"
		"  Options are those of snmpcmd(1): -v 1|2c|3 -c COMMUNITY -u USER -l LEVEL -a -A -x -X -n -e -E -Z,\n"
		"  -t SECONDS and -r RETRIES; what is not given comes from snmp.conf(5).  `?` asks for a secret.\n"
		"  -c alone means -v 2c.  Names as ifDescr and sysUpTime.0 need no MIB files.\n"
		"  HOST may begin with udp:, udp6:, tcp: or tcp6:.  TYPE: i u s x d o a t b, as snmpset(1) has them.\n"
		"Example\n  .snmp walk 192.0.2.1 -c ? ifDescr &",
	.min = 1, .max = SIZE_MAX, .shows = command_shows, .run = snmp_run, .complete = snmp_complete,
};
