/*
 * engine: the queue of lines and the order in which they are begun.  What a result looks like is shell/show's; what a
 * command does is shell/commands'.
 *
 * Two lists: the queue holds the lines in their order until their result has been shown; `side` holds what runs
 * beside it, jobs and children.  In both, tasks before `unsent` / `side_unsent` have been begun, those from there on
 * have not.
 */
#include "shell/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/catalog.h"
#include "shell/commands.h"
#include "shell/events.h"
#include "shell/input.h"
#include "shell/link.h"
#include "shell/names.h"
#include "shell/show.h"
#include "shell/wait.h"

enum {
	WINDOW = 4096,			/* lines read ahead of what has been shown */
	UNSENT_MOST = 1024 * 1024,	/* bytes waiting for the network */
	KEPT_MOST = 16 * 1024 * 1024,	/* bytes of replies waiting for their turn, before no more are asked for */
	POOL = 64,			/* tasks kept for reuse */
};

struct list { struct task *head, *tail; };

struct engine {
	struct list queue, side;
	struct task *unsent, *side_unsent;
	size_t queued;			/* in the queue */
	size_t running;			/* of the queue, sent and not answered */
	size_t barriers;		/* of those, barriers */
	size_t jobs;
	size_t kept;			/* bytes */
	unsigned next_job;
	bool stopped, pumping, lost;
	unsigned long begun, ended;	/* lines */
	unsigned long dropped;		/* lines not begun when it stopped */
	struct task *pool;
	size_t pooled;
	struct task *last;
};

/* --- tasks --- */

static struct task *task_new(struct engine *e)
{
	struct task *t = e->pool;

	if (t == NULL)
		return calloc(1, sizeof *t);
	e->pool = t->next;
	e->pooled--;
	struct line line = t->line;	/* keeps its memory */
	memset(t, 0, sizeof *t);
	t->line = line;
	return t;
}

static void task_free(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	loop_timer_stop(sh->loop, &t->timer);
	if (t->drop != NULL)
		t->drop(sh, t);
	line_clear(&t->line);
	if (t->kept != NULL)
		e->kept -= t->kept_len;
	free(t->kept);
	free(t->why);
	t->kept = t->why = NULL;
	if (e->pooled < POOL) {
		t->next = e->pool;
		e->pool = t;
		e->pooled++;
	} else {
		free(t);
	}
}

static void list_insert(struct list *l, struct task *t, struct task *before)
{
	t->next = before;
	t->prev = before != NULL ? before->prev : l->tail;
	*(t->prev != NULL ? &t->prev->next : &l->head) = t;
	*(before != NULL ? &before->prev : &l->tail) = t;
}

static void list_remove(struct list *l, struct task *t)
{
	*(t->prev != NULL ? &t->prev->next : &l->head) = t->next;
	*(t->next != NULL ? &t->next->prev : &l->tail) = t->prev;
	t->next = t->prev = NULL;
}

static void queue_remove(struct engine *e, struct task *t)
{
	e->ended++;
	if (e->unsent == t)
		e->unsent = t->next;
	list_remove(&e->queue, t);
	e->queued--;
}

static void side_remove(struct engine *e, struct task *t)
{
	if (e->side_unsent == t)
		e->side_unsent = t->next;
	list_remove(&e->side, t);
	if (t->role == TASK_JOB)
		e->jobs--;
}

static void side_append(struct engine *e, struct task *t, bool begun)
{
	list_insert(&e->side, t, begun ? e->side_unsent : NULL);
	if (!begun && e->side_unsent == NULL)
		e->side_unsent = t;
	if (t->role == TASK_JOB)
		e->jobs++;
}

/* --- reading a line --- */

static int read_file(void *ctx, const char *path, struct buf *out, struct error *e)
{
	(void)ctx;
	return input_read_file(path, LINE_MAX_BYTES, out, e);
}

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	return show_ask_secret(ctx, what, out, e);
}

static bool confirm_nearest(void *ctx, const char *typed, const char *nearest)
{
	struct shell *sh = ctx;
	char text[256];

	if (!sh->interactive)
		return false;
	snprintf(text, sizeof text, "%.60s: no such request; did you mean %s? [y/N] ", typed, nearest);
	return shell_ask_yes(sh, text);
}

