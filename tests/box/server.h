/* SPDX-License-Identifier: ISC */
/*
 * server: listens, and moves the bytes of all clients in one loop.
 */
#ifndef BOX_SERVER_H
#define BOX_SERVER_H

#include <stdbool.h>

#include "options.h"

enum { LISTENERS = 3 };

/* Opens the listening sockets of the options; fds[n], and whether each is the Unix socket.  Returns how many. */
unsigned server_listen(
    const struct options *o, int fds[static LISTENERS], bool local[static LISTENERS], int *port);

/* Prints their addresses on standard output. */
void server_announce(const struct options *o, int port);

/* Plays the box until a signal ends it.  Returns an exit status. */
int server_run(const struct options *o);

#endif
