/* SPDX-License-Identifier: ISC */
/*
 * undo: `.undo`: takes back a change of this session, as kept in memory.
 *
 * The state is read again before anything is asked: the question shows what will change now, and later changes of others are not
 * overwritten by mistake.
 */
#include "commands/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "run/engine.h"
#include "run/show.h"
#include "term/ask.h"
#include "undo/change.h"
#include "undo/kept.h"
#include "undo/made.h"

struct undoing {
	struct command_state command;
	unsigned number;	/* of the change */
	bool made;		/* it made something, which is deleted */
	struct undo undo;	/* the change made by taking it back; undoing that makes the first change again */
};

static void undo_free(struct command_state *s)
{
	undo_clear(&((struct undoing *)s)->undo);
}

static const struct command_ops undo_ops = {.size = sizeof(struct undoing), .clear = undo_free};

static void undo_fail(struct undoing *u, enum status status, const char *text)
{
	shell_complain(u->command.sh, (struct place){0}, ".undo", "%s", text);
	command_end(u, status);
}

/* Reports a reply that never came, or a refusal, and ends.  False: all is well. */
static bool undo_failed(struct undoing *u, const struct task *child, const struct reply *reply)
{
	struct buf why = {0};

	if (child->outcome == OUTCOME_OK && reply != NULL)
		return false;
	show_failure(child, reply, &why);
	undo_fail(u, child->outcome == OUTCOME_FAILED ? STATUS_FAILED : child->outcome == OUTCOME_REFUSED ? child->why_status : STATUS_LOST,
	    buf_string(&why) != NULL ? buf_string(&why) : "no answer");
	buf_clear(&why);
	return true;
}

static void undo_done(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct undoing *u = child->ctx;
	struct kept_change *c = kept_find(sh->kept, u->number);
	struct buf text = {0};
	char line[32];
	unsigned again = 0;

	if (undo_failed(u, child, reply))
		return;
	if (c != NULL) {
		char why[] = "what was deleted is gone";
		const struct kept_change redo = {.line = line, .type = c->type, .json = c->back, .back = u->undo.json,
		    .partial = u->undo.partial, .why = u->undo.json.len > 0 ? NULL : why};

		snprintf(line, sizeof line, ".undo %u", u->number);
		c->taken_back = true;
		again = kept_add(&sh->kept, &redo);
	}
	buf_puts(&text, "ok\n");
	if (again > 0 && u->undo.json.len > 0)
		buf_printf(&text, "undo: .undo %u\n", again);
	show_text(sh, buf_head(&text), text.len);
	buf_clear(&text);
	command_end(u, STATUS_OK);
}

/* Shows what will change and asks.  foreign: the present values are not those that the change left. */
static bool undo_agreed(struct shell *sh, const struct kept_change *c, const struct undoing *undoing, bool foreign)
{
	const struct undo *u = &undoing->undo;
	struct buf text = {0}, masked = {0};
	bool yes;

	safe_put(&text, c->line, strlen(c->line));
	buf_putc(&text, '\n');
	change_put(&text, u, output_settings(sh->output)->color);
	if (line_print(&masked, buf_head(&c->back), c->back.len, true) == 0) {
		buf_puts(&text, "  by ");
		safe_put(&text, buf_head(&masked), masked.len);
		buf_putc(&text, '\n');
	}
	if (c->partial)
		buf_puts(&text, "  not everything returns to what it was (an entry that was found will be marked as added by hand)\n");
	if (foreign)
		buf_printf(&text, "  it has been %s by others since\n", undoing->made ? "renamed" : "changed");
	if (undoing->made)
		buf_puts(&text, "This deletes on the box and cannot be undone. ");
	buf_printf(&text, "%s [y/N] ", undoing->made ? "Continue?" : foreign ? "Overwrite their change?" : "Take it back?");
	yes = buf_string(&text) != NULL && ask_yes(sh, buf_string(&text));
	buf_clear(&text);
	buf_clear(&masked);
	return yes;
}

/* Finds what taking it back would change now.  *foreign: the present values are not those that the change left. */
static int undo_compare_now(struct undoing *u, const struct kept_change *c, struct json_iter now, bool *foreign)
{
	struct undo left;

	if (u->made)
		return made_still(&u->undo, c->type, buf_head(&c->json), c->json.len, &c->back, now, foreign);
	/* The change, made again, would change nothing if nothing has happened since. */
	*foreign = undo_make(&left, c->type, buf_head(&c->json), c->json.len, now) < 0 || left.changes.len > 0;
	undo_clear(&left);
	return undo_make(&u->undo, c->type, buf_head(&c->back), c->back.len, now);
}

static void undo_state(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct undoing *u = child->ctx;
	const struct kept_change *c = kept_find(sh->kept, u->number);
	struct error e;
	bool foreign;

	if (undo_failed(u, child, reply))
		return;
	if (c == NULL) {
		undo_fail(u, STATUS_FAILED, "the change is forgotten");
		return;
	}
	if (undo_compare_now(u, c, reply->values, &foreign) < 0) {
		undo_fail(u, STATUS_FAILED, "cannot read the state now; nothing is sent");
		return;
	}
	if (u->undo.changes.len == 0) {
		shell_notice(sh, ".undo: it is %s already; nothing is sent", u->made ? "gone" : "as before");
		command_end(u, STATUS_OK);
		return;
	}
	if (!undo_agreed(sh, c, u, foreign)) {
		shell_notice(sh, ".undo: nothing is sent");
		command_end(u, STATUS_FAILED);
		return;
	}
	if (engine_child(sh, buf_head(&c->back), c->back.len, (struct place){0}, true, undo_done, u, &e) == NULL)
		undo_fail(u, e.status, e.text);
}

