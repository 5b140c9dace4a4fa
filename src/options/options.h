/* SPDX-License-Identifier: ISC */
/*
 * options: the options from command line, environment and boxes file, combined once.
 *
 * One const table, option_rows, has all options; parsing, --help, completion and the man page's test all
 * read it.
 */
#ifndef PTSH_OPTIONS_OPTIONS_H
#define PTSH_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"
#include "format/output.h"
#include "net/reach.h"
#include "net/target.h"
#include "proto/auth.h"
#include "tls/trust.h"

/* Where a setting came from, for .status.  Later ones win over earlier ones. */
enum origin { ORIGIN_DEFAULT, ORIGIN_ENVIRONMENT, ORIGIN_BOXES, ORIGIN_COMMAND_LINE, ORIGIN_RC, ORIGIN_SET };

/* Lines to run, in the order given. */
struct input {
	bool is_file;		/* -f: text is a path, "-" standard input; else -c: text is the line */
	char *text;
};

enum action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_COMPLETE };

enum { OPTIONS_MAX = 64 };	/* more than option_rows has */

struct complete_context;
struct given;

struct options {
	enum action action;

	struct input *inputs;
	size_t input_count;

	char *box_text;			/* as typed or configured: what the prompt calls the box */
	char *box_near;			/* the name of a line of the boxes file that box_text, itself no such name, is close to; or NULL */
	struct target target;
	enum origin box_origin;
	char *user;			/* resolved: never NULL */
	char *password_file, *password_command, *key_passphrase_command;
	bool no_prompt;			/* -w */
	enum auth_method auth[4];	/* ended by 0; auth[0] == 0: default */
	bool clear_login;

	enum tls_mode tls;
	bool accept_new;
	char *pin, *ca, *cert, *key, *known_as;
	unsigned tls_min;		/* 10 .. 13 */
	struct reach reach;		/* its texts are owned */
	char *ident;			/* the name for the box; "": the user name; NULL: no ident */
	char *ident_port;		/* [ADDRESS:]PORT; NULL: 113 */
	unsigned ident_fd;		/* an inherited listening socket; 0: none */
	bool ident_hidden;
	double timeout;			/* s; 0 none */
	size_t max_reply;		/* bytes */

	const struct format *format;	/* NULL: by what standard output is */
	enum origin format_origin;
	enum header header;
	unsigned jobs;			/* -j; 0 no limit */
	bool jobs_set;
	bool keep_going, read_only, yes, follow, reconnect, dry_run, quiet, verbose, utc;
	char **events;
	size_t event_count;
	char *trace;
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	bool no_rc;

	/* files, NULL where there is no home or --no-rc forbids them */
	char *rc_path, *history_path, *boxes_path, *known_boxes_path;

	char **complete_words;		/* ACTION_COMPLETE: the words after --complete */
	size_t complete_count;

	/* how it came about; for options.c only */
	unsigned char origins[OPTIONS_MAX];	/* enum origin by row of option_rows */
	char *port;				/* -p */
	struct given *given;			/* the command line, for another box of the same session */
	size_t given_count;
};

/* Puts everything together.  argv must outlive o.  0; or -1 with *e (STATUS_USAGE): one line that says what is wrong and
 * what to type.  Clear o in both cases. */
int options_read(struct options *o, int argc, char **argv, struct error *e);
void options_clear(struct options *o);

/* Another box for the same session (.connect).  What belongs to a connection (user, login, TLS, time-outs) is put
 * together afresh for that box from the environment, the boxes file and the command line; but --port, --pin and --known-as
 * of the command line belonged to the first box and are left out.  What belongs to the session (format, jobs...) stays as
 * it is now, except for what the boxes file says about the old or the new box.  before gets the old o, for options_restore() or
 * options_clear().  -1 with *e: o is unchanged. */
int options_set_box(struct options *o, const char *text, struct options *before, struct error *e);
/* Goes back to the box before, with the session's present settings.  before is used up. */
void options_restore(struct options *o, struct options *before);

/* Returns where the option of that long name came from; ORIGIN_DEFAULT also for an unknown one. */
enum origin options_origin(const struct options *o, const char *name);

/* Writes the text of --help. */
void options_help(struct sink *out);

/* ACTION_COMPLETE: `ptsh --complete INDEX WORD...`, for the shells' completions.  WORDs are those after ptsh's own
 * name, INDEX (from 0) says which of them is being typed; it may be the one after the last.  Written to out, a line each:
 * candidates for the whole word, as `text<TAB>help`; and before them `:files` where a path may be, and `:open`
 * where the word may continue after a candidate.  Mistakes are silent: the user is typing.  lines: how to complete -c LINE
 * (its gids may be NULL), or NULL. */
void options_complete(const struct options *o, const struct complete_context *lines, struct sink *out);

/* What kind of argument an option has: how it is read, and what completes it. */
enum option_kind {
	OPTION_FLAG,		/* none; sets a bool */
	OPTION_CONSTANT,	/* none; stores `value` into an enum */
	OPTION_CHOICE,		/* one of `choices`, stored into an enum */
	OPTION_TEXT,		/* not empty */
	OPTION_FILE,		/* a path; in the boxes file absolute or from ~/ on */
	OPTION_SECONDS,		/* with fraction */
	OPTION_SIZE,		/* bytes, with K, M or G */
	OPTION_NUMBER,
	/* and those with a setter of their own: */
	OPTION_LINE, OPTION_USER, OPTION_PORT, OPTION_AUTH, OPTION_FORMAT, OPTION_EVENT, OPTION_OTHER
};

enum option_scope {
	SCOPE_RUN,		/* this run: not in the boxes file */
	SCOPE_BOX,		/* this one box */
	SCOPE_LINK,		/* connections */
	SCOPE_SESSION,		/* what is done and shown, whatever the box */
};

struct option_choice {
	const char *name;
	int value;
	const char *help;
};

/* Every option once. */
struct option_row {
	char short_name;		/* 0: none */
	const char *name;
	const char *argument;		/* NULL: none */
	const char *help;		/* of OPTION_CHOICE and OPTION_FORMAT: what else to say, or NULL */
	const char *group;		/* --help's heading above this row, or NULL */
	enum option_kind kind;
	enum option_scope scope;
	size_t offset, size;		/* its field in struct options; size 0: none */
	const struct option_choice *choices;	/* OPTION_CHOICE; ends with name NULL */
	int value;			/* OPTION_CONSTANT */
	bool optional;			/* the argument: only after `=`, and NULL if there is none */
	/* Reads the argument into *o, whose origin for this row is set; NULL: by kind.  0, or -1 with *e. */
	int (*set)(struct options *o, const struct option_row *row, const char *value, struct error *e);
};
extern const struct option_row option_rows[];	/* ends with name NULL */

/* Appends an option's value as it is typed; a flag is on or off, a command "set", for it may hold a secret.  False: the row holds
 * none. */
bool option_value(const struct options *o, const struct option_row *row, struct buf *out);

/* Return the row of that long name, or of that letter, or NULL. */
const struct option_row *option_find(const char *name, size_t len);
const struct option_row *option_find_short(char letter);

#endif
