/* SPDX-License-Identifier: ISC */
/*
 * find_rows: the rows found by .find: each place once, the most likely first.
 */
#include "commands/find_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"

const char *const find_result[FIND_RESULT] = {"realm", "switch_uid", "ifname", "vlan", "device_mac", "device_ip", "device_dnsname",
    "last_seen", "ifalias", "match", "devices"};

static bool is_null(struct json v)
{
	return v.text == NULL || json_kind(v) == JSON_NULL;
}

/* --- keeping --- */

void find_rows_add(struct find_rows *rows, const struct find_row *row)
{
	struct find_row *more = array_room(rows->v, rows->count + 1, &rows->room, sizeof *more), *copy;
	size_t len = 0;
	char *p;

	for (size_t i = 0; i < FIND_CELLS; i++)
		len += row->cells[i].len;
	p = malloc(len + 1);
	if (more != NULL)
		rows->v = more;
	if (more == NULL || p == NULL) {
		free(p);
		rows->failed = true;
		return;
	}
	copy = &rows->v[rows->count++];
	*copy = *row;
	copy->text = p;
	for (size_t i = 0; i < FIND_CELLS; i++) {
		if (is_null(row->cells[i])) {
			copy->cells[i] = (struct json){0};
			continue;
		}
		memcpy(p, row->cells[i].text, row->cells[i].len);
		copy->cells[i].text = p;
		p += row->cells[i].len;
	}
	rows->bytes += len;
}

static void free_row(struct find_row *row)
{
	free(row->text);
	free(row->count_text);
}

void find_rows_clear(struct find_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free_row(&rows->v[i]);
	free(rows->v);
	*rows = (struct find_rows){0};
}

/* --- comparing --- */

