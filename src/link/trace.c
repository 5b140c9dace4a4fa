/* SPDX-License-Identifier: ISC */
/*
 * trace: one line a message: time, direction, text, with secrets as "***".
 */
#include "link/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/safe.h"
#include "lang/line.h"
#include "net/file.h"
#include "proto/secret.h"

struct trace {
	struct sink sink;
	bool own;		/* close it */
	struct loop_timer due;	/* bytes not yet written: a thread writes a file, so all lines of a step are written at once */
};

int trace_open(struct shell *sh, const char *path, struct error *e)
{
	struct trace *tr;
	struct stat st;
	int fd = STDERR_FILENO;

	trace_close(sh);
	if (strcmp(path, "-") != 0 && strcmp(path, "/dev/stderr") != 0) {
		fd = file_open(sh->loop, path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600, &st);
		if (fd == -1 && errno == ELOOP)
			return error_set(e, STATUS_USAGE, "%s: a symbolic link; name the trace file itself (- is standard error)", path);
		if (fd == -1)
			return file_error(e, path);
		if (S_ISREG(st.st_mode) && (st.st_uid != geteuid() || (st.st_mode & 077) != 0)) {
			close(fd);
			return error_set(e, STATUS_USAGE, "%s: a trace file must belong to you and have mode 0600", path);
		}
	}
	if ((tr = calloc(1, sizeof *tr)) == NULL) {
		if (fd != STDERR_FILENO)
			close(fd);
		return error_memory(e);
	}
	sink_init(&tr->sink, fd);
	if (fd != STDERR_FILENO) {	/* a reader may stop reading, a file system hang */
		tr->sink.put = file_put;
		tr->sink.stop = loop_signal_flag();
		tr->sink.ctx = sh->loop;
	}
	tr->own = fd != STDERR_FILENO;
	sh->trace = tr;
	return 0;
}

void trace_close(struct shell *sh)
{
	struct trace *tr = sh->trace;

	if (tr == NULL)
		return;
	loop_timer_stop(sh->loop, &tr->due);
	sink_flush(&tr->sink);
	if (tr->own)
		file_close(sh->loop, tr->sink.fd);
	sink_clear(&tr->sink);
	free(tr);
	sh->trace = NULL;
}

static void write_out(void *ctx)
{
	struct shell *sh = ctx;
	int error;

	if (sink_flush(&sh->trace->sink) == 0)
		return;
	error = sh->trace->sink.error;
	trace_close(sh);
	shell_complain(sh, (struct place){0}, NULL, "cannot write the trace: %s; it is closed", strerror(error));
}

static void write_line(struct shell *sh, char direction, const char *text, size_t len)
{
	struct trace *tr = sh->trace;
	struct timespec now;
	struct tm tm = {0};
	char clock[32];
	struct buf safe = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	(void)localtime_r(&now.tv_sec, &tm);
	strftime(clock, sizeof clock, "%Y-%m-%d %H:%M:%S", &tm);
	safe_put(&safe, text, len);
	if (!tr->own)
		shell_show_begin(sh);
	sink_printf(&tr->sink, "%s.%06ld %c ", clock, now.tv_nsec / 1000, direction);
	sink_put(&tr->sink, buf_head(&safe), safe.len);
	sink_putc(&tr->sink, '\n');
	buf_clear(&safe);
	if (!tr->own || tr->sink.error != 0)
		write_out(sh);
	else if (!tr->due.set)
		loop_timer_start(sh->loop, &tr->due, 0, write_out, sh);
}

/* The request inside a sent message: what follows its id, as ["type",...]. */
void trace_sent(struct shell *sh, const char *text, size_t len)
{
	struct json all, id, v;
	struct buf out = {.secret = true}, request = {.secret = true};
	size_t at;

	if (json_read(text, len, &all, &at) != NULL)
		return;
	struct json_iter it = json_iterate(all);
	if (!json_next(&it, NULL, &id))
		return;
	for (char sep = '['; json_next(&it, NULL, &v); sep = ',') {
		buf_putc(&request, sep);
		buf_put(&request, v.text, v.len);
	}
	buf_putc(&request, ']');
	buf_putc(&out, '[');
	buf_put(&out, id.text, id.len);
	buf_putc(&out, ',');
	struct buf masked = {0};
	if (!request.failed && secret_mask_request(&masked, buf_head(&request), request.len) == 0 && masked.len > 1) {
		buf_put(&out, buf_head(&masked) + 1, masked.len - 1);
		write_line(sh, '>', buf_head(&out), out.len);
	}
	buf_clear(&masked);
	buf_clear(&request);
	buf_clear(&out);
}

/* A reply to no open request: to the login, or to a cancelled request, which may have anything in it.  Of such a reply
 * head is set to its id and status; false: it is a notification, a failure or a reply to nothing of ours. */
static bool answers_unknown(const char *text, size_t len, struct buf *head)
{
	struct json all, id, status;
	size_t at;

	if (json_read_received(text, len, &all, &at) != NULL)
		return len > 1 && text[0] == '[' && text[1] != 'n';
	struct json_iter it = json_iterate(all);
	if (!json_next(&it, NULL, &id) || json_kind(id) == JSON_NULL || !json_next(&it, NULL, &status) ||
	    (status.len == 1 && status.text[0] == '0') || !json_next(&it, NULL, &all))
		return false;
	buf_printf(head, "[%.*s,%.*s,", (int)id.len, id.text, (int)status.len, status.text);
	return true;
}

void trace_received(struct shell *sh, const char *text, size_t len, bool asked, const struct request *type)
{
	struct buf masked = {0};

	if (!asked && answers_unknown(text, len, &masked)) {
		buf_puts(&masked, masked.len > 0 ? "\"***\"]" : "(not shown)");
		write_line(sh, '<', buf_head(&masked), masked.len);
	} else if (secret_mask_reply(&masked, type, text, len) == 0) {
		write_line(sh, '<', buf_head(&masked), masked.len);
	} else {
		write_line(sh, '<', "(not shown)", 11);
	}
	buf_clear(&masked);
}
