/* SPDX-License-Identifier: ISC */
/*
 * find: `.find`: searches all realms for the port of a device.  Its words, and the requests shown by --dry-run; find_ask.c
 * sends them, find_show.c shows the result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/find_parts.h"
#include "commands/table.h"
#include "lang/words.h"
#include "link/link.h"
#include "proto/catalog.h"
#include "run/engine.h"
#include "run/show.h"

static const struct { const char *name; enum find_history history; } histories[] = {
	{"current", HISTORY_CURRENT}, {"all", HISTORY_ALL}, {"changes", HISTORY_CHANGES}, {"all+changes", HISTORY_CHANGES},
};
enum { HISTORIES = sizeof histories / sizeof *histories };

static const char usage[] = "WORD... | COLUMN=PATTERN... [--realms NAME,...] [--history current | all | changes]";

/* --- the words --- */

/* The columns of all views, as the catalogue has them. */
static const struct field *all_columns(void)
{
	return catalog_role(ROLE_QUERY)->reply;
}

static int read_history(struct find *f, const char *word, struct error *e)
{
	for (size_t i = 0; i < HISTORIES; i++)
		if (strcmp(histories[i].name, word) == 0) {
			f->history = histories[i].history;
			return 0;
		}
	return error_set(e, STATUS_USAGE, "--history: '%s' is not current, all or changes", word);
}

/* NAME,NAME: as typed, so that a comma within quotes splits nothing. */
static int read_realms(struct find *f, const char *text, const struct word *w, struct error *e)
{
	size_t pos = w->start, at;
	struct word part;

	while (word_part(text, &pos, w->end, ',', &part)) {
		struct buf name = {0};
		const char *why = word_decode(text, part.start, part.end, &name, &at);

		if (why != NULL || name.len == 0) {
			buf_clear(&name);
			return error_set(e, STATUS_USAGE, "--realms: %s", why != NULL ? why : "an empty name");
		}
		if (f->wanted_count == FIND_WORDS) {
			buf_clear(&name);
			return error_set(e, STATUS_USAGE, "--realms: more than %d names", FIND_WORDS);
		}
		if ((f->realms_wanted[f->wanted_count++] = buf_steal(&name)) == NULL)
			return error_memory(e);
	}
	return 0;
}

/* True if text[start..] begins with a column's name and =, unquoted. */
static const struct field *column_at(const char *text, size_t start, size_t end)
{
	size_t len = strcspn(text + start, "='\"\\ \t");

	return start + len < end && text[start + len] == '=' ? catalog_field(all_columns(), text + start, len) : NULL;
}

static int read_filter(struct find *f, const char *text, const struct word *w, struct error *e)
{
	const struct field *column = column_at(text, w->start, w->end);
	struct buf pattern = {0};
	const char *why;
	size_t at;

	if (column == NULL)
		return error_set(e, STATUS_USAGE, "'%.*s' is not COLUMN=PATTERN with a column of realm_query",
		    (int)(w->end - w->start < 100 ? w->end - w->start : 100), text + w->start);
	if (f->filter_count == FIND_NAMED)
		return error_set(e, STATUS_USAGE, "more than %d patterns", FIND_NAMED);
	why = word_decode(text, w->start + strlen(column->name) + 1, w->end, &pattern, &at);
	if (why != NULL) {
		buf_clear(&pattern);
		return error_set(e, STATUS_USAGE, "%s: %s", column->name, why);
	}
	f->filters[f->filter_count].column = column->name;
	f->filters[f->filter_count].pattern = buf_steal(&pattern);
	return f->filters[f->filter_count++].pattern != NULL ? 0 : error_memory(e);
}

/* An option takes the next word. */
static int read_option(struct find *f, const char *name, const char *text, const struct word *value, struct error *e)
{
	struct buf word = {0};
	size_t at;
	int result;

	if (strcmp(name, "--realms") == 0)
		return read_realms(f, text, value, e);
	word_decode(text, value->start, value->end, &word, &at);
	result = buf_string(&word) != NULL ? read_history(f, buf_string(&word), e) : error_memory(e);
	buf_clear(&word);
	return result;
}

static int next_word(const char *rest, size_t len, size_t *pos, struct word *w, struct error *e)
{
	const char *why = "";

	switch (word_next_plain(rest, len, pos, w, &why)) {
	case WORD_FOUND:
		return 1;
	case WORD_END:
		return 0;
	case WORD_BAD:
		break;
	}
	return error_set(e, STATUS_USAGE, "%s", why);
}

