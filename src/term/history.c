/* SPDX-License-Identifier: ISC */
/*
 * history: the lines typed, remembered in a plain file.
 *
 * Owns the file, its lock and the entries in memory.  Does not know the editor, the terminal or what a line means: which
 * words are secrets is decided by the caller.
 *
 * Every access opens the file, locks it, and checks that the path still leads to the locked file: another session may have
 * replaced it in between.  So nothing is ever appended to a file that was replaced.
 */
#include "term/history.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"

enum {
	SLACK = 500,			/* entries above HISTORY_LINES before the file is cut */
	READ_BYTES = 16 * 1024 * 1024,	/* bytes at the file's end are read */
	LOCK_TRIES = 50, LOCK_PAUSE_MS = 10,
	REPLACED_TRIES = 20,
};

struct history {
	char *path;			/* NULL: memory only */
	char **entries;			/* a ring: entry i is entries[(first + i) % HISTORY_LINES] */
	size_t first, count;
	size_t appended;		/* entries since the whole file was read */
	int directories;		/* errno: why one on the way is missing */
	bool unreported;		/* trouble has not been reported yet */
	struct error trouble;
};

static void history_remember(struct history *h, const char *text, size_t len)
{
	char *copy = strndup(text, len);
	size_t slot = (h->first + h->count) % HISTORY_LINES;

	if (copy == NULL)
		return;
	if (h->count < HISTORY_LINES) {
		h->count++;
	} else {
		buf_forget(h->entries[slot]);
		h->first = (h->first + 1) % HISTORY_LINES;
	}
	h->entries[slot] = copy;
}

const char *history_entry(const struct history *h, size_t i)
{
	return i < h->count ? h->entries[(h->first + i) % HISTORY_LINES] : NULL;
}

size_t history_count(const struct history *h)
{
	return h->count;
}

/* --- the file's text --- */

/* The length of the entry (with its final LF) that text begins with. */
static size_t entry_length(const char *text, size_t len)
{
	size_t n = 0;

	do {
		const char *lf = memchr(text + n, '\n', len - n);

		n = lf == NULL ? len : (size_t)(lf - text) + 1;
	} while (n < len && text[n] == '\t');
	return n;
}

