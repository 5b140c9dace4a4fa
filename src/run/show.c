/* SPDX-License-Identifier: ISC */
/*
 * show: results to standard output (or to where they were redirected, or through the pager), everything else to
 * standard error.
 */
#include "run/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "proto/reason.h"
#include "proto/secret.h"
#include "run/engine.h"
#include "run/names.h"
#include "run/redirect.h"
#include "term/ask.h"
#include "term/marks.h"
#include "term/pager.h"

enum { FAILURE_MOST = 4096, NAME_MOST = 200, BELL_AFTER = 10000 /* ms */ };

struct reply_about show_about_line(const struct line *line)
{
	return (struct reply_about){
		.type = line->type, .type_name = line->type_name,
		.headings = line->headings, .heading_count = line->heading_count,
	};
}

struct reply_about show_about(const struct task *t)
{
	return show_about_line(&t->line);
}

void show_kept(const struct task *t, struct reply *reply)
{
	struct json v, first = {t->kept, t->kept_len};

	memset(reply, 0, sizeof *reply);
	reply->ok = t->outcome != OUTCOME_FAILED;
	reply->line = t->kept;
	reply->len = t->kept_len;
	reply->bad_utf8 = t->bad_utf8;
	reply->values = json_iterate(first);
	json_next(&reply->values, NULL, &v);	/* id */
	json_next(&reply->values, NULL, &v);	/* status */
}

void show_task_name(const struct task *t, char *text, size_t size)
{
	const char *s = line_title(&t->line) != NULL ? line_title(&t->line) : t->line.type_name != NULL ? t->line.type_name : "";

	s += t->line.may_fail ? strspn(s, "- \t") : strspn(s, " \t");	/* `- LINE` is LINE */
	size_t n = strcspn(s, "\n"), most = size - 1 < NAME_MOST ? size - 1 : NAME_MOST;

	if (t->line.job)	/* the & that made it a job says nothing more */
		while (n > 0 && strchr(" &", s[n - 1]) != NULL)
			n--;
	n = utf8_fits(s, n, most);
	memcpy(text, s, n);
	text[n] = '\0';
}

void show_failure(const struct task *t, const struct reply *reply, struct buf *text)
{
	switch (t->outcome) {
	case OUTCOME_OK:
		return;
	case OUTCOME_FAILED:
		if (reply == NULL)
			break;
		reason_put(text, t->line.type, reply->values, "failed, no reason given");
		if (text->len > FAILURE_MOST) {
			buf_truncate(text, FAILURE_MOST);
			buf_puts(text, "...");
		}
		return;
	case OUTCOME_BAD:
		buf_puts(text, t->why != NULL ? t->why : "bad reply: half a surrogate pair in it");
		return;
	case OUTCOME_UNKNOWN:
		if (t->timed_out)
			buf_puts(text, "no reply in time: the box may have done it");
		else
			buf_puts(text, "no answer: the box may have done it");
		return;
	case OUTCOME_UNSENT:
		buf_puts(text, t->why != NULL ? t->why : "not sent");
		return;
	case OUTCOME_REFUSED:
		buf_puts(text, t->why != NULL ? t->why : "refused");
		return;
	}
	buf_puts(text, "failed");
}

static void complain(struct shell *sh, const struct task *t, const struct reply *reply)
{
	struct buf text = {0};
	const char *line, *end;

	show_failure(t, reply, &text);
	if (t->outcome == OUTCOME_FAILED)	/* the box's words, made one line */
		shell_complain(sh, t->at, t->line.type_name, "%s", buf_string(&text) != NULL ? buf_string(&text) : "failed");
	else if (buf_string(&text) == NULL)
		shell_complain(sh, t->at, t->bad_line ? NULL : t->line.type_name, "out of memory");
	else
		for (line = buf_string(&text); line != NULL; line = end != NULL ? end + 1 : NULL) {
			end = strchr(line, '\n');
			int n = end != NULL ? (int)(end - line) : (int)strlen(line);
			shell_complain(sh, t->at, t->bad_line ? NULL : t->line.type_name, "%.*s", n, line);
		}
	buf_clear(&text);
}

/* ms: without the time in the pager. */
static void timing(struct shell *sh, const struct task *t, int64_t ms)
{
	if (sh->timing && t->started != 0) {
		char text[24];
		shell_duration(text, ms);
		if (ms < 1000)
			shell_notice(sh, "time: %lld ms", (long long)ms);
		else
			shell_notice(sh, "time: %s", text);
	}
}

