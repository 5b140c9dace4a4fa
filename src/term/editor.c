/* SPDX-License-Identifier: ISC */
/*
 * editor: a text in a file of its own, read again by its name: editors save by renaming.
 */
#include "term/editor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lang/line.h"
#include "net/file.h"
#include "term/lend.h"

struct editor {
	struct loop *loop;
	struct child child;
	char *command;
	char folder[PATH_MAX], file[PATH_MAX + 16];
};

static const char *set_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static int editor_fail(struct error *e, const char *what)
{
	return error_set(e, STATUS_USAGE, ".edit: cannot %s: %s", what, strerror(errno));
}

static int make_file(struct editor *d, const char *text, struct error *e)
{
	const char *runtime = set_variable("XDG_RUNTIME_DIR"), *temporary = set_variable("TMPDIR");
	size_t len = strlen(text);
	int fd;

	snprintf(d->folder, sizeof d->folder, "%s/ptsh-edit-XXXXXX", runtime != NULL ? runtime : temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(d->folder) == NULL) {
		d->folder[0] = '\0';
		return editor_fail(e, "make a folder for the line");
	}
	snprintf(d->file, sizeof d->file, "%s/line.ptsh", d->folder);
	fd = open(d->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return editor_fail(e, "make a file for the line");
	bool written = file_put(d->loop, fd, text, len) == (ssize_t)len && file_put(d->loop, fd, "\n", 1) == 1;
	if (close(fd) == -1 || !written)
		return editor_fail(e, "write the line");
	return 0;
}

/* Swap files and backups, too. */
static void remove_files(struct editor *d)
{
	DIR *dir = d->folder[0] != '\0' ? opendir(d->folder) : NULL;
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	if (d->folder[0] != '\0')
		rmdir(d->folder);
}

/* $VISUAL 'FILE': the variable may have arguments. */
static char *command_of(const struct editor *d)
{
	const char *visual = set_variable("VISUAL"), *editor = set_variable("EDITOR");
	struct buf command = {0};

	buf_printf(&command, "%s '", visual != NULL ? visual : editor != NULL ? editor : "vi");
	for (const char *p = d->file; *p != '\0'; p++)
		if (*p == '\'')
			buf_puts(&command, "'\\''");
		else
			buf_putc(&command, *p);
	buf_putc(&command, '\'');
	return buf_steal(&command);
}

static int start_editor(void *ctx)
{
	struct editor *d = ctx;

	if (child_start(&d->child, d->command, STDIN_FILENO, STDOUT_FILENO, CHILD_TERMINAL) == -1)
		return -1;
	if (child_watch(&d->child, d->loop, NULL, NULL) == -1) {
		child_end(&d->child);
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

static int read_again(struct editor *d, struct buf *out, struct error *e)
{
	struct stat st;
	int fd = file_open(d->loop, d->file, O_RDONLY | O_NOFOLLOW, 0, &st);

	if (fd == -1)
		return editor_fail(e, "read the line");
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
		close(fd);
		return error_set(e, STATUS_USAGE, ".edit: cannot read the line: the file belongs to another user, or is no file");
	}
	if (file_read(d->loop, fd, &st, LINE_MAX_BYTES, out) == -1)
		return editor_fail(e, "read the line");
	while (out->len > 0 && strchr("\r\n", buf_head(out)[out->len - 1]) != NULL)
		buf_truncate(out, out->len - 1);
	if (out->len > 0 && memchr(buf_head(out), '\0', out->len) != NULL)
		return error_set(e, STATUS_USAGE, ".edit: a line cannot contain a NUL byte");
	return out->failed ? error_memory(e) : 0;
}

static enum editor_end run(struct editor *d, struct prompt *p, const char *text, struct buf *out, struct error *e)
{
	int64_t began = loop_now();

	if (make_file(d, text, e) == -1)
		return EDITOR_FAILED;
	if ((d->command = command_of(d)) == NULL) {
		error_memory(e);
		return EDITOR_FAILED;
	}
	if (lend_terminal(d->loop, p, &d->child, start_editor, d) == -1) {
		editor_fail(e, "run the editor");
		return EDITOR_FAILED;
	}
	if (!WIFEXITED(d->child.status) || WEXITSTATUS(d->child.status) != 0)
		return EDITOR_UNCHANGED;
	if (read_again(d, out, e) == -1)
		return EDITOR_FAILED;
	if (out->len > 0 && (out->len != strlen(text) || memcmp(buf_head(out), text, out->len) != 0))
		return EDITOR_CHANGED;
	return out->len > 0 && loop_now() - began < 1000 ? EDITOR_HASTY : EDITOR_UNCHANGED;
}

enum editor_end editor_run(struct loop *l, struct prompt *p, const char *text, struct buf *out, struct error *e)
{
	struct editor d = {.loop = l};
	enum editor_end result = run(&d, p, text, out, e);

	remove_files(&d);
	free(d.command);
	return result;
}
