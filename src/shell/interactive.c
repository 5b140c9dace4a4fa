/* SPDX-License-Identifier: ISC */
/*
 * interactive: what the person at the prompt sees around the lines: the prompt's state, the wait for a result, ^C that
 * leaves a request running, the paste that is run as a batch.
 */
#include "shell/interactive.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/colour.h"
#include "base/safe.h"
#include "lang/complete.h"
#include "lang/words.h"
#include "link/link.h"
#include "proto/catalog.h"
#include "run/aliases.h"
#include "run/check.h"
#include "run/command.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/feed.h"
#include "run/names.h"
#include "run/show.h"
#include "shell/progress.h"
#include "term/ask.h"
#include "term/editor.h"
#include "term/files.h"
#include "term/marks.h"

struct interactive {
	struct shell *sh;
	struct loop_timer tick;		/* the seconds of "away" in the prompt */
	char prompt[512];
};

static void tick(void *ctx)
{
	struct interactive *in = ctx;

	if (link_away(in->sh) > 0)
		loop_timer_start(in->sh->loop, &in->tick, 1000, tick, in);
	prompt_changed(in->sh->prompt);
}

static const char *prompt_text(void *ctx)
{
	struct interactive *in = ctx;
	struct shell *sh = in->sh;
	size_t jobs = engine_job_count(sh);
	int64_t away = link_away(sh);
	struct buf state = {0};
	bool coloured = output_settings(sh->output)->color;

	if (away > 0 && !in->tick.set)
		loop_timer_start(sh->loop, &in->tick, 1000, tick, in);
	buf_puts(&state, colour_begin(COLOUR_ALARM, coloured && (link_state(sh) != LINK_READY || link_is_clear(sh))));
	if (away > 0)
		buf_printf(&state, " (away %llds)", (long long)(away / 1000));
	else if (link_state(sh) != LINK_READY)
		buf_puts(&state, " (not connected)");
	else if (link_is_clear(sh))
		buf_puts(&state, " !clear");
	buf_puts(&state, colour_begin(COLOUR_STATE, coloured && (sh->options->read_only || jobs > 0)));
	if (sh->options->read_only)
		buf_puts(&state, " (read-only)");
	if (jobs > 0)
		buf_printf(&state, " (%zu job%s)", jobs, jobs == 1 ? "" : "s");
	snprintf(in->prompt, sizeof in->prompt, "%s%.200s%s%s%s> ", colour_begin(COLOUR_NAME, coloured), sh->options->box_text,
	    colour_end(coloured), buf_string(&state) != NULL ? buf_string(&state) : "", colour_end(coloured && state.len > 0));
	buf_clear(&state);
	return in->prompt;
}

static bool is_continued(void *ctx, const char *text, size_t len)
{
	struct line_state state = {0};

	(void)ctx;
	return line_continues(text, len, &state);
}

static bool secret_next(void *ctx, const char *text, size_t len)
{
	const struct interactive *in = ctx;
	struct line_context context = engine_context(in->sh);

	return line_secret_next(text, len, &context);
}

/* --- what completion asks --- */

static bool loading(void *ctx)
{
	const struct interactive *in = ctx;

	return names_loading(in->sh);
}

static void gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *, const char *), void *arg)
{
	names_each(ctx, kind, found, arg);
}

/* --- a line --- */

/* The length of the first line of a text, all of its rows, without its end. */
static size_t first_line(const char *text)
{
	struct line_state state = {0};
	size_t i = 0;

	while (text[i] != '\0' && (text[i] != '\n' || line_continues(text, i, &state)))
		i++;
	return i;
}

/* A paste, or text from an editor, has several: each is masked by itself.  NULL without memory. */
static char *mask_lines(struct shell *sh, const char *text)
{
	struct buf out = {0};

	for (const char *from = text;; from++) {
		size_t len = first_line(from);
		char *line = strndup(from, len), *masked = line != NULL ? check_masked(sh, line) : NULL;

		out.failed |= masked == NULL;
		buf_puts(&out, from > text ? "\n" : "");
		buf_puts(&out, masked != NULL ? masked : "");
		free(masked);
		free(line);
		from += len;
		if (*from == '\0')
			return buf_steal(&out);
	}
}

/* Remembers it, with its secrets hidden: recalled and searched lines are on the screen. */
static void remember_line(struct shell *sh, const char *text)
{
	struct error e;
	char *masked;

	if (sh->history == NULL || *text == ' ' || *text == '\t' || strspn(text, " \t\n") == strlen(text))
		return;
	masked = mask_lines(sh, text);
	history_add(sh->history, masked != NULL ? masked : text, masked);
	free(masked);
	if (history_trouble(sh->history, &e))
		shell_notice(sh, "%s: history is no longer kept", e.text);
}

static void on_end(void *ctx, int signo)
{
	struct shell *sh = ctx;

	sh->signal = signo;
	sh->quit = true;
	prompt_stop(sh->prompt);
}