struct line_context engine_context(struct shell *sh)
{
	return (struct line_context){
		.prompt = sh->interactive, .terminal = sh->may_ask, .read_file = read_file,
		.ask_secret = ask_secret, .confirm_nearest = confirm_nearest, .find_command = commands_find, .ctx = sh,
	};
}

/* What may be asked of this ptsh, whatever the box would say. */
static int permitted(const struct shell *sh, const struct line *line, struct error *e)
{
	const struct request *r = line->type;

	if (line->kind != LINE_REQUEST)
		return 0;
	if (r != NULL && r->kind == REQUEST_SESSION && r->role != ROLE_SUBSCRIBE && r->role != ROLE_UNSUBSCRIBE)
		return error_set(e, STATUS_USAGE, "this is ptsh's own business: it logs in and starts TLS by itself");
	if (sh->options->read_only && (r == NULL || (r->kind != REQUEST_READ && r->kind != REQUEST_SESSION)))
		return error_set(e, STATUS_USAGE, "refused by --read-only");
	if (line->redirect != REDIRECT_NONE && line->job)
		return error_set(e, STATUS_USAGE, "a job's result cannot be redirected");
	return 0;
}

static void refuse(struct task *t, const struct error *e)
{
	t->state = TASK_ANSWERED;
	t->outcome = OUTCOME_REFUSED;
	t->bad_line = true;
	t->why = strdup(e->text);
	t->why_status = e->status;
	t->barrier = true;
}

static void append(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	list_insert(&e->queue, t, NULL);
	e->queued++;
	if (e->unsent == NULL)
		e->unsent = t;
}

void engine_line(struct shell *sh, const char *text, size_t len, struct place at)
{
	struct engine *e = sh->engine;
	struct task *t = task_new(e);
	struct line_context context = engine_context(sh);
	struct error err;
	char *usage = NULL;
	size_t where = 0;

	if (t == NULL) {
		error_memory(&err);
		shell_complain(sh, at, NULL, "%s", err.text);
		shell_failed(sh, err.status);
		engine_stop(sh);
		return;
	}
	t->at = at;
	t->asked = loop_now();
	if (line_parse(&t->line, text, len, &context, &err, &usage, &where) == -1) {
		refuse(t, &err);
		if (usage != NULL && t->why != NULL) {
			struct buf b = {0};
			buf_printf(&b, "%s\nusage: %s", t->why, usage);
			free(t->why);
			t->why = buf_steal(&b);
		}
		free(usage);
	} else if (t->line.kind == LINE_EMPTY) {
		task_free(sh, t);
		return;
	} else if (permitted(sh, &t->line, &err) == -1) {
		refuse(t, &err);
	} else {
		t->barrier = t->line.kind != LINE_REQUEST || t->line.type == NULL || t->line.type->kind != REQUEST_READ;
		if (t->line.kind == LINE_COMMAND)
			commands_queued(sh, t);
	}
	for (size_t i = 0; i < t->line.note_count; i++)
		shell_notice(sh, "%s", t->line.notes[i]);
	append(sh, t);
}

void engine_bad_line(struct shell *sh, struct place at, const struct error *err)
{
	struct task *t = task_new(sh->engine);

	if (t == NULL)
		return;
	t->at = at;
	refuse(t, err);
	append(sh, t);
}

struct task *engine_child(struct shell *sh, const char *text, size_t len, struct place at, bool front,
    void (*done)(struct shell *, struct task *, const struct reply *), void *ctx, struct error *err)
{
	struct engine *e = sh->engine;
	struct task *t = task_new(e);
	struct line_context context = engine_context(sh);
	char *usage = NULL;
	size_t where;

	if (t == NULL) {
		error_memory(err);
		return NULL;
	}
	context.prompt = false;
	if (line_parse(&t->line, text, len, &context, err, &usage, &where) == -1 || permitted(sh, &t->line, err) == -1) {
		free(usage);
		task_free(sh, t);
		return NULL;
	}
	if (t->line.kind != LINE_REQUEST) {
		error_set(err, STATUS_USAGE, "only a request can stand here");
		task_free(sh, t);
		return NULL;
	}
	t->role = TASK_CHILD;
	t->at = at;
	t->asked = loop_now();
	t->done = done;
	t->ctx = ctx;
	if (front && e->side_unsent != NULL) {
		list_insert(&e->side, t, e->side_unsent);
		e->side_unsent = t;
	} else {
		side_append(e, t, false);
	}
	return t;
}