static void note_bad_utf8(struct shell *sh, const struct task *t, uint64_t count)
{
	if (count > 0)
		shell_complain(sh, t->at, t->line.type_name, "warning: %llu byte sequences in the reply are not UTF-8",
		    (unsigned long long)count);
}

void show_begin(struct shell *sh, const struct task *t)
{
	shell_show_begin(sh);
	if (t->format != NULL && sh->format_depth++ == 0) {
		sh->format = output_format(sh->output);
		output_set_format(sh->output, t->format);
	}
	redirect_begin(sh, t->redirect);
}

void show_end(struct shell *sh, const struct task *t)
{
	redirect_end(sh, t->redirect);
	if (t->format != NULL && --sh->format_depth == 0) {
		output_set_format(sh->output, sh->format);
		sh->format = NULL;
	}
	shell_show_end(sh);
}

const struct format *show_format(const struct shell *sh, const struct task *t)
{
	const struct format *session = sh->format != NULL ? sh->format : output_format(sh->output);

	return redirect_format(t->redirect, t->format != NULL ? t->format : session);
}

/* Output while a pager runs is in the session's format. */
static void show_paged(struct shell *sh, const char *text, size_t len)
{
	const struct format *f = output_format(sh->output), *session = sh->format;
	unsigned depth = sh->format_depth;

	if (session != NULL)
		output_set_format(sh->output, session);
	sh->format = NULL;
	sh->format_depth = 0;
	pager_show(sh->loop, sh->screen, sh->prompt, text, len);
	sh->format_depth = depth;
	sh->format = session;
	if (session != NULL)
		output_set_format(sh->output, f);
}

void show_unsent(struct shell *sh, const char *json, size_t len)
{
	struct buf safe = {.secret = true}, masked = {0};

	shell_show_begin(sh);
	if (sh->out.terminal) {		/* a script may be another user's; its secrets are for files and pipes */
		if (!output_settings(sh->output)->reveal && secret_mask_request(&masked, json, len) == 0)
			safe_put_json(&safe, buf_head(&masked), masked.len);
		else if (output_settings(sh->output)->reveal)
			safe_put_json(&safe, json, len);
		sink_put(&sh->out, buf_head(&safe), safe.len);
	} else {
		sink_put(&sh->out, json, len);
	}
	sink_putc(&sh->out, '\n');
	shell_show_end(sh);
	buf_clear(&safe);
	buf_clear(&masked);
}

void show_text(struct shell *sh, const char *text, size_t len)
{
	shell_show_begin(sh);
	if (sh->prompt == NULL || sh->redirected || prompt_released(sh->prompt)) {
		sink_put(&sh->out, text, len);
	} else {
		shell_flush(sh);
		show_paged(sh, text, len);
	}
	shell_show_end(sh);
}

/* A reply, or the result of a command (reply NULL), in the current format. */
static void show_plain(struct shell *sh, const struct task *t, const struct reply *reply)
{
	struct reply_about about = show_about(t);

	if (task_has_result(t))
		t->command->ops->show(t->command, sh->output);
	else
		output_reply(sh->output, &about, reply);
}

void show_page_begin(struct shell *sh, const struct task *t, struct page *page)
{
	/* A job would take the terminal from what is being typed. */
	page->on = sh->prompt != NULL && !sh->redirected && t->role == TASK_LINE && output_format(sh->output)->for_people;
	if (!page->on)
		return;
	sink_init(&page->sink, -1);
	page->sink.terminal = sh->out.terminal;
	output_set_sink(sh->output, &page->sink);
}

void show_page_end(struct shell *sh, struct page *page)
{
	if (!page->on)
		return;
	output_set_sink(sh->output, &sh->out);
	show_text(sh, buf_head(&page->sink.buf), page->sink.buf.len);
	sink_clear(&page->sink);
}

void show_table_begin(struct shell *sh, const struct task *t, struct page *page, const char *const *headings, size_t count)
{
	show_begin(sh, t);
	show_page_begin(sh, t, page);
	output_begin(sh->output, headings, count);
}

void show_table_end(struct shell *sh, const struct task *t, struct page *page)
{
	output_end(sh->output);
	show_page_end(sh, page);
	show_end(sh, t);
}

void show_reply(struct shell *sh, const struct task *t, const struct task *of, const struct reply *reply)
{
	struct page page;

	show_page_begin(sh, t, &page);
	show_plain(sh, of, reply);
	show_page_end(sh, &page);
}

static void report(const struct task *t, bool before)
{
	if (task_has_result(t) && t->command->ops->report != NULL)
		t->command->ops->report(t->command, t, before);
}

