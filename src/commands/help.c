/* SPDX-License-Identifier: ISC */
/*
 * help: describes what can be typed, from the catalogue and the table of commands: it knows no request by name.
 */
#include "commands/help_topics.h"
#include "commands/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "lang/line.h"
#include "proto/catalog.h"
#include "run/aliases.h"
#include "run/show.h"

static const char *kind_text(enum request_kind kind)
{
	switch (kind) {
	case REQUEST_SESSION:
		return "session";
	case REQUEST_READ:
		return "only reads";
	case REQUEST_MODIFY:
		return "changes the box";
	case REQUEST_ACTION:
		return "starts work, may take minutes";
	}
	return "";
}

/* " (no, yes)": a name for each value that a member can have. */
static void put_choices(struct buf *b, const struct value_name *values)
{
	bool first = true;

	for (const struct value_name *v = values; v != NULL && v->name != NULL; v++)
		if (v->help != NULL && catalog_value(values, v->value, strlen(v->value)) == v) {
			buf_printf(b, "%s%s", first ? " (" : ", ", v->name);
			first = false;
		}
	if (!first)
		buf_putc(b, ')');
}

/* The values that all of several fields have, or NULL. */
static const struct value_name *common_values(const struct field *f)
{
	const struct value_name *values = f != NULL && f->name != NULL && f[1].name != NULL ? f->values : NULL;

	for (; values != NULL && f->name != NULL; f++)
		if (f->values != values)
			return NULL;
	return values;
}

static void put_fields(struct buf *b, const struct field *f, const char *indent)
{
	const struct value_name *common = common_values(f);
	size_t widest = 0;

	for (const struct field *x = f; x != NULL && x->name != NULL; x++)
		if (strlen(x->name) > widest)
			widest = strlen(x->name);
	if (common != NULL) {
		buf_printf(b, "%seach of these", indent);
		put_choices(b, common);
		buf_putc(b, '\n');
	}
	for (; f != NULL && f->name != NULL; f++) {
		buf_printf(b, "%s%-*s  %s%s", indent, (int)widest, f->name, f->help != NULL ? f->help : "",
		    f->type == ARG_GID ? ", or its name" : "");
		if (f->values != common)
			put_choices(b, f->values);
		buf_putc(b, '\n');
	}
}

static void put_values(struct buf *b, const struct value_name *values)
{
	size_t widest = 0;

	for (const struct value_name *v = values; v != NULL && v->name != NULL; v++)
		if (v->help != NULL && strlen(v->name) > widest)
			widest = strlen(v->name);
	for (const struct value_name *v = values; v != NULL && v->name != NULL; v++)
		if (v->help != NULL)
			buf_printf(b, "      %-*s  %s\n", (int)widest, v->name, v->help);
		else
			buf_printf(b, "      %s\n", v->name);
}

/* Returns the argument whose value decides the columns, if a depends on it; or NULL. */
static const struct arg *columns_by(const struct request *r, const struct arg *a)
{
	for (const struct arg *by = r->args; a->fields != NULL && by->name != NULL; by++)
		if (by->values != NULL && by->values->fields != NULL && catalog_fields(r, a, by->values->value) != a->fields)
			return by;
	return NULL;
}

static bool has_columns(const struct request *r)
{
	for (const struct arg *a = r->args; a->name != NULL; a++)
		if (columns_by(r, a) != NULL)
			return true;
	return false;
}

/* Each list of columns once, under the value that has it. */
static void put_columns(struct buf *b, const struct request *r)
{
	const struct arg *by = NULL, *a = r->args;

	for (; by == NULL && a->name != NULL; a++)
		by = columns_by(r, a);
	for (const struct value_name *v = by != NULL ? by->values : NULL; v != NULL && v->name != NULL; v++) {
		buf_printf(b, "  the columns of %s\n", v->name);
		put_fields(b, v->fields, "      ");
	}
}

static void put_arg(struct buf *b, const struct request *r, const struct arg *a)
{
	const char *kind = arg_type_name(a);
	bool dots = !(a->flags & (ARG_REQUIRED | ARG_SECRET)) && kind[strlen(kind) - 1] == '.';

	buf_printf(b, "  %s: %s%s%s", a->name, kind, a->flags & ARG_REQUIRED ? ", required" : "",
	    a->flags & ARG_SECRET ? ", secret" : "");
	if (a->help != NULL)
		buf_printf(b, "%s %s", dots ? "" : ".", a->help);
	buf_putc(b, '\n');
	put_values(b, a->values);
	if (columns_by(r, a) == NULL)
		put_fields(b, a->fields, "      ");
}

