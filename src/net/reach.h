/* SPDX-License-Identifier: ISC */
/*
 * reach: the options for reaching a box.
 *
 * Part of struct options, and passed on unchanged by all that connect: an option of this kind is its row, its member
 * here, and the place where it is used.
 */
#ifndef PTSH_NET_REACH_H
#define PTSH_NET_REACH_H

#include <stdbool.h>
#include <sys/types.h>

struct reach {
	const char *bind;		/* local address, or NULL */
	const char *proxy_command;	/* used instead of a socket; %h %p are replaced; or NULL */
	uid_t peer_uid;			/* also accepted as a Unix socket's peer... */
	bool has_peer_uid;		/* ...if this is set */
	double connect_timeout;		/* s for all of it; 0: none */
	double keepalive;		/* s of silence before a ping, also TCP's; 0: never */
};

#endif
