/* SPDX-License-Identifier: ISC */
/*
 * on: what a program's event callbacks do, for people and scripts.
 */
#include "commands/on.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/table.h"
#include "format/output.h"
#include "proto/catalog.h"
#include "proto/secret.h"
#include "run/check.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/show.h"
#include "run/template.h"

enum { AT_ONCE = 64, WAITING_MOST = 10000, WAITING_BYTES = 4 * 1024 * 1024, ARGS_MOST = 64 };

struct pending { struct pending *next; char *line; size_t len; };

struct rule {
	struct rule *next;
	unsigned number;
	struct place at;
	struct listener listener;
	char **words;			/* EVENT ARG... */
	size_t word_count;
	char *line, *shown;		/* the second one for the list: its secrets as ? */
	size_t runs;
};

struct on {
	struct rule *rules;
	unsigned next_number;
	size_t running;			/* of all rules */
	size_t waiting, bytes;		/* lines that wait, and of what length */
	struct pending *first, **last;
	unsigned long long lost;
};

static void free_rule(struct rule *r)
{
	for (size_t i = 0; i < r->word_count; i++)
		free(r->words[i]);
	free(r->words);
	free(r->line);
	free(r->shown);
	free(r);
}

static void start_more(struct shell *sh);

static void on_ended(struct shell *sh)
{
	sh->on->running--;
	start_more(sh);
	engine_release(sh);
}

static void on_ran(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct reply_about about = show_about(t);
	struct buf why = {0};
	char name[256], took[24];

	if (t->outcome == OUTCOME_OK && reply == NULL && !t->streaming) {	/* a command, which has shown its own output */
		on_ended(sh);
		return;
	}
	shell_show_begin(sh);
	show_task_name(t, name, sizeof name);
	shell_duration(took, loop_now() - (t->started != 0 ? t->started : t->asked));
	if (t->outcome == OUTCOME_OK && reply != NULL) {
		shell_complain(sh, (struct place){0}, NULL, ".on: %s: done, %s", name, took);
		output_reply(sh->output, &about, reply);
	} else {
		show_failure(t, reply, &why);
		shell_complain(sh, t->at, ".on", "%s: failed after %s: %s", name, took,
		    buf_string(&why) != NULL ? buf_string(&why) : "");
		if (!t->line.may_fail)
			shell_failed(sh, engine_outcome_status(t));
		buf_clear(&why);
	}
	shell_show_end(sh);
	on_ended(sh);
}

/* An event's line that cannot be run. */
static void on_wrong(struct shell *sh, struct place at, const struct error *e)
{
	shell_complain(sh, at, ".on", "%s", e->text);
	shell_failed(sh, e->status);
}

static void on_start(struct shell *sh, const char *line)
{
	struct task *t;
	struct error e;

	if ((t = engine_child(sh, line, strlen(line), (struct place){0}, false, on_ran, NULL, &e)) == NULL) {
		on_wrong(sh, (struct place){0}, &e);
		return;
	}
	t->by = &command_on.word;
	sh->on->running++;
	engine_hold(sh);
}

static void start_more(struct shell *sh)
{
	struct on *on = sh->on;
	struct pending *p;

	while (on->running < AT_ONCE && (p = on->first) != NULL) {
		on->first = p->next;
		if (on->first == NULL)
			on->last = &on->first;
		on->waiting--;
		on->bytes -= p->len;
		on_start(sh, p->line);
		free(p->line);
		free(p);
	}
}

