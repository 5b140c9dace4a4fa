/* SPDX-License-Identifier: ISC */
/*
 * table: the table, and the commands of a few lines.
 */
#include "run/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "commands/each.h"
#include "commands/help.h"
#include "commands/on.h"
#include "commands/set.h"
#include "commands/status.h"
#include "commands/wait.h"
#include "commands/watch.h"
#include "format/output.h"
#include "link/link.h"
#include "link/trace.h"
#include "proto/catalog.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/feed.h"
#include "run/names.h"
#include "run/show.h"
#include "snmp/command.h"
#include "snmp/words.h"
#include "term/history.h"

static enum command_result refuse(struct shell *sh, struct task *t, enum status *status, const struct error *e)
{
	char name[64];

	snprintf(name, sizeof name, ".%s", t->line.words[0]);
	shell_complain(sh, t->at, name, "%s", e->text);
	*status = e->status;
	return COMMAND_FAILED;
}

/* "on" or "off". */
static int read_switch(const char *word, bool *on, struct error *e)
{
	if (strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
		return error_set(e, STATUS_USAGE, "%s: on or off", word);
	*on = strcmp(word, "on") == 0;
	return 0;
}

static enum command_result run_echo(struct shell *sh, struct task *t, enum status *status)
{
	struct buf text = {0}, safe = {0};

	(void)status;
	for (size_t i = 1; i < t->line.word_count; i++) {
		buf_puts(&text, i > 1 ? " " : "");
		buf_puts(&text, t->line.words[i]);
	}
	shell_show_begin(sh);
	if (sh->out.terminal)
		safe_put(&safe, buf_head(&text), text.len);
	else
		buf_put(&safe, buf_head(&text), text.len);
	buf_putc(&safe, '\n');
	sink_put(&sh->out, buf_head(&safe), safe.len);
	shell_show_end(sh);
	buf_clear(&text);
	buf_clear(&safe);
	return COMMAND_DONE;
}

static enum command_result run_events(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;
	bool on = false;

	if (t->line.word_count < 2) {
		shell_notice(sh, "events are %s", events_shown(sh) ? "shown" : "hidden");
		return COMMAND_DONE;
	}
	if (strcmp(t->line.words[1], "list") == 0) {
		events_list(sh);
		return COMMAND_DONE;
	}
	if (read_switch(t->line.words[1], &on, &e) == -1) {
		error_set(&e, STATUS_USAGE, "%s: on, off or list", t->line.words[1]);
		return refuse(sh, t, status, &e);
	}
	events_show(sh, on);
	return COMMAND_DONE;
}

static int find_format(struct shell *sh, const char *name, const struct format **f, struct error *e)
{
	struct buf all = {0};

	*f = format_find(name);
	if (*f == &format_raw && sh->out.terminal)
		return error_set(e, STATUS_USAGE, "raw: not on a terminal: it would show control characters as they are");
	if (*f != NULL)
		return 0;
	for (const struct format *const *g = formats; *g != NULL; g++)
		buf_printf(&all, "%s%s", all.len > 0 ? ", " : "", (*g)->name);
	error_set(e, STATUS_USAGE, "%s: no such format; there are %s", name, buf_string(&all));
	buf_clear(&all);
	return -1;
}

static enum command_result run_format(struct shell *sh, struct task *t, enum status *status)
{
	const struct format *f;
	struct error e;

	if (t->line.word_count < 2) {
		shell_notice(sh, "the format is %s", output_format(sh->output)->name);
		return COMMAND_DONE;
	}
	if (find_format(sh, t->line.words[1], &f, &e) == -1)
		return refuse(sh, t, status, &e);
	output_set_format(sh->output, f);
	sh->options->format_origin = ORIGIN_COMMAND_LINE;
	return COMMAND_DONE;
}

/* The line with its secrets hidden; they are kept for who recalls it, not for who looks over a shoulder. */
static void put_masked(struct shell *sh, struct buf *out, const char *text)
{
	struct line_context context = engine_context(sh);
	struct line line = {0};
	struct error e;
	char *usage = NULL;
	size_t at;

	context.ask_secret = NULL;
	context.read_file = NULL;
	context.confirm_nearest = NULL;
	line_parse(&line, text, strlen(text), &context, &e, &usage, &at);
	if (line.masked != NULL)
		safe_put(out, line.masked, strlen(line.masked));
	free(usage);
	line_clear(&line);
}

static enum command_result run_history(struct shell *sh, struct task *t, enum status *status)
{
	const char *text = t->line.word_count > 1 ? t->line.rest : "";
	struct buf safe = {0};

	(void)status;
	for (size_t i = 0; sh->history != NULL && i < history_count(sh->history); i++) {
		const char *entry = history_entry(sh->history, i);
		if (strstr(entry, text) == NULL)
			continue;
		put_masked(sh, &safe, entry);
		buf_putc(&safe, '\n');
	}
	show_text(sh, buf_head(&safe), safe.len);
	buf_clear(&safe);
	return COMMAND_DONE;
}

static enum command_result run_last(struct shell *sh, struct task *t, enum status *status)
{
	const struct task *last = engine_last(sh);
	const struct format *f, *before = output_format(sh->output);
	struct reply reply;
	struct error e;

	if (last == NULL) {
		error_set(&e, STATUS_USAGE, "there is no last reply%s", sh->interactive ? "" : ", or it had more than 1 MiB");
		return refuse(sh, t, status, &e);
	}
	f = before;
	if (t->line.word_count > 1 && find_format(sh, t->line.words[1], &f, &e) == -1)
		return refuse(sh, t, status, &e);
	show_kept(last, &reply);
	output_set_format(sh->output, f);
	show_reply(sh, last, &reply);
	output_set_format(sh->output, before);
	return COMMAND_DONE;
}

static enum command_result run_quit(struct shell *sh, struct task *t, enum status *status)
{
	(void)t, (void)status;
	sh->quit = true;
	if (!sh->interactive)
		input_drop(sh);
	return COMMAND_DONE;
}

static enum command_result run_refresh(struct shell *sh, struct task *t, enum status *status)
{
	(void)t, (void)status;
	names_refresh(sh);
	return COMMAND_DONE;
}

static enum command_result run_source(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	input_hold(sh, false);
	if (input_add_file(sh, t->line.words[1], true, &e) == 0)
		return COMMAND_DONE;
	if (e.text[0] != '\0')
		return refuse(sh, t, status, &e);
	*status = STATUS_USAGE;		/* the file's mistakes have been told */
	return COMMAND_FAILED;
}

static enum command_result run_timing(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	if (t->line.word_count < 2)
		sh->timing = !sh->timing;
	else if (read_switch(t->line.words[1], &sh->timing, &e) == -1)
		return refuse(sh, t, status, &e);
	return COMMAND_DONE;
}

static enum command_result run_trace(struct shell *sh, struct task *t, enum status *status)
{
	struct error e;

	if (strcmp(t->line.words[1], "off") == 0)
		trace_close(sh);
	else if (trace_open(sh, t->line.words[1], &e) == -1)
		return refuse(sh, t, status, &e);
	return COMMAND_DONE;
}

const struct command commands[] = {
	{{.name = "connect"}, "[BOX]", "connect to a box, or to this one again", NULL, 0, 1, HINT_BOX, true, about_connect},
	{{.name = "each", .takes_line = true}, "LINE -- LINE2", "run LINE, then LINE2 for every row of its result",
	    "  In LINE2 {column} or {1} stands for a cell of the row.  All run at once, --jobs bounds them;\n"
	    "  each end is shown with its row.\n"
	    "Example\n  .each realm_info gid,name -- realm_poll {gid}", 1, SIZE_MAX, HINT_REQUEST, false, each_run},
	{{.name = "echo"}, "[TEXT]", "print TEXT", NULL, 0, SIZE_MAX, HINT_NONE, false, run_echo},
	{{.name = "events"}, "[on | off | list]", "show or hide events; the last 1000", NULL, 0, 1, HINT_EVENTS, false, run_events},
	{{.name = "format"}, "[FORMAT]", "the format of results", NULL, 0, 1, HINT_FORMAT, false, run_format},
	{{.name = "help"}, "[WORD]", "requests and commands; more of one", NULL, 0, 1, HINT_REQUEST, false, help_run},
	{{.name = "history"}, "[TEXT]", "the lines typed, those with TEXT", NULL, 0, SIZE_MAX, HINT_NONE, false, run_history},
	{{.name = "jobs"}, "", "what runs", NULL, 0, 0, HINT_NONE, false, about_jobs},
	{{.name = "last"}, "[FORMAT]", "the last reply again, in another format", NULL, 0, 1, HINT_FORMAT, false, run_last},
	{{.name = "on", .takes_line = true}, "[EVENT [ARG...] -- LINE | off [N]]", "run LINE as a job at every such event",
	    "  In LINE {1} {2}... stand for the event's arguments.  `.on` lists, `.on off [N]` ends.\n"
	    "  At most 64 run at once, the rest wait their turn.\n"
	    "Example\n  .on realm_discover_stop -- realm_poll {1}", 0, SIZE_MAX, HINT_EVENT, false, on_run},
	{{.name = "quit"}, "", "leave (also quit, exit, ^D)", NULL, 0, 0, HINT_NONE, false, run_quit},
	{{.name = "refresh"}, "", "ask the box for its names again", NULL, 0, 0, HINT_NONE, true, run_refresh},
	{{.name = "set"}, "[NAME [VALUE]]", "settings", NULL, 0, 2, HINT_SETTING, false, settings_run},
	{{.name = "sleep"}, "SECONDS", "wait for so long", NULL, 1, 1, HINT_NONE, false, sleep_run},
	{{.name = "snmp", .job = true, .secret = snmp_words_secret}, "get | getnext | getbulk | walk | set | check ...",
	    "ask an SNMP agent; why is a switch not polled",
	    "  .snmp get HOST[:PORT] [OPTION...] OID...     also getnext, getbulk (-CrN repetitions), walk\n"
	    "  .snmp set HOST[:PORT] [OPTION...] OID TYPE VALUE...\n"
	    "  .snmp check REALM HOST[:PORT] [-t S] [-r N]  tries what the box would try, all at once\n"
	    "  Options are those of snmpcmd(1): -v 1|2c|3 -c COMMUNITY -u USER -l LEVEL -a -A -x -X -n -e -E -Z,\n"
	    "  -t SECONDS and -r RETRIES; what is not given is snmp.conf(5)'s.  A secret that is `?` is asked for.\n"
	    "  In front of HOST may stand udp:, udp6:, tcp: or tcp6:.  TYPE: i u s x d o a t b, as snmpset(1) has them.\n"
	    "Example\n  .snmp walk 192.0.2.1 -v 2c -c ? 1.3.6.1.2.1.2.2.1.2 &", 1, SIZE_MAX, HINT_SNMP, false, snmp_run},
	{{.name = "source"}, "FILE", "run FILE's lines", NULL, 1, 1, HINT_FILE, false, run_source},
	{{.name = "status"}, "", "the connection, the box, the settings", NULL, 0, 0, HINT_NONE, false, about_status},
	{{.name = "timing"}, "[on | off]", "tell how long each request took", NULL, 0, 1, HINT_ON_OFF, false, run_timing},
	{{.name = "trace"}, "FILE | off", "write every message to FILE, secrets hidden", NULL, 1, 1, HINT_TRACE, false, run_trace},
	{{.name = "trust"}, "[list | add BOX PIN | remove BOX [PIN]]", "the boxes whose keys are remembered", NULL, 0, 3, HINT_TRUST, false,
	    about_trust},
	{{.name = "wait"}, "[N | EVENT [ARG...]]", "for all jobs, for job N, or for the next such event", NULL, 0, SIZE_MAX, HINT_JOB,
	    false, wait_run},
	{{.name = "watch", .takes_line = true}, "SECONDS [N] LINE", "LINE again every SECONDS, N times; changed cells stand out", NULL, 2, SIZE_MAX, HINT_WATCH,
	    false, watch_run},
	{{.name = NULL}, NULL, NULL, NULL, 0, 0, HINT_NONE, false, NULL},
};

const struct command_word *commands_find(void *ctx, const char *name, size_t len, struct error *e)
{
	const struct command *found = NULL;
	struct buf several = {0};

	(void)ctx;
	for (const struct command *c = commands; c->word.name != NULL; c++) {
		if (strncmp(c->word.name, name, len) != 0)
			continue;
		if (c->word.name[len] == '\0') {
			buf_clear(&several);
			return &c->word;
		}
		buf_printf(&several, "%s.%s", found != NULL ? ", " : "", c->word.name);
		found = found == NULL ? c : found;
	}
	if (found != NULL && strchr(buf_string(&several) != NULL ? buf_string(&several) : "", ',') == NULL) {
		buf_clear(&several);
		return &found->word;
	}
	if (found != NULL)
		error_set(e, STATUS_USAGE, ".%.*s: may be %s", (int)(len < 100 ? len : 100), name, buf_string(&several));
	else
		error_set(e, STATUS_USAGE, ".%.*s: no such command; .help lists them", (int)(len < 100 ? len : 100), name);
	buf_clear(&several);
	return NULL;
}

static const struct command *command_of(const struct line *line)
{
	const struct command *c = commands;

	while (c->word.name != NULL && strcmp(c->word.name, line->words[0]) != 0)
		c++;
	return c;
}

bool commands_at_once(const struct line *line)
{
	return command_of(line)->run == run_echo;
}

void commands_queued(struct shell *sh, struct task *t)
{
	const struct command *c = command_of(&t->line);

	if (c->run == wait_run)
		wait_queued(sh, t);
	else if (c->run == run_source || c->run == run_quit)
		input_hold(sh, true);	/* what comes next depends on it */
}

static int count_words(const struct command *c, const struct line *line, struct error *e)
{
	size_t words = line->word_count - 1;

	if (c->run != NULL && (c->word.takes_line || (words >= c->min && words <= c->max)))
		return 0;
	return error_set(e, STATUS_USAGE, "usage: .%s%s%s", c->word.name, c->usage[0] != '\0' ? " " : "", c->usage);
}

int commands_check(struct shell *sh, const struct line *line, struct error *e)
{
	const struct command *c = command_of(line);
	int (*check)(struct shell *, const char *, struct error *) =
	    c->run == each_run ? each_check : c->run == on_run ? on_check : c->run == watch_run ? watch_check : NULL;
	struct error why;

	if (count_words(c, line, &why) == 0 && (check == NULL || check(sh, line->rest, &why) == 0))
		return 0;
	return error_set(e, why.status, ".%s: %s", c->word.name, why.text);
}

enum command_result commands_run(struct shell *sh, struct task *t, enum status *status)
{
	const struct command *c = command_of(&t->line);
	struct error e;

	if (count_words(c, &t->line, &e) == -1) {
		if (c->run == run_source)
			input_hold(sh, false);
		return refuse(sh, t, status, &e);
	}
	if (c->needs_box && sh->options->dry_run) {
		shell_notice(sh, ".%s: needs a box: nothing is run with --dry-run", c->word.name);
		return COMMAND_DONE;
	}
	return c->run(sh, t, status);
}
