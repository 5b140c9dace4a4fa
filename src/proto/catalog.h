/* SPDX-License-Identifier: ISC */
/*
 * catalog: the requests of the protocol, their arguments and replies, once.
 *
 * Everything that knows a request by name knows it from here: parsing, checking, completion, help,
 * headings, secrecy, order, the man page, the shells' completions.  Constant data; no function here sends,
 * prints or allocates.
 */
#ifndef PTSH_PROTO_CATALOG_H
#define PTSH_PROTO_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

enum request_kind {
	REQUEST_SESSION,	/* S: login, TLS, subscriptions */
	REQUEST_READ,		/* R: changes nothing on the box, so it may overtake others */
	REQUEST_MODIFY,		/* M: changes settings */
	REQUEST_ACTION,		/* A: starts work that may take minutes */
};

/* The kind of object that a gid names, and so which list on the box has its name. */
enum gid_kind {
	GID_NONE, GID_REALM, GID_POLLER, GID_GROUP, GID_VIEW, GID_REPORT, GID_METHOD, GID_KINDS
};

enum arg_type {
	ARG_TEXT,		/* always a JSON string */
	ARG_ADDRESS,		/* an IP address */
	ARG_HOST,		/* the name of a host, or an IP address */
	ARG_GID,		/* digits, or a name that is looked up: a JSON string of digits */
	ARG_NUMBER,		/* a JSON number, or one of `values` by name */
	ARG_WORD,		/* text, one of `values` */
	ARG_LIST,		/* of `element` */
	ARG_ROWS,		/* a list of rows: `columns` say what a row holds */
	ARG_OBJECT,		/* name=value...: `columns` are the names known */
	ARG_PAIRS,		/* name=value... as a list of pairs */
	ARG_PAIR,		/* one row of `columns`, written directly: realm_device_assign's ip and poller */
	ARG_ROLES,		/* realm=role=permission...: group_settings_modify's realm roles */
	/* only as a member of a row, an object or pairs: */
	ARG_SUBNET,		/* an IP address; the member after it is its ARG_BITS, also typed ADDRESS/BITS */
	ARG_BITS,		/* a prefix length: 0 to 32, or to 128 */
	ARG_MAC,		/* text; a whole MAC, in any spelling, is sent as boxes write it */
	ARG_CHANGES,		/* -this,+that: what to delete and what to add, sent as two lists */
	ARG_MACS,		/* the same with MAC addresses; as a pair the lists are its members, alone: delete all */
	ARG_CREDENTIALS,	/* SNMP credentials as the box lists them, or a text: one v2 community */
};

/* What a cell means to a person; tsv, csv, json, records and raw never look at it. */
enum unit {
	UNIT_NONE, UNIT_TIME, UNIT_FLAG, UNIT_PERMISSION, UNIT_MAC, UNIT_ADDRESS, UNIT_SECRET, UNIT_GID,
	UNIT_SEED_FLAGS, UNIT_SUBNET_FLAGS, UNIT_CREDENTIAL_FLAGS
};

/* A name for a value, e.g. notice = 5, all = 1. */
struct value_name {
	const char *name, *value, *help;
	const struct field *fields;	/* what other arguments know where this value is given: realm_query's columns; else NULL */
};

/* A field, column, property, role or setting: ends with name NULL in a list. */
struct field {
	const char *name, *help;
	enum unit unit;
	enum gid_kind gid;		/* UNIT_GID, or a member that takes one */
	bool secret;			/* as something sent: never shown, logged or kept */
	const struct value_name *values;	/* NULL, or the names that its values have */
	bool list;			/* a cell of it is a list */
	bool names_next;		/* its cell is the name of the field that the next cell is a value of */
	/* as something sent: a member of a row, an object or pairs */
	enum arg_type type;		/* ARG_TEXT (whose zero it is), ARG_ADDRESS, ARG_GID, ARG_NUMBER, ARG_WORD... */
	bool optional;			/* a row may end before it */
	bool nullable;			/* `null` is JSON's null */
};

enum arg_flags {
	ARG_REQUIRED = 1,
	ARG_SECRET = 2,		/* never in a trace, history, message, `.jobs` */
	ARG_MANY = 4,		/* takes all remaining words, each an argument of its own (subscribe) */
	ARG_NULLABLE = 8,	/* null means all of them; also typed `*` */
	ARG_DELETES = 16,	/* its items are deleted on the box: a prompt asks first */
	ARG_HEADINGS = 32,	/* its elements are the reply's headings */
	ARG_OPEN = 64,		/* a box may know more than `fields`: others are only noted */
	ARG_SOME = 128,		/* at least one of the arguments with this flag must be given */
};