static void on_interrupt(void *ctx, int signo)
{
	struct shell *sh = ctx;

	if (!sh->entered) {		/* there is no prompt to go back to yet */
		on_end(sh, signo);
		return;
	}
	if (prompt_released(sh->prompt))	/* it is the pager's, or the question's */
		return;
	prompt_interrupt(sh->prompt);
	if (prompt_reading(sh->prompt))
		return;
	if (!feed_ended(sh))
		engine_stop(sh);
	engine_background(sh);
}

/* Runs the loop until the lines have their results. */
static void wait_for_results(struct shell *sh)
{
	engine_pump(sh);
	while (!sh->quit && (!engine_queue_empty(sh) || (!feed_ended(sh) && !engine_stopped(sh)))) {
		int64_t wait = progress_foreground(sh);
		loop_step(sh->loop, wait);
		engine_pump(sh);
	}
	shell_progress_clear(sh);
	shell_flush(sh);
	if (engine_dropped(sh) > 0)
		shell_notice(sh, "%lu line%s not run", engine_dropped(sh), engine_dropped(sh) == 1 ? " was" : "s were");
}

/* Returns the name of the command that a mistyped word may stand for, or NULL.  A word that is near to a request is no command, nor
 * is one with _, as requests have it. */
static const char *meant_command(struct shell *sh, const char *word, size_t len)
{
	if (len == 0 || word[0] == '.' || memchr(word, '_', len) != NULL || word_name_length(word, len) != len ||
	    aliases_find(sh, word, len) != NULL || catalog_nearest(word, len) != NULL)
		return NULL;
	return commands_nearest(sh, word, len);
}

/* True if a line is a command without its dot, and says so.  A box that has a request of that name gets it as JSON. */
static bool lacks_dot(struct shell *sh, const char *text)
{
	const struct command *c;
	const char *near = NULL;
	size_t len;

	text += strspn(text, " \t");
	len = strcspn(text, " \t\n");
	if (catalog_find(text, len) != NULL || line_plain_command(text, len) != NULL)
		return false;
	if ((c = commands_named(sh, text, len)) != NULL)
		shell_complain(sh, (struct place){0}, NULL, "%s: no such request; the command is .%s", c->word.name, c->word.name);
	else if ((near = meant_command(sh, text, len)) != NULL)
		shell_complain(sh, (struct place){0}, NULL, "%.*s: no such request; did you mean .%s?", (int)len, text, near);
	return c != NULL || near != NULL;
}

static void run_text(struct shell *sh, const char *text, bool paste)
{
	struct error e;

	engine_resume(sh);
	if (!paste && lacks_dot(sh, text))
		return;
	if (!paste)
		engine_line(sh, text, strlen(text), (struct place){0});
	else if (feed_add_text(sh, text, strlen(text), NULL, true, &e) == -1)
		shell_complain(sh, (struct place){0}, NULL, "%s", e.text);
	wait_for_results(sh);
}

/* `.set marks` is a line, too: what has begun is ended. */
static void run_marked(struct shell *sh, const char *text, bool paste)
{
	bool marks = sh->marks;

	if (marks)
		marks_results(sh->screen);
	run_text(sh, text, paste);
	if (marks)
		marks_end(sh->screen, (int)sh->status);
}

static void run_rc(struct shell *sh)
{
	struct error e;

	if (sh->options->rc_path == NULL)
		return;
	if (feed_add_own_file(sh, sh->options->rc_path, &e) == -1 && e.text[0] != '\0')
		shell_complain(sh, (struct place){0}, NULL, "%s", e.text);
	wait_for_results(sh);
}

/* Handles ^D.  With jobs running the first one only reports them. */
static bool leaves(struct shell *sh, bool *warned)
{
	size_t jobs = engine_job_count(sh);

	if (jobs == 0 || *warned)
		return true;
	*warned = true;
	shell_report(sh, (struct place){0}, "%zu job%s running; ^D again leaves, and the box continues with %s", jobs,
	    jobs == 1 ? " is" : "s are", jobs == 1 ? "it" : "them");
	return false;
}

static bool agrees_to_run(struct shell *sh, const char *text)
{
	struct buf question = {.secret = true};
	size_t count = 0;
	bool yes;

	for (size_t len; *text != '\0'; text += len + (text[len] == '\n'), count++) {
		len = strcspn(text, "\n");
		buf_puts(&question, "| ");
		safe_put(&question, text, len);
		buf_putc(&question, '\n');
	}
	if (count == 1)
		buf_puts(&question, "Run this line? [y/N] ");
	else
		buf_printf(&question, "Run these %zu lines? [y/N] ", count);
	yes = buf_string(&question) != NULL && ask_yes(sh, buf_string(&question));
	buf_clear(&question);
	return yes;
}

/* Does what .edit or ^X ^E has asked for: opens the editor with sh->edit, shows the result, asks, and runs it.  What is not run comes
 * back to be corrected: the edited text if it is refused; without one, the line that was typed (NULL: none was). */
