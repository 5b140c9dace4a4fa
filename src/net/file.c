/* SPDX-License-Identifier: ISC */
/*
 * file: files that the user names.  See file.h.
 *
 * Files that poll(2) supports (FIFOs, terminals, devices) are opened non-blocking and waited for.  Those it does not (regular files and
 * the look-up of every path, on a file system that may hang) are handled in a thread, which continues alone when a signal comes: the
 * job then belongs to the thread.
 */
#include "net/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/utf8.h"
#include "net/thread.h"

enum { CHUNK = 64 * 1024, READER_MS = 20, TERMINAL_LINE = 4096 /* its LF included */ };

/* A call for a thread. */
struct job {
	char *path;		/* of open */
	int flags;
	mode_t mode;
	int fd;			/* a descriptor of its own, or the result of open */
	struct stat st;
	struct buf bytes;
	size_t max;
	ssize_t result;
	int error;
};

static void job_free(void *arg)
{
	struct job *j = arg;

	if (j->fd != -1)
		close(j->fd);
	buf_clear(&j->bytes);
	free(j->path);
	free(j);
}

static struct job *job_create(void)
{
	struct job *j = calloc(1, sizeof *j);

	if (j != NULL)
		j->fd = -1;
	return j;
}

/* Makes the call.  0: it has returned and belongs to the caller again; -1 with errno: it was not begun, or belongs to the thread. */
static int job_run(struct loop *l, struct job *j, void (*call)(void *))
{
	return thread_call(l, call, job_free, j, -1);
}

/* --- opening --- */

static void call_open(void *arg)
{
	struct job *j = arg;

	j->fd = open(j->path, j->flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, j->mode);
	if (j->fd == -1 || fstat(j->fd, &j->st) == -1)
		j->error = errno;
	/* It may be a FIFO without a reader, or a missing device. */
	if (j->error == ENXIO)
		(void)stat(j->path, &j->st);
}

static int open_once(struct loop *l, const char *path, int flags, mode_t mode, struct stat *st)
{
	struct job *j = job_create();
	int fd, error;

	if (j == NULL)
		return -1;
	if ((j->path = strdup(path)) == NULL) {
		job_free(j);
		return -1;
	}
	j->flags = flags;
	j->mode = mode;
	if (job_run(l, j, call_open) == -1)
		return -1;
	fd = j->error == 0 ? j->fd : -1;
	if (fd != -1)
		j->fd = -1;
	error = j->error;
	*st = j->st;
	job_free(j);
	errno = error;
	return fd;
}

int file_open(struct loop *l, const char *path, int flags, mode_t mode, struct stat *st)
{
	int fd;

	memset(st, 0, sizeof(*st));
	while ((fd = open_once(l, path, flags, mode, st)) == -1 && errno == ENXIO && S_ISFIFO(st->st_mode))
		if (loop_await(l, -1, 0, READER_MS) == -1)
			return -1;
	return fd;
}

/* --- reading --- */

/* Reads once.  Returns the bytes, 0 at the end or -1 with errno. */
static ssize_t read_chunk(int fd, struct buf *out)
{
	char *room = buf_reserve(out, CHUNK);
	ssize_t n;

	if (room == NULL) {
		errno = ENOMEM;
		return -1;
	}
	n = read(fd, room, CHUNK);
	if (n > 0)
		buf_commit(out, (size_t)n);
	return n;
}

/* Moves the content of `from` to the end of out. */
static void file_take(struct buf *out, struct buf *from)
{
	if (out->len > 0 || out->failed) {
		buf_put(out, buf_head(from), from->len);
		buf_clear(from);
		return;
	}
	buf_clear(out);
	*out = *from;
	*from = (struct buf){.secret = out->secret};
}

int file_slurp(int fd, size_t max, struct buf *out)
{
	size_t before = out->len;
	ssize_t n;

	do {
		n = read_chunk(fd, out);
	} while (out->len - before <= max && (n > 0 || (n == -1 && errno == EINTR)));
	if (n > 0)
		errno = EFBIG;
	return n == 0 ? 0 : -1;
}

static void call_read(void *arg)
{
	struct job *j = arg;

	j->error = file_slurp(j->fd, j->max, &j->bytes) == -1 ? errno : 0;
}

static int read_in_thread(struct loop *l, int fd, size_t max, struct buf *out)
{
	struct job *j = job_create();
	int error;

	if (j == NULL) {
		close(fd);
		return -1;
	}
	j->fd = fd;
	j->max = max;
	j->bytes.secret = out->secret;
	if (job_run(l, j, call_read) == -1)
		return -1;
	file_take(out, &j->bytes);
	error = out->failed ? ENOMEM : j->error;
	job_free(j);
	errno = error;
	return error == 0 ? 0 : -1;
}

