/* SPDX-License-Identifier: ISC */
/*
 * options: the command line of the simulated box.  Knows nothing of what the options do.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "script.h"

static const char usage[] =
    "usage: ptsh-box [option...]\n"
    "A simulated Porttracker: all 50 requests of the protocol from a small model that lives as long as it runs.\n"
    "Prints \"port N\" (and \"unix PATH\") on one line when it is ready; SIGTERM ends it.\n"
    "\n"
    "Where it listens\n"
    "  --port N           TCP port on 127.0.0.1; 0 (default): the kernel picks one\n"
    "  --v6               the same port on ::1, too\n"
    "  --unix PATH        Unix socket; without --port there is no TCP then\n"
    "  --allow CIDR       closes TCP connections from elsewhere at once\n"
    "  --max-clients N    further ones get an error notification and are closed\n"
    "  --once             ends after the last client has left\n"
    "  --stdin-guard      ends when standard input ends (the test that started it is gone)\n"
    "Logging in\n"
    "  --user NAME        default admin\n"
    "  --password TEXT    default $BOX_PASSWORD, else secret\n"
    "  --auth LIST        of none,login,login_cram_md6, in the order of hello (default login_cram_md6,login);\n"
    "                     none is always offered on the Unix socket\n"
    "  --ident PORT       asks there on the client's machine whose the connection is (RFC 1413) before it says\n"
    "                     hello, and waits up to 2 s; where it is --user's, none is offered\n"
    "TLS\n"
    "  --tls MODE         off (default): start_tls is refused; offer; demand: started unasked after hello\n"
    "  --cert, --key FILE PEM; default: a fresh self-signed EC certificate for localhost and 127.0.0.1\n"
    "  --client-ca FILE   asks for a client certificate; one that verifies needs no login\n"
    "  --tls-max VERSION  1.0 ... 1.3\n"
    "  --ciphers LIST     OpenSSL's words for TLS up to 1.2 (default DEFAULT:@SECLEVEL=0)\n"
    "What it is\n"
    "  --devices N        end devices in the realm \"Head Office\", up to a million (default 300); others have a part\n"
    "  --seed N           the same devices for the same number (default 1)\n"
    "  --product n|i      Porttracker (default) or PortIQ\n"
    "  --delay MS         what a discovery, poll, sync or backup takes (default 300)\n"
    "  --latency MS       holds back everything it sends for so long\n"
    "  --events RATE      additional realm_poll_stop events a second to subscribers\n"
    "  --gids-as-numbers  gids are JSON numbers in replies and events\n"
    "  --rows SHAPE       nested: one value, the list of rows; flat: every row a value.  Default: as the protocol\n"
    "                     document shows it, which is flat for realm_info only\n"
    "  --fold-base64      writes base64 as encode_base64() of Perl does: folded, and a line feed at its end\n"
    "  --split-flags      poller_subnet_list has rows of 5 (flags 1 and 2 apart), as in the document's example\n"
    "  --mac-style STYLE  upper, dash, dot or bare instead of 00:1d:60:36:16:71\n"
    "  --filter-style S   how realm_query filters: like (default: % any text, _ any character), ilike (case does\n"
    "                     not matter), suffix (a % at the end only), refused, ignored\n"
    "  --no-column A,B    realm_query does not know these columns\n"
    "  --deny REALM       refuses realm_query in the realm of that name; may be repeated\n"
    "  In every realm of 15 devices or more device 7 has two addresses, 13 the second of them alone, 9 an IPv6 address\n"
    "  in upper case, 14 is on an uplink, too, and 11 is gone: only history has it.  On its first switch port 14 is\n"
    "  described as \"desk 7\", port 15 as \"desk_7\".\n"
    "  A licence is valid if it looks like ABCD-0123-WXYZ-4567.\n"
    "For tests\n"
    "  --log FILE         a line for each thing that happens, four columns with tabs between: number of the\n"
    "                     connection (from 1; 0: not let in), channel (clear, tls, unix), what, text.  What: open\n"
    "                     and refused (from where); recv (one array as it came, control bytes as \\xNN); tls\n"
    "                     (version, cipher, client); login (method, user); odd (bytes where none may be); rest\n"
    "                     (bytes of an unfinished array at the end); syslog (priority, message of a log request);\n"
    "                     ident (the answer, or nothing); close (eof, reset, box).  Written before what it\n"
    "                     answers, so whoever has the reply finds it there.\n"
    "  -s, --script FILE  plays a script instead; 9: the client did not do as expected\n"
    "  -h, --help\n"
    "\n";

enum {
	OPT_PORT = 256, OPT_V6, OPT_UNIX, OPT_USER, OPT_PASSWORD, OPT_AUTH, OPT_TLS, OPT_CERT, OPT_KEY,
	OPT_CLIENT_CA, OPT_CIPHERS, OPT_TLS_MAX, OPT_DELAY, OPT_DEVICES, OPT_SEED, OPT_PRODUCT, OPT_ONCE,
	OPT_EVENTS, OPT_LOG,
	OPT_GIDS, OPT_ROWS, OPT_SPLIT, OPT_FOLD, OPT_ALLOW, OPT_MAX_CLIENTS, OPT_LATENCY, OPT_GUARD, OPT_IDENT,
	OPT_MACS, OPT_FILTERS, OPT_NO_COLUMN, OPT_DENY
};

static const struct option long_options[] = {
	{"port", required_argument, NULL, OPT_PORT},
	{"v6", no_argument, NULL, OPT_V6},
	{"unix", required_argument, NULL, OPT_UNIX},
	{"user", required_argument, NULL, OPT_USER},
	{"password", required_argument, NULL, OPT_PASSWORD},
	{"auth", required_argument, NULL, OPT_AUTH},
	{"ident", required_argument, NULL, OPT_IDENT},
	{"tls", required_argument, NULL, OPT_TLS},
	{"cert", required_argument, NULL, OPT_CERT},
	{"key", required_argument, NULL, OPT_KEY},
	{"client-ca", required_argument, NULL, OPT_CLIENT_CA},
	{"ciphers", required_argument, NULL, OPT_CIPHERS},
	{"tls-max", required_argument, NULL, OPT_TLS_MAX},
	{"delay", required_argument, NULL, OPT_DELAY},
	{"devices", required_argument, NULL, OPT_DEVICES},
	{"seed", required_argument, NULL, OPT_SEED},
	{"product", required_argument, NULL, OPT_PRODUCT},
	{"once", no_argument, NULL, OPT_ONCE},
	{"events", required_argument, NULL, OPT_EVENTS},
	{"log", required_argument, NULL, OPT_LOG},
	{"gids-as-numbers", no_argument, NULL, OPT_GIDS},
	{"rows", required_argument, NULL, OPT_ROWS},
	{"fold-base64", no_argument, NULL, OPT_FOLD},
	{"split-flags", no_argument, NULL, OPT_SPLIT},
	{"allow", required_argument, NULL, OPT_ALLOW},
	{"max-clients", required_argument, NULL, OPT_MAX_CLIENTS},
	{"latency", required_argument, NULL, OPT_LATENCY},
	{"stdin-guard", no_argument, NULL, OPT_GUARD},
	{"mac-style", required_argument, NULL, OPT_MACS},
	{"filter-style", required_argument, NULL, OPT_FILTERS},
	{"no-column", required_argument, NULL, OPT_NO_COLUMN},
	{"deny", required_argument, NULL, OPT_DENY},
	{"script", required_argument, NULL, 's'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static const char *const auth_names[] = {"none", "login", "login_cram_md6"};
static const char *const tls_names[] = {"off", "offer", "demand", NULL};
static const char *const rows_names[] = {"documented", "nested", "flat", NULL};
static const char *const mac_names[] = {"colon", "upper", "dash", "dot", "bare", NULL};
static const char *const filter_names[] = {"like", "ilike", "suffix", "refused", "ignored", NULL};

const char *box_auth_name(enum box_auth type)
{
	switch (type) {
	case BOX_NONE:
		return auth_names[0];
	case BOX_LOGIN:
		return auth_names[1];
	case BOX_CRAM:
		return auth_names[2];
	}
	return "";
}

int options_read_auth(enum box_auth auth[static AUTH_TYPES], const char *list)
{
	size_t n = 0;

	memset(auth, 0, AUTH_TYPES * sizeof *auth);
	while (*list) {
		size_t len = strcspn(list, ","), i;

		for (i = 0; i < AUTH_TYPES; i++)
			if (strlen(auth_names[i]) == len && memcmp(auth_names[i], list, len) == 0)
				break;
		if (i == AUTH_TYPES || n == AUTH_TYPES)
			return -1;
		auth[n++] = (enum box_auth)(1 << i);
		list += len + (list[len] == ',');
	}
	return 0;
}

static unsigned long long number(const char *name, const char *text, unsigned long long max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value > max)
		die("--%s: '%s' is not a number up to %llu", name, text, max);
	return value;
}

/* Returns the index of a name in a list that ends with NULL. */
static int choice(const char *name, const char *text, const char *const names[])
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	fprintf(stderr, "box: --%s: '%s' is none of", name, text);
	for (int i = 0; names[i]; i++)
		fprintf(stderr, " %s", names[i]);
	fputc('\n', stderr);
	exit(2);
}

