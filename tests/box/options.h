/* SPDX-License-Identifier: ISC */
/*
 * options: what the simulated box is told to be.
 */
#ifndef BOX_OPTIONS_H
#define BOX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum box_auth { BOX_NONE = 1, BOX_LOGIN = 2, BOX_CRAM = 4 };
enum box_tls { BOX_TLS_OFF, BOX_TLS_OFFER, BOX_TLS_DEMAND };

/* How rows are put into a reply: each request as the protocol document shows it, or all one way. */
enum box_rows { ROWS_DOCUMENTED, ROWS_NESTED, ROWS_FLAT };

enum { AUTH_TYPES = 3 };

struct options {
	int port;			/* 0: the kernel picks; -1: no TCP */
	bool v6;
	const char *unix_path;
	const char *user, *password;
	int ident;			/* the port to ask at; -1: nobody is asked */
	enum box_auth auth[AUTH_TYPES];	/* in the order of hello, ended by 0 */
	enum box_tls tls;
	const char *cert, *key, *client_ca, *ciphers, *tls_max;
	unsigned delay_ms, latency_ms, events, max_clients;
	size_t devices;
	uint64_t seed;
	char product;
	enum box_rows rows;
	bool gids_as_numbers, split_flags, once, stdin_guard;
	const char *script, *log, *allow;
};

/* The name in hello: "none", "login", "login_cram_md6". */
const char *box_auth_name(enum box_auth type);

/* Reads a comma-separated list of those names; -1 if there is an unknown one. */
int options_read_auth(enum box_auth auth[static AUTH_TYPES], const char *list);

/* Fills *o from the command line and the environment.  Ends the program on a mistake, --help too. */
void options_read(struct options *o, int argc, char **argv);

#endif
