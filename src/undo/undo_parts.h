/* SPDX-License-Identifier: ISC */
/*
 * undo_parts: what the files of undo/ share.  Internal to undo/.
 */
#ifndef PTSH_UNDO_UNDO_PARTS_H
#define PTSH_UNDO_UNDO_PARTS_H

#include "proto/rows.h"
#include "undo/tree.h"
#include "undo/undo.h"

/* --- old values, and what a request does to them (undo/diff.c) --- */

enum diff_kind { DIFF_OLD, DIFF_DELETE, DIFF_ADD };

/* An old value of an entry, or what the request does to it. */
struct diff_step {
	size_t key_at, key_len, order;
	const char *key;		/* set by diff_sort() */
	enum diff_kind kind;
	const cJSON *name, *scope, *v;	/* v: the old value, the one to set or add, or the entry to delete */
};

enum diff_result { DIFF_KEPT, DIFF_DELETED, DIFF_SET };

/* All steps with the same key. */
struct diff_entry {
	const struct diff_step *steps;	/* in the order they were put */
	size_t count;
	size_t old_count;		/* how many of them are DIFF_OLD */
	const cJSON *old_value;		/* the first of these */
	const cJSON *name, *scope;	/* as the request writes them, else as the reply does */
	bool touched;			/* by the request */
	bool deleted;			/* the request deletes it, whatever it adds afterwards */
	enum diff_result result;
	const cJSON *new_value;		/* of DIFF_SET */
};

/* Zeroed, it is empty and ready. */
struct diff {
	struct diff_step *steps;
	size_t count, cap;
	struct diff_entry *list;	/* in the order of their first steps */
	size_t list_count;
	struct buf keys;
	size_t key_at;			/* where the key being made begins */
	bool failed;			/* no memory */
};

/* A key is made of parts; the step that is put next has it. */
void diff_key(struct diff *d, const cJSON *part);			/* a text, or a number written as one: exactly */
void diff_key_address(struct diff *d, const cJSON *part);		/* an address, a MAC or a host, in any spelling */
void diff_key_number(struct diff *d, const cJSON *part);		/* a number, in any spelling */
void diff_put(struct diff *d, enum diff_kind kind, const cJSON *scope, const cJSON *name, const cJSON *v);

/* Makes the list.  keeps: adding an existing entry changes nothing, else replaces it.  0, or -1 without memory. */
int diff_sort(struct diff *d, bool keeps);
void diff_clear(struct diff *d);

/* --- the work on one change (undo/values.c) --- */

struct undo_work {
	const struct request *type, *reader;
	cJSON *request;			/* the change; NULL: there is none */
	const cJSON *args[REQUEST_ARGS];	/* of it; NULL: not given */
	const struct arg *gid_arg;	/* whose gid it is about, or NULL */
	const cJSON *gid;
	struct json_iter reply;
	cJSON *pool;			/* trees made on the way, an array: they last as long as the work */
	const cJSON *rows;		/* of the reply, when they have been read */
	struct undo *u;
	cJSON *parts[REQUEST_ARGS];	/* arguments of the request that undoes it; NULL: nothing to undo */
	struct buf left;		/* text, for a moment */
	bool failed;			/* no memory */
};

/* Parses a change into *w.  0; or -1: it cannot be shown.  Then and later, w is to be cleared.  (undo/values.c) */
int undo_work_begin(struct undo_work *w, const struct request *type, const char *json, size_t len);
void undo_work_clear(struct undo_work *w);
/* Writes the undoing request, from w->parts, to w->u.  (undo/undo.c) */
void undo_compose(struct undo_work *w);
/* Prints a request with these arguments; those left out before the last are filled.  Without memory w->failed, or out->failed.
 * (undo/undo.c) */
void undo_print(struct undo_work *w, const cJSON *const parts[static REQUEST_ARGS], struct buf *out);
/* Clears w, and *w->u if result is -1 or there was no memory.  0, or -1. */
int undo_work_end(struct undo_work *w, int result);
/* True if the change is about anything. */
bool undo_is_change(const struct undo_work *w);
/* Which argument is a pair.  -1: the request has none. */
int undo_pair_at(const struct request *type);
/* True if the change leaves out the pair that it could have, which means all. */
bool undo_is_for_all(const struct undo_work *w);

