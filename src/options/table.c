/* SPDX-License-Identifier: ISC */
/*
 * table: the options, once, and how those with rules of their own are read.
 *
 * Knows no order of precedence and no file: options.c says what is applied when.
 */
#include "options/table.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "net/ident.h"
#include "tls/pin.h"

int option_apply(struct options *o, const struct option_row *row, const char *value, enum origin from, struct error *e)
{
	if (value != NULL && value[0] == '\0' && row->kind != OPTION_LINE)	/* an empty line is a line */
		return error_set(e, STATUS_USAGE, "--%s needs %s, but it is empty", row->name, row->argument);
	o->origins[row - option_rows] = (unsigned char)from;
	return row->set != NULL ? row->set(o, row, value, e) : option_read(o, row, value, e);
}

/* --- arguments of their own --- */

static int add_input(struct options *o, bool is_file, const char *text, struct error *e)
{
	struct input *more = reallocarray(o->inputs, o->input_count + 1, sizeof(*more));

	if (more == NULL)
		return error_memory(e);
	o->inputs = more;
	more[o->input_count] = (struct input){.is_file = is_file, .text = strdup(text)};
	if (more[o->input_count].text == NULL)
		return error_memory(e);
	o->input_count++;
	return 0;
}

static int set_command(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row;
	return add_input(o, false, value, e);
}

static int set_file(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row;
	return add_input(o, true, value, e);
}

static int set_user(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row;
	return option_put(&o->user, value, e);
}

/* The source named last is the one: the other is forgotten. */
static int set_password_file(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row;
	free(o->password_command);
	o->password_command = NULL;
	return option_put(&o->password_file, value, e);
}

static int set_password_command(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row;
	free(o->password_file);
	o->password_file = NULL;
	return option_put(&o->password_command, value, e);
}

/* No name: that of the user. */
static int set_ident(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row;
	if (value != NULL && !ident_user_valid(value))
		return error_set(e, STATUS_USAGE, "--ident takes a name of printable ASCII characters, at most %d", IDENT_USER_MAX);
	return option_put(&o->ident, value != NULL ? value : "", e);
}

static int set_ident_port(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	struct address address;
	unsigned short port;

	if (!ident_where(value, &address, &port))
		return option_refuse(row, "a port's number or a service's name, or an address, : and one of these", value, e);
	return option_put(&o->ident_port, value, e);
}

static int set_ident_fd(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	if (option_read_number(&o->ident_fd, row, value, e) == -1)
		return -1;
	return o->ident_fd > 2 ? 0 : option_refuse(row, "the number of a descriptor, 3 or more", value, e);
}

static enum auth_method read_auth(const char *text, size_t len)
{
	static const enum auth_method methods[] = {AUTH_NONE, AUTH_CRAM, AUTH_LOGIN};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		const char *name = auth_method_name(methods[i]);

		if (strlen(name) == len && memcmp(name, text, len) == 0)
			return methods[i];
	}
	return AUTH_END;
}

static int set_auth(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	enum auth_method list[4] = {0};
	size_t count = 0;
	unsigned seen = 0;

	for (const char *p = value;; p++) {
		size_t len = strcspn(p, ",");
		enum auth_method method = read_auth(p, len);

		if (method == AUTH_END || (seen & method) != 0)
			return option_refuse(row, "a list of none, cram and login, each at most once, such as cram,login", value, e);
		seen |= method;
		list[count++] = method;
		p += len;
		if (*p == '\0')
			break;
	}
	memcpy(o->auth, list, sizeof(list));
	return 0;
}

static int set_pin(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	if (!pin_list_valid(value))
		return option_refuse(row, "sha256// and 44 characters of base64 (the SHA-256 of the box's public key), or several with ;"
		    " between them", value, e);
	return option_put(&o->pin, value, e);
}

