/* SPDX-License-Identifier: ISC */
/*
 * feed: sources of lines, read one after the other.  A regular file is read whole and checked for mistakes before
 * anything of it runs; standard input is read as it comes.
 */
#include "run/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/owned.h"
#include "base/utf8.h"
#include "lang/line.h"
#include "lang/words.h"
#include "net/file.h"
#include "run/aliases.h"
#include "run/check.h"
#include "run/engine.h"

enum { READ_SIZE = 64 * 1024, LINES_AT_ONCE = 512, NAMES_MOST = 4096 };

struct source {
	struct source *next;
	int fd;			/* -1: all is in buf */
	bool watched, ended;
	bool first;		/* nothing read yet: a byte order mark may come */
	struct buf buf;
	size_t scanned;		/* bytes at the head of buf known to hold no end of a line */
	struct line_state state;
	struct place at;	/* of the last line begun */
	dev_t dev;		/* of a file: which one it is */
	ino_t ino;
	unsigned long lines;	/* newlines in the line being gathered */
};

struct name { struct name *next; char text[]; };

struct feed {
	struct source *first;
	struct name *names;	/* of files, for places: live as long as the shell */
	bool held;
	unsigned long drops;	/* how often feed_drop() has taken all sources away */
	unsigned long dropped, mistakes;	/* counted by feed_drop(), check() */
	enum status mistake;		/* of the first */
	const char *right;		/* while a source is checked: the line before, if it was right and would be again; or NULL */
	size_t right_len;
	unsigned long in_files;		/* lines of the regular files added */
	bool elsewhere;			/* lines come from somewhere else, too */
};

static const char *intern(struct feed *f, const char *text)
{
	struct name *n;

	for (n = f->names; n != NULL; n = n->next)
		if (strcmp(n->text, text) == 0)
			return n->text;
	if ((n = malloc(sizeof *n + strlen(text) + 1)) == NULL)
		return "?";
	memcpy(n->text, text, strlen(text) + 1);
	n->next = f->names;
	f->names = n;
	return n->text;
}

static struct source *add_source(struct feed *f, bool next)
{
	struct source *s = calloc(1, sizeof *s), **where = &f->first;

	if (s == NULL)
		return NULL;
	s->fd = -1;
	s->first = true;
	while (!next && *where != NULL)
		where = &(*where)->next;
	s->next = *where;
	*where = s;
	return s;
}

static void remove_first(struct shell *sh)
{
	struct source *s = sh->feed->first;

	if (s->watched)
		loop_unwatch(sh->loop, s->fd);
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	sh->feed->first = s->next;
	buf_clear(&s->buf);
	free(s);
}

/* Returns the length of the next line, without LF, or -1.  Joins continued lines. */
static ssize_t next_line(struct source *s)
{
	const char *text = buf_head(&s->buf), *lf;

	while ((lf = memchr(text + s->scanned, '\n', s->buf.len - s->scanned)) != NULL) {
		size_t len = (size_t)(lf - text);
		if (!line_continues(text, len, &s->state))
			return (ssize_t)len;
		s->scanned = len + 1;
		s->lines++;
	}
	s->scanned = s->buf.len;
	return -1;
}

static void consumed(struct source *s, size_t len)
{
	buf_consume(&s->buf, len);
	s->at.line += s->lines;
	s->lines = 0;
	s->scanned = 0;
	memset(&s->state, 0, sizeof s->state);
}

static void skip_byte_order_mark(struct source *s)
{
	if (s->first && s->buf.len >= 3) {
		buf_consume(&s->buf, utf8_mark(buf_head(&s->buf), s->buf.len));
		s->first = false;
	}
}

/* Drops what there is of a source that cannot be read further; that is reported in its turn. */
static void end_source(struct shell *sh, struct source *s, struct place at, const struct error *e)
{
	buf_clear(&s->buf);
	s->ended = true;
	engine_bad_line(sh, at, e);
}

/* Calls line() for each whole line there is, at most `most`; at the end of the source also for a last one without LF.
 * Returns how many. */