static int read_words(struct find *f, const char *rest, struct buf *text, struct error *e)
{
	size_t len = strlen(rest), pos = 0, at;
	struct word w, value;
	bool options = true, first = true;
	int more;

	while ((more = next_word(rest, len, &pos, &w, e)) == 1) {
		const char *name = word_is(rest, &w, "--realms") ? "--realms" : word_is(rest, &w, "--history") ? "--history" : NULL;

		if (options && word_is(rest, &w, "--")) {
			options = false;
		} else if (options && name != NULL) {
			if ((more = next_word(rest, len, &pos, &value, e)) != 1)
				return more == -1 ? -1 : error_set(e, STATUS_USAGE, "%s needs an argument; usage: .find %s", name, usage);
			if (read_option(f, name, rest, &value, e) == -1)
				return -1;
		} else if (options && w.end - w.start > 2 && memcmp(rest + w.start, "--", 2) == 0) {
			return error_set(e, STATUS_USAGE, "%.*s: no such option; there are --realms and --history (as text: quote it)",
			    (int)(w.end - w.start < 100 ? w.end - w.start : 100), rest + w.start);
		} else if (first ? column_at(rest, w.start, w.end) != NULL : f->filter_count > 0) {
			first = false;
			if (read_filter(f, rest, &w, e) == -1)
				return -1;
		} else {
			if (!first)
				buf_putc(text, ' ');
			first = false;
			if (word_decode(rest, w.start, w.end, text, &at) != NULL)
				return error_set(e, STATUS_USAGE, "%.*s: bad quoting", (int)(w.end - w.start < 100 ? w.end - w.start : 100), rest + w.start);
		}
	}
	return more;
}

static void trim(const char **text, size_t *len)
{
	while (*len > 0 && strchr(" \t\n", (*text)[*len - 1]) != NULL)
		--*len;
	while (*len > 0 && strchr(" \t\n", **text) != NULL) {
		++*text;
		--*len;
	}
}

/* A whole MAC in a column of MACs is meant in every spelling. */
static void expand_mac(struct find *f)
{
	for (f->mac_filter = 0; f->mac_filter < f->filter_count; f->mac_filter++) {
		const struct find_filter *filter = &f->filters[f->mac_filter];

		if (!find_column_of_macs(filter->column))
			continue;
		find_word_read(&f->word, filter->pattern, strlen(filter->pattern));
		if (f->word.kind == FIND_MAC)
			f->form_count = find_word_forms(&f->word, f->forms);
		if (f->form_count > 0)
			return;
		find_word_clear(&f->word);
	}
}

/* Parses the words after .find; f is to be cleared in both cases.  0, or -1 with *e. */
static int find_read(struct find *f, const char *rest, struct error *e)
{
	struct buf text = {0};
	const char *word;
	size_t len;

	f->history = HISTORY_IF_NEEDED;
	if (read_words(f, rest, &text, e) == -1) {
		buf_clear(&text);
		return -1;
	}
	if (f->filter_count > 0) {
		buf_clear(&text);
		if (!find_view_of(f->filters, f->filter_count, &f->view))
			return error_set(e, STATUS_USAGE, "no view has all these columns");
		buf_put(&text, rest, strlen(rest));
		expand_mac(f);
	}
	word = buf_head(&text);
	len = text.len;
	trim(&word, &len);
	if (len == 0 && !text.failed) {
		buf_clear(&text);
		return error_set(e, STATUS_USAGE, "usage: .find %s", usage);
	}
	if (f->filter_count == 0) {
		find_word_read(&f->word, word, len);
		f->form_count = find_word_forms(&f->word, f->forms);
	}
	f->text = text.failed ? NULL : strndup(word, len);
	buf_clear(&text);
	return f->text != NULL && !f->word.folded.failed ? 0 : error_memory(e);
}

/* --- the search --- */

static void free_ask(struct find_ask *a)
{
	free(a->switch_uid);
	free(a->ifname);
	arriving_clear(&a->arriving);
	free(a);
}