/* --- the end of a task --- */

static enum status outcome_status(const struct task *t)
{
	switch (t->outcome) {
	case OUTCOME_OK:
		return STATUS_OK;
	case OUTCOME_FAILED:
		return STATUS_FAILED;
	case OUTCOME_BAD:
		return STATUS_PROTOCOL;
	case OUTCOME_UNKNOWN:
		return t->abandoned ? STATUS_TIMEOUT : STATUS_LOST;
	case OUTCOME_UNSENT:
		return STATUS_LOST;
	case OUTCOME_REFUSED:
		return t->why_status;
	}
	return STATUS_PROTOCOL;
}

/* A failure that nobody has permitted stops a script as soon as it is known; lines in flight are waited for. */
static void stop_for(struct shell *sh, const struct task *t)
{
	if (t->bad_line || (!t->line.may_fail && !sh->options->keep_going))
		engine_stop(sh);
}

/* Its status counts when its turn comes: the first failing line decides. */
static void count_failure(struct shell *sh, const struct task *t, enum status status)
{
	if (status != STATUS_OK && (t->bad_line || !t->line.may_fail))
		shell_failed(sh, status);
}

static void retire(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	count_failure(sh, t, outcome_status(t));
	queue_remove(e, t);
	if (sh->interactive && t->outcome == OUTCOME_OK && t->kept != NULL && t->line.kind == LINE_REQUEST) {
		if (e->last != NULL)
			task_free(sh, e->last);
		e->last = t;
	} else {
		task_free(sh, t);
	}
}

/* The reply is here, or never comes: `reply` is NULL then. */
static void finish(struct shell *sh, struct task *t, const struct reply *reply)
{
	struct engine *e = sh->engine;

	loop_timer_stop(sh->loop, &t->timer);
	t->state = TASK_ANSWERED;
	if (t->role == TASK_CHILD) {
		side_remove(e, t);
		if (t->done != NULL)
			t->done(sh, t, reply);
		task_free(sh, t);
		return;
	}
	if (t->outcome == OUTCOME_OK && t->line.type != NULL && t->line.type->kind == REQUEST_MODIFY)
		names_stale(sh);
	if (t->role == TASK_JOB) {
		side_remove(e, t);
		show_job(sh, t, reply);
		count_failure(sh, t, outcome_status(t));
		if (t->outcome != OUTCOME_OK)
			stop_for(sh, t);
		task_free(sh, t);
		wait_job_ended(sh);
		return;
	}
	if (t->id != 0) {
		e->running--;
		e->barriers -= t->barrier;
		t->id = 0;
	}
	if (t->outcome != OUTCOME_OK)
		stop_for(sh, t);
	if (t == e->queue.head && !sh->interactive) {
		show_result(sh, t, reply);
		retire(sh, t);
		return;
	}
	if (reply != NULL) {
		t->kept = malloc(reply->len + 1);
		if (t->kept == NULL) {
			t->outcome = OUTCOME_BAD;
			t->why = strdup("out of memory for the reply");
			return;
		}
		memcpy(t->kept, reply->line, reply->len);
		t->kept[reply->len] = '\0';
		t->kept_len = reply->len;
		t->bad_utf8 = reply->bad_utf8;
		e->kept += reply->len;
	}
}

/* Shows what has its turn.  True: something was. */
static bool show_ready(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;
	bool any = false;

	while ((t = e->queue.head) != NULL && t->state == TASK_ANSWERED) {
		struct reply reply;
		if (t->outcome == OUTCOME_REFUSED)
			stop_for(sh, t);
		if (t->kept != NULL) {
			show_kept(t, &reply);
			show_result(sh, t, &reply);
		} else {
			show_result(sh, t, NULL);
		}
		retire(sh, t);
		any = true;
	}
	return any;
}

/* --- beginning --- */

