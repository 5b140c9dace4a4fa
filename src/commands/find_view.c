/* SPDX-License-Identifier: ISC */
/*
 * find_view: the columns and filters of .find for each type of query, and the meaning of a row's cells.
 *
 * Boxes may lack a column or refuse a filter, each with its own message: refused parts are left out, one
 * after the other, and as little as possible.
 */
#include "commands/find_view.h"

#include <string.h>

#include "proto/catalog.h"

enum compare { AS_NOTHING, AS_MAC, AS_ADDRESS, AS_TEXT };

struct column {
	const char *name;
	enum compare compare;
	int cell;			/* enum find_cell; -1: not shown */
};

enum { FEW = 6 };

static const struct column device_columns[FIND_COLUMNS + 1] = {
	{"switch_uid", AS_NOTHING, CELL_SWITCH}, {"ifname", AS_NOTHING, CELL_IFNAME}, {"vlan", AS_NOTHING, CELL_VLAN},
	{"device_mac", AS_MAC, CELL_MAC}, {"device_ip", AS_ADDRESS, CELL_IP}, {"device_dnsname", AS_TEXT, CELL_DNSNAME},
	{"device_log_end", AS_NOTHING, CELL_LOG_END}, {"ifalias", AS_TEXT, CELL_IFALIAS}, {"device_comment", AS_TEXT, -1},
	{"device_notes", AS_TEXT, -1}, {0}
};
static const struct column port_columns[FIND_COLUMNS + 1] = {
	{"switch_uid", AS_NOTHING, CELL_SWITCH}, {"ifname", AS_NOTHING, CELL_IFNAME}, {"ifalias", AS_TEXT, CELL_IFALIAS},
	{"port_comment", AS_TEXT, -1}, {"port_mac", AS_MAC, -1}, {0}
};
static const struct column switch_columns[FIND_COLUMNS + 1] = {
	{"switch_uid", AS_TEXT, CELL_SWITCH}, {"switch_ip", AS_ADDRESS, -1}, {"switch_dnsname", AS_TEXT, -1},
	{"switch_comment", AS_TEXT, -1}, {"switch_notes", AS_TEXT, -1}, {"switch_syslocation", AS_TEXT, -1}, {0}
};

static const struct { const char *name; const struct column *columns; } views[FIND_VIEWS] = {
	[FIND_DEVICES] = {"device", device_columns},
	[FIND_PORTS] = {"switch_detail", port_columns},
	[FIND_SWITCHES] = {"switch", switch_columns},
};

static const struct request *query(void)
{
	return catalog_role(ROLE_QUERY);
}

bool find_view_of(const struct find_filter *filters, size_t count, enum find_view *view)
{
	const struct arg *columns = query()->args;

	while (!(columns->flags & ARG_HEADINGS))
		columns++;
	for (int v = 0; v < FIND_VIEWS; v++) {
		const struct field *fields = catalog_fields(query(), columns, views[v].name);
		size_t i = 0;

		while (i < count && catalog_field(fields, filters[i].column, strlen(filters[i].column)) != NULL)
			i++;
		if (i == count) {
			*view = (enum find_view)v;
			return true;
		}
	}
	return false;
}

/* --- the request --- */

static bool asks_for(const struct find_query *q, size_t column)
{
	return !(q->missing & 1u << column) && !(q->few && column >= FEW);
}

static int column_of(enum find_view view, const char *name)
{
	for (int i = 0; views[view].columns[i].name != NULL; i++)
		if (strcmp(views[view].columns[i].name, name) == 0)
			return i;
	return -1;
}

bool find_column_of_macs(const char *column)
{
	for (int v = 0; v < FIND_VIEWS; v++) {
		int i = column_of((enum find_view)v, column);

		if (i >= 0)
			return views[v].columns[i].compare == AS_MAC;
	}
	return false;
}

static void put_string(struct buf *out, const char *text)
{
	json_put_string(out, text, strlen(text));
}

static void put_columns(struct buf *out, const struct find_query *q)
{
	const struct column *columns = views[q->view].columns;
	const char *separator = "";

	buf_putc(out, '[');
	for (size_t i = 0; columns[i].name != NULL; i++) {
		if (!asks_for(q, i))
			continue;
		buf_puts(out, separator);
		put_string(out, columns[i].name);
		separator = ",";
	}
	for (size_t i = 0; i < q->filter_count && !q->checked; i++) {
		if (column_of(q->view, q->filters[i].column) >= 0)
			continue;
		buf_puts(out, separator);
		put_string(out, q->filters[i].column);
		separator = ",";
	}
	buf_putc(out, ']');
}

void find_query_put(struct buf *out, const struct find_query *q, const char *gid)
{
	buf_putc(out, '[');
	put_string(out, query()->name);
	buf_putc(out, ',');
	put_string(out, gid != NULL ? gid : "{gid}");
	buf_putc(out, ',');
	put_string(out, views[q->view].name);
	buf_putc(out, ',');
	put_columns(out, q);
	buf_puts(out, ",[],{");
	for (size_t i = 0; i < q->filter_count && !q->unfiltered; i++) {
		buf_puts(out, i > 0 ? "," : "");
		put_string(out, q->filters[i].column);
		buf_putc(out, ':');
		put_string(out, q->filters[i].pattern);
	}
	buf_putc(out, '}');
	if (q->history > 0)
		buf_printf(out, ",%u", q->history);
	buf_putc(out, ']');
}

