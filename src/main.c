/* SPDX-License-Identifier: ISC */
/*
 * main: from argv to an exit status; the only file that exits.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/safe.h"
#include "commands/find.h"
#include "commands/on.h"
#include "commands/table.h"
#include "format/formats.h"
#include "link/identity.h"
#include "link/link.h"
#include "link/trace.h"
#include "options/options.h"
#include "run/aliases.h"
#include "run/connection.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/feed.h"
#include "run/names.h"
#include "run/steps.h"
#include "shell/batch.h"
#include "shell/interactive.h"
#include "shell/version.h"
#include "term/files.h"
#include "term/password.h"
#include "term/shell.h"
#include "undo/change.h"
#include "undo/kept.h"

/* From the linker: where the program ends in memory. */
extern const char end[];

/* Maps the program at once instead of in a dozen page faults: each costs 20 to 60 us on a virtual machine, and a one-shot takes
 * 9 ms there.  Linux before 5.14 declines. */
static void map_program(void)
{
#ifdef MADV_POPULATE_READ
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = getauxval(AT_PHDR) / page * page;	/* its headers come first */

	(void)madvise((void *)from, (uintptr_t)end - from, MADV_POPULATE_READ);
#endif
}

/* Descriptors 0 to 2 must be in use: the next socket would become standard error.  One that was closed is opened the wrong way
 * round, so that reading from it, or writing to it, is an error as before. */
static int hold_standard_descriptors(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (fcntl(i, F_GETFD) == -1 && open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY) != i)
			return -1;
	return 0;
}

