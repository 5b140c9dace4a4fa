/* SPDX-License-Identifier: ISC */
/*
 * boxes: see boxes.h.  Words are those of ptsh(1), A LINE, but for JSON: `[::1]:55` is a box here.
 *
 * Knows no option: options.c reads the words as it reads the command line's.
 */
#include "options/boxes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/owned.h"
#include "base/utf8.h"
#include "net/file.h"

enum { FILE_MAX = 4 * 1024 * 1024 };	/* bytes */

/* --- words --- */

struct reader {
	const char *p, *end;
	const char *path, *home;
	unsigned line;
	struct error *e;
};

static int complain(const struct reader *r, unsigned line, const char *text)
{
	return error_set(r->e, STATUS_USAGE, "%s:%u: %s", r->path, line, text);
}

static int read_hex(struct reader *r, uint32_t *out)
{
	uint32_t value = 0;

	if (r->end - r->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = *r->p++;

		if (c >= '0' && c <= '9')
			value = value * 16 + (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + (uint32_t)((c | 32) - 'a' + 10);
		else
			return -1;
	}
	*out = value;
	return 0;
}

/* Behind \u: one character, which JSON may write as two surrogates. */
static int read_point(struct reader *r, struct buf *word)
{
	uint32_t point, low;
	char text[UTF8_MAX];

	if (read_hex(r, &point) != 0)
		return -1;
	if (point >= 0xd800 && point < 0xdc00) {
		if (r->end - r->p < 2 || r->p[0] != '\\' || r->p[1] != 'u')
			return -1;
		r->p += 2;
		if (read_hex(r, &low) != 0 || low < 0xdc00 || low > 0xdfff)
			return -1;
		point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
	}
	if (point == 0 || (point >= 0xd800 && point <= 0xdfff))
		return -1;
	buf_put(word, text, utf8_encode(point, text));
	return 0;
}

/* What "..." holds is a JSON string. */
static int read_json_string(struct reader *r, struct buf *word)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	unsigned start = r->line;

	while (r->p < r->end && *r->p != '"') {
		char c = *r->p++;

		if (c == '\n') {
			return complain(r, start, "a string \"... does not end on its line");
		} else if (c != '\\') {
			buf_putc(word, c);
		} else if (r->p < r->end && *r->p == 'u') {
			r->p++;
			if (read_point(r, word) != 0)
				return complain(r, r->line, "\\u in a string needs four hexadecimal digits of a character");
		} else {
			const char *name = r->p < r->end ? memchr(names, *r->p, sizeof(names) - 1) : NULL;

			if (name == NULL)
				return complain(r, r->line, "\\ in a string is followed by one of \" \\ / b f n r t u");
			buf_putc(word, values[name - names]);
			r->p++;
		}
	}
	if (r->p == r->end)
		return complain(r, start, "an open quote \"");
	r->p++;
	return 0;
}

