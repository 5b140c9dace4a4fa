/* SPDX-License-Identifier: ISC */
/*
 * boxes: see boxes.h.  Lines and words are those of ptsh(1), A LINE, except JSON: `[::1]:55` is a box here.
 *
 * Knows no option: options.c reads the words as it reads the command line's.
 */
#include "options/boxes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/owned.h"
#include "base/utf8.h"
#include "lang/foreign.h"
#include "lang/line.h"
#include "lang/words.h"
#include "net/file.h"

enum { FILE_MAX = 4 * 1024 * 1024 };	/* bytes */

/* --- words --- */

struct reader {
	const char *path, *home;
	const char *text;	/* of the line that is being read; it may go on over ends of lines */
	size_t len;
	unsigned number;	/* of its first line in the file */
	struct error *e;
};

static unsigned line_number(const struct reader *r, size_t at)
{
	unsigned number = r->number;

	for (size_t i = 0; i < at; i++)
		number += r->text[i] == '\n';
	return number;
}

static int complain(const struct reader *r, size_t at, const char *why)
{
	return error_set(r->e, STATUS_USAGE, "%s:%u: %s", r->path, line_number(r, at), why);
}

/* Decodes a word into *out: as in every line, and a leading ~/ is the home folder. */
static int read_word(const struct reader *r, const struct word *w, struct buf *out)
{
	size_t start = w->start, at = start;
	char why_not[FOREIGN_TEXT];
	const char *why;

	if (foreign_word(r->text, w, why_not, &at) || foreign_hidden(r->text, w, why_not, &at))
		return complain(r, at, why_not);
	buf_reset(out);
	if (r->home != NULL && w->end - start >= 2 && memcmp(r->text + start, "~/", 2) == 0) {
		buf_puts(out, r->home);
		start++;
	}
	why = word_decode(r->text, start, w->end, out, &at);
	if (why != NULL)
		return complain(r, at, why);
	if (out->failed)
		return error_memory(r->e);
	return out->len > 0 && memchr(buf_head(out), '\0', out->len) != NULL ? complain(r, w->start, "a NUL byte") : 0;
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
		return complain(r, 0, "a line must start with the name of a box");
	return 0;
}

/* Reads it into the place after the last line, where it stays if it names a box. */
static int read_line(const struct reader *r, struct boxes *b)
{
	struct box_line *more = reallocarray(b->lines, b->count + 1, sizeof(*more)), *line;
	struct buf text = {0};
	struct word w;
	const char *why;
	size_t pos = 0;
	enum word_found found = WORD_END;
	int result = 0;

	if (more == NULL)
		return error_memory(r->e);
	b->lines = more;
	line = &more[b->count];
	*line = (struct box_line){.number = r->number};
	while (result == 0 && (found = word_next_plain(r->text, r->len, &pos, &w, &why)) == WORD_FOUND) {
		result = read_word(r, &w, &text);
		if (result == 0)
			result = put_word(line, &text, r->e);
	}
	if (found == WORD_BAD)
		result = complain(r, pos, why);
	buf_clear(&text);
	if (result == 0 && line->name != NULL)
		result = check_line(b, r, line);
	if (result == 0 && line->name != NULL)
		b->count++;
	else
		clear_line(line);
	return result;
}

/* Returns the length of the line that text begins with, with its continuations, without its last LF. */
static size_t line_length(const char *text, size_t len)
{
	struct line_state state = {.plain = true};
	const char *lf;

	for (size_t at = 0; (lf = memchr(text + at, '\n', len - at)) != NULL; at = (size_t)(lf - text) + 1)
		if (!line_continues(text, (size_t)(lf - text), &state))
			return (size_t)(lf - text);
	return len;
}

int boxes_parse(struct boxes *b, const char *path, const char *text, size_t len, const char *home, struct error *e)
{
	struct reader r = {.path = path, .home = home, .number = 1, .e = e};

	memset(b, 0, sizeof(*b));
	for (size_t at = utf8_mark(text, len); at < len; at += r.len + 1) {
		r.text = text + at;
		r.len = line_length(r.text, len - at);
		if (read_line(&r, b) != 0)
			return -1;
		r.number = line_number(&r, r.len) + 1;
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
	/* O_NONBLOCK: a FIFO put there must not block. */
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

/* Appends to b the lines of `more` whose names b does not have. */
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