bool find_same(struct json a, struct json b)
{
	struct buf x = {0}, y = {0};
	bool same;

	if (is_null(a) || is_null(b))
		return is_null(a) && is_null(b);
	if (a.len == b.len && memcmp(a.text, b.text, a.len) == 0)
		return true;
	json_decode(a, &x);
	json_decode(b, &y);
	same = x.len == y.len && memcmp(buf_head(&x), buf_head(&y), x.len) == 0;
	buf_clear(&x);
	buf_clear(&y);
	return same;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The order of texts in which numbers count as numbers: Fa0/2 before Fa0/10. */
static int natural(struct json a, struct json b)
{
	size_t i = 0, k = 0;

	if (is_null(a) || is_null(b))
		return is_null(b) - is_null(a);
	while (i < a.len && k < b.len) {
		size_t x, y;

		if (!digit(a.text[i]) || !digit(b.text[k])) {
			if (a.text[i] != b.text[k])
				return (unsigned char)a.text[i] < (unsigned char)b.text[k] ? -1 : 1;
			i++;
			k++;
			continue;
		}
		while (i < a.len && a.text[i] == '0')
			i++;
		while (k < b.len && b.text[k] == '0')
			k++;
		for (x = 0; i + x < a.len && digit(a.text[i + x]); x++)
			;
		for (y = 0; k + y < b.len && digit(b.text[k + y]); y++)
			;
		if (x != y)
			return x < y ? -1 : 1;
		for (; x > 0; x--, i++, k++)
			if (a.text[i] != b.text[k])
				return a.text[i] < b.text[k] ? -1 : 1;
	}
	return (i < a.len) - (k < b.len);
}

static int plain(struct json a, struct json b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.text, b.text, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Gets the hex digits of a MAC, whatever is between them. */
static int macs(struct json a, struct json b)
{
	char digits[2][2 * FIND_DIGITS + 1];
	struct json v[2] = {a, b};

	for (int n = 0; n < 2; n++) {
		size_t at = 0;

		for (size_t i = 0; i < v[n].len && at < 2 * FIND_DIGITS; i++) {
			char c = v[n].text[i];

			if (digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
				digits[n][at++] = (char)(digit(c) ? c : c | 0x20);
		}
		digits[n][at] = '\0';
	}
	return strcmp(digits[0], digits[1]);
}

/* Reads seconds since the epoch, in both forms that boxes use; 0: not a time. */
static double moment(struct json v)
{
	struct buf text = {0};
	struct tm tm = {0};
	const char *s, *end;
	double when = 0;

	if (is_null(v))
		return 0;
	json_decode(v, &text);
	s = buf_string(&text);
	if (s != NULL && (end = strptime(s, "%Y-%m-%d %H:%M:%S", &tm)) != NULL && *end == '\0')
		when = (double)timegm(&tm);
	else if (s != NULL)
		when = strtod(s, NULL);
	buf_clear(&text);
	return when;
}

static int port_order(const struct find_row *a, const struct find_row *b)
{
	int order;

	if (a->realm != b->realm)
		return a->realm < b->realm ? -1 : 1;
	if ((order = natural(a->cells[CELL_SWITCH], b->cells[CELL_SWITCH])) != 0)
		return order;
	return natural(a->cells[CELL_IFNAME], b->cells[CELL_IFNAME]);
}

/* Compares all that identifies a row, except the time. */
static int place_order(const struct find_row *a, const struct find_row *b)
{
	int order = port_order(a, b);

	if (order == 0)
		order = plain(a->cells[CELL_SWITCH], b->cells[CELL_SWITCH]);
	if (order == 0)
		order = plain(a->cells[CELL_IFNAME], b->cells[CELL_IFNAME]);
	if (order == 0)
		order = macs(a->cells[CELL_MAC], b->cells[CELL_MAC]);
	return order != 0 ? order : plain(a->cells[CELL_IP], b->cells[CELL_IP]);
}

/* Devices first, so that a port finds its devices before it; current rows before past ones. */
static int by_place(const void *x, const void *y)
{
	const struct find_row *a = x, *b = y;
	int order = port_order(a, b);

	if (order != 0)
		return order;
	if (a->view != b->view)
		return a->view < b->view ? -1 : 1;
	if ((order = place_order(a, b)) != 0)
		return order;
	if (a->past != b->past)
		return a->past ? 1 : -1;
	return plain(a->cells[CELL_LOG_END], b->cells[CELL_LOG_END]);
}

static uint64_t crowd(const struct find_row *row)
{
	return row->devices > 0 ? row->devices : 1;
}

static int by_likelihood(const void *x, const void *y)
{
	const struct find_row *a = x, *b = y;
	int order;

	if (a->past != b->past)
		return a->past ? 1 : -1;
	if (a->past) {
		double when = moment(a->cells[CELL_LOG_END]), then = moment(b->cells[CELL_LOG_END]);

		if (when < then || when > then)
			return when > then ? -1 : 1;
	} else if (crowd(a) != crowd(b)) {
		return crowd(a) < crowd(b) ? -1 : 1;
	}
	if ((order = port_order(a, b)) != 0)
		return order;
	return by_place(a, b);
}

/* --- each place once --- */

/* True if b, right after a or after rows like it, has nothing that a does not have. */
static bool repeats(const struct find_row *a, const struct find_row *b)
{
	if (b->view == FIND_PORTS && a->view == FIND_DEVICES)
		return port_order(a, b) == 0;
	if (a->view != b->view || place_order(a, b) != 0)
		return false;
	if (a->past == b->past)
		return !a->past || plain(a->cells[CELL_LOG_END], b->cells[CELL_LOG_END]) == 0;
	/* With history a box lists current rows, too. */
	return !a->past && is_null(b->cells[CELL_LOG_END]);
}

static bool is_repeated(const struct find_row *v, size_t kept, const struct find_row *b)
{
	int (*order)(const struct find_row *, const struct find_row *) = b->view == FIND_PORTS ? port_order : place_order;

	for (size_t i = kept; i-- > 0 && order(&v[i], b) == 0;)
		if (repeats(&v[i], b))
			return true;
	return false;
}

static void sort(struct find_rows *rows, int (*order)(const void *, const void *))
{
	if (rows->count > 1)
		qsort(rows->v, rows->count, sizeof *rows->v, order);
}

void find_rows_settle(struct find_rows *rows)
{
	size_t kept = 0;

	sort(rows, by_place);
	for (size_t i = 0; i < rows->count; i++) {
		if (is_repeated(rows->v, kept, &rows->v[i]))
			free_row(&rows->v[i]);
		else
			rows->v[kept++] = rows->v[i];
	}
	rows->count = kept;
}

/* --- uplinks --- */

static bool is_current_device(const struct find_row *row)
{
	return row->view == FIND_DEVICES && !row->past && !is_null(row->cells[CELL_MAC]);
}

static int by_device(const void *x, const void *y)
{
	const struct find_row *a = *(const struct find_row *const *)x, *b = *(const struct find_row *const *)y;
	int order;

	if (a->realm != b->realm)
		return a->realm < b->realm ? -1 : 1;
	order = macs(a->cells[CELL_MAC], b->cells[CELL_MAC]);
	return order != 0 ? order : port_order(a, b);
}

/* The current rows of devices, those of one device together; NULL without memory.  The caller frees it. */
static const struct find_row **devices(const struct find_rows *rows, size_t *count)
{
	const struct find_row **list = malloc((rows->count + 1) * sizeof *list);

	*count = 0;
	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < rows->count; i++)
		if (is_current_device(&rows->v[i]))
			list[(*count)++] = &rows->v[i];
	if (*count > 1)
		qsort(list, *count, sizeof *list, by_device);
	return list;
}

static size_t group(const struct find_row **list, size_t count, size_t start)
{
	size_t end = start + 1;

	while (end < count && list[end]->realm == list[start]->realm && macs(list[end]->cells[CELL_MAC], list[start]->cells[CELL_MAC]) == 0)
		end++;
	return end;
}

void find_rows_doubtful(const struct find_rows *rows, size_t most, void (*port)(void *ctx, const struct find_row *row), void *ctx)
{
	size_t count, end;
	const struct find_row **list = devices(rows, &count);

	for (size_t i = 0; list != NULL && i < count; i = end) {
		end = group(list, count, i);
		for (size_t k = i, asked = 0; end - i > 1 && k < end && asked < most; k++) {
			if (k > i && port_order(list[k - 1], list[k]) == 0)
				continue;
			port(ctx, list[k]);
			asked++;
		}
	}
	free(list);
}

/* Above the smallest of its device. */
static void mark_uplinks(struct find_rows *rows)
{
	size_t count, end;
	const struct find_row **list = devices(rows, &count);

	for (size_t i = 0; list != NULL && i < count; i = end) {
		uint64_t least = UINT64_MAX;

		end = group(list, count, i);
		for (size_t k = i; k < end; k++)
			if (crowd(list[k]) < least)
				least = crowd(list[k]);
		for (size_t k = i; k < end; k++)
			rows->v[list[k] - rows->v].uplink = crowd(list[k]) > least;
	}
	free(list);
}

void find_rows_count(struct find_rows *rows, size_t realm, struct json switch_uid, struct json ifname, struct json count)
{
	uint64_t devices_there;

	if (is_null(count))
		return;
	if (!json_whole(count, true, &devices_there))
		devices_there = 0;
	for (size_t i = 0; i < rows->count; i++) {
		struct find_row *row = &rows->v[i];

		if (row->realm != realm || !is_current_device(row) || row->count_text != NULL ||
		    !find_same(row->cells[CELL_SWITCH], switch_uid) || !find_same(row->cells[CELL_IFNAME], ifname))
			continue;
		if ((row->count_text = malloc(count.len + 1)) == NULL) {
			rows->failed = true;
			return;
		}
		memcpy(row->count_text, count.text, count.len);
		row->count = (struct json){row->count_text, count.len};
		row->devices = devices_there;
	}
}

void find_rows_rank(struct find_rows *rows)
{
	mark_uplinks(rows);
	sort(rows, by_likelihood);
}

/* --- the result --- */

/* A cell that is written here; returns its place in scratch, which may still move. */
static size_t put(struct buf *scratch, const char *text, size_t *len)
{
	size_t start = scratch->len;

	json_put_string(scratch, text, strlen(text));
	*len = scratch->len - start;
	return start;
}

static struct json shown(struct json v)
{
	return is_null(v) ? (struct json){"null", 4} : v;
}

void find_row_cells(const struct find_row *row, const char *realm, bool marked, struct buf *scratch,
    struct json cells[static FIND_RESULT])
{
	static const struct json now = {"\"now\"", 5}, earlier = {"\"earlier\"", 9};
	size_t realm_len, match_len, mark_len = 0, mark = 0, match;

	buf_reset(scratch);
	put(scratch, realm, &realm_len);
	match = put(scratch, row->match, &match_len);
	if (marked && row->uplink) {
		struct buf text = {0};

		json_decode(row->count, &text);
		buf_puts(&text, " (uplink?)");
		mark = put(scratch, buf_string(&text) != NULL ? buf_string(&text) : "?", &mark_len);
		buf_clear(&text);
	}
	cells[0] = (struct json){buf_head(scratch), realm_len};
	for (int i = CELL_SWITCH; i <= CELL_DNSNAME; i++)
		cells[1 + i] = shown(row->cells[i]);
	cells[7] = !row->past ? now : is_null(row->cells[CELL_LOG_END]) ? earlier : row->cells[CELL_LOG_END];
	cells[8] = shown(row->cells[CELL_IFALIAS]);
	cells[9] = (struct json){buf_head(scratch) + match, match_len};
	cells[10] = mark_len > 0 ? (struct json){buf_head(scratch) + mark, mark_len} : shown(row->count);
}
