/* SPDX-License-Identifier: ISC */
/*
 * known_boxes: the file in which ptsh remembers the boxes it trusts.  See known_boxes.h.
 *
 * Owns the lines and how they are changed.  Decides nothing: that is trust's.  How the file is read and replaced
 * safely is known_file's.
 */
#include "tls/known_boxes.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/array.h"
#include "base/buf.h"
#include "net/address.h"
#include "tls/known_file.h"

/* --- names --- */

/* In lower case, and without what would break a line: only a path can hold such bytes. */
static void known_put_name(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte <= 0x20 || byte == 0x7f || byte == '\\')
			buf_printf(out, "\\%03o", byte);
		else
			buf_putc(out, *text);
	}
}

static void known_put_host(struct buf *out, const struct target *t)
{
	char text[ADDRESS_TEXT];
	struct address a;
	size_t len;

	if (t->host_is_address && address_parse(&a, t->host, t->port)) {
		address_text(&a, text);
		len = strcspn(text, " ");
		buf_printf(out, strchr(t->host, ':') != NULL ? "[%.*s]" : "%.*s", (int)len, text);
		return;
	}
	len = strlen(t->host);
	if (t->host[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++)
		buf_putc(out, (char)tolower((unsigned char)t->host[i]));
}

char *known_boxes_name(const struct target *target, const char *known_as, struct error *e)
{
	struct target other = {0};
	struct buf name = {0};
	char *text;

	if (known_as != NULL) {
		if (target_parse(&other, known_as, NULL, e) == -1)
			return NULL;
		target = &other;
	}
	if (target->path != NULL) {
		known_put_name(&name, target->path);
	} else {
		known_put_host(&name, target);
		buf_printf(&name, ":%u", (unsigned)target->port);
	}
	target_clear(&other);
	text = buf_steal(&name);
	if (text == NULL)
		error_memory(e);
	return text;
}

/* --- lines --- */

struct word {
	const char *text;
	size_t len;
};

static struct word known_word(const char **at, const char *end)
{
	const char *p = *at, *start;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	start = p;
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	*at = p;
	return (struct word){start, (size_t)(p - start)};
}

static bool known_is(struct word w, const char *text)
{
	return w.len == strlen(text) && memcmp(w.text, text, w.len) == 0;
}

/* Names are written in lower case, but by hand they may be in any. */
static bool known_names(struct word w, const char *name)
{
	bool path = name[0] == '/' || memchr(w.text, '/', w.len) != NULL;

	return path ? known_is(w, name) : w.len == strlen(name) && strncasecmp(w.text, name, w.len) == 0;
}

/* HOST:PORT or a path: a name written without its port would never be found. */
static bool known_is_name(struct word w)
{
	size_t i = w.len;

	while (i > 0 && isdigit((unsigned char)w.text[i - 1]))
		i--;
	return memchr(w.text, '/', w.len) != NULL || (i > 1 && i < w.len && w.text[i - 1] == ':');
}

static bool known_is_date(struct word w)
{
	static const char form[] = "0000-00-00";

	if (w.len != sizeof form - 1)
		return false;
	for (size_t i = 0; i < w.len; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)w.text[i]) : w.text[i] != form[i])
			return false;
	return true;
}

/* "min=1.2"; 0: another word. */
static unsigned known_min(struct word w)
{
	if (w.len == 7 && memcmp(w.text, "min=1.", 6) == 0 && w.text[6] >= '0' && w.text[6] <= '3')
		return 10 + (unsigned)(w.text[6] - '0');
	return 0;
}

static const char *const known_starts[] = {
	[START_ASKED] = "start_tls=asked", [START_LATE] = "start_tls=late", [START_UNASKED] = "start_tls=unasked",
};

/* START_UNKNOWN: another word. */
static enum known_start known_start(struct word w)
{
	for (unsigned i = START_ASKED; i <= START_UNASKED; i++)
		if (known_is(w, known_starts[i]))
			return (enum known_start)i;
	return START_UNKNOWN;
}

/* One line of the file; name is borrowed from it. */
struct known_line {
	enum { LINE_NOTHING, LINE_BAD, LINE_BOX } what;
	struct word name;
	struct known_box box;		/* except its name and line */
};

