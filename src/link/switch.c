/* SPDX-License-Identifier: ISC */
/*
 * switch: another box's connection in the place of this one, which rests until that one is made.
 *
 * A resting connection reads nothing and has no timers: its box's messages wait in the kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "link/link_parts.h"

void link_switch(struct shell *sh)
{
	link_close(sh);
	sh->link->tries = 0;
	sh->link->least = AUTH_END;
	sh->link->no_early = false;
	link_want(sh);
}

static void free_options(struct options *o)
{
	if (o == NULL)
		return;
	options_clear(o);
	free(o);
}

static void switch_forget(struct link *k, struct shell *sh)
{
	link_drop(k->resting, sh);
	free(k->resting);
	free_options(k->before);
	k->resting = NULL;
	k->before = NULL;
}

/* That one is made: what rested is closed. */
static void made(struct shell *sh)
{
	struct link *k = sh->link;

	if (k->resting->session != NULL)
		session_end(k->resting->session);	/* its open requests have their outcome */
	switch_forget(k, sh);
	k->switched(sh, k->switched_ctx, NULL);
}

/* The connection that rested is the one again. */
static void resume(struct shell *sh)
{
	struct link *k = sh->link, *old = k->resting;

	if (k->session != NULL)
		session_end(k->session);
	link_drop(k, sh);
	loop_timer_stop(sh->loop, &k->retry);
	old->seen = k->seen;
	if (k->before != NULL)
		options_restore(sh->options, k->before);
	free(k->before);
	free(k);
	sh->link = old;
	if (old->state == LINK_READY) {
		old->heard = loop_now();
		old->pinged = false;
		channel_hold(old->channel, false);
		if (session_open(old->session) > 0)
			link_watch_silence(sh);
	} else {
		link_want(sh);
	}
	old->ops->changed(sh);
}

static void failed(struct shell *sh, const struct error *why)
{
	void (*done)(struct shell *, void *, const struct error *) = sh->link->switched;
	void *ctx = sh->link->switched_ctx;
	struct error copy = *why;	/* it may be the link's */

	resume(sh);
	done(sh, ctx, &copy);
}

int link_switch_safely(struct shell *sh, struct options *before, void (*done)(struct shell *sh, void *ctx, const struct error *why),
    void *ctx, struct error *e)
{
	struct link *old = sh->link, *k = link_create(sh, old->ops);

	if (k == NULL) {
		if (before != NULL)
			options_restore(sh->options, before);
		free(before);
		return error_memory(e);
	}
	if (old->state == LINK_READY && !old->ending) {
		loop_timer_stop(sh->loop, &old->silence);
		channel_hold(old->channel, true);
	} else {
		link_close(sh);
	}
	k->seen = old->seen;
	memset(&old->seen, 0, sizeof old->seen);
	k->resting = old;
	k->before = before;
	k->made = made;
	k->failed = failed;
	k->forget = switch_forget;
	k->switched = done;
	k->switched_ctx = ctx;
	sh->link = k;
	link_want(sh);
	return 0;
}

void link_switch_cancel(struct shell *sh)
{
	if (sh->link->resting != NULL)
		resume(sh);
}
