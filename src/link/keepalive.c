/* SPDX-License-Identifier: ISC */
/*
 * keepalive: a link that is silent while requests are open is asked whether it lives.
 */
#include <stdio.h>

#include "link/link_parts.h"
#include "proto/catalog.h"

enum { PATIENCE = 30 };	/* s without a byte after our ping */

static void look_for_silence(void *ctx);

static void watch_silence(struct shell *sh, int64_t ms)
{
	loop_timer_start(sh->loop, &sh->link->silence, ms, look_for_silence, sh);
}

static void look_for_silence(void *ctx)
{
	struct shell *sh = ctx;
	struct link *k = sh->link;
	int64_t limit = (int64_t)(sh->options->keepalive * 1000), quiet = loop_now() - k->heard;
	char ping[32];
	int64_t patience = limit / 2 < PATIENCE * 1000 ? limit / 2 : PATIENCE * 1000;

	if (k->state != LINK_READY || session_open(k->session) == 0) {
		k->pinged = false;
		return;			/* the next request starts it again */
	}
	if (quiet < limit) {
		k->pinged = false;
		watch_silence(sh, limit - quiet);
	} else if (!k->pinged) {
		k->pinged = true;
		link_request(sh, ping, (size_t)snprintf(ping, sizeof ping, "[\"%s\"]", catalog_role(ROLE_PING)->name), NULL);
		link_flush(sh);
		watch_silence(sh, patience);
	} else if (quiet < limit + patience) {
		watch_silence(sh, limit + patience - quiet);
	} else {
		struct error e;
		error_set(&e, STATUS_LOST, "%s: no data for %lld s, not even an answer to ping: connection lost",
		    sh->options->box_text, (long long)(quiet / 1000));
		link_fail(sh, &e);
	}
}

void link_stood_still(struct shell *sh, int64_t ms)
{
	if (sh->link != NULL)
		sh->link->heard += ms;
}

void link_watch_silence(struct shell *sh)
{
	struct link *k = sh->link;

	if (k->silence.set || sh->options->keepalive <= 0)
		return;
	if (session_open(k->session) <= 1)
		k->heard = loop_now();
	watch_silence(sh, (int64_t)(sh->options->keepalive * 1000));
}
