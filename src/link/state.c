/* SPDX-License-Identifier: ISC */
/*
 * state: the state of the connection that others may read.
 */
#include <string.h>

#include "link/link_parts.h"

enum link_state link_state(const struct shell *sh)
{
	return sh->link->state;
}

bool link_takes(const struct shell *sh, bool early)
{
	const struct link *k = sh->link;

	if (k->session == NULL || k->ending)
		return false;
	switch (session_phase(k->session)) {
	case PHASE_READY:
		return true;
	case PHASE_LOGIN:
		return early;
	default:
		return false;
	}
}

bool link_endpoints(const struct shell *sh, struct address *local, struct address *remote)
{
	return sh->link->channel != NULL && channel_endpoints(sh->link->channel, local, remote);
}

size_t link_unsent(const struct shell *sh)
{
	return sh->link->session != NULL ? session_output(sh->link->session)->len : 0;
}

bool link_feeds(const struct shell *sh)
{
	return sh->link->feeding;
}

uint64_t link_partial(const struct shell *sh)
{
	return sh->link->partial;
}

int64_t link_away(const struct shell *sh)
{
	return sh->link->lost_at != 0 && sh->link->state != LINK_READY ? loop_now() - sh->link->lost_at : 0;
}

const char *link_trouble(const struct shell *sh)
{
	return sh->link->trouble[0] != '\0' ? sh->link->trouble : NULL;
}

bool link_is_clear(const struct shell *sh)
{
	return sh->link->state == LINK_READY && channel_trust(sh->link->channel) == TRUST_CLEAR;
}

void link_info(const struct shell *sh, struct link_info *info)
{
	const struct link *k = sh->link;

	memset(info, 0, sizeof *info);
	info->state = k->state;
	info->connected = k->channel != NULL && k->connected;
	info->method = k->method_name;
	info->since = k->since;
	if (info->connected) {
		channel_info(k->channel, &info->channel);
		info->counters = session_counters(k->session);
		info->trust = channel_trust(k->channel);
	}
}
