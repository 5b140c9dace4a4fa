/* SPDX-License-Identifier: ISC */
/*
 * find_ask: asks all realms at once, in every form; where nothing was found, for the past, and then for all devices; counts the devices
 * on the ports of devices found twice.
 *
 * A box may ignore a filter, refuse it or spell values otherwise: every row is checked here, as it arrives, and a request that a
 * box refuses is sent again with less.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "commands/find.h"
#include "commands/find_parts.h"
#include "proto/catalog.h"
#include "run/engine.h"
#include "run/names.h"
#include "run/show.h"

enum { AT_ONCE = 4096, PORTS_A_DEVICE = 16, PORTS_MOST = 256 };

static void find_continue(struct find *f);

/* --- which requests --- */

static void add_query(struct find_query *queries, size_t *n, const struct find_query *q)
{
	if (*n < FIND_QUERIES)
		queries[(*n)++] = *q;
}

/* With --history a box is also asked for current rows: only that shows which rows are current. */
static void add_devices(const struct find *f, struct find_query *queries, size_t *n, struct find_query q)
{
	add_query(queries, n, &q);
	if (f->history > HISTORY_CURRENT) {
		q.history = (unsigned)f->history;
		add_query(queries, n, &q);
	}
}

/* In every form, or without a filter where there is none. */
static void add_forms(const struct find *f, struct find_query *queries, size_t *n, enum find_view view, const char *column)
{
	for (size_t i = 0; i == 0 || i < f->form_count; i++) {
		struct find_query q = {.view = view, .checked = true, .filter_count = f->form_count > 0};

		q.filters[0] = (struct find_filter){column, f->forms[i]};
		if (view == FIND_DEVICES)
			add_devices(f, queries, n, q);
		else
			add_query(queries, n, &q);
	}
}

static void add_whole(struct find_query *queries, size_t *n, enum find_view view)
{
	struct find_query q = {.view = view, .checked = true};

	add_query(queries, n, &q);
}

/* COLUMN=PATTERN, as typed; but a MAC in every form. */
static void add_patterns(const struct find *f, struct find_query *queries, size_t *n)
{
	for (size_t i = 0; i == 0 || i < f->form_count; i++) {
		struct find_query q = {.view = f->view, .filter_count = f->filter_count};

		memcpy(q.filters, f->filters, sizeof q.filters);
		if (f->form_count > 0)
			q.filters[f->mac_filter].pattern = f->forms[i];
		if (f->view == FIND_DEVICES)
			add_devices(f, queries, n, q);
		else
			add_query(queries, n, &q);
	}
}

size_t find_queries(const struct find *f, struct find_query queries[static FIND_QUERIES])
{
	size_t n = 0;

	if (f->filter_count > 0) {
		add_patterns(f, queries, &n);
		return n;
	}
	switch (f->word.kind) {
	case FIND_MAC:
		add_forms(f, queries, &n, FIND_DEVICES, "device_mac");
		add_forms(f, queries, &n, FIND_PORTS, "port_mac");
		break;
	case FIND_PART:
		add_forms(f, queries, &n, FIND_DEVICES, "device_mac");
		break;
	case FIND_ADDRESS: case FIND_SUBNET:
		add_forms(f, queries, &n, FIND_DEVICES, "device_ip");
		if (f->word.kind == FIND_ADDRESS)
			add_whole(queries, &n, FIND_SWITCHES);
		break;
	case FIND_TEXT:
		add_forms(f, queries, &n, FIND_DEVICES, NULL);
		add_whole(queries, &n, FIND_SWITCHES);
		add_whole(queries, &n, FIND_PORTS);
		break;
	}
	return n;
}

/* --- what is learned about a box --- */

/* The memory of this session, empty for another box. */
static struct find_learned *learned(struct shell *sh)
{
	if (sh->find == NULL && (sh->find = calloc(1, sizeof *sh->find)) == NULL)
		return NULL;
	if (sh->find->box == NULL || strcmp(sh->find->box, sh->options->box_text) != 0) {
		free(sh->find->box);
		*sh->find = (struct find_learned){.box = strdup(sh->options->box_text)};
	}
	return sh->find;
}

void find_free(struct shell *sh)
{
	if (sh->find != NULL)
		free(sh->find->box);
	free(sh->find);
	sh->find = NULL;
}

/* --- one request --- */

