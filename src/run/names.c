/* SPDX-License-Identifier: ISC */
/*
 * names: asks the box for its lists of gids and names, one list a kind, and remembers them.
 */
#include "run/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "format/output.h"
#include "link/link.h"
#include "proto/secret.h"
#include "run/engine.h"
#include "run/show.h"

enum { LISTED_MOST = 12 };	/* names listed in a message */

struct entry { char *gid, *name; };

struct waiter {
	struct waiter *next;
	char *name;
	void (*done)(struct shell *sh, void *ctx, const char *gid, const struct error *e);
	void *ctx;
};

struct list {
	struct entry *entries;
	size_t count, cap;
	bool known, asking;
	struct waiter *waiters;
};

struct names {
	struct list lists[GID_KINDS];
	struct loop_timer refresh;
};

struct filling { struct list *list; bool failed; };

static char *text_of(struct json v)
{
	struct buf b = {0};

	json_decode_text(v, &b);
	return buf_steal(&b);
}

static void add_row(void *ctx, const struct json *cells, size_t count)
{
	struct filling *f = ctx;
	struct list *l = f->list;

	if (count <= LISTED_GID || count <= LISTED_NAME)
		return;
	struct entry *entries = array_room(l->entries, l->count + 1, &l->cap, sizeof *entries);
	if (entries == NULL) {
		f->failed = true;
		return;
	}
	l->entries = entries;
	struct entry e = {text_of(cells[LISTED_GID]), text_of(cells[LISTED_NAME])};
	if (e.gid == NULL || e.name == NULL) {
		free(e.gid);
		free(e.name);
		f->failed = true;
		return;
	}
	l->entries[l->count++] = e;
}

static void empty(struct list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->entries[i].gid);
		free(l->entries[i].name);
	}
	l->count = 0;
	l->known = false;
}

/* Returns the gid of a name: an exact match, else the only one that differs only in upper and lower case. */
static const char *match(const struct list *l, enum gid_kind kind, const char *name, struct error *e)
{
	const char *exact = NULL, *like = NULL;
	size_t exacts = 0, likes = 0;
	struct buf b = {0};

	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->entries[i].name, name) == 0) {
			exact = l->entries[i].gid;
			exacts++;
		} else if (strcasecmp(l->entries[i].name, name) == 0) {
			like = l->entries[i].gid;
			likes++;
		}
	}
	if (exacts == 1)
		return exact;
	if (exacts == 0 && likes == 1)
		return like;
	secret_put_text(&b, name, strlen(name));	/* a word in the wrong place may be one */
	buf_printf(&b, ": %s %s; there %s", exacts + likes > 0 ? "more than one" : "no such", gid_kind_name(kind),
	    l->count == 0 ? "is none" : "is");
	for (size_t i = 0, listed = 0; i < l->count; i++) {
		const struct entry *x = &l->entries[i];
		if (exacts + likes > 0 && strcasecmp(x->name, name) != 0)
			continue;
		if (listed++ == LISTED_MOST) {
			buf_puts(&b, ", ...");
			break;
		}
		buf_printf(&b, "%s %s (%s)", listed > 1 ? "," : "", x->name, x->gid);
	}
	if (buf_string(&b) != NULL)
		error_set(e, STATUS_USAGE, "%s", buf_string(&b));
	else
		error_memory(e);
	buf_clear(&b);
	return NULL;
}

/* Calls all that wait for a name of this kind. */
static void answer(struct shell *sh, enum gid_kind kind, const struct error *failed)
{
	struct list *l = &sh->names->lists[kind];
	struct waiter *w, *all = l->waiters;
	struct error e;

	l->waiters = NULL;
	while ((w = all) != NULL) {
		all = w->next;
		const char *gid = failed != NULL || w->name == NULL ? NULL : match(l, kind, w->name, &e);
		w->done(sh, w->ctx, gid, failed != NULL ? failed : w->name != NULL ? &e : NULL);
		free(w->name);
		free(w);
	}
}

