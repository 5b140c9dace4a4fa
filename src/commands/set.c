/* SPDX-License-Identifier: ISC */
/*
 * set: one table of names, each with how it is read and written.
 */
#include "commands/set.h"

#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "commands/table.h"
#include "format/output.h"
#include "run/show.h"
#include "term/marks.h"

enum setting_type { SETTING_BOOL, SETTING_SECONDS, SETTING_JOBS, SETTING_WORD };

struct setting {
	const char *name, *help;
	enum setting_type type;
	void *(*where)(struct shell *sh);
	const char *const *words;	/* what a SETTING_BOOL or a SETTING_WORD may be: in the order of its type; or NULL */
};

static void *reveal(struct shell *sh)
{
	return &output_settings(sh->output)->reveal;
}

static void *color(struct shell *sh)
{
	return &output_settings(sh->output)->color;
}

static void *header(struct shell *sh)
{
	return &output_settings(sh->output)->header;
}

static void *expanded(struct shell *sh)
{
	return &output_settings(sh->output)->expanded;
}

static void *timeout(struct shell *sh)
{
	return &sh->timeout;
}

static void *timing(struct shell *sh)
{
	return &sh->timing;
}

static void *marks(struct shell *sh)
{
	return &sh->marks;
}

static void *undo(struct shell *sh)
{
	return &sh->undo;
}

static void *jobs(struct shell *sh)
{
	return sh->options;
}

static void *yes(struct shell *sh)
{
	return &sh->options->yes;
}

static void *keep_going(struct shell *sh)
{
	return &sh->options->keep_going;
}

static const char *const on_off[] = {"off", "on", NULL};
static const char *const headers[] = {"default", "on", "off", NULL};
static const char *const expansions[] = {"auto", "on", "off", NULL};

static const struct setting settings[] = {
	{"color", "colours in tables", SETTING_BOOL, color, on_off},
	{"expanded", "tables with a line a cell; auto: if too wide", SETTING_WORD, expanded, expansions},
	{"header", "column names; default: as the format has them", SETTING_WORD, header, headers},
	{"jobs", "requests at once; 0: no limit, default: in order", SETTING_JOBS, jobs, NULL},
	{"keep-going", "continue after a request that failed", SETTING_BOOL, keep_going, on_off},
	{"marks", "marks of prompts and results, notices of long jobs, for the terminal", SETTING_BOOL, marks, on_off},
	{"reveal", "show secrets in tables", SETTING_BOOL, reveal, on_off},
	{"timeout", "longest wait for a reply in seconds; 0: none", SETTING_SECONDS, timeout, NULL},
	{"timing", "show how long each request took", SETTING_BOOL, timing, on_off},
	{"undo", "show what a change changed, and how .undo takes it back", SETTING_BOOL, undo, on_off},
	{"yes", "do not ask before deleting", SETTING_BOOL, yes, on_off},
	{0},
};

static void value_text(struct shell *sh, const struct setting *s, char text[static 32])
{
	const void *p = s->where(sh);
	const struct options *o = sh->options;

	switch (s->type) {
	case SETTING_BOOL:
		snprintf(text, 32, "%s", s->words[*(const bool *)p]);
		break;
	case SETTING_SECONDS:
		snprintf(text, 32, "%g", *(const double *)p);
		break;
	case SETTING_JOBS:
		if (o->jobs_set)
			snprintf(text, 32, "%u", o->jobs);
		else
			snprintf(text, 32, "default");
		break;
	case SETTING_WORD:
		snprintf(text, 32, "%s", s->words[*(const unsigned *)p]);
	}
}

static int set_value(struct shell *sh, const struct setting *s, const char *text, struct error *e)
{
	void *p = s->where(sh);
	struct options *o = sh->options;
	double d;

	switch (s->type) {
	case SETTING_BOOL:
		if (s->where == marks && strcmp(text, "on") == 0 && !marks_known())
			return error_set(e, STATUS_USAGE, "marks: the terminal does not say that it knows them (TERM, TERM_PROGRAM)");
		for (int i = 0; on_off[i] != NULL; i++)
			if (strcmp(text, on_off[i]) == 0) {
				*(bool *)p = i;
				return 0;
			}
		return error_set(e, STATUS_USAGE, "%s: %s: on or off", s->name, text);
	case SETTING_SECONDS:
		if (!decimal_read(text, strlen(text), &d) || d > 1e9)
			return error_set(e, STATUS_USAGE, "%s: %s: not a number of seconds", s->name, text);
		*(double *)p = d;
		return 0;
	case SETTING_JOBS:
		if (strcmp(text, "default") == 0) {
			o->jobs_set = false;
			return 0;
		}
		if (!decimal_read(text, strlen(text), &d) || d > 100000 || d != (unsigned)d)
			return error_set(e, STATUS_USAGE, "%s: %s: a number, or default", s->name, text);
		o->jobs_set = true;
		o->jobs = (unsigned)d;
		return 0;
	case SETTING_WORD:
		for (unsigned i = 0; s->words[i] != NULL; i++)
			if (strcmp(text, s->words[i]) == 0) {
				*(unsigned *)p = i;
				return 0;
			}
		return error_set(e, STATUS_USAGE, "%s: %s: %s, %s or %s", s->name, text, s->words[0], s->words[1], s->words[2]);
	}
	return 0;
}