static struct find_ask *add_ask(struct find *f, size_t realm)
{
	struct find_ask **more = array_room(f->asks, f->ask_count + 1, &f->ask_room, sizeof *more), *a;

	if (more != NULL)
		f->asks = more;
	if (more == NULL || (a = calloc(1, sizeof *a)) == NULL) {
		f->rows.failed = true;
		return NULL;
	}
	a->find = f;
	a->realm = realm;
	f->asks[f->ask_count++] = a;
	return a;
}

static unsigned whole_bit(const struct find_query *q)
{
	return 1u << (2 * q->view + (q->history > 0));
}

/* True if all rows of the view are on their way already: more of them would be the same. */
static bool is_repeated(struct find_realm *r, const struct find_query *q)
{
	bool whole = q->checked && (q->filter_count == 0 || q->unfiltered), repeated = whole && (r->whole & whole_bit(q));

	if (whole)
		r->whole |= whole_bit(q);
	return repeated;
}

static void add_question(struct find *f, size_t realm, struct find_query q)
{
	struct find_learned *known = learned(f->command.sh);
	struct find_ask *a;

	if (known != NULL)
		find_learned_use(known, &q);
	if ((f->realms[realm].failed & 1u << q.view) || is_repeated(&f->realms[realm], &q) || (a = add_ask(f, realm)) == NULL)
		return;
	a->query = q;
}

static void add_failure(struct find *f, size_t realm, enum status status, const char *text)
{
	struct find_failure *more;

	for (size_t i = 0; i < f->failure_count; i++)
		if (f->failures[i].realm == realm && strcmp(f->failures[i].text, text) == 0)
			return;
	more = array_room(f->failures, f->failure_count + 1, &f->failure_room, sizeof *more);
	if (more != NULL) {
		f->failures = more;
		f->failures[f->failure_count] = (struct find_failure){realm, status, strdup(text)};
	}
	if (more == NULL || f->failures[f->failure_count].text == NULL)
		f->rows.failed = true;
	else
		f->failure_count++;
}

/* --- rows --- */

static void take_cell(void *ctx, size_t index, struct json cell)
{
	struct find_ask *a = ctx;

	if (index < FIND_CELLS_READ) {
		a->cells[index] = cell;
		a->cell_count = index + 1;
	}
}

static void take_row(void *ctx, size_t count)
{
	struct find_ask *a = ctx;
	struct find *f = a->find;
	struct find_row row = {.realm = a->realm, .view = a->query.view, .past = a->query.history > 0};
	size_t n = a->cell_count;

	(void)count;
	a->cell_count = 0;
	if (a->counts) {
		if (n >= 3 && find_same(a->cells[0], (struct json){a->switch_uid, strlen(a->switch_uid)}) &&
		    find_same(a->cells[1], (struct json){a->ifname, strlen(a->ifname)}))
			find_rows_count(&f->rows, a->realm, a->cells[0], a->cells[1], a->cells[2]);
		return;
	}
	row.match = find_query_match(&a->query, &f->word, a->cells, n, f->scratch);
	if (row.match == NULL)
		return;
	find_query_cells(&a->query, a->cells, n, row.cells);
	find_take(f, &row);
}

static const struct rows_ops row_ops = {take_cell, take_row};

/* --- answers --- */

/* What the box has refused is asked for again with less.  False: there is nothing less. */
static bool ask_again(struct find *f, struct find_ask *a, const char *message)
{
	bool was_unfiltered = a->query.unfiltered;

	if (!find_query_retry(&a->query, message))
		return false;
	if (!was_unfiltered && a->query.unfiltered && is_repeated(&f->realms[a->realm], &a->query))
		return true;	/* by another of the forms */
	struct find_ask *again = add_ask(f, a->realm);
	if (again != NULL)
		again->query = a->query;
	return true;
}

static void find_refused(struct find *f, struct find_ask *a, const struct task *child, const struct reply *reply)
{
	struct buf why = {0};
	const char *text;

	show_failure(child, reply, &why);
	text = buf_string(&why) != NULL ? buf_string(&why) : "failed";
	if (child->outcome != OUTCOME_FAILED || (!a->counts && !ask_again(f, a, text))) {
		f->realms[a->realm].failed |= 1u << a->query.view;
		add_failure(f, a->realm, engine_outcome_status(child), text);
	}
	buf_clear(&why);
}