static enum command_result undo_list(struct shell *sh, const struct task *t)
{
	static const char *const headings[] = {"number", "time", "line", "state"};
	const struct kept_change *c;
	struct page page;

	if (kept_at(sh->kept, 0) == NULL && t->redirect == NULL) {
		shell_notice(sh, "no changes in this session");
		return COMMAND_DONE;
	}
	show_table_begin(sh, t, &page, headings, 4);
	for (size_t i = 0; (c = kept_at(sh->kept, i)) != NULL; i++) {
		char number[16], when[32] = "";
		struct tm tm;
		const char *cells[] = {number, when, c->line, c->taken_back ? "taken back" : c->why != NULL ? c->why : ""};

		snprintf(number, sizeof number, "%u", c->number);
		if (localtime_r(&c->when, &tm) != NULL)
			strftime(when, sizeof when, "%H:%M:%S", &tm);
		output_strings(sh->output, cells, 4);
	}
	show_table_end(sh, t, &page);
	return COMMAND_DONE;
}

/* Which change is meant.  NULL with *e. */
static struct kept_change *undo_which(struct shell *sh, const char *word, struct error *e)
{
	struct kept_change *c;
	char *end = NULL;
	unsigned long n = word == NULL ? 0 : strtoul(word, &end, 10);

	if (!sh->interactive) {
		error_set(e, STATUS_USAGE, "it is for the prompt");
		return NULL;
	}
	if (word != NULL && (word[strspn(word, "0123456789")] != '\0' || n == 0 || n > 1000000)) {
		error_set(e, STATUS_USAGE, "the number of a change, or list, must follow");
		return NULL;
	}
	c = kept_find(sh->kept, (unsigned)n);
	if (c == NULL)
		error_set(e, STATUS_USAGE, word == NULL ? "no change of this session can be taken back" : "no such change; .undo list shows them");
	else if (c->why != NULL)
		error_set(e, STATUS_USAGE, "%u cannot be undone: %s", c->number, c->why);
	else if (c->taken_back)
		error_set(e, STATUS_USAGE, "%u has been taken back already", c->number);
	else if (sh->options->read_only)
		error_set(e, STATUS_USAGE, "it changes the box: not with --read-only");
	else
		return c;
	return NULL;
}

static bool undo_lists(const struct line *line)
{
	return line->word_count > 1 && strcmp(line->words[1], "list") == 0;
}

static enum command_result undo_run(struct shell *sh, struct task *t, enum status *status)
{
	const char *word = t->line.word_count > 1 ? t->line.words[1] : NULL;
	struct buf request = {.secret = true};
	const struct kept_change *c;
	struct undoing *u;
	struct error e;

	if (undo_lists(&t->line) && sh->interactive)
		return undo_list(sh, t);
	c = undo_which(sh, word, &e);
	if (c == NULL)
		return command_fail(sh, t, status, &e);
	if ((u = command_begin(sh, t, &undo_ops)) == NULL) {
		error_memory(&e);
		return command_fail(sh, t, status, &e);
	}
	u->number = c->number;
	u->made = !undo_possible(c->type);
	if ((u->made ? made_lister(&request, c->type) : undo_reader(&request, c->type, buf_head(&c->back), c->back.len)) < 0)
		error_set(&e, STATUS_FAILED, "cannot read the state now; nothing is sent");
	else if (engine_child(sh, buf_head(&request), request.len, t->at, true, undo_state, u, &e) != NULL)
		u = NULL;
	buf_clear(&request);
	if (u == NULL)
		return COMMAND_WAITS;
	command_drop(t);
	return command_fail(sh, t, status, &e);
}

static enum command_place undo_complete(const struct command_finding *f)
{
	const struct kept_change *c;

	if (f->index > 1)
		return PLACE_WORD;
	command_found(f, "list", "the changes of this session");
	for (size_t i = 0; f->sh != NULL && (c = kept_at(f->sh->kept, i)) != NULL; i++) {
		char number[16];

		snprintf(number, sizeof number, "%u", c->number);
		if (c->why == NULL && !c->taken_back)
			command_found(f, number, c->line);
	}
	return PLACE_WORD;
}

const struct command command_undo = {
	.word.name = "undo", .usage = "[N | list]", .help = "take back the last change, or change N of this session; list them",
	.more = "  Reads the state again, shows what will change and the request, and asks.\n"
		"  What took it back is a change itself: .undo again does it again.\n"
		"  What was added is deleted by its gid, which is printed after an addition.\n"
		"  What is deleted is gone, and so are secrets that the box does not give back: the list says why.",
	.max = 1, .needs_box = true, .shows = undo_lists, .run = undo_run, .complete = undo_complete,
};