/* Puts a tree into the pool, which owns it then. */
const cJSON *undo_keep(struct undo_work *w, cJSON *v);
/* A member's name as a string of its own. */
const cJSON *undo_name_of(struct undo_work *w, const cJSON *member);
/* Adds to the undoing request; without memory w->failed. */
void undo_add(struct undo_work *w, cJSON *list, cJSON *item);
/* The same, to a list that is made when its first item comes. */
void undo_add_first(struct undo_work *w, cJSON **list, cJSON *item);

/* Returns an array of the names that the reader's argument `list` asks for; NULL: none. */
cJSON *undo_asked(struct undo_work *w, const struct arg *list);

/* Return the values of the reply, and its rows, each as an array.  NULL: none, or no memory. */
const cJSON *undo_values(struct undo_work *w);
const cJSON *undo_rows(struct undo_work *w);

/* Cells of an array, at most max; how many it has (which may be more). */
size_t undo_cells(const cJSON *row, const cJSON **cells, size_t max);

/* Types are soft: a number equals a string of the same spelling. */
bool undo_same(struct undo_work *w, const cJSON *a, const cJSON *b);
/* Returns the text of a value, until the next call; never NULL. */
const char *undo_text(struct undo_work *w, const cJSON *v);
/* True if a value is a whole number, or a string of its digits. */
bool undo_whole(struct undo_work *w, const cJSON *v, uint64_t *number);
/* True if the value read for a secret is the secret: boxes may send nothing, or stars. */
bool undo_secret_readable(struct undo_work *w, const cJSON *secret);
/* True if a member of an argument must not be shown. */
bool undo_secret(struct undo_work *w, const struct arg *arg, const cJSON *name);

/* Parts of lines of changes. */
void undo_show_name(struct undo_work *w, const cJSON *name);
void undo_show(struct undo_work *w, const struct field *f, const cJSON *v, bool secret);
void undo_show_made(struct undo_work *w, const cJSON *gid, const cJSON *name);	/* the same value for both: it has no gid */
#define UNDO_UNREAD "(cannot be read)"
#define UNDO_ABSENT "absent"

/* Returns a copy as in a request: a gid is always a string. */
cJSON *undo_copy(const struct field *f, const cJSON *v);

/* Returns the field of that name, or NULL. */
const struct field *undo_field(struct undo_work *w, const struct field *fields, const cJSON *name);

/* How an argument has names and values. */
enum undo_form {
	FORM_OBJECT, FORM_PAIRS, FORM_ROLES, FORM_PAIR, FORM_ASSIGNMENTS,
	FORM_EACH_PAIR,	/* a list of what FORM_PAIR has one of; without what was not there before */
};

/* True if an entry's value is a list of which a change deletes and adds some. */
bool undo_is_list(const struct field *f);

/* Compares the entries of args[i] with what the change sets; with FORM_PAIRS that is the whole pair.  Writes changes and
 * parts[i].  0; or -1: cannot be shown.  (undo/compare.c) */
int undo_compare(struct undo_work *w, size_t i, enum undo_form form, struct diff *diff);

/* Each compares an argument of the change with the reply and writes changes and parts[i].  0; or -1: cannot be shown.  Without
 * memory: w->failed. */
int undo_object(struct undo_work *w, size_t i);		/* undo/names.c */
int undo_pairs(struct undo_work *w, size_t i);
int undo_roles(struct undo_work *w, size_t i);
int undo_pair(struct undo_work *w, size_t i);
int undo_assignments(struct undo_work *w, size_t i);
int undo_lists(struct undo_work *w, size_t del, size_t add);	/* undo/lists.c */

/* A value that is a list of which a change deletes some and adds some.  lists: two per change (delete, add), `count` of them; NULL:
 * all are deleted.  readable: the value before is known.  Writes the name and BEFORE -> AFTER, and sets
 * back[0] and back[1] to the two lists that undo it (NULL: nothing to undo).  (undo/list_value.c) */
void undo_member_list(struct undo_work *w, const cJSON *name, const cJSON *before, bool readable,
    const cJSON *const *lists, size_t count, cJSON *back[2]);

#endif
