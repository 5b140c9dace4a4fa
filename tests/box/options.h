/* SPDX-License-Identifier: ISC */
/*
 * options: the command line of the simulated box.
 */
#ifndef BOX_OPTIONS_H
#define BOX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum box_auth { BOX_NONE = 1, BOX_LOGIN = 2, BOX_CRAM = 4 };
enum box_tls { BOX_TLS_OFF, BOX_TLS_OFFER, BOX_TLS_DEMAND };

/* The shape of rows in a reply: as the protocol document shows each request, or all alike. */
enum box_rows { ROWS_DOCUMENTED, ROWS_NESTED, ROWS_FLAT };

/* How MACs are spelt: 00:1d:60:36:16:71, 00:1D:60:36:16:71, 00-1D-60-36-16-71, 001d.6036.1671, 001d60361671. */
enum mac_style { MAC_COLON, MAC_UPPER, MAC_DASH, MAC_DOT, MAC_BARE };

/* What a filter of realm_query does: SQL's LIKE, the same without regard to case, only a % at the end counts, every
 * filter is refused, every filter is ignored. */
enum filter_style { FILTER_LIKE, FILTER_ILIKE, FILTER_SUFFIX, FILTER_REFUSED, FILTER_IGNORED };

enum { AUTH_TYPES = 3, DENY_MAX = 8 };

struct options {
	int port;			/* 0: the kernel picks; -1: no TCP */
	bool v6;
	const char *unix_path;
	const char *user, *password;
	int ident;			/* the port to ask; -1: no query */
	enum box_auth auth[AUTH_TYPES];	/* in the order of hello, ended by 0 */
	enum box_tls tls;
	const char *cert, *key, *client_ca, *ciphers, *tls_max;
	unsigned delay_ms, latency_ms, events, max_clients;
	size_t devices;
	uint64_t seed;
	char product;
	enum box_rows rows;
	bool gids_as_numbers, split_flags, fold_base64, once, stdin_guard;
	const char *script, *log, *allow;
	enum mac_style macs;
	enum filter_style filters;
	const char *no_columns;			/* comma-separated; NULL: it has them all */
	const char *deny[DENY_MAX];		/* names of realms whose realm_query is refused; ends with NULL */
};

/* Returns the name in hello: "none", "login", "login_cram_md6". */
const char *box_auth_name(enum box_auth type);

/* Reads a comma-separated list of those names; -1 if there is an unknown one. */
int options_read_auth(enum box_auth auth[static AUTH_TYPES], const char *list);

/* Fills *o from the command line and the environment.  Ends the program after a mistake, and after --help. */
void options_read(struct options *o, int argc, char **argv);

/* True if the name is in a comma-separated list (NULL: empty). */
bool options_list_has(const char *list, const char *name);

#endif