bool options_list_has(const char *list, const char *name)
{
	while (list && *list) {
		size_t len = strcspn(list, ",");

		if (strlen(name) == len && memcmp(list, name, len) == 0)
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

static void deny(struct options *o, const char *realm)
{
	size_t n = 0;

	while (o->deny[n])
		n++;
	if (n + 1 == DENY_MAX)
		die("--deny: more than %d realms", DENY_MAX - 1);
	o->deny[n] = realm;
}

static void defaults(struct options *o)
{
	const char *password = getenv("BOX_PASSWORD");

	*o = (struct options){
		.port = -1,
		.ident = -1,
		.user = "admin",
		.password = password ? password : "secret",
		.auth = {BOX_CRAM, BOX_LOGIN},
		.ciphers = "DEFAULT:@SECLEVEL=0",
		.delay_ms = 300,
		.devices = 300,
		.seed = 1,
		.product = 'n',
	};
}

static void set(struct options *o, int opt, char *value)
{
	switch (opt) {
	case OPT_PORT:
		o->port = (int)number("port", value, 65535);
		break;
	case OPT_V6:
		o->v6 = true;
		break;
	case OPT_UNIX:
		o->unix_path = value;
		break;
	case OPT_USER:
		o->user = value;
		break;
	case OPT_PASSWORD:
		o->password = value;
		break;
	case OPT_AUTH:
		if (options_read_auth(o->auth, value) != 0)
			die("--auth: '%s' is no list of none, login, login_cram_md6", value);
		break;
	case OPT_IDENT:
		o->ident = (int)number("ident", value, 65535);
		break;
	case OPT_TLS:
		o->tls = (enum box_tls)choice("tls", value, tls_names);
		break;
	case OPT_CERT:
		o->cert = value;
		break;
	case OPT_KEY:
		o->key = value;
		break;
	case OPT_CLIENT_CA:
		o->client_ca = value;
		break;
	case OPT_CIPHERS:
		o->ciphers = value;
		break;
	case OPT_TLS_MAX:
		o->tls_max = value;
		break;
	case OPT_DELAY:
		o->delay_ms = (unsigned)number("delay", value, 3600000);
		break;
	case OPT_DEVICES:
		o->devices = (size_t)number("devices", value, 1000000);
		break;
	case OPT_SEED:
		o->seed = number("seed", value, UINT64_MAX);
		break;
	case OPT_PRODUCT:
		if (strcmp(value, "n") != 0 && strcmp(value, "i") != 0)
			die("--product: '%s' is neither n nor i", value);
		o->product = *value;
		break;
	case OPT_ONCE:
		o->once = true;
		break;
	case OPT_EVENTS:
		o->events = (unsigned)number("events", value, 10000000);
		break;
	case OPT_LOG:
		o->log = value;
		break;
	case OPT_GIDS:
		o->gids_as_numbers = true;
		break;
	case OPT_ROWS:
		o->rows = (enum box_rows)choice("rows", value, rows_names);
		break;
	case OPT_SPLIT:
		o->split_flags = true;
		break;
	case OPT_FOLD:
		o->fold_base64 = true;
		break;
	case OPT_ALLOW:
		o->allow = value;
		break;
	case OPT_MAX_CLIENTS:
		o->max_clients = (unsigned)number("max-clients", value, 1000000);
		break;
	case OPT_LATENCY:
		o->latency_ms = (unsigned)number("latency", value, 3600000);
		break;
	case OPT_GUARD:
		o->stdin_guard = true;
		break;
	case OPT_MACS:
		o->macs = (enum mac_style)choice("mac-style", value, mac_names);
		break;
	case OPT_FILTERS:
		o->filters = (enum filter_style)choice("filter-style", value, filter_names);
		break;
	case OPT_NO_COLUMN:
		o->no_columns = value;
		break;
	case OPT_DENY:
		deny(o, value);
		break;
	case 's':
		o->script = value;
		break;
	case 'h':
		fputs(usage, stdout);
		script_print_help(stdout);
		exit(fflush(stdout) == 0 ? 0 : 2);
	default:
		exit(2);
	}
}

void options_read(struct options *o, int argc, char **argv)
{
	int opt;

	defaults(o);
	while ((opt = getopt_long(argc, argv, "hs:", long_options, NULL)) != -1)
		set(o, opt, optarg);
	if (optind < argc)
		die("'%s': there are only options; see --help", argv[optind]);
	if (o->port < 0 && !o->unix_path)
		o->port = 0;
	if (!o->cert != !o->key)
		die("--cert and --key go together");
}
