/* SPDX-License-Identifier: ISC */
/*
 * sink: where output goes.
 *
 * Owns the buffer before a descriptor and the first error of writing.  Does not know what is written and
 * what reads it.  After an error everything is dropped, so that a disk that is full costs no memory.
 */
#include "format/sink.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void sink_init(struct sink *s, int fd)
{
	memset(s, 0, sizeof *s);
	s->fd = fd;
	s->terminal = fd >= 0 && isatty(fd) == 1;
	/* Now, so that later output needs no memory. */
	if (fd >= 0 && buf_reserve(&s->buf, SINK_BUFFER) == NULL)
		s->error = ENOMEM;
}

static void sink_fail(struct sink *s, int error)
{
	if (s->error == 0)
		s->error = error;
	buf_reset(&s->buf);
}

/* A descriptor that another process made non-blocking must still be written to. */
static int wait_writable(struct sink *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	while (poll(&p, 1, -1) < 0) {
		if (errno != EINTR || (s->stop != NULL && *s->stop))
			return -1;
	}
	return 0;
}

static void write_all(struct sink *s, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n;
		int error;

		if (s->blocks != NULL)
			s->blocks(s->ctx, true);
		n = s->put != NULL ? s->put(s->ctx, s->fd, bytes, len) : write(s->fd, bytes, len);
		error = errno;
		if (s->blocks != NULL)
			s->blocks(s->ctx, false);
		errno = error;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			s->written += (uint64_t)n;
			continue;
		}
		if (n == 0) {		/* not what write(2) does with len > 0, but a loop must end */
			sink_fail(s, EIO);
			return;
		}
		if (errno == EINTR && (s->stop == NULL || !*s->stop))
			continue;
		if ((errno == EAGAIN || errno == EWOULDBLOCK) && wait_writable(s) == 0)
			continue;
		sink_fail(s, errno);
		return;
	}
}

void sink_settle(struct sink *s)
{
	if (s->buf.failed)
		sink_fail(s, ENOMEM);
	else if (s->error != 0)
		buf_reset(&s->buf);
	else if (s->fd >= 0 && s->buf.len >= SINK_BUFFER)
		sink_flush(s);
}

int sink_flush(struct sink *s)
{
	if (s->buf.failed)
		sink_fail(s, ENOMEM);
	if (s->error == 0 && s->fd >= 0 && s->buf.len > 0)
		write_all(s, buf_head(&s->buf), s->buf.len);
	if (s->error != 0 || s->fd >= 0)
		buf_reset(&s->buf);
	return s->error == 0 ? 0 : -1;
}

char *sink_room_slow(struct sink *s, size_t len)
{
	char *room;

	if (s->error != 0)
		return NULL;
	if (s->fd >= 0 && s->buf.len > 0 && s->buf.len + len > SINK_BUFFER && sink_flush(s) < 0)
		return NULL;
	room = buf_reserve(&s->buf, len);
	if (room == NULL)
		sink_fail(s, ENOMEM);
	return room;
}

void sink_put(struct sink *s, const void *bytes, size_t len)
{
	if (s->error != 0 || len == 0)
		return;
	if (s->fd >= 0 && s->buf.len + len > SINK_BUFFER) {
		if (sink_flush(s) < 0)
			return;
		if (len >= SINK_BUFFER) {	/* larger than the buffer: not through it */
			write_all(s, bytes, len);
			return;
		}
	}
	buf_put(&s->buf, bytes, len);
	sink_settle(s);
}

void sink_puts(struct sink *s, const char *text)
{
	sink_put(s, text, strlen(text));
}

void sink_putc(struct sink *s, char c)
{
	char *room = sink_room(s, 1);

	if (room != NULL) {
		*room = c;
		sink_wrote(s, 1);
	}
}

void sink_printf(struct sink *s, const char *format, ...)
{
	va_list ap;

	if (s->error != 0)
		return;
	va_start(ap, format);
	buf_vprintf(&s->buf, format, ap);
	va_end(ap);
	sink_settle(s);
}

void sink_clear(struct sink *s)
{
	buf_clear(&s->buf);
}
