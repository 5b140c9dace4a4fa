/* SPDX-License-Identifier: ISC */
/*
 * input: from the keyboard's bytes to keys, and pastes.
 *
 * Does not know libedit, the screen or the loop.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lang/line.h"
#include "term/prompt_parts.h"

static const char paste_begin[] = "\033[200~", paste_end[] = "\033[201~";
enum {
	MARK = sizeof paste_begin - 1, PASTE_READ = 4096,
	KEY_MOST = 2,		/* ESC and Alt-[ are keys; no key ends in the bytes that follow, so a slow link may take its time */
};

static void add_key(struct input *in, wchar_t key)
{
	if (in->key_count < KEYS_AHEAD)
		in->keys[in->key_count++] = key;
}

/* A byte that is part of a character; a character that is cut off by another is dropped. */
static void take_byte(struct input *in, char byte)
{
	for (int again = 0; again < 2; again++) {
		uint32_t point;
		int n;

		in->partial[in->partial_len++] = byte;
		n = utf8_decode(in->partial, in->partial_len, &point);
		if (n == UTF8_CUT)
			return;
		if (n > 0)
			add_key(in, (wchar_t)point);
		again += n > 0 || in->partial_len == 1;
		in->partial_len = 0;
	}
}

/* The apparent beginning of a paste is read as keys. */
static void take_matched(struct input *in)
{
	for (unsigned i = 0; i < in->matched; i++)
		take_byte(in, paste_begin[i]);
	in->matched = 0;
}

/* True if what has matched so far is a key if nothing follows. */
static bool may_be_key(const struct input *in)
{
	return in->matched > 0 && in->matched <= KEY_MOST;
}

static void input_take(struct input *in, char byte)
{
	if (byte == paste_begin[in->matched]) {
		in->partial_len = in->matched == 0 ? 0 : in->partial_len;
		in->escape_due = loop_now() + ESCAPE_MS;
		if (++in->matched == MARK) {
			in->matched = 0;
			in->pasting = true;
			buf_reset(&in->paste);
		}
		return;
	}
	take_matched(in);
	if (byte == paste_begin[0])
		input_take(in, byte);
	else
		take_byte(in, byte);
}

/* Bytes of a paste, up to its end; the bytes after it are for later. */
static void take_paste(struct input *in, const char *bytes, size_t len)
{
	size_t searched = in->paste.len < MARK ? 0 : in->paste.len - MARK;
	const char *end;

	buf_put(&in->paste, bytes, len);
	if (in->paste.failed || in->paste.len > LINE_MAX_BYTES) {	/* its end must still be found */
		char tail[MARK];
		size_t keep = len < MARK ? len : MARK;

		memcpy(tail, bytes + len - keep, keep);
		buf_reset(&in->paste);
		buf_put(&in->paste, tail, keep);
		searched = 0;
	}
	end = memmem(buf_head(&in->paste) + searched, in->paste.len - searched, paste_end, MARK);
	if (end != NULL) {
		size_t at = (size_t)(end - buf_head(&in->paste));

		buf_put(&in->ahead, end + MARK, in->paste.len - at - MARK);
		buf_truncate(&in->paste, at);
		in->pasting = false;
		add_key(in, PASTE_KEY);
	}
}

/* In a paste ^C is text, except one that comes alone and after a pause: the paste had no end, and the user waits. */
static bool is_interrupt(struct input *in, const char *bytes, size_t len)
{
	bool alone = len == 1 && (unsigned char)bytes[0] == in->interrupt, late = loop_now() >= in->pasted_at + ESCAPE_MS;

	if (!alone)
		in->pasted_at = loop_now();
	return alone && (!in->pasting || late);
}

void input_read(struct input *in)
{
	char bytes[PASTE_READ];
	ssize_t n;

	if (in->key_count > 0 || in->ahead.len > 0 || in->gone)
		return;
	n = read(in->fd, bytes, in->pasting ? sizeof bytes : 1);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
		in->gone = true;
	} else if (n > 0) {
		if (is_interrupt(in, bytes, (size_t)n))
			in->interrupted = true;
		else if (in->pasting)
			take_paste(in, bytes, (size_t)n);
		else
			input_take(in, in->lines_left > 0 && bytes[0] == '\0' ? in->end : bytes[0]);
		in->lines_left -= (size_t)n < in->lines_left ? (size_t)n : in->lines_left;
	}
	explicit_bzero(bytes, n > 0 ? (size_t)n : 0);
}

bool input_key(struct input *in, wchar_t *key)
{
	while (in->key_count == 0 && in->ahead.len > 0) {
		if (in->pasting) {
			struct buf rest = in->ahead;

			in->ahead = (struct buf){.secret = true};
			take_paste(in, buf_head(&rest), rest.len);
			buf_clear(&rest);
		} else {
			char byte = buf_head(&in->ahead)[0];

			buf_consume(&in->ahead, 1);
			input_take(in, byte);
		}
	}
	if (in->key_count == 0 && may_be_key(in) && loop_now() >= in->escape_due)
		take_matched(in);
	if (in->key_count == 0)
		return false;
	*key = in->keys[0];
	memmove(in->keys, in->keys + 1, --in->key_count * sizeof in->keys[0]);
	return true;
}

int input_wait(const struct input *in)
{
	int64_t left;

	if (in->key_count > 0 || in->ahead.len > 0)
		return 0;
	if (!may_be_key(in))
		return -1;
	left = in->escape_due - loop_now();
	return left > 0 ? (int)left : 0;
}

void input_reset(struct input *in)
{
	in->pasting = in->interrupted = false;
	in->matched = 0;
	in->partial_len = 0;
	in->key_count = 0;
	buf_clear(&in->ahead);
	buf_clear(&in->paste);
}

void input_flush(struct input *in)
{
	char bytes[PASTE_READ];
	pid_t front = tcgetpgrp(in->fd);
	size_t ends = 0, count = 0;
	int there = 0;

	if ((front == -1 || front == getpgrp()) && ioctl(in->fd, FIONREAD, &there) == 0 && there > 0 &&
	    (size_t)there <= sizeof bytes) {
		ssize_t n = read(in->fd, bytes, (size_t)there);

		for (count = n > 0 ? (size_t)n : 0; ends < count && in->end != '\0' && bytes[ends] == in->end;)
			ends++;
	}
	tcflush(in->fd, TCIFLUSH);
	input_reset(in);
	in->lines_left = 0;
	if (count > 0 && ends == count)
		buf_put(&in->ahead, bytes, count);
	explicit_bzero(bytes, count);
}

void input_clear(struct input *in)
{
	input_reset(in);
	explicit_bzero(in->keys, sizeof in->keys);
}