static void on_heard(struct shell *sh, struct listener *l, const struct event *event)
{
	struct rule *r = l->ctx;
	struct on *on = sh->on;
	struct json cells[ARGS_MOST], v;
	struct json_iter args = event->args;
	struct buf line = {0};
	struct error e;
	struct pending *p;
	size_t n = 0;

	while (n < ARGS_MOST && json_next(&args, NULL, &v))
		cells[n++] = v;
	if (template_expand(&line, r->line, NULL, 0, cells, n, &e) == -1) {
		on_wrong(sh, r->at, &e);
	} else if (buf_string(&line) == NULL) {
		error_memory(&e);
		on_wrong(sh, r->at, &e);
	} else if (on->running < AT_ONCE) {
		r->runs++;
		on_start(sh, buf_string(&line));
	} else if (on->waiting >= WAITING_MOST || on->bytes + line.len > WAITING_BYTES ||
	    (p = calloc(1, sizeof *p)) == NULL) {
		if (on->lost++ == 0)
			shell_complain(sh, r->at, ".on", "too many events: some lines were not run");
	} else {
		r->runs++;
		p->len = line.len;
		p->line = buf_steal(&line);
		on->bytes += p->len;
		*on->last = p;
		on->last = &p->next;
		on->waiting++;
	}
	buf_clear(&line);
}

static enum command_result on_list(struct shell *sh, const struct task *t)
{
	static const char *const headings[] = {"number", "event", "runs", "line"};
	struct page page;

	if (sh->interactive && t->redirect == NULL && sh->on->rules == NULL) {
		shell_notice(sh, "no .on lines");
		return COMMAND_DONE;
	}
	show_table_begin(sh, t, &page, headings, 4);
	for (const struct rule *r = sh->on->rules; r != NULL; r = r->next) {
		struct buf event = {0};
		char number[16], runs[24];
		for (size_t i = 0; i < r->word_count; i++) {
			buf_puts(&event, i > 0 ? " " : "");
			secret_put_text(&event, r->words[i], strlen(r->words[i]));
		}
		snprintf(number, sizeof number, "%u", r->number);
		snprintf(runs, sizeof runs, "%zu", r->runs);
		const char *cells[] = {number, buf_string(&event) != NULL ? buf_string(&event) : "", runs, r->shown};
		output_strings(sh->output, cells, 4);
		buf_clear(&event);
	}
	show_table_end(sh, t, &page);
	return COMMAND_DONE;
}

static enum command_result on_remove(struct shell *sh, struct task *t, enum status *status)
{
	const char *word = t->line.word_count > 2 ? t->line.words[2] : NULL;
	struct rule **p = &sh->on->rules, *r;
	struct error e;
	bool any = false;

	while ((r = *p) != NULL) {
		char number[16];
		snprintf(number, sizeof number, "%u", r->number);
		if (word != NULL && strcmp(word, number) != 0) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		events_ignore(sh, &r->listener);
		free_rule(r);
		any = true;
	}
	if (any || word == NULL)
		return COMMAND_DONE;
	error_set(&e, STATUS_USAGE, "off: %s: no such number; .on lists them", word);
	return command_fail(sh, t, status, &e);
}

/* An event's arguments have no names; how many come with an event that is not known, the box decides. */
static int check_arguments(const char *line, size_t count, struct error *e)
{
	struct json cells[ARGS_MOST];
	struct buf scratch = {0};
	struct error wrong;
	int result;

	for (size_t i = 0; i < ARGS_MOST; i++)
		cells[i] = (struct json){"1", 1};
	result = template_expand(&scratch, line, NULL, 0, cells, count, &wrong);
	buf_clear(&scratch);
	if (result == 0)
		return 0;
	*e = wrong;
	if (wrong.text[0] == '{' && !isdigit((unsigned char)wrong.text[1]))
		error_set(e, STATUS_USAGE, "%.*s}: an event's arguments have no names, only numbers: {1} {2} ...",
		    (int)strcspn(wrong.text, "}"), wrong.text);
	return -1;
}

/* Reports a line that can never be right at once, not at the first event. */
static int on_check(struct shell *sh, const char *rest, struct error *e)
{
	size_t first, word = strcspn(rest, " \t");
	const char *second;
	bool known;

	if (word == 0 || (word == 3 && memcmp(rest, "off", 3) == 0))
		return 0;
	if (!template_split(rest, &first, &second))
		return error_set(e, STATUS_USAGE, "usage: .on EVENT [ARG...] -- LINE");
	known = catalog_field(catalog_events, rest, word) != NULL;
	return check_arguments(second, known ? CATALOG_EVENT_ARGS : ARGS_MOST, e) == 0 ? check_template(sh, second, e) : -1;
}