/* True if a user can have typed it: binary text is neither recalled nor kept when the file is cut. */
static bool is_text(const char *text, size_t len)
{
	while (len > 0) {
		uint32_t point;
		int n = utf8_decode(text, len, &point);

		if (n < 0 || (point < 0x20 && point != '\n' && point != '\t') || point == 0x7f)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

/* Appends an entry as it is in the file. */
static void put_entry(struct buf *out, const char *line)
{
	for (; *line != '\0'; line++) {
		buf_putc(out, *line);
		if (*line == '\n')
			buf_putc(out, '\t');
	}
	buf_putc(out, '\n');
}

/* An entry of the file as it was typed. */
static void recall(struct history *h, const char *text, size_t len, struct buf *line)
{
	buf_reset(line);
	while (len > 0 && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++) {
		buf_putc(line, text[i]);
		if (text[i] == '\n')
			i++;			/* the TAB */
	}
	if (line->len > 0 && !line->failed)
		history_remember(h, buf_head(line), line->len);
}

/* Where the last HISTORY_LINES entries that are text begin; *entries: how many there are in all. */
static size_t newest_entries(const char *text, size_t len, size_t *entries)
{
	size_t all = 0, skip, start = 0;

	for (size_t at = 0, n; at < len; at += n) {
		n = entry_length(text + at, len - at);
		all += is_text(text + at, n);
	}
	*entries = all;
	skip = all > HISTORY_LINES ? all - HISTORY_LINES : 0;
	while (skip > 0) {
		size_t n = entry_length(text + start, len - start);

		skip -= is_text(text + start, n);
		start += n;
	}
	return start;
}

/* --- the file --- */

static int history_fail(struct history *h, const char *what, int number)
{
	error_set(&h->trouble, STATUS_OUTPUT, "%s: %s%s%s", h->path, what,
	    number != 0 ? ": " : "", number != 0 ? strerror(number) : "");
	h->unreported = true;
	free(h->path);
	h->path = NULL;
	return -1;
}

static bool lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};

		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&pause, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

/* True if the path leads to this descriptor's file (and is no symbolic link to it). */
static bool still_there(const char *path, const struct stat *file)
{
	struct stat now;

	return lstat(path, &now) == 0 && now.st_dev == file->st_dev && now.st_ino == file->st_ino;
}

/* Opens and locks the file, which is created if need be.  The descriptor, or -1 (and the history is memory only). */
static int open_locked(struct history *h)
{
	for (int i = 0; i < REPLACED_TRIES; i++) {
		struct stat file;
		int fd = open(h->path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

		if (fd < 0 && errno == ELOOP)
			return history_fail(h, "is a symbolic link", 0);
		if (fd < 0)
			return history_fail(h, "cannot be opened", errno == ENOENT && h->directories != 0 ? h->directories : errno);
		if (fstat(fd, &file) < 0 || !S_ISREG(file.st_mode) || file.st_uid != geteuid()) {
			bool foreign = S_ISREG(file.st_mode);

			close(fd);
			return history_fail(h, foreign ? "belongs to another user" : "is not a regular file", 0);
		}
		if (!lock(fd)) {
			int number = errno;

			close(fd);
			return history_fail(h, number == EWOULDBLOCK ? "is locked by another program" : "cannot be locked",
			    number == EWOULDBLOCK ? 0 : number);
		}
		if (still_there(h->path, &file)) {
			if ((file.st_mode & 07777) != 0600 && fchmod(fd, 0600) < 0) {
				int number = errno;

				close(fd);
				return history_fail(h, "others can read it", number);
			}
			return fd;
		}
		close(fd);
	}
	return history_fail(h, "is replaced again and again", 0);
}

/* The file's end, from the beginning of an entry on; *cut: there is more before it.  0 or -1 with errno. */
static int read_end(int fd, struct buf *text, bool *cut)
{
	off_t size = lseek(fd, 0, SEEK_END), at = size > READ_BYTES ? size - READ_BYTES : 0;

	*cut = at > 0;
	while (at < size) {
		char *room = buf_reserve(text, 64 * 1024);
		ssize_t n;

		if (room == NULL) {
			errno = ENOMEM;
			return -1;
		}
		n = pread(fd, room, 64 * 1024, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		buf_commit(text, (size_t)n);
		at += n;
	}
	if (*cut)
		buf_consume(text, entry_length(buf_head(text), text->len));
	return 0;
}

/* Writes all of it, or leaves the file as long as it was.  0 or -1 with errno. */
static int append_all(int fd, const char *text, size_t len)
{
	off_t before = lseek(fd, 0, SEEK_END);
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, text + done, len - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			int number = n == 0 ? ENOSPC : errno;

			if (done > 0 && ftruncate(fd, before) < 0)
				number = errno;
			errno = number;
			return -1;
		}
	}
	return 0;
}

/* Puts a new file with the newest entries of text in the place of the locked one.  The old file stays if anything
 * fails: it is longer than it need be, and that is all. */
static void history_replace(struct history *h, const char *text, size_t len)
{
	struct buf kept = {0}, name = {0};
	const char *new_path;
	int fd = -1;

	for (size_t at = 0, n; at < len; at += n) {
		n = entry_length(text + at, len - at);
		if (is_text(text + at, n)) {
			buf_put(&kept, text + at, n);
			if (text[at + n - 1] != '\n')
				buf_putc(&kept, '\n');
		}
	}
	buf_printf(&name, "%s.new", h->path);
	new_path = buf_string(&name);
	if (new_path != NULL && !kept.failed) {
		unlink(new_path);		/* of a session that was killed: this process holds the lock */
		fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (fd >= 0) {
		bool ok = append_all(fd, buf_head(&kept), kept.len) == 0 && fsync(fd) == 0;

		if (close(fd) < 0 || !ok || rename(new_path, h->path) < 0)
			unlink(new_path);
	}
	buf_clear(&kept);
	buf_clear(&name);
}

/* Reads the whole file; cuts it if it has grown too long.  load: its entries are remembered. */
static void look_through(struct history *h, int fd, bool load)
{
	struct buf text = {0};
	size_t entries;
	bool cut;

	h->appended = 0;
	if (read_end(fd, &text, &cut) < 0) {
		history_fail(h, "cannot be read", errno);
	} else {
		buf_consume(&text, newest_entries(buf_head(&text), text.len, &entries));
		if (load) {
			struct buf line = {.secret = true};

			for (size_t at = 0, n; at < text.len; at += n) {
				n = entry_length(buf_head(&text) + at, text.len - at);
				if (is_text(buf_head(&text) + at, n))
					recall(h, buf_head(&text) + at, n, &line);
			}
			buf_clear(&line);
		}
		if (entries > HISTORY_LINES + SLACK || cut)
			history_replace(h, buf_head(&text), text.len);
	}
	buf_clear(&text);
}

/* 0, or the errno of the first directory that could not be made; open() shows whether that matters. */
static int make_directories(const char *path)
{
	char *copy = strdup(path);
	int number = 0;

	for (char *slash = copy != NULL && *copy != '\0' ? strchr(copy + 1, '/') : NULL; slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST && number == 0)
			number = errno;
		*slash = '/';
	}
	free(copy);
	return number;
}

struct history *history_open(const char *path, struct error *e, bool *failed)
{
	struct history *h = calloc(1, sizeof *h);
	int fd;

	*failed = false;
	if (h == NULL || (h->entries = calloc(HISTORY_LINES, sizeof *h->entries)) == NULL ||
	    (path != NULL && (h->path = strdup(path)) == NULL)) {
		history_free(h);
		return NULL;
	}
	if (path != NULL) {
		h->directories = make_directories(path);
		fd = open_locked(h);
		if (fd >= 0) {
			look_through(h, fd, true);
			close(fd);
		}
		*failed = history_trouble(h, e);
	}
	return h;
}

void history_free(struct history *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->count; i++)
		buf_forget(h->entries[(h->first + i) % HISTORY_LINES]);
	free(h->entries);
	free(h->path);
	free(h);
}