/* N_TTY's limit: bytes typed after so many are dropped, except Enter. */
bool file_line_is_cut(int fd, const char *bytes, size_t len)
{
	return len >= TERMINAL_LINE && bytes[len - 1] == '\n' && isatty(fd);
}

int file_read(struct loop *l, int fd, const struct stat *st, size_t max, struct buf *out)
{
	size_t before = out->len;
	ssize_t n;
	int error;

	if (S_ISREG(st->st_mode))
		return read_in_thread(l, fd, max, out);
	do {
		n = loop_await(l, fd, POLLIN, -1);
		if (n > 0)
			n = read_chunk(fd, out);
		if (n > 0 && file_line_is_cut(fd, buf_head(out) + out->len - n, (size_t)n)) {
			errno = EMSGSIZE;
			n = -1;
		}
		if (n == -1 && errno == EAGAIN)
			n = 1;
	} while (n > 0 && out->len - before <= max);
	error = n == -1 ? errno : n > 0 ? EFBIG : 0;
	close(fd);
	errno = error;
	return error == 0 ? 0 : -1;
}

int file_error(struct error *e, const char *path)
{
	if (errno == ENOMEM)
		return error_memory(e);
	return error_set(e, STATUS_USAGE, "%s: %s", path, errno == EINTR ? "interrupted" : errno == EMSGSIZE ? FILE_LINE_CUT :
	    strerror(errno));
}

int file_read_text(struct loop *l, const char *path, size_t max, struct buf *out, struct error *e)
{
	struct stat st;
	struct buf text = {.secret = out->secret};
	int fd = file_open(l, path, O_RDONLY, 0, &st), result = -1;

	if (fd == -1 || file_read(l, fd, &st, max, &text) == -1) {
		if (errno == EFBIG)
			error_set(e, STATUS_USAGE, "%s: larger than %zu bytes", path, max);
		else
			file_error(e, path);
	} else {
		buf_consume(&text, utf8_mark(buf_head(&text), text.len));
		file_take(out, &text);
		result = out->failed ? error_memory(e) : 0;
	}
	buf_clear(&text);
	return result;
}

/* --- writing --- */

static void call_write(void *arg)
{
	struct job *j = arg;

	j->result = write(j->fd, buf_head(&j->bytes), j->bytes.len);
	j->error = errno;
}

/* Copies of bytes and descriptor, as the caller's may be gone when they are written. */
static ssize_t write_in_thread(struct loop *l, int fd, const void *bytes, size_t len)
{
	struct job *j = job_create();
	ssize_t n;
	int error;

	if (j == NULL)
		return -1;
	buf_put(&j->bytes, bytes, len < CHUNK ? len : CHUNK);
	j->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (j->fd == -1 || j->bytes.failed) {
		error = j->fd == -1 ? errno : ENOMEM;
		job_free(j);
		errno = error;
		return -1;
	}
	if (job_run(l, j, call_write) == -1)
		return -1;
	n = j->result;
	error = j->error;
	job_free(j);
	errno = error;
	return n;
}

ssize_t file_put(void *loop, int fd, const void *bytes, size_t len)
{
	struct loop *l = loop;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return write_in_thread(l, fd, bytes, len);
	do {
		if (loop_await(l, fd, POLLOUT, -1) == -1)
			return -1;
		n = write(fd, bytes, len);
	} while (n == -1 && (errno == EAGAIN || errno == EINTR));
	return n;
}

int file_scratch(struct loop *l)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];
	uint64_t number;
	struct stat st;
	int fd;

	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	if (getrandom(&number, sizeof number, 0) != sizeof number ||
	    snprintf(path, sizeof path, "%s/ptsh-%016llx", folder, (unsigned long long)number) >= (int)sizeof path)
		return -1;
	fd = file_open(l, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, &st);
	if (fd != -1)
		unlink(path);
	return fd;
}

static void call_close(void *arg)
{
	struct job *j = arg;
	int fd = j->fd;

	j->fd = -1;
	j->result = close(fd);
	j->error = errno;
}

int file_close(struct loop *l, int fd)
{
	struct job *j = job_create();
	int result, error;

	if (j == NULL) {
		close(fd);
		return -1;
	}
	j->fd = fd;
	if (job_run(l, j, call_close) == -1)
		return -1;
	result = (int)j->result;
	error = j->error;
	job_free(j);
	errno = error;
	return result;
}