static void put_request(struct buf *b, const struct request *r)
{
	char *usage = line_usage(r);

	buf_printf(b, "%s\n  %s (%s; %s)\n", usage != NULL ? usage : r->name, r->help, r->group, kind_text(r->kind));
	free(usage);
	if (r->args[0].name != NULL)
		buf_puts(b, "Arguments\n");
	for (size_t i = 0; i < REQUEST_ARGS && r->args[i].name != NULL; i++)
		put_arg(b, r, &r->args[i]);
	put_columns(b, r);
	buf_puts(b, "Reply\n");
	switch (r->shape) {
	case REPLY_NONE:
		buf_puts(b, "  nothing\n");
		break;
	case REPLY_OBJECT:
		buf_puts(b, "  rows of name and value\n");
		break;
	default:
		if (r->reply == NULL || has_columns(r))
			buf_puts(b, "  the fields asked for\n");
		else
			put_fields(b, r->reply, "  ");
	}
	buf_printf(b, "Example\n  %s\n  %s\n", r->example, r->example_json);
	if (r->reader != NULL)
		buf_printf(b, "See also\n  %s\n", r->reader);
}

/* One line: the lists are of requests and commands. */
static void put_topics(struct buf *b)
{
	buf_puts(b, ".help WORD also knows");
	for (const struct help_topic *t = help_topics; t->name != NULL; t++)
		buf_printf(b, "%s %s", t == help_topics ? "" : t[1].name != NULL ? "," : " and", t->name);
	buf_puts(b, ".\n");
}

static void put_requests(struct buf *b)
{
	for (const char *const *g = catalog_groups; *g != NULL; g++) {
		buf_printf(b, "%s\n", *g);
		for (size_t i = 0; i < catalog_len; i++)
			if (strcmp(catalog[i].group, *g) == 0)
				buf_printf(b, "  %-36s %s\n", catalog[i].name, catalog[i].help);
	}
}

static void put_commands(struct buf *b, const struct shell *sh)
{
	buf_puts(b, "Commands\n");
	for (const struct command *const *c = sh->commands; *c != NULL; c++) {
		struct buf left = {0};
		buf_printf(&left, ".%s%s%s", (*c)->word.name, (*c)->usage[0] != '\0' ? " " : "", (*c)->usage);
		buf_printf(b, "  %-36s %s\n", buf_string(&left) != NULL ? buf_string(&left) : (*c)->word.name, (*c)->help);
		buf_clear(&left);
	}
}

static void put_alias(struct buf *b, const struct alias *a)
{
	struct buf line = {0};

	safe_put(&line, a->line, strlen(a->line));
	buf_printf(b, "  %-36s %s\n", a->name, buf_string(&line) != NULL ? buf_string(&line) : "");
	buf_clear(&line);
}

static void put_aliases(struct buf *b, const struct shell *sh)
{
	const struct alias *a = aliases_next(sh, NULL);

	if (a != NULL)
		buf_puts(b, "yours (.alias)\n");
	for (; a != NULL; a = aliases_next(sh, a->name))
		put_alias(b, a);
}

static void put_command(struct buf *b, const struct command *c)
{
	buf_printf(b, ".%s%s%s\n  %s\n", c->word.name, c->usage[0] != '\0' ? " " : "", c->usage, c->help);
	if (c->more != NULL)
		buf_printf(b, "%s\n", c->more);
	if (c->describe != NULL)
		c->describe(b);
}

/* Requests whose name begins with or holds the word. */
static size_t put_matches(struct buf *b, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < catalog_len; i++)
		if (strstr(catalog[i].name, word) != NULL) {
			buf_printf(b, "  %-36s %s\n", catalog[i].name, catalog[i].help);
			n++;
		}
	return n;
}

