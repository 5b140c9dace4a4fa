/* SPDX-License-Identifier: ISC */
/*
 * redirect: `> file`, `>> file`, `| command` behind a request at the prompt.
 */
#include "run/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/formats.h"
#include "net/file.h"
#include "term/pager.h"

/* What `out` would have got on a terminal that is none. */
static void render(struct shell *sh, struct sink *out, void (*show)(struct shell *sh, void *ctx), void *ctx)
{
	const struct format *f = output_format(sh->output);
	struct output_settings *s = output_settings(sh->output), before = *s;

	s->terminal = s->color = false;
	s->columns = 0;
	output_set_sink(sh->output, out);
	if (f->for_people)
		output_set_format(sh->output, format_default(false));
	show(sh, ctx);
	output_set_format(sh->output, f);
	output_set_sink(sh->output, &sh->out);
	*s = before;
}

static void to_file(struct shell *sh, const struct task *t, void (*show)(struct shell *sh, void *ctx), void *ctx)
{
	int how = t->line.redirect == REDIRECT_APPEND ? O_APPEND : O_TRUNC;
	struct stat st;
	int fd = file_open(sh->loop, t->line.redirect_to, O_WRONLY | O_CREAT | how, 0666, &st), error;
	struct sink sink;

	if (fd == -1) {
		shell_complain(sh, t->at, NULL, "%s: %s", t->line.redirect_to, strerror(errno));
		return;
	}
	sink_init(&sink, fd);
	sink.put = file_put;
	sink.stop = loop_signal_flag();
	sink.ctx = sh->loop;
	render(sh, &sink, show, ctx);
	error = sink_flush(&sink) == -1 ? sink.error : 0;
	if (file_close(sh->loop, fd) == -1 && error == 0)
		error = errno;
	if (error != 0)
		shell_complain(sh, t->at, NULL, "%s: %s", t->line.redirect_to, strerror(error));
	sink_clear(&sink);
}

static void to_command(struct shell *sh, const struct task *t, void (*show)(struct shell *sh, void *ctx), void *ctx)
{
	const char *command = t->line.redirect_to;
	struct sink sink;
	int status;

	sink_init(&sink, -1);
	render(sh, &sink, show, ctx);
	shell_flush(sh);
	if (pager_pipe(sh->loop, sh->prompt, command, buf_head(&sink.buf), sink.buf.len, &status) == -1)
		shell_complain(sh, t->at, NULL, "%s: %s", command, strerror(errno));
	else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE && WTERMSIG(status) != SIGINT)
		shell_complain(sh, t->at, NULL, "%s: ended by signal %d", command, WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		shell_notice(sh, "%s: status %d", command, WEXITSTATUS(status));
	sink_clear(&sink);
}

void redirect_output(struct shell *sh, const struct task *t, void (*show)(struct shell *sh, void *ctx), void *ctx)
{
	if (t->line.redirect == REDIRECT_PIPE)
		to_command(sh, t, show, ctx);
	else
		to_file(sh, t, show, ctx);
}