static void find_answered(struct shell *sh, struct task *child, const struct reply *reply)
{
	struct find_ask *a = child->ctx;
	struct find *f = a->find;
	struct find_learned *known = learned(sh);

	f->running--;
	a->done = true;
	if (child->outcome != OUTCOME_OK) {
		find_refused(f, a, child, reply);
	} else {
		if (arriving_end(&a->arriving, reply) == -1)
			f->rows.failed = true;
		f->realms[a->realm].answered++;
		if (known != NULL && !a->counts)
			find_learned_add(known, &a->query);
	}
	find_continue(f);
}

static void find_send(struct find *f, struct find_ask *a)
{
	static const struct rows_hint hint = {.shape = REPLY_ROWS, .columns = FIND_CELLS_READ, .asked = true};
	struct find_realm *r = &f->realms[a->realm];
	struct buf text = {0};
	struct task *child = NULL;
	struct error e;

	if (a->counts)
		find_count_put(&text, r->gid, (struct json){a->switch_uid, strlen(a->switch_uid)},
		    (struct json){a->ifname, strlen(a->ifname)});
	else
		find_query_put(&text, &a->query, r->gid);
	if (text.failed)
		error_memory(&e);
	else
		child = engine_child(f->command.sh, buf_head(&text), text.len, f->command.task->at, false, find_answered, a, &e);
	if (child == NULL) {
		a->done = true;
		r->failed |= 1u << a->query.view;
		add_failure(f, a->realm, e.status, e.text);
	} else {
		arriving_init(&a->arriving, &hint, &row_ops, a);
		child->arriving = &a->arriving;
		f->running++;
	}
	buf_clear(&text);
}

/* --- stages --- */

static void ask_all(struct find *f, enum find_stage stage)
{
	struct find_query queries[FIND_QUERIES];
	size_t count = find_queries(f, queries);

	for (size_t r = 0; r < f->realm_count; r++) {
		for (size_t i = 0; i < count && (stage == STAGE_ASKING || stage == STAGE_PAST); i++) {
			if (stage == STAGE_PAST && queries[i].view != FIND_DEVICES)
				continue;
			queries[i].history = stage == STAGE_PAST ? 1 : queries[i].history;
			add_question(f, r, queries[i]);
		}
		if (stage == STAGE_ALL || stage == STAGE_ALL_PAST) {
			struct find_query q = {.view = FIND_DEVICES, .checked = true};

			q.history = stage == STAGE_ALL ? 0 : f->history > HISTORY_CURRENT ? (unsigned)f->history : 1;
			add_question(f, r, q);
		}
	}
}

static void add_port(void *ctx, const struct find_row *row)
{
	struct find *f = ctx;
	const struct json *sw = &row->cells[CELL_SWITCH], *ifname = &row->cells[CELL_IFNAME];
	struct find_ask *a;
	size_t n = 0;

	if (sw->text == NULL || ifname->text == NULL)
		return;
	for (size_t i = 0; i < f->ask_count; i++) {
		a = f->asks[i];
		if (!a->counts)
			continue;
		n++;
		if (a->realm == row->realm && find_same(*sw, (struct json){a->switch_uid, strlen(a->switch_uid)}) &&
		    find_same(*ifname, (struct json){a->ifname, strlen(a->ifname)}))
			return;
	}
	if (n == PORTS_MOST || (a = add_ask(f, row->realm)) == NULL)
		return;
	a->counts = true;
	a->query.view = FIND_PORTS;
	a->switch_uid = strndup(sw->text, sw->len);
	a->ifname = strndup(ifname->text, ifname->len);
	if (a->switch_uid == NULL || a->ifname == NULL) {
		f->ask_count--;
		free(a->switch_uid);
		free(a->ifname);
		free(a);
		f->rows.failed = true;
	}
}

/* All devices are searched where a filter may have hidden them. */
static bool may_be_hidden(const struct find *f)
{
	return f->filter_count == 0 && f->word.kind != FIND_TEXT;
}

static enum find_stage after(const struct find *f)
{
	switch (f->stage) {
	case STAGE_ASKING:
		if (f->history == HISTORY_IF_NEEDED && (f->filter_count == 0 || f->view == FIND_DEVICES))
			return STAGE_PAST;
		/* fallthrough */
	case STAGE_PAST:
		return may_be_hidden(f) ? STAGE_ALL : STAGE_DONE;
	case STAGE_ALL:
		return f->history == HISTORY_CURRENT ? STAGE_DONE : STAGE_ALL_PAST;
	case STAGE_ALL_PAST: case STAGE_COUNTING: case STAGE_DONE:
		break;
	}
	return STAGE_DONE;
}