/* These have their default meaning, whatever the parent process has set. */
static void reset_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGTSTP, SIGCONT, SIGWINCH, SIGALRM, 0};
	sigset_t none;

	for (const int *s = signals; *s != 0; s++)
		if (*s != SIGHUP || signal(SIGHUP, SIG_IGN) != SIG_IGN)	/* nohup(1) is respected */
			signal(*s, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int complain(const struct error *e)
{
	struct buf safe = {0};

	safe_put_message(&safe, e->text, strlen(e->text));
	fprintf(stderr, "ptsh: %s\n", buf_string(&safe) != NULL ? buf_string(&safe) : "out of memory");
	buf_clear(&safe);
	return (int)e->status;
}

static int add_inputs(struct shell *sh, struct error *e)
{
	const struct options *o = sh->options;

	for (size_t i = 0; i < o->input_count; i++) {
		const struct input *in = &o->inputs[i];
		if ((in->is_file ? feed_add_file(sh, in->text, false, e) :
			feed_add_text(sh, in->text, strlen(in->text), NULL, false, e)) == -1)
			return -1;
	}
	if (o->input_count == 0 && !sh->interactive && !(o->follow && isatty(STDIN_FILENO)))
		return feed_add_stdin(sh, e);
	return 0;
}

static bool coloured(const struct options *o, bool terminal)
{
	const char *term = getenv("TERM"), *force = getenv("CLICOLOR_FORCE");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	if (force != NULL && *force != '\0' && strcmp(force, "0") != 0)
		return true;
	return terminal && term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

static int choose_output(struct shell *sh, struct error *e)
{
	struct options *o = sh->options;
	const struct format *f = o->format;
	struct output_settings s = {.header = o->header, .terminal = sh->out.terminal, .utc = o->utc};

	s.color = coloured(o, sh->out.terminal);
	sh->colour_messages = coloured(o, isatty(STDERR_FILENO));
	if (f == NULL)
		f = format_default(sh->out.terminal);
	if (format_permits(f, sh->out.terminal, e) == -1)
		return -1;
	sh->output = output_create(&sh->out, f, &s);
	return sh->output != NULL ? 0 : error_memory(e);
}

/* Around a write that may wait for a slow reader: ^C ends it, and the time does not count as the box's. */
static void output_blocks(void *ctx, bool begins)
{
	struct shell *sh = ctx;

	if (sh->loop == NULL)
		return;
	loop_signals_let_in(sh->loop, begins);
	if (begins) {
		sh->blocked_since = loop_now();
	} else if (loop_now() > sh->blocked_since) {
		loop_discount_blocked_ms(sh->loop, loop_now() - sh->blocked_since);
		link_discount_blocked_ms(sh, loop_now() - sh->blocked_since);
	}
}

static int set_up(struct shell *sh, struct error *e)
{
	const struct options *o = sh->options;

	sh->interactive = o->input_count == 0 && !o->follow && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !o->dry_run;
	sink_init(&sh->err, STDERR_FILENO);
	sink_init(&sh->out, sh->interactive ? -1 : STDOUT_FILENO);	/* at a prompt term/screen does the writing */
	sh->out.terminal = isatty(STDOUT_FILENO);
	sh->out.stop = loop_signal_flag();	/* ^C ends it, even if its output is not read */
	sh->out.blocks = output_blocks;
	sh->out.ctx = sh;
	sh->may_ask = !o->no_prompt && isatty(STDERR_FILENO) && isatty(STDIN_FILENO);
	sh->timeout = o->timeout;
	sh->undo = true;
	if ((sh->loop = loop_create()) == NULL || (sh->feed = feed_create(sh)) == NULL ||
	    (sh->engine = engine_create(&steps_ops)) == NULL || (sh->link = link_create(sh, &connection_ops)) == NULL ||
	    (sh->events = events_create(sh)) == NULL || (sh->names = names_create(sh)) == NULL)
		return error_memory(e);
	password_use_loop(sh->loop);
	if (choose_output(sh, e) == -1)
		return -1;
	return o->trace != NULL ? trace_open(sh, o->trace, e) : 0;
}

static void tear_down(struct shell *sh)
{
	if (sh->engine != NULL)
		engine_free(sh);
	if (sh->link != NULL)
		link_free(sh);
	identity_free(sh);
	on_free(sh);
	aliases_free(sh);
	find_free(sh);
	if (sh->events != NULL)
		events_free(sh);
	names_free(sh);
	kept_free(sh->kept);
	feed_free(sh);
	trace_close(sh);
	output_free(sh->output);
	if (sh->screen != NULL)
		screen_free(sh->screen);
	if (sh->history != NULL)
		history_free(sh->history);
	sink_clear(&sh->out);
	sink_clear(&sh->err);
	password_use_loop(NULL);
	if (sh->loop != NULL)
		loop_free(sh->loop);
}

/* Writes what is buffered, and notices failures that only closing shows.  -1 with *e; a reader that has closed is the
 * signal SIGPIPE. */
static int finish_output(struct sink *out, int *signo, struct error *e)
{
	int error = sink_flush(out) == -1 ? out->error : close(STDOUT_FILENO) == -1 ? errno : 0;

	if (error == EPIPE)
		*signo = SIGPIPE;
	if (error == 0 || error == EPIPE || (error == EINTR && *signo != 0))	/* ended by a signal while nothing was read */
		return 0;
	return error_set(e, STATUS_OUTPUT, "cannot write standard output: %s", strerror(error));
}

/* Ends as the signal would have ended us, had there been nothing to clean up: a shell's loop ends with us. */
static void die_of(int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	signal(signo, SIG_DFL);
	raise(signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int run(struct options *o, struct password *password, int *signo)
{
	struct shell sh = {.options = o, .commands = commands, .change = &change_ops, .password = password};
	struct error e;

	e.text[0] = '\0';
	if (set_up(&sh, &e) == -1 || add_inputs(&sh, &e) == -1 || (sh.interactive && interactive_run(&sh, &e) == -1)) {
		if (e.text[0] != '\0')
			complain(&e);
		sh.status = e.status;
	} else if (!sh.interactive) {
		batch_run(&sh);
	}
	shell_flush(&sh);
	if (finish_output(&sh.out, &sh.signal, &e) == -1 && sh.status == STATUS_OK)
		sh.status = (enum status)complain(&e);
	*signo = sh.signal;
	tear_down(&sh);
	return (int)sh.status;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct password *password;
	struct error e;
	int status = STATUS_OK, signo = 0;

	map_program();
	if (hold_standard_descriptors() == -1) {
		fprintf(stderr, "ptsh: /dev/null: %s\n", strerror(errno));
		return STATUS_USAGE;
	}
	reset_signals();
	if ((password = password_create()) == NULL) {
		error_memory(&e);
		return complain(&e);
	}
	if (options_read(&o, argc, argv, &e) == -1) {
		status = complain(&e);
	} else if (o.action == ACTION_RUN) {
		status = run(&o, password, &signo);
	} else {
		struct sink out;
		sink_init(&out, STDOUT_FILENO);
		if (o.action == ACTION_HELP)
			options_help(&out);
		else if (o.action == ACTION_VERSION)
			version_print(&out);
		else
			options_complete(&o, &(struct complete_context){
			    .commands = commands_each, .command_word = commands_word, .command_usage = commands_usage, .files = files_each,
			    .command_places = commands_places,
			    .ctx = &(struct shell){.commands = commands}}, &out);
		if (finish_output(&out, &signo, &e) == -1)
			status = complain(&e);
		sink_clear(&out);
	}
	options_clear(&o);
	password_free(password);
	if (signo != 0) {
		die_of(signo);
		status = 128 + signo;
	}
	return status;
}