struct arg {
	const char *name;		/* as typed after --, e.g. "realm-roles" */
	const char *help;
	enum arg_type type;
	unsigned flags;			/* enum arg_flags */
	enum gid_kind gid;		/* ARG_GID, or the element of a list */
	enum arg_type element;		/* of ARG_LIST */
	const struct value_name *values;	/* ARG_WORD, ARG_NUMBER, ARG_LIST of ARG_WORD */
	const struct field *fields;	/* members of a list of names, of a row (in order), an object, pairs;
					 * for realm_query's columns see catalog_fields() */
};

enum reply_shape {
	REPLY_NONE,		/* nothing */
	REPLY_VALUES,		/* bare values: one row */
	REPLY_ROWS,		/* rows, as values or as one list of rows */
	REPLY_OBJECT,		/* one object: rows of name and value */
	REPLY_ROLES,		/* group_settings: two lists */
	REPLY_UNKNOWN,		/* a request the catalogue does not know: what it looks like */
};

/* Requests that ptsh itself has a use for: it finds them by what they are to it, not by name. */
enum request_role {
	ROLE_NONE, ROLE_PING, ROLE_PRODUCT, ROLE_SUBSCRIBE, ROLE_UNSUBSCRIBE, ROLE_CREDENTIALS, ROLE_QUERY
};

enum { REQUEST_ARGS = 8 };

struct request {
	const char *name;
	const char *group;		/* "Realms"... as the documentation groups them */
	enum request_kind kind;
	enum request_role role;
	const char *help;		/* one line, no full stop */
	struct arg args[REQUEST_ARGS];	/* ends with name NULL */
	enum reply_shape shape;
	const struct field *reply;	/* headings in order where no argument chooses them, units by name
					 * where one does; NULL: none known */
	const char *example;		/* a line a user may type */
	const char *example_json;	/* what it is sent as */
	const char *reader;		/* of a modifier: the request that shows what it changes, or NULL */
	enum gid_kind lists;		/* it lists the gids of that kind with their names, asked by `list_json` */
	const char *list_json;
};

/* All requests, sorted by name. */
extern const struct request catalog[];
extern const size_t catalog_len;

/* The groups in the documentation's order; ends with NULL. */
extern const char *const catalog_groups[];

/* Returns the request of that name (len bytes), or NULL. */
const struct request *catalog_find(const char *name, size_t len);

/* Returns the request with that role (not ROLE_NONE). */
const struct request *catalog_role(enum request_role role);

/* Returns the known name closest to a mistyped one, or NULL if none is close enough. */
const char *catalog_nearest(const char *name, size_t len);

/* Returns the fields an argument knows, where they depend on another argument: realm_query's columns, raw and
 * filter depend on its type, one of its `values` that have fields (NULL or another: all of them).  For every other
 * argument it is arg->fields. */
const struct field *catalog_fields(const struct request *r, const struct arg *arg, const char *type);

/* Returns the field of that name in a list, or NULL. */
const struct field *catalog_field(const struct field *fields, const char *name, size_t len);

/* The events known; ends with name NULL.  Each has one argument, the realm's gid. */
enum { CATALOG_EVENT_ARGS = 1 };
extern const struct field catalog_events[];

/* Words that mark a name as a secret's wherever they occur in it; ends with NULL. */
extern const char *const catalog_secret_words[];

/* Returns the name in a list closest to a mistyped one, or NULL if none is close enough. */
const char *catalog_nearest_field(const struct field *fields, const char *name, size_t len);

/* Returns the entry of that name or value in a list of values (upper and lower case alike), or NULL. */
const struct value_name *catalog_value(const struct value_name *values, const char *name, size_t len);

/* True if an argument, or a member of it, must never be shown. */
bool catalog_arg_secret(const struct arg *arg);

/* True if any argument must never be shown. */
bool catalog_secret(const struct request *r);

/* The columns of what catalog_lister() asks for. */
enum { LISTED_GID, LISTED_NAME };

/* Returns the request that lists the gids of a kind with their names, ready to send; NULL for a kind that has none. */
const char *catalog_lister(enum gid_kind kind);

/* Returns "realm", "poller"...: static text. */
const char *gid_kind_name(enum gid_kind kind);

/* Returns the kind of an argument for the user: "text", "number", "list of gids"...: static text. */
const char *arg_type_name(const struct arg *arg);
/* The same with its article: "a number". */
const char *arg_type_phrase(const struct arg *arg);

#endif
