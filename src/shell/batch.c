/* SPDX-License-Identifier: ISC */
/*
 * batch: waits for what a script has asked for, and for nothing else; stops for signals and for output that cannot be
 * written.
 */
#include "shell/batch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/link.h"
#include "run/engine.h"
#include "run/events.h"
#include "run/feed.h"
#include "shell/progress.h"

enum { GRACE = 2000 /* ms for answers after a signal or a closed pipe */ };

struct batch {
	struct shell *sh;
	struct loop_timer grace;
	bool ending, over;
};

static void grace_over(void *ctx)
{
	struct batch *b = ctx;

	b->over = true;
}

/* Begins nothing new; waits for open requests, but not long. */
static void wind_up(struct batch *b)
{
	b->ending = true;
	engine_stop(b->sh);
	engine_fail_unsent(b->sh);
	loop_timer_start(b->sh->loop, &b->grace, GRACE, grace_over, b);
}

static void on_signal(void *ctx, int signo)
{
	struct batch *b = ctx;

	b->sh->signal = signo;
	if (b->ending) {
		b->over = true;
		return;
	}
	wind_up(b);
	if (!engine_idle(b->sh))
		shell_notice(b->sh, "%s: waiting up to %d s for replies; interrupt again to leave at once", strsignal(signo), GRACE / 1000);
}

/* The reader of the followed events has closed. */
static void on_reader_gone(void *ctx, int fd, short revents)
{
	struct batch *b = ctx;

	(void)revents;
	loop_unwatch(b->sh->loop, fd);
	b->sh->signal = SIGPIPE;
	wind_up(b);
	b->over = true;
}

/* While events are followed, a reader that has gone would be noticed by the next event only. */
static void watch_reader(struct batch *b)
{
	struct stat st;

	if (b->sh->options->follow && fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		(void)loop_watch(b->sh->loop, STDOUT_FILENO, POLLERR, on_reader_gone, b);	/* without memory: by the next event */
}

static void output_failed(struct batch *b)
{
	struct shell *sh = b->sh;

	if (sh->out.error == EPIPE) {
		sh->signal = SIGPIPE;
	} else if (sh->out.error != EINTR) {	/* EINTR: the signal is reported next */
		shell_failed(sh, STATUS_OUTPUT);
		shell_complain(sh, (struct place){0}, NULL, "cannot write standard output: %s", strerror(sh->out.error));
	}
	wind_up(b);
}

static bool is_ignored(int signo)
{
	struct sigaction now;

	return sigaction(signo, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static bool finished(const struct batch *b)
{
	struct shell *sh = b->sh;

	if (b->over || sh->quit)
		return true;
	if (!engine_idle(sh))
		return false;
	if (b->ending || engine_stopped(sh))
		return true;
	if (!feed_ended(sh) || link_state(sh) == LINK_CONNECTING)	/* .connect at the end gets its try */
		return false;
	return !sh->options->follow || sh->options->dry_run || link_state(sh) == LINK_FAILED;
}

/* True if nothing can come any more that would have to log in again. */
static bool logged_in_for_good(const struct shell *sh)
{
	return link_state(sh) == LINK_READY && feed_ended(sh) && engine_queue_empty(sh) && !sh->options->reconnect;
}

void batch_run(struct shell *sh)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, 0};
	struct batch b = {.sh = sh};

	for (const int *s = signals; *s != 0; s++)
		if (!is_ignored(*s))	/* nohup */
			loop_signal(sh->loop, *s, on_signal, &b);
	for (size_t i = 0; i < sh->options->event_count; i++)
		events_subscribe(sh, sh->options->events[i], true);
	watch_reader(&b);
	engine_pump(sh);
	if (sh->options->follow && !engine_stopped(sh))
		link_want(sh);
	for (;;) {
		if (sink_flush(&sh->out) == -1 && !b.ending)
			output_failed(&b);
		if (finished(&b) && !*loop_signal_flag())	/* first takes the signal that came while a line was read */
			break;
		if (logged_in_for_good(sh))
			password_discard(sh->password);
		loop_step(sh->loop, progress_batch(sh));
	}
	loop_timer_stop(sh->loop, &b.grace);
	loop_unwatch(sh->loop, STDOUT_FILENO);
	shell_progress_clear(sh);
	link_close(sh);		/* names requests without an answer */
	engine_pump(sh);
	if (engine_dropped(sh) > 0 && sh->signal != SIGPIPE)
		shell_complain(sh, (struct place){0}, NULL, "%lu line%s not run", engine_dropped(sh),
		    engine_dropped(sh) == 1 ? " was" : "s were");
	for (const int *s = signals; *s != 0; s++)
		loop_signal(sh->loop, *s, NULL, NULL);
}
