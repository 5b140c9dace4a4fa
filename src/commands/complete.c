/* SPDX-License-Identifier: ISC */
/*
 * complete: what may stand behind each command, for completion.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/set.h"
#include "format/output.h"
#include "options/boxes.h"
#include "proto/catalog.h"
#include "run/command.h"
#include "run/engine.h"
#include "run/names.h"
#include "run/show.h"
#include "snmp/command.h"
#include "tls/known_boxes.h"

struct finding {
	struct shell *sh;		/* NULL: nothing but the tables is there */
	void (*found)(void *, const char *text, const char *help);
	void *arg;
};

void commands_each(void *ctx, void (*found)(void *, const char *name, const char *help), void *arg)
{
	(void)ctx;
	for (const struct command *c = commands; c->word.name != NULL; c++) {
		char name[64];
		snprintf(name, sizeof name, ".%s", c->word.name);
		found(arg, name, c->help);
	}
}

/* The command of a first word, which may be cut short as in a line. */
static const struct command *command_named(const char *word)
{
	struct error e;
	const struct command_word *w = word[0] == '.' ? commands_find(NULL, word + 1, strlen(word + 1), &e) : NULL;
	const struct command *c = commands;

	if (w == NULL)
		return NULL;
	while (&c->word != w)
		c++;
	return c;
}

void commands_usage(void *ctx, const char *command, struct buf *usage)
{
	const struct command *c = command_named(command);

	(void)ctx;
	if (c != NULL)
		buf_printf(usage, ".%s%s%s: %s", c->word.name, c->usage[0] != '\0' ? " " : "", c->usage, c->help);
}

static void put_all(const struct finding *f, const char *const *words)
{
	for (; *words != NULL; words++)
		f->found(f->arg, *words, NULL);
}

static void put_boxes(const struct finding *f)
{
	struct boxes boxes = {0};
	struct error e;

	if (f->sh == NULL || f->sh->options->boxes_path == NULL)
		return;
	if (boxes_read(&boxes, f->sh->options->boxes_path, getenv("HOME"), &e) == 0)
		for (size_t i = 0; i < boxes.count; i++)
			f->found(f->arg, boxes.lines[i].name, NULL);
	boxes_clear(&boxes);
}

static void say_nothing(void *ctx, const char *text)
{
	(void)ctx, (void)text;
}

static void put_known_boxes(const struct finding *f)
{
	struct known_boxes known = {0};
	struct error e;

	if (f->sh == NULL || f->sh->options->known_boxes_path == NULL ||
	    known_boxes_read(&known, f->sh->options->known_boxes_path, NULL, say_nothing, NULL, &e) == -1)
		return;
	for (size_t i = 0; i < known.count; i++)
		f->found(f->arg, known.items[i].name, known.items[i].date);
	known_boxes_clear(&known);
}

static void put_events(const struct finding *f)
{
	for (const struct field *e = catalog_events; e->name != NULL; e++)
		f->found(f->arg, e->name, e->help);
}

static void put_jobs(const struct finding *f)
{
	for (struct task *t = f->sh != NULL ? engine_jobs(f->sh) : NULL; t != NULL; t = t->next) {
		char number[16], name[256];
		if (t->role != TASK_JOB)
			continue;
		snprintf(number, sizeof number, "%u", t->job);
		show_task_name(t, name, sizeof name);
		f->found(f->arg, number, name);
	}
}

static void put_realms(const struct finding *f)
{
	if (f->sh != NULL)
		names_each(f->sh, GID_REALM, f->found, f->arg);
}

static void put_formats(const struct finding *f)
{
	for (const struct format *const *g = formats; *g != NULL; g++)
		if (f->sh == NULL || *g != &format_raw || !f->sh->out.terminal)
			f->found(f->arg, (*g)->name, (*g)->help);
}

static void put_requests(const struct finding *f)
{
	for (size_t i = 0; i < catalog_len; i++)
		f->found(f->arg, catalog[i].name, catalog[i].help);
	commands_each(NULL, f->found, f->arg);
}

static void put_first(const struct finding *f, enum command_hint hint)
{
	static const char *const switches[] = {"on", "off", NULL}, *const events[] = {"on", "off", "list", NULL},
	    *const trust[] = {"list", "add", "remove", NULL};

	switch (hint) {
	case HINT_FORMAT:
		put_formats(f);
		break;
	case HINT_EVENT:
		put_events(f);
		f->found(f->arg, "off", "end one of them, or all");
		break;
	case HINT_JOB:
		put_events(f);
		put_jobs(f);
		break;
	case HINT_BOX:
		put_boxes(f);
		break;
	case HINT_ON_OFF:
		put_all(f, switches);
		break;
	case HINT_EVENTS:
		put_all(f, events);
		break;
	case HINT_TRACE:
		f->found(f->arg, "off", "end the trace");
		break;
	case HINT_TRUST:
		put_all(f, trust);
		break;
	case HINT_SETTING:
		settings_each(f->found, f->arg);
		break;
	case HINT_SNMP:
		snmp_words_first(f->found, f->arg);
		break;
	case HINT_REQUEST:
		put_requests(f);
		break;
	case HINT_FILE:
	case HINT_NONE:
	case HINT_WATCH:
		break;
	}
}

/* What comes behind the first word depends on it. */
static void put_second(const struct finding *f, enum command_hint hint, const char *first)
{
	switch (hint) {
	case HINT_SETTING:
		settings_values(first, f->found, f->arg);
		break;
	case HINT_SNMP:
		if (strcmp(first, "check") == 0)
			put_realms(f);
		else	/* options may stand in front of the host */
			snmp_words_further(first, first, f->found, f->arg);
		break;
	case HINT_TRUST:
		if (strcmp(first, "remove") == 0)
			put_known_boxes(f);
		break;
	case HINT_EVENT:
	case HINT_JOB:
		if (strncmp(first, "realm_", 6) == 0)
			put_realms(f);
		break;
	default:
		break;
	}
}

enum command_place commands_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *text, const char *help), void *arg)
{
	const struct finding f = {ctx, found, arg};
	const struct command *c = command_named(words[0]);

	if (c == NULL)
		return PLACE_WORD;
	/* SECONDS [N] LINE: no line begins with a digit */
	if (c->hint == HINT_WATCH)
		return index > 1 && !(index == 2 && index < count && isdigit((unsigned char)words[index][0])) ? PLACE_LINE : PLACE_WORD;
	if (c->hint == HINT_REQUEST && c->word.takes_line)
		return PLACE_LINE;
	if (index == 1)
		put_first(&f, c->hint);
	else if (index == 2)
		put_second(&f, c->hint, words[1]);
	else if (c->hint == HINT_SNMP)
		snmp_words_further(words[1], words[index - 1], found, arg);
	return index == 1 && (c->hint == HINT_FILE || c->hint == HINT_TRACE) ? PLACE_FILE : PLACE_WORD;
}
