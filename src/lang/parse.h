/* SPDX-License-Identifier: ISC */
/*
 * parse: the state that the files of lang share while they parse a line.  Internal to lang/.
 */
#ifndef PTSH_LANG_PARSE_H
#define PTSH_LANG_PARSE_H

#include <stdarg.h>
#include <string.h>

#include "lang/line.h"
#include "lang/words.h"
#include "proto/json.h"
#include "proto/secret.h"

/* --- walk: which word belongs to which argument (lang/walk.c) --- */

struct given {
	size_t first, count;	/* its words; with ARG_MANY, rows and the like there may be several */
	bool given;
};

enum { WALK_NONE = -1 };

struct walk {
	const struct request *type;
	const char *text;
	struct given args[REQUEST_ARGS];
	int open;		/* the argument that may take further words, or WALK_NONE */
	int last;		/* the argument given last: the next one in order follows it */
	bool whole;		/* `open` was given as JSON: it takes no further word */
	bool named;		/* `open` was named and has no word yet */
	bool names_over;	/* "--" was seen */
};

enum walk_step {
	WALK_ARGUMENT,		/* the word belongs to *arg */
	WALK_NAME,		/* --name (or --name=: then the rest of the word belongs to *arg) */
	WALK_OVER,		/* -- */
	WALK_SURPLUS,		/* no argument is left for it */
	WALK_UNKNOWN,		/* --name that the request does not have */
	WALK_TWICE,		/* --name of an argument that is given already */
	WALK_NO_VALUE,		/* --name, but the argument named before has no word yet: *arg */
};

void walk_init(struct walk *w, const struct request *type, const char *text);
/* Takes the word that is number `index`; with WALK_NAME and --name=... the word is cut to the text after `=`. */
enum walk_step walk_take(struct walk *w, struct word *word, size_t index, int *arg);
/* The argument the next word would belong to (if it is no --name), or WALK_NONE. */
int walk_next(const struct walk *w);

/* --- parse: the state of one line_parse() --- */

enum { PARSE_WORDS = 16, PARSE_SPANS = 8, PARSE_NOTES = 8 };	/* PARSE_NOTES: names that are noted one by one */

struct span { size_t start, end; };

struct parse {
	struct line *line;
	const char *text;
	size_t len;
	const struct line_context *context;
	struct error *e;
	size_t *at;

	struct word *words, *few_words;		/* few: line_parse()'s, for as long as they do */
	size_t word_count, word_cap;
	struct span *secrets, *few_secrets;	/* places in text that are never shown */
	size_t secret_count, secret_cap;
	struct buf scratch;	/* decoded text, used briefly */
	unsigned bits_most;	/* of the address put last: 32 or 128; 0: not known */
	bool language;		/* the error is one of the line's language, or of what it names: usage does not help */
	size_t over;		/* where the line's comment begins, if it has one */
	bool alias;		/* it begins with an alias's name: its secrets are in `secrets`, also if it is wrong */
	bool hide;		/* a place could not be remembered: nothing of the line is shown */
};

