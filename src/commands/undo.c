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
#include "format/clock.h"
#include "run/engine.h"
#include "run/show.h"
#include "term/ask.h"
#include "undo/assigned.h"
#include "undo/change.h"
#include "undo/kept.h"
#include "undo/made.h"

enum { AT_ONCE = 64 };		/* requests, where it takes many */

struct undoing {
	struct command_state command;
	unsigned number;	/* of the change */
	bool made;		/* it made something, which is deleted */
	struct undo undo;	/* the change made by taking it back; undoing that makes the first change again */
	struct buf sent;	/* the request that takes it back, as it is kept */
	struct buf requests;	/* those not sent yet, each with a LF */
	size_t count, running, failed;
	struct buf why;		/* of the first that failed */
	enum status status;
};

static void undo_free(struct command_state *s)
{
	struct undoing *u = (struct undoing *)s;

	undo_clear(&u->undo);
	buf_clear(&u->sent);
	buf_clear(&u->requests);
	buf_clear(&u->why);
}

static const struct command_ops undo_ops = {.size = sizeof(struct undoing), .clear = undo_free};

static void undo_fail(struct undoing *u, enum status status, const char *text)
{
	shell_complain(u->command.sh, (struct place){0}, ".undo", "%s", text);
	command_end(u, status);
}

/* True if a reply never came, or is a refusal: then *why says it. */
static bool undo_refused(const struct task *child, const struct reply *reply, struct buf *why, enum status *status)
{
	if (child->outcome == OUTCOME_OK && reply != NULL)
		return false;
	show_failure(child, reply, why);
	if (why->len == 0)
		buf_puts(why, "no answer");
	*status = child->outcome == OUTCOME_FAILED ? STATUS_FAILED : child->outcome == OUTCOME_REFUSED ? child->why_status : STATUS_LOST;
	return true;
}

/* Keeps the taking back as a change of its own. */
static void undo_succeeded(struct undoing *u)
{
	struct shell *sh = u->command.sh;
	struct kept_change *c = kept_find(sh->kept, u->number);
	struct buf text = {0};
	char line[32];
	unsigned again = 0;

	if (c != NULL) {
		char why[] = "what was deleted is gone";
		const struct kept_change redo = {.line = line, .type = c->type, .json = u->sent, .back = u->undo.json, .each = u->undo.each,
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

/* The length of the first of some requests; each has a LF. */
static size_t first_length(const struct buf *requests)
{
	const char *first = buf_head(requests), *end = requests->len > 0 ? memchr(first, '\n', requests->len) : NULL;

	return end != NULL ? (size_t)(end - first) : requests->len;
}

/* As a user would type it. */
static void put_title(struct buf *out, const struct line *line)
{
	const char *title = line_title(line) != NULL ? line_title(line) : "?";

	if (line_print(out, title, strlen(title), true) < 0)
		buf_puts(out, title);
	buf_puts(out, ": ");
}

static void undo_send(struct undoing *u);

static void undo_done(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct undoing *u = child->ctx;
	struct buf why = {0};
	enum status status;

	(void)sh;
	u->running--;
	if (undo_refused(child, reply, &why, &status) && u->failed++ == 0) {
		u->status = status;
		if (u->count > 1)
			put_title(&u->why, &child->line);
		buf_put(&u->why, buf_head(&why), why.len);
	}
	buf_clear(&why);
	undo_send(u);
}

/* All have ended. */
static void undo_ended(struct undoing *u)
{
	struct buf text = {0};

	if (u->failed == 0) {
		undo_succeeded(u);
		return;
	}
	if (u->count > 1)
		buf_printf(&text, "%zu of %zu requests failed; .undo %u takes the rest back; the first: ", u->failed, u->count, u->number);
	buf_put(&text, buf_head(&u->why), u->why.len);
	undo_fail(u, u->status, buf_string(&text) != NULL ? buf_string(&text) : "out of memory");
	buf_clear(&text);
}

/* Sends as many as may run at once; after the last one it ends. */
static void undo_send(struct undoing *u)
{
	struct error e;

	while (u->running < AT_ONCE && u->requests.len > 0) {
		const char *line = buf_head(&u->requests);
		size_t len = first_length(&u->requests);

		u->running++;
		if (engine_child(u->command.sh, line, len, (struct place){0}, true, undo_done, u, &e) == NULL) {
			u->running--;
			if (u->failed++ == 0) {
				u->status = e.status;
				buf_puts(&u->why, e.text);
			}
		}
		buf_consume(&u->requests, len < u->requests.len ? len + 1 : len);
	}
	if (u->running == 0)
		undo_ended(u);
	else
		engine_pump(u->command.sh);
}

/* Shows what will change and asks.  foreign: the present values are not those that the change left. */
static bool undo_agreed(struct shell *sh, const struct kept_change *c, const struct undoing *undoing, bool foreign)
{
	const struct undo *u = &undoing->undo;
	const char *first = buf_head(&undoing->requests);
	size_t len = first_length(&undoing->requests);
	struct buf text = {0}, masked = {0};
	bool yes;

	safe_put(&text, c->line, strlen(c->line));
	buf_putc(&text, '\n');
	change_put(&text, u, output_settings(sh->output)->color);
	if (line_print(&masked, first, len, true) == 0) {
		buf_puts(&text, "  by ");
		if (undoing->count > 1)
			buf_printf(&text, "%zu requests, the first ", undoing->count);
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

	if (c->each) {
		if (assigned_now(&u->undo, &u->sent, c->type, &c->json, &c->back, now, foreign) < 0)
			return -1;
		u->count = assigned_requests(&u->requests, c->type, &u->sent);
		return u->count == 0 && u->sent.len > 0 ? -1 : 0;
	}
	buf_put(&u->sent, buf_head(&c->back), c->back.len);
	buf_put(&u->requests, buf_head(&c->back), c->back.len);
	buf_putc(&u->requests, '\n');
	u->count = 1;
	if (u->sent.failed || u->requests.failed)
		return -1;
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
	bool foreign;

	if (undo_refused(child, reply, &u->why, &u->status)) {
		undo_fail(u, u->status, buf_string(&u->why) != NULL ? buf_string(&u->why) : "out of memory");
		return;
	}
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
	undo_send(u);
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
		struct buf when = {0};
		char number[16];

		snprintf(number, sizeof number, "%u", c->number);
		clock_put_time(&when, c->when, output_settings(sh->output)->utc);
		const char *cells[] = {number, buf_string(&when) != NULL ? buf_string(&when) : "", c->line,
		    c->taken_back ? "taken back" : c->why != NULL ? c->why : ""};
		output_strings(sh->output, cells, 4);
		buf_clear(&when);
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
	u->sent.secret = u->requests.secret = true;
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