/* A filter's pattern is text, whatever the cell was. */
static void put_pattern(struct buf *out, const char *column, struct json value)
{
	struct buf text = {0};

	json_decode(value, &text);
	put_string(out, column);
	buf_putc(out, ':');
	json_put_string(out, buf_head(&text), text.len);
	out->failed |= text.failed;
	buf_clear(&text);
}

void find_count_put(struct buf *out, const char *gid, struct json switch_uid, struct json ifname)
{
	const char *const columns[] = {port_columns[0].name, port_columns[1].name, "detected_devices_current"};

	buf_putc(out, '[');
	put_string(out, query()->name);
	buf_putc(out, ',');
	put_string(out, gid);
	buf_putc(out, ',');
	put_string(out, views[FIND_PORTS].name);
	for (size_t i = 0; i < 3; i++) {
		buf_puts(out, i == 0 ? ",[" : ",");
		put_string(out, columns[i]);
	}
	buf_puts(out, "],[],{");
	put_pattern(out, columns[0], switch_uid);
	buf_putc(out, ',');
	put_pattern(out, columns[1], ifname);
	buf_puts(out, "}]");
}

const char *find_request(void)
{
	return query()->name;
}

/* --- what a box refuses --- */

static bool is_name(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* True if the message has the name as a word of its own. */
static bool names(const char *message, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = message; (p = strstr(p, name)) != NULL; p++)
		if ((p == message || !is_name(p[-1])) && !is_name(p[len]))
			return true;
	return false;
}

/* Returns the columns of the filter, a bit each. */
static unsigned filter_columns(const struct find_query *q)
{
	unsigned bits = 0;

	for (size_t i = 0; i < q->filter_count; i++) {
		int column = column_of(q->view, q->filters[i].column);

		if (column >= 0)
			bits |= 1u << column;
	}
	return bits;
}

bool find_query_retry(struct find_query *q, const char *message)
{
	const struct column *columns = views[q->view].columns;
	bool filtered = q->filter_count > 0 && !q->unfiltered;
	unsigned named = 0, asked = 0;

	for (size_t i = 0; columns[i].name != NULL; i++) {
		if (!asks_for(q, i))
			continue;
		asked |= 1u << i;
		if (names(message, columns[i].name))
			named |= 1u << i;
	}
	/* A column that is filtered by may be named for the filter's sake: it goes only when the filter has gone. */
	if (filtered)
		named &= ~filter_columns(q);
	if (named != 0 && named != asked) {
		q->missing |= named;
		return true;
	}
	if (filtered && q->checked) {
		q->unfiltered = true;
		return true;
	}
	if (!q->few && asked >> FEW != 0) {
		q->few = true;
		return true;
	}
	return false;
}

void find_learned_use(const struct find_learned *l, struct find_query *q)
{
	q->missing |= l->missing[q->view];
	q->few |= l->few[q->view];
	if (q->checked && (filter_columns(q) & l->unfiltered[q->view]))
		q->unfiltered = true;
}

void find_learned_add(struct find_learned *l, const struct find_query *q)
{
	l->missing[q->view] |= q->missing;
	l->few[q->view] |= q->few;
	if (q->unfiltered)
		l->unfiltered[q->view] |= filter_columns(q);
}

/* --- the reply --- */

static bool holds(enum compare compare, const struct find_word *w, struct json cell, struct buf scratch[static 2])
{
	const char *text;

	if (compare == AS_NOTHING || cell.text == NULL || json_kind(cell) == JSON_NULL)
		return false;
	buf_reset(&scratch[0]);
	json_decode(cell, &scratch[0]);
	text = buf_head(&scratch[0]);
	switch (compare) {
	case AS_MAC:
		return find_word_in_macs(w, text, scratch[0].len);
	case AS_ADDRESS:
		return find_word_in_addresses(w, text, scratch[0].len);
	case AS_TEXT:
		return find_word_in_text(w, text, scratch[0].len, &scratch[1]);
	case AS_NOTHING:
		break;
	}
	return false;
}

const char *find_query_match(const struct find_query *q, const struct find_word *w, const struct json *cells, size_t count,
    struct buf scratch[static 2])
{
	const struct column *columns = views[q->view].columns;
	size_t at = 0;

	if (!q->checked)
		return q->filters[0].column;
	for (size_t i = 0; columns[i].name != NULL; i++) {
		if (!asks_for(q, i))
			continue;
		if (at == count)
			break;
		if (holds(columns[i].compare, w, cells[at++], scratch))
			return columns[i].name;
	}
	return NULL;
}

void find_query_cells(const struct find_query *q, const struct json *row, size_t count, struct json cells[static FIND_CELLS])
{
	const struct column *columns = views[q->view].columns;
	size_t at = 0;

	memset(cells, 0, FIND_CELLS * sizeof *cells);
	for (size_t i = 0; columns[i].name != NULL && at < count; i++) {
		if (!asks_for(q, i))
			continue;
		if (columns[i].cell >= 0)
			cells[columns[i].cell] = row[at];
		at++;
	}
}
