/* SPDX-License-Identifier: ISC */
/*
 * files: reads one directory, the one that is being typed in.
 *
 * In a thread: the folder may hang.  A Tab waits for it no longer than for the box.
 */
#include "term/files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "net/thread.h"
#include "term/shell.h"

enum { PATIENCE_MS = 300 };

struct listing {
	char *path;		/* as typed */
	struct buf found;	/* paths, each with its NUL */
};

static bool is_directory(int dir, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN && d->d_type != DT_LNK)
		return d->d_type == DT_DIR;
	return fstatat(dir, d->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static void listing_free(void *arg)
{
	struct listing *l = arg;

	buf_clear(&l->found);
	free(l->path);
	free(l);
}

static void listing_call(void *arg)
{
	struct listing *l = arg;
	const char *slash = strrchr(l->path, '/'), *name = slash != NULL ? slash + 1 : l->path;
	size_t before = (size_t)(name - l->path), len = strlen(name);
	char *folder = before > 0 ? strndup(l->path, before) : strdup(".");
	DIR *dir = folder != NULL ? opendir(folder) : NULL;
	const struct dirent *d;

	free(folder);
	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, name, len) != 0 || (d->d_name[0] == '.' && name[0] != '.') ||
		    strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		buf_put(&l->found, l->path, before);
		buf_puts(&l->found, d->d_name);
		if (is_directory(dirfd(dir), d))
			buf_putc(&l->found, '/');
		buf_putc(&l->found, '\0');
	}
	closedir(dir);
}

void files_each(void *ctx, const char *path, void (*found)(void *, const char *path, const char *help), void *arg)
{
	const struct shell *sh = ctx;
	struct listing *l = calloc(1, sizeof *l);
	const char *p, *end;

	if (l == NULL)
		return;
	if ((l->path = strdup(path)) == NULL) {
		listing_free(l);
		return;
	}
	if (thread_call(sh != NULL ? sh->loop : NULL, listing_call, listing_free, l, PATIENCE_MS) == -1)
		return;
	if (!l->found.failed && l->found.len > 0)
		for (p = buf_head(&l->found), end = p + l->found.len; p < end; p += strlen(p) + 1)
			found(arg, p, NULL);
	listing_free(l);
}