static int set_peer_uid(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	const char *p = value;
	uintmax_t number;
	struct passwd *entry;

	if (option_read_digits(&p, (uid_t)-1 - 1, &number) && *p == '\0') {
		o->reach.peer_uid = (uid_t)number;
	} else {
		entry = getpwnam(value);
		if (entry == NULL)
			return option_refuse(row, "a user of this machine", value, e);
		o->reach.peer_uid = entry->pw_uid;
	}
	o->reach.has_peer_uid = true;
	return 0;
}

static int set_format(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	const struct format *found = format_find(value);
	char shown[OPTION_SHOWN + 8];
	struct buf all = {0};

	if (found == NULL) {
		formats_put(&all);
		error_set(e, STATUS_USAGE, "%s takes %s, not \"%s\"", o->origins[row - option_rows] == ORIGIN_ENVIRONMENT ? "$PTSH_OUTPUT" : "--output",
		    buf_string(&all) != NULL ? buf_string(&all) : "a format", option_shown(shown, value));
		buf_clear(&all);
		return -1;
	}
	o->format = found;
	return 0;
}

static int set_jobs(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	if (option_read_number(&o->jobs, row, value, e) != 0)
		return -1;
	o->jobs_set = true;
	return 0;
}

static int set_event(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	char **more;

	(void)row;
	for (size_t i = 0; i < o->event_count; i++)
		if (strcmp(o->events[i], value) == 0)
			return 0;
	more = reallocarray(o->events, o->event_count + 1, sizeof(*more));
	if (more == NULL)
		return error_memory(e);
	o->events = more;
	more[o->event_count] = strdup(value);
	if (more[o->event_count] == NULL)
		return error_memory(e);
	o->event_count++;
	return 0;
}

static int set_quiet(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row, (void)value, (void)e;
	o->quiet = true;
	o->verbose = false;
	return 0;
}

static int set_verbose(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row, (void)value, (void)e;
	o->verbose = true;
	o->quiet = false;
	return 0;
}

static int set_help(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row, (void)value, (void)e;
	o->action = ACTION_HELP;
	return 0;
}

static int set_version(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	(void)row, (void)value, (void)e;
	o->action = ACTION_VERSION;
	return 0;
}

/* --- the table --- */

static const struct option_choice tls_modes[] = {
	{"auto", TLS_AUTO, "local boxes in clear, all others with TLS (default)"},
	{"off", TLS_OFF, "never TLS"},
	{"on", TLS_ON, "TLS, also to local boxes"},
	{"verify", TLS_VERIFY, "TLS, only with a certificate that verifies"},
	{"insecure", TLS_INSECURE, "TLS that checks nothing"},
	{0},
};

static const struct option_choice tls_versions[] = {
	{"1.0", 10, "and the old ciphers it needs"},
	{"1.1", 11, "and the old ciphers it needs"},
	{"1.2", 12, "the default"},
	{"1.3", 13, NULL},
	{0},
};

static const struct option_choice colors[] = {
	{"auto", COLOR_AUTO, "on a terminal, unless NO_COLOR is set (default)"},
	{"always", COLOR_ALWAYS, NULL},
	{"never", COLOR_NEVER, NULL},
	{0},
};

/* Choices and constants are copied into fields of enum type. */
_Static_assert(sizeof(enum tls_mode) == sizeof(int) && sizeof(enum header) == sizeof(int) &&
    sizeof(((struct options *)0)->color) == sizeof(int) && sizeof(unsigned) == sizeof(int), "enums are as wide as int");

#define AT(field) .offset = offsetof(struct options, field), .size = sizeof(((struct options *)0)->field)
#define FLAG(field) .kind = OPTION_FLAG, AT(field)
#define TEXT(field) .kind = OPTION_TEXT, AT(field)
#define PATH(field) .kind = OPTION_FILE, AT(field)
#define SECONDS(field) .kind = OPTION_SECONDS, AT(field)
#define CHOICE(field, list) .kind = OPTION_CHOICE, .choices = (list), AT(field)
#define CONSTANT(field, number) .kind = OPTION_CONSTANT, .value = (number), AT(field)
#define OWN(how, function) .kind = (how), .set = (function)

