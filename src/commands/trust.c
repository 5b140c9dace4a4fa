/* SPDX-License-Identifier: ISC */
/*
 * trust: `.trust`: the boxes whose keys are remembered.
 */
#include "commands/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/output.h"
#include "link/link.h"
#include "net/target.h"
#include "run/show.h"
#include "tls/known_boxes.h"
#include "tls/pin.h"

#define TRUST_USAGE "[list | add BOX PIN|clear | remove BOX [PIN]]"

static void warn_line(void *ctx, const char *text)
{
	struct shell *sh = ctx;

	shell_complain(sh, (struct place){0}, ".trust", "%s", text);
}

static int trust_list(struct shell *sh, const struct task *t, const char *path, struct error *e)
{
	static const char *const headings[] = {"box", "key", "since", "line"};
	struct known_boxes known = {0};
	struct page page;

	if (known_boxes_read(&known, path, NULL, warn_line, sh, e) == -1)
		return -1;
	show_table_begin(sh, t, &page, headings, 4);
	for (size_t i = 0; i < known.count; i++) {
		const struct known_box *k = &known.items[i];
		char line[16];
		snprintf(line, sizeof line, "%u", k->line);
		const char *cells[] = {k->name, k->kind == KNOWN_KEY ? k->pin : k->kind == KNOWN_TLS ? "tls" : "clear", k->date, line};
		output_strings(sh->output, cells, 4);
	}
	show_table_end(sh, t, &page);
	known_boxes_clear(&known);
	return 0;
}

/* The name a box is remembered by, from what a user may type for it. */
static char *trust_name(const char *text, struct error *e)
{
	struct target target = {0};
	char *name;

	if (target_parse(&target, text, NULL, e) == -1)
		return NULL;
	name = known_boxes_name(&target, NULL, e);
	target_clear(&target);
	return name;
}

static int trust_change(struct shell *sh, struct task *t, const char *path, struct error *e)
{
	char **words = t->line.words;
	size_t count = t->line.word_count, removed = 0;
	bool add = strcmp(words[1], "add") == 0;
	char *name, pin[PIN_TEXT];
	unsigned char hash[PIN_HASH];
	int rc;

	if ((!add && strcmp(words[1], "remove") != 0) || count < 3 || (add && count < 4))
		return error_set(e, STATUS_USAGE, "usage: .trust " TRUST_USAGE);
	if (add && strcmp(words[3], "clear") != 0) {
		if (!pin_read(hash, words[3], strlen(words[3]), true))
			return error_set(e, STATUS_USAGE, "%s: not a pin: must be sha256// and 44 characters of base64, or clear", words[3]);
		pin_write(pin, hash);
	}
	if ((name = trust_name(words[2], e)) == NULL)
		return -1;
	if (!add)
		rc = known_boxes_remove(path, name, count > 3 ? words[3] : NULL, &removed, e);
	else if (strcmp(words[3], "clear") == 0)
		rc = known_boxes_add(path, name, KNOWN_CLEAR, NULL, 0, e);
	else
		rc = known_boxes_add(path, name, KNOWN_KEY, pin, 0, e);
	if (!add && link_forget_trust(sh, name) && removed == 0)
		removed = 1;
	if (rc == 0 && !add && removed == 0)
		rc = error_set(e, STATUS_USAGE, "%s: not remembered", name);
	else if (rc == 0 && !add)
		shell_notice(sh, "%s: %zu line%s removed", name, removed, removed == 1 ? "" : "s");
	free(name);
	return rc;
}

static bool trust_lists(const struct line *line)
{
	return line->word_count < 2 || strcmp(line->words[1], "list") == 0;
}

static enum command_result trust_run(struct shell *sh, struct task *t, enum status *status)
{
	const char *path = sh->options->known_boxes_path;
	struct error e;
	int rc;

	if (path == NULL)
		rc = error_set(&e, STATUS_USAGE, "cannot remember boxes: no home directory");
	else if (trust_lists(&t->line))
		rc = trust_list(sh, t, path, &e);
	else
		rc = trust_change(sh, t, path, &e);
	return rc == 0 ? COMMAND_DONE : command_fail(sh, t, status, &e);
}

static void found_known_boxes(const struct command_finding *f)
{
	struct known_boxes known = {0};
	struct error e;

	if (f->sh == NULL || f->sh->options->known_boxes_path == NULL ||
	    known_boxes_read(&known, f->sh->options->known_boxes_path, NULL, NULL, NULL, &e) == -1)
		return;
	for (size_t i = 0; i < known.count; i++)
		command_found(f, known.items[i].name, known.items[i].date);
	known_boxes_clear(&known);
}

static enum command_place trust_complete(const struct command_finding *f)
{
	static const char *const words[] = {"list", "add", "remove", NULL};

	if (f->index == 1)
		command_found_words(f, words);
	else if (f->index == 2 && strcmp(f->words[1], "remove") == 0)
		found_known_boxes(f);
	return PLACE_WORD;
}

const struct command command_trust = {
	.word.name = "trust", .usage = TRUST_USAGE, .help = "list or edit the boxes whose keys are remembered",
	.more = "  BOX is host:port, or what would be typed to connect to it.  PIN is the key as .trust list, .status and a question\n"
		"  show it: sha256// and base64; or clear, for a box without TLS.  Without PIN all keys of BOX are removed: then\n"
		"  the next connection asks as for a new box.\n"
		"Example\n  .trust remove core.example.net:55",
	.max = 3,
	.shows = trust_lists, .run = trust_run, .complete = trust_complete,
};