static size_t each_line(struct shell *sh, struct source *s, size_t most,
    void (*line)(struct shell *, const char *, size_t, struct place))
{
	size_t n = 0;
	ssize_t len;
	unsigned long drops = sh->feed->drops;

	while (n < most && !sh->feed->held) {
		skip_byte_order_mark(s);
		len = next_line(s);
		bool last = len == -1;
		if (last && (!s->ended || s->buf.len == 0))
			break;
		if (last)
			len = (ssize_t)s->buf.len;
		s->at.line++;
		size_t text = (size_t)len;
		if (text > 0 && buf_head(&s->buf)[text - 1] == '\r')
			text--;
		line(sh, buf_head(&s->buf), text, s->at);
		if (sh->feed->drops != drops)		/* no memory for the line: it has stopped everything */
			return n;
		consumed(s, (size_t)len + !last);
		n++;
	}
	if (n < most && !s->ended && s->buf.len >= LINE_MAX_BYTES) {
		struct error e;
		error_set(&e, STATUS_USAGE, "the line is longer than %d MiB", LINE_MAX_BYTES / 1024 / 1024);
		s->at.line++;
		end_source(sh, s, s->at, &e);
	}
	return n;
}

static void end_without_memory(struct shell *sh, struct source *s)
{
	struct error e;

	error_memory(&e);
	end_source(sh, s, s->at, &e);
}

static void readable(void *ctx, int fd, short revents)
{
	struct shell *sh = ctx;
	struct source *s = sh->feed->first;
	struct error e;
	ssize_t n;
	char *room;

	(void)revents;
	loop_unwatch(sh->loop, fd);
	s->watched = false;
	if ((room = buf_reserve(&s->buf, READ_SIZE)) == NULL) {
		end_without_memory(sh, s);
	} else if ((n = read(fd, room, READ_SIZE)) > 0 && file_line_is_cut(fd, room, (size_t)n)) {
		error_set(&e, STATUS_USAGE, FILE_LINE_CUT);
		s->at.line++;
		end_source(sh, s, s->at, &e);
	} else if (n > 0) {
		buf_commit(&s->buf, (size_t)n);
	} else if (n == 0) {
		s->ended = true;
	} else if (errno != EINTR && errno != EAGAIN) {
		error_set(&e, STATUS_USAGE, "cannot read %s: %s", s->fd == STDIN_FILENO ? "standard input" : s->at.name, strerror(errno));
		end_source(sh, s, (struct place){0}, &e);
	}
	engine_pump(sh);
}

bool feed_pump(struct shell *sh)
{
	struct feed *f = sh->feed;
	struct source *s;
	bool any = false;

	while ((s = f->first) != NULL && !f->held && engine_wants_lines(sh)) {
		unsigned long drops = f->drops;
		size_t n = each_line(sh, s, LINES_AT_ONCE, engine_line);
		any |= n > 0;
		if (f->drops != drops)
			return true;
		if (n == LINES_AT_ONCE || f->held)
			return any;
		if (s->ended && s->buf.len == 0) {
			remove_first(sh);
			any = true;
			continue;
		}
		if (!s->watched) {
			if (!(s->watched = loop_watch(sh->loop, s->fd, POLLIN, readable, sh) == 0)) {
				end_without_memory(sh, s);
				return true;
			}
			/* a regular file cannot be polled by every kind of poll: it is always ready, as poll() says */
		}
		return any;
	}
	return any;
}

/* --- adding --- */

static void look_at(struct shell *sh, const char *text, size_t len, struct place at)
{
	struct feed *f = sh->feed;
	struct error e;
	char *usage = NULL;
	bool repeats;

	if (f->right != NULL && f->right_len == len && memcmp(f->right, text, len) == 0)
		return;
	f->right = NULL;
	if (check_line(sh, text, len, &e, &usage, &repeats) == -1) {
		if (f->mistakes++ == 0)
			f->mistake = e.status;
		shell_complain(sh, at, NULL, "%s", e.text);
		if (usage != NULL)
			shell_complain(sh, at, NULL, "usage: %s", usage);
	} else if (repeats) {
		f->right = text;
		f->right_len = len;
	}
	free(usage);
}

/* Runs over a held source without using it up. */
static int check(struct shell *sh, const struct source *s, struct error *e)
{
	struct source view = *s;	/* consuming moves no byte: the text stays the source's */
	bool held = sh->feed->held;

	sh->feed->mistakes = 0;
	sh->feed->held = false;
	sh->feed->right = NULL;
	sh->feed->in_files += each_line(sh, &view, (size_t)-1, look_at);
	sh->feed->right = NULL;
	sh->feed->held = held;
	aliases_trial_end(sh);
	e->text[0] = '\0';
	e->status = sh->feed->mistake;	/* a line may be no mistake, but more than there is memory for */
	return sh->feed->mistakes > 0 ? -1 : 0;
}

