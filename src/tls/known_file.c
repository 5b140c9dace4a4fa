/* SPDX-License-Identifier: ISC */
/*
 * known_file: a file that others must not have written.  See known_file.h.  Knows nothing of its content.
 *
 * The lock is held on the file itself, and the process that gets it checks that the name still means that file: it has perhaps been
 * replaced by the process that held the lock before.  So only one process at a time writes the new file, under a
 * fixed name, and what a killed process has left of it is overwritten.
 */
#include "tls/known_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/owned.h"
#include "base/utf8.h"
#include "net/file.h"

static int known_file_error(struct error *e, const char *path, const char *why)
{
	return error_set(e, STATUS_TLS, "%s: %s", path, why);
}

/* The folder's path, or NULL without memory. */
static char *known_file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* Gets the content without byte order marks.  All of them: else the file, written again, would begin with one and mean something
 * else. */
static int known_file_slurp(int fd, const char *path, struct buf *content, struct error *e)
{
	if (file_slurp(fd, KNOWN_FILE_MAX, content) == -1)
		return errno == ENOMEM ? error_memory(e) : known_file_error(e, path, errno == EFBIG ? "too large" : strerror(errno));
	for (size_t mark; (mark = utf8_mark(buf_head(content), content->len)) > 0;)
		buf_consume(content, mark);
	return 0;
}

static int known_file_open_error(struct error *e, const char *path)
{
	return known_file_error(e, path, errno == ELOOP ? "cannot be trusted: a symbolic link" : strerror(errno));
}

int known_file_read(const char *path, struct buf *content, struct error *e)
{
	/* O_NONBLOCK: a FIFO must not block before it is refused. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), result;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return known_file_open_error(e, path);
	result = owned_check(fd, path, STATUS_TLS, e);
	if (result == 0)
		result = known_file_slurp(fd, path, content, e);
	close(fd);
	return result;
}

/* --- changing --- */

static int known_file_make_folder(const char *path, struct error *e)
{
	char *folder = known_file_folder(path);
	int result = 0;

	if (folder == NULL)
		return error_memory(e);
	for (char *p = folder + 1; *p != '\0' && result == 0; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(folder, 0700) == -1 && errno != EEXIST)
			result = known_file_error(e, folder, strerror(errno));
		*p = '/';
	}
	if (result == 0 && mkdir(folder, 0700) == -1 && errno != EEXIST)
		result = known_file_error(e, folder, strerror(errno));
	free(folder);
	return result;
}

static int known_file_lock(int fd, const char *path, struct error *e)
{
	static const struct timespec pause = {.tv_nsec = 5000000};

	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) == -1; waited += 5) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return known_file_error(e, path, strerror(errno));
		if (waited >= KNOWN_FILE_PATIENCE_MS)
			return known_file_error(e, path, "locked by another process");
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* True if path still means the file of fd. */
static bool known_file_is_current(int fd, const char *path)
{
	struct stat mine, named;

	return fstat(fd, &mine) == 0 && lstat(path, &named) == 0 && mine.st_dev == named.st_dev &&
	    mine.st_ino == named.st_ino;
}

int known_file_open(struct known_file *f, const char *path, struct error *e)
{
	*f = (struct known_file){.path = path, .fd = -1};
	if (known_file_make_folder(path, e) == -1)
		return -1;
	for (;;) {
		f->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
		if (f->fd == -1)
			return known_file_open_error(e, path);
		if (owned_check(f->fd, path, STATUS_TLS, e) == -1 || known_file_lock(f->fd, path, e) == -1) {
			known_file_close(f);
			return -1;
		}
		if (known_file_is_current(f->fd, path))
			break;
		close(f->fd);
	}
	if (known_file_slurp(f->fd, path, &f->content, e) == -1) {
		known_file_close(f);
		return -1;
	}
	return 0;
}

static int known_file_write(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

/* Syncs the folder: the new name must reach the disk, too.  Not every file system can; then it does that by itself. */
static void known_file_sync_folder(const char *path)
{
	char *folder = known_file_folder(path);
	int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd != -1) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

int known_file_replace(struct known_file *f, const char *text, size_t len, struct error *e)
{
	char *other;
	int fd, failure = 0;

	if (asprintf(&other, "%s.new", f->path) == -1)
		return error_memory(e);
	unlink(other);
	fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1) {
		known_file_error(e, other, strerror(errno));
		free(other);
		return -1;
	}
	/* Locks the new file before another process can find it, and work on it before this one is done. */
	flock(fd, LOCK_EX | LOCK_NB);
	if (known_file_write(fd, text, len) == -1 || rename(other, f->path) == -1)
		failure = errno;
	if (failure != 0)
		unlink(other);
	else
		known_file_sync_folder(f->path);
	close(fd);
	free(other);
	return failure == 0 ? 0 : known_file_error(e, f->path, strerror(failure));
}

void known_file_close(struct known_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	buf_clear(&f->content);
}