static int put_word(struct buf *b, struct shell *sh, const char *word, struct error *e)
{
	const struct request *r = catalog_find(word, strlen(word));
	const char *name = word[0] == '.' ? word + 1 : word;
	const struct command *c = commands_named(sh, name, strlen(name));

	if (r != NULL) {
		put_request(b, r);
		return 0;
	}
	if (help_topic(word) != NULL) {
		help_topic_put(b, help_topic(word));
		return 0;
	}
	if (c == NULL && word[0] == '.') {
		const struct command_word *w = commands_find(sh, name, strlen(name), e);
		if (w == NULL)
			return -1;
		c = commands_named(sh, w->name, strlen(w->name));
	}
	if (c != NULL) {
		put_command(b, c);
		return 0;
	}
	if (aliases_find(sh, word, strlen(word)) != NULL) {
		put_alias(b, aliases_find(sh, word, strlen(word)));
		return 0;
	}
	for (const char *const *g = catalog_groups; *g != NULL; g++)
		if (strcasecmp(*g, word) == 0) {
			for (size_t i = 0; i < catalog_len; i++)
				if (strcmp(catalog[i].group, *g) == 0)
					buf_printf(b, "  %-36s %s\n", catalog[i].name, catalog[i].help);
			return 0;
		}
	if (put_matches(b, word) > 0)
		return 0;
	return error_set(e, STATUS_USAGE, "%s: no such request, command or group; .help lists them", word);
}

/* --- for the width of the terminal --- */

/* Returns where the description in a line begins: after the last gap of two blanks or more, if that leaves half of the width. */
static size_t hang(const char *line, size_t len, size_t columns)
{
	size_t begin = strspn(line, " "), at = begin + 4;

	for (size_t i = begin; i + 2 < len; i++)
		if (line[i] == ' ' && line[i + 1] == ' ' && line[i + 2] != ' ' && i + 2 < columns / 2)
			at = i + 2;
	return at < columns / 2 ? at : 2;
}

/* A line that is too long continues in the next one, below its description.  All of help is ASCII. */
static void put_wrapped(struct buf *out, const char *line, size_t len, size_t columns)
{
	size_t indent = hang(line, len, columns), room = columns, fits;

	while (len > room) {
		for (fits = room; fits > 0 && line[fits] != ' '; fits--)
			;
		if (fits <= strspn(line, " "))	/* a word longer than the line: the terminal's business */
			break;
		buf_put(out, line, fits);
		line += fits + 1;
		len -= fits + 1;
		buf_printf(out, "\n%*s", (int)indent, "");
		room = columns - indent;
	}
	buf_put(out, line, len);
	buf_putc(out, '\n');
}

/* Examples stay as they are typed. */
static void wrap(struct buf *out, const char *text, size_t columns)
{
	bool example = false;

	for (size_t len; (len = strcspn(text, "\n")) > 0 || *text != '\0'; text += len + 1) {
		if (*text != ' ')
			example = strncmp(text, "Example", len) == 0;
		put_wrapped(out, text, len, example || columns < 20 ? len : columns);
	}
}

static enum command_result help_run(struct shell *sh, struct task *t, enum status *status)
{
	struct buf b = {0}, wrapped = {0};
	struct error e;

	if (t->line.word_count < 2) {
		put_requests(&b);
		put_commands(&b, sh);
		put_aliases(&b, sh);
		put_topics(&b);
		buf_puts(&b, ".help WORD shows one request, group or command; ptsh(1) describes all of them.\n");
	} else if (put_word(&b, sh, t->line.words[1], &e) == -1) {
		buf_clear(&b);
		return command_fail(sh, t, status, &e);
	}
	show_begin(sh, t);	/* which measures the terminal */
	wrap(&wrapped, buf_string(&b) != NULL ? buf_string(&b) : "", output_settings(sh->output)->columns);
	show_text(sh, buf_head(&wrapped), wrapped.len);
	show_end(sh, t);
	buf_clear(&wrapped);
	buf_clear(&b);
	return COMMAND_DONE;
}

static enum command_place help_complete(const struct command_finding *f)
{
	if (f->index != 1)
		return PLACE_WORD;
	command_found_requests(f);
	for (const struct help_topic *t = help_topics; t->name != NULL; t++)
		command_found(f, t->name, t->help);
	return PLACE_WORD;
}

const struct command command_help = {
	.word.name = "help", .usage = "[WORD]", .help = "list requests and commands, or describe one", .max = 1,
	.shows = command_shows, .run = help_run, .complete = help_complete,
};
