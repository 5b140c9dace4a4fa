/* SPDX-License-Identifier: ISC */
/*
 * known_line: a line of the file of known boxes: its words read, and written.
 */
#include "tls/known_line.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static struct known_text known_word(const char **at, const char *end)
{
	const char *p = *at, *start;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	start = p;
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	*at = p;
	return (struct known_text){start, (size_t)(p - start)};
}

static bool known_is(struct known_text w, const char *text)
{
	return w.len == strlen(text) && memcmp(w.text, text, w.len) == 0;
}

/* Names are written in lower case, but by hand they may be in any. */
bool known_line_is_of(const struct known_line *line, const char *name)
{
	struct known_text w = line->name;
	bool path = name[0] == '/' || memchr(w.text, '/', w.len) != NULL;

	return path ? known_is(w, name) : w.len == strlen(name) && strncasecmp(w.text, name, w.len) == 0;
}

/* HOST:PORT or a path: a name written without its port would never be found. */
static bool known_is_name(struct known_text w)
{
	size_t i = w.len;

	while (i > 0 && isdigit((unsigned char)w.text[i - 1]))
		i--;
	return memchr(w.text, '/', w.len) != NULL || (i > 1 && i < w.len && w.text[i - 1] == ':');
}

static bool known_is_date(struct known_text w)
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
static unsigned known_min(struct known_text w)
{
	if (w.len == 7 && memcmp(w.text, "min=1.", 6) == 0 && w.text[6] >= '0' && w.text[6] <= '3')
		return 10 + (unsigned)(w.text[6] - '0');
	return 0;
}

static const char *const known_starts[] = {
	[START_ASKED] = "start_tls=asked", [START_LATE] = "start_tls=late", [START_UNASKED] = "start_tls=unasked",
};

/* START_UNKNOWN: another word. */
static enum known_start known_start(struct known_text w)
{
	for (unsigned i = START_ASKED; i <= START_UNASKED; i++)
		if (known_is(w, known_starts[i]))
			return (enum known_start)i;
	return START_UNKNOWN;
}

struct known_line known_line_parse(struct known_text whole)
{
	struct known_line line = {.what = LINE_NOTHING};
	const char *text = whole.text, *end = text + whole.len;
	unsigned char hash[PIN_HASH];

	if (whole.len > 0 && end[-1] == '\r')
		end--;
	line.name = known_word(&text, end);
	if (line.name.len == 0 || line.name.text[0] == '#')
		return line;
	line.what = LINE_BAD;
	struct known_text kind = known_word(&text, end), date = known_word(&text, end);
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
	for (struct known_text w = known_word(&text, end); w.len > 0; w = known_word(&text, end)) {
		if (known_min(w) != 0)
			line.box.min = known_min(w);
		if (known_start(w) > line.box.start)
			line.box.start = known_start(w);
	}
	line.what = LINE_BOX;
	return line;
}

bool known_line_next(const char **text, size_t *left, struct known_text *line)
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

static void known_today(char date[static 16])
{
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(date, 16, "%Y-%m-%d", &tm) == 0)
		snprintf(date, 16, "1970-01-01");
}

void known_line_put(struct buf *out, const char *name, enum known_kind kind, const char *pin, unsigned min)
{
	char date[16];

	known_today(date);
	buf_printf(out, "%s %s %s", name, kind == KNOWN_KEY ? pin : kind == KNOWN_TLS ? "tls" : "clear", date);
	if (min != 0)
		buf_printf(out, " min=1.%u", min - 10);
	buf_putc(out, '\n');
}

void known_line_put_changed(struct buf *out, struct known_text text, unsigned min, enum known_start start)
{
	const char *at = text.text, *end = text.text + text.len;
	bool first = true;

	if (text.len > 0 && end[-1] == '\r')
		end--;
	for (struct known_text w = known_word(&at, end); w.len > 0; w = known_word(&at, end)) {
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

void known_line_put_same(struct buf *out, struct known_text text)
{
	buf_put(out, text.text, text.len);
	buf_putc(out, '\n');
}