static bool on_lists(const struct line *line)
{
	return line->word_count < 2;
}

static enum command_result on_run(struct shell *sh, struct task *t, enum status *status)
{
	size_t first, n = 0;
	const char *second, *shown;
	struct rule *r, **last;
	struct error e;

	if (sh->on == NULL) {
		if ((sh->on = calloc(1, sizeof *sh->on)) == NULL)
			goto memory;
		sh->on->last = &sh->on->first;
	}
	if (on_lists(&t->line))
		return on_list(sh, t);
	if (strcmp(t->line.words[1], "off") == 0)
		return on_remove(sh, t, status);
	if (on_check(sh, t->line.rest, &e) == -1 || !template_split(t->line.rest, &first, &second))
		return command_fail(sh, t, status, &e);
	if (sh->options->dry_run) {
		events_subscribe(sh, t->line.words[1], false);
		check_print_template(sh, &command_on.word, second);
		return COMMAND_DONE;
	}
	while (n + 1 < t->line.word_count && strcmp(t->line.words[n + 1], "--") != 0)
		n++;
	if (line_title(&t->line) == NULL || !template_split(line_title(&t->line), &first, &shown))
		shown = "?";
	if ((r = calloc(1, sizeof *r)) == NULL || (r->words = calloc(n + 1, sizeof *r->words)) == NULL ||
	    (r->line = strdup(second)) == NULL || (r->shown = strdup(shown)) == NULL)
		goto memory_rule;
	for (size_t i = 0; i < n; i++, r->word_count++)
		if ((r->words[i] = strdup(t->line.words[i + 1])) == NULL)
			goto memory_rule;
	r->number = ++sh->on->next_number;
	r->at = t->at;
	r->listener = (struct listener){
		.name = r->words[0], .args = r->words + 1, .arg_count = n - 1, .heard = on_heard, .ctx = r,
	};
	for (last = &sh->on->rules; *last != NULL; last = &(*last)->next)
		;
	*last = r;
	events_listen(sh, &r->listener);
	events_subscribe(sh, r->words[0], false);
	return COMMAND_DONE;

memory_rule:
	if (r != NULL)
		free_rule(r);
memory:
	error_memory(&e);
	return command_fail(sh, t, status, &e);
}

static enum command_place on_complete(const struct command_finding *f)
{
	if (f->index == 1) {
		command_found_events(f);
		command_found(f, "off", "end one of them, or all");
	} else if (f->index == 2) {
		command_found_event_args(f);
	}
	return PLACE_WORD;
}

static void on_places(const struct command_finding *f, const char *rest)
{
	size_t first;
	const char *second;

	if (template_split(rest, &first, &second))
		command_found(f, "{1}", "the event's first argument, of realm events the gid");
}

const struct command command_on = {
	.word = {.name = "on", .takes_line = true, .names = true}, .usage = "[EVENT [ARG...] -- LINE | off [N]]",
	.help = "run LINE as a job at every such event",
	.more = "  In LINE {1} {2}... stand for the event's arguments.  `.on` lists, `.on off [N]` ends.\n"
		"  At most 64 run at once, the rest wait their turn.\n"
		"Example\n  .on realm_discover_stop -- realm_poll {1}",
	.shows = on_lists, .run = on_run, .check = on_check, .complete = on_complete, .places = on_places,
};

void on_free(struct shell *sh)
{
	struct rule *r;
	struct pending *p;

	if (sh->on == NULL)
		return;
	while ((r = sh->on->rules) != NULL) {
		sh->on->rules = r->next;
		events_ignore(sh, &r->listener);
		free_rule(r);
	}
	while ((p = sh->on->first) != NULL) {
		sh->on->first = p->next;
		free(p->line);
		free(p);
	}
	free(sh->on);
	sh->on = NULL;
}