static const struct setting *find_setting(const char *name)
{
	const struct setting *s = settings;

	while (s->name != NULL && strcmp(s->name, name) != 0)
		s++;
	return s->name != NULL ? s : NULL;
}

bool set_knows(const char *name)
{
	return find_setting(name) != NULL;
}

enum origin set_origin(const struct shell *sh, const struct task *t)
{
	const char *rc = sh->options->rc_path;

	return rc != NULL && t->at.name != NULL && strcmp(t->at.name, rc) == 0 ? ORIGIN_RC : ORIGIN_SET;
}

void set_each(struct shell *sh, void (*found)(void *arg, const char *name, const char *value, enum origin origin), void *arg)
{
	char text[32];

	for (const struct setting *s = settings; s->name != NULL; s++) {
		enum origin origin = (enum origin)sh->set_origins[s - settings];

		if (origin == ORIGIN_DEFAULT)
			origin = options_origin(sh->options, s->name);
		if (origin == ORIGIN_DEFAULT && s->where == header)
			origin = options_origin(sh->options, "no-header");
		value_text(sh, s, text);
		found(arg, s->name, text, origin);
	}
}

_Static_assert(sizeof settings / sizeof settings[0] - 1 <= sizeof ((struct shell *)0)->set_origins, "room for every setting");

static enum command_result set_run(struct shell *sh, struct task *t, enum status *status)
{
	static const char *const headings[] = {"name", "value", "meaning"};
	const char *name = t->line.word_count > 1 ? t->line.words[1] : NULL;
	const struct setting *one = name != NULL ? find_setting(name) : NULL;
	struct error e;
	struct page page;
	char text[32];

	if (name != NULL && one == NULL) {
		error_set(&e, STATUS_USAGE, "%s: no such setting; .set lists them", name);
		return command_fail(sh, t, status, &e);
	}
	if (one != NULL && t->line.word_count > 2) {
		if (set_value(sh, one, t->line.words[2], &e) == -1)
			return command_fail(sh, t, status, &e);
		sh->set_origins[one - settings] = (unsigned char)set_origin(sh, t);
		return COMMAND_DONE;
	}
	show_table_begin(sh, t, &page, headings, 3);
	for (const struct setting *s = settings; s->name != NULL; s++)
		if (one == NULL || s == one) {
			value_text(sh, s, text);
			const char *cells[] = {s->name, text, s->help};
			output_strings(sh->output, cells, 3);
		}
	show_table_end(sh, t, &page);
	return COMMAND_DONE;
}

static bool set_shows(const struct line *line)
{
	return line->word_count <= 2;
}

static enum command_place set_complete(const struct command_finding *f)
{
	const struct setting *one = f->index == 2 ? find_setting(f->words[1]) : NULL;
	const char *const *v = one != NULL ? one->words : NULL;

	for (const struct setting *s = settings; f->index == 1 && s->name != NULL; s++)
		command_found(f, s->name, s->help);
	for (; v != NULL && *v != NULL; v++)
		command_found(f, *v, one->help);
	return PLACE_WORD;
}

/* What a setting can be, as it is typed. */
static void put_choice(struct buf *text, const struct setting *s)
{
	for (const char *const *v = s->words; v != NULL && *v != NULL; v++)
		buf_printf(text, "%s%s", v == s->words ? "" : " | ", *v);
	if (s->words == NULL)
		buf_puts(text, s->type == SETTING_SECONDS ? "SECONDS" : "N | default");
}

static void set_describe(struct buf *text)
{
	for (const struct setting *s = settings; s->name != NULL; s++) {
		struct buf choice = {0};
		put_choice(&choice, s);
		buf_printf(text, "  %-10s  %-18s  %s\n", s->name, buf_string(&choice) != NULL ? buf_string(&choice) : "", s->help);
		buf_clear(&choice);
	}
}

const struct command command_set = {
	.word.name = "set", .usage = "[NAME [VALUE]]", .help = "show the settings of the session, or change one", .max = 2,
	.more = "  Without VALUE it shows what is set.  Lines in rc set it for every session.", .describe = set_describe,
	.shows = set_shows, .run = set_run, .complete = set_complete,
};