static struct known_line known_parse(const char *text, size_t len)
{
	struct known_line line = {.what = LINE_NOTHING};
	const char *end = text + len;
	unsigned char hash[PIN_HASH];

	if (len > 0 && end[-1] == '\r')
		end--;
	line.name = known_word(&text, end);
	if (line.name.len == 0 || line.name.text[0] == '#')
		return line;
	line.what = LINE_BAD;
	struct word kind = known_word(&text, end), date = known_word(&text, end);
	if (pin_read(hash, kind.text, kind.len, false)) {
		line.box.kind = KNOWN_KEY;
		pin_write(line.box.pin, hash);
	} else if (known_is(kind, "tls")) {
		line.box.kind = KNOWN_TLS;
	} else if (known_is(kind, "clear")) {
		line.box.kind = KNOWN_CLEAR;
	} else {
		return line;
	}
	if (!known_is_date(date) || !known_is_name(line.name) || memchr(line.name.text, '\0', line.name.len) != NULL)
		return line;
	snprintf(line.box.date, sizeof line.box.date, "%.*s", (int)date.len, date.text);
	for (struct word w = known_word(&text, end); w.len > 0; w = known_word(&text, end)) {
		if (known_min(w) != 0)
			line.box.min = known_min(w);
		if (known_start(w) > line.box.start)
			line.box.start = known_start(w);
	}
	line.what = LINE_BOX;
	return line;
}

/* Takes the next line off the text.  False: no more lines. */
static bool known_next(const char **text, size_t *left, struct word *line)
{
	const char *end;

	if (*left == 0)
		return false;
	end = memchr(*text, '\n', *left);
	line->text = *text;
	line->len = end != NULL ? (size_t)(end - *text) : *left;
	size_t used = line->len + (end != NULL);
	*text += used;
	*left -= used;
	return true;
}

/* --- reading --- */

static int known_keep(struct known_boxes *k, const struct known_line *line, unsigned number)
{
	struct known_box *box, *items = array_more(k->items, k->count, sizeof *items);

	if (items == NULL)
		return -1;
	k->items = items;
	box = &k->items[k->count];
	*box = line->box;
	box->line = number;
	box->name = strndup(line->name.text, line->name.len);
	if (box->name == NULL)
		return -1;
	k->count++;
	return 0;
}

int known_boxes_read(struct known_boxes *k, const char *path, const char *name,
    void (*warn)(void *ctx, const char *text), void *ctx, struct error *e)
{
	struct buf content = {0};
	struct word text;
	unsigned number = 0;
	int result = 0;

	*k = (struct known_boxes){0};
	if (known_file_read(path, &content, e) == -1)
		return -1;
	const char *at = buf_head(&content);
	size_t left = content.len;
	while (result == 0 && known_next(&at, &left, &text)) {
		struct known_line line = known_parse(text.text, text.len);

		number++;
		if (line.what == LINE_BAD && warn != NULL) {
			char message[512];

			snprintf(message, sizeof message, "%s:%u: not understood and skipped", path, number);
			warn(ctx, message);
		}
		if (line.what == LINE_BOX && (name == NULL || known_names(line.name, name)))
			if (known_keep(k, &line, number) == -1)
				result = error_memory(e);
	}
	buf_clear(&content);
	if (result == -1)
		known_boxes_clear(k);
	return result;
}

void known_boxes_clear(struct known_boxes *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->items[i].name);
	free(k->items);
	*k = (struct known_boxes){0};
}

/* --- changing --- */

static void known_today(char date[static 16])
{
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(date, 16, "%Y-%m-%d", &tm) == 0)
		snprintf(date, 16, "1970-01-01");
}

static void known_put_line(struct buf *out, const char *name, enum known_kind kind, const char *pin, unsigned min)
{
	char date[16];

	known_today(date);
	buf_printf(out, "%s %s %s", name, kind == KNOWN_KEY ? pin : kind == KNOWN_TLS ? "tls" : "clear", date);
	if (min != 0)
		buf_printf(out, " min=1.%u", min - 10);
	buf_putc(out, '\n');
}

