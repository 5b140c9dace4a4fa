/* SPDX-License-Identifier: ISC */
/*
 * contents: reads a whole file, up to a bound.
 */
#include "run/contents.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 };

int contents_take(int fd, const char *path, size_t max, struct buf *out, struct error *e)
{
	ssize_t n = 0;
	char *room = NULL;
	size_t before = out->len;

	while (out->len - before <= max && (room = buf_reserve(out, READ_SIZE)) != NULL &&
	    ((n = read(fd, room, READ_SIZE)) > 0 || (n == -1 && errno == EINTR)))
		if (n > 0)
			buf_commit(out, (size_t)n);
	int error = errno;
	close(fd);
	if (room == NULL)
		return error_memory(e);
	if (n == -1)
		return error_set(e, STATUS_USAGE, "%s: %s", path, strerror(error));
	if (out->len - before > max)
		return error_set(e, STATUS_USAGE, "%s: larger than %zu bytes", path, max);
	return 0;
}

int contents_read(const char *path, size_t max, struct buf *out, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1)
		return error_set(e, STATUS_USAGE, "%s: %s", path, strerror(errno));
	return contents_take(fd, path, max, out, e);
}