static void edit(struct shell *sh, const char *typed)
{
	struct buf text = {.secret = true};
	struct error e;
	char *before = sh->edit;
	enum editor_end end = editor_run(sh->loop, sh->prompt, before, &text, &e);

	sh->edit = NULL;
	free(before);
	if (sh->quit) {
		buf_clear(&text);
		return;
	}
	if (end == EDITOR_FAILED)
		shell_complain(sh, (struct place){0}, NULL, "%s", e.text);
	else if (end != EDITOR_CHANGED || buf_string(&text) == NULL)
		shell_report(sh, (struct place){0}, "not changed; nothing was run%s",
		    end == EDITOR_HASTY ? ": does your editor wait? (VISUAL='code --wait')" : "");
	if (end == EDITOR_CHANGED && buf_string(&text) != NULL) {
		bool yes = agrees_to_run(sh, buf_string(&text));

		remember_line(sh, buf_string(&text));
		if (yes)
			run_text(sh, buf_string(&text), true);
		else
			prompt_give_back(sh->prompt, buf_string(&text));
	} else if (typed != NULL && strchr(typed, '\n') != NULL) {
		remember_line(sh, typed);	/* of several rows: ^P brings it back */
	} else if (typed != NULL) {
		prompt_give_back(sh->prompt, typed);
	}
	buf_clear(&text);
}

static void lines(struct shell *sh)
{
	char *text = NULL;
	bool warned = false;

	while (!sh->quit) {
		if (sh->marks)
			marks_prompt(sh->screen);
		enum prompt_end end = prompt_read(sh->prompt, &text);
		switch (end) {
		case PROMPT_LINE:
		case PROMPT_PASTE:
			if (strspn(text, " \t") == strlen(text))
				link_line_entered(sh);
			warned = false;
			remember_line(sh, text);
			/* A pasted or edited text comes back from the history as it was. */
			run_marked(sh, text, end == PROMPT_PASTE || text[first_line(text)] != '\0');
			break;
		case PROMPT_EDIT:
			/* No secret goes into a file. */
			if ((sh->edit = mask_lines(sh, text)) != NULL)
				edit(sh, text);
			break;
		case PROMPT_INTERRUPT:
			break;
		case PROMPT_EOF:
			sh->quit = leaves(sh, &warned);
			break;
		case PROMPT_SIGNAL:
			sh->quit = true;
		}
		while (sh->edit != NULL && !sh->quit)	/* asked for by the line, or by an edited text */
			edit(sh, NULL);
		free(text);
		text = NULL;
		sh->status = STATUS_OK;	/* what went wrong has been reported to the user */
	}
}

static void report(void *ctx, const char *text)
{
	const struct interactive *in = ctx;

	shell_complain(in->sh, (struct place){0}, NULL, "%s", text);
}

int interactive_run(struct shell *sh, struct error *e)
{
	struct interactive in = {.sh = sh};
	struct complete_context complete = {
		.gids = gids, .commands = commands_each, .command_word = commands_word, .command_usage = commands_usage,
		.command_places = commands_places,
		.find_alias = aliases_find, .aliases = commands_aliases, .files = files_each, .ctx = sh,
	};
	struct prompt_options options = {
		.complete = &complete, .prompt = prompt_text, .continues = is_continued, .secret_next = secret_next, .loading = loading,
		.report = report, .ctx = &in,
	};
	bool failed = false;

	sh->screen = screen_create(STDIN_FILENO, STDOUT_FILENO);
	sh->history = history_open(sh->options->history_path, e, &failed);
	if (failed)
		shell_notice(sh, "%s: history is not kept", e->text);
	if (sh->screen != NULL)
		sh->prompt = prompt_create(sh->loop, sh->screen, sh->history, STDIN_FILENO, STDOUT_FILENO, &options);
	if (sh->prompt == NULL)
		return error_memory(e);
	loop_signal(sh->loop, SIGTERM, on_end, sh);
	loop_signal(sh->loop, SIGHUP, on_end, sh);
	loop_signal(sh->loop, SIGQUIT, on_end, sh);
	for (size_t i = 0; i < sh->options->event_count; i++)
		events_subscribe(sh, sh->options->events[i], true);
	link_want(sh);
	/* The first prompt comes with the box, or with what keeps it away. */
	loop_signal(sh->loop, SIGINT, on_interrupt, sh);
	while (link_state(sh) == LINK_CONNECTING && !sh->quit)
		loop_step(sh->loop, progress_foreground(sh));
	shell_progress_clear(sh);
	if (link_state(sh) == LINK_READY) {
		static const char help[] = "Type help for help, Tab for what may come next.\n";

		sh->entered = true;
		if (!sh->options->quiet)
			show_text(sh, help, sizeof help - 1);
		run_rc(sh);
		lines(sh);
	}
	free(sh->edit);
	sh->edit = NULL;
	loop_timer_stop(sh->loop, &in.tick);
	prompt_free(sh->prompt);
	sh->prompt = NULL;
	link_close(sh);
	if (sh->entered)		/* the jobs still running are no failure */
		sh->status = STATUS_OK;
	return 0;
}
