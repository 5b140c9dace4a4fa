/*
 * options: what the user asked for: the command line, the environment and the boxes file, put together once.
 */
#ifndef PTSH_OPTIONS_H
#define PTSH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/channel.h"
#include "net/target.h"
#include "out/output.h"
#include "proto/auth.h"
#include "proto/status.h"

/* Where a setting came from, for .status. */
enum origin { ORIGIN_DEFAULT, ORIGIN_ENVIRONMENT, ORIGIN_BOXES, ORIGIN_COMMAND_LINE };

/* Lines to run, in the order given. */
struct input {
	bool is_file;		/* -f: text is a path, "-" standard input; else -c: text is the line */
	char *text;
};

enum action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_COMPLETE };

struct options {
	enum action action;

	struct input *inputs;
	size_t input_count;

	char *box_text;			/* as typed or configured: what the prompt calls the box */
	struct target target;
	enum origin box_origin, user_origin;
	char *user;			/* resolved: never NULL */
	char *password_file, *password_command;
	bool no_prompt;			/* -w */
	bool credentials;		/* a user or password source was named, so an identity was asked for */
	enum auth_method auth[4];	/* ended by 0; auth[0] == 0: default */
	bool clear_login;

	enum tls_mode tls;
	bool accept_new;
	char *pin, *ca, *cert, *key, *known_as;
	unsigned tls_min;		/* 10 .. 13 */
	char *bind, *proxy_command;
	uid_t peer_uid;
	bool has_peer_uid;
	double connect_timeout;		/* s; 0 none */
	double timeout;			/* s; 0 none */
	double keepalive;		/* s of silence before a ping; 0 never */
	size_t max_reply;		/* bytes */

	const struct format *format;	/* NULL: by what standard output is */
	enum origin format_origin;
	enum header header;
	unsigned jobs;			/* -j; 0 no limit */
	bool jobs_set;
	bool keep_going, read_only, yes, follow, reconnect, dry_run, quiet, verbose;
	char **events;
	size_t event_count;
	char *trace;
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	bool no_rc;

	/* files, NULL where there is no home or --no-rc forbids them */
	char *rc_path, *history_path, *boxes_path, *known_boxes_path;

	char **complete_words;		/* ACTION_COMPLETE: what stands behind --complete */
	size_t complete_count;
};

/* Puts everything together.  0; or -1 with *e (STATUS_USAGE): one line that says what is wrong and what to type. */
int options_read(struct options *o, int argc, char **argv, struct error *e);
void options_clear(struct options *o);

/* Another box for the same session (.connect): the box's own options from the boxes file and its target, everything else
 * as it is. */
int options_set_box(struct options *o, const char *text, struct error *e);

/* The text of --help, to standard output's sink. */
void options_help(struct sink *out);

/* For completion and the man page test: every option once. */
struct option_row {
	char short_name;		/* 0: none */
	const char *name;
	const char *argument;		/* NULL: none */
	const char *help;
};
extern const struct option_row option_rows[];	/* ends with name NULL */

#endif