static void find_clear(struct find *f)
{
	find_word_clear(&f->word);
	for (size_t i = 0; i < f->filter_count; i++)
		free((char *)f->filters[i].pattern);
	for (size_t i = 0; i < f->wanted_count; i++)
		free(f->realms_wanted[i]);
	for (size_t i = 0; i < f->realm_count; i++) {
		free(f->realms[i].gid);
		free(f->realms[i].name);
	}
	for (size_t i = 0; i < f->ask_count; i++)
		free_ask(f->asks[i]);
	for (size_t i = 0; i < f->failure_count; i++)
		free(f->failures[i].text);
	free(f->realms);
	free(f->asks);
	free(f->failures);
	find_rows_clear(&f->rows);
	buf_clear(&f->scratch[0]);
	buf_clear(&f->scratch[1]);
	free(f->text);
}

static void clear_state(struct command_state *s)
{
	find_clear((struct find *)s);
}

static const struct command_ops find_ops = {
	.size = sizeof(struct find), .clear = clear_state, .show = find_show, .report = find_report, .progress = find_progress,
};

/* --- the command --- */

static int find_check(struct shell *sh, const char *rest, struct error *e)
{
	struct find f = {0};
	int result = find_read(&f, rest, e);

	(void)sh;
	find_clear(&f);
	return result;
}

static void print_requests(struct shell *sh, const struct find *f)
{
	struct find_query queries[FIND_QUERIES];
	size_t count = find_queries(f, queries);
	const char *lister = catalog_lister(GID_REALM);
	struct buf text = {0};

	show_unsent(sh, lister, strlen(lister));
	for (size_t i = 0; i < count; i++) {
		buf_reset(&text);
		find_query_put(&text, &queries[i], NULL);
		show_unsent(sh, buf_head(&text), text.len);
	}
	buf_clear(&text);
}

static enum command_result find_run(struct shell *sh, struct task *t, enum status *status)
{
	struct find *f = command_begin(sh, t, &find_ops);
	struct link_info info;
	struct error e;

	if (f == NULL)
		error_memory(&e);
	if (f == NULL || find_read(f, t->line.rest, &e) == -1) {
		command_drop(t);
		return command_fail(sh, t, status, &e);
	}
	if (sh->options->dry_run) {
		print_requests(sh, f);
		command_drop(t);
		return COMMAND_DONE;
	}
	link_info(sh, &info);
	f->received = info.counters.received_bytes;
	loop_timer_start(sh->loop, &t->timer, 0, find_begin, f);	/* it may be over at once: not in here */
	return COMMAND_WAITS;
}

static enum command_place find_complete(const struct command_finding *f)
{
	const char *typed = f->index < f->count ? f->words[f->index] : "", *before = f->index > 1 ? f->words[f->index - 1] : "";

	if (strcmp(before, "--realms") == 0) {
		command_found_realms(f);
	} else if (strcmp(before, "--history") == 0) {
		for (size_t i = 0; i < HISTORIES; i++)
			command_found(f, histories[i].name, NULL);
	} else if (typed[0] == '-') {
		command_found(f, "--realms", "search these realms only");
		command_found(f, "--history", "current: no past places; all, changes: include them");
	} else if (strlen(typed) >= 3) {
		for (const struct field *c = all_columns(); c->name != NULL; c++) {
			char text[64];

			snprintf(text, sizeof text, "%s=", c->name);
			command_found(f, text, c->help);
		}
	}
	return PLACE_WORD;
}

const struct command command_find = {
	.word = {.name = "find", .job = true}, .usage = usage,
	.help = "find the switch port a device is connected to, in all realms",
	.more = "  WORD is a MAC address in any spelling or a part of one, an IP address or subnet, or text: part of a\n"
	    "  DNS name, a comment, a port description, a switch name.  Case does not matter; * matches any text.\n"
	    "  .find COLUMN=PATTERN searches one column and lets the box do the matching (% matches any text).\n"
	    "    --realms NAME,...   search these realms only\n"
	    "    --history current   do not look for past locations;  all, changes: include them\n"
	    "  If the device is on several ports, the port with the fewest devices comes first: usually the one you want.\n"
	    "  If it is not connected now, its past locations are shown.  Exit status 1 if nothing was found.\n"
	    "Example\n  .find 001d.6036.1671",
	.min = 1, .max = SIZE_MAX, .reads = true,
	.shows = command_shows, .run = find_run, .check = find_check, .complete = find_complete,
};