int feed_add_text(struct shell *sh, const char *text, size_t len, const char *name, bool next, struct error *e)
{
	struct source *s = add_source(sh->feed, next);

	if (s == NULL)
		return error_memory(e);
	s->at.name = name != NULL ? intern(sh->feed, name) : NULL;
	s->ended = true;
	buf_put(&s->buf, text, len);
	return s->buf.failed ? error_memory(e) : 0;
}

/* True if one of the files whose lines have led here is the same. */
static bool is_within(const struct feed *f, const struct stat *st)
{
	for (const struct source *s = f->first; s != NULL; s = s->next)
		if (s->at.line > 0 && s->ino == st->st_ino && s->dev == st->st_dev)
			return true;
	return false;
}

/* Takes fd. */
static int add_file(struct shell *sh, int fd, const struct stat *st, const char *path, bool next, struct error *e)
{
	struct source *s;

	if (S_ISDIR(st->st_mode)) {
		close(fd);
		return error_set(e, STATUS_USAGE, "%s: %s", path, strerror(EISDIR));
	}
	if (next && is_within(sh->feed, st)) {
		close(fd);
		return error_set(e, STATUS_USAGE, "%s: a file cannot run itself", path);
	}
	if ((s = add_source(sh->feed, next)) == NULL) {
		close(fd);
		return error_memory(e);
	}
	s->at.name = intern(sh->feed, path);
	s->dev = st->st_dev;
	s->ino = st->st_ino;
	if (!S_ISREG(st->st_mode)) {
		sh->feed->elsewhere = true;
		s->fd = fd;
		return 0;
	}
	s->ended = true;
	int rc = file_read(sh->loop, fd, st, (size_t)-1 / 2, &s->buf) == -1 ? file_error(e, path) : check(sh, s, e);
	if (rc == -1)
		buf_clear(&s->buf);
	return rc;
}

int feed_add_file(struct shell *sh, const char *path, bool next, struct error *e)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0 && !next)
		return feed_add_stdin(sh, e);
	if ((fd = file_open(sh->loop, path, O_RDONLY, 0, &st)) == -1)
		return file_error(e, path);
	return add_file(sh, fd, &st, path, next, e);
}

int feed_add_own_file(struct shell *sh, const char *path, struct error *e)
{
	struct stat st;
	int fd = file_open(sh->loop, path, O_RDONLY, 0, &st);

	if (fd == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : file_error(e, path);
	if (owned_check(fd, path, STATUS_USAGE, e) == -1) {
		close(fd);
		return -1;
	}
	return add_file(sh, fd, &st, path, true, e);
}

int feed_add_stdin(struct shell *sh, struct error *e)
{
	struct source *s = add_source(sh->feed, false);

	if (s == NULL)
		return error_memory(e);
	s->at.name = intern(sh->feed, "stdin");
	sh->feed->elsewhere = true;
	s->fd = STDIN_FILENO;
	return 0;
}

bool feed_ended(const struct shell *sh)
{
	return sh->feed->first == NULL;
}

static void count_line(struct shell *sh, const char *text, size_t len, struct place at)
{
	struct word first;
	const char *why;
	size_t pos = 0;

	(void)at;
	sh->feed->dropped += word_next(text, len, &pos, &first, &why) != WORD_END;
}

unsigned long feed_drop(struct shell *sh)
{
	struct feed *f = sh->feed;

	f->dropped = 0;
	f->drops++;
	f->held = false;
	while (f->first != NULL) {
		struct source *s = f->first;
		s->ended = true;
		each_line(sh, s, (size_t)-1, count_line);
		remove_first(sh);
	}
	return f->dropped;
}

bool feed_from_file(const struct shell *sh)
{
	return sh->feed->in_files > 0 && !sh->feed->elsewhere;
}

unsigned long feed_line_count(const struct shell *sh)
{
	return sh->feed->in_files;
}

void feed_hold(struct shell *sh, bool hold)
{
	sh->feed->held = hold;
}

struct feed *feed_create(struct shell *sh)
{
	(void)sh;
	return calloc(1, sizeof(struct feed));
}

void feed_free(struct shell *sh)
{
	struct name *n;

	if (sh->feed == NULL)
		return;
	while (sh->feed->first != NULL)
		remove_first(sh);
	while ((n = sh->feed->names) != NULL) {
		sh->feed->names = n->next;
		free(n);
	}
	free(sh->feed);
	sh->feed = NULL;
}
