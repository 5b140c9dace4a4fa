/* SPDX-License-Identifier: ISC */
/*
 * events: keeps what is subscribed to in step with the session, shows events as they come, and calls those who listen.
 */
#include "run/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lang/line.h"
#include "link/link.h"
#include "proto/catalog.h"
#include "run/engine.h"
#include "run/flood.h"
#include "run/names.h"
#include "run/show.h"

enum {
	KEPT_TEXT = 4096,	/* bytes of an event that are kept for .events list */
};

struct subscription {
	struct subscription *next;
	bool sent;		/* on this session... */
	const struct task *by;	/* ...by this request, until its answer has come; NULL: none, or the user's */
	bool shown;		/* the user has asked for it; not only .wait or .on */
	char name[];
};

struct kept { time_t when; char *line; size_t len; };

struct events {
	struct subscription *subscriptions;
	struct listener *listeners, *next;	/* next: to be called with the event at hand */
	bool hidden;
	bool own_explained;		/* it was said that those of one's own requests are not shown */
	struct kept *kept;		/* EVENTS_KEPT of them; NULL before the first */
	size_t kept_next, kept_count;
	struct flood flood;
};

/* --- subscriptions --- */

static void events_forget(struct events *ev, const char *name);

/* True if a listener wants an event that the box refuses to send, and has no end of a line to report that with. */
static bool refused(struct shell *sh, const char *name)
{
	struct listener *l, *next;
	bool wanted = false;

	for (const struct subscription *s = sh->events->subscriptions; s != NULL; s = s->next)
		wanted |= s->shown && strcmp(s->name, name) == 0;
	events_forget(sh->events, name);
	for (l = sh->events->listeners; l != NULL; l = next) {
		next = l->next;
		if (strcmp(l->name, name) != 0)
			continue;
		if (l->refused != NULL)
			l->refused(sh, l, STATUS_FAILED);
		else
			wanted = true;
	}
	return wanted;
}

static void stop_for(struct shell *sh, enum status status)
{
	shell_failed(sh, status);
	if (!sh->interactive && !sh->options->keep_going)
		engine_stop(sh);
}

/* Takes the name of one that t has asked for; false: there is no other. */
static bool take_sent(struct events *ev, const struct task *t, struct buf *name)
{
	for (struct subscription *s = ev->subscriptions; s != NULL; s = s->next)
		if (s->by == t) {
			s->by = NULL;
			buf_reset(name);
			buf_puts(name, s->name);
			return true;
		}
	return false;
}

static void subscribed(struct shell *sh, struct task *t, const struct reply *reply)
{
	bool failed = reply != NULL && !reply->ok, wanted = false;
	struct buf text = {0};

	if (failed) {
		show_failure(t, reply, &text);
		shell_complain(sh, (struct place){0}, t->line.type_name, "%s", buf_string(&text) != NULL ? buf_string(&text) : "failed");
	}
	/* The request may have been wiped: a name can look like a secret. */
	while (take_sent(sh->events, t, &text))
		if (failed && buf_string(&text) != NULL)
			wanted |= refused(sh, buf_string(&text));
	buf_clear(&text);
	if (wanted)		/* a .wait fails by itself, and may be permitted to */
		stop_for(sh, STATUS_FAILED);
}

static void send_subscriptions(struct shell *sh)
{
	struct events *ev = sh->events;
	const struct task *t = NULL;
	struct buf line = {0};
	struct error e;
	bool any = false;

	buf_printf(&line, "[\"%s\"", catalog_role(ROLE_SUBSCRIBE)->name);
	for (const struct subscription *s = ev->subscriptions; s != NULL; s = s->next) {
		if (s->sent)
			continue;
		any = true;
		buf_putc(&line, ',');
		json_put_string(&line, s->name, strlen(s->name));
	}
	buf_putc(&line, ']');
	if (any && !line.failed && sh->options->dry_run)
		show_unsent(sh, buf_head(&line), line.len);
	else if (any && (line.failed ||
		(t = engine_child(sh, buf_head(&line), line.len, (struct place){0}, true, subscribed, NULL, &e)) == NULL))
		shell_complain(sh, (struct place){0}, NULL, "%s", line.failed ? "out of memory" : e.text);
	for (struct subscription *s = ev->subscriptions; s != NULL; s = s->next)
		if (!s->sent) {
			s->sent = true;
			s->by = t;
		}
	buf_clear(&line);
}

static struct subscription *find_subscription(struct events *ev, const char *name)
{
	struct subscription *s;

	for (s = ev->subscriptions; s != NULL; s = s->next)
		if (strcmp(s->name, name) == 0 || strcmp(s->name, "*") == 0)
			return s;
	return NULL;
}

static int events_remember(struct events *ev, const char *name, bool sent, bool shown)
{
	struct subscription *s = find_subscription(ev, name), **end = &ev->subscriptions;

	if (s != NULL && (s->shown || !shown))
		return 0;
	if (s != NULL && strcmp(s->name, name) == 0) {
		s->shown = true;
		return 0;
	}
	if ((s = malloc(sizeof *s + strlen(name) + 1)) == NULL)
		return -1;
	memcpy(s->name, name, strlen(name) + 1);
	s->sent = sent;
	s->by = NULL;
	s->shown = shown;
	s->next = NULL;
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	return 0;
}

