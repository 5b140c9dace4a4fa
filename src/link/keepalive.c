/* SPDX-License-Identifier: ISC */
/*
 * keepalive: how long a box may be silent while requests are open.  Knows no clock and sends nothing.
 */
#include "link/link_parts.h"

enum { PATIENCE = 30000 };	/* ms without a byte after our ping, at most */

struct keepalive keepalive_next(int64_t limit, int64_t quiet, size_t open, bool pinged)
{
	int64_t patience = limit / 2 < PATIENCE ? limit / 2 : PATIENCE;

	if (limit <= 0 || open == 0)
		return (struct keepalive){KEEPALIVE_REST, 0};	/* the next request starts it again */
	if (quiet < limit)
		return (struct keepalive){KEEPALIVE_WAIT, limit - quiet};
	if (!pinged)
		return (struct keepalive){KEEPALIVE_PING, patience};
	if (quiet < limit + patience)
		return (struct keepalive){KEEPALIVE_WAIT, limit + patience - quiet};
	return (struct keepalive){KEEPALIVE_DEAD, 0};
}