static enum status outcome(const struct find *f)
{
	if (f->error.text[0] != '\0')
		return f->error.status;
	if (f->rows.failed)
		return STATUS_PROTOCOL;
	if (f->failure_count > 0)
		return f->failures[0].status;
	return find_empty(f) ? STATUS_FAILED : STATUS_OK;
}

static void find_end(struct find *f)
{
	f->stage = STAGE_DONE;
	if (f->streamed)
		find_stream_end(f);
	find_rows_rank(&f->rows);
	command_result(f, outcome(f));
}

/* When all requests are answered, begins the next stage, until there are rows. */
static void next_stage(struct find *f)
{
	if (f->stage < STAGE_COUNTING && find_empty(f) && f->stage != STAGE_DONE) {
		f->stage = after(f);
		if (f->stage != STAGE_DONE)
			ask_all(f, f->stage);
		return;
	}
	if (f->stage < STAGE_COUNTING && !f->streamed) {
		f->stage = STAGE_COUNTING;
		find_rows_settle(&f->rows);
		find_rows_doubtful(&f->rows, PORTS_A_DEVICE, add_port, f);
		return;
	}
	f->stage = STAGE_DONE;
}

static void find_continue(struct find *f)
{
	const struct options *o = f->command.sh->options;
	size_t most = o->jobs_set && o->jobs > 0 ? o->jobs : AT_ONCE;

	for (;;) {
		while (f->next < f->ask_count && f->running < most)
			find_send(f, f->asks[f->next++]);
		if (f->running > 0) {
			engine_pump(f->command.sh);
			return;
		}
		if (f->next < f->ask_count)
			continue;
		if (f->stage == STAGE_DONE || f->rows.failed) {
			find_end(f);
			return;
		}
		next_stage(f);
	}
}

/* --- the beginning --- */

static void add_realm(void *ctx, const char *gid, const char *name)
{
	struct find *f = ctx;
	struct find_realm *more = array_more(f->realms, f->realm_count, sizeof *more);

	if (more != NULL) {
		f->realms = more;
		f->realms[f->realm_count] = (struct find_realm){.gid = strdup(gid), .name = strdup(name)};
	}
	if (more == NULL || f->realms[f->realm_count].gid == NULL || f->realms[f->realm_count].name == NULL)
		f->rows.failed = true;
	if (more != NULL)
		f->realm_count++;
}

/* Leaves the realms that were asked for, in the box's order.  0, or -1 with f->error. */
static int choose_realms(struct find *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->wanted_count; i++) {
		const char *gid = names_find(f->command.sh, GID_REALM, f->realms_wanted[i], &f->error);

		if (gid == NULL)
			return -1;
		for (size_t r = 0; r < f->realm_count; r++)
			f->realms[r].wanted |= strcmp(f->realms[r].gid, gid) == 0;
	}
	for (size_t r = 0; r < f->realm_count && f->wanted_count > 0; r++) {
		if (f->realms[r].wanted) {
			struct find_realm swap = f->realms[kept];

			f->realms[kept++] = f->realms[r];
			f->realms[r] = swap;
		}
	}
	for (; f->wanted_count > 0 && f->realm_count > kept; f->realm_count--) {
		free(f->realms[f->realm_count - 1].gid);
		free(f->realms[f->realm_count - 1].name);
	}
	return 0;
}

static void find_listed(struct shell *sh, void *ctx, const char *gid, const struct error *e)
{
	struct find *f = ctx;

	(void)gid;
	if (e != NULL) {
		f->error = *e;
		find_end(f);
		return;
	}
	names_each(sh, GID_REALM, add_realm, f);
	if (choose_realms(f) == -1) {
		find_end(f);
		return;
	}
	f->error.text[0] = '\0';
	ask_all(f, STAGE_ASKING);
	find_continue(f);
}

void find_begin(void *ctx)
{
	struct find *f = ctx;

	names_look_up(f->command.sh, GID_REALM, NULL, find_listed, f);
	engine_pump(f->command.sh);
}
