/*
 * redirect: `> file`, `>> file`, `| command` behind a request at the prompt.
 */
#include "shell/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_file(const struct task *t)
{
	int how = t->line.redirect == REDIRECT_APPEND ? O_APPEND : O_TRUNC;

	return open(t->line.redirect_to, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
}

static int open_command(struct shell *sh, const struct task *t, pid_t *pid)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	shell_flush(sh);
	loop_signals_release(sh->loop);
	*pid = fork();
	if (*pid == 0) {
		dup2(ends[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", t->line.redirect_to, (char *)NULL);
		_exit(127);
	}
	loop_signals_hold(sh->loop);
	close(ends[0]);
	if (*pid == -1) {
		close(ends[1]);
		return -1;
	}
	return ends[1];
}

void redirect_output(struct shell *sh, const struct task *t, void (*show)(struct shell *sh, void *ctx), void *ctx)
{
	const struct format *f = output_format(sh->output);
	struct output_settings *s = output_settings(sh->output), before = *s;
	struct sink sink;
	pid_t pid = -1;
	int status, fd = t->line.redirect == REDIRECT_PIPE ? open_command(sh, t, &pid) : open_file(t);

	if (fd == -1) {
		shell_complain(sh, t->at, NULL, "%s: %s", t->line.redirect_to, strerror(errno));
		return;
	}
	sink_init(&sink, fd);
	s->terminal = s->color = false;
	output_set_sink(sh->output, &sink);
	if (f == &format_table)
		output_set_format(sh->output, &format_tsv);
	show(sh, ctx);
	output_set_format(sh->output, f);
	output_set_sink(sh->output, &sh->out);
	*s = before;
	bool failed = sink_flush(&sink) == -1;
	int error = sink.error;
	if (close(fd) == -1 && !failed) {
		failed = true;
		error = errno;
	}
	if (failed && !(pid != -1 && error == EPIPE))	/* a command that reads no more wants no more */
		shell_complain(sh, t->at, NULL, "%s: %s", t->line.redirect_to, strerror(error));
	sink_clear(&sink);
	if (pid == -1)
		return;
	loop_signals_release(sh->loop);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	loop_signals_hold(sh->loop);
	screen_forget(sh->screen);
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE)
		shell_complain(sh, t->at, NULL, "%s: ended by signal %d", t->line.redirect_to, WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		shell_notice(sh, "%s: status %d", t->line.redirect_to, WEXITSTATUS(status));
}

struct redirected { const struct reply_about *about; const struct reply *reply; };

static void show_reply(struct shell *sh, void *ctx)
{
	const struct redirected *r = ctx;

	output_reply(sh->output, r->about, r->reply);
}

void redirect_reply(struct shell *sh, const struct task *t, const struct reply_about *about, const struct reply *reply)
{
	struct redirected r = {about, reply};

	redirect_output(sh, t, show_reply, &r);
}