static void listed(struct shell *sh, struct task *t, const struct reply *reply)
{
	enum gid_kind kind = (enum gid_kind)(uintptr_t)t->ctx;
	struct list *l = &sh->names->lists[kind];
	struct reply_about about = show_about(t);
	struct filling f = {.list = l};
	struct error e;
	struct buf why = {0};

	l->asking = false;
	if (reply == NULL || !reply->ok) {
		show_failure(t, reply, &why);
		error_set(&e, reply == NULL ? STATUS_LOST : STATUS_FAILED, "cannot get the names of %ss: %s", gid_kind_name(kind),
		    buf_string(&why) != NULL ? buf_string(&why) : "");
		buf_clear(&why);
		answer(sh, kind, &e);
		return;
	}
	empty(l);
	if (output_rows_of(&about, reply->values, add_row, &f) == -1 || f.failed) {	/* a missing entry is not an unknown one */
		empty(l);
		error_memory(&e);
		answer(sh, kind, &e);
		return;
	}
	l->known = true;
	answer(sh, kind, NULL);
}

static int ask_names(struct shell *sh, enum gid_kind kind, bool front, struct error *e)
{
	struct list *l = &sh->names->lists[kind];
	const char *line = catalog_lister(kind);

	if (l->asking)
		return 0;
	if (line == NULL)
		return error_set(e, STATUS_USAGE, "gids of this kind have no names");
	if (engine_child(sh, line, strlen(line), (struct place){0}, front, listed, (void *)(uintptr_t)kind, e) == NULL)
		return -1;
	l->asking = true;
	return 0;
}

void names_look_up(struct shell *sh, enum gid_kind kind, const char *name,
    void (*done)(struct shell *sh, void *ctx, const char *gid, const struct error *e), void *ctx)
{
	struct list *l = &sh->names->lists[kind];
	struct waiter *w = calloc(1, sizeof *w), **end = &l->waiters;
	struct error e;

	if (w == NULL || (name != NULL && (w->name = strdup(name)) == NULL)) {
		free(w);
		error_memory(&e);
		done(sh, ctx, NULL, &e);
		return;
	}
	w->done = done;
	w->ctx = ctx;
	while (*end != NULL)
		end = &(*end)->next;
	*end = w;
	if (l->known && !sh->interactive)
		answer(sh, kind, NULL);	/* nothing of this script has changed it since */
	else if (ask_names(sh, kind, true, &e) == -1)
		answer(sh, kind, &e);
}

const char *names_find(const struct shell *sh, enum gid_kind kind, const char *name, struct error *e)
{
	const struct list *l = &sh->names->lists[kind];

	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->entries[i].gid, name) == 0)
			return l->entries[i].gid;
	return match(l, kind, name, e);
}

const char *names_of(const struct shell *sh, enum gid_kind kind, const char *gid)
{
	const struct list *l = &sh->names->lists[kind];

	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->entries[i].gid, gid) == 0)
			return l->entries[i].name;
	return NULL;
}

void names_each(const struct shell *sh, enum gid_kind kind,
    void (*found)(void *arg, const char *gid, const char *name), void *arg)
{
	const struct list *l = &sh->names->lists[kind];

	for (size_t i = 0; i < l->count; i++)
		found(arg, l->entries[i].gid, l->entries[i].name);
}

void names_refresh(struct shell *sh)
{
	struct error e;

	if (!link_takes(sh, false))
		return;
	for (int kind = GID_NONE + 1; kind < GID_KINDS; kind++)
		ask_names(sh, (enum gid_kind)kind, false, &e);
	engine_pump(sh);
}

bool names_loading(const struct shell *sh)
{
	for (int kind = GID_NONE + 1; kind < GID_KINDS; kind++)
		if (sh->names->lists[kind].asking)
			return true;
	return false;
}

void names_learn(struct shell *sh, enum gid_kind kind)
{
	struct error e;

	if (ask_names(sh, kind, true, &e) == 0)
		engine_pump(sh);
}

static void refresh(void *ctx)
{
	names_refresh(ctx);
}

void names_stale(struct shell *sh)
{
	for (int kind = GID_NONE + 1; kind < GID_KINDS; kind++)
		sh->names->lists[kind].known = false;
	if (sh->interactive)	/* soon, once for many changes */
		loop_timer_start(sh->loop, &sh->names->refresh, 200, refresh, sh);
}

struct names *names_create(struct shell *sh)
{
	(void)sh;
	return calloc(1, sizeof(struct names));
}

void names_free(struct shell *sh)
{
	if (sh->names == NULL)
		return;
	loop_timer_stop(sh->loop, &sh->names->refresh);
	for (int kind = 0; kind < GID_KINDS; kind++) {
		struct list *l = &sh->names->lists[kind];
		struct waiter *w;
		empty(l);
		free(l->entries);
		while ((w = l->waiters) != NULL) {
			l->waiters = w->next;
			free(w->name);
			free(w);
		}
	}
	free(sh->names);
	sh->names = NULL;
}
