/* SPDX-License-Identifier: ISC */
/*
 * undo_parts: what the files of undo/ share.  Internal to undo/.
 */
#ifndef PTSH_UNDO_UNDO_PARTS_H
#define PTSH_UNDO_UNDO_PARTS_H

#include "proto/rows.h"
#include "undo/undo.h"

/* --- places: what was there, what a request does to it (undo/places.c) --- */

enum place_event { PLACE_BEFORE, PLACE_DELETE, PLACE_ADD };

/* Something that a place held before, or that a request does to it. */
struct event {
	size_t key_at, key_len, order;
	const char *key;		/* set by places_sort() */
	enum place_event kind;
	struct json name, scope, v;	/* v: what was there, what is put there, or the entry to delete */
};

enum place_fate { PLACE_KEPT, PLACE_GONE, PLACE_PUT };

/* All events with the same key. */
struct place {
	const struct event *events;	/* in the order they were put */
	size_t count;
	size_t befores;			/* how many BEFORE events */
	struct json before;		/* the first of them */
	struct json name, scope;	/* as the request writes them, else as the reply does */
	bool touched;			/* by the request */
	bool deleted;			/* the request deletes it, whatever it puts there afterwards */
	enum place_fate fate;
	struct json after;		/* PLACE_PUT */
};

/* Zeroed, it is empty and ready. */
struct places {
	struct event *events;
	size_t count, cap;
	struct place *list;		/* in the order of their first events */
	size_t list_count;
	struct buf keys;
	size_t key_at;			/* where the key being made begins */
	bool failed;			/* no memory */
};

/* A key is made of parts; the event that is put next has it. */
void places_key(struct places *p, struct json part);			/* a text, or a number written as one: exactly */
void places_key_address(struct places *p, struct json part);		/* an address, a MAC or a host, in any spelling */
void places_key_number(struct places *p, struct json part);		/* a number, in any spelling */
void places_put(struct places *p, enum place_event kind, struct json scope, struct json name, struct json v);

/* Makes the list.  keeps: adding what is there changes nothing, else it takes its place.  0, or -1 without memory. */
int places_sort(struct places *p, bool keeps);
void places_clear(struct places *p);

/* --- the work on one change (undo/values.c) --- */

struct undo_work {
	const struct request *type, *reader;
	struct json args[REQUEST_ARGS];	/* of the change; text NULL: not given */
	const struct arg *gid_arg;	/* whose gid it is about, or NULL */
	struct json gid;
	struct json_iter reply;
	struct undo *u;
	struct buf parts[REQUEST_ARGS];	/* arguments of the request that takes it back; empty: nothing to take back */
	struct buf left, right;		/* decoded text, for a moment */
	bool failed;			/* no memory */
};

/* Takes a change apart into *w.  0; or -1: it cannot be shown.  Then and later, w is to be cleared.  (undo/values.c) */
int undo_work_begin(struct undo_work *w, const struct request *type, const char *json, size_t len);
void undo_work_clear(struct undo_work *w);
/* Whether the change is about anything. */
bool undo_is_change(const struct undo_work *w);

/* An array of the names that the reader is asked for by its argument `list`; empty if there is none. */
void undo_put_asked(struct undo_work *w, const struct arg *list, struct buf *out);

/* The rows of the reply. */
struct rows_walk undo_rows(const struct undo_work *w);

/* Cells of an array, at most max; how many it has (which may be more). */
size_t undo_cells(struct json row, struct json *cells, size_t max);

bool undo_is_scalar(struct json v);	/* a string, number, true or false */
/* Types are soft: a number equals a string of the same spelling. */
bool undo_same(struct undo_work *w, struct json a, struct json b);
/* Whether what was read where a secret stands is the secret: boxes may send nothing, or stars. */
bool undo_secret_readable(struct undo_work *w, struct json secret);
/* Whether a member of an argument must not be shown. */
bool undo_secret(struct undo_work *w, const struct arg *arg, struct json name);

/* Parts of lines of changes. */
void undo_show_name(struct undo_work *w, struct json name);
void undo_show(struct undo_work *w, const struct field *f, struct json v, bool secret);
#define UNDO_UNREAD "(cannot be read)"
#define UNDO_ABSENT "absent"

/* Appends a value as a request holds it: a gid is always a string. */
void undo_put(struct buf *out, const struct field *f, struct json v);

/* The field of that name, or NULL. */
const struct field *undo_field(struct undo_work *w, const struct field *fields, struct json name);

/* How an argument holds names and values. */
enum undo_form { FORM_OBJECT, FORM_PAIRS, FORM_ROLES, FORM_PAIR, FORM_ASSIGNMENTS };

/* Whether a place's value is a list of which a change deletes and adds some. */
bool undo_is_list(const struct field *f);

/* Compares the places of args[i] with what the change puts there; with FORM_PAIRS that is the whole pair.  Writes changes and
 * parts[i].  0; or -1: cannot be shown.  (undo/compare.c) */
int undo_compare(struct undo_work *w, size_t i, enum undo_form form, struct places *places);

/* Each compares an argument of the change with the reply and writes changes and parts[i].  0; or -1: cannot be shown.  Without
 * memory: w->failed. */
int undo_object(struct undo_work *w, size_t i);		/* undo/names.c */
int undo_pairs(struct undo_work *w, size_t i);
int undo_roles(struct undo_work *w, size_t i);
int undo_pair(struct undo_work *w, size_t i);
int undo_assignments(struct undo_work *w, size_t i);
int undo_lists(struct undo_work *w, size_t del, size_t add);	/* undo/lists.c */

/* A value that is a list of which a change deletes some and adds some.  lists: two per change (delete, add), `count` of them; no
 * text: all are deleted.  readable: the value before is known.  Writes BEFORE -> AFTER behind the name, which it writes, too, and
 * the two lists that take it back to *back (nothing: nothing is to be taken back).  (undo/list_value.c) */
void undo_member_list(struct undo_work *w, struct json name, struct json before, bool readable,
    const struct json *lists, size_t count, struct buf *back);

#endif