/* Each returns -1, for `return parse_fail(...)`. */
int parse_fail(struct parse *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
int parse_memory(struct parse *p);
/* Notes that the mistake is in how the line is written (quotes, redirections...): the request's usage would not help. */
int parse_fail_language(struct parse *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Reports that something is missing at the end of the words, and if a comment has taken it. */
int parse_fail_missing(struct parse *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text is not a line, and where: with the column if that is in its first row. */
int parse_fail_text(struct parse *p, size_t at, const char *name, const char *why);

/* Refuses syntax of another shell in a word.  dot and name: what the line begins with, for the message. */
int parse_check_word(struct parse *p, const struct word *w, const char *dot, const char *name);

/* Refuses what cannot be seen in a word that is no text but a name, a number, an address. */
int parse_check_hidden(struct parse *p, const struct word *w);

/* Sets line->type_name; of a known type, it is the catalogue's. */
int parse_type_name(struct parse *p, const char *name, size_t len);
void parse_forget_type_name(struct line *line);

int parse_add_word(struct parse *p, const struct word *w);
int parse_add_secret(struct parse *p, size_t start, size_t end);
/* Notes what is secret in JSON in the line: a value itself, the arguments of a request, one of them, or a value of which
 * nothing is known. */
void parse_found_secret(void *parse, struct json secret);
void parse_secrets_of(struct parse *p, const struct request *type, struct json_iter args);
void parse_secrets_in(struct parse *p, const struct arg *arg, struct json v);
void parse_secrets_anywhere(struct parse *p, struct json v);
int parse_add_lookup(struct parse *p, enum gid_kind kind, size_t offset, size_t json_len, const char *name,
    size_t len);
/* Appends a copy of text to one of the line's arrays: headings, words. */
int parse_add_text(struct parse *p, char ***texts, size_t *count, const char *text, size_t len);
int parse_add_note(struct parse *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum { TYPED_MAX = 48 };	/* bytes of typed text that a message repeats */
/* Returns the typed text, short, on one line, and without the value of a secret's name. */
const char *parse_typed(const char *text, size_t start, size_t end, char out[static TYPED_MAX + 8]);

/* --- the line (lang/line.c) --- */

/* Takes p->text, in which no alias is looked for, apart into p->line.  0, or -1 with the error set. */
int line_parse_text(struct parse *p);
/* True if the word that ends at *pos is a command that says how the line after it is shown: then *value is its argument,
 * with *pos after it. */
bool line_prefix(const struct parse *p, const struct word *w, size_t *pos, struct word *value);

/* --- values (lang/value.c) --- */

/* What a value is to become. */
struct want {
	const char *arg, *member;	/* for messages; member NULL: the argument itself */
	enum arg_type type;
	enum gid_kind gid;
	const struct value_name *values;
	bool secret, nullable, bits;
	bool hides;			/* no secret, but messages leave out the typed text: see putting_hides() */
	const struct word *row;		/* the row that it is a member of; NULL: none */
	const char *asked;		/* what is asked for; NULL: the request's argument or member */
};

/* Appends the value of text[w->start .. w->end) to line->json.  0, or -1 with the error set. */
int value_put(struct parse *p, const struct want *want, const struct word *w);

/* True if an empty word may be a cell that is null. */
static inline bool value_from_cell(const struct parse *p)
{
	return p->context != NULL && p->context->filled;
}

/* Hides the value of a secret's name in a word, of any argument: NAME=VALUE, but not NAME=? and NAME=@FILE. */
int value_named_secret(struct parse *p, const struct word *w);

/* True if a word is exactly this, unquoted. */
static inline bool value_is(const struct parse *p, const struct word *w, const char *text)
{
	return word_is(p->text, w, text);
}

/* -old,+new: the two lists, with a comma between them and no bracket around them. */
int value_put_changes(struct parse *p, const struct want *want, const struct word *w);

/* Appends JSON without the white space around its values. */
void value_put_compact(struct buf *out, struct json v);

/* --- their text (lang/value_text.c) --- */

/* Decodes a word into p->scratch. */
int value_decode(struct parse *p, const struct word *w);

/* Reads a word as JSON. */
int value_json(struct parse *p, const struct want *want, const struct word *w, struct json *v);

/* "REQUEST: ARGUMENT must be KIND, not TYPED" */
int value_misfit(struct parse *p, const struct want *want, const struct word *w);

/* Puts p->scratch as a string. */
int value_put_scratch(struct parse *p);

/* True if text is digits, at least one, and nothing else. */
bool value_all_digits(const char *text, size_t len);

/* Appends a text to line->json: `?`, @file, a name for a value. */
int value_put_text(struct parse *p, const struct want *want, const struct word *w);

/* Asks for a secret, what is "REQUEST ARGUMENT", into p->scratch.  at: of the word, for the error. */
int value_ask(struct parse *p, const char *what, size_t at);

/* --- addresses (lang/network.c) --- */

int network_put_address(struct parse *p, const struct want *want, const struct word *w);
int network_put_host(struct parse *p, const struct want *want, const struct word *w);
/* Of the address put before. */
int network_put_bits(struct parse *p, const struct want *want, const struct word *w);
int network_put_mac(struct parse *p, const struct want *want, const struct word *w);
/* One of block_port_macs, decoded already. */
int network_put_blocked(struct parse *p, const struct want *want, const struct word *w);

/* --- arguments (lang/arguments.c) --- */

/* Appends the arguments that words[1..] give to line->json, which holds ["type".  */
int arguments_put(struct parse *p, const struct request *type);

/* One argument being put (lang/putting.c). */
struct putting {
	const struct request *type;
	const struct arg *arg;
	const struct word *words;	/* its words */
	size_t count;
	const struct field *fields;	/* what it knows */
	struct want want;
};

/* True if messages leave out the typed text: the argument may have a secret, or be a list of rows next to one that may, which
 * rows are easily mistaken for. */
bool putting_hides(const struct putting *a);
/* "REQUEST: ARGUMENT must be WHAT, not TYPED"; the typed text is left out where it may be a secret. */
int putting_misfit(struct parse *p, const struct putting *a, const struct word *w, const char *what);
/* A whole argument that was typed as JSON of the right kind. */
int putting_json(struct parse *p, const struct putting *a, const struct json *v);
/* Notes a name that the catalogue does not know. */
int putting_note(struct parse *p, const struct putting *a, const char *name, size_t len);

/* Arguments that have members (lang/members.c). */
int members_put_rows(struct parse *p, const struct putting *a);
int members_put_pair(struct parse *p, const struct putting *a);
int members_put_object(struct parse *p, const struct putting *a);
int members_put_pairs(struct parse *p, const struct putting *a);
int members_put_roles(struct parse *p, const struct putting *a);

/* The JSON of an argument that is skipped. */
const char *arguments_filler(const struct arg *arg);

/* --- secrets in lines (lang/mask.c) --- */

/* The text of a line that was not understood, as far as it can be shown: heap, NULL without memory. */
char *mask_text(const char *text, size_t len, const struct line_context *context);

#endif