static void time_out(void *ctx)
{
	struct task *t = ctx;
	struct shell *sh = t->waiting;

	t->waiting = NULL;
	if (t->id != 0)
		link_forget(sh, t->id);
	t->abandoned = true;
	t->outcome = OUTCOME_UNKNOWN;
	finish(sh, t, NULL);
	engine_pump(sh);
}

static bool send_task(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;

	t->id = link_request(sh, buf_head(&t->line.json), t->line.json.len, t);
	if (t->id == 0) {
		t->outcome = OUTCOME_UNSENT;
		t->why = strdup("out of memory");
		finish(sh, t, NULL);
		return false;
	}
	e->begun++;
	t->state = TASK_RUNNING;
	t->started = loop_now();
	if (sh->timeout > 0) {
		t->waiting = sh;
		loop_timer_start(sh->loop, &t->timer, (int64_t)(sh->timeout * 1000), time_out, t);
	}
	if (t->line.secret)
		buf_clear(&t->line.json);
	return true;
}

static void resolved(struct shell *sh, void *ctx, const char *gid, const struct error *err)
{
	struct task *t = ctx;

	t->state = TASK_WAITING;
	if (gid == NULL || line_resolve(&t->line, t->resolved, gid) == -1) {
		t->outcome = OUTCOME_REFUSED;
		t->why = strdup(gid == NULL ? err->text : "out of memory");
		t->why_status = gid == NULL ? err->status : STATUS_PROTOCOL;
		if (t->role == TASK_LINE) {
			if (sh->engine->unsent == t)
				sh->engine->unsent = t->next;
			t->state = TASK_ANSWERED;
		} else {
			finish(sh, t, NULL);
		}
	} else {
		t->resolved++;
	}
	engine_pump(sh);
}

/* Looks up the first name that is not a gid yet.  True: it is under way, or failed. */
static bool resolve_names(struct shell *sh, struct task *t)
{
	if (t->resolved >= t->line.lookup_count || sh->options->dry_run)
		return false;
	t->state = TASK_RESOLVING;
	const struct lookup *l = &t->line.lookups[t->resolved];
	names_look_up(sh, l->kind, l->name, resolved, t);
	return true;
}

static bool room(const struct shell *sh)
{
	return link_unsent(sh) < UNSENT_MOST;
}

static bool begin_side(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;
	bool any = false;

	while ((t = e->side_unsent) != NULL && room(sh)) {
		bool early = t->line.type != NULL && t->line.type->kind == REQUEST_READ && !t->line.secret;
		if (t->state == TASK_RESOLVING)
			break;
		if (!link_takes(sh, early)) {
			link_want(sh);
			if (!link_takes(sh, early))
				break;
		}
		if (resolve_names(sh, t))
			return true;
		e->side_unsent = t->next;
		send_task(sh, t);
		any = true;
	}
	return any;
}

/* Whether the order of the lines permits to begin t, the first not begun. */
static bool turn(const struct shell *sh, const struct task *t)
{
	const struct engine *e = sh->engine;
	const struct options *o = sh->options;

	if (t->line.kind == LINE_COMMAND)
		return t == e->queue.head;
	if (o->jobs_set)
		return o->jobs == 0 || e->running < o->jobs;
	return t->barrier ? t == e->queue.head : e->barriers == 0;
}

static void make_job(struct shell *sh, struct task *t, bool begun)
{
	struct engine *e = sh->engine;

	queue_remove(e, t);
	t->role = TASK_JOB;
	t->job = ++e->next_job;
	side_append(e, t, begun);
	if (sh->interactive)
		show_job_started(sh, t);
}

static void begin_command(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;
	enum status status = STATUS_OK;

	e->unsent = t->next;
	e->begun++;
	t->state = TASK_RUNNING;
	t->started = loop_now();
	switch (commands_run(sh, t, &status)) {
	case COMMAND_WAITS:
		break;
	case COMMAND_DONE:
		status = STATUS_OK;
		/* fallthrough */
	case COMMAND_FAILED:
		engine_command_done(sh, t, status);
	}
}