void show_result(struct shell *sh, struct task *t, const struct reply *reply)
{
	int64_t took = sh->timing ? loop_now() - t->started : 0;

	shell_show_begin(sh);
	report(t, true);
	if (t->outcome != OUTCOME_OK) {
		complain(sh, t, reply);
	} else if (t->line.kind == LINE_REQUEST && sh->options->dry_run && reply == NULL && !t->streaming) {
		show_unsent(sh, buf_head(&t->line.json), t->line.json.len);
	} else if (reply != NULL || task_has_result(t)) {
		show_begin(sh, t);
		show_reply(sh, t, t, reply);
		show_end(sh, t);
		redirect_close(sh, t);
		if (t->change != NULL)
			sh->change->show(sh, t);
	}
	report(t, false);
	redirect_close(sh, t);
	if (reply != NULL)
		note_bad_utf8(sh, t, reply->bad_utf8);
	if (t->line.kind == LINE_REQUEST)
		timing(sh, t, took);
	shell_show_end(sh);
}

static void job_line(struct shell *sh, struct task *t, const struct reply *reply)
{
	char name[NAME_MOST + 1], took[24];
	int64_t ms = loop_now() - (t->started != 0 ? t->started : t->asked);
	struct buf text = {0};

	show_task_name(t, name, sizeof name);
	shell_duration(took, ms);
	if (t->outcome == OUTCOME_OK) {
		shell_report(sh, t->at, "[%u] %s: done, %s", t->job, name, took);
	} else if (sh->interactive && sh->quit && t->outcome == OUTCOME_UNKNOWN) {
		shell_report(sh, t->at, "[%u] %s: left running on the box", t->job, name);
	} else {
		show_failure(t, reply, &text);
		shell_complain(sh, t->at, NULL, "[%u] %s: failed after %s: %s", t->job, name, took,
		    buf_string(&text) != NULL ? buf_string(&text) : "");
	}
	buf_clear(&text);
	if (sh->interactive && ms >= BELL_AFTER) {
		char notice[2 * NAME_MOST];

		screen_bell(sh->screen);
		snprintf(notice, sizeof notice, "%s: %s: %s", sh->options->box_text, name, t->outcome == OUTCOME_OK ? "done" : "failed");
		if (sh->marks)
			marks_notice(sh->screen, notice);
	}
}

void show_job(struct shell *sh, struct task *t, const struct reply *reply)
{
	if (t->streaming) {	/* its rows have been shown already */
		job_line(sh, t, reply);
		return;
	}
	shell_show_begin(sh);
	job_line(sh, t, reply);
	report(t, true);
	show_begin(sh, t);
	if (t->outcome == OUTCOME_OK && task_has_result(t))
		show_plain(sh, t, NULL);
	if (t->outcome == OUTCOME_OK && reply != NULL) {
		struct json_iter values = reply->values;
		struct json v;
		if (!sh->interactive || json_next(&values, NULL, &v))	/* `done` says enough */
			show_plain(sh, t, reply);
	}
	show_end(sh, t);
	redirect_close(sh, t);
	if (t->outcome == OUTCOME_OK && reply != NULL)
		note_bad_utf8(sh, t, reply->bad_utf8);
	report(t, false);
	shell_show_end(sh);
}

void show_job_started(struct shell *sh, const struct task *t, const char *how)
{
	char name[NAME_MOST + 1];

	show_task_name(t, name, sizeof name);
	shell_notice(sh, "[%u] %s%s", t->job, name, how);
}

enum large_mode show_large(struct shell *sh, struct task *t, const char *text, size_t len)
{
	struct reply_about about = show_about(t);

	show_begin(sh, t);
	return output_large(sh->output, &about, text, len);
}

void show_large_end(struct shell *sh, struct task *t, bool complete)
{
	output_large_end(sh->output, complete);
	if (!complete)
		shell_complain(sh, t->at, t->line.type_name, "the reply broke off after %llu row%s",
		    (unsigned long long)output_rows(sh->output), output_rows(sh->output) == 1 ? "" : "s");
	note_bad_utf8(sh, t, t->bad_utf8);
	show_end(sh, t);
}

bool show_confirm_delete(struct shell *sh, const struct task *t)
{
	const char *why = sh->change != NULL ? sh->change->why_not(t->line.type) : NULL;
	char name[NAME_MOST + 1], text[2 * NAME_MOST + 128];

	show_task_name(t, name, sizeof name);
	snprintf(text, sizeof text, "%s\n%s%s%sThis deletes on the box%s. Continue? [y/N] ", name, why != NULL ? "  " : "",
	    why != NULL ? why : "", why != NULL ? "\n" : "", why != NULL ? " and cannot be undone" : "");
	return ask_yes(sh, text);
}
