/* SPDX-License-Identifier: ISC */
/*
 * redirect: `> file`, `>> file`, `| command` after a line at the prompt.
 */
#include "run/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/formats.h"
#include "net/file.h"
#include "term/pager.h"

struct redirection {
	enum redirect kind;	/* REDIRECT_NONE: to the screen, since the shell command was cancelled */
	char *to;			/* as it was typed: file or command */
	struct place at;		/* of the line */
	struct sink sink;		/* outside of begin and end; between them, what belongs into sh->out */
	struct output_settings settings;	/* between them: those of the terminal */
	const struct format *format;	/* and its format */
	const struct format *wanted;	/* that the line or the file's name asks for, or NULL */
	unsigned depth;			/* of begin */
	bool regular;			/* a file that never blocks */
	bool has_run, reported;		/* the command; that a write has failed */
};

static int open_file(struct shell *sh, struct redirection *r)
{
	int how = r->kind == REDIRECT_APPEND ? O_APPEND : O_TRUNC;
	struct stat st;
	int fd = file_open(sh->loop, r->to, O_WRONLY | O_CREAT | how, 0666, &st);

	if (fd == -1)
		return -1;
	r->regular = S_ISREG(st.st_mode);
	sink_init(&r->sink, fd);
	r->sink.put = file_put;
	r->sink.stop = loop_signal_flag();
	r->sink.ctx = sh->loop;
	return 0;
}

int redirect_open(struct shell *sh, struct task *t, struct error *e)
{
	struct redirection *r;

	if (t->line.redirect == REDIRECT_NONE || t->redirect != NULL)
		return 0;
	if ((r = calloc(1, sizeof *r)) == NULL || (r->to = strdup(t->line.redirect_to)) == NULL) {
		free(r);
		return error_memory(e);
	}
	r->kind = t->line.redirect;
	r->wanted = t->format;
	if (r->wanted == NULL && r->kind != REDIRECT_PIPE)
		r->wanted = format_of_file(r->to);
	r->at = t->at;
	sink_init(&r->sink, -1);
	if (r->kind != REDIRECT_PIPE && open_file(sh, r) == -1) {
		error_set(e, STATUS_USAGE, "%s: %s", r->to, strerror(errno));
		redirect_free(sh, r);
		return -1;
	}
	t->redirect = r;
	return 0;
}

static void swap_sinks(struct shell *sh, struct redirection *r)
{
	struct sink other = sh->out;

	sh->out = r->sink;
	r->sink = other;
}

const struct format *redirect_format(const struct redirection *r, const struct format *current)
{
	if (r == NULL || r->kind == REDIRECT_NONE)
		return current;
	return r->wanted != NULL ? r->wanted : current->for_people ? format_default(false) : current;
}

void redirect_begin(struct shell *sh, struct redirection *r)
{
	struct output_settings *s = output_settings(sh->output);

	if (r == NULL || r->kind == REDIRECT_NONE || r->depth++ > 0)
		return;
	shell_flush(sh);
	r->settings = *s;
	r->format = output_format(sh->output);
	s->terminal = s->color = false;
	s->columns = 0;
	output_set_format(sh->output, redirect_format(r, r->format));
	swap_sinks(sh, r);
	sh->redirected = true;
}

static void report_error(struct shell *sh, struct redirection *r, int error)
{
	if (!r->reported)
		shell_complain(sh, r->at, NULL, "%s: %s", r->to, strerror(error));
	r->reported = true;
}

void redirect_end(struct shell *sh, struct redirection *r)
{
	if (r == NULL || r->kind == REDIRECT_NONE || --r->depth > 0)
		return;
	swap_sinks(sh, r);
	sh->redirected = false;
	output_set_format(sh->output, r->format);
	output_settings(sh->output)->terminal = r->settings.terminal;
	output_settings(sh->output)->color = r->settings.color;
	output_settings(sh->output)->columns = r->settings.columns;
	if (r->kind != REDIRECT_PIPE && sink_flush(&r->sink) == -1)
		report_error(sh, r, r->sink.error);
}

void redirect_run(struct shell *sh, struct redirection *r)
{
	int status;

	if (r == NULL || r->kind != REDIRECT_PIPE || sh->prompt == NULL)
		return;
	r->has_run = true;
	shell_flush(sh);
	if (r->sink.error != 0)
		report_error(sh, r, r->sink.error);
	else if (pager_pipe(sh->loop, sh->prompt, r->to, buf_head(&r->sink.buf), r->sink.buf.len, &status) == -1)
		shell_complain(sh, r->at, NULL, "%s: %s", r->to, strerror(errno));
	else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE && WTERMSIG(status) != SIGINT)
		shell_complain(sh, r->at, NULL, "%s: ended by signal %d", r->to, WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		shell_notice(sh, "%s: status %d", r->to, WEXITSTATUS(status));
	sink_clear(&r->sink);
	sink_init(&r->sink, -1);
}

void redirect_close(struct shell *sh, struct task *t)
{
	struct redirection *r = t->redirect;

	if (r == NULL)
		return;
	if (r->sink.buf.len > 0 || (!r->has_run && t->outcome == OUTCOME_OK && t->why_status == STATUS_OK))
		redirect_run(sh, r);
	t->redirect = NULL;
	redirect_free(sh, r);
}

void redirect_leave(struct shell *sh, struct redirection *r)
{
	if (r == NULL || r->kind == REDIRECT_NONE || r->regular)
		return;
	if (r->kind == REDIRECT_PIPE) {
		shell_show_begin(sh);
		sink_put(&sh->out, buf_head(&r->sink.buf), r->sink.buf.len);
		shell_show_end(sh);
		buf_reset(&r->sink.buf);
	}
	r->kind = REDIRECT_NONE;
}

void redirect_free(struct shell *sh, struct redirection *r)
{
	if (r == NULL)
		return;
	if (r->sink.fd != -1) {
		int error = sink_flush(&r->sink) == -1 ? r->sink.error : 0;

		if (file_close(sh->loop, r->sink.fd) == -1 && error == 0)
			error = errno;
		if (error != 0)
			report_error(sh, r, error);
	}
	sink_clear(&r->sink);
	free(r->to);
	free(r);
}