static int read_literal(struct reader *r, struct buf *word)
{
	unsigned start = r->line;

	for (; r->p < r->end && *r->p != '\''; r->p++) {
		r->line += *r->p == '\n';
		buf_putc(word, *r->p);
	}
	if (r->p == r->end)
		return complain(r, start, "an open quote '");
	r->p++;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int read_word(struct reader *r, struct buf *word)
{
	if (r->home != NULL && r->end - r->p >= 2 && r->p[0] == '~' && r->p[1] == '/') {
		buf_puts(word, r->home);
		r->p++;
	}
	while (r->p < r->end && !is_blank(*r->p) && *r->p != '\n') {
		char c = *r->p++;

		if (c == '\0')
			return complain(r, r->line, "a NUL byte");
		if (c == '\'') {
			if (read_literal(r, word) != 0)
				return -1;
		} else if (c == '"') {
			if (read_json_string(r, word) != 0)
				return -1;
		} else if (c != '\\') {
			buf_putc(word, c);
		} else if (r->p < r->end && *r->p == '\n') {
			r->p--;		/* the line goes on: skip_blanks() knows */
			break;
		} else if (r->p < r->end) {
			buf_putc(word, *r->p++);
		}
	}
	/* ... or in quotes, or behind a backslash. */
	return word->len > 0 && memchr(buf_head(word), '\0', word->len) != NULL ? complain(r, r->line, "a NUL byte") : 0;
}

/* To the next word of this line; false at the line's end. */
static bool skip_blanks(struct reader *r)
{
	while (r->p < r->end) {
		if (is_blank(*r->p)) {
			r->p++;
		} else if (*r->p == '\\' && r->p + 1 < r->end && r->p[1] == '\n') {
			r->p += 2;
			r->line++;
		} else {
			break;
		}
	}
	return r->p < r->end && *r->p != '\n';
}

/* --- lines --- */

static int put_word(struct box_line *line, struct buf *word, struct error *e)
{
	char **more, *text;

	/* An empty word is a word. */
	buf_put(word, "", 0);
	text = word->len == 0 && !word->failed ? strdup("") : buf_steal(word);
	if (text == NULL)
		return error_memory(e);
	if (line->name == NULL) {
		line->name = text;
		return 0;
	}
	more = reallocarray(line->words, line->count + 1, sizeof(*more));
	if (more == NULL) {
		free(text);
		return error_memory(e);
	}
	line->words = more;
	more[line->count++] = text;
	return 0;
}

static void clear_line(struct box_line *line)
{
	for (size_t i = 0; i < line->count; i++)
		free(line->words[i]);
	free(line->words);
	free(line->name);
}

/* Looks at a line before it is counted. */
static int check_line(const struct boxes *b, const struct reader *r, const struct box_line *line)
{
	const struct box_line *same = boxes_find(b, line->name);

	if (same != NULL)
		return error_set(r->e, STATUS_USAGE, "%s:%u: %.64s is on line %u already", r->path, line->number,
		    line->name, same->number);
	if (line->name[0] == '-' || line->name[0] == '\0')
		return complain(r, line->number, "a line must start with the name of a box");
	return 0;
}

/* Reads it into the place behind the last line, where it stays if it names a box. */
static int read_line(struct reader *r, struct boxes *b)
{
	struct box_line *more = reallocarray(b->lines, b->count + 1, sizeof(*more)), *line;
	struct buf word = {0};
	int result = 0;

	if (more == NULL)
		return error_memory(r->e);
	b->lines = more;
	line = &more[b->count];
	*line = (struct box_line){.number = r->line};
	while (result == 0 && skip_blanks(r)) {
		if (*r->p == '#') {
			const char *lf = memchr(r->p, '\n', (size_t)(r->end - r->p));

			r->p = lf != NULL ? lf : r->end;
			break;
		}
		result = read_word(r, &word);
		if (result == 0)
			result = put_word(line, &word, r->e);
		buf_reset(&word);
	}
	buf_clear(&word);
	if (result == 0 && line->name != NULL)
		result = check_line(b, r, line);
	if (result == 0 && line->name != NULL)
		b->count++;
	else
		clear_line(line);
	return result;
}

int boxes_parse(struct boxes *b, const char *path, const char *text, size_t len, const char *home, struct error *e)
{
	struct reader r = {.p = text + utf8_mark(text, len), .end = text + len, .path = path, .home = home, .line = 1, .e = e};

	memset(b, 0, sizeof(*b));
	while (r.p < r.end) {
		if (read_line(&r, b) != 0)
			return -1;
		if (r.p < r.end) {	/* at a LF */
			r.p++;
			r.line++;
		}
	}
	return 0;
}

void boxes_clear(struct boxes *b)
{
	for (size_t i = 0; i < b->count; i++)
		clear_line(&b->lines[i]);
	free(b->lines);
	memset(b, 0, sizeof(*b));
}

const struct box_line *boxes_find(const struct boxes *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->lines[i].name, name) == 0)
			return &b->lines[i];
	return NULL;
}

/* --- the file --- */

int boxes_read(struct boxes *b, const char *path, const char *home, struct error *e)
{
	struct buf text = {0};
	int fd, result;

	memset(b, 0, sizeof(*b));
	/* O_NONBLOCK: a FIFO put there must not hold us up. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return error_set(e, STATUS_USAGE, "%s: %s", path, strerror(errno));
	}
	result = owned_check(fd, path, STATUS_USAGE, e);
	if (result == 0 && file_slurp(fd, FILE_MAX, &text) != 0)
		result = errno == EFBIG ? error_set(e, STATUS_USAGE, "%s: larger than 4 MiB", path) : file_error(e, path);
	close(fd);
	if (result == 0)
		result = boxes_parse(b, path, buf_head(&text), text.len, home, e);
	buf_clear(&text);
	return result;
}

/* Moves the lines of `more` whose names b does not have behind b's own. */
static int add_system(struct boxes *b, struct boxes *more, struct error *e)
{
	struct box_line *lines = reallocarray(b->lines, b->count + more->count + 1, sizeof *lines);

	if (lines == NULL)
		return error_memory(e);
	b->lines = lines;
	for (size_t i = 0; i < more->count; i++) {
		if (boxes_find(b, more->lines[i].name) != NULL)
			continue;
		lines[b->count] = more->lines[i];
		lines[b->count++].system = true;
		more->lines[i] = (struct box_line){0};
	}
	return 0;
}

int boxes_read_all(struct boxes *b, const char *own, const char *home, struct error *e)
{
	struct boxes more;
	int result;

	memset(b, 0, sizeof *b);
	if (own != NULL && boxes_read(b, own, home, e) != 0)
		return -1;
	result = boxes_read(&more, BOXES_SYSTEM, home, e);
	if (result == 0)
		result = add_system(b, &more, e);
	boxes_clear(&more);
	return result;
}