void engine_command_done(struct shell *sh, struct task *t, enum status status)
{
	loop_timer_stop(sh->loop, &t->timer);
	count_failure(sh, t, status);
	if (status != STATUS_OK)
		stop_for(sh, t);
	queue_remove(sh->engine, t);
	task_free(sh, t);
}

/* Begins the first line not begun, if it may.  True: it was, or it has ended. */
static bool begin_line(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t = e->unsent;

	if (t->state == TASK_ANSWERED) {	/* refused: what follows a line that is no good never begins */
		if (t->bad_line)
			return false;
		e->unsent = t->next;
		return true;
	}
	if (t->state != TASK_WAITING || !turn(sh, t))
		return false;
	if (t->line.kind == LINE_COMMAND) {
		begin_command(sh, t);
		return true;
	}
	if (sh->options->dry_run) {
		e->unsent = t->next;
		t->state = TASK_ANSWERED;
		return true;
	}
	if (sh->interactive && t->line.deletes && !sh->options->yes && !show_confirm_delete(sh, t)) {
		e->unsent = t->next;
		queue_remove(e, t);
		task_free(sh, t);
		return true;
	}
	bool early = t->line.type != NULL && t->line.type->kind == REQUEST_READ && !t->line.secret;
	if (!link_takes(sh, early)) {
		link_want(sh);
		if (!link_takes(sh, early))
			return false;
	}
	if (!room(sh))
		return false;
	if (resolve_names(sh, t))
		return true;	/* the question is to be sent */
	if (t->line.type != NULL && t->line.type->kind == REQUEST_SESSION)
		events_note(sh, &t->line);
	if (t->line.job) {
		make_job(sh, t, true);
		send_task(sh, t);
		return true;
	}
	e->unsent = t->next;
	e->running++;
	e->barriers += t->barrier;
	send_task(sh, t);
	return true;
}

bool engine_wants_lines(const struct shell *sh)
{
	const struct engine *e = sh->engine;

	return !e->stopped && e->queued < WINDOW && e->kept < KEPT_MOST && link_unsent(sh) < UNSENT_MOST;
}

void engine_pump(struct shell *sh)
{
	struct engine *e = sh->engine;
	bool moved;

	if (e->pumping)
		return;
	e->pumping = true;
	do {
		moved = show_ready(sh);
		moved |= begin_side(sh);
		while (e->unsent != NULL && !e->stopped && begin_line(sh))
			moved = true;
		if (engine_wants_lines(sh))
			moved |= input_pump(sh);
	} while (moved);
	e->pumping = false;
	link_flush(sh);
}

/* --- stopping --- */

void engine_stop(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t, *next;

	e->stopped = true;
	for (t = e->unsent; t != NULL; t = next) {
		next = t->next;
		if (t->state != TASK_WAITING)
			continue;
		e->dropped++;
		queue_remove(e, t);
		task_free(sh, t);
	}
	e->unsent = NULL;
	e->dropped += input_drop(sh);
}

void engine_resume(struct shell *sh)
{
	sh->engine->stopped = false;
	sh->engine->dropped = 0;
}

unsigned long engine_dropped(const struct shell *sh)
{
	return sh->engine->begun > 0 ? sh->engine->dropped : 0;
}

unsigned long engine_done(const struct shell *sh)
{
	return sh->engine->ended;
}

void engine_link_lost(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t, *next;

	for (t = e->side_unsent; t != NULL; t = next) {
		next = t->next;
		t->outcome = OUTCOME_UNSENT;
		finish(sh, t, NULL);
	}
	if (sh->interactive ? e->queue.head != NULL : link_state(sh) == LINK_FAILED)
		engine_stop(sh);
	engine_pump(sh);
}

/* --- the session's operations --- */

void engine_on_reply(void *ctx, void *tag, const struct reply *reply)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	t->outcome = reply->bad_escapes > 0 ? OUTCOME_BAD : reply->ok ? OUTCOME_OK : OUTCOME_FAILED;
	finish(sh, t, reply);
}

enum large_mode engine_on_large(void *ctx, void *tag, const char *text, size_t len)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return LARGE_SKIP;
	if (t->role == TASK_CHILD || (t->role == TASK_LINE && (t != sh->engine->queue.head || sh->interactive)))
		return LARGE_KEEP;
	t->streaming = true;
	return show_large(sh, t, text, len);
}

