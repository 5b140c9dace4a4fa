/* SPDX-License-Identifier: ISC */
/*
 * line: from what a user typed to a request ready to send, or a command's words.
 *
 * The catalogue says what each word of a request is; the same walk serves execution (line_parse) and completion
 * (lang/complete).  Nothing here sends, prints or waits; files and secrets come through the context.
 */
#ifndef PTSH_LANG_LINE_H
#define PTSH_LANG_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "proto/catalog.h"

enum { LINE_MAX_BYTES = 64 * 1024 * 1024 };

enum line_kind { LINE_EMPTY, LINE_REQUEST, LINE_COMMAND };

enum redirect { REDIRECT_NONE, REDIRECT_FILE, REDIRECT_APPEND, REDIRECT_PIPE };

/* A name in the place of a gid: json[offset .. offset+len) is the JSON string to be replaced. */
struct lookup {
	enum gid_kind kind;
	size_t offset, len;
	char *name;
};

/* What a word of a command says about secrets. */
enum command_secret {
	SECRET_NONE,
	SECRET_HERE,		/* in the word, from byte *from on */
	SECRET_NEXT,		/* the next word is one */
};

/* A command of ptsh's own, as the line language needs to know it; commands/table has the table. */
struct command_word {
	const char *name;	/* without the dot */
	bool takes_line;	/* the rest from its `--` on (or all of it) is a line of its own, kept as typed */
	bool job;		/* `&` after it makes a job of it */
	bool prefix;		/* followed by a word and a line: says how that line is shown */
	bool names;		/* its own words are names, of which every character must be visible */
	/* Where the secret is that one of its words announces or is; NULL: it takes none. */
	enum command_secret (*secret)(const char *word, size_t *from);
};
/* For commands that take secrets after the options of one letter that are in `letters`: "-c", "public" or "-cpublic"; and
 * after `=` of any long one. */
enum command_secret line_option_secret(const char *word, const char *letters, size_t *from);

struct line {
	enum line_kind kind;
	bool may_fail;			/* "- LINE" */
	bool job;			/* "LINE &" */
	bool raw;			/* was typed as a JSON array */
	bool comment;			/* a comment follows it */
	bool outside;			/* a file or a person had a part in it */
	size_t *sharers;		/* how many lines own what this one owns; NULL: it alone */
	char *format;			/* `.format FORMAT LINE`: FORMAT; NULL: none */
	enum redirect redirect;
	char *redirect_to;		/* file, or the shell's command */

	/* LINE_REQUEST */
	const struct request *type;	/* NULL: the catalogue does not know it */
	const char *type_name;		/* type's, or owned */
	struct buf json;		/* ["type",args...]; secret if the type has secrets */
	bool secret;			/* json has a secret */
	bool deletes;			/* a non-empty delete list */
	struct lookup *lookups;		/* in order of offset */
	size_t lookup_count;
	char **headings;		/* the fields asked for, in the reply's order; NULL: the catalogue's */
	size_t heading_count;
	char **notes;			/* notes for the user: unknown fields... */
	size_t note_count;

	/* LINE_COMMAND: words[0] is the command's whole name, without the dot */
	char **words;
	size_t word_count;
	char *rest;			/* the text after words[0] as typed, blanks trimmed */

	char *expanded;			/* of an alias's name: the line that it stands for, masked; else NULL */
	char *masked;			/* the whole line as typed with every secret as ?; set for a line with an error, too
					 * (then with `?` for all that may be one); NULL without memory */
};

struct alias;

/* Where lines come from decides what they may do. */
struct line_context {
	bool prompt;			/* redirections are allowed */
	bool terminal;			/* the user can be asked */
	bool filled;			/* places have been filled with a row's cells: where null is possible, '' is one */
	bool places;			/* {places} stand for values that are not known yet */
	/* Reads a file for @file into out.  0, or -1 with *e. */
	int (*read_file)(void *ctx, const char *path, struct buf *out, struct error *e);
	/* Asks for a secret (`?`): what is e.g. "poller_modify secret".  0, or -1 with *e. */
	int (*ask_secret)(void *ctx, const char *what, struct buf *out, struct error *e);
	/* A mistyped request: whether `nearest` was meant (terminal).  NULL: never. */
	bool (*confirm_nearest)(void *ctx, const char *typed, const char *nearest);
	/* Finds the command for a whole name or unique prefix.  NULL with *e: unknown or ambiguous. */
	const struct command_word *(*find_command)(void *ctx, const char *name, size_t len, struct error *e);
	/* Finds the alias of a name, for as long as the line is parsed, or NULL.  Itself NULL: there are none. */
	const struct alias *(*find_alias)(void *ctx, const char *name, size_t len);
	void *ctx;
};

/* What the line is, for a title: what an alias stands for, else what was typed; masked.  NULL without memory. */
static inline const char *line_title(const struct line *line)
{
	return line->expanded != NULL ? line->expanded : line->masked;
}

/* True if text (without its final LF) is no whole line but continues in the next one (final backslash, open quote, bracket
 * or brace).  Linear over a text that grows: *state is zero at its start and kept between calls. */
struct line_state {
	size_t offset;		/* bytes read */
	size_t depth;		/* brackets open */
	char quote;		/* open quote, or 0 */
	bool escaped;		/* the last byte was a backslash that quotes */
	bool plain;		/* set by the caller: brackets and | mean nothing here */
	bool in_word, was_in_word, comment, bar, pipe;
};
bool line_continues(const char *text, size_t len, struct line_state *state);

/* Appended to a message that something is missing, if the line has a comment. */
#define LINE_COMMENT_HINT ": # begins a comment (quote it if it is text)"

/* Takes the line apart.  0; or -1 with *e (STATUS_USAGE; the text names the argument, its kind and what was
 * typed, never a secret), the usage line in *usage if it helps (the caller frees it), and the byte where it went
 * wrong in *at.  What was in line before is lost, not freed; it is to be cleared in both cases. */
int line_parse(struct line *line, const char *text, size_t len, const struct line_context *context,
    struct error *e, char **usage, size_t *at);
void line_clear(struct line *line);

/* True if its text alone has made it what it is, so that the same text gives the same line again.  Its `masked` is that text: it has
 * no secret. */
bool line_repeats(const struct line *line);
/* Makes *to, which is empty, the same as *from, a line that repeats: what they own is theirs together until each is cleared.
 * 0, or -1 without memory. */
int line_share(struct line *to, struct line *from);

/* Puts a looked-up gid (digits) in the place of lookups[i] and moves the others along. */
int line_resolve(struct line *line, size_t i, const char *gid);

/* "realm_poll REALM", "realm_query REALM TYPE [COLUMNS...]...": the caller frees it. */
char *line_usage(const struct request *type);

/* Writes a request (as JSON, type and arguments) as a line a user would type; with every secret as ? if masked.
 * What has no shorter form is written as JSON.  line_parse() of it gives the same JSON.  0, or -1. */
int line_print(struct buf *out, const char *json, size_t len, bool masked);

/* Returns the command (without its dot) that a word is though it has no dot: quit, exit, help; or NULL. */
const char *line_plain_command(const char *word, size_t len);

/* True if the word that would follow text is a secret, by what the text's command says of its words. */
bool line_secret_next(const char *text, size_t len, const struct line_context *context);

/* Appends text as one word of section "A LINE", quoted only where it must be. */
void line_put_word(struct buf *out, const char *text, size_t len);

#endif