int events_subscribe(struct shell *sh, const char *name, bool shown)
{
	if (events_remember(sh->events, name, false, shown) == -1)
		return -1;
	if (sh->options->dry_run || link_takes(sh, false)) {
		send_subscriptions(sh);
		engine_pump(sh);
	}
	return 0;
}

static void events_forget(struct events *ev, const char *name)
{
	struct subscription **p = &ev->subscriptions, *s;

	while ((s = *p) != NULL) {
		if (strcmp(s->name, name) != 0 && strcmp(name, "*") != 0) {
			p = &s->next;
			continue;
		}
		*p = s->next;
		free(s);
	}
}

void events_note(struct shell *sh, const struct line *line)
{
	struct json all = {buf_head(&line->json), line->json.len}, v;
	struct json_iter it = json_iterate(all);
	struct buf name = {0};

	json_next(&it, NULL, &v);
	while (json_next(&it, NULL, &v)) {
		buf_reset(&name);
		if (json_kind(v) != JSON_STRING)
			continue;
		json_decode(v, &name);
		if (buf_string(&name) == NULL)
			break;
		if (line->type->role == ROLE_SUBSCRIBE)
			events_remember(sh->events, buf_string(&name), true, true);
		else if (line->type->role == ROLE_UNSUBSCRIBE)
			events_forget(sh->events, buf_string(&name));
	}
	buf_clear(&name);
}

static bool any_shown(const struct events *ev)
{
	for (const struct subscription *s = ev->subscriptions; s != NULL; s = s->next)
		if (s->shown)
			return true;
	return false;
}

/* The first argument of every event known is a realm's gid: the realm may be meant by its name. */
static bool by_name(const struct listener *l)
{
	const struct field *f = catalog_events;

	if (l->arg_count == 0 || l->args[0][strspn(l->args[0], "0123456789")] == '\0')
		return false;
	while (f->name != NULL && strcmp(f->name, l->name) != 0)
		f++;
	return f->name != NULL;
}

/* The name was looked up.  The listeners that gave it may have ended meanwhile. */
static void looked_up(struct shell *sh, void *ctx, const char *gid, const struct error *e)
{
	char *name = ctx;
	bool reported = false, stop = false;

	for (struct listener *l = sh->events->listeners, *next; l != NULL && gid == NULL && e->status == STATUS_USAGE; l = next) {
		next = l->next;
		if (!by_name(l) || strcmp(l->args[0], name) != 0)
			continue;
		if (!reported)
			shell_complain(sh, (struct place){0}, l->name, "%s", e->text);
		reported = true;
		if (l->refused != NULL)
			l->refused(sh, l, STATUS_USAGE);
		else
			stop = true;
	}
	free(name);
	if (stop)
		stop_for(sh, STATUS_USAGE);
}

/* So that events can be matched by it; an unknown one is not waited for. */
static void look_up(struct shell *sh, const struct listener *l)
{
	char *name = strdup(l->args[0]);

	if (name != NULL)
		names_look_up(sh, GID_REALM, name, looked_up, name);
}

void events_link_ready(struct shell *sh)
{
	send_subscriptions(sh);
	if (sh->interactive)
		names_refresh(sh);
	else if (output_format(sh->output)->for_people && any_shown(sh->events))
		names_learn(sh, GID_REALM);	/* a table of events names the realms */
	for (struct listener *l = sh->events->listeners; l != NULL; l = sh->events->next) {
		sh->events->next = l->next;	/* what is known already may end one at once */
		if (by_name(l))
			look_up(sh, l);
	}
}

void events_link_lost(struct shell *sh)
{
	for (struct subscription *s = sh->events->subscriptions; s != NULL; s = s->next)
		s->sent = false;
}

/* --- listeners --- */

void events_listen(struct shell *sh, struct listener *l)
{
	struct listener **end = &sh->events->listeners;

	while (*end != NULL)
		end = &(*end)->next;
	l->next = NULL;
	*end = l;
	if (by_name(l) && link_takes(sh, false))
		look_up(sh, l);
}

void events_ignore(struct shell *sh, struct listener *l)
{
	for (struct listener **p = &sh->events->listeners; *p != NULL; p = &(*p)->next)
		if (*p == l) {
			*p = l->next;
			if (sh->events->next == l)	/* what one listener begins may be the end of the next */
				sh->events->next = l->next;
			return;
		}
}

/* True if a cell's text is the word: strings by their content, numbers by their digits. */
static bool same(struct json v, const char *word)
{
	return json_kind(v) == JSON_STRING ? json_is(v, word) : strlen(word) == v.len && memcmp(word, v.text, v.len) == 0;
}

/* What the shell knows of an event's first argument: the realm's name. */
static const char *annotation(struct shell *sh, struct json_iter args)
{
	struct json v;
	struct buf gid = {0};
	const char *name = NULL;

	if (json_next(&args, NULL, &v)) {
		if (json_kind(v) == JSON_STRING)
			json_decode(v, &gid);
		else
			buf_put(&gid, v.text, v.len);
		if (buf_string(&gid) != NULL)
			name = names_of(sh, GID_REALM, buf_string(&gid));
	}
	buf_clear(&gid);
	return name;
}