/* The line again with another version (0: the same), another start (START_UNKNOWN: the same); every other word of it as it was. */
static void known_put_changed(struct buf *out, struct word text, unsigned min, enum known_start start)
{
	const char *at = text.text, *end = text.text + text.len;
	bool first = true;

	if (text.len > 0 && end[-1] == '\r')
		end--;
	for (struct word w = known_word(&at, end); w.len > 0; w = known_word(&at, end)) {
		if ((min != 0 && known_min(w) != 0) || (start != START_UNKNOWN && known_start(w) != START_UNKNOWN))
			continue;
		buf_printf(out, "%s%.*s", first ? "" : " ", (int)w.len, w.text);
		first = false;
	}
	if (min != 0)
		buf_printf(out, " min=1.%u", min - 10);
	if (start != START_UNKNOWN)
		buf_printf(out, " %s", known_starts[start]);
	buf_putc(out, '\n');
}

static void known_put_same(struct buf *out, struct word text)
{
	buf_put(out, text.text, text.len);
	buf_putc(out, '\n');
}

int known_boxes_add(const char *path, const char *name, enum known_kind kind, const char *pin, unsigned min,
    struct error *e)
{
	struct known_file file;
	struct buf out = {0};
	struct word text;
	bool there = false, changed = false;
	int result = 0;

	if (known_file_open(&file, path, e) == -1)
		return -1;
	const char *at = buf_head(&file.content);
	size_t left = file.content.len;
	while (result == 0 && known_next(&at, &left, &text)) {
		struct known_line line = known_parse(text.text, text.len);
		bool same = line.what == LINE_BOX && known_names(line.name, name);

		if (same && kind == KNOWN_CLEAR && line.box.kind != KNOWN_CLEAR)
			result = error_set(e, STATUS_TLS, "%s: is known with TLS (%s)", name, path);
		if (same && kind != KNOWN_CLEAR && line.box.kind == KNOWN_CLEAR) {
			changed = true;
			continue;
		}
		if (same && line.box.kind == kind && (kind != KNOWN_KEY || strcmp(line.box.pin, pin) == 0)) {
			there = true;
			if (min > line.box.min) {
				known_put_changed(&out, text, min, START_UNKNOWN);
				changed = true;
				continue;
			}
		}
		known_put_same(&out, text);
	}
	if (!there)
		known_put_line(&out, name, kind, pin, min);
	if (result == 0 && out.failed)
		result = error_memory(e);
	if (result == 0 && (changed || !there))
		result = known_file_replace(&file, buf_head(&out), out.len, e);
	buf_clear(&out);
	known_file_close(&file);
	return result;
}

int known_boxes_note_start(const char *path, const char *name, enum known_start start, struct error *e)
{
	struct known_file file;
	struct buf out = {0};
	struct word text;
	bool changed = false;
	int result = 0;

	if (known_file_open(&file, path, e) == -1)
		return -1;
	const char *at = buf_head(&file.content);
	size_t left = file.content.len;
	while (known_next(&at, &left, &text)) {
		struct known_line line = known_parse(text.text, text.len);

		if (line.what == LINE_BOX && line.box.kind != KNOWN_CLEAR && line.box.start < start && known_names(line.name, name)) {
			known_put_changed(&out, text, 0, start);
			changed = true;
		} else {
			known_put_same(&out, text);
		}
	}
	if (out.failed)
		result = error_memory(e);
	else if (changed)
		result = known_file_replace(&file, buf_head(&out), out.len, e);
	buf_clear(&out);
	known_file_close(&file);
	return result;
}

int known_boxes_remove(const char *path, const char *name, const char *pin, size_t *removed, struct error *e)
{
	struct known_file file;
	struct buf out = {0};
	struct word text;
	int result = 0;

	*removed = 0;
	if (known_file_open(&file, path, e) == -1)
		return -1;
	const char *at = buf_head(&file.content);
	size_t left = file.content.len;
	while (known_next(&at, &left, &text)) {
		struct known_line line = known_parse(text.text, text.len);

		if (line.what == LINE_BOX && known_names(line.name, name) &&
		    (pin == NULL || (line.box.kind == KNOWN_KEY && pin_list_has(pin, line.box.pin))))
			++*removed;
		else
			known_put_same(&out, text);
	}
	if (out.failed)
		result = error_memory(e);
	else if (*removed > 0)
		result = known_file_replace(&file, buf_head(&out), out.len, e);
	buf_clear(&out);
	known_file_close(&file);
	return result;
}