bool history_trouble(struct history *h, struct error *e)
{
	bool unreported = h->unreported;

	if (unreported)
		*e = h->trouble;
	h->unreported = false;
	return unreported;
}

static void append(struct history *h, const char *line)
{
	struct buf text = {0};
	char last = '\n';
	int fd = open_locked(h);

	if (fd < 0)
		return;
	/* A session that was killed while it wrote may have left half a line: it must not run into this one. */
	if (pread(fd, &last, 1, lseek(fd, 0, SEEK_END) - 1) == 1 && last != '\n')
		buf_putc(&text, '\n');
	put_entry(&text, line);
	if (text.failed || append_all(fd, buf_head(&text), text.len) < 0)
		history_fail(h, "cannot be written", text.failed ? ENOMEM : errno);
	else if (++h->appended >= SLACK)
		look_through(h, fd, false);
	buf_clear(&text);
	close(fd);
}

void history_add(struct history *h, const char *line, const char *masked)
{
	const char *newest = h->count > 0 ? history_entry(h, h->count - 1) : NULL;
	size_t len = strlen(line);

	while (len > 0 && line[len - 1] == '\n')
		len--;
	if (len == 0 || *line == ' ' || *line == '\t' || *line == '\n')
		return;
	if (newest != NULL && strncmp(newest, line, len) == 0 && newest[len] == '\0')
		return;
	history_remember(h, line, len);
	if (h->path != NULL && masked != NULL && *masked != '\0' && *masked != ' ' && *masked != '\t' && *masked != '\n' &&
	    is_text(masked, strlen(masked)))
		append(h, masked);
}