void engine_on_item(void *ctx, void *tag, struct json item, unsigned depth, bool first)
{
	struct shell *sh = ctx;

	(void)tag;
	output_item(sh->output, item, depth, first);
}

void engine_on_text(void *ctx, void *tag, const char *text, size_t len)
{
	struct shell *sh = ctx;

	(void)tag;
	output_text(sh->output, text, len);
}

void engine_on_end(void *ctx, void *tag, uint64_t bad_utf8, uint64_t bad_escapes)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	t->bad_utf8 = bad_utf8;
	t->outcome = bad_escapes > 0 ? OUTCOME_BAD : OUTCOME_OK;
	show_large_end(sh, t, true);
	finish(sh, t, NULL);
}

/* A request that the box has refused to look at, because there was no login: it has not been begun. */
static void put_back(struct shell *sh, struct task *t)
{
	struct engine *e = sh->engine;
	struct task *first = t->role == TASK_LINE ? e->queue.head : e->side.head;

	loop_timer_stop(sh->loop, &t->timer);
	t->id = 0;
	t->state = TASK_WAITING;
	e->begun--;
	while (first->state != TASK_WAITING)
		first = first->next;
	if (t->role == TASK_LINE) {
		e->running--;
		e->barriers -= t->barrier;
		e->unsent = first;
	} else {
		e->side_unsent = first;
	}
}

void engine_on_reply_lost(void *ctx, void *tag, const struct error *e)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	t->outcome = OUTCOME_BAD;
	t->why = strdup(e->text);
	if (t->streaming)
		show_large_end(sh, t, false);
	finish(sh, t, NULL);
}

void engine_on_unanswered(void *ctx, void *tag, bool sent, bool partial)
{
	struct shell *sh = ctx;
	struct task *t = tag;

	if (t == NULL)
		return;
	if (link_state(sh) == LINK_CONNECTING) {	/* it went along with a login that came to nothing */
		put_back(sh, t);
		return;
	}
	t->outcome = sent ? OUTCOME_UNKNOWN : OUTCOME_UNSENT;
	if (partial && t->streaming)
		show_large_end(sh, t, false);
	finish(sh, t, NULL);
}

/* --- looking --- */

bool engine_queue_empty(const struct shell *sh)
{
	return sh->engine->queue.head == NULL;
}

bool engine_idle(const struct shell *sh)
{
	return sh->engine->queue.head == NULL && sh->engine->side.head == NULL;
}

bool engine_stopped(const struct shell *sh)
{
	return sh->engine->stopped;
}

struct task *engine_foreground(struct shell *sh)
{
	struct task *t = sh->engine->queue.head;

	return t != NULL && t->state == TASK_RUNNING ? t : NULL;
}

bool engine_background(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t = engine_foreground(sh);

	if (t == NULL)
		return false;
	if (t->line.kind == LINE_COMMAND) {
		if (t->cancel != NULL)
			t->cancel(sh, t);
		return true;
	}
	if (t->id != 0) {
		e->running--;
		e->barriers -= t->barrier;
	}
	make_job(sh, t, true);
	return true;
}

struct task *engine_jobs(struct shell *sh)
{
	return sh->engine->side.head;
}

size_t engine_job_count(const struct shell *sh)
{
	return sh->engine->jobs;
}

const struct task *engine_last(const struct shell *sh)
{
	return sh->engine->last;
}

struct engine *engine_create(struct shell *sh)
{
	(void)sh;
	return calloc(1, sizeof(struct engine));
}

void engine_free(struct shell *sh)
{
	struct engine *e = sh->engine;
	struct task *t;

	if (e == NULL)
		return;
	while ((t = e->queue.head) != NULL) {
		queue_remove(e, t);
		task_free(sh, t);
	}
	while ((t = e->side.head) != NULL) {
		side_remove(e, t);
		task_free(sh, t);
	}
	if (e->last != NULL)
		task_free(sh, e->last);
	while ((t = e->pool) != NULL) {
		e->pool = t->next;
		line_clear(&t->line);
		free(t);
	}
	free(e);
	sh->engine = NULL;
}
