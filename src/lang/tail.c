/* SPDX-License-Identifier: ISC */
/*
 * tail: what may follow a request or a command: `&`, and redirections.  See tail.h.
 */
#include "lang/tail.h"

#include <string.h>

char *tail_trimmed(const char *text, size_t start, size_t end)
{
	start = word_skip_blanks(text, end, start);
	while (end > start && strchr(" \t\r\n", text[end - 1]) != NULL)
		end--;
	return strndup(text + start, end - start);
}

/* Checks the end of the line: only `&` may follow a redirection, and nothing may follow `&`. */
static enum tail tail_over(struct parse *p, size_t pos, bool job)
{
	const char *why;
	struct word w;
	enum word_found found = word_next(p->text, p->len, &pos, &w, &why);

	if (found == WORD_FOUND && job && value_is(p, &w, "&")) {
		p->line->job = true;
		found = word_next(p->text, p->len, &pos, &w, &why);
	}
	if (found == WORD_END)
		return TAIL_END;
	parse_fail_language(p, found == WORD_BAD ? pos : w.start, job ? "only & may follow a redirection" :
	    "nothing may follow &");
	return TAIL_FAILED;
}

static enum tail tail_redirect(struct parse *p, const struct word *w, size_t pos)
{
	struct line *line = p->line;
	const char *why = "a file name is missing";
	struct word file;

	if (p->context == NULL || !p->context->prompt) {
		parse_fail_language(p, w->start, "%s%s: redirections are for the prompt only: in a script, redirect ptsh itself (quote "
		    "it if it is text)", line->kind == LINE_COMMAND ? "." : "",
		    line->kind == LINE_COMMAND ? line->words[0] : line->type_name);
		return TAIL_FAILED;
	}
	if (value_is(p, w, "|")) {
		line->redirect = REDIRECT_PIPE;
		line->redirect_to = tail_trimmed(p->text, pos, p->len);
		if (line->redirect_to == NULL)
			parse_memory(p);
		else if (line->redirect_to[0] == '\0')
			parse_fail_language(p, w->start, "a command is missing after |");
		else
			return TAIL_END;
		return TAIL_FAILED;
	}
	if (word_next(p->text, p->len, &pos, &file, &why) != WORD_FOUND) {
		parse_fail_language(p, pos, "%.*s: %s", (int)(w->end - w->start), p->text + w->start, why);
		return TAIL_FAILED;
	}
	line->redirect = value_is(p, w, ">") ? REDIRECT_FILE : REDIRECT_APPEND;
	if (value_decode(p, &file) < 0)
		return TAIL_FAILED;
	if (p->scratch.len == 0 || memchr(buf_head(&p->scratch), '\0', p->scratch.len) != NULL) {
		parse_fail_language(p, file.start, "not a file name");
		return TAIL_FAILED;
	}
	line->redirect_to = strndup(buf_head(&p->scratch), p->scratch.len);
	if (line->redirect_to == NULL) {
		parse_memory(p);
		return TAIL_FAILED;
	}
	return tail_over(p, pos, true);
}

bool tail_begins(const struct parse *p, const struct word *w)
{
	return value_is(p, w, "&") || value_is(p, w, ">") || value_is(p, w, ">>") || value_is(p, w, "|");
}

enum tail tail_take(struct parse *p, const struct word *w, size_t pos)
{
	if (!tail_begins(p, w))
		return TAIL_WORD;
	if (!value_is(p, w, "&"))
		return tail_redirect(p, w, pos);
	p->line->job = true;
	return tail_over(p, pos, false);
}
