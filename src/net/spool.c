/* SPDX-License-Identifier: ISC */
/*
 * spool: lines that wait for their turn.  See spool.h.
 */
#include "net/spool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

void spool_init(struct spool *s, int (*open)(void *ctx), void *ctx)
{
	*s = (struct spool){.open = open, .ctx = ctx, .fd = -1, .whole = open == NULL};
}

void spool_clear(struct spool *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
	s->written = s->taken = 0;
	buf_clear(&s->head);
	buf_clear(&s->tail);
}

/* Moves the tail to the file.  What does not fit on a full disk stays in memory. */
static void spill(struct spool *s)
{
	if (s->fd == -1 && (s->fd = s->open(s->ctx)) == -1) {
		s->whole = true;
		return;
	}
	while (s->tail.len > 0) {
		ssize_t n = pwrite(s->fd, buf_head(&s->tail), s->tail.len, s->written);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->whole = true;
			return;
		}
		s->written += n;
		buf_consume(&s->tail, (size_t)n);
	}
}

int spool_put(struct spool *s, const char *line, size_t len)
{
	buf_put(&s->tail, line, len);
	buf_putc(&s->tail, '\n');
	if (s->tail.failed)
		return -1;
	if (s->tail.len >= SPOOL_HELD && !s->whole)
		spill(s);
	return 0;
}

/* After the file comes the tail; the head may hold the beginning of its first line, where the disk was full. */
static int take_tail(struct spool *s)
{
	if (s->head.len > 0) {
		buf_put(&s->head, buf_head(&s->tail), s->tail.len);
		if (s->head.failed) {
			errno = ENOMEM;
			return -1;
		}
		buf_clear(&s->tail);
	} else {
		buf_clear(&s->head);
		s->head = s->tail;
		s->tail = (struct buf){0};
	}
	return 1;
}

/* Reads more into the head.  Returns 1; 0: there is no more; -1 with errno. */
static int fill(struct spool *s)
{
	off_t left = s->written - s->taken;
	size_t want = left < CHUNK ? (size_t)left : CHUNK;
	char *room;
	ssize_t n;

	if (left == 0)
		return s->tail.len > 0 ? take_tail(s) : 0;
	if ((room = buf_reserve(&s->head, want)) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	do
		n = pread(s->fd, room, want, s->taken);
	while (n == -1 && errno == EINTR);
	if (n <= 0) {
		errno = n == 0 ? EIO : errno;	/* another process has cut it */
		return -1;
	}
	buf_commit(&s->head, (size_t)n);
	s->taken += n;
	return 1;
}

int spool_take(struct spool *s, const char **line, size_t *len)
{
	size_t looked = 0;
	const char *lf;
	int more;

	while ((lf = memchr(buf_head(&s->head) + looked, '\n', s->head.len - looked)) == NULL) {
		looked = s->head.len;
		if ((more = fill(s)) != 1)
			return more;
	}
	*line = buf_head(&s->head);
	*len = (size_t)(lf - *line);
	buf_consume(&s->head, *len + 1);	/* moves no byte */
	return 1;
}

size_t spool_held(const struct spool *s)
{
	return s->head.len + s->tail.len;
}