static bool same_realm(struct shell *sh, const struct listener *l, struct json_iter args)
{
	const char *name = by_name(l) ? annotation(sh, args) : NULL;

	return name != NULL && strcasecmp(name, l->args[0]) == 0;
}

static bool wanted(struct shell *sh, const struct listener *l, struct json name, struct json_iter args)
{
	struct json_iter it = args;
	struct json v;

	if (strcmp(l->name, "*") != 0 && !json_is(name, l->name))
		return false;
	for (size_t i = 0; i < l->arg_count; i++)
		if (!json_next(&it, NULL, &v) || (!same(v, l->args[i]) && (i > 0 || !same_realm(sh, l, args))))
			return false;
	return true;
}

/* --- showing --- */

void events_print(struct shell *sh, time_t when, const char *line, size_t len)
{
	struct json all = {line, len}, v, name = {0};
	struct json_iter it = json_iterate(all);

	json_next(&it, NULL, &v);	/* null */
	json_next(&it, NULL, &v);	/* "event" */
	if (!json_next(&it, NULL, &name))
		return;
	output_event(sh->output, when, name, it, annotation(sh, it), line, len);
}

/* An event that only .wait and .on have asked for is theirs. */
static bool asked_for(const struct events *ev, struct json name)
{
	bool known = false;

	for (const struct subscription *s = ev->subscriptions; s != NULL; s = s->next) {
		if (strcmp(s->name, "*") != 0 && !json_is(name, s->name))
			continue;
		if (s->shown)
			return true;
		known = true;
	}
	return !known;
}

static void events_keep(struct events *ev, time_t when, const char *line, size_t len)
{
	if (len > KEPT_TEXT)
		return;
	if (ev->kept == NULL && (ev->kept = calloc(EVENTS_KEPT, sizeof *ev->kept)) == NULL)
		return;
	struct kept *k = &ev->kept[ev->kept_next];
	char *copy = realloc(k->line, len + 1);
	if (copy == NULL)
		return;
	memcpy(copy, line, len);
	copy[len] = '\0';
	k->when = when;
	k->line = copy;
	k->len = len;
	ev->kept_next = (ev->kept_next + 1) % EVENTS_KEPT;
	if (ev->kept_count < EVENTS_KEPT)
		ev->kept_count++;
}

/* At the prompt the end of a request, or of its job, says more than the event it causes, which is not shown.  Says so once, or
 * subscribing seems not to work. */
static bool is_own(struct shell *sh, struct json name, struct json_iter args)
{
	if (!sh->interactive || !engine_runs(sh, name, args))
		return false;
	if (!sh->events->own_explained)
		shell_notice(sh, "events of your own requests are not shown: the end of the request, or of its job, reports them");
	sh->events->own_explained = true;
	return true;
}

void events_on_event(void *ctx, struct json name, struct json_iter args, const char *line, size_t len)
{
	struct shell *sh = ctx;
	struct events *ev = sh->events;
	struct event event = {.when = time(NULL), .line = line, .len = len, .args = args};
	struct listener *l;

	events_keep(ev, event.when, line, len);
	if (!ev->hidden && asked_for(ev, name) && !is_own(sh, name, args) && !(sh->interactive && flood_folds(sh, &ev->flood, name))) {
		event.shown = true;
		shell_show_begin(sh);
		output_event(sh->output, event.when, name, args, annotation(sh, args), line, len);
		shell_show_end(sh);
	}
	for (l = ev->listeners; l != NULL; l = ev->next) {
		ev->next = l->next;
		if (wanted(sh, l, name, args))
			l->heard(sh, l, &event);
	}
}

bool events_shown(const struct shell *sh)
{
	return !sh->events->hidden;
}

void events_show(struct shell *sh, bool on)
{
	sh->events->hidden = !on;
}

void events_list(struct shell *sh, const struct task *t)
{
	struct events *ev = sh->events;
	struct page page;

	if (ev->kept_count == 0 && t->redirect == NULL) {
		shell_notice(sh, "no events so far");
		return;
	}
	show_begin(sh, t);
	show_page_begin(sh, t, &page);
	for (size_t i = ev->kept_count; i > 0; i--) {
		const struct kept *k = &ev->kept[(ev->kept_next + EVENTS_KEPT - i) % EVENTS_KEPT];
		events_print(sh, k->when, k->line, k->len);
	}
	show_page_end(sh, &page);
	show_end(sh, t);
}

struct events *events_create(struct shell *sh)
{
	(void)sh;
	return calloc(1, sizeof(struct events));
}

void events_free(struct shell *sh)
{
	struct events *ev = sh->events;

	if (ev == NULL)
		return;
	flood_end(&ev->flood);
	events_forget(ev, "*");
	for (size_t i = 0; i < ev->kept_count; i++)
		free(ev->kept[i].line);
	free(ev->kept);
	free(ev);
	sh->events = NULL;
}