const struct option_row option_rows[] = {
	{'c', "command", "LINE", "run LINE, then leave (repeatable)", "What to run:", .scope = SCOPE_RUN,
	    OWN(OPTION_LINE, set_command)},
	{'f', "file", "FILE", "run FILE's lines; - is standard input", .scope = SCOPE_RUN, OWN(OPTION_FILE, set_file)},
	{'e', "event", "NAME", "subscribe to NAME first (repeatable, * is all)", .scope = SCOPE_SESSION,
	    OWN(OPTION_EVENT, set_event), AT(events)},
	{0, "follow", NULL, "then stay and print events", .scope = SCOPE_SESSION, FLAG(follow)},
	{0, "reconnect", NULL, "with --follow: connect again after a loss", .scope = SCOPE_SESSION,
	    FLAG(reconnect)},
	{'j', "jobs", "N", "requests at once: 1 strictly in turn, 0 no limit", .scope = SCOPE_SESSION,
	    OWN(OPTION_NUMBER, set_jobs), AT(jobs)},
	{0, "keep-going", NULL, "continue after a request that failed", .scope = SCOPE_SESSION, FLAG(keep_going)},
	{'t', "timeout", "S", "longest wait for a reply, in seconds (no limit)", .scope = SCOPE_SESSION, SECONDS(timeout)},
	{'n', "dry-run", NULL, "connect to nothing, print the requests as JSON", .scope = SCOPE_RUN, FLAG(dry_run)},
	{'r', "read-only", NULL, "refuse every request that could change anything", .scope = SCOPE_SESSION,
	    FLAG(read_only)},
	{'y', "yes", NULL, "do not ask before deleting", .scope = SCOPE_SESSION, FLAG(yes)},

	{'o', "output", "FORMAT", NULL, "What is shown:", .scope = SCOPE_SESSION,
	    OWN(OPTION_FORMAT, set_format), AT(format)},
	{0, "header", NULL, "column names first", .scope = SCOPE_SESSION, CONSTANT(header, HEADER_ON)},
	{0, "no-header", NULL, "no column names", .scope = SCOPE_SESSION, CONSTANT(header, HEADER_OFF)},
	{0, "utc", NULL, "times in UTC, in tables and of events", .scope = SCOPE_SESSION, FLAG(utc)},
	{0, "color", "WHEN", .scope = SCOPE_SESSION, CHOICE(color, colors)},
	{'q', "quiet", NULL, "no notices", .scope = SCOPE_SESSION, OWN(OPTION_FLAG, set_quiet), AT(quiet)},
	{'v', "verbose", NULL, "report each step on standard error", .scope = SCOPE_SESSION, OWN(OPTION_FLAG, set_verbose),
	    AT(verbose)},
	{0, "trace", "FILE", "every message; - is standard error", .scope = SCOPE_SESSION, PATH(trace)},

	{'u', "user", "NAME", "user name (the login name)", "Logging in:", .scope = SCOPE_LINK,
	    OWN(OPTION_USER, set_user)},
	{0, "password-file", "FILE", "its first line is the password", .scope = SCOPE_LINK,
	    OWN(OPTION_FILE, set_password_file), AT(password_file)},
	{0, "password-command", "CMD", "the first line that CMD prints is the password", .scope = SCOPE_LINK,
	    OWN(OPTION_OTHER, set_password_command), AT(password_command)},
	{'w', "no-prompt", NULL, "never prompt for anything", .scope = SCOPE_SESSION, FLAG(no_prompt)},
	{0, "auth", "LIST", "accept only these, in order: none,cram,login", .scope = SCOPE_LINK,
	    OWN(OPTION_AUTH, set_auth)},
	{0, "clear-login", NULL, "permit a clear-text login where it is unsafe", .scope = SCOPE_LINK,
	    FLAG(clear_login)},

	{'p', "port", "PORT", "a number, a service, or NAME=NUMBER", "The way to the box:", .scope = SCOPE_BOX,
	    .kind = OPTION_PORT, AT(port)},
	{0, "bind", "ADDRESS", "local address", .scope = SCOPE_LINK, TEXT(reach.bind)},
	{0, "proxy-command", "CMD", "talk through CMD; %h and %p are host and port", .scope = SCOPE_LINK,
	    TEXT(reach.proxy_command)},
	{0, "connect-timeout", "S", "for look-up, connecting, TLS and login (10)", .scope = SCOPE_LINK,
	    SECONDS(reach.connect_timeout)},
	{0, "keepalive", "S", "seconds of silence before a ping, 0 never (60)", .scope = SCOPE_LINK, SECONDS(reach.keepalive)},
	{0, "max-reply", "SIZE", "bytes kept of a reply, or with K, M or G (256M)", .scope = SCOPE_LINK,
	    .kind = OPTION_SIZE, AT(max_reply)},
	{0, "peer-uid", "USER", "whose Unix socket is trusted, besides root's", .scope = SCOPE_LINK,
	    OWN(OPTION_OTHER, set_peer_uid)},
	{0, "ident", "NAME", "answer the box's ident queries (the user's name)", .optional = true,
	    .scope = SCOPE_SESSION, OWN(OPTION_OTHER, set_ident), AT(ident)},
	{0, "ident-port", "PORT", "where it asks, or ADDRESS:PORT; 0 is any (113)", .scope = SCOPE_SESSION,
	    OWN(OPTION_OTHER, set_ident_port), AT(ident_port)},
	{0, "ident-fd", "N", "the descriptor of a socket that listens there", .scope = SCOPE_SESSION,
	    OWN(OPTION_NUMBER, set_ident_fd), AT(ident_fd)},
	{0, "ident-hidden", NULL, "answer without the user's name", .scope = SCOPE_SESSION, FLAG(ident_hidden)},

	{0, "tls", "MODE", NULL, "Trust:", .scope = SCOPE_LINK, CHOICE(tls, tls_modes)},
	{0, "accept-new", NULL, "trust an unknown box's key, and remember it", .scope = SCOPE_LINK, FLAG(accept_new)},
	{0, "pin", "PIN", "the box's key must be this: sha256//BASE64", .scope = SCOPE_BOX,
	    OWN(OPTION_OTHER, set_pin), AT(pin)},
	{0, "known-as", "NAME", "the name to remember and verify the box by", .scope = SCOPE_BOX, TEXT(known_as)},
	{0, "ca", "FILE", "certificates of the authorities to verify with", .scope = SCOPE_LINK, PATH(ca)},
	{0, "cert", "FILE", "client certificate", .scope = SCOPE_LINK, PATH(cert)},
	{0, "key", "FILE", "the client certificate's key", .scope = SCOPE_LINK, PATH(key)},
	{0, "key-passphrase-command", "CMD", "the first line CMD prints is the key's passphrase", .scope = SCOPE_LINK,
	    TEXT(key_passphrase_command)},
	{0, "tls-min", "VERSION", "(1.2)", .scope = SCOPE_LINK, CHOICE(tls_min, tls_versions)},

	{'X', "no-rc", NULL, "read neither rc nor boxes file, write no history", "General:", .scope = SCOPE_RUN, FLAG(no_rc)},
	{'h', "help", NULL, "this", .scope = SCOPE_RUN, OWN(OPTION_FLAG, set_help)},
	{'V', "version", NULL, "ptsh's version and its libraries'", .scope = SCOPE_RUN, OWN(OPTION_FLAG, set_version)},
	{0},
};

_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) <= OPTIONS_MAX, "an origin for every row");

const struct option_row *option_find(const char *name, size_t len)
{
	for (const struct option_row *row = option_rows; row->name != NULL; row++)
		if (strlen(row->name) == len && memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

const struct option_row *option_find_short(char letter)
{
	for (const struct option_row *row = option_rows; row->name != NULL; row++)
		if (row->short_name == letter)
			return row;
	return NULL;
}
